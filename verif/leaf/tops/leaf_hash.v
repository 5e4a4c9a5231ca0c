// leaf_hash : engram_hash, several cases side by side; whole, and in two parts.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_hash #(
  parameter CASES = 7,
  parameter FIELDS = 4,
  parameter IN_BITS = 128,  // of a case
  parameter OUT_BITS = 64
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // LAYER_BITS ROW_BITS COLUMN_BITS ROUND_BITS
    32'd2, 32'd11, 32'd6, 32'd10,
    32'd2, 32'd11, 32'd6, 32'd1,
    32'd1, 32'd1, 32'd1, 32'd1,
    32'd3, 32'd12, 32'd10, 32'd16,
    32'd2, 32'd7, 32'd4, 32'd10,
    32'd3, 32'd16, 32'd10, 32'd16,
    32'd1, 32'd2, 32'd7, 32'd3
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, clk_i, in};
      localparam LAYER_BITS = of(c, 0), ROW_BITS = of(c, 1), COLUMN_BITS = of(c, 2),
                 ROUND_BITS = of(c, 3);
      wire [LAYER_BITS-1:0] layer = in[64 +: LAYER_BITS];
      wire [ROW_BITS-1:0] row = in[80 +: ROW_BITS];
      wire [COLUMN_BITS-1:0] column = in[96 +: COLUMN_BITS];
      wire [ROUND_BITS-1:0] whole, row_hash, column_hash;
      engram_hash #(
        .POSITION_BITS(LAYER_BITS+ROW_BITS+COLUMN_BITS), .ROUND_BITS(ROUND_BITS)
      ) u_leaf (
        .key_i(in[LAYER_BITS+ROW_BITS+COLUMN_BITS+ROUND_BITS-2:0]),
        .position_i({layer, row, column}),
        .hash_o(whole)
      );
      // In two parts, as a dense layer has it.
      engram_hash #(.POSITION_BITS(LAYER_BITS+ROW_BITS), .ROUND_BITS(ROUND_BITS)) u_row (
        .key_i(in[COLUMN_BITS +: LAYER_BITS+ROW_BITS+ROUND_BITS-1]), .position_i({layer, row}),
        .hash_o(row_hash)
      );
      engram_hash #(.POSITION_BITS(COLUMN_BITS), .ROUND_BITS(ROUND_BITS)) u_column (
        .key_i(in[COLUMN_BITS+ROUND_BITS-2:0]), .position_i(column), .hash_o(column_hash)
      );
      wire [31:0] whole_word = whole;
      assign out_o[c*OUT_BITS +: OUT_BITS] = {row_hash ^ column_hash, whole_word};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
