// leaf_dropout : engram_dropout, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_dropout #(
  parameter CASES = 12,
  parameter FIELDS = 2,
  parameter IN_BITS = 4128,  // of a case
  parameter OUT_BITS = 1024
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // UNITS DROPPED
    32'd2, 32'd0,
    32'd6, 32'd0,
    32'd12, 32'd0,
    32'd64, 32'd0,
    32'd90, 32'd0,
    32'd1024, 32'd0,
    32'd1, 32'd1,
    32'd2, 32'd8,
    32'd7, 32'd5,
    32'd64, 32'd11,
    32'd91, 32'd12,
    32'd1024, 32'd15
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, clk_i, in};
      localparam UNITS = of(c, 0), DROPPED = of(c, 1), BITS = DROPPED > 0 ? 4 * UNITS : UNITS / 2;
      wire [UNITS-1:0] keep;
      engram_dropout #(.UNITS(UNITS), .DROPPED(DROPPED)) u_leaf (
        .train_i(in[0]), .pair_bits_i(in[32 +: BITS]), .keep_o(keep)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = keep;
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
