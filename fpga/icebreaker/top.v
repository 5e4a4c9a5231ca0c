// top : Engram on an iCEBreaker: clock, reset, serial line and LEDs around engram_system.
// SPDX-License-Identifier: 0BSD
//
// The crystal's 12 MHz times 88 are the PLL's 1056 MHz; divided by 32 the system's 33 MHz.
`default_nettype none

module top #(
  parameter CLOCK_HZ = 33000000,
  parameter BAUD = 1000000
) (
  input  wire       clk_12mhz,
  input  wire       rx,          // from the FT2232H
  output wire       tx,          // to the FT2232H
  input  wire       button_n,    // low while pressed: reset
  output wire       led_green_n, // a step is at work
  output wire       led_red_n,   // error
  output wire [2:0] rgb          // blue: training's heartbeat
);
  wire clk, locked, reset, busy, error, beat;
  SB_PLL40_PAD #(
    .FEEDBACK_PATH("SIMPLE"), .DIVR(4'd0), .DIVF(7'd87), .DIVQ(3'd5), .FILTER_RANGE(3'd1)
  ) u_pll (
    .PACKAGEPIN(clk_12mhz), .PLLOUTGLOBAL(clk), .LOCK(locked), .RESETB(1'b1), .BYPASS(1'b0)
  );

  engram_board u_board (
    .clk_i(clk), .locked_i(locked), .button_i(!button_n), .rst_o(reset), .busy_i(busy),
    .beat_o(beat)
  );
  engram_system #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_system (
    .clk_i(clk), .rst_i(reset), .uart_rx_i(rx), .uart_tx_o(tx), .busy_o(busy), .error_o(error)
  );
  assign led_green_n = !busy;
  assign led_red_n = !error;
  SB_RGBA_DRV #(
    .CURRENT_MODE("0b1"), .RGB0_CURRENT("0b000001"), .RGB1_CURRENT("0b000001"),
    .RGB2_CURRENT("0b000001")
  ) u_rgb (
    .CURREN(1'b1), .RGBLEDEN(1'b1), .RGB0PWM(1'b0), .RGB1PWM(1'b0), .RGB2PWM(beat),
    .RGB0(rgb[0]), .RGB1(rgb[1]), .RGB2(rgb[2])
  );
endmodule

`default_nettype wire
