// leaf_random : engram_random, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_random #(
  parameter CASES = 15,
  parameter FIELDS = 5,
  parameter IN_BITS = 64,  // of a case
  parameter OUT_BITS = 1792
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // RANDOM_BITS POSITION_BITS PAIRS (of the net) DRAWN_BITS PAIR_OFFSET
    32'd10, 32'd19, 32'd32, 32'd38, 32'd38,
    32'd0, 32'd19, 32'd6, 32'd1, 32'd0,
    32'd1, 32'd12, 32'd8, 32'd13, 32'd13,
    32'd10, 32'd20, 32'd512, 32'd39, 32'd39,
    32'd10, 32'd19, 32'd0, 32'd38, 32'd38,
    32'd16, 32'd24, 32'd100, 32'd55, 32'd55,
    32'd0, 32'd15, 32'd0, 32'd1, 32'd0,
    32'd16, 32'd34, 32'd64, 32'd65, 32'd65,
    32'd10, 32'd20, 32'd1536, 32'd39, 32'd39,
    32'd0, 32'd22, 32'd1536, 32'd1, 32'd0,
    32'd0, 32'd4, 32'd1, 32'd1, 32'd0,
    32'd16, 32'd48, 32'd1, 32'd79, 32'd79,
    32'd1, 32'd5, 32'd127, 32'd6, 32'd6,
    32'd0, 32'd9, 32'd128, 32'd1, 32'd0,
    32'd3, 32'd20, 32'd300, 32'd25, 32'd25
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam DRAWN_BITS = of(c, 3), PAIRS = of(c, 2) > 0 ? of(c, 2) : 1, PAIR_OFFSET = of(c, 4);
      wire [DRAWN_BITS-1:0] drawn;
      wire [PAIRS-1:0] pair_bits;
      wire [15:0] low;
      engram_random #(
        .DRAWN_BITS(DRAWN_BITS), .PAIRS(PAIRS), .PAIR_OFFSET(PAIR_OFFSET)
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[4]), .step_done_i(in[1]), .drawn_o(drawn), .pair_bits_o(pair_bits),
        .turn_i(in[2]), .write_i(in[3]), .data_i(in[47:32]), .low_o(low)
      );
      wire [127:0] drawn_word = drawn;
      assign out_o[c*OUT_BITS +: OUT_BITS] = {pair_bits, drawn_word, u_leaf.state_q ^ {112'd0, low ^ u_leaf.state_q[15:0]}};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
