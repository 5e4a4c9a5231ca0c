// engram_difference : the difference of two vectors, an element a cycle: G_S = P - F, F one-hot
//   (E10).
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_difference #(
  parameter CLASS_BITS = 1
) (
  input  wire [CLASS_BITS-1:0] class_i,
  input  wire [15:0]           probability_i,  // 15 fraction bits
  input  wire [CLASS_BITS-1:0] label_i,
  output wire signed [16:0]    difference_o    // 15 fraction bits, -1..1
);
  assign difference_o = {1'b0, probability_i} - (class_i == label_i ? 17'h08000 : 17'h00000);
endmodule

`default_nettype wire
