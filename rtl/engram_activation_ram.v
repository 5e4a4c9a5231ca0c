// engram_activation_ram : a layer's inputs; written a word of VALUES at a time, read one value at
//   a time.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_activation_ram #(
  parameter VALUE_BITS = 16,
  parameter VALUES = 1,     // in a word, >= 1
  parameter WORDS = 64,
  parameter WORD_BITS = 6,  // of a word's address
  parameter SLOT_BITS = 1   // of a value's place in its word
) (
  input  wire                         clk_i,
  // write
  input  wire                         write_i,
  input  wire [WORD_BITS-1:0]         write_word_i,
  input  wire [VALUES*VALUE_BITS-1:0] write_values_i,
  // read: the value two cycles after read_i
  input  wire                         read_i,
  input  wire [WORD_BITS-1:0]         read_word_i,
  input  wire [SLOT_BITS-1:0]         read_slot_i,
  output wire [VALUE_BITS-1:0]        value_o
);
  wire [VALUES*VALUE_BITS-1:0] word;
  engram_ram #(
    .DATA_BITS(VALUES*VALUE_BITS), .WORDS(WORDS), .ADDRESS_BITS(WORD_BITS)
  ) u_ram (
    .clk_i(clk_i),
    .write_i(write_i), .write_address_i(write_word_i), .write_data_i(write_values_i),
    .read_i(read_i), .read_address_i(read_word_i), .read_data_o(word)
  );

  reg [SLOT_BITS-1:0]  slot_q;
  reg [VALUE_BITS-1:0] value_q;
  wire [VALUE_BITS-1:0] values [0:(1<<SLOT_BITS)-1];
  genvar i;
  generate
    for (i = 0; i < (1 << SLOT_BITS); i = i + 1) begin : gen_value
      if (i < VALUES) assign values[i] = word[i*VALUE_BITS +: VALUE_BITS];
      else assign values[i] = {VALUE_BITS{1'b0}};
    end
  endgenerate

  always @(posedge clk_i) begin
    if (read_i) slot_q <= read_slot_i;
    value_q <= values[slot_q];
  end

  assign value_o = value_q;
endmodule

`default_nettype wire
