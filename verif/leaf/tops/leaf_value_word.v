// leaf_value_word : engram_value_word, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_value_word #(
  parameter CASES = 8,
  parameter FIELDS = 2,
  parameter IN_BITS = 32,    // of a case
  parameter OUT_BITS = 32
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // WORD_BITS VALUE_BITS
    32'd16, 32'd16,
    32'd12, 32'd11,
    32'd11, 32'd9,
    32'd8, 32'd4,
    32'd5, 32'd4,
    32'd16, 32'd8,
    32'd24, 32'd23,
    32'd24, 32'd4
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, clk_i, in};
      localparam WORD_BITS = of(c, 0), VALUE_BITS = of(c, 1);
      wire [VALUE_BITS-1:0] value;
      engram_value_word #(.WORD_BITS(WORD_BITS), .VALUE_BITS(VALUE_BITS)) u_leaf (
        .word_i(in[WORD_BITS-1:0]), .value_o(value)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = value;
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
