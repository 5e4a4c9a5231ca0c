// engram_dropout : which units take part: training keeps one of each neighbouring pair, inference
//   all.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_dropout #(
  parameter UNITS = 64  // even
) (
  input  wire               train_i,
  input  wire [UNITS/2-1:0] pair_bits_i,  // of the step; 1 keeps the pair's second unit
  output wire [UNITS-1:0]   keep_o
);
  genvar pair;
  generate
    for (pair = 0; pair < UNITS / 2; pair = pair + 1) begin : gen_pair
      assign keep_o[2*pair +: 2] = {!train_i || pair_bits_i[pair], !train_i || !pair_bits_i[pair]};
    end
  endgenerate
endmodule

`default_nettype wire
