// engram_conv_gradients : the gradients of the convolution's weights, summed over all positions
//   (E15).
// SPDX-License-Identifier: 0BSD
//
// G_C in the order of the weights, which moves down: backward a tap's filters go round, and those
// that come by take their sums; in the update everything moves by one, and the lowest is next.
//
// Parameters are engram_conv's.
`default_nettype none

module engram_conv_gradients #(
  parameter FILTERS = 3,
  parameter FILTERS_AT_ONCE = 1,   // divides FILTERS
  parameter POSITIONS = 1,
  parameter TAPS = 16,
  parameter TERM_BITS = 24,
  parameter UPDATE_BITS = 33       // exact sum over all positions
) (
  input  wire                   clk_i,
  input  wire                   rst_i,
  input  wire                   clear_i,
  input  wire                   issue_i,  // products are made of a word of gradients
  input  wire                   last_i,   // with the last one
  input  wire [FILTERS_AT_ONCE*TAPS*POSITIONS*TERM_BITS-1:0] terms_i,  // two cycles later
  output wire                   done_o,   // the last sums are being added
  // update
  input  wire                   next_i,   // the next weight's gradient
  output wire [UPDATE_BITS-1:0] u_o
);
  localparam GROUPS = FILTERS / FILTERS_AT_ONCE;
  localparam LEVELS = $clog2(POSITIONS);
  wire valid;
  engram_delay #(.DATA_BITS(2), .CYCLES(2+LEVELS)) u_valid (
    .clk_i(clk_i), .rst_i(rst_i), .data_i({issue_i, last_i}), .data_o({valid, done_o})
  );
  reg clear_q;  // a cycle late, because all of gradient_q hangs on it; the first sum is later
  always @(posedge clk_i) clear_q <= clear_i;

  reg [TAPS*FILTERS*UPDATE_BITS-1:0] gradient_q;
  wire [TAPS*FILTERS*UPDATE_BITS-1:0] below, round_about;
  genvar tap, filter;
  generate
    if (TAPS * FILTERS > 1) begin : gen_below
      assign below = gradient_q >> UPDATE_BITS;
    end else begin : gen_none_below
      assign below = {UPDATE_BITS{1'b0}};
    end
    for (tap = 0; tap < TAPS; tap = tap + 1) begin : gen_tap
      wire [FILTERS*UPDATE_BITS-1:0] filters =
          gradient_q[tap*FILTERS*UPDATE_BITS +: FILTERS*UPDATE_BITS];
      wire [FILTERS_AT_ONCE*UPDATE_BITS-1:0] sums;
      for (filter = 0; filter < FILTERS_AT_ONCE; filter = filter + 1) begin : gen_filter
        wire [UPDATE_BITS-1:0] sum;
        engram_adder_tree #(
          .TERMS(POSITIONS), .TERM_BITS(TERM_BITS), .SUM_BITS(UPDATE_BITS), .LEVELS(LEVELS)
        ) u_tree (
          .clk_i(clk_i),
          .terms_i(terms_i[(filter*TAPS + tap)*POSITIONS*TERM_BITS +: POSITIONS*TERM_BITS]),
          .sum_o(sum)
        );
        assign sums[filter*UPDATE_BITS +: UPDATE_BITS] =
            filters[filter*UPDATE_BITS +: UPDATE_BITS] + sum;
      end
      if (GROUPS == 1) begin : gen_standing
        assign round_about[tap*FILTERS*UPDATE_BITS +: FILTERS*UPDATE_BITS] = sums;
      end else begin : gen_round
        assign round_about[tap*FILTERS*UPDATE_BITS +: FILTERS*UPDATE_BITS] =
            {sums, filters[FILTERS*UPDATE_BITS-1:FILTERS_AT_ONCE*UPDATE_BITS]};
      end
    end
  endgenerate
  always @(posedge clk_i)
    if (clear_q) gradient_q <= {(TAPS*FILTERS*UPDATE_BITS){1'b0}};
    else if (valid || next_i) gradient_q <= next_i ? below : round_about;
  assign u_o = gradient_q[UPDATE_BITS-1:0];
endmodule

`default_nettype wire
