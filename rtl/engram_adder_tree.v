// engram_adder_tree : exact sum of signed terms, two at a time, a register after each level.
// SPDX-License-Identifier: 0BSD
//
// Latency is LEVELS cycles; one term passes through as a wire. Sums never saturate: each level is a
// bit wider than the one in front, up to SUM_BITS, which hold all of them. (Two at a time, because
// synthesis makes carry chains of two operands and compressors of full adders, several times as
// large, of more.)
`default_nettype none

module engram_adder_tree #(
  parameter TERMS = 16,    // >= 1
  parameter TERM_BITS = 32,
  parameter SUM_BITS = 36, // >= TERM_BITS, wide enough for TERMS terms
  parameter LEVELS = 4     // smallest L with 2^L >= TERMS
) (
  input  wire                       clk_i,
  input  wire [TERMS*TERM_BITS-1:0] terms_i,
  output wire signed [SUM_BITS-1:0] sum_o
);
  genvar level, n;
  generate
    for (level = 0; level <= LEVELS; level = level + 1) begin : gen_level
      localparam NODES = (TERMS + (1 << level) - 1) >> level;
      localparam BITS = TERM_BITS + level < SUM_BITS ? TERM_BITS + level : SUM_BITS;
      wire [NODES*BITS-1:0] node;
      if (level == 0) begin : gen_terms
        assign node = terms_i;
      end else begin : gen_sums
        localparam FRONT_NODES = (TERMS + (1 << (level - 1)) - 1) >> (level - 1);
        localparam FRONT_BITS = TERM_BITS + level - 1 < SUM_BITS ? TERM_BITS + level - 1 : SUM_BITS;
        for (n = 0; n < NODES; n = n + 1) begin : gen_node
          wire signed [FRONT_BITS-1:0] left =
              gen_level[level-1].node[2*n*FRONT_BITS +: FRONT_BITS];
          reg signed [BITS-1:0] sum_q;
          if (2 * n + 1 < FRONT_NODES) begin : gen_two
            wire signed [FRONT_BITS-1:0] right =
                gen_level[level-1].node[(2*n+1)*FRONT_BITS +: FRONT_BITS];
            always @(posedge clk_i)
              sum_q <= {{(BITS-FRONT_BITS+1){left[FRONT_BITS-1]}}, left[FRONT_BITS-2:0]} +
                       {{(BITS-FRONT_BITS+1){right[FRONT_BITS-1]}}, right[FRONT_BITS-2:0]};
          end else begin : gen_one
            always @(posedge clk_i)
              sum_q <= {{(BITS-FRONT_BITS+1){left[FRONT_BITS-1]}}, left[FRONT_BITS-2:0]};
          end
          assign node[n*BITS +: BITS] = sum_q;
        end
      end
    end
    if (LEVELS == 0) begin : gen_no_register
      wire unused_ok = &{1'b0, clk_i};
    end
  endgenerate

  localparam LAST_BITS = TERM_BITS + LEVELS < SUM_BITS ? TERM_BITS + LEVELS : SUM_BITS;
  wire [LAST_BITS-1:0] last = gen_level[LEVELS].node;
  assign sum_o = {{(SUM_BITS-LAST_BITS+1){last[LAST_BITS-1]}}, last[LAST_BITS-2:0]};
endmodule

`default_nettype wire
