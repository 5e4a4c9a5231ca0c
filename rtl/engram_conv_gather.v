// engram_conv_gather : the gradients of a word of the convolution's values, gathered to one word.
// SPDX-License-Identifier: 0BSD
//
// What a line's last word does not hold is zero.
//
// Parameters are engram_conv's.
`default_nettype none

module engram_conv_gather #(
  parameter VALUES = 1,            // of a word
  parameter AT_ONCE = 1,           // gradients that come at a time, 1 or 2
  parameter GRADIENT_BITS = 16,
  // from the others
  parameter SLOT_BITS = VALUES > 1 ? $clog2(VALUES) : 1
) (
  input  wire                            clk_i,
  input  wire                            rst_i,
  input  wire [AT_ONCE-1:0]              valid_i,
  input  wire [AT_ONCE*SLOT_BITS-1:0]    slots_i,
  input  wire                            word_last_i,  // they are the word's last
  input  wire [AT_ONCE*GRADIENT_BITS-1:0] gradients_i,
  // a cycle after the word's last
  output wire                            valid_o,
  output wire [VALUES*GRADIENT_BITS-1:0] gradients_o
);
  reg valid_q, first_q;
  always @(posedge clk_i) begin
    valid_q <= |valid_i && word_last_i && !rst_i;
    if (rst_i) first_q <= 1'b1;
    else if (|valid_i) first_q <= word_last_i;
  end
  assign valid_o = valid_q;

  genvar slot, a;
  generate
    for (slot = 0; slot < VALUES; slot = slot + 1) begin : gen_slot
      localparam [31:0] SLOT = slot;
      wire [AT_ONCE-1:0] hit;
      wire [AT_ONCE*GRADIENT_BITS-1:0] hits;
      for (a = 0; a < AT_ONCE; a = a + 1) begin : gen_at_once
        assign hit[a] = valid_i[a] &&
            (VALUES == 1 || slots_i[a*SLOT_BITS +: SLOT_BITS] == SLOT[SLOT_BITS-1:0]);
        assign hits[a*GRADIENT_BITS +: GRADIENT_BITS] =
            gradients_i[a*GRADIENT_BITS +: GRADIENT_BITS] & {GRADIENT_BITS{hit[a]}};
      end
      reg [GRADIENT_BITS-1:0] gradient_q;
      always @(posedge clk_i)
        if (|hit || (|valid_i && first_q))
          gradient_q <= hits[0 +: GRADIENT_BITS] |
                        hits[(AT_ONCE-1)*GRADIENT_BITS +: GRADIENT_BITS];
      assign gradients_o[slot*GRADIENT_BITS +: GRADIENT_BITS] = gradient_q;
    end
  endgenerate
endmodule

`default_nettype wire
