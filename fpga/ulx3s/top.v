// top : Engram on a ULX3S: clock, reset, serial line and LEDs around engram_system.
// SPDX-License-Identifier: 0BSD
//
// The crystal's 25 MHz times 24 are the PLL's 600 MHz; divided by 10 the system's 60 MHz.
`default_nettype none

module top #(
  parameter CLOCK_HZ = 60000000,
  parameter BAUD = 3000000
) (
  input  wire       clk_25mhz,
  input  wire       ftdi_txd,    // from the FT231X
  output wire       ftdi_rxd,    // to the FT231X
  input  wire       button,      // FIRE1, high while pressed: reset
  output wire [2:0] led,         // a step is at work; error; training's heartbeat
  output wire       wifi_gpio0   // high: the ESP32 keeps away
);
  wire clk, feedback, locked, reset;
  EHXPLLL #(
    .FEEDBK_PATH("CLKOS"), .CLKI_DIV(1), .CLKFB_DIV(1),
    .CLKOP_ENABLE("ENABLED"), .CLKOP_DIV(10), .CLKOP_CPHASE(9),
    .CLKOS_ENABLE("ENABLED"), .CLKOS_DIV(24), .CLKOS_CPHASE(23)
  ) u_pll (
    .CLKI(clk_25mhz), .CLKFB(feedback), .CLKOP(clk), .CLKOS(feedback), .LOCK(locked),
    .RST(1'b0), .STDBY(1'b0), .PLLWAKESYNC(1'b0), .ENCLKOP(1'b0), .ENCLKOS(1'b0),
    .PHASESEL0(1'b0), .PHASESEL1(1'b0), .PHASEDIR(1'b0), .PHASESTEP(1'b0), .PHASELOADREG(1'b0)
  );

  engram_board u_board (
    .clk_i(clk), .locked_i(locked), .button_i(button), .rst_o(reset), .busy_i(led[0]),
    .beat_o(led[2])
  );
  engram_system #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_system (
    .clk_i(clk), .rst_i(reset), .uart_rx_i(ftdi_txd), .uart_tx_o(ftdi_rxd), .busy_o(led[0]),
    .error_o(led[1])
  );
  assign wifi_gpio0 = 1'b1;
endmodule

`default_nettype wire
