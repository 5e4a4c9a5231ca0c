// virtual_board : the pins of fpga/ulx3s/top.v; clk_i is what its PLL makes, rst_i its button.
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
  wire beat, wifi;
  top #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_top (
    .clk_25mhz(clk_i), .ftdi_txd(rx_i), .ftdi_rxd(tx_o), .button(rst_i),
    .led({beat, error_o, busy_o}), .wifi_gpio0(wifi)
  );
endmodule

`default_nettype wire
