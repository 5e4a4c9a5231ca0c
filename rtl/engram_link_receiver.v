// engram_link_receiver : bytes of the line -> frames in the link's memory, checked.
// SPDX-License-Identifier: 0BSD
//
// A frame's sequence number, command and length go to addresses 253 to 255, its payload to 0 and up,
// its CRC behind that. A flag ends a frame and starts the next one anew; between two flags one
// fault is enough, and the frame is dropped. What comes while the sender is at work is dropped
// up to the first flag behind it; a frame whose length comes while the executor is still at work
// on the one before is dropped, so that the executor's bytes stay.
`default_nettype none

module engram_link_receiver (
  input  wire       clk_i,
  input  wire       rst_i,
  // line
  input  wire       valid_i,
  input  wire       error_i,
  input  wire [7:0] byte_i,    // stays for 11 cycles or more
  // others
  input  wire       sending_i,  // the CRC is the sender's
  input  wire       busy_i,     // the executor needs the memory
  // CRC
  output wire       crc_start_o,
  output wire       crc_enable_o,
  output wire       crc_bit_o,
  input  wire       crc_good_i,
  // memory
  output wire       stored_o,  // a byte is whole: it may be written
  output wire       write_o,
  output wire [7:0] write_address_o,
  output wire [7:0] write_byte_o,
  // frame
  output wire       due_o,     // its length is there,
  output wire       length_o,  // and is taken: one pulse with it on write_byte_o
  input  wire [7:0] length_i,  // the length as it was kept
  output wire       frame_o,   // one pulse: a good frame is in the memory
  output wire       damaged_o  // one pulse: a frame was dropped
);
  localparam [7:0] FLAG = 8'h7E, ESCAPE = 8'h7D;
  localparam [7:0] FIRST = 8'd253, LENGTH = 8'd255, BEHIND = 8'd252;

  reg       valid_q, error_q;  // of the line, a cycle later
  reg       some_q, bad_q, escaped_q, shift_q;
  reg [2:0] bit_q;
  reg [7:0] address_q;
  reg [2:0] tail_q;  // bytes behind the payload, 4 in a whole frame
  wire flag = valid_q && byte_i == FLAG;
  wire escape = valid_q && byte_i == ESCAPE && !escaped_q;
  wire [7:0] data = {byte_i[7:6], byte_i[5] ^ escaped_q, byte_i[4:0]};
  wire stored = shift_q && bit_q == 3'd7;
  reg at_length, behind;  // the address stands long before its byte is whole
  always @(posedge clk_i) begin
    at_length <= address_q == LENGTH;
    behind <= address_q == BEHIND;
  end
  wire good = some_q && !bad_q && !escaped_q && tail_q == 3'd4 && crc_good_i;

  always @(posedge clk_i) begin
    if (shift_q) bit_q <= bit_q + 3'd1;
    else bit_q <= 3'd0;
    if (flag) address_q <= FIRST;
    else if (stored) address_q <= address_q + 8'd1;
    if (stored) tail_q <= address_q == length_i ? 3'd1 :
                          tail_q == 3'd5 ? 3'd5 : tail_q + 3'd1;
  end

  always @(posedge clk_i)
    if (rst_i) begin
      valid_q <= 1'b0;
      error_q <= 1'b0;
      some_q <= 1'b0;
      bad_q <= 1'b1;
      escaped_q <= 1'b0;
      shift_q <= 1'b0;
    end else begin
      valid_q <= valid_i;
      error_q <= error_i;
      some_q <= !flag && (some_q || valid_q || error_q);
      bad_q <= sending_i || error_q ||
               (!flag && (bad_q || (stored && (behind || (at_length && busy_i)))));
      escaped_q <= escape || (escaped_q && !flag && !stored);
      shift_q <= (valid_q && !flag && !escape) || (shift_q && !stored);
    end

  assign crc_start_o = flag;
  assign crc_enable_o = shift_q;
  assign crc_bit_o = data[bit_q];
  assign stored_o = stored;
  assign write_o = stored && !bad_q && !(at_length && busy_i);
  assign due_o = stored && !bad_q && at_length;
  assign write_address_o = address_q;
  assign write_byte_o = data;
  assign length_o = write_o && at_length;
  assign frame_o = flag && good;
  assign damaged_o = flag && some_q && !good;
endmodule

`default_nettype wire
