// engram_value_word : a word that is its value.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_value_word #(
  parameter WORD_BITS = 16,
  parameter VALUE_BITS = 16
) (
  input  wire [WORD_BITS-1:0]  word_i,
  output wire [VALUE_BITS-1:0] value_o
);
  assign value_o = word_i[VALUE_BITS-1:0];
endmodule

`default_nettype wire
