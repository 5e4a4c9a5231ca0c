// engram_ordinal : the number of the next one of a row that comes again and again.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_ordinal #(
  parameter COUNT = 64,  // of a row, >= 1
  parameter BITS = 6     // 2^BITS >= COUNT
) (
  input  wire            clk_i,
  input  wire            start_i,    // begins anew
  input  wire            next_i,     // one comes
  output wire [BITS-1:0] ordinal_o,  // its number
  output wire            last_o      // it is the row's last
);
  localparam [31:0] BEFORE_LAST = COUNT - 2;
  wire unused_ok = &{1'b0, BEFORE_LAST};
  reg [BITS-1:0] ordinal_q;
  reg            last_q;
  assign ordinal_o = ordinal_q;
  assign last_o = last_q;
  always @(posedge clk_i)
    if (start_i || (next_i && last_q)) begin
      ordinal_q <= {BITS{1'b0}};
      last_q <= COUNT == 1;
    end else if (next_i) begin
      ordinal_q <= ordinal_q + 1'b1;
      last_q <= ordinal_q == BEFORE_LAST[BITS-1:0];
    end
endmodule

`default_nettype wire
