// engram_multiplier : signed product, operands and result registered (two cycles).
// SPDX-License-Identifier: 0BSD
//
// The one place where a multiplier stands, so that a board can put its own cell with its own
// registers here. Nothing switches while it is not enabled; where a is zero, b stays as it was.
`default_nettype none

module engram_multiplier #(
  parameter A_BITS = 16,
  parameter B_BITS = 16
) (
  input  wire                            clk_i,
  input  wire                            enable_i,   // the product is wanted
  input  wire                            nonzero_i,  // a_i is not zero
  input  wire signed [A_BITS-1:0]        a_i,
  input  wire signed [B_BITS-1:0]        b_i,
  output wire signed [A_BITS+B_BITS-1:0] product_o
);
  reg signed [A_BITS-1:0] a_q;
  reg signed [B_BITS-1:0] b_q;
  reg signed [A_BITS+B_BITS-1:0] product_q;

  always @(posedge clk_i) begin
    if (enable_i) a_q <= a_i;
    if (enable_i && nonzero_i) b_q <= b_i;
    product_q <= a_q * b_q;
  end

  assign product_o = product_q;
endmodule

`default_nettype wire
