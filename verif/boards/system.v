// virtual_board : engram_system alone, for the fault bench.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module virtual_board #(
  parameter CLOCK_HZ = 60000000,
  parameter BAUD = 3000000
) (
  input  wire clk_i,
  input  wire rst_i,
  input  wire rx_i,
  output wire tx_o,
  output wire busy_o,
  output wire error_o
);
  engram_system #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_system (
    .clk_i(clk_i), .rst_i(rst_i), .uart_rx_i(rx_i), .uart_tx_o(tx_o), .busy_o(busy_o),
    .error_o(error_o)
  );
endmodule

`default_nettype wire
