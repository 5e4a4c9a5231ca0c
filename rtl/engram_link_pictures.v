// engram_link_pictures : the picture that engram_link_executor is giving to the core, and results
//   that are due.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_link_pictures (
  input  wire       clk_i,
  input  wire       rst_i,
  input  wire       first_i,     // a picture begins
  input  wire       beat_i,      // the core takes a pixel
  input  wire       end_i,       // with its last one
  input  wire       closed_i,    // with the last beat of a given-up picture
  input  wire       given_up_i,  // another frame goes before the rest, or before the result
  input  wire       reply_i,     // a word of the result goes into the reply
  input  wire       result_end_i,  // the core's last word of a result is taken
  output wire [1:0] picture_o,   // 0 none, 1 open, 2 awaited, 3 done
  output wire       begun_o,     // the core has some of it
  output wire       stale_o      // the core owes a result that nobody waits for
);
  localparam [1:0] NONE = 2'd0, OPEN = 2'd1, AWAITED = 2'd2, DONE = 2'd3;
  reg [1:0] picture_q, stale_q;
  reg       begun_q;
  wire stale_more = (given_up_i && picture_q == AWAITED) || closed_i;
  wire stale_less = stale_q != 2'd0 && result_end_i;
  always @(posedge clk_i)
    if (rst_i) begin
      picture_q <= NONE;
      stale_q <= 2'd0;
    end else begin
      if (given_up_i || closed_i) picture_q <= NONE;
      else if (first_i) picture_q <= OPEN;
      else if (end_i) picture_q <= AWAITED;
      else if (reply_i && result_end_i) picture_q <= DONE;
      if (stale_more != stale_less) stale_q <= stale_more ? stale_q + 2'd1 : stale_q - 2'd1;
    end
  always @(posedge clk_i)
    if (first_i) begun_q <= 1'b0;
    else if (beat_i) begun_q <= 1'b1;
  assign picture_o = picture_q;
  assign begun_o = begun_q;
  assign stale_o = stale_q != 2'd0;
endmodule

`default_nettype wire
