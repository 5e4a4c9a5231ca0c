// virtual_board : the pins of fpga/icebreaker/top.v; clk_i is what its PLL makes, rst_i its button.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module virtual_board #(
  parameter CLOCK_HZ = 33000000,
  parameter BAUD = 1000000
) (
  input  wire clk_i,
  input  wire rst_i,
  input  wire rx_i,
  output wire tx_o,
  output wire busy_o,
  output wire error_o
);
  wire busy_n, error_n;
  wire [2:0] rgb;
  top #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_top (
    .clk_12mhz(clk_i), .rx(rx_i), .tx(tx_o), .button_n(!rst_i), .led_green_n(busy_n),
    .led_red_n(error_n), .rgb(rgb)
  );
  assign busy_o = !busy_n;
  assign error_o = !error_n;
endmodule

`default_nettype wire
