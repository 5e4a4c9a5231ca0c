// leaf_link_crc : engram_link_crc.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_link_crc (
  input  wire        clk_i,
  input  wire [31:0] in_i,
  output wire [63:0] out_o,
  output wire [31:0] shape_o,
  output wire [31:0] table_o
);
  wire [31:0] crc;
  wire good;
  wire unused_ok = &{1'b0, in_i};
  assign shape_o = {16'd1, 16'd1};
  assign table_o = 32'd0;
  engram_link_crc u_leaf (
    .clk_i(clk_i), .start_i(in_i[0]), .enable_i(in_i[1]), .bit_i(in_i[2]), .crc_o(crc),
    .good_o(good)
  );
  assign out_o = {31'd0, good, crc};
endmodule

`default_nettype wire
