// leaf_activation_ram : engram_activation_ram, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_activation_ram #(
  parameter CASES = 13,
  parameter FIELDS = 6,
  parameter IN_BITS = 1216,  // of a case
  parameter OUT_BITS = 64
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // VALUE_BITS VALUES WORDS WORD_BITS SLOT_BITS SELECTED
    32'd17, 32'd1, 32'd64, 32'd6, 32'd1, 32'd1,
    32'd16, 32'd3, 32'd625, 32'd10, 32'd2, 32'd1,
    32'd8, 32'd5, 32'd20, 32'd5, 32'd3, 32'd1,
    32'd9, 32'd36, 32'd1, 32'd1, 32'd6, 32'd1,
    32'd16, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1,
    32'd5, 32'd25, 32'd3, 32'd2, 32'd5, 32'd1,
    32'd24, 32'd2, 32'd7, 32'd3, 32'd1, 32'd1,
    32'd16, 32'd2, 32'd625, 32'd10, 32'd1, 32'd2,
    32'd8, 32'd3, 32'd20, 32'd5, 32'd2, 32'd2,
    32'd24, 32'd5, 32'd13, 32'd4, 32'd3, 32'd2,
    32'd4, 32'd36, 32'd2, 32'd1, 32'd6, 32'd2,
    32'd13, 32'd4, 32'd1, 32'd1, 32'd2, 32'd2,
    32'd7, 32'd1, 32'd5, 32'd3, 32'd1, 32'd2
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c, i;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam VALUE_BITS = of(c, 0), VALUES = of(c, 1), WORD_BITS = of(c, 3), SLOT_BITS = of(c, 4),
                 SELECTED = of(c, 5);
      wire [VALUES*VALUE_BITS-1:0] values;
      for (i = 0; i < VALUES; i = i + 1) begin : gen_value
        assign values[i*VALUE_BITS +: VALUE_BITS] = in[64 + 32*i +: VALUE_BITS];
      end
      wire [SELECTED*VALUE_BITS-1:0] selected;
      wire [SELECTED*SLOT_BITS-1:0] slots;
      for (i = 0; i < SELECTED; i = i + 1) begin : gen_selected
        assign slots[i*SLOT_BITS +: SLOT_BITS] = in[48 + 8*i +: SLOT_BITS];
      end
      engram_activation_ram #(
        .VALUE_BITS(VALUE_BITS), .VALUES(VALUES), .WORDS(of(c, 2)), .WORD_BITS(WORD_BITS),
        .SLOT_BITS(SLOT_BITS), .SELECTED(SELECTED)
      ) u_leaf (
        .clk_i(clk_i), .write_i(in[0]), .write_word_i(in[16 +: WORD_BITS]), .write_values_i(values),
        .read_i(in[1]), .read_word_i(in[32 +: WORD_BITS]), .read_slots_i(slots),
        .values_o(selected)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = selected;
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
