// leaf_softmax : engram_softmax, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_softmax #(
  parameter CASES = 11,
  parameter FIELDS = 4,
  parameter IN_BITS = 64,  // of a case
  parameter OUT_BITS = 64
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // CLASSES CLASS_BITS LOGIT_BITS INDEX_SHIFT
    32'd2, 32'd1, 32'd16, 32'd4,
    32'd3, 32'd2, 32'd16, 32'd4,
    32'd16, 32'd4, 32'd16, 32'd6,
    32'd2, 32'd1, 32'd8, -32'sd1,
    32'd4, 32'd2, 32'd8, -32'sd5,
    32'd10, 32'd4, 32'd24, 32'd26,
    32'd5, 32'd3, 32'd24, 32'd0,
    32'd2, 32'd1, 32'd4, -32'sd2,
    32'd7, 32'd3, 32'd12, 32'd2,
    32'd16, 32'd4, 32'd24, -32'sd5,
    32'd16, 32'd4, 32'd5, 32'd1
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam CLASS_BITS = of(c, 1), LOGIT_BITS = of(c, 2);
      wire valid, last, waits;
      wire [CLASS_BITS-1:0] class_number, best;
      wire [15:0] probability;
      engram_softmax #(
        .CLASSES(of(c, 0)), .CLASS_BITS(CLASS_BITS), .LOGIT_BITS(LOGIT_BITS), .INDEX_SHIFT(of(c, 3))
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[2]),
        .logit_valid_i(in[0]), .logit_class_i(in[8 +: CLASS_BITS]), .logit_i(in[32 +: LOGIT_BITS]),
        .free_i(in[1]), .waits_o(waits), .valid_o(valid), .class_o(class_number), .last_o(last),
        .probability_o(probability), .best_o(best)
      );
      wire [7:0] class_byte = class_number, best_byte = best;
      assign out_o[c*OUT_BITS +: OUT_BITS] =
          {probability, 8'd0, best_byte, class_byte, 5'd0, waits, last, valid};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
