// engram_dropout : training keeps one of each neighbouring pair of units; inference keeps all and
//   halves them.
// SPDX-License-Identifier: 0BSD
//
// Units pass in ascending order; the pair's bit is taken with its second unit.
`default_nettype none

module engram_dropout #(
  parameter INDEX_BITS = 6
) (
  input  wire                  train_i,
  input  wire                  valid_i,
  input  wire [INDEX_BITS-1:0] index_i,
  output wire                  keep_o,
  output wire                  halve_o,
  // random bits
  input  wire                  pair_bit_i,   // 1 keeps the second unit
  output wire                  pair_next_o
);
  wire unused_ok = &{1'b0, index_i};
  assign keep_o = !train_i || pair_bit_i == index_i[0];
  assign halve_o = !train_i;
  assign pair_next_o = valid_i && train_i && index_i[0];
endmodule

`default_nettype wire
