// engram_multipliers : several signed products, operands and results registered (two cycles).
// SPDX-License-Identifier: 0BSD
//
// Where the flow defines ENGRAM_ICE40, two products of operands of at most 8 bits share a block
// (SB_MAC16, two 8 x 8 multipliers with registers), whose operands stay while neither is wanted
// (engram_multiplier: no -dsp). Elsewhere each product is an engram_multiplier's.
`default_nettype none

module engram_multipliers #(
  parameter COUNT = 1,
  parameter A_BITS = 8,
  parameter B_BITS = 8,
  parameter LOGIC = 0    // of them, made of adders; the first ones
) (
  input  wire                            clk_i,
  input  wire                            rst_i,
  input  wire [COUNT-1:0]                enable_i,   // the product is wanted
  input  wire [COUNT-1:0]                nonzero_i,  // its a is not zero
  input  wire [COUNT*A_BITS-1:0]         a_i,
  input  wire [COUNT*B_BITS-1:0]         b_i,
  output wire [COUNT*(A_BITS+B_BITS)-1:0] products_o
);
  localparam PRODUCT_BITS = A_BITS + B_BITS;
`ifdef ENGRAM_ICE40
  localparam SINGLES = A_BITS > 8 || B_BITS > 8 || LOGIC > COUNT ? COUNT : LOGIC;
`else
  localparam SINGLES = COUNT;
`endif

  genvar i;
  generate
    for (i = 0; i < SINGLES; i = i + 1) begin : gen_single
      engram_multiplier #(.A_BITS(A_BITS), .B_BITS(B_BITS), .LOGIC(i < LOGIC)) u_multiplier (
        .clk_i(clk_i), .rst_i(rst_i), .enable_i(enable_i[i]), .nonzero_i(nonzero_i[i]),
        .a_i(a_i[i*A_BITS +: A_BITS]), .b_i(b_i[i*B_BITS +: B_BITS]),
        .product_o(products_o[i*PRODUCT_BITS +: PRODUCT_BITS])
      );
    end
`ifdef ENGRAM_ICE40
    for (i = SINGLES; i < COUNT; i = i + 2) begin : gen_pair
      localparam SECOND = i + 1 < COUNT ? i + 1 : i;
      wire enable = enable_i[i] || enable_i[SECOND];
      wire unused_ok = &{1'b0, rst_i, nonzero_i};
      wire signed [A_BITS-1:0] a0 = a_i[i*A_BITS +: A_BITS];
      wire signed [A_BITS-1:0] a1 = a_i[SECOND*A_BITS +: A_BITS];
      wire signed [B_BITS-1:0] b0 = b_i[i*B_BITS +: B_BITS];
      wire signed [B_BITS-1:0] b1 = b_i[SECOND*B_BITS +: B_BITS];
      wire signed [7:0] wide_a0 = a0, wide_a1 = a1, wide_b0 = b0, wide_b1 = b1;
      wire [31:0] both;
      SB_MAC16 #(
        .MODE_8x8(1'b1), .A_SIGNED(1'b1), .B_SIGNED(1'b1), .A_REG(1'b1), .B_REG(1'b1),
        .TOP_8x8_MULT_REG(1'b1), .BOT_8x8_MULT_REG(1'b1), .PIPELINE_16x16_MULT_REG1(1'b1),
        .TOPOUTPUT_SELECT(2'b10), .BOTOUTPUT_SELECT(2'b10)
      ) u_block (
        .CLK(clk_i), .CE(1'b1), .A({wide_a1, wide_a0}), .B({wide_b1, wide_b0}),
        .C(16'd0), .D(16'd0), .AHOLD(!enable), .BHOLD(!enable), .CHOLD(1'b0),
        .DHOLD(1'b0), .IRSTTOP(1'b0), .IRSTBOT(1'b0), .ORSTTOP(1'b0), .ORSTBOT(1'b0),
        .OLOADTOP(1'b0), .OLOADBOT(1'b0), .ADDSUBTOP(1'b0), .ADDSUBBOT(1'b0), .OHOLDTOP(1'b0),
        .OHOLDBOT(1'b0), .CI(1'b0), .ACCUMCI(1'b0), .SIGNEXTIN(1'b0), .O(both), .CO(),
        .ACCUMCO(), .SIGNEXTOUT()
      );
      assign products_o[i*PRODUCT_BITS +: PRODUCT_BITS] = both[0 +: PRODUCT_BITS];
      if (SECOND > i) begin : gen_second
        assign products_o[SECOND*PRODUCT_BITS +: PRODUCT_BITS] = both[16 +: PRODUCT_BITS];
      end
    end
`endif
  endgenerate
endmodule

`default_nettype wire
