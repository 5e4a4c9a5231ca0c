// engram_event_counter : how many of several flags were up since engram_counters took the count
//   last.
// SPDX-License-Identifier: 0BSD
//
// A flag is in the count LEVELS + 1 cycles after it was up. What is up when the count is taken
// begins the next one.
`default_nettype none

module engram_event_counter #(
  parameter FLAGS = 1,      // >= 1
  parameter LEVELS = 0,     // of the adder tree: smallest L with 2^L >= FLAGS
  parameter SUM_BITS = 2,   // signed width that holds 0..FLAGS
  parameter COUNT_BITS = 7, // of the count, >= SUM_BITS: it is taken before it overflows
  parameter OUT_BITS = 7    // >= COUNT_BITS
) (
  input  wire                clk_i,
  input  wire                take_i,
  input  wire [FLAGS-1:0]    flags_i,
  output wire [OUT_BITS-1:0] count_o
);
  // A flag is the signed two-bit number 0 or 1.
  wire [2*FLAGS-1:0] terms;
  genvar i;
  generate
    for (i = 0; i < FLAGS; i = i + 1) begin : gen_term
      assign terms[2*i +: 2] = {1'b0, flags_i[i]};
    end
  endgenerate

  wire [SUM_BITS-1:0] sum;
  engram_adder_tree #(
    .TERMS(FLAGS), .TERM_BITS(2), .SUM_BITS(SUM_BITS), .LEVELS(LEVELS)
  ) u_tree (
    .clk_i(clk_i), .terms_i(terms), .sum_o(sum)
  );
  wire [COUNT_BITS:0] sum_wide = {{(COUNT_BITS+1-SUM_BITS){1'b0}}, sum};

  reg [COUNT_BITS-1:0] count_q /*verilator public_flat_rd*/;
  always @(posedge clk_i)
    if (take_i) count_q <= sum_wide[COUNT_BITS-1:0];
    else count_q <= count_q + sum_wide[COUNT_BITS-1:0];

  wire [OUT_BITS:0] count_wide = {{(OUT_BITS+1-COUNT_BITS){1'b0}}, count_q};
  wire unused_ok = &{1'b0, sum_wide[COUNT_BITS], count_wide[OUT_BITS]};
  assign count_o = count_wide[OUT_BITS-1:0];
endmodule

`default_nettype wire
