// engram_crossbar_lanes : the training lanes of engram_crossbar, and which of their units take part.
// SPDX-License-Identifier: 0BSD
//
// Stages are engram_crossbar's. Lanes from EARLY on are late: all that they take comes to them a
// cycle later.
`default_nettype none

module engram_crossbar_lanes #(
  parameter UNITS = 2,
  parameter AT_ONCE = 1,
  parameter LANES = 2,
  parameter GROUPS = 1,
  parameter GROUP_BITS = 1,
  parameter PASS_BITS = 1,
  parameter LAST_LANES = 2,
  parameter PAIRED = 0,
  parameter COUPLED = 0,
  parameter EARLY = LANES,
  parameter COPIES = 1,
  parameter SHARED = 0,
  parameter TRAINING = 1,
  parameter LOGIC_MULTIPLIERS = 0,
  parameter X_BITS = 16,
  parameter WEIGHT_BITS = 16,
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 38,
  parameter COLUMNS = 1,             // COUPLED: 2
  parameter TRAINED = LANES          // LANES / COLUMNS
) (
  input  wire                        clk_i,
  input  wire                        rst_i,
  // which units take part
  input  wire [COPIES-1:0]           trains_i,
  input  wire [UNITS-1:0]            keep_i,
  input  wire [(UNITS+1)/2-1:0]      pair_bits_i,
  input  wire                        freeze_i,
  input  wire                        reading_i,      // stage 0: weights are read
  input  wire [GROUP_BITS-1:0]       group_i,        // stage 1
  input  wire [PASS_BITS-1:0]        pass_i,         // stage 1
  input  wire                        host_turn_i,
  input  wire                        host_second_i,
  // phases, [stage]
  input  wire [5:2]                  forward_i,
  input  wire                        first_i,        // stage 2: begins the sums
  input  wire [3:1]                  gradient_i,
  input  wire [3:2]                  update_i,
  // what is multiplied, stage 2
  input  wire [COPIES*AT_ONCE*X_BITS-1:0] x_i,
  input  wire [AT_ONCE-1:0]          there_i,
  input  wire [TRAINED*GRADIENT_BITS-1:0] gradients_i,
  input  wire [TRAINED-1:0]          nonzero_i,
  input  wire [AT_ONCE*LANES*WEIGHT_BITS-1:0] weights_i,
  // to the banks
  output wire [2*LANES-1:0]          reads_o,        // stage 1 (late: 2)
  output wire [TRAINED-1:0]          second_o,       // stage 1: the pair's second unit
  output wire [TRAINED-1:0]          trains_second_o,
  // to the sums and updates, [row][training lane]
  output wire [AT_ONCE*TRAINED*WEIGHT_BITS-1:0] weights_o,
  output wire [AT_ONCE*TRAINED*WEIGHT_BITS-1:0] last_weights_o,
  output wire [AT_ONCE*TRAINED*(WEIGHT_BITS+GRADIENT_BITS)-1:0] terms_o,
  output wire [AT_ONCE*TRAINED*(X_BITS+GRADIENT_BITS)-1:0] us_o,
  output wire [LANES*SUM_BITS-1:0]   sums_o
);
  localparam TERM_BITS = WEIGHT_BITS + GRADIENT_BITS;
  localparam U_BITS = X_BITS + GRADIENT_BITS;
  localparam FEEDS = COPIES * AT_ONCE;  // [copy][row]
  localparam LATE = TRAINED - EARLY;
  localparam LANE_MULTIPLIERS = AT_ONCE * (COLUMNS + (SHARED != 0 || TRAINING == 0 ? 0 : 1));
  localparam [31:0] LAST_GROUP = GROUPS - 1;

  // ---------------------------------------------------------------- what goes to all lanes
  wire [COPIES-1:0] firsts_3, forwards_4, gradients_phase_2, reading_1;
  wire first_4;
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_reading_1 (
    .clk_i(clk_i), .data_i(reading_i), .copies_o(reading_1)
  );
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_gradients_phase_2 (
    .clk_i(clk_i), .data_i(gradient_i[1] && !rst_i), .copies_o(gradients_phase_2)
  );
  // Whether a row's product begins the sums, or goes into them.
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_firsts_3 (
    .clk_i(clk_i), .data_i(forward_i[2] && first_i), .copies_o(firsts_3)
  );
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_forwards_4 (
    .clk_i(clk_i), .data_i(forward_i[3]), .copies_o(forwards_4)
  );
  engram_delay #(.DATA_BITS(1), .CYCLES(1)) u_first_4 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(firsts_3[0]), .data_o(first_4)
  );

  // ---------------------------------------------------------------- inputs
  wire [FEEDS*X_BITS-1:0] x;
  wire [FEEDS-1:0] x_nonzero;
  wire [2*FEEDS*X_BITS-1:0] half_x;
  wire [2*FEEDS-1:0] half_x_nonzero;
  genvar r, lane, feed;
  generate
    for (feed = 0; feed < FEEDS; feed = feed + 1) begin : gen_feed
      assign x[feed*X_BITS +: X_BITS] =
          x_i[feed*X_BITS +: X_BITS] & {X_BITS{there_i[feed % AT_ONCE]}};
      assign x_nonzero[feed] = |x[feed*X_BITS +: X_BITS];
    end
    if (LATE > 0) begin : gen_behind
      reg [FEEDS*X_BITS-1:0] x_q;
      reg [FEEDS-1:0] x_nonzero_q;
      always @(posedge clk_i) begin
        x_q <= x;
        x_nonzero_q <= x_nonzero;
      end
      assign half_x = {x_q, x};
      assign half_x_nonzero = {x_nonzero_q, x_nonzero};
    end else begin : gen_together
      assign half_x = {2{x}};
      assign half_x_nonzero = {2{x_nonzero}};
    end
  endgenerate

  // ---------------------------------------------------------------- lanes
  wire [LANES-1:0] kept_1, reads_1, reads_2;  // take part; whose weights are read
  generate
    for (lane = 0; lane < TRAINED; lane = lane + 1) begin : gen_lane
      localparam HALF = lane < EARLY ? 0 : 1;
      localparam LOGIC_LEFT = LOGIC_MULTIPLIERS - lane * LANE_MULTIPLIERS;
      localparam LOGIC = LOGIC_LEFT < 0 ? 0 :
                         LOGIC_LEFT < LANE_MULTIPLIERS ? LOGIC_LEFT : LANE_MULTIPLIERS;
      localparam FIRST = lane * COLUMNS;  // its first unit of a group
      localparam COPY = FIRST * COPIES / LANES;
      localparam FROM = HALF * FEEDS + COPY * AT_ONCE;
      // Which of the lane's units take part; only the last group is short.
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
        assign second_o[lane] = host_turn_i ? host_second_i :
                                trains_i[COPY] ? trains_second_o[lane] : PAIRED != 0 && group_i[0];
      end else begin : gen_units
        assign trains_second_o[lane] = 1'b0;
        assign second_o[lane] = 1'b0;
      end
      if (PAIRED != 0) begin : gen_either
        assign kept_1[FIRST] = exists_1;
        assign reads_1[FIRST] = reading_1[COPY] && exists_1;
      end else if (COUPLED != 0) begin : gen_both
        assign kept_1[FIRST +: 2] = {exists_1 && !trains_i[COPY], exists_1};
        assign reads_1[FIRST +: 2] =
            {2{reading_1[COPY] && exists_1}} &
            {!trains_i[COPY] || trains_second_o[lane], !trains_i[COPY] || !trains_second_o[lane]};
      end else begin : gen_one
        wire [(1<<GROUP_BITS)-1:0] group_keeps;
        genvar g;
        for (g = 0; g < (1 << GROUP_BITS); g = g + 1) begin : gen_group
          if (g < GROUPS && g * LANES + lane < UNITS) begin : gen_unit
            assign group_keeps[g] = keep_i[g*LANES+lane];
          end else begin : gen_no_unit
            assign group_keeps[g] = 1'b0;
          end
        end
        assign kept_1[FIRST] = exists_1 && group_keeps[group_i];
        assign reads_1[FIRST] = reading_1[COPY] && kept_1[FIRST];
      end

      wire lane_there_2, lane_second_2;
      wire [COLUMNS-1:0] lane_kept_2, lane_kept_4;
      engram_delay #(.DATA_BITS(COLUMNS+2), .CYCLES(1+HALF)) u_unit_2 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i({exists_1, second_o[lane], kept_1[FIRST +: COLUMNS]}),
        .data_o({lane_there_2, lane_second_2, lane_kept_2})
      );
      engram_delay #(.DATA_BITS(COLUMNS), .CYCLES(2)) u_kept_4 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(lane_kept_2), .data_o(lane_kept_4)
      );

      wire [AT_ONCE*COLUMNS*WEIGHT_BITS-1:0] lane_weights;
      wire [AT_ONCE*WEIGHT_BITS-1:0] lane_trained, lane_last;
      wire [AT_ONCE*TERM_BITS-1:0] lane_terms;
      wire [AT_ONCE*U_BITS-1:0] lane_us;
      engram_lane #(
        .ROWS_AT_ONCE(AT_ONCE), .COLUMNS(COLUMNS), .X_BITS(X_BITS), .WEIGHT_BITS(WEIGHT_BITS),
        .GRADIENT_BITS(GRADIENT_BITS), .SUM_BITS(SUM_BITS), .SHARED(SHARED), .TRAINING(TRAINING),
        .LOGIC_MULTIPLIERS(LOGIC)
      ) u_lane (
        .clk_i(clk_i), .rst_i(rst_i),
        .forward_i(forward_i[2+HALF]),
        .gradient_phase_i(HALF == 0 ? gradients_phase_2[COPY] : gradient_i[3]),
        .update_phase_i(update_i[2+HALF] && !freeze_i), .kept_i(lane_kept_2),
        .second_i(lane_second_2),
        .gradient_i(gradients_i[lane*GRADIENT_BITS +: GRADIENT_BITS] & {GRADIENT_BITS{lane_there_2}}),
        .gradient_nonzero_i(nonzero_i[lane] && lane_there_2),
        .x_i(half_x[FROM*X_BITS +: AT_ONCE*X_BITS]),
        .x_nonzero_i(half_x_nonzero[FROM +: AT_ONCE]),
        .weights_i(lane_weights), .weights_o(lane_trained),
        .last_weights_o(lane_last),
        .clear_i(HALF == 0 ? firsts_3[COPY] : first_4),
        .accumulate_i({COLUMNS{HALF == 0 ? forwards_4[COPY] : forward_i[5]}} & lane_kept_4),
        .terms_o(lane_terms), .us_o(lane_us),
        .sums_o(sums_o[FIRST*SUM_BITS +: COLUMNS*SUM_BITS])
      );

      for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_lane_row
        localparam AT = r * TRAINED + lane;
        assign lane_weights[r*COLUMNS*WEIGHT_BITS +: COLUMNS*WEIGHT_BITS] =
            weights_i[(r*LANES+FIRST)*WEIGHT_BITS +: COLUMNS*WEIGHT_BITS];
        assign weights_o[AT*WEIGHT_BITS +: WEIGHT_BITS] =
            lane_trained[r*WEIGHT_BITS +: WEIGHT_BITS];
        assign last_weights_o[AT*WEIGHT_BITS +: WEIGHT_BITS] = lane_last[r*WEIGHT_BITS +: WEIGHT_BITS];
        assign terms_o[AT*TERM_BITS +: TERM_BITS] = lane_terms[r*TERM_BITS +: TERM_BITS];
        assign us_o[AT*U_BITS +: U_BITS] = lane_us[r*U_BITS +: U_BITS];
      end
    end
  endgenerate
  engram_delay #(.DATA_BITS(LANES), .CYCLES(1)) u_reads_2 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(reads_1), .data_o(reads_2)
  );
  assign reads_o = {reads_2, reads_1};
  wire unused_ok = &{1'b0, trains_i, keep_i, pair_bits_i, pass_i, group_i, host_turn_i,
                     host_second_i, forward_i, first_i, gradient_i, half_x, half_x_nonzero, first_4,
                     firsts_3, forwards_4, gradients_phase_2, LAST_GROUP, trains_second_o};
endmodule

`default_nettype wire
