// leaf_uart : engram_uart_rx and engram_uart_tx, several divisors side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_uart #(
  parameter CASES = 5,
  parameter FIELDS = 1,
  parameter IN_BITS = 32,  // of a case
  parameter OUT_BITS = 32
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // CYCLES
    32'd16, 32'd20, 32'd36, 32'd217, 32'd64
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      wire valid, error, ready, tx;
      wire [7:0] data;
      engram_uart_rx #(.CYCLES(of(c, 0))) u_rx (
        .clk_i(clk_i), .rst_i(in[0]), .rx_i(in[1]), .valid_o(valid), .error_o(error), .byte_o(data)
      );
      engram_uart_tx #(.CYCLES(of(c, 0))) u_tx (
        .clk_i(clk_i), .rst_i(in[0]), .valid_i(in[2]), .ready_o(ready), .byte_i(in[15:8]), .tx_o(tx)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = {16'd0, data, 4'd0, tx, ready, error, valid};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
