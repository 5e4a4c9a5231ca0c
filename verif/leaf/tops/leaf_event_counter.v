// leaf_event_counter : engram_event_counter, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_event_counter #(
  parameter CASES = 9,
  parameter FIELDS = 4,
  parameter IN_BITS = 128,  // of a case
  parameter OUT_BITS = 32
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // FLAGS LEVELS SUM_BITS COUNT_BITS
    32'd1, 32'd0, 32'd2, 32'd7,
    32'd2, 32'd1, 32'd3, 32'd8,
    32'd3, 32'd2, 32'd3, 32'd9,
    32'd4, 32'd2, 32'd4, 32'd16,
    32'd5, 32'd3, 32'd4, 32'd4,
    32'd16, 32'd4, 32'd6, 32'd13,
    32'd17, 32'd5, 32'd6, 32'd11,
    32'd64, 32'd6, 32'd8, 32'd20,
    32'd65, 32'd7, 32'd8, 32'd31
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam FLAGS = of(c, 0), LEVELS = of(c, 1), SUM_BITS = of(c, 2),
                 COUNT_BITS = of(c, 3);
      engram_event_counter #(
        .FLAGS(FLAGS), .LEVELS(LEVELS), .SUM_BITS(SUM_BITS), .COUNT_BITS(COUNT_BITS),
        .OUT_BITS(32)
      ) u_leaf (
        .clk_i(clk_i), .take_i(in[96]), .flags_i(in[FLAGS-1:0]),
        .count_o(out_o[c*OUT_BITS +: 32])
      );
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
