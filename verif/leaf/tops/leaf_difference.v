// leaf_difference : engram_difference, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_difference #(
  parameter CASES = 4,
  parameter FIELDS = 1,
  parameter IN_BITS = 32,  // of a case
  parameter OUT_BITS = 32
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // CLASS_BITS
    32'd1,
    32'd2,
    32'd3,
    32'd4
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, clk_i, in};
      localparam CLASS_BITS = of(c, 0);
      wire [16:0] difference;
      engram_difference #(.CLASS_BITS(CLASS_BITS)) u_leaf (
        .class_i(in[CLASS_BITS-1:0]), .probability_i(in[31:16]), .label_i(in[8 +: CLASS_BITS]),
        .difference_o(difference)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = difference;
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
