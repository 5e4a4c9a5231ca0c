// MULT18X18D : the ECP5's multiplier with its registers, for simulated netlists.
// SPDX-License-Identifier: 0BSD
//
// p = a * b, each operand signed where its SIGNED pin is high. Where a register's clock is not
// "NONE" it stands in the path, with its clock enable and synchronous reset; CLK0 is the only
// clock. Other modes stop the simulation; the cascades have no pins here, so that a netlist with
// them is refused.
`default_nettype none
// The vendor's pins and parameters, whether they matter here or not; numbers out of parameters.
// verilator lint_off UNUSED
// verilator lint_off WIDTH

module MULT18X18D #(
  parameter REG_INPUTA_CLK = "NONE", REG_INPUTA_CE = "CE0", REG_INPUTA_RST = "RST0",
  parameter REG_INPUTB_CLK = "NONE", REG_INPUTB_CE = "CE0", REG_INPUTB_RST = "RST0",
  parameter REG_PIPELINE_CLK = "NONE", REG_PIPELINE_CE = "CE0", REG_PIPELINE_RST = "RST0",
  parameter REG_OUTPUT_CLK = "NONE", REG_OUTPUT_CE = "CE0", REG_OUTPUT_RST = "RST0",
  parameter CLK0_DIV = "ENABLED", CLK1_DIV = "ENABLED", CLK2_DIV = "ENABLED", CLK3_DIV = "ENABLED",
  parameter HIGHSPEED_CLK = "NONE", MULT_BYPASS = "DISABLED", RESETMODE = "SYNC",
  parameter CAS_MATCH_REG = "FALSE", GSR = "ENABLED", SOURCEB_MODE = "B_SHIFT"
) (
  input  wire  CLK0,
  input  tri0  CE0, CE1, CE2, CE3, RST0, RST1, RST2, RST3,  // low where nothing is connected
  input  wire  SIGNEDA, SIGNEDB, SOURCEA, SOURCEB,
  input  wire  A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1, A0,
  input  wire  B17, B16, B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1, B0,
  input  wire  C17, C16, C15, C14, C13, C12, C11, C10, C9, C8, C7, C6, C5, C4, C3, C2, C1, C0,
  output wire  P35, P34, P33, P32, P31, P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19,
               P18, P17, P16, P15, P14, P13, P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0
);
  wire [17:0] a = {
    A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1, A0
  };
  wire [17:0] b = {
    B17, B16, B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1, B0
  };
  wire [3:0] enables = {CE3, CE2, CE1, CE0};
  wire [3:0] resets = {RST3, RST2, RST1, RST0};

  // A pin's number out of its name: the last digit.
  function [1:0] pin;
    input [8*4-1:0] name;  // "CE0" or "RST0", and so on
    pin = name[1:0];
  endfunction

  reg signed [18:0] a_q, b_q;
  reg signed [35:0] pipeline_q, product_q;
  wire signed [18:0] a_wide = {SIGNEDA && a[17], a};
  wire signed [18:0] b_wide = {SIGNEDB && b[17], b};
  wire signed [18:0] a_in = REG_INPUTA_CLK == "NONE" ? a_wide : a_q;
  wire signed [18:0] b_in = REG_INPUTB_CLK == "NONE" ? b_wide : b_q;
  wire signed [35:0] product = a_in * b_in;
  wire signed [35:0] pipeline = REG_PIPELINE_CLK == "NONE" ? product : pipeline_q;
  always @(posedge CLK0) begin
    if (resets[pin(REG_INPUTA_RST)]) a_q <= 19'd0;
    else if (enables[pin(REG_INPUTA_CE)]) a_q <= a_wide;
    if (resets[pin(REG_INPUTB_RST)]) b_q <= 19'd0;
    else if (enables[pin(REG_INPUTB_CE)]) b_q <= b_wide;
    if (resets[pin(REG_PIPELINE_RST)]) pipeline_q <= 36'd0;
    else if (enables[pin(REG_PIPELINE_CE)]) pipeline_q <= product;
    if (resets[pin(REG_OUTPUT_RST)]) product_q <= 36'd0;
    else if (enables[pin(REG_OUTPUT_CE)]) product_q <= pipeline;
  end
  assign {
    P35, P34, P33, P32, P31, P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19, P18, P17,
    P16, P15, P14, P13, P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0
  } = REG_OUTPUT_CLK == "NONE" ? pipeline : product_q;

  function modelled;
    input [8*4-1:0] clock;
    modelled = clock == "NONE" || clock == "CLK0";
  endfunction
  localparam KNOWN = modelled(REG_INPUTA_CLK) && modelled(REG_INPUTB_CLK) && modelled(REG_PIPELINE_CLK)
      && modelled(REG_OUTPUT_CLK) && RESETMODE == "SYNC" && HIGHSPEED_CLK == "NONE"
      && MULT_BYPASS == "DISABLED" && CLK0_DIV == "ENABLED";
  initial if (!KNOWN) $fatal(1, "%m: a mode of MULT18X18D that is not modelled");
  always @* if (SOURCEA || SOURCEB) $fatal(1, "%m: a cascade of MULT18X18D, which is not modelled");
endmodule

`default_nettype wire
