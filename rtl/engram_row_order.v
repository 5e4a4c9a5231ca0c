// engram_row_order : the order in which a layer's inputs lie in the memory in front of it.
// SPDX-License-Identifier: 0BSD
//
// A convolution writes words of POSITIONS x FILTERS_AT_ONCE values (filters innermost); input n =
// FILTERS * position + filter (algorithm: flatten). The last word of a LINE holds the positions
// that are left of it. A picture's memory is the same with one filter; behind a dense layer
// everything is 1 and the order is 0, 1, 2, ...
//
// AT_ONCE inputs are handed out at a time. Two are neighbours in a word, an even and an odd one,
// in this order; a word's last may stand alone.
`default_nettype none

module engram_row_order #(
  parameter ROWS = 16,            // inputs: lines of LINE positions of FILTERS
  parameter FILTERS = 1,          // of the convolution in front
  parameter FILTERS_AT_ONCE = 1,  // divides FILTERS
  parameter POSITIONS = 1,        // at a time
  parameter LINE = 1,             // positions of a line, >= POSITIONS
  parameter AT_ONCE = 1,          // inputs at a time, 1 or 2
  // from the others: of an input's number, of the memory, of a value's place in its word
  parameter ROW_BITS = ROWS > 1 ? $clog2(ROWS) : 1,
  parameter WORDS = ROWS / (FILTERS * LINE) * ((LINE + POSITIONS - 1) / POSITIONS) *
                    (FILTERS / FILTERS_AT_ONCE),
  parameter WORD_BITS = WORDS > 1 ? $clog2(WORDS) : 1,
  parameter SLOT_BITS = POSITIONS * FILTERS_AT_ONCE > 1 ? $clog2(POSITIONS * FILTERS_AT_ONCE) : 1
) (
  input  wire                         clk_i,
  input  wire                         clear_i,  // back to the first input
  input  wire                         next_i,
  output wire [AT_ONCE*ROW_BITS-1:0]  rows_o,
  output wire [AT_ONCE-1:0]           there_o,  // which of them there are
  output wire [WORD_BITS-1:0]         word_o,
  output wire [AT_ONCE*SLOT_BITS-1:0] slots_o,
  output wire                         word_last_o,
  output wire                         first_o,
  output wire                         last_o
);
  localparam GROUPS = FILTERS / FILTERS_AT_ONCE;
  localparam BLOCKS = (LINE + POSITIONS - 1) / POSITIONS;  // words' positions that make a line
  localparam REST = LINE - (BLOCKS - 1) * POSITIONS;       // positions of a line's last block
  localparam STRAIGHT = POSITIONS == 1 && FILTERS_AT_ONCE == 1 && ROW_BITS == WORD_BITS;
  localparam FILTER_BITS = FILTERS_AT_ONCE > 1 ? $clog2(FILTERS_AT_ONCE) : 1;
  localparam POSITION_BITS = POSITIONS > 1 ? $clog2(POSITIONS) : 1;
  localparam GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam BLOCK_BITS = BLOCKS > 1 ? $clog2(BLOCKS) : 1;
  localparam [31:0] LAST_FILTER = FILTERS_AT_ONCE - 1;
  localparam [31:0] LAST_POSITION = POSITIONS - 1;
  localparam [31:0] LAST_REST = REST - 1;
  localparam [31:0] LAST_GROUP = GROUPS - 1;
  localparam [31:0] LAST_BLOCK = BLOCKS - 1;
  // Strides of the row, modulo 2^ROW_BITS; 2^20 is a multiple of that and above every row.
  localparam [31:0] TO_NEXT_POSITION = FILTERS - FILTERS_AT_ONCE + 1;
  localparam [31:0] TO_NEXT_GROUP = (1 << 20) + 1 - (POSITIONS - 1) * FILTERS;
  localparam [31:0] TO_NEXT_GROUP_REST = (1 << 20) + 1 - (REST - 1) * FILTERS;
  localparam [31:0] LAST_WORD = WORDS - 1;
  localparam [31:0] SLOTS = AT_ONCE;

  reg [ROW_BITS-1:0]   row_q;
  reg [WORD_BITS-1:0]  word_q;
  wire [WORD_BITS-1:0] word;  // where each word is one input, its number
  reg [SLOT_BITS-1:0]  slot_q;
  reg [FILTER_BITS-1:0]   filter_q;
  reg [POSITION_BITS-1:0] position_q;
  reg [GROUP_BITS-1:0]    group_q;
  reg [BLOCK_BITS-1:0]    block_q;
  reg                     first_q;

  // A counter of one thing is at its last; a line's last block differs only where it is shorter.
  wire group_last = GROUPS == 1 || group_q == LAST_GROUP[GROUP_BITS-1:0];
  wire block_last = REST < POSITIONS && block_q == LAST_BLOCK[BLOCK_BITS-1:0];
  wire [POSITION_BITS-1:0] last_position =
      block_last ? LAST_REST[POSITION_BITS-1:0] : LAST_POSITION[POSITION_BITS-1:0];
  wire [ROW_BITS-1:0] to_next_word =
      group_last ? {{(ROW_BITS-1){1'b0}}, 1'b1} :
      block_last ? TO_NEXT_GROUP_REST[ROW_BITS-1:0] : TO_NEXT_GROUP[ROW_BITS-1:0];

  // The input that stands here, and the one behind it in the word.
  wire filter_last = FILTERS_AT_ONCE == 1 || filter_q == LAST_FILTER[FILTER_BITS-1:0];
  wire ends = filter_last && (POSITIONS == 1 || position_q == last_position);
  wire [ROW_BITS-1:0] row_next =
      row_q + (ends ? to_next_word :
               filter_last ? TO_NEXT_POSITION[ROW_BITS-1:0] : {{(ROW_BITS-1){1'b0}}, 1'b1});
  wire [FILTER_BITS-1:0] filter_next = filter_last ? {FILTER_BITS{1'b0}} : filter_q + 1'b1;
  wire [POSITION_BITS-1:0] position_next = filter_last ? position_q + 1'b1 : position_q;

  // Where it goes on after this cycle, within the word.
  wire                  word_last;
  wire [ROW_BITS-1:0]   row_after;
  wire [FILTER_BITS-1:0] filter_after;
  wire [POSITION_BITS-1:0] position_after;
  generate
    if (AT_ONCE == 1) begin : gen_one
      assign word_last = ends;
      assign row_after = row_next;
      assign filter_after = filter_next;
      assign position_after = position_next;
      assign rows_o = row_q;
      assign there_o = 1'b1;
      assign slots_o = slot_q;
    end else begin : gen_two
      wire next_filter_last =
          FILTERS_AT_ONCE == 1 || filter_next == LAST_FILTER[FILTER_BITS-1:0];
      wire next_ends = next_filter_last && (POSITIONS == 1 || position_next == last_position);
      assign word_last = ends || next_ends;
      assign row_after =
          ends ? row_next :
          row_next + (next_ends ? to_next_word :
                      next_filter_last ? TO_NEXT_POSITION[ROW_BITS-1:0]
                                       : {{(ROW_BITS-1){1'b0}}, 1'b1});
      assign filter_after = next_filter_last ? {FILTER_BITS{1'b0}} : filter_next + 1'b1;
      assign position_after = next_filter_last ? position_next + 1'b1 : position_next;
      wire odd = row_q[0];  // the one that stands here is the odd one
      wire [SLOT_BITS-1:0] slot_next = slot_q + 1'b1;
      assign rows_o = odd ? {row_q, row_next} : {row_next, row_q};
      assign there_o = odd ? {1'b1, !ends} : {!ends, 1'b1};
      assign slots_o = odd ? {slot_q, slot_next} : {slot_next, slot_q};
    end
  endgenerate

  always @(posedge clk_i)
    if (clear_i) begin
      row_q <= {ROW_BITS{1'b0}};
      word_q <= {WORD_BITS{1'b0}};
      slot_q <= {SLOT_BITS{1'b0}};
      filter_q <= {FILTER_BITS{1'b0}};
      position_q <= {POSITION_BITS{1'b0}};
      group_q <= {GROUP_BITS{1'b0}};
      block_q <= {BLOCK_BITS{1'b0}};
      first_q <= 1'b1;
    end else if (next_i) begin
      first_q <= last_o;
      row_q <= row_after;
      slot_q <= word_last ? {SLOT_BITS{1'b0}} : slot_q + SLOTS[SLOT_BITS-1:0];
      filter_q <= word_last ? {FILTER_BITS{1'b0}} : filter_after;
      position_q <= word_last ? {POSITION_BITS{1'b0}} : position_after;
      if (word_last) begin
        word_q <= word_q + 1'b1;
        group_q <= group_last ? {GROUP_BITS{1'b0}} : group_q + 1'b1;
        if (group_last) block_q <= block_last ? {BLOCK_BITS{1'b0}} : block_q + 1'b1;
      end
    end

  generate
    if (STRAIGHT != 0) begin : gen_straight
      assign word = row_q;
      wire unused_word_ok = &{1'b0, word_q};
    end else begin : gen_words
      assign word = word_q;
    end
  endgenerate
  assign word_o = word;
  assign word_last_o = word_last;
  assign first_o = first_q;
  assign last_o = word == LAST_WORD[WORD_BITS-1:0] && word_last;
  wire unused_ok = &{1'b0, SLOTS, LAST_WORD, LAST_FILTER, LAST_POSITION, LAST_REST, LAST_GROUP,
                     LAST_BLOCK, last_position, block_last, group_last, TO_NEXT_POSITION,
                     TO_NEXT_GROUP, TO_NEXT_GROUP_REST};
endmodule

`default_nettype wire
