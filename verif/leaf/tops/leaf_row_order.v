// leaf_row_order : engram_row_order, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_row_order #(
  parameter CASES = 13,
  parameter FIELDS = 7,
  parameter IN_BITS = 32,  // of a case
  parameter OUT_BITS = 96
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // ROWS ROW_BITS FILTERS FILTERS_AT_ONCE POSITIONS WORD_BITS SLOT_BITS
    32'd16, 32'd4, 32'd1, 32'd1, 32'd1, 32'd4, 32'd1,
    32'd1875, 32'd11, 32'd3, 32'd1, 32'd1, 32'd11, 32'd1,
    32'd1875, 32'd11, 32'd3, 32'd3, 32'd1, 32'd10, 32'd2,
    32'd1875, 32'd11, 32'd3, 32'd1, 32'd5, 32'd9, 32'd3,
    32'd1875, 32'd11, 32'd3, 32'd3, 32'd25, 32'd5, 32'd7,
    32'd72, 32'd7, 32'd2, 32'd1, 32'd2, 32'd6, 32'd1,
    32'd72, 32'd7, 32'd2, 32'd2, 32'd36, 32'd1, 32'd7,
    32'd400, 32'd9, 32'd16, 32'd4, 32'd5, 32'd5, 32'd5,
    32'd64, 32'd6, 32'd1, 32'd1, 32'd8, 32'd3, 32'd3,
    32'd2, 32'd1, 32'd2, 32'd1, 32'd1, 32'd1, 32'd1,
    32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1,
    32'd63504, 32'd16, 32'd16, 32'd8, 32'd63, 32'd7, 32'd9,
    32'd16384, 32'd14, 32'd4, 32'd2, 32'd64, 32'd7, 32'd7
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam ROW_BITS = of(c, 1), WORD_BITS = of(c, 5), SLOT_BITS = of(c, 6);
      wire [ROW_BITS-1:0] row;
      wire [WORD_BITS-1:0] word;
      wire [SLOT_BITS-1:0] slot;
      wire last;
      engram_row_order #(
        .ROWS(of(c, 0)), .ROW_BITS(ROW_BITS), .FILTERS(of(c, 2)), .FILTERS_AT_ONCE(of(c, 3)),
        .POSITIONS(of(c, 4)), .WORD_BITS(WORD_BITS), .SLOT_BITS(SLOT_BITS)
      ) u_leaf (
        .clk_i(clk_i), .clear_i(in[0]), .next_i(in[1]),
        .row_o(row), .word_o(word), .slot_o(slot), .last_o(last)
      );
      wire [31:0] row_word = row;
      wire [15:0] word_half = word, slot_half = slot;
      assign out_o[c*OUT_BITS +: OUT_BITS] = {last, slot_half, word_half, row_word};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
