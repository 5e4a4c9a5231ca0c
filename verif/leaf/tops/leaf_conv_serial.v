// leaf_conv_serial : engram_conv_serial, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_conv_serial #(
  parameter CASES = 26,
  parameter FIELDS = 19,
  parameter IN_BITS = 256,  // of a case
  parameter OUT_BITS = 288
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // FILTERS FILTER_BITS HEIGHT WIDTH KERNEL_HEIGHT KERNEL_WIDTH TAP_BITS TAPS_AT_ONCE PIXEL_BITS
    //   WEIGHT_BITS GRADIENT_BITS SUM_BITS FORWARD_LEVELS UPDATE_BITS UPDATE_SHIFT ROUNDING
    //   ROUND_BITS PIXEL_ADDRESS_BITS TRAINING
    32'd3, 32'd2, 32'd28, 32'd28, 32'd4, 32'd4, 32'd4, 32'd4, 32'd8,
      32'd8, 32'd8, 32'd20, 32'd2, 32'd25, 32'd6, 32'd1, 32'd10, 32'd10, 32'd1,
    32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd9,
      32'd16, 32'd8, 32'd24, 32'd0, 32'd16, 32'd8, 32'd0, 32'd1, 32'd1, 32'd1,
    32'd2, 32'd1, 32'd5, 32'd4, 32'd1, 32'd1, 32'd1, 32'd1, 32'd8,
      32'd8, 32'd16, 32'd16, 32'd0, 32'd28, 32'd3, 32'd1, 32'd8, 32'd5, 32'd1,
    32'd3, 32'd2, 32'd6, 32'd5, 32'd1, 32'd1, 32'd1, 32'd1, 32'd9,
      32'd12, 32'd12, 32'd20, 32'd0, 32'd25, 32'd9, 32'd2, 32'd1, 32'd5, 32'd1,
    32'd1, 32'd1, 32'd3, 32'd3, 32'd3, 32'd3, 32'd4, 32'd3, 32'd8,
      32'd8, 32'd8, 32'd19, 32'd2, 32'd16, 32'd5, 32'd1, 32'd10, 32'd4, 32'd1,
    32'd1, 32'd1, 32'd5, 32'd7, 32'd2, 32'd2, 32'd2, 32'd2, 32'd8,
      32'd16, 32'd16, 32'd26, 32'd1, 32'd28, 32'd12, 32'd1, 32'd16, 32'd6, 32'd1,
    32'd1, 32'd1, 32'd12, 32'd5, 32'd8, 32'd1, 32'd3, 32'd8, 32'd8,
      32'd8, 32'd8, 32'd19, 32'd3, 32'd20, 32'd7, 32'd0, 32'd1, 32'd6, 32'd1,
    32'd1, 32'd1, 32'd4, 32'd64, 32'd1, 32'd8, 32'd3, 32'd4, 32'd8,
      32'd8, 32'd12, 32'd19, 32'd2, 32'd27, 32'd8, 32'd2, 32'd1, 32'd8, 32'd1,
    32'd2, 32'd1, 32'd4, 32'd64, 32'd3, 32'd5, 32'd4, 32'd5, 32'd9,
      32'd16, 32'd16, 32'd28, 32'd3, 32'd31, 32'd10, 32'd1, 32'd12, 32'd8, 32'd1,
    32'd16, 32'd4, 32'd6, 32'd7, 32'd2, 32'd3, 32'd3, 32'd6, 32'd8,
      32'd8, 32'd8, 32'd18, 32'd3, 32'd20, 32'd4, 32'd1, 32'd10, 32'd6, 32'd1,
    32'd5, 32'd3, 32'd9, 32'd8, 32'd5, 32'd2, 32'd4, 32'd1, 32'd9,
      32'd8, 32'd8, 32'd20, 32'd0, 32'd22, 32'd6, 32'd0, 32'd1, 32'd7, 32'd1,
    32'd4, 32'd2, 32'd8, 32'd8, 32'd8, 32'd8, 32'd6, 32'd8, 32'd8,
      32'd8, 32'd8, 32'd22, 32'd3, 32'd16, 32'd5, 32'd1, 32'd3, 32'd6, 32'd1,
    32'd2, 32'd1, 32'd9, 32'd10, 32'd8, 32'd8, 32'd6, 32'd64, 32'd8,
      32'd8, 32'd8, 32'd22, 32'd6, 32'd18, 32'd6, 32'd1, 32'd10, 32'd7, 32'd1,
    32'd3, 32'd2, 32'd7, 32'd9, 32'd3, 32'd3, 32'd4, 32'd9, 32'd8,
      32'd16, 32'd16, 32'd27, 32'd4, 32'd29, 32'd8, 32'd0, 32'd1, 32'd6, 32'd1,
    32'd2, 32'd1, 32'd6, 32'd6, 32'd2, 32'd2, 32'd2, 32'd4, 32'd9,
      32'd24, 32'd24, 32'd34, 32'd2, 32'd37, 32'd20, 32'd1, 32'd16, 32'd6, 32'd1,
    32'd3, 32'd2, 32'd8, 32'd5, 32'd3, 32'd2, 32'd3, 32'd3, 32'd8,
      32'd4, 32'd4, 32'd14, 32'd2, 32'd16, 32'd1, 32'd1, 32'd6, 32'd6, 32'd1,
    32'd7, 32'd3, 32'd20, 32'd11, 32'd7, 32'd3, 32'd5, 32'd7, 32'd8,
      32'd8, 32'd8, 32'd20, 32'd3, 32'd22, 32'd6, 32'd2, 32'd1, 32'd8, 32'd1,
    32'd1, 32'd1, 32'd64, 32'd2, 32'd3, 32'd1, 32'd2, 32'd1, 32'd8,
      32'd8, 32'd8, 32'd17, 32'd0, 32'd22, 32'd5, 32'd1, 32'd10, 32'd7, 32'd1,
    32'd2, 32'd1, 32'd20, 32'd3, 32'd8, 32'd1, 32'd3, 32'd8, 32'd8,
      32'd10, 32'd6, 32'd21, 32'd3, 32'd19, 32'd4, 32'd1, 32'd9, 32'd6, 32'd1,
    32'd1, 32'd1, 32'd64, 32'd64, 32'd1, 32'd1, 32'd1, 32'd1, 32'd8,
      32'd8, 32'd8, 32'd16, 32'd0, 32'd28, 32'd9, 32'd1, 32'd10, 32'd12, 32'd1,
    32'd1, 32'd1, 32'd20, 32'd64, 32'd8, 32'd8, 32'd6, 32'd64, 32'd8,
      32'd8, 32'd8, 32'd22, 32'd6, 32'd25, 32'd9, 32'd1, 32'd10, 32'd11, 32'd1,
    32'd1, 32'd1, 32'd10, 32'd10, 32'd4, 32'd4, 32'd4, 32'd1, 32'd8,
      32'd8, 32'd8, 32'd20, 32'd0, 32'd21, 32'd5, 32'd0, 32'd1, 32'd7, 32'd1,
    32'd9, 32'd4, 32'd7, 32'd6, 32'd1, 32'd2, 32'd1, 32'd2, 32'd8,
      32'd8, 32'd8, 32'd17, 32'd1, 32'd21, 32'd4, 32'd1, 32'd10, 32'd6, 32'd1,
    32'd16, 32'd4, 32'd9, 32'd9, 32'd8, 32'd8, 32'd6, 32'd1, 32'd8,
      32'd4, 32'd24, 32'd18, 32'd0, 32'd34, 32'd20, 32'd0, 32'd1, 32'd7, 32'd1,
    32'd3, 32'd2, 32'd12, 32'd11, 32'd4, 32'd4, 32'd4, 32'd2, 32'd8,
      32'd8, 32'd8, 32'd20, 32'd1, 32'd22, 32'd6, 32'd1, 32'd10, 32'd8, 32'd0,
    32'd1, 32'd1, 32'd2, 32'd2, 32'd2, 32'd1, 32'd1, 32'd2, 32'd9,
      32'd4, 32'd24, 32'd13, 32'd1, 32'd33, 32'd0, 32'd0, 32'd1, 32'd2, 32'd0
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam FILTER_BITS = of(c, 1), TAP_BITS = of(c, 6), PIXEL_BITS = of(c, 8),
                 WEIGHT_BITS = of(c, 9), GRADIENT_BITS = of(c, 10), SUM_BITS = of(c, 11),
                 UPDATE_BITS = of(c, 13), ROUND_BITS = of(c, 16),
                 ADDRESS_BITS = of(c, 17);
      wire pixel_read, sum_valid, gradient_read, updated;
      wire [ADDRESS_BITS-1:0] pixel_address;
      wire [SUM_BITS-1:0] sum;
      wire [WEIGHT_BITS-1:0] host_data;
      wire lost;
      reg [31:0] lost_count;
      always @(posedge clk_i) lost_count <= in[6] ? 32'd0 : lost_count + lost;
      engram_conv_serial #(
        .FILTERS(of(c, 0)), .HEIGHT(of(c, 2)), .WIDTH(of(c, 3)), .KERNEL_HEIGHT(of(c, 4)),
        .KERNEL_WIDTH(of(c, 5)), .TAPS_AT_ONCE(of(c, 7)), .PIXEL_BITS(PIXEL_BITS),
        .WEIGHT_BITS(WEIGHT_BITS), .GRADIENT_BITS(GRADIENT_BITS), .SUM_BITS(SUM_BITS),
        .UPDATE_BITS(UPDATE_BITS), .UPDATE_SHIFT(of(c, 14)), .ROUNDING(of(c, 15)),
        .ROUND_BITS(ROUND_BITS), .LAYER(c % 4), .HASH_LAYER_BITS(2), .HASH_ROW_BITS(11),
        .HASH_COLUMN_BITS(6), .TRAINING(of(c, 18))
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[0]),
        .forward_start_i(in[1]), .backward_start_i(in[2]), .freeze_i(in[3]), .rate_i(in[11:8]),
        .base_i(in[128 +: ROUND_BITS]), .key_i(in[160 +: 18+ROUND_BITS]),
        .pixel_read_o(pixel_read), .pixel_address_o(pixel_address), .pixel_i(in[64 +: PIXEL_BITS]),
        .sum_valid_o(sum_valid), .sum_o(sum), .gradient_read_o(gradient_read),
        .gradient_i(in[96 +: GRADIENT_BITS]), .updated_o(updated),
        .host_read_i(in[4]), .host_write_i(in[5]), .host_row_i(in[16 +: TAP_BITS]),
        .host_unit_i(in[24 +: FILTER_BITS]), .host_data_i(in[32 +: WEIGHT_BITS]),
        .host_data_o(host_data), .lost_o(lost)
      );
      wire probe_valid = u_leaf.u_gradient.valid;
      wire [31:0] probe_index = u_leaf.u_gradient.index;
      wire [63:0] probe_value = u_leaf.u_gradient.value;
      wire [15:0] pixel_address_word = pixel_address;
      wire [63:0] sum_wide = sum;
      wire [31:0] host_word = host_data;
      assign out_o[c*OUT_BITS +: OUT_BITS] =
          {probe_index, probe_value, lost_count, host_word, sum_wide, 32'd0,
           pixel_address_word, 9'd0, probe_valid, u_leaf.kernel_write, updated, gradient_read,
           1'b0, sum_valid, pixel_read};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
