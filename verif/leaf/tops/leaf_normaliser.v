// leaf_normaliser : engram_normaliser, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_normaliser #(
  parameter CASES = 28,
  parameter FIELDS = 8,
  parameter IN_BITS = 1280,  // of a case
  parameter OUT_BITS = 1312
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // VALUES TAG_BITS INDEX_BITS SUM_BITS SHIFT VALUE_BITS RELU KEPT
    32'd1, 32'd1, 32'd0, 32'd28, 32'd8, 32'd16, 32'd0, 32'd8,
    32'd1, 32'd6, 32'd6, 32'd42, 32'd20, 32'd16, 32'd1, 32'd8,
    32'd1, 32'd4, 32'd4, 32'd38, 32'd16, 32'd8, 32'd0, 32'd8,
    32'd1, 32'd6, 32'd0, 32'd26, 32'd9, 32'd8, 32'd1, 32'd8,
    32'd1, 32'd2, 32'd2, 32'd17, 32'd0, 32'd16, 32'd0, 32'd8,
    32'd1, 32'd2, 32'd0, 32'd17, 32'd7, 32'd8, 32'd0, 32'd8,
    32'd3, 32'd33, 32'd11, 32'd28, 32'd8, 32'd16, 32'd0, 32'd8,
    32'd2, 32'd10, 32'd5, 32'd21, 32'd5, 32'd13, 32'd1, 32'd8,
    32'd5, 32'd10, 32'd0, 32'd33, 32'd47, 32'd24, 32'd0, 32'd8,
    32'd1, 32'd3, 32'd0, 32'd12, 32'd3, 32'd24, 32'd0, 32'd8,
    32'd1, 32'd10, 32'd10, 32'd63, 32'd47, 32'd4, 32'd0, 32'd8,
    32'd1, 32'd1, 32'd0, 32'd63, 32'd0, 32'd24, 32'd1, 32'd8,
    32'd17, 32'd9, 32'd0, 32'd20, 32'd12, 32'd8, 32'd0, 32'd8,
    32'd1, 32'd1, 32'd0, 32'd5, 32'd1, 32'd4, 32'd1, 32'd8,
    32'd2, 32'd22, 32'd11, 32'd28, 32'd8, 32'd16, 32'd0, 32'd8,
    32'd1, 32'd20, 32'd16, 32'd40, 32'd15, 32'd16, 32'd1, 32'd8,
    32'd1, 32'd6, 32'd6, 32'd38, 32'd17, 32'd16, 32'd1, 32'd1,
    32'd1, 32'd1, 32'd0, 32'd21, 32'd5, 32'd8, 32'd0, 32'd2,
    32'd2, 32'd10, 32'd5, 32'd26, 32'd9, 32'd8, 32'd1, 32'd3,
    32'd1, 32'd3, 32'd0, 32'd30, 32'd0, 32'd16, 32'd0, 32'd4,
    32'd1, 32'd10, 32'd10, 32'd42, 32'd20, 32'd16, 32'd1, 32'd5,
    32'd1, 32'd2, 32'd0, 32'd20, 32'd12, 32'd4, 32'd1, 32'd7,
    32'd3, 32'd4, 32'd0, 32'd59, 32'd47, 32'd24, 32'd0, 32'd9,
    32'd1, 32'd6, 32'd6, 32'd36, 32'd16, 32'd16, 32'd1, 32'd11,
    32'd1, 32'd4, 32'd4, 32'd33, 32'd1, 32'd24, 32'd0, 32'd12,
    32'd1, 32'd5, 32'd0, 32'd28, 32'd8, 32'd16, 32'd1, 32'd13,
    32'd1, 32'd7, 32'd7, 32'd40, 32'd18, 32'd12, 32'd0, 32'd14,
    32'd1, 32'd1, 32'd0, 32'd59, 32'd0, 32'd24, 32'd1, 32'd15
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c, i;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam VALUES = of(c, 0), TAG_BITS = of(c, 1), INDEX_BITS = of(c, 2), SUM_BITS = of(c, 3),
                 SHIFT = of(c, 4), VALUE_BITS = of(c, 5), RELU = of(c, 6), KEPT = of(c, 7);
      wire [VALUES*SUM_BITS-1:0] sums;
      wire [VALUES*VALUE_BITS-1:0] values;
      wire [VALUES-1:0] valid, gates;
      wire [TAG_BITS-1:0] tag;
      wire [VALUES-1:0] cuts;
      wire [31:0] cuts_word = cuts;
      wire [17*32-1:0] value_words;
      wire [3*192-1:0] probes;
      for (i = 0; i < 17; i = i + 1) begin : gen_value
        if (i < VALUES) begin : gen_used
          assign sums[i*SUM_BITS +: SUM_BITS] = in[192 + 64*i +: SUM_BITS];
          assign value_words[32*i +: 32] = values[i*VALUE_BITS +: VALUE_BITS];
        end else begin : gen_unused
          assign value_words[32*i +: 32] = 32'd0;
        end
      end
      engram_normaliser #(
        .VALUES(VALUES), .TAG_BITS(TAG_BITS), .INDEX_BITS(INDEX_BITS), .SUM_BITS(SUM_BITS),
        .SHIFT(SHIFT), .VALUE_BITS(VALUE_BITS), .RELU(RELU), .KEPT(KEPT)
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[130]),
        .valid_i(in[0 +: VALUES]), .tag_i(in[64 +: TAG_BITS]), .sums_i(sums),
        .halve_i(in[128]), .keep_i(in[32 +: VALUES]),
        .valid_o(valid), .tag_o(tag), .values_o(values), .gates_o(gates),
        .cuts_o(cuts)
      );
      // What the benches of whole cores see.
      for (i = 0; i < 3; i = i + 1) begin : gen_probe
        if (INDEX_BITS > 0 && i < VALUES) begin : gen_used
          wire [15:0] index = u_leaf.gen_probes.gen_probe[i].u_value.index;
          wire [31:0] value = u_leaf.gen_probes.gen_probe[i].u_value.value;
          wire [15:0] kept_index = u_leaf.gen_probes.gen_probe[i].u_kept.index;
          wire [15:0] sum_index = u_leaf.gen_probes.gen_probe[i].u_sum.index;
          wire [63:0] sum = u_leaf.gen_probes.gen_probe[i].u_sum.value;
          assign probes[192*i +: 192] =
              {sum, sum_index, 15'd0, u_leaf.gen_probes.gen_probe[i].u_sum.valid,
               kept_index, 14'd0, u_leaf.gen_probes.gen_probe[i].u_kept.value,
               u_leaf.gen_probes.gen_probe[i].u_kept.valid,
               value, index, 15'd0, u_leaf.gen_probes.gen_probe[i].u_value.valid};
        end else begin : gen_unused
          assign probes[192*i +: 192] = 192'd0;
        end
      end
      wire [31:0] gate_word = gates, valid_word = valid;
      wire [63:0] tag_words = tag;
      assign out_o[c*OUT_BITS +: OUT_BITS] =
          {probes, value_words, tag_words, 32'd0, valid_word, cuts_word, gate_word};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
