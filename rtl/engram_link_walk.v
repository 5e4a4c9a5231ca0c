// engram_link_walk : the way of engram_link_executor through a block of words: address, columns and
//   rows that are left.
// SPDX-License-Identifier: 0BSD
//
// All of them turn around, lowest bit first: address past a serial adder (the next word, or the
// block's stride to the next row), counts past a serial decrement. The columns' register also has,
// with pixels, the complement of the part that is due.
`default_nettype none

module engram_link_walk #(
  parameter ADDRESS_BITS = 23
) (
  input  wire       clk_i,
  // the run
  input  wire       fresh_i,          // before it
  input  wire       run_i,
  input  wire [4:0] bit_i,
  input  wire       memory_bit_i,
  // what turns around
  input  wire       address_load_i,
  input  wire       address_moves_i,
  input  wire       columns_load_i,
  input  wire       columns_move_i,
  input  wire       rows_load_i,      // behind the columns
  input  wire       step_i,           // one column less
  input  wire       row_i,            // one row less, and the memory's stride
  input  wire       first_i,          // part 0 is due
  output wire [ADDRESS_BITS-1:0] address_o,
  output wire       due_bit_o,        // of the columns
  output wire       left_o            // columns or rows are left
);
  reg [ADDRESS_BITS-1:0] address_q;
  reg [15:0] columns_q, rows_q;
  reg borrow_q, carry_q, left_q;
  wire term = row_i ? memory_bit_i : bit_i == 5'd2;
  wire address_turn = run_i && address_moves_i && {27'd0, bit_i} < ADDRESS_BITS;
  wire count_bit = row_i ? rows_q[0] : columns_q[0];
  wire counted = count_bit ^ borrow_q;  // one less
  wire columns_turn = run_i && columns_move_i && !bit_i[4];
  wire rows_turn = run_i && (bit_i[4] ? rows_load_i : row_i);
  always @(posedge clk_i) begin
    if (address_turn)
      address_q <= {address_load_i ? memory_bit_i : address_q[0] ^ term ^ carry_q,
                    address_q[ADDRESS_BITS-1:1]};
    if (columns_turn)
      columns_q <= {columns_load_i ? memory_bit_i : first_i || (step_i ? counted : columns_q[0]),
                    columns_q[15:1]};
    if (rows_turn) rows_q <= {row_i ? counted : memory_bit_i, rows_q[15:1]};
    carry_q <= run_i && ((address_q[0] && term) || (carry_q && (address_q[0] || term)));
    borrow_q <= fresh_i || (borrow_q && !count_bit);
    if (fresh_i) left_q <= 1'b0;
    else if (run_i && !bit_i[4]) left_q <= left_q || counted;
  end
  assign address_o = address_q;
  assign due_bit_o = columns_q[0];
  assign left_o = left_q;
endmodule

`default_nettype wire
