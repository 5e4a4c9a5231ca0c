// engram_bank : one bank of a dense layer's weights, which are written before they are read.
// SPDX-License-Identifier: 0BSD
//
// A core that has weights from its start (engram gen --load) stands with another engram_bank.v of the
// same ports and parameters; LAYER, BANK and rst_i are for that one.
`default_nettype none

module engram_bank #(
  parameter [31:0] LAYER = 0,
  parameter [31:0] BANK = 0,
  parameter LANES = 1,         // as engram_weights has them
  parameter WEIGHT_BITS = 16,
  parameter WORDS = 16,
  parameter ADDRESS_BITS = 4,
  parameter STORAGE = 0
) (
  input  wire                         clk_i,
  input  wire                         rst_i,
  input  wire [LANES-1:0]             write_i,
  input  wire [ADDRESS_BITS-1:0]      write_address_i,
  input  wire [LANES*WEIGHT_BITS-1:0] write_data_i,
  input  wire                         read_i,
  input  wire [ADDRESS_BITS-1:0]      read_address_i,
  output wire [LANES*WEIGHT_BITS-1:0] read_data_o
);
  engram_weights #(
    .LANES(LANES), .WEIGHT_BITS(WEIGHT_BITS), .WORDS(WORDS), .ADDRESS_BITS(ADDRESS_BITS),
    .STORAGE(STORAGE)
  ) u_weights (
    .clk_i(clk_i), .write_i(write_i), .write_address_i(write_address_i),
    .write_data_i(write_data_i),
    .read_i(read_i), .read_address_i(read_address_i), .read_data_o(read_data_o)
  );
  wire unused_ok = &{1'b0, rst_i, LAYER, BANK};
endmodule

`default_nettype wire
