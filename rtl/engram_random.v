// engram_random : the 127-bit LFSR x^127 + x^63 + 1 and what a training step draws from it.
// SPDX-License-Identifier: 0BSD
//
// Mirrors sw/model/random.h. A step's stream of bits are the state, bit 0 first, and behind it sums
// of three of its bits each: hash base, hash key, dropout bits. The state moves on by 65 shifts in the
// step's last cycle and in the one behind.
`default_nettype none

module engram_random #(
  parameter DRAWN_BITS = 1,    // bits of base and key at the head of the stream, 1..127
  parameter PAIRS = 1,         // dropout bits of the net, at least 1 (unused without dropout)
  parameter PAIR_OFFSET = 0    // place of the first one in the stream
) (
  input  wire                  clk_i,
  input  wire                  rst_i,
  // step
  input  wire                  step_done_i,   // the state moves on
  output wire [DRAWN_BITS-1:0] drawn_o,       // constant during a step, as
  output wire [PAIRS-1:0]      pair_bits_o,   // the dropout bits
  // host: eight turns, each by 16 bits, leave it as it was but for what was written
  input  wire                  turn_i,
  input  wire                  write_i,       // the lowest 16 bits become data_i
  input  wire [15:0]           data_i,
  output wire [15:0]           low_o
);
  localparam STATE_BITS = 127;

  // The state half a step on: each new bit is the exclusive or of two that were there 127 and 64
  // shifts before.
  function [STATE_BITS-1:0] advance;
    input [STATE_BITS-1:0] s;
    advance = {s[64] ^ s[63] ^ s[0], s[63:0] ^ s[126:63], s[126:65]};
  endfunction

  reg [127:0] state_q /*verilator public_flat_rd*/;  // bit 127 is zero but while it turns
  reg         again_q;
  always @(posedge clk_i) begin
    again_q <= !rst_i && step_done_i;
    if (rst_i) state_q <= 128'd1;
    else if (turn_i) state_q <= {write_i ? data_i : state_q[15:0], state_q[127:16]};
    else if (step_done_i || again_q)
      state_q <= {1'b0, advance(state_q[STATE_BITS-1:0])};
  end

  assign drawn_o = state_q[DRAWN_BITS-1:0];
  assign low_o = state_q[15:0];

  // No three bits of a stream sum up to 0: n leaves different remainders for 41 * 42 * 43 of them.
  // Block by block, because Verilator takes a loop of some thousands for an endless one.
  localparam BLOCK = 128, END = PAIR_OFFSET + PAIRS;
  genvar block, n;
  generate
    for (block = PAIR_OFFSET; block < END; block = block + BLOCK) begin : gen_block
      for (n = block; n < END && n < block + BLOCK; n = n + 1) begin : gen_pair
        if (n < STATE_BITS) begin : gen_state
          assign pair_bits_o[n-PAIR_OFFSET] = state_q[n];
        end else begin : gen_sum
          assign pair_bits_o[n-PAIR_OFFSET] =
              state_q[n % 41] ^ state_q[41 + n % 42] ^ state_q[83 + n % 43];
        end
      end
    end
  endgenerate
endmodule

`default_nettype wire
