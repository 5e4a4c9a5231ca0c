// leaf_control : engram_control with engram_counters and engram_random, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_control #(
  parameter CASES = 7,
  parameter FIELDS = 28,
  parameter IN_BITS = 352,  // of a case
  parameter OUT_BITS = 160
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // LAYERS LAYER_BITS ROW_BITS COLUMN_BITS RATE_BITS INITIAL_RATE ADDRESS_BITS VERSION SHAPE
    // INITIAL_FREEZE TRAINING, then ROWS, COLUMNS and WEIGHT_BITS of five tensors each, TENSORS, COUNTERS
    32'd3, 32'd2, 32'd11, 32'd6, 32'd4, 32'd8, 32'd22, 32'h0000_0100, 32'h0304_1C1C, 32'd0, 32'd1,
    32'd16, 32'd1875, 32'd64, 32'd0, 32'd0, 32'd3, 32'd64, 32'd4, 32'd0, 32'd0,
    32'd16, 32'd16, 32'd16, 32'd0, 32'd0, 32'd3, 32'd3,

    32'd3, 32'd2, 32'd7, 32'd4, 32'd4, 32'd15, 32'd16, 32'h0001_0203, 32'h0303_0808, 32'd5, 32'd1,
    32'd9, 32'd72, 32'd12, 32'd0, 32'd0, 32'd2, 32'd12, 32'd3, 32'd0, 32'd0,
    32'd8, 32'd16, 32'd12, 32'd0, 32'd0, 32'd3, 32'd4,

    32'd5, 32'd3, 32'd8, 32'd7, 32'd4, 32'd0, 32'd21, 32'h7FFF_FFFF, 32'h0505_0D40, 32'd31, 32'd1,
    32'd4, 32'd200, 32'd100, 32'd64, 32'd17, 32'd16, 32'd100, 32'd64, 32'd17, 32'd5,
    32'd4, 32'd8, 32'd24, 32'd12, 32'd5, 32'd5, 32'd3,

    32'd2, 32'd2, 32'd4, 32'd2, 32'd4, 32'd9, 32'd11, 32'h0000_0001, 32'h0202_0404, 32'd0, 32'd0,
    32'd16, 32'd1, 32'd9, 32'd0, 32'd0, 32'd4, 32'd3, 32'd2, 32'd0, 32'd0,
    32'd24, 32'd7, 32'd4, 32'd0, 32'd0, 32'd3, 32'd6,

    32'd4, 32'd2, 32'd16, 32'd10, 32'd4, 32'd3, 32'd31, 32'h0000_0002, 32'h0407_4040, 32'd8, 32'd0,
    32'd64, 32'd60000, 32'd1024, 32'd9, 32'd0, 32'd1, 32'd1024, 32'd9, 32'd7, 32'd0,
    32'd16, 32'd7, 32'd16, 32'd24, 32'd0, 32'd4, 32'd8,

    32'd1, 32'd1, 32'd12, 32'd4, 32'd4, 32'd5, 32'd20, 32'h0000_0200, 32'h0110_4040, 32'd1, 32'd1,
    32'd4096, 32'd0, 32'd0, 32'd0, 32'd0, 32'd16, 32'd0, 32'd0, 32'd0, 32'd0,
    32'd6, 32'd0, 32'd0, 32'd0, 32'd0, 32'd1, 32'd5,

    32'd1, 32'd1, 32'd1, 32'd1, 32'd4, 32'd8, 32'd10, 32'h0000_0200, 32'h0102_0101, 32'd0, 32'd0,
    32'd1, 32'd0, 32'd0, 32'd0, 32'd0, 32'd2, 32'd0, 32'd0, 32'd0, 32'd0,
    32'd16, 32'd0, 32'd0, 32'd0, 32'd0, 32'd1, 32'd1
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  localparam [63:0] NET_HASH = 64'h0123_4567_89AB_CDEF, CORE_HASH = 64'hFEDC_BA98_7654_3210;

  // Five fields of a case from `first` on, `bits` bits each.
  function [159:0] packed_fields;
    input integer which, first, bits;
    integer l;
    begin
      packed_fields = 0;
      for (l = 0; l < 5; l = l + 1)
        packed_fields = packed_fields | of(which, first + l) << (bits * l);
    end
  endfunction

  genvar c, i;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam LAYERS = of(c, 0), ROW_BITS = of(c, 2), COLUMN_BITS = of(c, 3),
                 RATE_BITS = of(c, 4), ADDRESS_BITS = of(c, 6), TENSORS = of(c, 26),
                 COUNTERS = of(c, 27);
      localparam [159:0] ROWS = packed_fields(c, 11, 32), COLUMNS = packed_fields(c, 16, 32),
                         WEIGHT_BITS = packed_fields(c, 21, 8);
      localparam COUNT_BITS = COUNTERS > 4 ? 8 : 7;
      wire awready, wready, bvalid, arready, rvalid;
      wire [1:0] bresp, rresp, control, status, steps_valid;
      wire pause, learn, ready, register_read, register_write, clear, fault, data_taken,
           value_valid, done, hold, random_turn, random_write;
      wire [5:0] register_word;
      wire [15:0] register_data, value, random_low;
      wire [31:0] rdata, write_data;
      wire [RATE_BITS-1:0] rate;
      wire [LAYERS-1:0] freeze;
      wire [TENSORS-1:0] weight_read, weight_write;
      wire [ROW_BITS-1:0] row;
      wire [COLUMN_BITS-1:0] column;
      wire drawn, pair_bit;
      wire unused_random_ok = &{1'b0, drawn, pair_bit};
      wire [COUNTERS*LAYERS-1:0] taken;
      wire [COUNTERS*LAYERS*COUNT_BITS-1:0] counts;
      engram_control #(
        .LAYERS(LAYERS), .COUNTERS(COUNTERS), .TENSORS(TENSORS), .LAYER_BITS(of(c, 1)),
        .ROW_BITS(ROW_BITS), .COLUMN_BITS(COLUMN_BITS),
        .ROWS(ROWS[TENSORS*32-1:0]), .COLUMNS(COLUMNS[TENSORS*32-1:0]),
        .WEIGHT_BITS(WEIGHT_BITS[TENSORS*8-1:0]),
        .RATE_BITS(RATE_BITS), .INITIAL_RATE(of(c, 5)), .INITIAL_FREEZE(of(c, 9)),
        .TRAINING(of(c, 10)), .ADDRESS_BITS(ADDRESS_BITS)
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[9]),
        .s_axil_awvalid_i(in[0]), .s_axil_awready_o(awready),
        .s_axil_awaddr_i(in[32 +: ADDRESS_BITS]),
        .s_axil_wvalid_i(in[1]), .s_axil_wready_o(wready), .s_axil_wdata_i(in[96 +: 32]),
        .s_axil_wstrb_i(in[15:12]),
        .s_axil_bvalid_o(bvalid), .s_axil_bready_i(in[2]), .s_axil_bresp_o(bresp),
        .s_axil_arvalid_i(in[3]), .s_axil_arready_o(arready),
        .s_axil_araddr_i(in[64 +: ADDRESS_BITS]),
        .s_axil_rvalid_o(rvalid), .s_axil_rready_i(in[4]), .s_axil_rdata_o(rdata),
        .s_axil_rresp_o(rresp),
        .idle_i(in[5]), .pause_o(pause), .learn_o(learn), .rate_o(rate), .freeze_o(freeze),
        .control_o(control), .status_o(status),
        .ready_i(ready), .register_read_o(register_read), .register_write_o(register_write),
        .clear_o(clear), .fault_o(fault), .register_o(register_word),
        .register_data_o(register_data), .data_taken_i(data_taken), .value_valid_i(value_valid),
        .value_i(value), .done_i(done),
        .weight_read_o(weight_read), .weight_write_o(weight_write),
        .weight_row_o(row), .weight_column_o(column), .write_data_o(write_data),
        .weights_i(in[160 +: TENSORS*32])
      );
      engram_counters #(
        .LAYERS(LAYERS), .COUNTERS(COUNTERS), .COUNT_BITS(COUNT_BITS),
        .CONSTANTS({of(c, 10), of(c, 8), CORE_HASH, NET_HASH, of(c, 7), 32'h454E4752})
      ) u_counters (
        .clk_i(clk_i), .rst_i(in[9]),
        .ready_o(ready), .read_i(register_read), .write_i(register_write), .clear_i(clear),
        .fault_i(fault), .register_i(register_word), .data_i(register_data),
        .data_taken_o(data_taken), .value_valid_o(value_valid), .value_o(value), .done_o(done),
        .control_i(control), .status_i(status), .rate_i(rate), .freeze_i(freeze),
        .random_i(random_low), .random_turn_o(random_turn), .random_write_o(random_write),
        .picture_i(in[128]), .correct_i(in[129]), .trained_i(in[130]), .active_i(in[131]),
        .step_done_i(in[132]), .refused_i(in[8:6]), .hold_o(hold),
        .counts_i(counts), .taken_o(taken), .steps_i(in[133]), .steps_valid_o(steps_valid)
      );
      engram_random u_random (
        .clk_i(clk_i), .rst_i(in[9]), .step_done_i(in[130]),
        .drawn_o(drawn), .pair_bits_o(pair_bit),
        .turn_i(random_turn), .write_i(random_write), .data_i(register_data), .low_o(random_low)
      );
      for (i = 0; i < COUNTERS * LAYERS; i = i + 1) begin : gen_counter
        engram_event_counter #(.COUNT_BITS(COUNT_BITS), .OUT_BITS(COUNT_BITS)) u_counter (
          .clk_i(clk_i), .take_i(taken[i]), .flags_i(in[320+i]),
          .count_o(counts[i*COUNT_BITS +: COUNT_BITS])
        );
      end
      wire [4:0] read_bits = weight_read, write_bits = weight_write;
      wire [7:0] rate_byte = rate, freeze_byte = freeze;
      wire [15:0] row_half = row, column_half = column;
      assign out_o[c*OUT_BITS +: OUT_BITS] =
          {column_half, row_half, value, freeze_byte, rate_byte, write_data, rdata,
           8'd0, hold, steps_valid, write_bits, read_bits, learn,
           pause, rresp, rvalid, arready, bresp, bvalid, wready, awready};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
