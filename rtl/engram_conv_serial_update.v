// engram_conv_serial_update : engram_conv_serial's update of its weights (E16), one by one and bit
//   by bit.
// SPDX-License-Identifier: 0BSD
//
// w <- sat(w - floor((u + rho) / 2^s)), s = UPDATE_SHIFT + rate, as engram_update, from the lowest
// bit on. u stands still meanwhile, so that its bit is that of the cycle plus the rate.
//
// A weight's cycles: 2 word and sums read, 4 the weight taken, from FIRST on a bit of the rounding
// a cycle, from WEIGHT on one of the weight, from ABOVE on of what may overflow it; in LAST - 1 the
// weight is saturated, in LAST written.
//
// Parameters are engram_conv_serial's, but for WEIGHT_BITS.
`default_nettype none

module engram_conv_serial_update #(
  parameter WEIGHT_BITS = 8,         // of a stored weight
  parameter UPDATE_BITS = 25,
  parameter UPDATE_SHIFT = 6,
  parameter RATE_BITS = 4,
  parameter ROUNDING = 1,            // engram_rounding
  parameter ROUND_BITS = 10,
  parameter LAYER = 0,
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,
  parameter HASH_COLUMN_BITS = 6,
  parameter TAP_BITS = 4
) (
  input  wire                        clk_i,
  input  wire                        rst_i,
  input  wire                        start_i,
  input  wire                        last_i,     // the last weight has its cycles
  input  wire                        freeze_i,
  input  wire [RATE_BITS-1:0]        rate_i,
  input  wire [ROUND_BITS-1:0]       base_i,
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  // the weight, from its third cycle on
  input  wire [TAP_BITS-1:0]         tap_i,
  input  wire [HASH_COLUMN_BITS-1:0] filter_i,
  input  wire [UPDATE_BITS-1:0]      u_i,        // its gradient's sum
  input  wire [WEIGHT_BITS-1:0]      old_i,      // as it was
  input  wire [WEIGHT_BITS-1:0]      weight_i,   // weight_o a cycle ago
  output wire [WEIGHT_BITS-1:0]      weight_o,   // on its way to the new one
  // what is done
  output wire                        active_o,
  output wire                        read_o,     // word and sums are read
  output wire                        end_o,      // the weight's last cycle
  output wire                        write_o,    // it is written
  output wire                        updated_o,  // the last weight's last cycle
  output wire                        lost_o
);
  localparam STEP_BITS = UPDATE_BITS - UPDATE_SHIFT + 1;
  localparam FIRST = 4;
  localparam WEIGHT = FIRST + ROUND_BITS;
  localparam ABOVE = WEIGHT + WEIGHT_BITS;
  localparam LAST = WEIGHT + (STEP_BITS > WEIGHT_BITS ? STEP_BITS : WEIGHT_BITS) + 2;
  localparam CYCLE_BITS = $clog2(LAST + (1 << RATE_BITS));
  reg                  update_q;
  reg [CYCLE_BITS-1:0] cycle_q;
  wire [31:0] cycle = {{(32-CYCLE_BITS){1'b0}}, cycle_q};  // to compare with integers
  reg weight_end_q, update_end_q;  // the place stands while a weight has its cycles
  always @(posedge clk_i) begin
    weight_end_q <= cycle == LAST - 1 && !rst_i;
    update_end_q <= cycle == LAST - 1 && !rst_i && last_i;
    if (rst_i || update_end_q) update_q <= 1'b0;
    else if (start_i) update_q <= 1'b1;
    cycle_q <= update_q && !weight_end_q && !rst_i ? cycle_q + 1'b1 : {CYCLE_BITS{1'b0}};
  end
  wire changed = weight_i != old_i;
  assign active_o = update_q;
  assign read_o = cycle == 2;
  assign end_o = weight_end_q;
  assign write_o = weight_end_q && changed && !freeze_i;
  assign updated_o = update_end_q;

  localparam LEFT = ROUND_BITS > UPDATE_SHIFT ? ROUND_BITS - UPDATE_SHIFT : 0;
  localparam RIGHT = UPDATE_SHIFT > ROUND_BITS ? UPDATE_SHIFT - ROUND_BITS : 0;
  localparam ALIGN = FIRST - 1 + LEFT;
  localparam U_BITS = (1 << CYCLE_BITS) + ALIGN + UPDATE_BITS + RIGHT;
  wire signed [U_BITS-1:0] u_wide =
      $signed({{(U_BITS-UPDATE_BITS-ALIGN){u_i[UPDATE_BITS-1]}}, u_i, {ALIGN{1'b0}}}) >>> RIGHT;
  wire [(1<<CYCLE_BITS)-1:0] u_bits = u_wide[(1<<CYCLE_BITS)-1:0];
  wire [CYCLE_BITS-1:0] u_index = cycle_q + {{(CYCLE_BITS-RATE_BITS){1'b0}}, rate_i};
  // With random bits, what is below them is rounded: its first bit is the carry into them.
  wire [(1<<RATE_BITS)-1:0] below = u_bits[FIRST-2 +: 1<<RATE_BITS];
  wire unused_u_ok = &{1'b0, u_wide, below};

  wire round;  // a bit of rho
  engram_rounding_serial #(
    .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS), .LAYER(LAYER),
    .HASH_LAYER_BITS(HASH_LAYER_BITS), .HASH_ROW_BITS(HASH_ROW_BITS),
    .HASH_COLUMN_BITS(HASH_COLUMN_BITS), .ROW_BITS(TAP_BITS)
  ) u_rounding (
    .clk_i(clk_i), .base_i(base_i), .key_i(key_i), .load_i(cycle < FIRST),
    .bits_i(cycle < WEIGHT), .last_i(cycle == WEIGHT - 1), .row_i(tap_i), .column_i(filter_i),
    .round_o(round)
  );

  reg  u_bit_q, carry_q, borrow_q;
  reg  fits_q;      // all bits above the weight are as its sign
  reg  negative_q;  // the last bit
  reg  moved_q;     // u is not zero
  wire step_bit = u_bit_q ^ round ^ carry_q;
  wire old_bit = cycle < ABOVE ? weight_i[0] : old_i[WEIGHT_BITS-1];
  wire new_bit = old_bit ^ step_bit ^ borrow_q;
  always @(posedge clk_i) begin
    u_bit_q <= u_bits[u_index];
    carry_q <= cycle >= FIRST ? (u_bit_q && (round || carry_q)) || (round && carry_q)
                              : ROUNDING == 1 && below[rate_i];
    borrow_q <= cycle >= WEIGHT &&
                ((!old_bit && (step_bit || borrow_q)) || (step_bit && borrow_q));
    fits_q <= cycle < ABOVE || (fits_q && new_bit == weight_i[WEIGHT_BITS-1]);
    negative_q <= new_bit;
    moved_q <= |u_i;
  end
  assign weight_o =
      cycle <= FIRST ? old_i :
      cycle >= WEIGHT && cycle < ABOVE ? {new_bit, weight_i[WEIGHT_BITS-1:1]} :
      cycle == LAST - 1 && !fits_q ? {negative_q, {(WEIGHT_BITS-1){!negative_q}}} : weight_i;
  assign lost_o = weight_end_q && moved_q && !changed && !freeze_i;
endmodule

`default_nettype wire
