// engram_link_due : what a frame says of itself against what is due: its number against the last
//   reply's, and with pixels its part.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_link_due (
  input  wire       clk_i,
  // the run
  input  wire       fresh_i,       // before it
  input  wire       run_i,
  input  wire [4:0] bit_i,
  input  wire       memory_bit_i,
  // what is compared
  input  wire       number_i,
  input  wire       number_bit_i,  // the last reply's
  input  wire       part_i,
  input  wire       part_bit_i,    // the complement of the part's that is due, lowest first
  output wire       differs_o,
  output wire       above_o,       // the part is behind the one that is due
  output wire       zero_o,        // it is a picture's first
  output wire       last_o         // and its last
);
  reg differs_q, above_q, zero_q, last_q;
  wire part = part_i && run_i && bit_i < 5'd8;
  wire differs = memory_bit_i == part_bit_i;
  always @(posedge clk_i) begin
    if (fresh_i && (number_i || part_i)) differs_q <= 1'b0;
    else if (number_i ? run_i && memory_bit_i != number_bit_i : part && differs)
      differs_q <= 1'b1;
    if (part && differs) above_q <= memory_bit_i;
    if (part) zero_q <= (bit_i == 5'd0 || zero_q) && !memory_bit_i;
    if (part_i && run_i && bit_i == 5'd8) last_q <= memory_bit_i;
  end
  assign differs_o = differs_q;
  assign above_o = above_q;
  assign zero_o = zero_q;
  assign last_o = last_q;
endmodule

`default_nettype wire
