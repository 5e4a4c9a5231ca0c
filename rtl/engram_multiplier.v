// engram_multiplier : signed product, operands and result registered (two cycles).
// SPDX-License-Identifier: 0BSD
//
// The one place where a multiplier stands, so that a board can put its own cell with its own
// registers here. Nothing switches while it is not enabled; where a is zero, b stays as it was.
`default_nettype none

module engram_multiplier #(
  parameter A_BITS = 16,
  parameter B_BITS = 16,
  parameter LOGIC = 0     // 1: of adders, where the device has no multiplier left
) (
  input  wire                            clk_i,
  input  wire                            enable_i,   // the product is wanted
  input  wire                            nonzero_i,  // a_i is not zero
  input  wire signed [A_BITS-1:0]        a_i,
  input  wire signed [B_BITS-1:0]        b_i,
  output wire signed [A_BITS+B_BITS-1:0] product_o
);
  localparam PRODUCT_BITS = A_BITS + B_BITS;
  reg signed [A_BITS-1:0] a_q;
  reg signed [B_BITS-1:0] b_q;
  reg signed [PRODUCT_BITS-1:0] product_q;
  assign product_o = product_q;

`ifndef SYNTHESIS
  // Zero times what b was at power-up is zero, but X where a simulator has it.
  initial b_q = {B_BITS{1'b0}};
`endif
  always @(posedge clk_i) begin
    if (enable_i) a_q <= a_i;
    if (enable_i && nonzero_i) b_q <= b_i;
  end

  generate
    if (LOGIC == 0) begin : gen_block
      always @(posedge clk_i) product_q <= a_q * b_q;
    end else begin : gen_logic
      // Row by row, as on paper: b is added where a has a one, and taken off at its sign.
      function [PRODUCT_BITS-1:0] product;
        input [A_BITS-1:0] a;
        input [B_BITS-1:0] b;
        integer i;
        reg [B_BITS:0] sum;
        begin
          sum = {(B_BITS+1){1'b0}};
          product = {PRODUCT_BITS{1'b0}};
          for (i = 0; i < A_BITS; i = i + 1) begin
            if (a[i]) sum = i == A_BITS - 1 ? sum - {b[B_BITS-1], b} : sum + {b[B_BITS-1], b};
            product[i] = sum[0];
            sum = {sum[B_BITS], sum[B_BITS:1]};
          end
          product[PRODUCT_BITS-1:A_BITS] = sum[B_BITS-1:0];
        end
      endfunction
      always @(posedge clk_i) product_q <= product(a_q, b_q);
    end
  endgenerate
endmodule

`default_nettype wire
