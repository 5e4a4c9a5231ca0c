// leaf_multiplier : engram_multiplier, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_multiplier #(
  parameter CASES = 16,
  parameter FIELDS = 3,
  parameter IN_BITS = 96,  // of a case
  parameter OUT_BITS = 64
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // A_BITS B_BITS LOGIC
    32'd16, 32'd16, 32'd0,
    32'd8, 32'd8, 32'd0,
    32'd9, 32'd24, 32'd0,
    32'd24, 32'd24, 32'd0,
    32'd4, 32'd5, 32'd0,
    32'd2, 32'd32, 32'd0,
    32'd17, 32'd7, 32'd0,
    32'd9, 32'd4, 32'd0,
    32'd16, 32'd16, 32'd1,
    32'd8, 32'd8, 32'd1,
    32'd9, 32'd24, 32'd1,
    32'd24, 32'd9, 32'd1,
    32'd4, 32'd5, 32'd1,
    32'd2, 32'd32, 32'd1,
    32'd17, 32'd7, 32'd1,
    32'd24, 32'd24, 32'd1
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam A_BITS = of(c, 0), B_BITS = of(c, 1);
      wire [A_BITS+B_BITS-1:0] product;
      engram_multiplier #(.A_BITS(A_BITS), .B_BITS(B_BITS), .LOGIC(of(c, 2))) u_leaf (
        .clk_i(clk_i), .rst_i(1'b0), .enable_i(in[64]), .nonzero_i(in[65]),
        .a_i(in[A_BITS-1:0]), .b_i(in[32 +: B_BITS]), .product_o(product)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = product;
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
