// engram_link_crc : CRC-32 of the link's frames (RFC 1662, FCS-32), a bit a cycle.
// SPDX-License-Identifier: 0BSD
//
// x^32 + x^26 + x^23 + x^22 + x^16 + x^12 + x^11 + x^10 + x^8 + x^7 + x^5 + x^4 + x^2 + x + 1, least
// significant bit first. A frame's last four bytes are the complement of crc_o, lowest byte first;
// fed with its own bit 0 the register moves on without feedback.
`default_nettype none

module engram_link_crc (
  input  wire        clk_i,
  input  wire        start_i,
  input  wire        enable_i,
  input  wire        bit_i,
  output wire [31:0] crc_o,
  output wire        good_o  // what came ended with its own CRC
);
  localparam [31:0] POLYNOMIAL = 32'hEDB88320, RESIDUE = 32'hDEBB20E3;

  reg [31:0] crc_q;
  always @(posedge clk_i)
    if (start_i) crc_q <= 32'hFFFFFFFF;
    else if (enable_i)
      crc_q <= {1'b0, crc_q[31:1]} ^ ({32{crc_q[0] ^ bit_i}} & POLYNOMIAL);

  assign crc_o = crc_q;
  assign good_o = crc_q == RESIDUE;
endmodule

`default_nettype wire
