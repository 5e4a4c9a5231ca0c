// engram_crossbar_lanes : the training lanes of engram_crossbar, and what goes to all of them.
// SPDX-License-Identifier: 0BSD
//
// Stages are engram_crossbar's. Lanes from EARLY on are late: all that they take comes to them a
// cycle later.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_lanes #(
  parameter AT_ONCE = 1,             // rows at a time
  parameter LANES = 2,
  parameter COUPLED = 0,
  parameter EARLY = LANES,
  parameter COPIES = 1,
  parameter SHARED = 0,
  parameter TRAINING = 1,
  parameter LOGIC_MULTIPLIERS = 0,   // of all lanes', made of logic
  parameter X_BITS = 16,
  parameter WEIGHT_BITS = 16,
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 38,
  parameter LAYER = 0,
  // from the others
  parameter WORD_BITS = WEIGHT_BITS,
  parameter TRAINED = LANES >> COUPLED,
  parameter TERM_BITS = WEIGHT_BITS + GRADIENT_BITS,
  parameter U_BITS = X_BITS + GRADIENT_BITS
) (
  input  wire                        clk_i,
  input  wire                        rst_i,
  // phases, [stage]
  input  wire [5:2]                  forward_i,
  input  wire                        first_i,        // stage 2: begins the sums
  input  wire [3:1]                  gradient_i,
  input  wire [3:2]                  update_i,       // weights change
  // units that take part (engram_crossbar_units)
  input  wire [TRAINED-1:0]          exists_2_i,
  input  wire [TRAINED-1:0]          second_2_i,
  input  wire [LANES-1:0]            kept_2_i,
  input  wire [LANES-1:0]            kept_4_i,
  // what is multiplied, stage 2
  input  wire [COPIES*AT_ONCE*X_BITS-1:0] x_i,
  input  wire [AT_ONCE-1:0]          there_i,        // of the rows
  input  wire [TRAINED*GRADIENT_BITS-1:0] gradients_i,
  input  wire [TRAINED-1:0]          nonzero_i,
  input  wire [AT_ONCE*LANES*WORD_BITS-1:0] weights_i,
  // to the sums and updates, [row][training lane]
  output wire [AT_ONCE*TRAINED*WORD_BITS-1:0]   weights_o,       // stage 2, of the units that train
  output wire [AT_ONCE*TRAINED*WORD_BITS-1:0]   last_weights_o,  // stage 3
  output wire [AT_ONCE*TRAINED*TERM_BITS-1:0]   terms_o,         // stage 4
  output wire [AT_ONCE*TRAINED*U_BITS-1:0]      us_o,            // stage 4
  output wire [LANES*SUM_BITS-1:0]   sums_o
);
  localparam COLUMNS = 1 + COUPLED;
  localparam FEEDS = COPIES * AT_ONCE;  // [copy][row]
  localparam LATE = TRAINED - EARLY;
  localparam LANE_MULTIPLIERS = AT_ONCE * (COLUMNS + (SHARED != 0 || TRAINING == 0 ? 0 : 1));

  // ---------------------------------------------------------------- what goes to all lanes
  wire [COPIES-1:0] firsts_3, forwards_4, gradients_phase_2;
  wire first_4;
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
  generate
    for (lane = 0; lane < TRAINED; lane = lane + 1) begin : gen_lane
      localparam HALF = lane < EARLY ? 0 : 1;
      localparam LOGIC_LEFT = LOGIC_MULTIPLIERS - lane * LANE_MULTIPLIERS;
      localparam LOGIC = LOGIC_LEFT < 0 ? 0 :
                         LOGIC_LEFT < LANE_MULTIPLIERS ? LOGIC_LEFT : LANE_MULTIPLIERS;
      localparam FIRST = lane * COLUMNS;  // its first unit of a group
      localparam COPY = FIRST * COPIES / LANES;
      localparam FROM = HALF * FEEDS + COPY * AT_ONCE;
      wire [AT_ONCE*COLUMNS*WORD_BITS-1:0] lane_weights;
      wire [AT_ONCE*WORD_BITS-1:0] lane_trained, lane_last;
      wire [AT_ONCE*TERM_BITS-1:0] lane_terms;
      wire [AT_ONCE*U_BITS-1:0] lane_us;
      engram_lane #(
        .ROWS_AT_ONCE(AT_ONCE), .COLUMNS(COLUMNS), .X_BITS(X_BITS), .WEIGHT_BITS(WEIGHT_BITS),
        .GRADIENT_BITS(GRADIENT_BITS), .SUM_BITS(SUM_BITS), .SHARED(SHARED), .TRAINING(TRAINING),
        .LOGIC_MULTIPLIERS(LOGIC), .LAYER(LAYER), .WORD_BITS(WORD_BITS)
      ) u_lane (
        .clk_i(clk_i), .rst_i(rst_i),
        .forward_i(forward_i[2+HALF]),
        .gradient_phase_i(HALF == 0 ? gradients_phase_2[COPY] : gradient_i[3]),
        .update_phase_i(update_i[2+HALF]), .kept_i(kept_2_i[FIRST +: COLUMNS]),
        .second_i(second_2_i[lane]),
        .gradient_i(gradients_i[lane*GRADIENT_BITS +: GRADIENT_BITS] &
                    {GRADIENT_BITS{exists_2_i[lane]}}),
        .gradient_nonzero_i(nonzero_i[lane] && exists_2_i[lane]),
        .x_i(half_x[FROM*X_BITS +: AT_ONCE*X_BITS]),
        .x_nonzero_i(half_x_nonzero[FROM +: AT_ONCE]),
        .weights_i(lane_weights), .weights_o(lane_trained),
        .last_weights_o(lane_last),
        .clear_i(HALF == 0 ? firsts_3[COPY] : first_4),
        .accumulate_i({COLUMNS{HALF == 0 ? forwards_4[COPY] : forward_i[5]}} &
                      kept_4_i[FIRST +: COLUMNS]),
        .terms_o(lane_terms), .us_o(lane_us),
        .sums_o(sums_o[FIRST*SUM_BITS +: COLUMNS*SUM_BITS])
      );

      for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_lane_row
        localparam AT = r * TRAINED + lane;
        assign lane_weights[r*COLUMNS*WORD_BITS +: COLUMNS*WORD_BITS] =
            weights_i[(r*LANES+FIRST)*WORD_BITS +: COLUMNS*WORD_BITS];
        assign weights_o[AT*WORD_BITS +: WORD_BITS] =
            lane_trained[r*WORD_BITS +: WORD_BITS];
        assign last_weights_o[AT*WORD_BITS +: WORD_BITS] =
            lane_last[r*WORD_BITS +: WORD_BITS];
        assign terms_o[AT*TERM_BITS +: TERM_BITS] = lane_terms[r*TERM_BITS +: TERM_BITS];
        assign us_o[AT*U_BITS +: U_BITS] = lane_us[r*U_BITS +: U_BITS];
      end
    end
  endgenerate
  // The late half's, where no lane is late.
  wire unused_ok = &{1'b0, forward_i, gradient_i, update_i, half_x, half_x_nonzero, first_4};
endmodule

`default_nettype wire
