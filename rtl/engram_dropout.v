// engram_dropout : which units take part: training keeps one of each neighbouring pair, or each by
//   a draw of its own; inference keeps all.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_dropout #(
  parameter UNITS = 64,   // even, unless DROPPED
  parameter DROPPED = 0,  // 0: pairs; 1..15: what a unit's draw of 4 bits must reach to keep it
  // from the others
  parameter DROPOUT_BITS = DROPPED > 0 ? 4 * UNITS : UNITS / 2
) (
  input  wire                    train_i,
  input  wire [DROPOUT_BITS-1:0] pair_bits_i,  // 1 keeps a pair's second unit; or draws
  output wire [UNITS-1:0]        keep_o
);
  localparam [31:0] LEAST = DROPPED;
  genvar n;
  generate
    if (DROPPED > 0) begin : gen_units
      for (n = 0; n < UNITS; n = n + 1) begin : gen_unit
        assign keep_o[n] = !train_i || pair_bits_i[4*n +: 4] >= LEAST[3:0];
      end
    end else begin : gen_pairs
      for (n = 0; n < UNITS / 2; n = n + 1) begin : gen_pair
        assign keep_o[2*n +: 2] = {!train_i || pair_bits_i[n], !train_i || !pair_bits_i[n]};
      end
    end
  endgenerate
  wire unused_ok = &{1'b0, LEAST};
endmodule

`default_nettype wire
