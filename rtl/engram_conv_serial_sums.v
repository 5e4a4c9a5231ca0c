// engram_conv_serial_sums : the gradients of engram_conv_serial's weights, summed over the
//   positions (E15).
// SPDX-License-Identifier: 0BSD
//
// A line of TAPS_AT_ONCE sums for each word of weights, in a small memory. A whole way forward
// clears them.
//
// Parameters are engram_conv_serial's.
`default_nettype none

module engram_conv_serial_sums #(
  parameter LINES = 12,              // that there are, of the 2^ADDRESS_BITS
  parameter ADDRESS_BITS = 4,
  parameter TAPS_AT_ONCE = 4,
  parameter PRODUCT_BITS = 16,       // tap * gradient in its lowest TERM_BITS
  parameter TERM_BITS = 16,          // at most UPDATE_BITS
  parameter UPDATE_BITS = 25         // exact sum over all positions
) (
  input  wire                        clk_i,
  input  wire [ADDRESS_BITS-1:0]     address_i,   // stage 0
  input  wire [4:2]                  issued_i,    // [stage]: a line's products are made
  input  wire                        backward_i,  // they are added; else the line is cleared
  input  wire [TAPS_AT_ONCE*PRODUCT_BITS-1:0] products_i,  // stage 3
  input  wire                        read_i,      // the update's read, two cycles after address_i
  output wire [TAPS_AT_ONCE*UPDATE_BITS-1:0] line_o
);
  localparam LINE_BITS = TAPS_AT_ONCE * UPDATE_BITS;
  wire [ADDRESS_BITS-1:0] address_2, address_3;
  engram_delay #(.DATA_BITS(ADDRESS_BITS), .CYCLES(2)) u_address_2 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(address_i), .data_o(address_2)
  );
  engram_delay #(.DATA_BITS(ADDRESS_BITS), .CYCLES(1)) u_address_3 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(address_2), .data_o(address_3)
  );

  wire [LINE_BITS-1:0] line;  // sums so far, or of the update's weights
  wire [LINE_BITS-1:0] next_line;
  assign line_o = line;
  genvar t;
  generate
    for (t = 0; t < TAPS_AT_ONCE; t = t + 1) begin : gen_sum
      wire [TERM_BITS-1:0] product = products_i[t*PRODUCT_BITS +: TERM_BITS];
      wire [UPDATE_BITS-1:0] wide =
          {{(UPDATE_BITS-TERM_BITS+1){product[TERM_BITS-1]}}, product[TERM_BITS-2:0]};
      assign next_line[t*UPDATE_BITS +: UPDATE_BITS] =
          line[t*UPDATE_BITS +: UPDATE_BITS] + wide;
    end

    if (LINES > 2) begin : gen_memory
      // A word comes round after three cycles at the earliest: when it is read it was written.
      reg [LINE_BITS-1:0] line_q;
      wire [ADDRESS_BITS-1:0] address_4;
      engram_delay #(.DATA_BITS(ADDRESS_BITS), .CYCLES(1)) u_address_4 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(address_3), .data_o(address_4)
      );
      always @(posedge clk_i) line_q <= backward_i ? next_line : {LINE_BITS{1'b0}};
      engram_ram #(
        .DATA_BITS(LINE_BITS), .WORDS(1 << ADDRESS_BITS), .ADDRESS_BITS(ADDRESS_BITS)
      ) u_sums (
        .clk_i(clk_i), .write_i(issued_i[4]), .write_address_i(address_4), .write_data_i(line_q),
        .read_i((issued_i[2] && backward_i) || read_i), .read_address_i(address_2),
        .read_data_o(line)
      );
    end else begin : gen_registers
      // One or two words.
      wire second = LINES > 1 && address_3 != {ADDRESS_BITS{1'b0}};
      reg [2*LINE_BITS-1:0] lines_q;
      assign line = second ? lines_q[LINE_BITS +: LINE_BITS] : lines_q[0 +: LINE_BITS];
      always @(posedge clk_i)
        if (issued_i[3] && second)
          lines_q[LINE_BITS +: LINE_BITS] <= backward_i ? next_line : {LINE_BITS{1'b0}};
        else if (issued_i[3])
          lines_q[0 +: LINE_BITS] <= backward_i ? next_line : {LINE_BITS{1'b0}};
      wire unused_read_ok = &{1'b0, read_i};
    end
  endgenerate
  wire unused_ok = &{1'b0, products_i, issued_i};  // bits of both
endmodule

`default_nettype wire
