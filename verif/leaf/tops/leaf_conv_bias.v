// leaf_conv_bias : engram_conv_bias, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_conv_bias #(
  parameter CASES = 7,
  parameter FIELDS = 15,
  parameter IN_BITS = 640,  // of a case
  parameter OUT_BITS = 512
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // FILTERS WORDS FILTERS_AT_ONCE POSITIONS AT_ONCE TRAINING BIAS_BITS GRADIENT_BITS SUM_BITS SHIFT
    // UPDATE_BITS UPDATE_SHIFT ROUNDING ROUND_BITS LAYER
    32'd3, 32'd15, 32'd1, 32'd1, 32'd1, 32'd1, 32'd16, 32'd16, 32'd28, 32'd8,
    32'd20, 32'd2, 32'd0, 32'd1, 32'd1,
    32'd9, 32'd12, 32'd3, 32'd2, 32'd2, 32'd1, 32'd12, 32'd8, 32'd26, 32'd6,
    32'd14, 32'd0, 32'd1, 32'd10, 32'd3,
    32'd4, 32'd6, 32'd2, 32'd3, 32'd2, 32'd1, 32'd24, 32'd12, 32'd40, 32'd0,
    32'd20, 32'd5, 32'd2, 32'd1, 32'd0,
    32'd2, 32'd4, 32'd1, 32'd6, 32'd2, 32'd1, 32'd4, 32'd16, 32'd20, 32'd3,
    32'd24, 32'd12, 32'd1, 32'd4, 32'd2,
    32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd8, 32'd8, 32'd20, 32'd3,
    32'd9, 32'd0, 32'd0, 32'd1, 32'd1,
    32'd16, 32'd5, 32'd16, 32'd1, 32'd2, 32'd1, 32'd9, 32'd6, 32'd20, 32'd3,
    32'd12, 32'd0, 32'd1, 32'd16, 32'd1,
    32'd6, 32'd9, 32'd2, 32'd2, 32'd1, 32'd0, 32'd9, 32'd6, 32'd20, 32'd3,
    32'd12, 32'd0, 32'd0, 32'd1, 32'd1
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c, v;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam FILTERS = of(c, 0), VALUES = of(c, 2) * of(c, 3), AT_ONCE = of(c, 4),
                 BIAS_BITS = of(c, 6), GRADIENT_BITS = of(c, 7), SUM_BITS = of(c, 8),
                 ROUND_BITS = of(c, 13);
      localparam FILTER_BITS = FILTERS > 1 ? $clog2(FILTERS) : 1;
      // A word's sums side by side, in fields of 20 bits where there are many.
      localparam FIELD = VALUES > 6 ? 20 : 40;
      wire [VALUES-1:0] valid;
      wire [7:0] tag;
      wire lost;
      wire [BIAS_BITS-1:0] host_data;
      wire [VALUES*SUM_BITS-1:0] given, sums;
      wire [AT_ONCE*GRADIENT_BITS-1:0] gradients;
      wire [VALUES*FIELD-1:0] words;
      for (v = 0; v < VALUES; v = v + 1) begin : gen_value
        assign given[v*SUM_BITS +: SUM_BITS] = in[256 + v*FIELD +: SUM_BITS];
        assign words[v*FIELD +: FIELD] = sums[v*SUM_BITS +: SUM_BITS];
      end
      for (v = 0; v < AT_ONCE; v = v + 1) begin : gen_gradient
        assign gradients[v*GRADIENT_BITS +: GRADIENT_BITS] = in[128 + v*32 +: GRADIENT_BITS];
      end
      engram_conv_bias #(
        .FILTERS(FILTERS), .WORDS(of(c, 1)), .FILTERS_AT_ONCE(of(c, 2)), .POSITIONS(of(c, 3)),
        .TAG_BITS(8), .AT_ONCE(AT_ONCE), .TRAINING(of(c, 5)), .BIAS_BITS(BIAS_BITS),
        .GRADIENT_BITS(GRADIENT_BITS), .SUM_BITS(SUM_BITS), .SHIFT(of(c, 9)),
        .UPDATE_BITS(of(c, 10)), .UPDATE_SHIFT(of(c, 11)), .ROUNDING(of(c, 12)),
        .ROUND_BITS(ROUND_BITS), .LAYER(of(c, 14)), .HASH_LAYER_BITS(2), .HASH_ROW_BITS(4),
        .HASH_COLUMN_BITS(6)
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[8]), .start_i(in[0]), .freeze_i(in[2]), .rate_i(in[15:12]),
        .base_i(in[96 +: ROUND_BITS]), .key_i(in[192 +: 11+ROUND_BITS]),
        .sums_valid_i(in[16 +: VALUES]), .tag_i(in[39:32]), .sums_i(given), .sums_valid_o(valid),
        .tag_o(tag), .sums_o(sums), .gradient_valid_i(in[4 +: AT_ONCE]),
        .gradient_second_i(in[10 +: AT_ONCE]), .gradient_word_last_i(in[6]), .gradients_i(gradients), .host_write_i(in[7]),
        .host_unit_i(in[40 +: FILTER_BITS]), .host_data_i(in[64 +: BIAS_BITS]),
        .host_data_o(host_data), .lost_o(lost)
      );
      wire [31:0] valid_word = valid, host_word = host_data;
      wire [383:0] sum_words = words;
      assign out_o[c*OUT_BITS +: OUT_BITS] =
          {sum_words, 32'd0, host_word, valid_word, 23'd0, lost, tag};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
