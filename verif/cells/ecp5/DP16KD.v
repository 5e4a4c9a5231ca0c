// DP16KD : the ECP5's block RAM as Yosys uses it, for simulated netlists.
// SPDX-License-Identifier: 0BSD
//
// 2,048 bytes of 9 bits. A port reads and writes words of 1, 2 or 4 bits (of the lower 8 of a
// byte), or of 9 or 18 bits; with 18 the lowest two address bits are byte enables instead. With 36
// bits A writes and B reads, over the data pins of both, with four enables. What a port reads while
// it writes follows its WRITEMODE. What it reads while the other port writes that very place is not
// defined on the chip: here it comes inverted. Other modes stop the simulation.
`default_nettype none
// The vendor's pins and parameters, whether they matter here or not; numbers out of parameters.
// verilator lint_off UNUSED
// verilator lint_off WIDTH

module DP16KD #(
  parameter DATA_WIDTH_A = 18, DATA_WIDTH_B = 18,
  parameter WRITEMODE_A = "NORMAL", WRITEMODE_B = "NORMAL",
  parameter REGMODE_A = "NOREG", REGMODE_B = "NOREG",
  parameter CLKAMUX = "CLKA", CLKBMUX = "CLKB",
  parameter CSDECODE_A = "0b000", CSDECODE_B = "0b000",
  parameter RESETMODE = "SYNC", ASYNC_RESET_RELEASE = "SYNC", GSR = "ENABLED",
  parameter [319:0] INITVAL_00 = 320'd0, INITVAL_01 = 320'd0, INITVAL_02 = 320'd0,
            INITVAL_03 = 320'd0, INITVAL_04 = 320'd0, INITVAL_05 = 320'd0, INITVAL_06 = 320'd0,
            INITVAL_07 = 320'd0, INITVAL_08 = 320'd0, INITVAL_09 = 320'd0, INITVAL_0A = 320'd0,
            INITVAL_0B = 320'd0, INITVAL_0C = 320'd0, INITVAL_0D = 320'd0, INITVAL_0E = 320'd0,
            INITVAL_0F = 320'd0, INITVAL_10 = 320'd0, INITVAL_11 = 320'd0, INITVAL_12 = 320'd0,
            INITVAL_13 = 320'd0, INITVAL_14 = 320'd0, INITVAL_15 = 320'd0, INITVAL_16 = 320'd0,
            INITVAL_17 = 320'd0, INITVAL_18 = 320'd0, INITVAL_19 = 320'd0, INITVAL_1A = 320'd0,
            INITVAL_1B = 320'd0, INITVAL_1C = 320'd0, INITVAL_1D = 320'd0, INITVAL_1E = 320'd0,
            INITVAL_1F = 320'd0, INITVAL_20 = 320'd0, INITVAL_21 = 320'd0, INITVAL_22 = 320'd0,
            INITVAL_23 = 320'd0, INITVAL_24 = 320'd0, INITVAL_25 = 320'd0, INITVAL_26 = 320'd0,
            INITVAL_27 = 320'd0, INITVAL_28 = 320'd0, INITVAL_29 = 320'd0, INITVAL_2A = 320'd0,
            INITVAL_2B = 320'd0, INITVAL_2C = 320'd0, INITVAL_2D = 320'd0, INITVAL_2E = 320'd0,
            INITVAL_2F = 320'd0, INITVAL_30 = 320'd0, INITVAL_31 = 320'd0, INITVAL_32 = 320'd0,
            INITVAL_33 = 320'd0, INITVAL_34 = 320'd0, INITVAL_35 = 320'd0, INITVAL_36 = 320'd0,
            INITVAL_37 = 320'd0, INITVAL_38 = 320'd0, INITVAL_39 = 320'd0, INITVAL_3A = 320'd0,
            INITVAL_3B = 320'd0, INITVAL_3C = 320'd0, INITVAL_3D = 320'd0, INITVAL_3E = 320'd0,
            INITVAL_3F = 320'd0
) (
  input  wire  CLKA, CEA, OCEA, WEA, RSTA, CSA2, CSA1, CSA0,
  input  wire  CLKB, CEB, OCEB, WEB, RSTB, CSB2, CSB1, CSB0,
  input  wire  ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1,
               ADA0,
  input  wire  ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1,
               ADB0,
  input  wire  DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6,
               DIA5, DIA4, DIA3, DIA2, DIA1, DIA0,
  input  wire  DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6,
               DIB5, DIB4, DIB3, DIB2, DIB1, DIB0,
  output wire  DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6,
               DOA5, DOA4, DOA3, DOA2, DOA1, DOA0,
  output wire  DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6,
               DOB5, DOB4, DOB3, DOB2, DOB1, DOB0
);
  wire [13:0] address_a = {
    ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0
  };
  wire [13:0] address_b = {
    ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0
  };
  wire [17:0] data_a = {
    DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4,
    DIA3, DIA2, DIA1, DIA0
  };
  wire [17:0] data_b = {
    DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4,
    DIB3, DIB2, DIB1, DIB0
  };
  wire [35:0] read_a, read_b;
  assign {
    DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4,
    DOA3, DOA2, DOA1, DOA0
  } = DATA_WIDTH_B == 36 ? read_b[17:0] : read_a[17:0];
  assign {
    DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4,
    DOB3, DOB2, DOB1, DOB0
  } = DATA_WIDTH_B == 36 ? read_b[35:18] : read_b[17:0];

  // The contents at power-up: 18-bit words in places of 20 bits.
  localparam [64*320-1:0] INITIAL = {
    INITVAL_3F, INITVAL_3E, INITVAL_3D, INITVAL_3C, INITVAL_3B, INITVAL_3A, INITVAL_39, INITVAL_38,
    INITVAL_37, INITVAL_36, INITVAL_35, INITVAL_34, INITVAL_33, INITVAL_32, INITVAL_31, INITVAL_30,
    INITVAL_2F, INITVAL_2E, INITVAL_2D, INITVAL_2C, INITVAL_2B, INITVAL_2A, INITVAL_29, INITVAL_28,
    INITVAL_27, INITVAL_26, INITVAL_25, INITVAL_24, INITVAL_23, INITVAL_22, INITVAL_21, INITVAL_20,
    INITVAL_1F, INITVAL_1E, INITVAL_1D, INITVAL_1C, INITVAL_1B, INITVAL_1A, INITVAL_19, INITVAL_18,
    INITVAL_17, INITVAL_16, INITVAL_15, INITVAL_14, INITVAL_13, INITVAL_12, INITVAL_11, INITVAL_10,
    INITVAL_0F, INITVAL_0E, INITVAL_0D, INITVAL_0C, INITVAL_0B, INITVAL_0A, INITVAL_09, INITVAL_08,
    INITVAL_07, INITVAL_06, INITVAL_05, INITVAL_04, INITVAL_03, INITVAL_02, INITVAL_01, INITVAL_00
  };
  reg [8:0] memory [0:2047];
  integer w;
  initial for (w = 0; w < 1024; w = w + 1) begin
    memory[2*w] = INITIAL[20*w +: 9];
    memory[2*w+1] = INITIAL[20*w+9 +: 9];
  end

  // Of both ports, B above A: whether it writes, its word's first byte, which of its bytes are
  // written, and the bits of a byte that it takes.
  wire [1:0] writes;
  wire [2*11-1:0] firsts;
  wire [2*4-1:0] enables;
  wire [2*9-1:0] masks;

  genvar p;
  generate
    for (p = 0; p < 2; p = p + 1) begin : gen_port
      localparam WIDTH = p == 0 ? DATA_WIDTH_A : DATA_WIDTH_B;
      localparam PART = WIDTH < 9 ? WIDTH : 9;
      localparam BYTES = WIDTH < 9 ? 1 : WIDTH / 9;
      localparam THROUGH = (p == 0 ? WRITEMODE_A : WRITEMODE_B) == "WRITETHROUGH";
      localparam BEFORE = (p == 0 ? WRITEMODE_A : WRITEMODE_B) == "READBEFOREWRITE";
      wire clock = p == 0 ? CLKA : CLKB;
      wire enable = p == 0 ? CEA : CEB;
      wire write = p == 0 ? WEA : WEB;
      wire [13:0] address = p == 0 ? address_a : address_b;
      wire [35:0] data = p == 0 ? {data_b, data_a} : {18'd0, data_b};
      wire [10:0] first = address[13:3] & ~(11'd0 + BYTES - 11'd1);
      wire [3:0] bytes = WIDTH < 18 ? 4'b0001 : WIDTH < 36 ? {2'b00, address[1:0]} : address[3:0];
      wire [2:0] place = WIDTH < 9 ? address[2:0] & ~(3'd0 + PART - 3'd1) : 3'd0;
      assign writes[p] = enable && write;
      assign firsts[p*11 +: 11] = first;
      assign enables[p*4 +: 4] = bytes;
      assign masks[p*9 +: 9] = ((9'd1 << PART) - 9'd1) << place;

      // The bits of a byte that the other port writes now.
      function [8:0] collision;
        input [10:0] index;
        reg [10:0] which;
        begin
          which = index - firsts[(1-p)*11 +: 11];
          collision = writes[1-p] && which < 11'd4 && enables[(1-p)*4 + which[1:0]]
              ? masks[(1-p)*9 +: 9] : 9'd0;
        end
      endfunction

      reg [35:0] read_q;
      integer i;
      always @(posedge clock)
        if (enable)
          for (i = 0; i < BYTES; i = i + 1) begin
            if (write && bytes[i]) memory[first + i][place +: PART] <= data[9*i +: PART];
            if (write && THROUGH && bytes[i]) read_q[9*i +: PART] <= data[9*i +: PART];
            else if (!write || THROUGH || BEFORE)
              read_q[9*i +: PART] <= (memory[first + i] ^ collision(first + i)) >> place;
          end
      if (p == 0) assign read_a = read_q;
      else assign read_b = read_q;

      localparam KNOWN = (p == 0 ? REGMODE_A : REGMODE_B) == "NOREG"
          && (p == 0 ? CLKAMUX == "CLKA" : CLKBMUX == "CLKB")
          && (p == 0 ? CSDECODE_A : CSDECODE_B) == "0b000";
      initial if (!KNOWN) $fatal(1, "%m: a mode of DP16KD that is not modelled");
      always @(posedge clock)
        if (enable && ((p == 0 ? RSTA || CSA2 || CSA1 || CSA0 : RSTB || CSB2 || CSB1 || CSB0)
                       || (WIDTH == 36 && write != (p == 0))))
          $fatal(1, "%m: a use of DP16KD that is not modelled");
    end
  endgenerate
endmodule

`default_nettype wire
