// leaf_picture_buffer : engram_picture_buffer, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_picture_buffer #(
  parameter CASES = 26,
  parameter FIELDS = 11,
  parameter IN_BITS = 64,  // of a case
  parameter OUT_BITS = 608
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // HEIGHT WIDTH ROW_BITS COLUMN_BITS PIXEL_BITS PIXEL_OFFSET CLASSES WORD_PIXELS WORD_BITS
    //   PIXEL_DEPTH THRESHOLD
    32'd28, 32'd28, 32'd5, 32'd5, 32'd8, 32'd128, 32'd2, 32'd28, 32'd5, 32'd8, 32'd0,
    32'd8, 32'd8, 32'd3, 32'd3, 32'd8, 32'd128, 32'd3, 32'd8, 32'd3, 32'd8, 32'd0,
    32'd4, 32'd4, 32'd2, 32'd2, 32'd9, 32'd0, 32'd10, 32'd4, 32'd2, 32'd8, 32'd0,
    32'd1, 32'd1, 32'd1, 32'd1, 32'd8, 32'd128, 32'd2, 32'd1, 32'd1, 32'd8, 32'd0,
    32'd1, 32'd5, 32'd1, 32'd3, 32'd9, 32'd0, 32'd16, 32'd5, 32'd1, 32'd8, 32'd0,
    32'd5, 32'd1, 32'd3, 32'd1, 32'd9, 32'd255, 32'd2, 32'd1, 32'd3, 32'd8, 32'd0,
    32'd3, 32'd64, 32'd2, 32'd6, 32'd8, 32'd128, 32'd16, 32'd64, 32'd2, 32'd8, 32'd0,
    32'd64, 32'd3, 32'd6, 32'd2, 32'd9, 32'd100, 32'd4, 32'd3, 32'd6, 32'd8, 32'd0,
    32'd7, 32'd6, 32'd3, 32'd3, 32'd9, 32'd0, 32'd2, 32'd6, 32'd3, 32'd8, 32'd0,
    32'd8, 32'd8, 32'd3, 32'd3, 32'd8, 32'd128, 32'd3, 32'd1, 32'd6, 32'd8, 32'd0,
    32'd8, 32'd8, 32'd3, 32'd3, 32'd8, 32'd128, 32'd3, 32'd2, 32'd5, 32'd8, 32'd0,
    32'd1, 32'd5, 32'd1, 32'd3, 32'd9, 32'd0, 32'd16, 32'd1, 32'd3, 32'd8, 32'd0,
    32'd1, 32'd5, 32'd1, 32'd3, 32'd9, 32'd0, 32'd16, 32'd2, 32'd2, 32'd8, 32'd0,
    32'd5, 32'd1, 32'd3, 32'd1, 32'd9, 32'd255, 32'd2, 32'd2, 32'd3, 32'd8, 32'd0,
    32'd1, 32'd1, 32'd1, 32'd1, 32'd8, 32'd128, 32'd2, 32'd2, 32'd1, 32'd8, 32'd0,
    32'd64, 32'd3, 32'd6, 32'd2, 32'd9, 32'd100, 32'd4, 32'd2, 32'd7, 32'd8, 32'd0,
    32'd4, 32'd4, 32'd2, 32'd2, 32'd9, 32'd0, 32'd10, 32'd1, 32'd4, 32'd8, 32'd0,
    32'd7, 32'd6, 32'd3, 32'd3, 32'd9, 32'd0, 32'd2, 32'd4, 32'd4, 32'd8, 32'd0,
    32'd5, 32'd7, 32'd3, 32'd3, 32'd9, 32'd0, 32'd4, 32'd2, 32'd5, 32'd8, 32'd0,
    32'd28, 32'd28, 32'd5, 32'd5, 32'd8, 32'd128, 32'd2, 32'd1, 32'd10, 32'd8, 32'd0,
    32'd6, 32'd13, 32'd3, 32'd4, 32'd9, 32'd17, 32'd3, 32'd5, 32'd5, 32'd8, 32'd0,
    32'd3, 32'd9, 32'd2, 32'd4, 32'd2, 32'd0, 32'd3, 32'd1, 32'd6, 32'd1, 32'd1,
    32'd4, 32'd6, 32'd2, 32'd3, 32'd2, 32'd1, 32'd2, 32'd6, 32'd2, 32'd1, 32'd200,
    32'd6, 32'd5, 32'd3, 32'd3, 32'd4, 32'd8, 32'd2, 32'd2, 32'd5, 32'd4, 32'd0,
    32'd5, 32'd5, 32'd3, 32'd3, 32'd8, 32'd3, 32'd2, 32'd1, 32'd5, 32'd7, 32'd0,
    32'd3, 32'd4, 32'd2, 32'd2, 32'd3, 32'd3, 32'd2, 32'd4, 32'd2, 32'd2, 32'd0
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam PIXEL_BITS = of(c, 4), WORD_PIXELS = of(c, 7), WORD_BITS = of(c, 8);
      wire tready, valid, train;
      wire [1:0] status;
      wire [6:0] label;
      wire [3:1] refused;
      wire [WORD_PIXELS*PIXEL_BITS-1:0] word;
      engram_picture_buffer #(
        .HEIGHT(of(c, 0)), .WIDTH(of(c, 1)), .ROW_BITS(of(c, 2)), .COLUMN_BITS(of(c, 3)),
        .WORD_PIXELS(WORD_PIXELS), .WORD_BITS(WORD_BITS),
        .PIXEL_BITS(PIXEL_BITS), .PIXEL_OFFSET(of(c, 5)), .CLASSES(of(c, 6)),
        .PIXEL_DEPTH(of(c, 9)), .THRESHOLD(of(c, 10))
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[4]),
        .s_axis_tvalid_i(in[0]), .s_axis_tready_o(tready), .s_axis_tdata_i(in[15:8]),
        .s_axis_tlast_i(in[1]), .s_axis_tuser_i(in[23:16]),
        .picture_valid_o(valid), .picture_status_o(status), .picture_train_o(train),
        .picture_label_o(label), .release_i(in[2]),
        .read_i(in[3]), .read_word_i(in[32 +: WORD_BITS]), .word_o(word), .refused_o(refused),
        .hold_i(in[5])
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] =
          {word, 12'd0, refused, 2'd0, label, 3'd0, train, status, valid, tready};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
