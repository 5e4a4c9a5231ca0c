// SB_RGBA_DRV : iCE40's driver of coloured LEDs, as a wire each.
// SPDX-License-Identifier: 0BSD
`default_nettype none

/* verilator lint_off UNUSED */
module SB_RGBA_DRV #(
  parameter CURRENT_MODE = "0b0",
  parameter RGB0_CURRENT = "0b000000",
  parameter RGB1_CURRENT = "0b000000",
  parameter RGB2_CURRENT = "0b000000"
) (
  input  wire CURREN,
  input  wire RGBLEDEN,
  input  wire RGB0PWM,
  input  wire RGB1PWM,
  input  wire RGB2PWM,
  output wire RGB0,
  output wire RGB1,
  output wire RGB2
);
  assign RGB0 = !(RGBLEDEN && RGB0PWM);
  assign RGB1 = !(RGBLEDEN && RGB1PWM);
  assign RGB2 = !(RGBLEDEN && RGB2PWM);
endmodule

`default_nettype wire
