// engram_link_sender : a reply in the link's memory -> a frame on the line.
// SPDX-License-Identifier: 0BSD
//
// Flag; the reply's bytes; the CRC's complement, lowest byte first; flag. A byte 0x7D or 0x7E goes out
// as 0x7D and itself exclusive or 0x20.
`default_nettype none

module engram_link_sender (
  input  wire       clk_i,
  input  wire       rst_i,
  input  wire       start_i,
  output wire       active_o,    // from start_i to the end of the last flag's stop bit
  // reply: the byte that is due, the next one two cycles after next_o
  input  wire [7:0] byte_i,
  input  wire       end_i,       // a cycle after next_o: there is none
  output wire       next_o,
  // CRC
  output wire       crc_start_o,
  output wire       crc_enable_o,
  output wire       crc_bit_o,
  input  wire [7:0] crc_i,       // its lowest byte
  // line
  output wire       valid_o,
  input  wire       ready_i,
  output wire [7:0] byte_o
);
  localparam [7:0] FLAG = 8'h7E, ESCAPE = 8'h7D;
  localparam [2:0] IDLE = 3'd0, OPEN = 3'd1, DATA = 3'd2, SHIFT = 3'd3, CLOSE = 3'd4, REST = 3'd5,
                   LOAD = 3'd6;

  reg [2:0] state_q;
  reg       escaped_q;  // the escape of this byte is out
  reg [2:0] bit_q;
  reg       fcs_q;      // the payload is out
  reg [1:0] count_q;    // bytes of the CRC that are out
  reg [7:0] data_q;     // in DATA whole, in SHIFT its lowest bit is due
  wire [7:0] data = data_q;
  wire special = data[7:2] == 6'b011111 && data[1] != data[0];
  wire flag = state_q == OPEN || state_q == CLOSE;
  wire taken = valid_o && ready_i;
  wire shift_end = state_q == SHIFT && bit_q == 3'd7;
  wire last = fcs_q && count_q == 2'd3;

  always @(posedge clk_i) begin
    bit_q <= state_q == SHIFT ? bit_q + 3'd1 : 3'd0;
    if (state_q == LOAD) data_q <= fcs_q ? ~crc_i : byte_i;
    else if (state_q == SHIFT) data_q <= {1'b0, data_q[7:1]};
    if (state_q == OPEN) begin
      fcs_q <= 1'b0;
      count_q <= 2'd0;
      escaped_q <= 1'b0;
    end else if (state_q == DATA && taken) escaped_q <= special && !escaped_q;
    else if (shift_end) begin
      if (fcs_q) count_q <= count_q + 2'd1;
      fcs_q <= fcs_q || end_i;
    end
  end

  always @(posedge clk_i)
    if (rst_i) state_q <= IDLE;
    else
      case (state_q)
        IDLE: if (start_i) state_q <= OPEN;
        OPEN: if (taken) state_q <= LOAD;
        LOAD: state_q <= DATA;
        DATA: if (taken && (!special || escaped_q)) state_q <= SHIFT;
        SHIFT: if (bit_q == 3'd7) state_q <= last ? CLOSE : LOAD;
        CLOSE: if (taken) state_q <= REST;
        default: if (ready_i) state_q <= IDLE;
      endcase

  assign active_o = state_q != IDLE;
  assign next_o = state_q == SHIFT && bit_q == 3'd6 && !fcs_q;
  assign crc_start_o = state_q == OPEN;
  assign crc_enable_o = state_q == SHIFT;
  assign crc_bit_o = fcs_q ? crc_i[0] : data_q[0];
  assign valid_o = flag || state_q == DATA;
  assign byte_o = flag ? FLAG : special && !escaped_q ? ESCAPE :
                  {data[7:6], data[5] ^ escaped_q, data[4:0]};
endmodule

`default_nettype wire
