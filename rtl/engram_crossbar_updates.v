// engram_crossbar_updates : a dense layer's update units (E11, E13, E16), each of one training lane
//   or of two.
// SPDX-License-Identifier: 0BSD
//
// Where there are late lanes, lane EARLY + e has the unit of lane e in every second cycle.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_updates #(
  parameter AT_ONCE = 1,             // rows at a time
  parameter LANES = 2,
  parameter PAIRED = 0,
  parameter COUPLED = 0,
  parameter EARLY = LANES,
  parameter COPIES = 1,
  parameter WEIGHT_BITS = 16,        // as it is stored
  parameter U_BITS = 32,
  parameter UPDATE_SHIFT = 10,
  parameter RATE_BITS = 4,
  parameter LAYER = 0,
  parameter ROUNDING = 0,
  parameter ROUND_BITS = 1,
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,
  parameter HASH_COLUMN_BITS = 6,
  // from the others
  parameter TRAINED = LANES >> COUPLED
) (
  input  wire                          clk_i,
  input  wire                          freeze_i,
  input  wire [RATE_BITS-1:0]          rate_i,
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  input  wire [7:3]                    update_i,   // stages 3 to 7 are an update's
  // stage 3: [row][training lane]
  input  wire [AT_ONCE*TRAINED*WEIGHT_BITS-1:0] weights_i,
  // stage 4
  input  wire [AT_ONCE*TRAINED*U_BITS-1:0] us_i,
  input  wire [AT_ONCE*ROUND_BITS-1:0] rounds_i,
  input  wire [TRAINED-1:0]            second_i,
  input  wire [31:0]                   first_unit_i,  // of the pass; 0 where it is in rounds_i
  // stage 6: [row][update unit]
  input  wire [COPIES-1:0]             updating_i,
  output wire [AT_ONCE*EARLY*WEIGHT_BITS-1:0] weights_o,
  output wire [AT_ONCE*EARLY-1:0]      changed_o,
  output wire [AT_ONCE*EARLY-1:0]      lost_o
);
  localparam COLUMNS = 1 + COUPLED;

  // It stands still while weights are updated; of many lanes each has its own.
  wire [COPIES*RATE_BITS-1:0] rates;
  engram_copies #(.DATA_BITS(RATE_BITS), .COPIES(COPIES)) u_rates (
    .clk_i(clk_i), .data_i(rate_i), .copies_o(rates)
  );
  wire [AT_ONCE*EARLY-1:0] unit_lost;
  genvar early, r;
  generate
    for (early = 0; early < EARLY; early = early + 1) begin : gen_update
      // The late lane that takes turns with the early one, where there is one.
      localparam BEHIND = early + EARLY < TRAINED;
      localparam OTHER = BEHIND ? early + EARLY : early;
      localparam COPY = early * COLUMNS * COPIES / LANES;
      wire [RATE_BITS-1:0] rate;
      if (COPIES > 1) begin : gen_rate
        (* keep_hierarchy *)
        engram_delay #(.DATA_BITS(RATE_BITS), .CYCLES(1)) u_rate (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(rates[COPY*RATE_BITS +: RATE_BITS]), .data_o(rate)
        );
      end else begin : gen_only_rate
        assign rate = rates;
      end
      wire second = update_i[4] || !BEHIND ? second_i[early] : second_i[OTHER];
      wire [31:0] lane_4 = update_i[4] || !BEHIND ? early : OTHER;
      wire [31:0] unit_4 = PAIRED != 0 || COUPLED != 0 ? {lane_4[30:0], second} : lane_4;
      wire [31:0] column_4 = first_unit_i + unit_4;
      wire unused_column_ok = &{1'b0, column_4, lane_4, second};

      for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_update_row
        localparam AT = r * EARLY + early;
        wire [WEIGHT_BITS-1:0] weight = weights_i[(r*TRAINED+early)*WEIGHT_BITS +: WEIGHT_BITS];
        wire [WEIGHT_BITS-1:0] other = weights_i[(r*TRAINED+OTHER)*WEIGHT_BITS +: WEIGHT_BITS];
        wire [U_BITS-1:0] u = us_i[(r*TRAINED+early)*U_BITS +: U_BITS];
        wire [U_BITS-1:0] other_u = us_i[(r*TRAINED+OTHER)*U_BITS +: U_BITS];
        wire [WEIGHT_BITS-1:0] old_weight;
        engram_delay #(.DATA_BITS(WEIGHT_BITS), .CYCLES(1)) u_old_weight (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(update_i[3] || !BEHIND ? weight : other),
          .data_o(old_weight)
        );
        wire [ROUND_BITS-1:0] round;
        engram_rounding #(
          .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS), .HASH_LAYER_BITS(HASH_LAYER_BITS),
          .HASH_ROW_BITS(HASH_ROW_BITS), .HASH_COLUMN_BITS(HASH_COLUMN_BITS)
        ) u_rounding (
          .base_i(rounds_i[r*ROUND_BITS +: ROUND_BITS]), .key_i(key_i),
          .row_i({HASH_ROW_BITS{1'b0}}), .column_i(column_4[HASH_COLUMN_BITS-1:0]),
          .round_o(round)
        );
        engram_synapse #(
          .LAYER(LAYER), .WORD_BITS(WEIGHT_BITS), .U_BITS(U_BITS), .SHIFT(UPDATE_SHIFT),
          .RATE_BITS(RATE_BITS), .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS)
        ) u_update (
          .clk_i(clk_i), .weight_i(old_weight), .u_i(update_i[4] || !BEHIND ? u : other_u),
          .rate_i(rate), .round_i(round),
          .weight_o(weights_o[AT*WEIGHT_BITS +: WEIGHT_BITS]), .changed_o(changed_o[AT]),
          .lost_o(unit_lost[AT])
        );
        assign lost_o[AT] =
            unit_lost[AT] &&
            (updating_i[COPY] || (BEHIND && update_i[7] && !freeze_i));
      end
    end
  endgenerate
  // Not all of it is asked for in each of the layouts.
  wire unused_ok = &{1'b0, rates, update_i, key_i, second_i, first_unit_i, weights_i, freeze_i};
endmodule

`default_nettype wire
