// engram_board : what every board's top has between its pins and engram_system: reset and LEDs.
// SPDX-License-Identifier: 0BSD
//
// Reset holds until the PLL is locked and the button let go, and ends with the clock.
`default_nettype none

module engram_board (
  input  wire clk_i,
  input  wire locked_i,   // of the PLL; asynchronous
  input  wire button_i,   // high while pressed; asynchronous
  output wire rst_o,      // synchronous
  input  wire busy_i,     // a step is at work
  output wire beat_o      // turns over every 128 steps
);
  reg [2:0] reset_q;
  reg       busy_q;
  reg [7:0] steps_q;
  initial reset_q = 3'b111;
  always @(posedge clk_i) begin
    reset_q <= {reset_q[1:0], !locked_i || button_i};
    busy_q <= busy_i;
    if (rst_o) steps_q <= 8'd0;
    else if (busy_i && !busy_q) steps_q <= steps_q + 8'd1;
  end
  assign rst_o = reset_q[2];
  assign beat_o = steps_q[7];
endmodule

`default_nettype wire
