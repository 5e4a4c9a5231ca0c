// engram_uart_tx : bytes onto an asynchronous serial line, 8N1, least significant bit first.
// SPDX-License-Identifier: 0BSD
//
// The stop bit is the shift register's last one: when nothing else is left, the line rests.
`default_nettype none

module engram_uart_tx #(
  parameter CYCLES = 20  // of the clock a bit, >= 2
) (
  input  wire       clk_i,
  input  wire       rst_i,
  input  wire       valid_i,
  output wire       ready_o,  // high only behind a whole stop bit
  input  wire [7:0] byte_i,
  output wire       tx_o
);
  localparam BITS = $clog2(CYCLES);
  localparam [31:0] LAST = CYCLES - 1;

  reg [BITS-1:0] cycle_q;
  reg [9:0]      shift_q;
  wire bit_end = cycle_q == LAST[BITS-1:0];
  wire rest = shift_q[9:1] == 9'd0;
  reg            ready_q;
  wire take = ready_q && valid_i;
  wire unused_ok = &{1'b0, LAST};

  always @(posedge clk_i)
    if (rst_i) begin
      cycle_q <= {BITS{1'b0}};
      shift_q <= 10'd1;
      ready_q <= 1'b0;
    end else begin
      ready_q <= bit_end && rest && !take;
      if (take || (bit_end && !rest)) begin
        cycle_q <= {BITS{1'b0}};
        shift_q <= take ? {1'b1, byte_i, 1'b0} : {1'b0, shift_q[9:1]};
      end else if (!bit_end) cycle_q <= cycle_q + 1'b1;
    end

  assign ready_o = ready_q;
  assign tx_o = shift_q[0];
endmodule

`default_nettype wire
