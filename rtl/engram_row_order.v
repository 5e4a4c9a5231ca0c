// engram_row_order : the order in which a layer's inputs lie in its activation memory.
// SPDX-License-Identifier: 0BSD
//
// A convolution writes words of POSITIONS x FILTERS_AT_ONCE values (filters innermost); input n =
// FILTERS * position + filter (algorithm: flatten). Behind a dense layer all three are 1 and the
// order is 0, 1, 2, ...
`default_nettype none

module engram_row_order #(
  parameter ROWS = 16,            // inputs
  parameter ROW_BITS = 4,
  parameter FILTERS = 1,          // of the convolution in front
  parameter FILTERS_AT_ONCE = 1,  // divides FILTERS
  parameter POSITIONS = 1,        // at a time
  parameter WORD_BITS = 4,        // words of the activation memory
  parameter SLOT_BITS = 1         // values of a word
) (
  input  wire                 clk_i,
  input  wire                 clear_i,  // back to the first input
  input  wire                 next_i,
  output wire [ROW_BITS-1:0]  row_o,
  output wire [WORD_BITS-1:0] word_o,
  output wire [SLOT_BITS-1:0] slot_o,
  output wire                 last_o
);
  localparam GROUPS = FILTERS / FILTERS_AT_ONCE;
  localparam COUNT_BITS = 13;  // up to 4,096 positions, 16 filters
  localparam [COUNT_BITS-1:0] LAST_FILTER = FILTERS_AT_ONCE - 1;
  localparam [COUNT_BITS-1:0] LAST_POSITION = POSITIONS - 1;
  localparam [COUNT_BITS-1:0] LAST_GROUP = GROUPS - 1;
  localparam [ROW_BITS:0] TO_NEXT_POSITION = FILTERS - FILTERS_AT_ONCE + 1;
  localparam [31:0] BACK_TO_FIRST = (1 << (ROW_BITS + 1)) - ((POSITIONS - 1) * FILTERS - 1);
  localparam [ROW_BITS:0] TO_NEXT_GROUP = BACK_TO_FIRST[ROW_BITS:0];
  localparam [31:0] WORDS = ROWS / (POSITIONS * FILTERS_AT_ONCE);
  localparam [31:0] LAST_WORD = WORDS - 1;

  reg [ROW_BITS-1:0]   row_q;
  reg [WORD_BITS-1:0]  word_q;
  reg [SLOT_BITS-1:0]  slot_q;
  reg [COUNT_BITS-1:0] filter_q, position_q, group_q;

  wire filter_last = filter_q == LAST_FILTER;
  wire position_last = position_q == LAST_POSITION;
  wire group_last = group_q == LAST_GROUP;
  wire word_last = filter_last && position_last;

  wire [ROW_BITS:0] stride =
      !filter_last ? {{ROW_BITS{1'b0}}, 1'b1} :
      !position_last ? TO_NEXT_POSITION :
      !group_last ? TO_NEXT_GROUP : {{ROW_BITS{1'b0}}, 1'b1};
  wire [ROW_BITS:0] next_row = {1'b0, row_q} + stride;
  wire unused_ok = &{1'b0, next_row[ROW_BITS]};

  always @(posedge clk_i)
    if (clear_i) begin
      row_q <= {ROW_BITS{1'b0}};
      word_q <= {WORD_BITS{1'b0}};
      slot_q <= {SLOT_BITS{1'b0}};
      filter_q <= {COUNT_BITS{1'b0}};
      position_q <= {COUNT_BITS{1'b0}};
      group_q <= {COUNT_BITS{1'b0}};
    end else if (next_i) begin
      row_q <= next_row[ROW_BITS-1:0];
      slot_q <= word_last ? {SLOT_BITS{1'b0}} : slot_q + 1'b1;
      if (word_last) word_q <= word_q + 1'b1;
      filter_q <= filter_last ? {COUNT_BITS{1'b0}} : filter_q + 1'b1;
      if (filter_last) position_q <= position_last ? {COUNT_BITS{1'b0}} : position_q + 1'b1;
      if (word_last) group_q <= group_last ? {COUNT_BITS{1'b0}} : group_q + 1'b1;
    end

  assign row_o = row_q;
  assign word_o = word_q;
  assign slot_o = slot_q;
  assign last_o = word_q == LAST_WORD[WORD_BITS-1:0] && word_last;
endmodule

`default_nettype wire
