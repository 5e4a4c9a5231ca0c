// engram_ram : one write port and one read port with a registered output.
// SPDX-License-Identifier: 0BSD
//
// The schedule never reads an address in the cycle that writes it, so no bypass is asked for
// (no_rw_check).
`default_nettype none

module engram_ram #(
  parameter DATA_BITS = 16,    // width of a word, >= 1
  parameter WORDS = 16,        // >= 1
  parameter ADDRESS_BITS = 4   // 2^ADDRESS_BITS >= WORDS
) (
  input  wire                    clk_i,
  // write
  input  wire                    write_i,
  input  wire [ADDRESS_BITS-1:0] write_address_i,
  input  wire [DATA_BITS-1:0]    write_data_i,
  // read: data one cycle after read_i, held until the next
  input  wire                    read_i,
  input  wire [ADDRESS_BITS-1:0] read_address_i,
  output wire [DATA_BITS-1:0]    read_data_o
);
  (* no_rw_check *)
  reg [DATA_BITS-1:0] memory_q [0:WORDS-1] /*verilator public_flat_rd*/;
  reg [DATA_BITS-1:0] read_data_q;

  always @(posedge clk_i) begin
    if (write_i) memory_q[write_address_i] <= write_data_i;
    if (read_i) read_data_q <= memory_q[read_address_i];
  end

  assign read_data_o = read_data_q;
endmodule

`default_nettype wire
