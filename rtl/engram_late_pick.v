// engram_late_pick : engram_pick among many, in two steps with a register between them.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_late_pick #(
  parameter VALUE_BITS = 16,
  parameter VALUES = 48,    // >= 1
  parameter INDEX_BITS = 6, // 2^INDEX_BITS >= VALUES
  parameter COPIES = 1      // of the index, each for as many parts of the values
) (
  input  wire                         clk_i,
  input  wire [VALUES*VALUE_BITS-1:0] values_i,
  input  wire [COPIES*INDEX_BITS-1:0] index_i,
  output wire [VALUE_BITS-1:0]        value_o  // a cycle later; zero behind the last one
);
  localparam LOW_BITS = INDEX_BITS < 3 ? INDEX_BITS : 3;  // picked first
  localparam HIGH_BITS = INDEX_BITS > LOW_BITS ? INDEX_BITS - LOW_BITS : 1;
  localparam PART = 1 << LOW_BITS;
  localparam PARTS = (VALUES + PART - 1) / PART;
  reg [PARTS*VALUE_BITS-1:0] parts_q;
  reg [HIGH_BITS-1:0]        high_q;
  wire [INDEX_BITS:0]        high = {1'b0, index_i[INDEX_BITS-1:0]} >> LOW_BITS;
  always @(posedge clk_i) high_q <= high[HIGH_BITS-1:0];
  wire unused_ok = &{1'b0, high, index_i};

  genvar p;
  generate
    for (p = 0; p < PARTS; p = p + 1) begin : gen_part
      localparam FIRST = p * PART;
      localparam COPY = p * COPIES / PARTS;
      localparam HERE = FIRST + PART > VALUES ? VALUES - FIRST : PART;
      wire [VALUE_BITS-1:0] value;
      engram_pick #(.VALUE_BITS(VALUE_BITS), .VALUES(HERE), .INDEX_BITS(LOW_BITS)) u_low (
        .values_i(values_i[FIRST*VALUE_BITS +: HERE*VALUE_BITS]),
        .index_i(index_i[COPY*INDEX_BITS +: LOW_BITS]), .value_o(value)
      );
      always @(posedge clk_i) parts_q[p*VALUE_BITS +: VALUE_BITS] <= value;
    end
  endgenerate
  engram_pick #(.VALUE_BITS(VALUE_BITS), .VALUES(PARTS), .INDEX_BITS(HIGH_BITS)) u_high (
    .values_i(parts_q), .index_i(high_q), .value_o(value_o)
  );
endmodule

`default_nettype wire
