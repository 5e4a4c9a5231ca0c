// leaf_rounding : engram_rounding, whole and row before column, and engram_rounding_serial; several
//   cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_rounding #(
  parameter CASES = 9,
  parameter FIELDS = 7,
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
    // ROUNDING LAYER LAYER_BITS ROW_BITS COLUMN_BITS ROUND_BITS OWN_ROW_BITS
    32'd1, 32'd0, 32'd2, 32'd11, 32'd6, 32'd10, 32'd4,
    32'd1, 32'd2, 32'd2, 32'd11, 32'd6, 32'd10, 32'd11,
    32'd1, 32'd1, 32'd2, 32'd11, 32'd6, 32'd10, 32'd5,
    32'd1, 32'd0, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1,
    32'd1, 32'd4, 32'd3, 32'd12, 32'd10, 32'd16, 32'd7,
    32'd1, 32'd0, 32'd3, 32'd16, 32'd10, 32'd16, 32'd16,
    32'd0, 32'd1, 32'd2, 32'd11, 32'd6, 32'd8, 32'd4,
    32'd0, 32'd0, 32'd2, 32'd11, 32'd6, 32'd1, 32'd4,
    32'd2, 32'd2, 32'd2, 32'd11, 32'd6, 32'd1, 32'd4
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam LAYER_BITS = of(c, 2), ROW_BITS = of(c, 3), COLUMN_BITS = of(c, 4),
                 ROUND_BITS = of(c, 5), OWN_ROW_BITS = of(c, 6);
      localparam KEY_BITS = LAYER_BITS + ROW_BITS + COLUMN_BITS + ROUND_BITS - 1;
      wire [ROW_BITS-1:0] row = in[80 +: OWN_ROW_BITS];
      wire [ROUND_BITS-1:0] whole, row_round, parts;
      wire serial;
      engram_rounding #(
        .ROUNDING(of(c, 0)), .ROUND_BITS(ROUND_BITS), .LAYER(of(c, 1)),
        .HASH_LAYER_BITS(LAYER_BITS), .HASH_ROW_BITS(ROW_BITS), .HASH_COLUMN_BITS(COLUMN_BITS)
      ) u_leaf (
        .base_i(in[64 +: ROUND_BITS]), .key_i(in[KEY_BITS-1:0]), .row_i(row),
        .column_i(in[96 +: COLUMN_BITS]), .round_o(whole)
      );
      // Row before column, as a dense layer has it.
      engram_rounding #(
        .ROUNDING(of(c, 0)), .ROUND_BITS(ROUND_BITS), .LAYER(of(c, 1)),
        .HASH_LAYER_BITS(LAYER_BITS), .HASH_ROW_BITS(ROW_BITS), .HASH_COLUMN_BITS(COLUMN_BITS)
      ) u_row (
        .base_i(in[64 +: ROUND_BITS]), .key_i(in[KEY_BITS-1:0]), .row_i(row),
        .column_i({COLUMN_BITS{1'b0}}), .round_o(row_round)
      );
      engram_rounding #(
        .ROUNDING(of(c, 0)), .ROUND_BITS(ROUND_BITS), .HASH_LAYER_BITS(LAYER_BITS),
        .HASH_ROW_BITS(ROW_BITS), .HASH_COLUMN_BITS(COLUMN_BITS)
      ) u_column (
        .base_i(row_round), .key_i(in[KEY_BITS-1:0]), .row_i({ROW_BITS{1'b0}}),
        .column_i(in[96 +: COLUMN_BITS]), .round_o(parts)
      );
      engram_rounding_serial #(
        .ROUNDING(of(c, 0)), .ROUND_BITS(ROUND_BITS), .LAYER(of(c, 1)),
        .HASH_LAYER_BITS(LAYER_BITS), .HASH_ROW_BITS(ROW_BITS), .HASH_COLUMN_BITS(COLUMN_BITS),
        .ROW_BITS(OWN_ROW_BITS)
      ) u_serial (
        .clk_i(clk_i), .base_i(in[64 +: ROUND_BITS]), .key_i(in[KEY_BITS-1:0]),
        .load_i(in[112]), .bits_i(in[113]), .last_i(in[114]), .row_i(in[80 +: OWN_ROW_BITS]),
        .column_i(in[96 +: COLUMN_BITS]), .round_o(serial)
      );
      wire [31:0] whole_word = whole;
      wire [30:0] parts_word = parts;
      assign out_o[c*OUT_BITS +: OUT_BITS] = {serial, parts_word, whole_word};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
