// leaf_bias : engram_bias, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_bias #(
  parameter CASES = 8,
  parameter FIELDS = 11,
  parameter IN_BITS = 384,  // of a case
  parameter OUT_BITS = 192
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // UNITS PAIRED TRAINING BIAS_BITS GRADIENT_BITS SUM_BITS SHIFT UPDATE_SHIFT ROUNDING ROUND_BITS LAYER
    32'd10, 32'd0, 32'd1, 32'd16, 32'd16, 32'd38, 32'd8, 32'd2, 32'd0, 32'd1, 32'd1,
    32'd64, 32'd0, 32'd1, 32'd21, 32'd16, 32'd42, 32'd13, 32'd0, 32'd1, 32'd10, 32'd3,
    32'd2, 32'd0, 32'd1, 32'd4, 32'd24, 32'd28, 32'd0, 32'd9, 32'd2, 32'd1, 32'd0,
    32'd1, 32'd0, 32'd1, 32'd24, 32'd4, 32'd63, 32'd39, 32'd0, 32'd1, 32'd16, 32'd2,
    32'd12, 32'd1, 32'd1, 32'd12, 32'd8, 32'd24, 32'd3, 32'd1, 32'd1, 32'd4, 32'd1,
    32'd24, 32'd1, 32'd1, 32'd18, 32'd20, 32'd40, 32'd5, 32'd6, 32'd0, 32'd1, 32'd1,
    32'd5, 32'd0, 32'd0, 32'd9, 32'd8, 32'd20, 32'd1, 32'd0, 32'd0, 32'd1, 32'd1,
    32'd8, 32'd1, 32'd0, 32'd9, 32'd8, 32'd20, 32'd11, 32'd0, 32'd0, 32'd1, 32'd1
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam UNITS = of(c, 0), BIAS_BITS = of(c, 3), GRADIENT_BITS = of(c, 4),
                 SUM_BITS = of(c, 5), ROUND_BITS = of(c, 9);
      localparam UNIT_BITS = UNITS > 1 ? $clog2(UNITS) : 1;
      wire valid, keep, lost;
      wire [UNIT_BITS-1:0] unit;
      wire [BIAS_BITS-1:0] host_data;
      wire [SUM_BITS-1:0] sum;
      engram_bias #(
        .UNITS(UNITS), .PAIRED(of(c, 1)), .TRAINING(of(c, 2)), .BIAS_BITS(BIAS_BITS),
        .GRADIENT_BITS(GRADIENT_BITS), .SUM_BITS(SUM_BITS), .SHIFT(of(c, 6)),
        .UPDATE_SHIFT(of(c, 7)), .ROUNDING(of(c, 8)), .ROUND_BITS(ROUND_BITS), .LAYER(of(c, 10)),
        .HASH_LAYER_BITS(2), .HASH_ROW_BITS(4), .HASH_COLUMN_BITS(6)
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[8]), .forward_start_i(in[0]), .train_i(in[1]), .freeze_i(in[2]),
        .rate_i(in[15:12]), .base_i(in[256 +: ROUND_BITS]), .key_i(in[320 +: 11+ROUND_BITS]),
        .sum_valid_i(in[3]), .sum_unit_i(in[32 +: UNIT_BITS]), .sum_keep_i(in[4]),
        .sum_i(in[192 +: SUM_BITS]), .sum_valid_o(valid), .sum_unit_o(unit), .sum_keep_o(keep),
        .sum_o(sum), .gradient_valid_i(in[5]), .gradient_unit_i(in[48 +: UNIT_BITS]),
        .gradient_i(in[96 +: GRADIENT_BITS]), .host_read_i(in[6]), .host_write_i(in[7]),
        .host_unit_i(in[64 +: UNIT_BITS]), .host_data_i(in[128 +: BIAS_BITS]),
        .host_data_o(host_data), .lost_o(lost)
      );
      wire [63:0] sum_word = sum;
      wire [31:0] unit_word = unit, host_word = host_data;
      assign out_o[c*OUT_BITS +: OUT_BITS] =
          {sum_word, 32'd0, host_word, unit_word, 29'd0, lost, keep, valid};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
