// leaf_select : engram_select, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_select #(
  parameter CASES = 8,
  parameter FIELDS = 5,
  parameter IN_BITS = 1216,  // of a case
  parameter OUT_BITS = 160
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // VALUE_BITS VALUES SLOT_BITS SELECTED COPIES
    32'd16, 32'd1, 32'd1, 32'd1, 32'd1,
    32'd9, 32'd2, 32'd1, 32'd1, 32'd2,
    32'd17, 32'd3, 32'd2, 32'd1, 32'd1,
    32'd1, 32'd36, 32'd6, 32'd1, 32'd4,
    32'd8, 32'd1, 32'd1, 32'd2, 32'd1,
    32'd24, 32'd2, 32'd1, 32'd2, 32'd3,
    32'd5, 32'd25, 32'd5, 32'd2, 32'd1,
    32'd16, 32'd8, 32'd3, 32'd2, 32'd2
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c, i;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam VALUE_BITS = of(c, 0), VALUES = of(c, 1), SLOT_BITS = of(c, 2),
                 SELECTED = of(c, 3), COPIES = of(c, 4);
      wire [VALUES*VALUE_BITS-1:0] word;
      for (i = 0; i < VALUES; i = i + 1) begin : gen_value
        assign word[i*VALUE_BITS +: VALUE_BITS] = in[64 + 32*i +: VALUE_BITS];
      end
      wire [SELECTED*SLOT_BITS-1:0] slots;
      wire [COPIES*SELECTED*VALUE_BITS-1:0] selected;
      for (i = 0; i < SELECTED; i = i + 1) begin : gen_selected
        assign slots[i*SLOT_BITS +: SLOT_BITS] = in[8 + 8*i +: SLOT_BITS];
      end
      engram_select #(
        .VALUE_BITS(VALUE_BITS), .VALUES(VALUES), .SLOT_BITS(SLOT_BITS), .SELECTED(SELECTED),
        .COPIES(COPIES)
      ) u_leaf (
        .clk_i(clk_i), .read_i(in[0]), .slots_i(slots), .word_i(word), .values_o(selected)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = selected;
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
