// engram_link_command : the command of engram_link_executor's frame, and whether its payload is as
//   long as it should be.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_link_command (
  input  wire       clk_i,
  input  wire       take_i,
  input  wire [7:0] byte_i,      // with take_i; docs/link.md has the numbers
  input  wire [7:0] length_i,    // of the payload
  // two cycles later
  output reg        greet_o,
  output reg        read_o,
  output reg        write_o,
  output reg        fill_o,
  output reg        checksum_o,
  output reg        pixels_o,
  output reg        bus_write_o, // what it does on the bus is write
  output reg        fits_o
);
  localparam [2:0] GREET = 3'd0, READ = 3'd1, WRITE = 3'd2, FILL = 3'd3, CHECKSUM = 3'd4,
                   PIXELS = 3'd5, UNKNOWN = 3'd7;
  reg [2:0] command_q;
  reg fits;
  always @* begin
    fits = 1'b0;
    case (command_q)
      GREET: fits = length_i == 8'd0;
      READ: fits = length_i == 8'd13;
      WRITE: fits = |length_i[7:4] || &length_i[3:1];  // 14 and more
      FILL: fits = length_i == 8'd17;
      CHECKSUM: fits = length_i == 8'd16;
      PIXELS: fits = |length_i[7:2];  // 4 and more
      default: ;
    endcase
  end
  always @(posedge clk_i) begin
    if (take_i) command_q <= |byte_i[7:3] ? UNKNOWN : byte_i[2:0];
    greet_o <= command_q == GREET;
    read_o <= command_q == READ;
    write_o <= command_q == WRITE;
    fill_o <= command_q == FILL;
    checksum_o <= command_q == CHECKSUM;
    pixels_o <= command_q == PIXELS;
    bus_write_o <= command_q == WRITE || command_q == FILL;
    fits_o <= fits;
  end
endmodule

`default_nettype wire
