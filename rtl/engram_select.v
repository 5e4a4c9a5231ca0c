// engram_select : picks values out of a memory's word, a register behind it.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_select #(
  parameter VALUE_BITS = 16,
  parameter VALUES = 1,     // in a word, >= 1
  parameter SLOT_BITS = 1,  // of a value's place in its word
  parameter SELECTED = 1,   // values picked at a time
  parameter COPIES = 1      // engram_copies of them
) (
  input  wire                           clk_i,
  input  wire                           read_i,    // the word is on its way
  input  wire [SELECTED*SLOT_BITS-1:0]  slots_i,
  // one cycle after read_i
  input  wire [VALUES*VALUE_BITS-1:0]   word_i,
  // two cycles after read_i
  output wire [COPIES*SELECTED*VALUE_BITS-1:0] values_o
);
  wire [SELECTED*VALUE_BITS-1:0] values;
  engram_copies #(.DATA_BITS(SELECTED*VALUE_BITS), .COPIES(COPIES)) u_values (
    .clk_i(clk_i), .data_i(values), .copies_o(values_o)
  );

  genvar s;
  generate
    if (VALUES == 1) begin : gen_single
      wire unused_ok = &{1'b0, read_i, slots_i};
      assign values = {SELECTED{word_i}};
    end else begin : gen_word
      reg [SELECTED*SLOT_BITS-1:0] slots_q;
      always @(posedge clk_i)
        if (read_i) slots_q <= slots_i;

      for (s = 0; s < SELECTED; s = s + 1) begin : gen_selected
        engram_pick #(.VALUE_BITS(VALUE_BITS), .VALUES(VALUES), .INDEX_BITS(SLOT_BITS)) u_value (
          .values_i(word_i), .index_i(slots_q[s*SLOT_BITS +: SLOT_BITS]),
          .value_o(values[s*VALUE_BITS +: VALUE_BITS])
        );
      end
    end
  endgenerate
endmodule

`default_nettype wire
