// engram_random : the 127-bit LFSR x^127 + x^63 + 1 and what a training step draws from it.
// SPDX-License-Identifier: 0BSD
//
// Mirrors sw/model/random.h. The state is a step's stream of bits, bit 0 first: hash base, hash
// key, dropout bits. It moves on in the step's last cycle and the one behind.
`default_nettype none

module engram_random #(
  parameter DRAWN_BITS = 1,    // bits of base and key at the head of the stream, 1..127
  parameter PAIRS = 1,         // dropout pairs of the net, at least 1 (unused without dropout)
  parameter PAIR_OFFSET = 0,   // place of the first pair's bit in the stream
  parameter STEP_SHIFTS = 128  // shifts of the state per training step, a multiple of 128
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

  // The state 64 shifts on: each new bit is the exclusive or of two of the old ones.
  function [STATE_BITS-1:0] advance64;
    input [STATE_BITS-1:0] s;
    advance64 = {s[63:0] ^ s[126:63], s[126:64]};
  endfunction

  function [STATE_BITS-1:0] advance;
    input [STATE_BITS-1:0] s;
    input integer shifts;
    integer i;
    begin
      advance = s;
      for (i = 0; i < shifts / 64; i = i + 1) advance = advance64(advance);
      for (i = 0; i < shifts % 64; i = i + 1)
        advance = {advance[0] ^ advance[63], advance[STATE_BITS-1:1]};
    end
  endfunction

  reg [127:0] state_q /*verilator public_flat_rd*/;  // bit 127 is zero but while it turns
  reg         again_q;
  always @(posedge clk_i) begin
    again_q <= !rst_i && step_done_i;
    if (rst_i) state_q <= 128'd1;
    else if (turn_i) state_q <= {write_i ? data_i : state_q[15:0], state_q[127:16]};
    else if (step_done_i || again_q)
      state_q <= {1'b0, advance(state_q[STATE_BITS-1:0], STEP_SHIFTS / 2)};
  end

  assign drawn_o = state_q[DRAWN_BITS-1:0];
  assign low_o = state_q[15:0];

  // The stream goes on behind the state as the state itself does.
  localparam STREAM_BITS = PAIR_OFFSET + PAIRS > STATE_BITS ? PAIR_OFFSET + PAIRS : STATE_BITS;
  reg [STREAM_BITS-1:0] stream;
  integer i;
  always @* begin
    stream = {STREAM_BITS{1'b0}};
    stream[STATE_BITS-1:0] = state_q[STATE_BITS-1:0];
    for (i = STATE_BITS; i < STREAM_BITS; i = i + 1)
      stream[i] = stream[i-STATE_BITS] ^ stream[i-STATE_BITS+63];
  end
  assign pair_bits_o = stream[PAIR_OFFSET +: PAIRS];
endmodule

`default_nettype wire
