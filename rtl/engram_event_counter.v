// engram_event_counter : how many of several flags were up, over all cycles; 32 bits that wrap.
// SPDX-License-Identifier: 0BSD
//
// A flag is in the count LEVELS + 1 cycles after it was up.
`default_nettype none

module engram_event_counter #(
  parameter FLAGS = 1,      // >= 1
  parameter LEVELS = 0,     // of the adder tree: smallest L with 2^L >= FLAGS
  parameter COUNT_BITS = 2  // signed width that holds 0..FLAGS
) (
  input  wire             clk_i,
  input  wire             clear_i,
  input  wire [FLAGS-1:0] flags_i,
  output wire [31:0]      count_o
);
  // A flag is the signed two-bit number 0 or 1.
  wire [2*FLAGS-1:0] terms;
  genvar i;
  generate
    for (i = 0; i < FLAGS; i = i + 1) begin : gen_term
      assign terms[2*i +: 2] = {1'b0, flags_i[i]};
    end
  endgenerate

  wire [COUNT_BITS-1:0] count;
  engram_adder_tree #(
    .TERMS(FLAGS), .TERM_BITS(2), .SUM_BITS(COUNT_BITS), .LEVELS(LEVELS)
  ) u_tree (
    .clk_i(clk_i), .terms_i(terms), .sum_o(count)
  );

  reg [31:0] count_q /*verilator public_flat_rd*/;
  always @(posedge clk_i)
    if (clear_i) count_q <= 32'd0;
    else count_q <= count_q + {{(32-COUNT_BITS){1'b0}}, count};

  assign count_o = count_q;
endmodule

`default_nettype wire
