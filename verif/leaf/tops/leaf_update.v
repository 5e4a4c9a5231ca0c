// leaf_update : engram_update, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_update #(
  parameter CASES = 14,
  parameter FIELDS = 5,
  parameter IN_BITS = 160,  // of a case
  parameter OUT_BITS = 64
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // WEIGHT_BITS U_BITS SHIFT ROUND_BITS ROUNDING
    32'd16, 32'd32, 32'd11, 32'd1, 32'd0,
    32'd16, 32'd33, 32'd8, 32'd10, 32'd1,
    32'd8, 32'd16, 32'd4, 32'd1, 32'd0,
    32'd8, 32'd17, 32'd3, 32'd10, 32'd1,
    32'd16, 32'd32, 32'd0, 32'd1, 32'd0,
    32'd24, 32'd48, 32'd47, 32'd16, 32'd1,
    32'd24, 32'd47, 32'd0, 32'd16, 32'd1,
    32'd4, 32'd8, 32'd2, 32'd2, 32'd1,
    32'd5, 32'd60, 32'd20, 32'd3, 32'd1,
    32'd24, 32'd8, 32'd1, 32'd1, 32'd0,
    32'd12, 32'd45, 32'd30, 32'd8, 32'd1,
    32'd16, 32'd24, 32'd10, 32'd10, 32'd1,
    32'd16, 32'd24, 32'd10, 32'd10, 32'd2,
    32'd8, 32'd20, 32'd11, 32'd1, 32'd1
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam WEIGHT_BITS = of(c, 0), U_BITS = of(c, 1), SHIFT = of(c, 2), ROUND_BITS = of(c, 3),
                 ROUNDING = of(c, 4);
      wire [WEIGHT_BITS-1:0] weight;
      wire changed, lost;
      engram_update #(
        .WEIGHT_BITS(WEIGHT_BITS), .U_BITS(U_BITS), .SHIFT(SHIFT), .RATE_BITS(4),
        .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS)
      ) u_leaf (
        .clk_i(clk_i), .weight_i(in[WEIGHT_BITS-1:0]), .u_i(in[64 +: U_BITS]), .rate_i(in[35:32]),
        .round_i(in[128 +: ROUND_BITS]), .weight_o(weight), .changed_o(changed),
        .lost_o(lost)
      );
      wire [31:0] weight_word = weight;
      assign out_o[c*OUT_BITS +: OUT_BITS] = {changed, lost, weight_word};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
