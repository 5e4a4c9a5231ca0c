// leaf_im2col : engram_im2col, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_im2col #(
  parameter CASES = 36,
  parameter FIELDS = 8,
  parameter IN_BITS = 640,  // of a case
  parameter OUT_BITS = 3584
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // HEIGHT WIDTH ROW_BITS PIXEL_BITS KERNEL_HEIGHT KERNEL_WIDTH ACROSS DOWN
    32'd28, 32'd28, 32'd5, 32'd8, 32'd4, 32'd4, 32'd1, 32'd1,
    32'd28, 32'd28, 32'd5, 32'd8, 32'd4, 32'd4, 32'd5, 32'd1,
    32'd28, 32'd28, 32'd5, 32'd8, 32'd4, 32'd4, 32'd25, 32'd1,
    32'd8, 32'd8, 32'd3, 32'd8, 32'd3, 32'd3, 32'd2, 32'd1,
    32'd8, 32'd8, 32'd3, 32'd9, 32'd3, 32'd3, 32'd6, 32'd1,
    32'd8, 32'd8, 32'd3, 32'd8, 32'd3, 32'd3, 32'd6, 32'd2,
    32'd8, 32'd8, 32'd3, 32'd8, 32'd3, 32'd3, 32'd6, 32'd3,
    32'd8, 32'd8, 32'd3, 32'd8, 32'd3, 32'd3, 32'd6, 32'd6,
    32'd8, 32'd8, 32'd3, 32'd9, 32'd1, 32'd1, 32'd1, 32'd1,
    32'd4, 32'd4, 32'd2, 32'd9, 32'd1, 32'd1, 32'd4, 32'd4,
    32'd8, 32'd8, 32'd3, 32'd8, 32'd8, 32'd8, 32'd1, 32'd1,
    32'd8, 32'd8, 32'd3, 32'd8, 32'd6, 32'd6, 32'd3, 32'd1,
    32'd9, 32'd9, 32'd4, 32'd8, 32'd7, 32'd7, 32'd3, 32'd3,
    32'd9, 32'd12, 32'd4, 32'd8, 32'd2, 32'd5, 32'd4, 32'd1,
    32'd9, 32'd12, 32'd4, 32'd8, 32'd2, 32'd5, 32'd8, 32'd4,
    32'd9, 32'd12, 32'd4, 32'd8, 32'd5, 32'd2, 32'd11, 32'd1,
    32'd12, 32'd9, 32'd4, 32'd8, 32'd5, 32'd2, 32'd8, 32'd2,
    32'd64, 32'd64, 32'd6, 32'd9, 32'd8, 32'd8, 32'd3, 32'd1,
    32'd64, 32'd64, 32'd6, 32'd8, 32'd7, 32'd5, 32'd4, 32'd1,
    32'd3, 32'd64, 32'd2, 32'd8, 32'd1, 32'd1, 32'd64, 32'd3,
    32'd1, 32'd1, 32'd1, 32'd8, 32'd1, 32'd1, 32'd1, 32'd1,
    32'd5, 32'd1, 32'd3, 32'd8, 32'd2, 32'd1, 32'd1, 32'd1,
    32'd1, 32'd7, 32'd1, 32'd8, 32'd1, 32'd3, 32'd5, 32'd1,
    32'd7, 32'd7, 32'd3, 32'd8, 32'd7, 32'd1, 32'd7, 32'd1,
    32'd6, 32'd10, 32'd3, 32'd8, 32'd3, 32'd10, 32'd1, 32'd1,
    32'd6, 32'd10, 32'd3, 32'd8, 32'd3, 32'd10, 32'd1, 32'd2,
    32'd6, 32'd10, 32'd3, 32'd8, 32'd3, 32'd10, 32'd1, 32'd4,
    32'd28, 32'd28, 32'd5, 32'd8, 32'd4, 32'd4, 32'd2, 32'd1,
    32'd28, 32'd28, 32'd5, 32'd8, 32'd4, 32'd4, 32'd7, 32'd1,
    32'd28, 32'd28, 32'd5, 32'd8, 32'd4, 32'd4, 32'd24, 32'd1,
    32'd8, 32'd8, 32'd3, 32'd8, 32'd3, 32'd3, 32'd5, 32'd1,
    32'd9, 32'd12, 32'd4, 32'd9, 32'd2, 32'd5, 32'd3, 32'd1,
    32'd1, 32'd7, 32'd1, 32'd8, 32'd1, 32'd1, 32'd6, 32'd1,
    32'd7, 32'd7, 32'd3, 32'd8, 32'd7, 32'd1, 32'd4, 32'd1,
    32'd64, 32'd64, 32'd6, 32'd9, 32'd8, 32'd8, 32'd5, 32'd1,
    32'd5, 32'd4, 32'd3, 32'd8, 32'd2, 32'd2, 32'd2, 32'd1
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam WIDTH = of(c, 1), ROW_BITS = of(c, 2), PIXEL_BITS = of(c, 3),
                 KERNEL_HEIGHT = of(c, 4), KERNEL_WIDTH = of(c, 5), ACROSS = of(c, 6),
                 DOWN = of(c, 7);
      wire valid, rest, last, read;
      wire [ROW_BITS-1:0] row;
      wire [DOWN*ACROSS*KERNEL_HEIGHT*KERNEL_WIDTH*PIXEL_BITS-1:0] taps;
      engram_im2col #(
        .HEIGHT(of(c, 0)), .WIDTH(WIDTH), .ROW_BITS(ROW_BITS), .PIXEL_BITS(PIXEL_BITS),
        .KERNEL_HEIGHT(KERNEL_HEIGHT), .KERNEL_WIDTH(KERNEL_WIDTH), .ACROSS(ACROSS), .DOWN(DOWN)
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[2]), .start_i(in[0]),
        .valid_o(valid), .rest_o(rest), .last_o(last), .next_i(in[1]), .taps_o(taps),
        .read_o(read), .read_row_o(row), .row_i(in[64 +: WIDTH*PIXEL_BITS])
      );
      wire [7:0] row_byte = row;
      assign out_o[c*OUT_BITS +: OUT_BITS] = {taps, 16'd0, row_byte, 4'd0, rest, read, last, valid};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
