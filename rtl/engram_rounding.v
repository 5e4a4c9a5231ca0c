// engram_rounding : rho, with which a weight's update is rounded: half a unit, random bits of the
//   weight's place, or nothing (E16).
// SPDX-License-Identifier: 0BSD
//
// Combinational. Random bits are linear in the place: where row and column are known in different
// stages, the row's rho (with the column 0) is the base_i of another one of layer and row 0.
`default_nettype none

module engram_rounding #(
  parameter ROUNDING = 0,          // 0 nearest, 1 stochastic, 2 truncate
  parameter ROUND_BITS = 1,        // R when stochastic, else 1
  parameter LAYER = 0,
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,
  parameter HASH_COLUMN_BITS = 6
) (
  input  wire [ROUND_BITS-1:0]       base_i,
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  input  wire [HASH_ROW_BITS-1:0]    row_i,
  input  wire [HASH_COLUMN_BITS-1:0] column_i,
  output wire [ROUND_BITS-1:0]       round_o
);
  generate
    if (ROUNDING == 1) begin : gen_stochastic
      localparam [HASH_LAYER_BITS-1:0] LAYER_INDEX = LAYER;
      wire [ROUND_BITS-1:0] hash;
      engram_hash #(
        .POSITION_BITS(HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS), .ROUND_BITS(ROUND_BITS)
      ) u_hash (
        .key_i(key_i), .position_i({LAYER_INDEX, row_i, column_i}), .hash_o(hash)
      );
      assign round_o = base_i ^ hash;
    end else begin : gen_constant
      assign round_o = ROUNDING == 0 ? {1'b1, {(ROUND_BITS-1){1'b0}}} : {ROUND_BITS{1'b0}};
      wire unused_ok = &{1'b0, base_i, key_i, row_i, column_i};
    end
  endgenerate
endmodule

`default_nettype wire
