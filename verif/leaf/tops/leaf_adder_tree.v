// leaf_adder_tree : engram_adder_tree, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_adder_tree #(
  parameter CASES = 24,
  parameter FIELDS = 4,
  parameter IN_BITS = 2080,  // of a case
  parameter OUT_BITS = 64
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // TERMS TERM_BITS SUM_BITS LEVELS
    32'd1, 32'd16, 32'd16, 32'd0,
    32'd2, 32'd16, 32'd17, 32'd1,
    32'd3, 32'd8, 32'd10, 32'd2,
    32'd4, 32'd31, 32'd33, 32'd2,
    32'd5, 32'd16, 32'd19, 32'd3,
    32'd6, 32'd2, 32'd5, 32'd3,
    32'd7, 32'd24, 32'd27, 32'd3,
    32'd8, 32'd16, 32'd19, 32'd3,
    32'd9, 32'd28, 32'd32, 32'd4,
    32'd10, 32'd16, 32'd20, 32'd4,
    32'd11, 32'd12, 32'd16, 32'd4,
    32'd12, 32'd17, 32'd21, 32'd4,
    32'd13, 32'd16, 32'd20, 32'd4,
    32'd14, 32'd25, 32'd29, 32'd4,
    32'd15, 32'd16, 32'd20, 32'd4,
    32'd16, 32'd32, 32'd36, 32'd4,
    32'd17, 32'd16, 32'd21, 32'd5,
    32'd18, 32'd9, 32'd14, 32'd5,
    32'd19, 32'd31, 32'd36, 32'd5,
    32'd20, 32'd16, 32'd21, 32'd5,
    32'd64, 32'd16, 32'd22, 32'd6,
    32'd65, 32'd8, 32'd15, 32'd7,
    32'd1, 32'd20, 32'd30, 32'd0,
    32'd16, 32'd32, 32'd57, 32'd4
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c, i;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam TERMS = of(c, 0), TERM_BITS = of(c, 1), SUM_BITS = of(c, 2), LEVELS = of(c, 3);
      wire [TERMS*TERM_BITS-1:0] terms;
      for (i = 0; i < TERMS; i = i + 1) begin : gen_term
        assign terms[i*TERM_BITS +: TERM_BITS] = in[32*i +: TERM_BITS];
      end
      wire [SUM_BITS-1:0] sum;
      engram_adder_tree #(
        .TERMS(TERMS), .TERM_BITS(TERM_BITS), .SUM_BITS(SUM_BITS), .LEVELS(LEVELS)
      ) u_leaf (
        .clk_i(clk_i), .terms_i(terms), .sum_o(sum)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = sum;
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
