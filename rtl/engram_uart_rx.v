// engram_uart_rx : bytes from an asynchronous serial line, 8N1, least significant bit first.
// SPDX-License-Identifier: 0BSD
//
// Each bit is looked at in its middle, counted from the start bit's edge. A start bit that is gone
// at its middle was a glitch. A marker runs ahead of the data through the shift register and says
// when the stop bit is due.
`default_nettype none

module engram_uart_rx #(
  parameter CYCLES = 20  // of the clock a bit, >= 4
) (
  input  wire       clk_i,
  input  wire       rst_i,
  input  wire       rx_i,     // asynchronous
  output wire       valid_o,  // one pulse a byte
  output wire       error_o,  // one pulse for a byte without a stop bit
  output wire [7:0] byte_o    // from valid_o until the next start bit's middle
);
  localparam BITS = $clog2(CYCLES);
  localparam [31:0] LAST = CYCLES - 1, MIDDLE = CYCLES / 2 - 1;

  reg [1:0]      line_q;
  reg            active_q, start_q;
  reg [BITS-1:0] cycle_q;
  reg [8:0]      shift_q;
  wire line = line_q[0];
  wire middle = active_q && cycle_q == MIDDLE[BITS-1:0];
  wire stop = middle && !start_q && shift_q[0];
  wire unused_ok = &{1'b0, LAST, MIDDLE};

  always @(posedge clk_i) begin
    if (!active_q || cycle_q == LAST[BITS-1:0]) cycle_q <= {BITS{1'b0}};
    else cycle_q <= cycle_q + 1'b1;
    if (middle && start_q) shift_q <= 9'h100;
    else if (middle && !shift_q[0]) shift_q <= {line, shift_q[8:1]};
    if (!active_q) start_q <= 1'b1;
    else if (middle) start_q <= 1'b0;
  end

  always @(posedge clk_i)
    if (rst_i) begin
      line_q <= 2'b11;
      active_q <= 1'b0;
    end else begin
      line_q <= {rx_i, line_q[1]};
      active_q <= active_q ? !(stop || (middle && start_q && line)) : !line;
    end

  assign valid_o = stop && line;
  assign error_o = stop && !line;
  assign byte_o = shift_q[8:1];
endmodule

`default_nettype wire
