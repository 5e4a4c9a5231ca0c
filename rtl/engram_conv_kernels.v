// engram_conv_kernels : the convolution's weights, in registers, with the host's way to them.
// SPDX-License-Identifier: 0BSD
//
// Parameters are engram_conv's, but for WEIGHT_BITS.
`default_nettype none

module engram_conv_kernels #(
  parameter FILTERS = 3,
  parameter TAPS = 16,
  parameter WEIGHT_BITS = 16,      // of a stored weight
  parameter LOADED = 0,            // 1: reset sets the weights to INITIAL, in kernel_q's order
  parameter [TAPS*FILTERS*WEIGHT_BITS-1:0] INITIAL = 0,
  // from the others
  parameter FILTER_BITS = FILTERS > 1 ? $clog2(FILTERS) : 1,
  parameter TAP_BITS = TAPS > 1 ? $clog2(TAPS) : 1,
  parameter PLACE_BITS = TAP_BITS + FILTER_BITS
) (
  input  wire                   clk_i,
  input  wire                   rst_i,
  output wire [TAPS*FILTERS*WEIGHT_BITS-1:0] kernel_o,  // [tap][filter]
  // one weight: the update's, else the host's
  input  wire                   read_i,
  input  wire [PLACE_BITS-1:0]  read_place_i,
  output wire [WEIGHT_BITS-1:0] weight_o,       // a cycle later
  // update's writes
  input  wire                   next_i,         // a cycle before write_i may come
  input  wire [PLACE_BITS-1:0]  next_place_i,
  input  wire                   write_i,
  input  wire [WEIGHT_BITS-1:0] weight_i,
  // host, while there is no update
  input  wire                   host_write_i,
  input  wire [TAP_BITS-1:0]    host_row_i,
  input  wire [FILTER_BITS-1:0] host_unit_i,
  input  wire [WEIGHT_BITS-1:0] host_data_i,
  output wire [WEIGHT_BITS-1:0] host_data_o     // three cycles after row and unit
);
  // Row (tap) by row, a row's filters side by side, as in the model.
  reg [TAPS*FILTERS*WEIGHT_BITS-1:0] kernel_q /*verilator public_flat_rd*/;
  assign kernel_o = kernel_q;

  // row * FILTERS + unit by shifts and sums, so that no multiplier is spent on a constant.
  function [PLACE_BITS-1:0] place_of;
    input [TAP_BITS-1:0] row;
    input [FILTER_BITS-1:0] unit;
    integer i;
    begin
      place_of = {{TAP_BITS{1'b0}}, unit};
      for (i = 0; i <= FILTER_BITS; i = i + 1)
        if (((FILTERS >> i) & 1) != 0) place_of = place_of + ({{FILTER_BITS{1'b0}}, row} << i);
    end
  endfunction

  reg [PLACE_BITS-1:0]  host_place_q;
  reg                   host_write_q;
  reg [WEIGHT_BITS-1:0] host_data_q;
  always @(posedge clk_i) begin
    host_place_q <= place_of(host_row_i, host_unit_i);
    host_write_q <= host_write_i && !rst_i;
    host_data_q <= weight_o;
  end
  assign host_data_o = host_data_q;

  engram_late_pick #(
    .VALUE_BITS(WEIGHT_BITS), .VALUES(TAPS*FILTERS), .INDEX_BITS(PLACE_BITS)
  ) u_weight (
    .clk_i(clk_i), .values_i(kernel_q), .index_i(read_i ? read_place_i : host_place_q),
    .value_o(weight_o)
  );

  wire write = host_write_q || write_i;
  wire [WEIGHT_BITS-1:0] write_data = host_write_q ? host_data_i : weight_i;
  // Which one it would be is known a cycle before.
  wire [PLACE_BITS-1:0] next_place = next_i ? next_place_i : host_place_q;
  genvar place;
  generate
    for (place = 0; place < TAPS * FILTERS; place = place + 1) begin : gen_weight
      reg here_q;
      always @(posedge clk_i) begin
        here_q <= next_place == place;
        if (LOADED != 0 && rst_i)
          kernel_q[place*WEIGHT_BITS +: WEIGHT_BITS] <= INITIAL[place*WEIGHT_BITS +: WEIGHT_BITS];
        else if (write && here_q) kernel_q[place*WEIGHT_BITS +: WEIGHT_BITS] <= write_data;
      end
    end
  endgenerate
endmodule

`default_nettype wire
