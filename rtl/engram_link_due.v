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
  output reg        differs_o,
  output reg        above_o,       // the part is behind the one that is due
  output reg        zero_o,        // it is a picture's first
  output reg        last_o         // and its last
);
  wire part = part_i && run_i && bit_i < 5'd8;
  wire differs = memory_bit_i == part_bit_i;
  always @(posedge clk_i) begin
    if (fresh_i && (number_i || part_i)) differs_o <= 1'b0;
    else if (number_i ? run_i && memory_bit_i != number_bit_i : part && differs)
      differs_o <= 1'b1;
    if (part && differs) above_o <= memory_bit_i;
    if (part) zero_o <= (bit_i == 5'd0 || zero_o) && !memory_bit_i;
    if (part_i && run_i && bit_i == 5'd8) last_o <= memory_bit_i;
  end
endmodule

`default_nettype wire
