// engram_conv_update : the update of the convolution's weights (E16), one a cycle, in their order.
// SPDX-License-Identifier: 0BSD
//
// Stage 0 finds the weight and its gradient, stage 1 has them in registers; the weight is written
// with stage 3.
//
// Parameters are engram_conv's, but for WEIGHT_BITS.
`default_nettype none

module engram_conv_update #(
  parameter FILTERS = 3,
  parameter TAPS = 16,
  parameter WEIGHT_BITS = 16,      // of a stored weight
  parameter UPDATE_BITS = 33,
  parameter UPDATE_SHIFT = 8,
  parameter RATE_BITS = 4,
  parameter ROUNDING = 0,          // engram_rounding
  parameter ROUND_BITS = 1,
  parameter LAYER = 0,
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,
  parameter HASH_COLUMN_BITS = 6,
  // from the others
  parameter FILTER_BITS = FILTERS > 1 ? $clog2(FILTERS) : 1,
  parameter TAP_BITS = TAPS > 1 ? $clog2(TAPS) : 1,
  parameter PLACE_BITS = TAP_BITS + FILTER_BITS
) (
  input  wire                   clk_i,
  input  wire                   rst_i,
  input  wire                   start_i,
  input  wire                   freeze_i,
  input  wire [RATE_BITS-1:0]   rate_i,
  input  wire [ROUND_BITS-1:0]  base_i,
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  // stage 0; the weight a cycle later
  output wire                   active_o,
  output wire [PLACE_BITS-1:0]  place_o,      // row * FILTERS + unit
  input  wire [UPDATE_BITS-1:0] u_i,
  input  wire [WEIGHT_BITS-1:0] weight_i,
  // written
  output wire                   next_o,       // a cycle before write_o may come
  output wire [PLACE_BITS-1:0]  next_place_o,
  output wire                   write_o,
  output wire [WEIGHT_BITS-1:0] weight_o,
  output wire                   updated_o,    // the last weight is being written
  output wire                   lost_o
);
  localparam [31:0] LAST_TAP = TAPS - 1;
  localparam [31:0] LAST_FILTER = FILTERS - 1;
  wire unused_ok = &{1'b0, LAST_TAP, LAST_FILTER};

  reg                   update_q;
  reg [TAP_BITS-1:0]    tap_q;
  reg [FILTER_BITS-1:0] filter_q;
  reg [PLACE_BITS-1:0]  place_q;  // tap_q * FILTERS + filter_q
  wire filter_last = filter_q == LAST_FILTER[FILTER_BITS-1:0];
  wire tap_last = tap_q == LAST_TAP[TAP_BITS-1:0];
  always @(posedge clk_i)
    if (rst_i) update_q <= 1'b0;
    else if (start_i) begin
      update_q <= 1'b1;
      tap_q <= {TAP_BITS{1'b0}};
      filter_q <= {FILTER_BITS{1'b0}};
      place_q <= {PLACE_BITS{1'b0}};
    end else if (update_q) begin
      place_q <= place_q + 1'b1;
      filter_q <= filter_last ? {FILTER_BITS{1'b0}} : filter_q + 1'b1;
      if (filter_last) tap_q <= tap_q + 1'b1;
      if (filter_last && tap_last) update_q <= 1'b0;
    end
  assign active_o = update_q;
  assign place_o = place_q;

  wire [ROUND_BITS-1:0] round;
  engram_rounding #(
    .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS), .LAYER(LAYER),
    .HASH_LAYER_BITS(HASH_LAYER_BITS), .HASH_ROW_BITS(HASH_ROW_BITS),
    .HASH_COLUMN_BITS(HASH_COLUMN_BITS)
  ) u_rounding (
    .base_i(base_i), .key_i(key_i), .row_i({{(HASH_ROW_BITS-TAP_BITS){1'b0}}, tap_q}),
    .column_i({{(HASH_COLUMN_BITS-FILTER_BITS){1'b0}}, filter_q}), .round_o(round)
  );

  reg                   valid_0_q, last_0_q;
  reg [PLACE_BITS-1:0]  place_0_q;
  reg [UPDATE_BITS-1:0] u_0_q;
  reg [ROUND_BITS-1:0]  round_0_q;
  reg                   valid_1_q, last_1_q;
  reg [PLACE_BITS-1:0]  place_1_q;
  reg [WEIGHT_BITS-1:0] weight_1_q;
  reg [UPDATE_BITS-1:0] u_1_q;
  reg [ROUND_BITS-1:0]  round_1_q;
  always @(posedge clk_i) begin
    valid_0_q <= update_q && !rst_i;
    last_0_q <= filter_last && tap_last;
    place_0_q <= place_q;
    u_0_q <= u_i;
    round_0_q <= round;
    valid_1_q <= valid_0_q && !rst_i;
    last_1_q <= last_0_q;
    place_1_q <= place_0_q;
    weight_1_q <= weight_i;
    u_1_q <= u_0_q;
    round_1_q <= round_0_q;
  end

  // It stands still while weights are updated; a register apart from the other layers'.
  wire [RATE_BITS-1:0] rate;
  (* keep_hierarchy *)
  engram_delay #(.DATA_BITS(RATE_BITS), .CYCLES(1)) u_rate (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(rate_i), .data_o(rate)
  );
  wire changed, lost;
  engram_update #(
    .WEIGHT_BITS(WEIGHT_BITS), .U_BITS(UPDATE_BITS), .SHIFT(UPDATE_SHIFT),
    .RATE_BITS(RATE_BITS), .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS)
  ) u_update (
    .clk_i(clk_i), .weight_i(weight_1_q), .u_i(u_1_q), .rate_i(rate), .round_i(round_1_q),
    .weight_o(weight_o), .changed_o(changed), .lost_o(lost)
  );
  wire valid_2, last_2, valid_3;
  engram_delay #(.DATA_BITS(2), .CYCLES(1)) u_valid_2 (
    .clk_i(clk_i), .rst_i(rst_i), .data_i({valid_1_q, valid_1_q && last_1_q}),
    .data_o({valid_2, last_2})
  );
  engram_delay #(.DATA_BITS(2), .CYCLES(1)) u_valid_3 (
    .clk_i(clk_i), .rst_i(rst_i), .data_i({valid_2, last_2}), .data_o({valid_3, updated_o})
  );
  engram_delay #(.DATA_BITS(PLACE_BITS), .CYCLES(1)) u_place_2 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(place_1_q), .data_o(next_place_o)
  );
  assign next_o = valid_2;
  assign write_o = valid_3 && changed && !freeze_i;
  reg lost_q;
  always @(posedge clk_i) lost_q <= valid_3 && lost && !freeze_i && !rst_i;
  assign lost_o = lost_q;

  engram_probe #(.INDEX_BITS(PLACE_BITS), .VALUE_BITS(UPDATE_BITS)) u_gradient (
    .valid_i(valid_1_q), .index_i(place_1_q), .value_i(u_1_q)
  );
endmodule

`default_nettype wire
