// leaf_late_pick : engram_late_pick, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_late_pick #(
  parameter CASES = 8,
  parameter FIELDS = 4,
  parameter IN_BITS = 2112,  // of a case
  parameter OUT_BITS = 32
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // VALUE_BITS VALUES INDEX_BITS COPIES
    32'd16, 32'd1, 32'd1, 32'd1,
    32'd24, 32'd2, 32'd1, 32'd1,
    32'd9, 32'd8, 32'd3, 32'd1,
    32'd1, 32'd9, 32'd4, 32'd2,
    32'd17, 32'd12, 32'd6, 32'd1,
    32'd4, 32'd36, 32'd6, 32'd3,
    32'd32, 32'd64, 32'd6, 32'd8,
    32'd8, 32'd64, 32'd6, 32'd3
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c, i;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam VALUE_BITS = of(c, 0), VALUES = of(c, 1), INDEX_BITS = of(c, 2), COPIES = of(c, 3);
      wire [VALUES*VALUE_BITS-1:0] values;
      for (i = 0; i < VALUES; i = i + 1) begin : gen_value
        assign values[i*VALUE_BITS +: VALUE_BITS] = in[64 + 32*i +: VALUE_BITS];
      end
      wire [VALUE_BITS-1:0] value;
      engram_late_pick #(
        .VALUE_BITS(VALUE_BITS), .VALUES(VALUES), .INDEX_BITS(INDEX_BITS), .COPIES(COPIES)
      ) u_leaf (
        .clk_i(clk_i), .values_i(values), .index_i({COPIES{in[INDEX_BITS-1:0]}}), .value_o(value)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = value;
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
