// leaf_weights : engram_weights, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_weights #(
  parameter CASES = 13,
  parameter FIELDS = 5,
  parameter IN_BITS = 192,  // of a case
  parameter OUT_BITS = 128
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // LANES WEIGHT_BITS WORDS ADDRESS_BITS STORAGE
    32'd1, 32'd16, 32'd1875, 32'd11, 32'd0,
    32'd1, 32'd24, 32'd1, 32'd1, 32'd0,
    32'd3, 32'd5, 32'd7, 32'd3, 32'd0,
    32'd4, 32'd4, 32'd64, 32'd6, 32'd0,
    32'd1, 32'd8, 32'd12, 32'd4, 32'd1,
    32'd1, 32'd9, 32'd1, 32'd1, 32'd1,
    32'd2, 32'd7, 32'd37, 32'd6, 32'd1,
    32'd1, 32'd16, 32'd72, 32'd7, 32'd2,
    32'd2, 32'd8, 32'd500, 32'd9, 32'd2,
    32'd4, 32'd4, 32'd33, 32'd6, 32'd2,
    32'd2, 32'd8, 32'd9600, 32'd14, 32'd2,
    32'd3, 32'd5, 32'd1, 32'd1, 32'd2,
    32'd1, 32'd23, 32'd6, 32'd3, 32'd2
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam LANES = of(c, 0), WEIGHT_BITS = of(c, 1), ADDRESS_BITS = of(c, 3);
      wire [LANES*WEIGHT_BITS-1:0] data;
      engram_weights #(
        .LANES(LANES), .WEIGHT_BITS(WEIGHT_BITS), .WORDS(of(c, 2)), .ADDRESS_BITS(ADDRESS_BITS),
        .STORAGE(of(c, 4))
      ) u_leaf (
        .clk_i(clk_i), .write_i(in[8 +: LANES]), .write_address_i(in[16 +: ADDRESS_BITS]),
        .write_data_i(in[64 +: LANES*WEIGHT_BITS]),
        .read_i(in[0] || (of(c, 4) == 2 && |in[8 +: LANES])),
        .read_address_i(in[32 +: ADDRESS_BITS]), .read_data_o(data)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = data;
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
