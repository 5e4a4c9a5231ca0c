// engram_crossbar_units : which of a dense layer's units take part, lane by lane.
// SPDX-License-Identifier: 0BSD
//
// Training keeps one unit of a pair, or each unit by a draw of its own. PAIRED and COUPLED, a
// training lane has both of a pair, and is told which one it serves; else a dropped unit's lane
// stands still. Lanes that the last group does not have stand still as well. Training lanes from
// EARLY on are late: what is said of them in a stage comes a cycle later.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_units #(
  parameter UNITS = 2,
  parameter LANES = 2,
  parameter GROUPS = 1,
  parameter LAST_LANES = 2,        // of the last group
  parameter PAIRED = 0,
  parameter DROPOUT = 0,
  parameter DROPPED = 0,
  parameter COUPLED = 0,
  parameter EARLY = LANES,
  parameter COPIES = 1,
  // from the others
  parameter GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1,
  parameter PASS_BITS = GROUPS >> PAIRED > 1 ? $clog2(GROUPS >> PAIRED) : 1,
  parameter TRAINED = LANES >> COUPLED,
  parameter DROPOUT_BITS = DROPPED > 0 ? 4 * UNITS : (UNITS + 1) / 2
) (
  input  wire                    clk_i,
  input  wire                    train_i,
  input  wire [DROPOUT_BITS-1:0] pair_bits_i,
  output wire                    train_o,          // a cycle later
  output wire [UNITS-1:0]        keep_o,           // units that take part
  // stages 0 and 1
  input  wire                    reading_i,        // stage 0: weights are read
  input  wire [GROUP_BITS-1:0]   group_i,
  input  wire [PASS_BITS-1:0]    pass_i,
  input  wire                    host_turn_i,      // no row is on its way
  input  wire                    host_second_i,    // the host's unit is a pair's second one
  output wire [TRAINED-1:0]      second_1_o,       // the lane serves its pair's second unit
  output wire [TRAINED-1:0]      trains_second_o,  // it does when it trains
  output wire [2*LANES-1:0]      reads_o,          // whose weights are read; [late, early]
  // stage 2, by training lanes
  output wire [TRAINED-1:0]      exists_2_o,
  output wire [TRAINED-1:0]      second_2_o,
  output wire [LANES-1:0]        kept_2_o,         // the lane's units take part
  output wire [LANES-1:0]        kept_4_o
);
  localparam COLUMNS = 1 + COUPLED;
  localparam [31:0] LAST_GROUP = GROUPS - 1;

  wire [COPIES-1:0] trains;
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_trains (
    .clk_i(clk_i), .data_i(train_i), .copies_o(trains)
  );
  assign train_o = trains[0];
  wire [COPIES-1:0] reading_1;
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_reading_1 (
    .clk_i(clk_i), .data_i(reading_i), .copies_o(reading_1)
  );
  generate
    if (DROPOUT != 0) begin : gen_dropout
      engram_dropout #(.UNITS(UNITS), .DROPPED(DROPPED)) u_dropout (
        .train_i(trains[0]), .pair_bits_i(pair_bits_i), .keep_o(keep_o)
      );
    end else begin : gen_all
      assign keep_o = {UNITS{1'b1}};
    end
  endgenerate

  wire [LANES-1:0] kept_1, reads_1, reads_2;
  genvar lane;
  generate
    for (lane = 0; lane < TRAINED; lane = lane + 1) begin : gen_lane
      localparam HALF = lane < EARLY ? 0 : 1;
      localparam FIRST = lane * COLUMNS;  // its first unit of a group
      localparam COPY = FIRST * COPIES / LANES;
      wire exists_1 =
          FIRST < LAST_LANES || group_i >> PAIRED != LAST_GROUP[GROUP_BITS-1:0] >> PAIRED;
      if (PAIRED != 0 || COUPLED != 0) begin : gen_pairs
        wire [(1<<PASS_BITS)-1:0] seconds;
        genvar g;
        for (g = 0; g < (1 << PASS_BITS); g = g + 1) begin : gen_pass
          localparam PAIR = g * TRAINED + lane;
          if (2 * PAIR < UNITS) begin : gen_pair
            assign seconds[g] = pair_bits_i[PAIR];
          end else begin : gen_no_pair
            assign seconds[g] = 1'b0;
          end
        end
        assign trains_second_o[lane] = seconds[pass_i];
        assign second_1_o[lane] = host_turn_i ? host_second_i :
                                  trains[COPY] ? trains_second_o[lane] : PAIRED != 0 && group_i[0];
      end else begin : gen_units
        assign trains_second_o[lane] = 1'b0;
        assign second_1_o[lane] = 1'b0;
      end
      if (PAIRED != 0) begin : gen_either
        assign kept_1[FIRST] = exists_1;
        assign reads_1[FIRST] = reading_1[COPY] && exists_1;
      end else if (COUPLED != 0) begin : gen_both
        assign kept_1[FIRST +: 2] = {exists_1 && !trains[COPY], exists_1};
        assign reads_1[FIRST +: 2] =
            {2{reading_1[COPY] && exists_1}} &
            {!trains[COPY] || trains_second_o[lane], !trains[COPY] || !trains_second_o[lane]};
      end else begin : gen_one
        wire [(1<<GROUP_BITS)-1:0] group_keeps;
        genvar g;
        for (g = 0; g < (1 << GROUP_BITS); g = g + 1) begin : gen_group
          if (g < GROUPS && g * LANES + lane < UNITS) begin : gen_unit
            assign group_keeps[g] = keep_o[g*LANES+lane];
          end else begin : gen_no_unit
            assign group_keeps[g] = 1'b0;
          end
        end
        assign kept_1[FIRST] = exists_1 && group_keeps[group_i];
        assign reads_1[FIRST] = reading_1[COPY] && kept_1[FIRST];
      end

      engram_delay #(.DATA_BITS(COLUMNS+2), .CYCLES(1+HALF)) u_unit_2 (
        .clk_i(clk_i), .rst_i(1'b0),
        .data_i({exists_1, second_1_o[lane], kept_1[FIRST +: COLUMNS]}),
        .data_o({exists_2_o[lane], second_2_o[lane], kept_2_o[FIRST +: COLUMNS]})
      );
      engram_delay #(.DATA_BITS(COLUMNS), .CYCLES(2)) u_kept_4 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(kept_2_o[FIRST +: COLUMNS]),
        .data_o(kept_4_o[FIRST +: COLUMNS])
      );
    end
  endgenerate
  engram_delay #(.DATA_BITS(LANES), .CYCLES(1)) u_reads_2 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(reads_1), .data_o(reads_2)
  );
  assign reads_o = {reads_2, reads_1};
  // Not all of it is asked for in each of the layouts.
  wire unused_ok = &{1'b0, trains, keep_o, pair_bits_i, group_i, pass_i, host_turn_i,
                     host_second_i, LAST_GROUP};
endmodule

`default_nettype wire
