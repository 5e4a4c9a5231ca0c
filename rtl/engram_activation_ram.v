// engram_activation_ram : a layer's inputs; written a word of VALUES at a time, read one or two
//   values of a word at a time.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_activation_ram #(
  parameter VALUE_BITS = 16,
  parameter VALUES = 1,     // in a word, >= 1
  parameter WORDS = 64,
  parameter WORD_BITS = 6,  // of a word's address
  parameter SLOT_BITS = 1,  // of a value's place in its word
  parameter SELECTED = 1,   // values read at a time
  parameter COPIES = 1      // engram_copies of them
) (
  input  wire                           clk_i,
  // write
  input  wire                           write_i,
  input  wire [WORD_BITS-1:0]           write_word_i,
  input  wire [VALUES*VALUE_BITS-1:0]   write_values_i,
  // read: the values two cycles after read_i, held until the next
  input  wire                           read_i,
  input  wire [WORD_BITS-1:0]           read_word_i,
  input  wire [SELECTED*SLOT_BITS-1:0]  read_slots_i,
  output wire [COPIES*SELECTED*VALUE_BITS-1:0] values_o
);
  wire [VALUES*VALUE_BITS-1:0] word;
  engram_ram #(
    .DATA_BITS(VALUES*VALUE_BITS), .WORDS(WORDS), .ADDRESS_BITS(WORD_BITS)
  ) u_ram (
    .clk_i(clk_i),
    .write_i(write_i), .write_address_i(write_word_i), .write_data_i(write_values_i),
    .read_i(read_i), .read_address_i(read_word_i), .read_data_o(word)
  );
  engram_select #(
    .VALUE_BITS(VALUE_BITS), .VALUES(VALUES), .SLOT_BITS(SLOT_BITS), .SELECTED(SELECTED),
    .COPIES(COPIES)
  ) u_select (
    .clk_i(clk_i), .read_i(read_i), .slots_i(read_slots_i), .word_i(word), .values_o(values_o)
  );
endmodule

`default_nettype wire
