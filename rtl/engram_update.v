// engram_update : w <- sat(w - floor((u + rho) / 2^s)), s = SHIFT + rate (E16), two cycles.
// SPDX-License-Identifier: 0BSD
//
// Mirrors fixed_update of sw/model/fixed.h. Bits of u behind the weight's grid are kept, as many as
// rho has; both are taken off the weight there, and the rest is cut to the grid. rho is round_i: 1 of
// 1 bit rounds to nearest, 0 truncates; random bits round stochastically, and half a unit of the last
// of them stands behind, so that what is below is rounded and not cut off.
`default_nettype none

module engram_update #(
  parameter WEIGHT_BITS = 16,
  parameter U_BITS = 32,      // signed exact product or sum
  parameter SHIFT = 11,       // s at a learning rate of 1, >= 0
  parameter RATE_BITS = 4,
  parameter ROUNDING = 0,     // engram_rounding
  parameter ROUND_BITS = 1    // >= 1
) (
  input  wire                          clk_i,
  input  wire signed [WEIGHT_BITS-1:0] weight_i,
  input  wire signed [U_BITS-1:0]      u_i,
  input  wire [RATE_BITS-1:0]          rate_i,   // learning rate 2^-rate
  input  wire [ROUND_BITS-1:0]         round_i,
  // two cycles later, behind a few gates
  output wire [WEIGHT_BITS-1:0]        weight_o,
  output wire                          changed_o,
  output wire                          lost_o    // u was not zero and the weight did not change
);
  localparam RHO_BITS = ROUND_BITS + (ROUNDING == 1 ? 1 : 0);
  localparam LEFT = RHO_BITS > SHIFT ? RHO_BITS - SHIFT : 0;
  localparam RIGHT = SHIFT > RHO_BITS ? SHIFT - RHO_BITS : 0;
  localparam ALL_BITS = U_BITS + LEFT;
  localparam FINE_BITS = ALL_BITS - RIGHT > RHO_BITS ? ALL_BITS - RIGHT : RHO_BITS + 1;
  localparam STEP_BITS = FINE_BITS - RHO_BITS;
  localparam WIDE_BITS = (STEP_BITS > WEIGHT_BITS ? STEP_BITS : WEIGHT_BITS) + 1;
  localparam FULL_BITS = (ALL_BITS > FINE_BITS ? ALL_BITS : FINE_BITS) + 1;

  // u in units of 2^-RHO_BITS of the weight's grid.
  wire signed [FULL_BITS-1:0] u_wide = {{(FULL_BITS-U_BITS){u_i[U_BITS-1]}}, u_i};
  wire signed [FULL_BITS-1:0] shifted = (u_wide <<< LEFT) >>> RIGHT;
  wire signed [FINE_BITS-1:0] fine = shifted[FINE_BITS-1:0];

  reg signed [FINE_BITS-1:0]   fine_q;
  reg [ROUND_BITS-1:0]         round_q;
  reg signed [WEIGHT_BITS-1:0] weight_q;
  reg                          moved_q;  // u is not zero
  always @(posedge clk_i) begin
    fine_q <= fine >>> rate_i;
    round_q <= round_i;
    weight_q <= weight_i;
    moved_q <= |u_i;
  end

  // w - floor((u + rho) / 2^B) = floor((w * 2^B + 2^B - 1 - rho - u) / 2^B), B = RHO_BITS
  wire [ROUND_BITS:0] rho = {round_q, 1'b1};
  wire [WIDE_BITS+RHO_BITS-1:0] exact =
      {{(WIDE_BITS-WEIGHT_BITS){weight_q[WEIGHT_BITS-1]}}, weight_q, ~rho[ROUND_BITS -: RHO_BITS]} -
      {{(WIDE_BITS-STEP_BITS){fine_q[FINE_BITS-1]}}, fine_q};
  reg [WIDE_BITS-1:0]   difference_q;
  reg [WEIGHT_BITS-1:0] old_weight_q;
  reg                   lowest_q, highest_q;  // it is at a limit
  reg                   old_moved_q;
  always @(posedge clk_i) begin
    difference_q <= exact[WIDE_BITS+RHO_BITS-1:RHO_BITS];
    old_weight_q <= weight_q;
    lowest_q <= weight_q == {1'b1, {(WEIGHT_BITS-1){1'b0}}};
    highest_q <= weight_q == {1'b0, {(WEIGHT_BITS-1){1'b1}}};
    old_moved_q <= moved_q;
  end
  wire unused_ok = &{1'b0, shifted, exact, rho};

  // Where it does not fit it changes the weight unless that was at the limit already.
  wire negative = difference_q[WIDE_BITS-1];
  wire fits = &difference_q[WIDE_BITS-1:WEIGHT_BITS-1] ||
              !(|difference_q[WIDE_BITS-1:WEIGHT_BITS-1]);
  wire [WEIGHT_BITS-1:0] limit = {negative, {(WEIGHT_BITS-1){!negative}}};
  wire same = fits ? difference_q[WEIGHT_BITS-1:0] == old_weight_q :
              negative ? lowest_q : highest_q;
  assign weight_o = fits ? difference_q[WEIGHT_BITS-1:0] : limit;
  // Where u is zero the weight may never have been read: nothing of it may count.
  assign changed_o = old_moved_q && !same;
  assign lost_o = old_moved_q && same;
endmodule

`default_nettype wire
