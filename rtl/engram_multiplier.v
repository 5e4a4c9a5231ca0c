// engram_multiplier : signed product, operands and result registered (two cycles).
// SPDX-License-Identifier: 0BSD
//
// The one place where a multiplier stands. Nothing switches while it is not enabled; where a is
// zero, b stays as it was: it is reset, because zero times what it was at power-up is X where a
// simulator has it. With ENGRAM_ECP5 or ENGRAM_ICE40 defined, for synthesis to that family
// alone, operands of up to 18 or 16 bits go to the device's own cell with the cell's own registers.
// ECP5's are always enabled: the four cells of a block share their clock enables, and place and
// route does not know. For iCE40 synth_ice40 must run without -dsp, which takes the registers and
// modes away from cells that are there already (Yosys issue 2922).
`default_nettype none

module engram_multiplier #(
  parameter A_BITS = 16,
  parameter B_BITS = 16,
  parameter LOGIC = 0     // 1: of adders, where the device has no multiplier left
) (
  input  wire                            clk_i,
  input  wire                            rst_i,
  input  wire                            enable_i,   // the product is wanted
  input  wire                            nonzero_i,  // a_i is not zero
  input  wire signed [A_BITS-1:0]        a_i,
  input  wire signed [B_BITS-1:0]        b_i,
  output wire signed [A_BITS+B_BITS-1:0] product_o
);
  localparam PRODUCT_BITS = A_BITS + B_BITS;
  reg signed [A_BITS-1:0] a_q;
  reg signed [B_BITS-1:0] b_q;
  reg signed [PRODUCT_BITS-1:0] product_q;

  always @(posedge clk_i) begin
    if (enable_i) a_q <= a_i;
    if (rst_i) b_q <= {B_BITS{1'b0}};
    else if (enable_i && nonzero_i) b_q <= b_i;
  end

  generate
`ifdef ENGRAM_ECP5
    if (LOGIC == 0 && A_BITS <= 18 && B_BITS <= 18) begin : gen_cell
      wire signed [17:0] a = a_i;
      wire signed [17:0] b = b_i;
      wire [35:0] p;
      assign product_o = p[PRODUCT_BITS-1:0];
      wire unused_ok = &{1'b0, rst_i, enable_i, nonzero_i, p};
      MULT18X18D #(
        .REG_INPUTA_CLK("CLK0"), .REG_INPUTA_CE("CE0"), .REG_INPUTB_CLK("CLK0"),
        .REG_INPUTB_CE("CE0"), .REG_OUTPUT_CLK("CLK0"), .REG_OUTPUT_CE("CE0")
      ) u_cell (
        .CLK0(clk_i), .CE0(1'b1), .SIGNEDA(1'b1), .SIGNEDB(1'b1),
        .SOURCEA(1'b0), .SOURCEB(1'b0),
        .A0(a[0]), .A1(a[1]), .A2(a[2]), .A3(a[3]), .A4(a[4]), .A5(a[5]),
        .A6(a[6]), .A7(a[7]), .A8(a[8]), .A9(a[9]), .A10(a[10]), .A11(a[11]),
        .A12(a[12]), .A13(a[13]), .A14(a[14]), .A15(a[15]), .A16(a[16]), .A17(a[17]),
        .B0(b[0]), .B1(b[1]), .B2(b[2]), .B3(b[3]), .B4(b[4]), .B5(b[5]),
        .B6(b[6]), .B7(b[7]), .B8(b[8]), .B9(b[9]), .B10(b[10]), .B11(b[11]),
        .B12(b[12]), .B13(b[13]), .B14(b[14]), .B15(b[15]), .B16(b[16]), .B17(b[17]),
        .P0(p[0]), .P1(p[1]), .P2(p[2]), .P3(p[3]), .P4(p[4]), .P5(p[5]),
        .P6(p[6]), .P7(p[7]), .P8(p[8]), .P9(p[9]), .P10(p[10]), .P11(p[11]),
        .P12(p[12]), .P13(p[13]), .P14(p[14]), .P15(p[15]), .P16(p[16]), .P17(p[17]),
        .P18(p[18]), .P19(p[19]), .P20(p[20]), .P21(p[21]), .P22(p[22]), .P23(p[23]),
        .P24(p[24]), .P25(p[25]), .P26(p[26]), .P27(p[27]), .P28(p[28]), .P29(p[29]),
        .P30(p[30]), .P31(p[31]), .P32(p[32]), .P33(p[33]), .P34(p[34]), .P35(p[35])
      );
    end else
`endif
`ifdef ENGRAM_ICE40
    if (LOGIC == 0 && A_BITS <= 16 && B_BITS <= 16 && PRODUCT_BITS >= 11) begin : gen_cell
      wire signed [15:0] a = a_i;
      wire signed [15:0] b = b_i;
      wire [31:0] p;
      assign product_o = p[PRODUCT_BITS-1:0];
      wire unused_ok = &{1'b0, rst_i, p};
      SB_MAC16 #(
        .A_SIGNED(1'b1), .B_SIGNED(1'b1), .A_REG(1'b1), .B_REG(1'b1),
        .TOP_8x8_MULT_REG(1'b1), .BOT_8x8_MULT_REG(1'b1), .PIPELINE_16x16_MULT_REG1(1'b1),
        .TOPOUTPUT_SELECT(2'b11), .BOTOUTPUT_SELECT(2'b11)
      ) u_cell (
        .CLK(clk_i), .CE(1'b1), .A(a), .B(b), .C(16'd0), .D(16'd0),
        .AHOLD(!enable_i), .BHOLD(!(enable_i && nonzero_i)), .CHOLD(1'b0), .DHOLD(1'b0),
        .IRSTTOP(1'b0), .IRSTBOT(1'b0), .ORSTTOP(1'b0), .ORSTBOT(1'b0),
        .OLOADTOP(1'b0), .OLOADBOT(1'b0), .ADDSUBTOP(1'b0), .ADDSUBBOT(1'b0), .OHOLDTOP(1'b0),
        .OHOLDBOT(1'b0), .CI(1'b0), .ACCUMCI(1'b0), .SIGNEXTIN(1'b0), .O(p), .CO(),
        .ACCUMCO(), .SIGNEXTOUT()
      );
    end else
`endif
    if (LOGIC == 0) begin : gen_block
      always @(posedge clk_i) product_q <= a_q * b_q;
      assign product_o = product_q;
    end else begin : gen_logic
      // Row by row, as on paper: b is added where a has a one, and taken off at its sign.
      function [PRODUCT_BITS-1:0] product;
        input [A_BITS-1:0] a;
        input [B_BITS-1:0] b;
        integer i;
        reg [B_BITS:0] sum;
        begin
          sum = {(B_BITS+1){1'b0}};
          product = {PRODUCT_BITS{1'b0}};
          for (i = 0; i < A_BITS; i = i + 1) begin
            if (a[i]) sum = i == A_BITS - 1 ? sum - {b[B_BITS-1], b} : sum + {b[B_BITS-1], b};
            product[i] = sum[0];
            sum = {sum[B_BITS], sum[B_BITS:1]};
          end
          product[PRODUCT_BITS-1:A_BITS] = sum[B_BITS-1:0];
        end
      endfunction
      always @(posedge clk_i) product_q <= product(a_q, b_q);
      assign product_o = product_q;
    end
  endgenerate
endmodule

`default_nettype wire
