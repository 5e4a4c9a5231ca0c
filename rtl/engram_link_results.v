// engram_link_results : bits of the core's results, or of the greeting, for engram_link_executor.
// SPDX-License-Identifier: 0BSD
//
// A bit takes two cycles: picked, taken.
`default_nettype none

module engram_link_results #(
  parameter CLOCK_HZ = 60000000,
  parameter BAUD = 3000000
) (
  input  wire        clk_i,
  input  wire        rst_i,
  input  wire        damaged_i,  // one pulse: a frame was dropped; the greeting has their number
  // what is asked for
  input  wire        run_i,
  input  wire        greet_i,    // the greeting's
  input  wire [1:0]  word_i,     // of it
  input  wire [4:0]  index_i,
  // results
  input  wire        stale_i,    // nobody waits for this one
  input  wire        valid_i,
  input  wire [31:0] data_i,
  output wire        there_o,    // a result to be sent, as it was a cycle ago
  output wire        taken_o,    // bit_o is taken in this cycle
  output wire        bit_o
);
  reg [3:0] damaged_q;
  always @(posedge clk_i)
    if (rst_i) damaged_q <= 4'd0;
    else if (damaged_i && !(&damaged_q)) damaged_q <= damaged_q + 4'd1;
  wire [31:0] clock_hz = CLOCK_HZ, baud = BAUD;
  wire [31:0] greeting = word_i[1] ? {12'd0, damaged_q, baud[31:16]} :
                         word_i[0] ? {baud[15:0], clock_hz[31:16]} :
                                     {clock_hz[15:0], 8'd248, 8'd1};
  reg there_q, bit_q, taken_q;
  always @(posedge clk_i) begin
    there_q <= valid_i && !stale_i;
    bit_q <= greet_i ? greeting[index_i] : data_i[index_i];
    taken_q <= run_i && !taken_q && (greet_i || there_q);
  end
  assign there_o = there_q;
  assign taken_o = taken_q;
  assign bit_o = bit_q;
endmodule

`default_nettype wire
