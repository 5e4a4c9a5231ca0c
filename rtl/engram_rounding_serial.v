// engram_rounding_serial : engram_rounding's rho bit after bit, the lowest first.
// SPDX-License-Identifier: 0BSD
//
// Base and key are taken along in a row, and a bit is the hash of a key that moves on.
`default_nettype none

module engram_rounding_serial #(
  parameter ROUNDING = 0,          // 0 nearest, 1 stochastic, 2 truncate
  parameter ROUND_BITS = 1,        // R when stochastic, else 1
  parameter LAYER = 0,
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,
  parameter HASH_COLUMN_BITS = 6,
  parameter ROW_BITS = 4           // of the layer's own rows
) (
  input  wire                        clk_i,
  input  wire [ROUND_BITS-1:0]       base_i,
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  input  wire                        load_i,    // base and key; the cycle behind has the first bit
  input  wire                        bits_i,    // with the bits; behind them comes 0
  input  wire                        last_i,    // with the last bit
  input  wire [ROW_BITS-1:0]         row_i,     // stand with the bits
  input  wire [HASH_COLUMN_BITS-1:0] column_i,
  output wire                        round_o
);
  generate
    if (ROUNDING == 1) begin : gen_stochastic
      // Of the first layer, the bits that no row of it has are not taken along.
      localparam POSITION_BITS =
          HASH_COLUMN_BITS + (LAYER == 0 ? ROW_BITS : HASH_ROW_BITS + HASH_LAYER_BITS);
      localparam KEY_BITS = POSITION_BITS + ROUND_BITS - 1;
      localparam [HASH_LAYER_BITS-1:0] LAYER_INDEX = LAYER;
      wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS-1:0] position =
          {LAYER_INDEX, {(HASH_ROW_BITS-ROW_BITS){1'b0}}, row_i, column_i};
      reg [ROUND_BITS-1:0] base_q;
      reg [KEY_BITS-1:0]   key_q;
      always @(posedge clk_i) begin
        base_q <= load_i ? base_i : base_q >> 1;
        key_q <= load_i ? key_i[KEY_BITS-1:0] : key_q >> 1;
      end
      wire hash;
      engram_hash #(.POSITION_BITS(POSITION_BITS), .ROUND_BITS(1)) u_hash (
        .key_i(key_q[POSITION_BITS-1:0]), .position_i(position[POSITION_BITS-1:0]), .hash_o(hash)
      );
      assign round_o = bits_i && (base_q[0] ^ hash);
      wire unused_ok = &{1'b0, position, key_i, last_i};
    end else begin : gen_constant
      assign round_o = ROUNDING == 0 && last_i;
      wire unused_ok = &{1'b0, clk_i, base_i, key_i, load_i, bits_i, row_i, column_i};
    end
  endgenerate
endmodule

`default_nettype wire
