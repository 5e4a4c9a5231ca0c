// leaf_row_order : engram_row_order, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_row_order #(
  parameter CASES = 36,
  parameter FIELDS = 10,
  parameter IN_BITS = 32,  // of a case
  parameter OUT_BITS = 128
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // ROWS ROW_BITS FILTERS FILTERS_AT_ONCE POSITIONS LINE WORDS WORD_BITS SLOT_BITS AT_ONCE
    32'd16, 32'd4, 32'd1, 32'd1, 32'd1, 32'd1, 32'd16, 32'd4, 32'd1, 32'd1,
    32'd1875, 32'd11, 32'd3, 32'd1, 32'd1, 32'd25, 32'd1875, 32'd11, 32'd1, 32'd1,
    32'd1875, 32'd11, 32'd3, 32'd3, 32'd1, 32'd25, 32'd625, 32'd10, 32'd2, 32'd1,
    32'd1875, 32'd11, 32'd3, 32'd1, 32'd5, 32'd25, 32'd375, 32'd9, 32'd3, 32'd1,
    32'd1875, 32'd11, 32'd3, 32'd3, 32'd25, 32'd25, 32'd25, 32'd5, 32'd7, 32'd1,
    32'd72, 32'd7, 32'd2, 32'd1, 32'd2, 32'd6, 32'd36, 32'd6, 32'd1, 32'd1,
    32'd72, 32'd7, 32'd2, 32'd2, 32'd36, 32'd36, 32'd1, 32'd1, 32'd7, 32'd1,
    32'd400, 32'd9, 32'd16, 32'd4, 32'd5, 32'd5, 32'd20, 32'd5, 32'd5, 32'd1,
    32'd64, 32'd6, 32'd1, 32'd1, 32'd8, 32'd8, 32'd8, 32'd3, 32'd3, 32'd1,
    32'd2, 32'd1, 32'd2, 32'd1, 32'd1, 32'd1, 32'd2, 32'd1, 32'd1, 32'd1,
    32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1,
    32'd63504, 32'd16, 32'd16, 32'd8, 32'd63, 32'd63, 32'd126, 32'd7, 32'd9, 32'd1,
    32'd16384, 32'd14, 32'd4, 32'd2, 32'd64, 32'd64, 32'd128, 32'd7, 32'd7, 32'd1,
    32'd1875, 32'd11, 32'd3, 32'd1, 32'd4, 32'd25, 32'd525, 32'd10, 32'd2, 32'd1,
    32'd1875, 32'd11, 32'd3, 32'd3, 32'd24, 32'd25, 32'd50, 32'd6, 32'd7, 32'd1,
    32'd72, 32'd7, 32'd2, 32'd1, 32'd5, 32'd6, 32'd24, 32'd5, 32'd3, 32'd1,
    32'd84, 32'd7, 32'd4, 32'd2, 32'd2, 32'd7, 32'd24, 32'd5, 32'd2, 32'd1,
    32'd20, 32'd5, 32'd1, 32'd1, 32'd3, 32'd5, 32'd8, 32'd3, 32'd2, 32'd1,
    32'd1875, 32'd11, 32'd3, 32'd1, 32'd2, 32'd25, 32'd975, 32'd10, 32'd1, 32'd2,
    32'd1875, 32'd11, 32'd3, 32'd3, 32'd1, 32'd25, 32'd625, 32'd10, 32'd2, 32'd2,
    32'd1875, 32'd11, 32'd3, 32'd1, 32'd25, 32'd25, 32'd75, 32'd7, 32'd5, 32'd2,
    32'd1875, 32'd11, 32'd3, 32'd3, 32'd7, 32'd25, 32'd100, 32'd7, 32'd5, 32'd2,
    32'd72, 32'd7, 32'd2, 32'd2, 32'd1, 32'd6, 32'd36, 32'd6, 32'd1, 32'd2,
    32'd140, 32'd8, 32'd4, 32'd2, 32'd3, 32'd7, 32'd30, 32'd5, 32'd3, 32'd2,
    32'd150, 32'd8, 32'd6, 32'd3, 32'd1, 32'd5, 32'd50, 32'd6, 32'd2, 32'd2,
    32'd784, 32'd10, 32'd1, 32'd1, 32'd2, 32'd28, 32'd392, 32'd9, 32'd1, 32'd2,
    32'd35, 32'd6, 32'd1, 32'd1, 32'd2, 32'd7, 32'd20, 32'd5, 32'd1, 32'd2,
    32'd9, 32'd4, 32'd1, 32'd1, 32'd3, 32'd3, 32'd3, 32'd2, 32'd2, 32'd2,
    32'd5, 32'd3, 32'd1, 32'd1, 32'd2, 32'd1, 32'd5, 32'd3, 32'd1, 32'd2,
    32'd1, 32'd1, 32'd1, 32'd1, 32'd2, 32'd1, 32'd1, 32'd1, 32'd1, 32'd2,
    32'd2, 32'd1, 32'd2, 32'd2, 32'd1, 32'd1, 32'd1, 32'd1, 32'd1, 32'd2,
    32'd105, 32'd7, 32'd5, 32'd5, 32'd4, 32'd7, 32'd6, 32'd3, 32'd5, 32'd2,
    32'd540, 32'd10, 32'd15, 32'd3, 32'd2, 32'd9, 32'd100, 32'd7, 32'd3, 32'd2,
    32'd72, 32'd7, 32'd2, 32'd2, 32'd12, 32'd12, 32'd3, 32'd2, 32'd5, 32'd2,
    32'd63504, 32'd16, 32'd16, 32'd16, 32'd62, 32'd63, 32'd126, 32'd7, 32'd10, 32'd2,
    32'd37, 32'd6, 32'd1, 32'd1, 32'd2, 32'd1, 32'd37, 32'd6, 32'd1, 32'd2
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c, i;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam ROW_BITS = of(c, 1), WORD_BITS = of(c, 7), SLOT_BITS = of(c, 8),
                 AT_ONCE = of(c, 9);
      wire [AT_ONCE*ROW_BITS-1:0] rows;
      wire [AT_ONCE*SLOT_BITS-1:0] slots;
      wire [1:0] there;
      wire [WORD_BITS-1:0] word;
      wire word_last, first, last;
      engram_row_order #(
        .ROWS(of(c, 0)), .FILTERS(of(c, 2)), .FILTERS_AT_ONCE(of(c, 3)), .POSITIONS(of(c, 4)),
        .LINE(of(c, 5)), .AT_ONCE(AT_ONCE)
      ) u_leaf (
        .clk_i(clk_i), .clear_i(in[0]), .next_i(in[1]),
        .rows_o(rows), .there_o(there[AT_ONCE-1:0]), .word_o(word), .slots_o(slots),
        .word_last_o(word_last), .first_o(first), .last_o(last)
      );
      if (AT_ONCE == 1) begin : gen_one
        assign there[1] = 1'b0;
      end
      wire [15:0] word_half = word;
      for (i = 0; i < 2; i = i + 1) begin : gen_at_once
        if (i < AT_ONCE) begin : gen_used
          assign out_o[c*OUT_BITS + 32 + 32*i +: 16] = rows[i*ROW_BITS +: ROW_BITS];
          assign out_o[c*OUT_BITS + 48 + 32*i +: 16] = slots[i*SLOT_BITS +: SLOT_BITS];
        end else begin : gen_unused
          assign out_o[c*OUT_BITS + 32 + 32*i +: 32] = 32'd0;
        end
      end
      assign out_o[c*OUT_BITS +: 32] = {last, first, word_last, there, word_half};
      assign out_o[c*OUT_BITS + 96 +: 32] = 32'd0;
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
