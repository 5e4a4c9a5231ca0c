// leaf_dropout : engram_dropout, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_dropout #(
  parameter CASES = 4,
  parameter FIELDS = 1,
  parameter IN_BITS = 32,  // of a case
  parameter OUT_BITS = 32
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // INDEX_BITS
    32'd1,
    32'd4,
    32'd6,
    32'd10
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, clk_i, in};
      localparam INDEX_BITS = of(c, 0);
      engram_dropout #(.INDEX_BITS(INDEX_BITS)) u_leaf (
        .train_i(in[0]), .valid_i(in[1]), .index_i(in[16 +: INDEX_BITS]),
        .keep_o(out_o[c*OUT_BITS]), .halve_o(out_o[c*OUT_BITS + 1]),
        .pair_bit_i(in[2]), .pair_next_o(out_o[c*OUT_BITS + 2])
      );
      assign out_o[c*OUT_BITS + 3 +: OUT_BITS-3] = 0;
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
