// engram_weights : the weights of one bank of a dense layer: some lanes' side by side in a word.
// SPDX-License-Identifier: 0BSD
//
// The schedule never reads an address in the cycle that writes it, so no bypass is asked for
// (no_rw_check); with one port it never reads and writes in the same cycle, nor looks at what was
// read once something was written: not every such memory still shows it.
`default_nettype none

module engram_weights #(
  parameter LANES = 1,         // of the word
  parameter WEIGHT_BITS = 16,
  parameter WORDS = 16,        // >= 1
  parameter ADDRESS_BITS = 4,  // 2^ADDRESS_BITS >= WORDS
  parameter STORAGE = 0        // 0 RAM with two ports, 1 registers, 2 RAM with one port
) (
  input  wire                         clk_i,
  // write, lane by lane
  input  wire [LANES-1:0]             write_i,
  input  wire [ADDRESS_BITS-1:0]      write_address_i,
  input  wire [LANES*WEIGHT_BITS-1:0] write_data_i,
  // read: data one cycle after read_i, held until the next; with one port up with a write as well,
  // which goes before the read, and after which nothing is held
  input  wire                         read_i,
  input  wire [ADDRESS_BITS-1:0]      read_address_i,
  output wire [LANES*WEIGHT_BITS-1:0] read_data_o
);
  reg [LANES*WEIGHT_BITS-1:0] read_data_q;
  assign read_data_o = read_data_q;

  integer i;
  generate
    if (STORAGE == 0) begin : gen_ram
      (* no_rw_check *)
      reg [LANES*WEIGHT_BITS-1:0] memory_q [0:WORDS-1] /*verilator public_flat_rd*/;
      always @(posedge clk_i) begin
        for (i = 0; i < LANES; i = i + 1)
          if (write_i[i])
            memory_q[write_address_i][i*WEIGHT_BITS +: WEIGHT_BITS] <=
                write_data_i[i*WEIGHT_BITS +: WEIGHT_BITS];
        if (read_i) read_data_q <= memory_q[read_address_i];
      end
    end else if (STORAGE == 1) begin : gen_register
      (* ram_style = "logic" *)
      reg [LANES*WEIGHT_BITS-1:0] memory_q [0:WORDS-1] /*verilator public_flat_rd*/;
      always @(posedge clk_i) begin
        for (i = 0; i < LANES; i = i + 1)
          if (write_i[i])
            memory_q[write_address_i][i*WEIGHT_BITS +: WEIGHT_BITS] <=
                write_data_i[i*WEIGHT_BITS +: WEIGHT_BITS];
        if (read_i) read_data_q <= memory_q[read_address_i];
      end
    end else begin : gen_single_port
      reg [LANES*WEIGHT_BITS-1:0] memory_q [0:WORDS-1] /*verilator public_flat_rd*/;
      wire [ADDRESS_BITS-1:0] address = |write_i ? write_address_i : read_address_i;
      always @(posedge clk_i) begin
        for (i = 0; i < LANES; i = i + 1)
          if (read_i && write_i[i])
            memory_q[address][i*WEIGHT_BITS +: WEIGHT_BITS] <=
                write_data_i[i*WEIGHT_BITS +: WEIGHT_BITS];
        if (read_i && !(|write_i)) read_data_q <= memory_q[address];
`ifndef SYNTHESIS
        if (|write_i) read_data_q <= ~read_data_q;
`endif
      end
    end
  endgenerate
endmodule

`default_nettype wire
