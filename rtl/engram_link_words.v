// engram_link_words : the word on its way through engram_link_executor, bit by bit.
// SPDX-License-Identifier: 0BSD
//
// x turns around highest bit first. It takes the memory's bits (GATHER: past the word's bytes, its
// sign), takes xorshift32's three steps, a turn each, as one tap (a step x ^= x << n needs x[i-n]
// while bit i is at the top; x ^= x >> 17 needs bits that the step does not change), or its own top
// bits, signed (EXTEND).
`default_nettype none

module engram_link_words (
  input  wire        clk_i,
  // the run
  input  wire        fresh_i,       // before it
  input  wire        run_i,
  input  wire        hold_i,        // not in this cycle
  input  wire [4:0]  bit_i,
  input  wire [1:0]  turn_i,        // of 32 bits; byte of a word
  input  wire [4:0]  width_i,       // of a word: bytes when it is gathered, bits less one otherwise
  // what is done
  input  wire        clear_i,
  input  wire        load_i,        // with the memory's bits
  input  wire        moves_i,       // in each cycle of the run
  input  wire        gather_i,
  input  wire        shift_i,
  input  wire        extend_i,
  input  wire        result_i,      // with result_bit_i
  // bits
  input  wire        memory_bit_i,
  input  wire        result_bit_i,
  input  wire        bus_i,         // exclusive or with a word from the bus
  input  wire [31:0] bus_word_i,
  output wire [31:0] x_o
);
  reg [31:0] x_q;
  reg above_q;  // EXTEND: bits above the word's
  reg sign_q;
  wire in_word = {1'b0, turn_i} < width_i[2:0];
  wire bits_end = bit_i == 5'd31;
  always @(posedge clk_i) begin
    if (fresh_i || bits_end) above_q <= 1'b1;
    else if (~bit_i == width_i) above_q <= 1'b0;
    if (run_i && bit_i == 5'd0 && (extend_i ? !turn_i[0] : gather_i && in_word))
      sign_q <= extend_i ? x_q[31] : memory_bit_i;
  end

  wire tap = turn_i == 2'd0 ? x_q[18] && bit_i < 5'd19 :
             turn_i == 2'd1 ? x_q[16] && bit_i > 5'd16 : x_q[26] && bit_i < 5'd27;
  wire x_in = load_i ? memory_bit_i :
              gather_i && bit_i < 5'd8 ? (in_word ? memory_bit_i : sign_q) :
              shift_i ? x_q[31] ^ tap :
              extend_i && turn_i[0] && above_q ? sign_q :
              result_i ? result_bit_i : x_q[31];
  wire moves = moves_i || (extend_i ? turn_i[0] || !above_q : result_i);
  always @(posedge clk_i)
    if (clear_i) x_q <= 32'd0;
    else if (bus_i || (run_i && moves && !hold_i))
      x_q <= bus_i ? x_q ^ bus_word_i : {x_q[30:0], x_in};
  assign x_o = x_q;
endmodule

`default_nettype wire
