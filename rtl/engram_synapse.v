// engram_synapse : the update of a weight's word by its layer's synapse, two cycles.
// SPDX-License-Identifier: 0BSD
//
// A core of a net in which a layer has another synapse than fixed_point stands with another
// engram_synapse.v of the same ports and parameters; LAYER is for that one.
`default_nettype none

module engram_synapse #(
  parameter LAYER = 0,
  parameter WORD_BITS = 16,
  parameter U_BITS = 32,
  parameter SHIFT = 11,
  parameter RATE_BITS = 4,
  parameter ROUNDING = 0,
  parameter ROUND_BITS = 1
) (
  input  wire                          clk_i,
  input  wire signed [WORD_BITS-1:0]   weight_i,
  input  wire signed [U_BITS-1:0]      u_i,
  input  wire [RATE_BITS-1:0]          rate_i,
  input  wire [ROUND_BITS-1:0]         round_i,
  output wire [WORD_BITS-1:0]          weight_o,
  output wire                          changed_o,
  output wire                          lost_o
);
  engram_update #(
    .WEIGHT_BITS(WORD_BITS), .U_BITS(U_BITS), .SHIFT(SHIFT), .RATE_BITS(RATE_BITS),
    .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS)
  ) u_update (
    .clk_i(clk_i), .weight_i(weight_i), .u_i(u_i), .rate_i(rate_i), .round_i(round_i),
    .weight_o(weight_o), .changed_o(changed_o), .lost_o(lost_o)
  );
  wire unused_ok = &{1'b0, LAYER != 0};
endmodule

`default_nettype wire
