// leaf_normaliser : engram_normaliser, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_normaliser #(
  parameter CASES = 14,
  parameter FIELDS = 8,
  parameter IN_BITS = 1152,  // of a case
  parameter OUT_BITS = 640
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // VALUES INDEX_BITS SUM_BITS SHIFT VALUE_BITS RELU COUNT_LEVELS COUNT_BITS
    32'd1, 32'd1, 32'd28, 32'd8, 32'd16, 32'd0, 32'd0, 32'd2,
    32'd1, 32'd6, 32'd42, 32'd20, 32'd16, 32'd1, 32'd0, 32'd2,
    32'd1, 32'd4, 32'd38, 32'd16, 32'd8, 32'd0, 32'd0, 32'd2,
    32'd1, 32'd6, 32'd26, 32'd9, 32'd8, 32'd1, 32'd0, 32'd2,
    32'd1, 32'd2, 32'd17, 32'd0, 32'd16, 32'd0, 32'd0, 32'd2,
    32'd1, 32'd2, 32'd17, 32'd7, 32'd8, 32'd0, 32'd0, 32'd2,
    32'd3, 32'd11, 32'd28, 32'd8, 32'd16, 32'd0, 32'd1, 32'd3,
    32'd2, 32'd5, 32'd21, 32'd5, 32'd13, 32'd1, 32'd1, 32'd3,
    32'd5, 32'd10, 32'd33, 32'd47, 32'd24, 32'd0, 32'd2, 32'd4,
    32'd1, 32'd3, 32'd12, 32'd3, 32'd24, 32'd0, 32'd0, 32'd2,
    32'd1, 32'd10, 32'd63, 32'd47, 32'd4, 32'd0, 32'd0, 32'd2,
    32'd1, 32'd1, 32'd63, 32'd0, 32'd24, 32'd1, 32'd0, 32'd2,
    32'd17, 32'd9, 32'd20, 32'd12, 32'd8, 32'd0, 32'd3, 32'd6,
    32'd1, 32'd1, 32'd5, 32'd1, 32'd4, 32'd1, 32'd0, 32'd2
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c, i;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam VALUES = of(c, 0), INDEX_BITS = of(c, 1), SUM_BITS = of(c, 2), SHIFT = of(c, 3),
                 VALUE_BITS = of(c, 4), RELU = of(c, 5), COUNT_LEVELS = of(c, 6),
                 COUNT_BITS = of(c, 7);
      wire [VALUES*SUM_BITS-1:0] sums;
      wire [VALUES*VALUE_BITS-1:0] values;
      wire [VALUES-1:0] gates;
      wire [INDEX_BITS-1:0] index;
      wire [17*32-1:0] value_words;
      for (i = 0; i < 17; i = i + 1) begin : gen_value
        if (i < VALUES) begin : gen_used
          assign sums[i*SUM_BITS +: SUM_BITS] = in[64 + 64*i +: SUM_BITS];
          assign value_words[32*i +: 32] = values[i*VALUE_BITS +: VALUE_BITS];
        end else begin : gen_unused
          assign value_words[32*i +: 32] = 32'd0;
        end
      end
      wire valid;
      wire [31:0] gate_word = gates;
      wire [14:0] index_word = index;
      wire [31:0] cut_count;
      engram_normaliser #(
        .VALUES(VALUES), .INDEX_BITS(INDEX_BITS), .SUM_BITS(SUM_BITS), .SHIFT(SHIFT),
        .VALUE_BITS(VALUE_BITS), .RELU(RELU), .COUNT_LEVELS(COUNT_LEVELS), .COUNT_BITS(COUNT_BITS)
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[20]),
        .valid_i(in[16]), .index_i(in[INDEX_BITS-1:0]), .sums_i(sums),
        .halve_i(in[17]), .keep_i(in[18]),
        .valid_o(valid), .index_o(index), .values_o(values), .gates_o(gates),
        .clear_i(in[19]), .cut_count_o(cut_count)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] =
          {value_words, 16'd0, index_word, valid, cut_count, gate_word};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
