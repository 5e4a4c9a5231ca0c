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
  output wire       greet_o,
  output wire       read_o,
  output wire       write_o,
  output wire       fill_o,
  output wire       checksum_o,
  output wire       pixels_o,
  output wire       bus_write_o, // what it does on the bus is write
  output wire       fits_o
);
  localparam [2:0] GREET = 3'd0, READ = 3'd1, WRITE = 3'd2, FILL = 3'd3, CHECKSUM = 3'd4,
                   PIXELS = 3'd5, UNKNOWN = 3'd7;
  reg [2:0] command_q;
  reg greet_q, read_q, write_q, fill_q, checksum_q, pixels_q, bus_write_q, fits_q;
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
    greet_q <= command_q == GREET;
    read_q <= command_q == READ;
    write_q <= command_q == WRITE;
    fill_q <= command_q == FILL;
    checksum_q <= command_q == CHECKSUM;
    pixels_q <= command_q == PIXELS;
    bus_write_q <= command_q == WRITE || command_q == FILL;
    fits_q <= fits;
  end
  assign greet_o = greet_q;
  assign read_o = read_q;
  assign write_o = write_q;
  assign fill_o = fill_q;
  assign checksum_o = checksum_q;
  assign pixels_o = pixels_q;
  assign bus_write_o = bus_write_q;
  assign fits_o = fits_q;
endmodule

`default_nettype wire
