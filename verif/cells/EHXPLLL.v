// EHXPLLL : ECP5's PLL as the virtual boards need it: the clock that comes in is the one that goes
// out, and it is locked. SPDX-License-Identifier: 0BSD
`default_nettype none

/* verilator lint_off UNUSED */
module EHXPLLL #(
  parameter FEEDBK_PATH = "CLKOP",
  parameter CLKOP_ENABLE = "ENABLED",
  parameter CLKOS_ENABLE = "DISABLED",
  parameter CLKI_DIV = 1,
  parameter CLKFB_DIV = 1,
  parameter CLKOP_DIV = 1,
  parameter CLKOP_CPHASE = 0,
  parameter CLKOS_DIV = 1,
  parameter CLKOS_CPHASE = 0
) (
  input  wire CLKI,
  input  wire CLKFB,
  input  wire PHASESEL1,
  input  wire PHASESEL0,
  input  wire PHASEDIR,
  input  wire PHASESTEP,
  input  wire PHASELOADREG,
  input  wire STDBY,
  input  wire PLLWAKESYNC,
  input  wire RST,
  input  wire ENCLKOP,
  input  wire ENCLKOS,
  output wire CLKOP,
  output wire CLKOS,
  output wire LOCK
);
  assign CLKOP = CLKI;
  assign CLKOS = CLKI;
  assign LOCK = 1'b1;
endmodule

`default_nettype wire
