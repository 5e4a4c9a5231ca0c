// engram_pick : one of several values by its index.
// SPDX-License-Identifier: 0BSD
//
// Combinational. The values lie in an array, so that synthesis makes a multiplexer of them and
// spends no multiplier on the place of a value in the word.
`default_nettype none

module engram_pick #(
  parameter VALUE_BITS = 16,
  parameter VALUES = 2,     // >= 1
  parameter INDEX_BITS = 1  // 2^INDEX_BITS >= VALUES
) (
  input  wire [VALUES*VALUE_BITS-1:0] values_i,
  input  wire [INDEX_BITS-1:0]        index_i,
  output wire [VALUE_BITS-1:0]        value_o  // zero behind the last one
);
  wire [VALUE_BITS-1:0] values [0:(1<<INDEX_BITS)-1];
  genvar v;
  generate
    for (v = 0; v < (1 << INDEX_BITS); v = v + 1) begin : gen_value
      if (v < VALUES) begin : gen_given
        assign values[v] = values_i[v*VALUE_BITS +: VALUE_BITS];
      end else begin : gen_behind
        assign values[v] = {VALUE_BITS{1'b0}};
      end
    end
  endgenerate
  assign value_o = values[index_i];
endmodule

`default_nettype wire
