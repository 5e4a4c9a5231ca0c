// engram_hash : random bits of a position: exclusive or of the key's slices at the position's set
//   bits.
// SPDX-License-Identifier: 0BSD
//
// A part of random_at (sw/model/random.h): the hash is linear, so that row and column are hashed
// apart and added.
`default_nettype none

module engram_hash #(
  parameter POSITION_BITS = 6,
  parameter ROUND_BITS = 10  // R
) (
  // the key's part that starts at this position's bit 0
  input  wire [POSITION_BITS+ROUND_BITS-2:0] key_i,
  input  wire [POSITION_BITS-1:0]            position_i,
  output wire [ROUND_BITS-1:0]               hash_o
);
  reg [ROUND_BITS-1:0] hash;
  integer i;
  always @* begin
    hash = {ROUND_BITS{1'b0}};
    for (i = 0; i < POSITION_BITS; i = i + 1)
      if (position_i[i]) hash = hash ^ key_i[i +: ROUND_BITS];
  end
  assign hash_o = hash;
endmodule

`default_nettype wire
