// engram_probe : a named tap on a stream of values, read by the benches; synthesizes to nothing.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_probe #(
  parameter INDEX_BITS = 8,
  parameter VALUE_BITS = 16  // two's complement, <= 64
) (
  input wire                  valid_i,
  input wire [INDEX_BITS-1:0] index_i,
  input wire [VALUE_BITS-1:0] value_i
);
  wire                  valid /*verilator public_flat_rd*/;
  wire [INDEX_BITS-1:0] index /*verilator public_flat_rd*/;
  wire [VALUE_BITS-1:0] value /*verilator public_flat_rd*/;

  assign valid = valid_i;
  assign index = index_i;
  assign value = value_i;
endmodule

`default_nettype wire
