// SB_PLL40_PAD : iCE40's PLL as the virtual boards need it: the clock that comes in is the one that
// goes out, and it is locked. SPDX-License-Identifier: 0BSD
`default_nettype none

/* verilator lint_off UNUSED */
module SB_PLL40_PAD #(
  parameter FEEDBACK_PATH = "SIMPLE",
  parameter [3:0] DIVR = 4'd0,
  parameter [6:0] DIVF = 7'd0,
  parameter [2:0] DIVQ = 3'd0,
  parameter [2:0] FILTER_RANGE = 3'd0
) (
  input  wire PACKAGEPIN,
  input  wire RESETB,
  input  wire BYPASS,
  output wire PLLOUTGLOBAL,
  output wire LOCK
);
  assign PLLOUTGLOBAL = PACKAGEPIN;
  assign LOCK = 1'b1;
endmodule

`default_nettype wire
