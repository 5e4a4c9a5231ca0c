// engram_crossbar : a dense layer with its training: each input meets each output through a weight
//   that can be changed.
// SPDX-License-Identifier: 0BSD
//
// Unit u is lane u mod LANES, group u div LANES. Forward, group by group: a row (one input, LANES
// weights) a cycle into LANES accumulators, which are then drained, a sum a cycle, in the order of
// the units. Backward, row by row, group by group: the exact sum over the units of weight *
// gradient (E12, E14) with the weights from before the step, and the weights' update (E11, E13,
// E16) behind it.
//
// Stages: 0 row and group, 1 address, 2 weight, x, gradient, 4 products, 5 forward sum, 6 new
// weight;
// 5 + BACK_LEVELS the sum for the layer in front.
`default_nettype none

module engram_crossbar #(
  parameter ROWS = 64,             // inputs
  parameter ROW_BITS = 6,
  parameter UNIT_BITS = 1,         // of the outputs' index
  parameter LANES = 2,
  parameter GROUPS = 1,            // outputs = LANES * GROUPS
  parameter GROUP_BITS = 1,
  parameter ADDRESS_BITS = 6,      // of ROWS * GROUPS words
  // formats, in bits
  parameter X_BITS = 16,
  parameter WEIGHT_BITS = 16,
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 38,
  parameter BACK_BITS = 33,
  parameter BACK_LEVELS = 1,       // smallest L with 4^L >= LANES
  // update
  parameter UPDATE_SHIFT = 10,
  parameter RATE_BITS = 4,
  parameter ROUNDING = 0,          // 0 nearest, 1 stochastic, 2 truncate
  parameter ROUND_BITS = 1,        // R when stochastic, else 1
  parameter LAYER = 2,             // place in the net, for the hash
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,    // of the net's longest layer
  parameter HASH_COLUMN_BITS = 6,
  parameter LOST_BITS = 3,         // signed width that holds 0..LANES
  // order of the inputs in the activation memory (engram_row_order)
  parameter FILTERS = 1,
  parameter FILTERS_AT_ONCE = 1,
  parameter POSITIONS = 1,
  parameter WORD_BITS = 6,
  parameter SLOT_BITS = 1
) (
  input  wire                        clk_i,
  input  wire                        rst_i,
  // step
  input  wire                        forward_start_i,
  input  wire                        backward_start_i,
  input  wire                        freeze_i,
  input  wire [RATE_BITS-1:0]        rate_i,
  input  wire [ROUND_BITS-1:0]       base_i,   // of the rounding hash
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  // inputs: asked for in stage 0, given in stage 2
  output wire                        x_read_o,
  output wire [WORD_BITS-1:0]        x_word_o,
  output wire [SLOT_BITS-1:0]        x_slot_o,
  input  wire [X_BITS-1:0]           x_i,
  input  wire                        x_gate_i,      // the gradient passes to this input
  // forward sums, in the order of the units
  output wire                        sum_valid_o,
  output wire [UNIT_BITS-1:0]        sum_unit_o,
  output wire                        sum_last_group_o,  // with the last group's first sum
  output wire [SUM_BITS-1:0]         sum_o,
  // gradients with respect to the outputs
  input  wire                        gradient_valid_i,
  input  wire [UNIT_BITS-1:0]        gradient_unit_i,
  input  wire [GRADIENT_BITS-1:0]    gradient_i,
  // sums for the gradients with respect to the inputs, in the order of the inputs' memory
  output wire                        back_valid_o,
  output wire [ROW_BITS-1:0]         back_row_o,
  output wire                        back_last_o,
  output wire                        back_gate_o,
  output wire [BACK_BITS-1:0]        back_sum_o,
  output wire                        updated_o,     // the last weight is being written
  // host, while idle: data three cycles after host_read_i
  input  wire                        host_read_i,
  input  wire                        host_write_i,
  input  wire [ROW_BITS-1:0]         host_row_i,
  input  wire [UNIT_BITS-1:0]        host_unit_i,
  input  wire [WEIGHT_BITS-1:0]      host_data_i,
  output wire [WEIGHT_BITS-1:0]      host_data_o,
  // counters
  input  wire                        clear_i,
  output wire [31:0]                 lost_count_o
);
  localparam LANE_BITS = LANES > 1 ? $clog2(LANES) : 1;
  localparam OPERAND_BITS = X_BITS > GRADIENT_BITS ? X_BITS : GRADIENT_BITS;
  localparam PRODUCT_BITS = WEIGHT_BITS + OPERAND_BITS;
  localparam TERM_BITS = WEIGHT_BITS + GRADIENT_BITS;
  localparam [31:0] LAST_LANE = LANES - 1;
  localparam [31:0] LAST_GROUP = GROUPS - 1;

  // value * factor by shifts and sums, so that no multiplier is spent on a constant.
  function [31:0] times;
    input [31:0] value;
    input [31:0] factor;
    integer i;
    begin
      times = 32'd0;
      for (i = 0; i < 16; i = i + 1)
        if (factor[i]) times = times + (value << i);
    end
  endfunction

  // {group, lane} of a unit: a division by the constant LANES.
  function [63:0] split_unit;
    input [31:0] unit;
    integer i;
    begin
      split_unit = {32'd0, unit};
      for (i = GROUP_BITS - 1; i >= 0; i = i - 1)
        if (split_unit[31:0] >= (LANES << i)) begin
          split_unit[31:0] = split_unit[31:0] - (LANES << i);
          split_unit[32 + i] = 1'b1;
        end
    end
  endfunction

  // ---------------------------------------------------------------- schedule
  localparam [2:0] IDLE = 3'd0, FORWARD = 3'd1, FLUSH = 3'd2, DRAIN = 3'd3, BACKWARD = 3'd4;
  reg [2:0]            state_q;
  reg [GROUP_BITS-1:0] group_q;
  reg [1:0]            flush_q;
  reg [LANE_BITS-1:0]  drain_q;
  reg [UNIT_BITS-1:0]  unit_q;

  wire [ROW_BITS-1:0] row;
  wire row_last;
  wire group_last = group_q == LAST_GROUP[GROUP_BITS-1:0];
  wire drain_last = drain_q == LAST_LANE[LANE_BITS-1:0];
  wire issue = state_q == FORWARD || state_q == BACKWARD;

  engram_row_order #(
    .ROWS(ROWS), .ROW_BITS(ROW_BITS), .FILTERS(FILTERS), .FILTERS_AT_ONCE(FILTERS_AT_ONCE),
    .POSITIONS(POSITIONS), .WORD_BITS(WORD_BITS), .SLOT_BITS(SLOT_BITS)
  ) u_rows (
    .clk_i(clk_i), .clear_i(!issue),
    .next_i(state_q == FORWARD || group_last),
    .row_o(row), .word_o(x_word_o), .slot_o(x_slot_o), .last_o(row_last)
  );
  assign x_read_o = issue;

  always @(posedge clk_i)
    if (rst_i) state_q <= IDLE;
    else
      case (state_q)
        IDLE: begin
          if (forward_start_i) state_q <= FORWARD;
          else if (backward_start_i) state_q <= BACKWARD;
          group_q <= {GROUP_BITS{1'b0}};
          unit_q <= {UNIT_BITS{1'b0}};
        end
        FORWARD: begin
          if (row_last) state_q <= FLUSH;
          flush_q <= 2'd0;
          drain_q <= {LANE_BITS{1'b0}};
        end
        FLUSH: begin
          flush_q <= flush_q + 1'b1;
          if (flush_q == 2'd3) state_q <= DRAIN;
        end
        DRAIN: begin
          drain_q <= drain_q + 1'b1;
          unit_q <= unit_q + 1'b1;
          if (drain_last) begin
            group_q <= group_q + 1'b1;
            state_q <= group_last ? IDLE : FORWARD;
          end
        end
        default: begin  // BACKWARD
          group_q <= group_last ? {GROUP_BITS{1'b0}} : group_q + 1'b1;
          if (row_last && group_last) state_q <= IDLE;
        end
      endcase

  // ---------------------------------------------------------------- stages
  wire forward_1, forward_2, forward_4, first_4;
  wire backward_1, backward_2, backward_6;
  wire update_last_6;
  wire [ROW_BITS-1:0] row_1, row_2;
  wire [GROUP_BITS-1:0] group_1, group_2, group_4;
  wire [ADDRESS_BITS-1:0] address_6;
  wire first_0 = row == {ROW_BITS{1'b0}};

  engram_delay #(.DATA_BITS(2), .CYCLES(1)) u_valid_1 (
    .clk_i(clk_i), .rst_i(rst_i),
    .data_i({state_q == FORWARD, state_q == BACKWARD}), .data_o({forward_1, backward_1})
  );
  engram_delay #(.DATA_BITS(2), .CYCLES(1)) u_valid_2 (
    .clk_i(clk_i), .rst_i(rst_i),
    .data_i({forward_1, backward_1}), .data_o({forward_2, backward_2})
  );
  engram_delay #(.DATA_BITS(1), .CYCLES(2)) u_forward_4 (
    .clk_i(clk_i), .rst_i(rst_i), .data_i(forward_2), .data_o(forward_4)
  );
  engram_delay #(.DATA_BITS(1), .CYCLES(4)) u_backward_6 (
    .clk_i(clk_i), .rst_i(rst_i), .data_i(backward_2), .data_o(backward_6)
  );
  engram_delay #(.DATA_BITS(1), .CYCLES(4)) u_first_4 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(first_0), .data_o(first_4)
  );
  engram_delay #(.DATA_BITS(1), .CYCLES(6)) u_update_last_6 (
    .clk_i(clk_i), .rst_i(rst_i),
    .data_i(state_q == BACKWARD && row_last && group_last), .data_o(update_last_6)
  );
  engram_delay #(.DATA_BITS(ROW_BITS+GROUP_BITS), .CYCLES(1)) u_place_1 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i({row, group_q}), .data_o({row_1, group_1})
  );
  engram_delay #(.DATA_BITS(ROW_BITS+GROUP_BITS), .CYCLES(1)) u_place_2 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i({row_1, group_1}), .data_o({row_2, group_2})
  );
  engram_delay #(.DATA_BITS(GROUP_BITS), .CYCLES(2)) u_group_4 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(group_2), .data_o(group_4)
  );
  assign updated_o = update_last_6;

  // Weights lie at row * GROUPS + group of their lane.
  wire [63:0] host_place = split_unit({{(32-UNIT_BITS){1'b0}}, host_unit_i});
  wire host_access = host_read_i || host_write_i;
  wire [31:0] address =
      times({{(32-ROW_BITS){1'b0}}, host_access ? host_row_i : row_1}, GROUPS) +
      (host_access ? host_place[63:32] : {{(32-GROUP_BITS){1'b0}}, group_1});
  wire unused_ok = &{1'b0, address[31:ADDRESS_BITS]};
  engram_delay #(.DATA_BITS(ADDRESS_BITS), .CYCLES(5)) u_address_6 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(address[ADDRESS_BITS-1:0]), .data_o(address_6)
  );

  // ---------------------------------------------------------------- rounding of the update
  wire [ROUND_BITS-1:0] row_round_4;
  generate
    if (ROUNDING == 1) begin : gen_row_hash
      localparam [HASH_LAYER_BITS-1:0] LAYER_INDEX = LAYER;
      wire [ROUND_BITS-1:0] hash;
      wire [HASH_ROW_BITS-1:0] hash_row = {{(HASH_ROW_BITS-ROW_BITS){1'b0}}, row_1};
      engram_hash #(
        .POSITION_BITS(HASH_LAYER_BITS+HASH_ROW_BITS), .ROUND_BITS(ROUND_BITS)
      ) u_row_hash (
        .key_i(key_i[HASH_COLUMN_BITS +: HASH_LAYER_BITS+HASH_ROW_BITS+ROUND_BITS-1]),
        .position_i({LAYER_INDEX, hash_row}), .hash_o(hash)
      );
      engram_delay #(.DATA_BITS(ROUND_BITS), .CYCLES(3)) u_round_4 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(hash ^ base_i), .data_o(row_round_4)
      );
    end else begin : gen_constant
      assign row_round_4 = ROUNDING == 0 ? {1'b1, {(ROUND_BITS-1){1'b0}}} : {ROUND_BITS{1'b0}};
      wire unused_round_ok = &{1'b0, base_i, key_i};
    end
  endgenerate

  // ---------------------------------------------------------------- lanes
  wire [63:0] gradient_place = split_unit({{(32-UNIT_BITS){1'b0}}, gradient_unit_i});
  wire unused_place_ok = &{1'b0, gradient_place, host_place};
  wire [LANES*SUM_BITS-1:0] sums;
  wire [LANES*TERM_BITS-1:0] terms;
  wire [LANES*WEIGHT_BITS-1:0] weights;
  wire [LANES-1:0] lost;

  genvar lane;
  generate
    for (lane = 0; lane < LANES; lane = lane + 1) begin : gen_lane
      wire [ROUND_BITS-1:0] round_4;
      if (ROUNDING == 1) begin : gen_column_hash
        wire [31:0] column = times({{(32-GROUP_BITS){1'b0}}, group_4}, LANES) + lane;
        wire unused_column_ok = &{1'b0, column[31:HASH_COLUMN_BITS]};
        wire [ROUND_BITS-1:0] hash;
        engram_hash #(.POSITION_BITS(HASH_COLUMN_BITS), .ROUND_BITS(ROUND_BITS)) u_column_hash (
          .key_i(key_i[HASH_COLUMN_BITS+ROUND_BITS-2:0]),
          .position_i(column[HASH_COLUMN_BITS-1:0]), .hash_o(hash)
        );
        assign round_4 = row_round_4 ^ hash;
      end else begin : gen_constant
        assign round_4 = row_round_4;
        wire unused_group_ok = &{1'b0, group_4};
      end

      wire [PRODUCT_BITS-1:0] product;
      assign terms[lane*TERM_BITS +: TERM_BITS] = product[TERM_BITS-1:0];
      if (PRODUCT_BITS > TERM_BITS) begin : gen_unused
        wire unused_product_ok = &{1'b0, product[PRODUCT_BITS-1:TERM_BITS]};
      end

      engram_lane #(
        .X_BITS(X_BITS), .WEIGHT_BITS(WEIGHT_BITS), .GRADIENT_BITS(GRADIENT_BITS),
        .SUM_BITS(SUM_BITS), .WORDS(ROWS*GROUPS), .ADDRESS_BITS(ADDRESS_BITS),
        .GROUP_BITS(GROUP_BITS), .UPDATE_SHIFT(UPDATE_SHIFT),
        .RATE_BITS(RATE_BITS), .ROUND_BITS(ROUND_BITS)
      ) u_lane (
        .clk_i(clk_i),
        .read_i(forward_1 || backward_1 || host_read_i),
        .read_address_i(address[ADDRESS_BITS-1:0]),
        .backward_i(backward_2), .x_i(x_i), .group_i(group_2),
        .weight_o(weights[lane*WEIGHT_BITS +: WEIGHT_BITS]),
        .accumulate_i(forward_4), .first_i(first_4), .rate_i(rate_i), .round_i(round_4),
        .product_o(product),
        .sum_o(sums[lane*SUM_BITS +: SUM_BITS]),
        .update_i(backward_6 && !freeze_i), .update_address_i(address_6), .lost_o(lost[lane]),
        .gradient_write_i(gradient_valid_i && gradient_place[LANE_BITS-1:0] == lane),
        .gradient_group_i(gradient_place[32 +: GROUP_BITS]), .gradient_i(gradient_i),
        .host_write_i(host_write_i && host_place[LANE_BITS-1:0] == lane),
        .host_address_i(address[ADDRESS_BITS-1:0]), .host_weight_i(host_data_i)
      );
    end
  endgenerate

  // ---------------------------------------------------------------- forward sums
  reg                 sum_valid_q, sum_last_group_q;
  reg [UNIT_BITS-1:0] sum_unit_q;
  reg [SUM_BITS-1:0]  sum_q;
  always @(posedge clk_i) begin
    sum_valid_q <= state_q == DRAIN && !rst_i;
    sum_last_group_q <= group_last && drain_q == {LANE_BITS{1'b0}};
    sum_unit_q <= unit_q;
    sum_q <= sums[drain_q*SUM_BITS +: SUM_BITS];
  end
  assign sum_valid_o = sum_valid_q;
  assign sum_last_group_o = sum_valid_q && sum_last_group_q;
  assign sum_unit_o = sum_unit_q;
  assign sum_o = sum_q;

  // ---------------------------------------------------------------- sums for the layer in front
  wire [BACK_BITS-1:0] group_sum;
  engram_adder_tree #(
    .TERMS(LANES), .TERM_BITS(TERM_BITS), .SUM_BITS(BACK_BITS), .LEVELS(BACK_LEVELS)
  ) u_back_tree (
    .clk_i(clk_i), .terms_i(terms), .sum_o(group_sum)
  );

  wire back_issued, back_first, back_group_last, back_row_last;
  wire [ROW_BITS-1:0] back_row;
  engram_delay #(.DATA_BITS(1), .CYCLES(2+BACK_LEVELS)) u_back_issued (
    .clk_i(clk_i), .rst_i(rst_i), .data_i(backward_2), .data_o(back_issued)
  );
  engram_delay #(.DATA_BITS(ROW_BITS+3), .CYCLES(4+BACK_LEVELS)) u_back_place (
    .clk_i(clk_i), .rst_i(1'b0),
    .data_i({row, group_q == {GROUP_BITS{1'b0}}, group_last, row_last}),
    .data_o({back_row, back_first, back_group_last, back_row_last})
  );
  wire back_gate;
  engram_delay #(.DATA_BITS(1), .CYCLES(2+BACK_LEVELS)) u_back_gate (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(x_gate_i), .data_o(back_gate)
  );

  reg                 back_valid_q, back_last_q, back_gate_q;
  reg [ROW_BITS-1:0]  back_row_q;
  reg [BACK_BITS-1:0] back_sum_q;
  always @(posedge clk_i) begin
    back_valid_q <= back_issued && back_group_last && !rst_i;
    back_last_q <= back_row_last;
    back_gate_q <= back_gate;
    back_row_q <= back_row;
    back_sum_q <= (back_first ? {BACK_BITS{1'b0}} : back_sum_q) + group_sum;
  end
  assign back_valid_o = back_valid_q;
  assign back_last_o = back_valid_q && back_last_q;
  assign back_gate_o = back_gate_q;
  assign back_row_o = back_row_q;
  assign back_sum_o = back_sum_q;

  // ---------------------------------------------------------------- host and counters
  reg [LANE_BITS-1:0]   host_lane_q;
  reg [WEIGHT_BITS-1:0] host_data_q;
  always @(posedge clk_i) begin
    if (host_read_i) host_lane_q <= host_place[LANE_BITS-1:0];
    host_data_q <= weights[host_lane_q*WEIGHT_BITS +: WEIGHT_BITS];
  end
  assign host_data_o = host_data_q;

  engram_event_counter #(
    .FLAGS(LANES), .LEVELS(BACK_LEVELS), .COUNT_BITS(LOST_BITS)
  ) u_lost_counter (
    .clk_i(clk_i), .clear_i(clear_i), .flags_i(lost), .count_o(lost_count_o)
  );

  engram_probe #(.INDEX_BITS(ROW_BITS), .VALUE_BITS(X_BITS)) u_input (
    .valid_i(forward_2), .index_i(row_2), .value_i(x_i)
  );
  wire unused_last_ok = &{1'b0, LAST_LANE, LAST_GROUP};
endmodule

`default_nettype wire
