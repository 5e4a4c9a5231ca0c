// engram_adder_tree : exact sum of signed terms, four at a time, a register after each level.
// SPDX-License-Identifier: 0BSD
//
// Latency is LEVELS cycles; one term passes through as a wire. Sums never saturate: SUM_BITS holds
// all of them.
`default_nettype none

module engram_adder_tree #(
  parameter TERMS = 16,    // >= 1
  parameter TERM_BITS = 32,
  parameter SUM_BITS = 36, // >= TERM_BITS, wide enough for TERMS terms
  parameter LEVELS = 2     // smallest L with 4^L >= TERMS
) (
  input  wire                       clk_i,
  input  wire [TERMS*TERM_BITS-1:0] terms_i,
  output wire signed [SUM_BITS-1:0] sum_o
);
  // Nodes of a level: ceil(TERMS / 4^level).
  function integer nodes_at;
    input integer level;
    nodes_at = (TERMS + (1 << (2 * level)) - 1) >> (2 * level);
  endfunction

  // Index of a level's first node when all levels stand one behind the other.
  function integer first_at;
    input integer level;
    integer l;
    begin
      first_at = 0;
      for (l = 0; l < level; l = l + 1) first_at = first_at + nodes_at(l);
    end
  endfunction

  localparam NODES = first_at(LEVELS) + 1;
  wire [NODES*SUM_BITS-1:0] node;

  genvar level, n, child;
  generate
    if (LEVELS == 0) begin : gen_no_register
      wire unused_ok = &{1'b0, clk_i};
    end
    for (n = 0; n < TERMS; n = n + 1) begin : gen_term
      assign node[n*SUM_BITS +: SUM_BITS] =
          {{(SUM_BITS-TERM_BITS+1){terms_i[n*TERM_BITS + TERM_BITS - 1]}},
           terms_i[n*TERM_BITS +: TERM_BITS-1]};
    end
    for (level = 1; level <= LEVELS; level = level + 1) begin : gen_level
      for (n = 0; n < nodes_at(level); n = n + 1) begin : gen_node
        localparam FIRST = first_at(level - 1) + 4 * n;
        localparam LEFT = nodes_at(level - 1) - 4 * n;
        wire signed [4*SUM_BITS-1:0] children;
        for (child = 0; child < 4; child = child + 1) begin : gen_child
          if (child < LEFT)
            assign children[child*SUM_BITS +: SUM_BITS] =
                node[(FIRST + child)*SUM_BITS +: SUM_BITS];
          else
            assign children[child*SUM_BITS +: SUM_BITS] = {SUM_BITS{1'b0}};
        end
        reg [SUM_BITS-1:0] sum_q;
        always @(posedge clk_i)
          sum_q <= (children[0 +: SUM_BITS] + children[SUM_BITS +: SUM_BITS]) +
                   (children[2*SUM_BITS +: SUM_BITS] + children[3*SUM_BITS +: SUM_BITS]);
        assign node[(first_at(level) + n)*SUM_BITS +: SUM_BITS] = sum_q;
      end
    end
  endgenerate

  assign sum_o = node[(NODES-1)*SUM_BITS +: SUM_BITS];
endmodule

`default_nettype wire
