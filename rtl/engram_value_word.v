// engram_value_word : a word, or its highest bits, to which it is rounded. Combinational.
// SPDX-License-Identifier: 0BSD
//
// Mirrors fixed_used of sw/model/fixed.h: to nearest, half away from zero, saturated.
`default_nettype none

module engram_value_word #(
  parameter WORD_BITS = 16,
  parameter VALUE_BITS = 16   // at most WORD_BITS
) (
  input  wire [WORD_BITS-1:0]  word_i,
  output wire [VALUE_BITS-1:0] value_o
);
  localparam UNUSED = WORD_BITS - VALUE_BITS;
  generate
    if (UNUSED > 0) begin : gen_rounded
      wire negative = word_i[WORD_BITS-1];
      wire [VALUE_BITS-1:0] below = word_i[WORD_BITS-1:UNUSED];
      wire highest = !negative && &below[VALUE_BITS-2:0];
      wire half = word_i[UNUSED-1];
      wire up;
      if (UNUSED > 1) begin : gen_more
        assign up = half && (!negative || |word_i[UNUSED-2:0]);
      end else begin : gen_half
        assign up = half && !negative;
      end
      assign value_o = below + {{(VALUE_BITS-1){1'b0}}, up && !highest};
    end else begin : gen_whole
      assign value_o = word_i;
    end
  endgenerate
endmodule

`default_nettype wire
