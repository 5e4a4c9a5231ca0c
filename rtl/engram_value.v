// engram_value : the value of a weight's word, as its layer's synapse has it. Combinational.
// SPDX-License-Identifier: 0BSD
//
// A core of a net in which a layer has another synapse than fixed_point stands with another
// engram_value.v of the same ports and parameters; LAYER is for that one.
`default_nettype none

module engram_value #(
  parameter LAYER = 0,
  parameter WORD_BITS = 16,
  parameter VALUE_BITS = 16
) (
  input  wire [WORD_BITS-1:0]  word_i,
  output wire [VALUE_BITS-1:0] value_o
);
  engram_value_word #(.WORD_BITS(WORD_BITS), .VALUE_BITS(VALUE_BITS)) u_value (
    .word_i(word_i), .value_o(value_o)
  );
  wire unused_ok = &{1'b0, LAYER != 0};
endmodule

`default_nettype wire
