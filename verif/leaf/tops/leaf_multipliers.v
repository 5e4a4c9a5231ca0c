// leaf_multipliers : engram_multipliers, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_multipliers #(
  parameter CASES = 8,
  parameter FIELDS = 4,
  parameter IN_BITS = 256,  // of a case
  parameter OUT_BITS = 192
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // COUNT A_BITS B_BITS LOGIC
    32'd1, 32'd8, 32'd8, 32'd0,
    32'd2, 32'd8, 32'd8, 32'd0,
    32'd5, 32'd8, 32'd8, 32'd0,
    32'd5, 32'd8, 32'd8, 32'd2,
    32'd4, 32'd4, 32'd7, 32'd0,
    32'd3, 32'd5, 32'd3, 32'd1,
    32'd2, 32'd9, 32'd8, 32'd1,
    32'd3, 32'd16, 32'd12, 32'd0
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c, i;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      localparam COUNT = of(c, 0), A_BITS = of(c, 1), B_BITS = of(c, 2);
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      wire [COUNT*A_BITS-1:0] a;
      wire [COUNT*B_BITS-1:0] b;
      wire [COUNT*(A_BITS+B_BITS)-1:0] products;
      for (i = 0; i < COUNT; i = i + 1) begin : gen_product
        assign a[i*A_BITS +: A_BITS] = in[i*32 +: A_BITS];
        assign b[i*B_BITS +: B_BITS] = in[i*32+16 +: B_BITS];
        assign out_o[c*OUT_BITS+i*32 +: 32] = products[i*(A_BITS+B_BITS) +: A_BITS+B_BITS];
      end
      assign out_o[c*OUT_BITS+COUNT*32 +: OUT_BITS-COUNT*32] = 0;
      engram_multipliers #(
        .COUNT(COUNT), .A_BITS(A_BITS), .B_BITS(B_BITS), .LOGIC(of(c, 3))
      ) u_leaf (
        .clk_i(clk_i), .rst_i(1'b0), .enable_i(in[192 +: COUNT]),
        .nonzero_i(in[208 +: COUNT]), .a_i(a), .b_i(b), .products_o(products)
      );
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
