// engram_conv : the convolution's crossbar with its training; its weights stand in registers.
// SPDX-License-Identifier: 0BSD
//
// Forward (E8) POSITIONS x FILTERS_AT_ONCE sums of TAPS products a cycle; backward (E15) the same
// multipliers take tap * G_L and every filter's gradient is summed over all positions; then the
// weights are updated one a cycle (E16).
//
// Stages: 0 taps and weight or gradient, 2 products, 2 + FORWARD_LEVELS the sums; 3 + BACK_LEVELS
// the gradient's accumulators.
`default_nettype none

module engram_conv #(
  parameter FILTERS = 3,
  parameter FILTER_BITS = 2,
  parameter FILTERS_AT_ONCE = 1,   // divides FILTERS
  parameter POSITIONS = 1,         // at a time
  parameter REST = 1,              // of them in a line's last step, 1..POSITIONS
  parameter TAPS = 16,
  parameter TAP_BITS = 4,
  parameter PIXEL_BITS = 8,
  parameter WEIGHT_BITS = 16,
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 28,         // exact forward sum
  parameter FORWARD_LEVELS = 2,    // smallest L with 2^L >= TAPS
  parameter BACK_LEVELS = 0,       // smallest L with 2^L >= POSITIONS
  parameter UPDATE_BITS = 33,      // exact sum over all positions
  parameter UPDATE_SHIFT = 8,
  parameter RATE_BITS = 4,
  parameter ROUNDING = 0,          // 0 nearest, 1 stochastic, 2 truncate
  parameter ROUND_BITS = 1,
  parameter LAYER = 0,
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,
  parameter HASH_COLUMN_BITS = 6,
  parameter WORD_BITS = 11,        // of a word of sums
  parameter SLOT_BITS = 1,         // of a value's place in its word
  parameter AT_ONCE = 1,           // gradients that come at a time, 1 or 2
  parameter TRAINING = 1,          // 0: forward only
  parameter LOGIC_MULTIPLIERS = 0, // of VALUES * TAPS, made of logic
  parameter LOADED = 0,            // 1: reset sets the weights to INITIAL, in kernel_q's order
  parameter [TAPS*FILTERS*WEIGHT_BITS-1:0] INITIAL = 0
) (
  input  wire                     clk_i,
  input  wire                     rst_i,
  // step
  input  wire                     forward_start_i,
  input  wire                     backward_start_i,  // clears the gradient
  input  wire                     freeze_i,
  input  wire [RATE_BITS-1:0]     rate_i,
  input  wire [ROUND_BITS-1:0]    base_i,
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  // windows
  input  wire                     window_valid_i,
  input  wire                     window_rest_i,     // a line's last
  input  wire                     window_last_i,
  output wire                     window_next_o,
  input  wire [POSITIONS*TAPS*PIXEL_BITS-1:0] taps_i,
  output wire                     forward_done_o,    // the windows were all taken
  // forward sums: a word of positions x filters (filters innermost) at a time
  output wire [POSITIONS*FILTERS_AT_ONCE-1:0] sums_valid_o,
  output wire                     sums_first_o,
  output wire                     sums_last_o,
  output wire [WORD_BITS-1:0]     sums_word_o,
  output wire [POSITIONS*FILTERS_AT_ONCE*SUM_BITS-1:0] sums_o,
  // gradients with respect to the outputs, by their slot in the word, in the same order
  input  wire [AT_ONCE-1:0]       gradient_valid_i,
  input  wire [AT_ONCE*SLOT_BITS-1:0] gradient_slots_i,
  input  wire                     gradient_word_last_i,  // they are the word's last
  input  wire [AT_ONCE*GRADIENT_BITS-1:0] gradients_i,
  output wire                     updated_o,         // the last weight is being written
  // host, while idle: data three cycles after host_read_i, if row and unit stay; they and what is
  // written stand from a cycle before host_write_i to one behind it
  input  wire                     host_read_i,
  input  wire                     host_write_i,
  input  wire [TAP_BITS-1:0]      host_row_i,
  input  wire [FILTER_BITS-1:0]   host_unit_i,
  input  wire [WEIGHT_BITS-1:0]   host_data_i,
  output wire [WEIGHT_BITS-1:0]   host_data_o,
  // counters
  output wire                     lost_o
);
  localparam VALUES = POSITIONS * FILTERS_AT_ONCE;
  localparam GROUPS = FILTERS / FILTERS_AT_ONCE;
  localparam GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam OPERAND_BITS =
      TRAINING != 0 && GRADIENT_BITS > WEIGHT_BITS ? GRADIENT_BITS : WEIGHT_BITS;
  localparam PRODUCT_BITS = PIXEL_BITS + OPERAND_BITS;
  localparam FORWARD_BITS = PIXEL_BITS + WEIGHT_BITS;
  localparam BACK_BITS = PIXEL_BITS + GRADIENT_BITS;
  localparam [31:0] LAST_GROUP = GROUPS - 1;
  localparam [31:0] LAST_TAP = TAPS - 1;
  localparam [31:0] LAST_FILTER = FILTERS - 1;

  // Weights: row (tap) by row, a row's filters side by side, as in the model.
  reg [TAPS*FILTERS*WEIGHT_BITS-1:0] kernel_q /*verilator public_flat_rd*/;

  // ---------------------------------------------------------------- gradients gathered to a word
  // What a line's last word does not hold is zero.
  wire [VALUES*GRADIENT_BITS-1:0] gradients;
  wire gradients_valid;
  genvar slot, a;
  generate
    if (TRAINING != 0) begin : gen_gather
      reg valid_q, first_q;
      always @(posedge clk_i) begin
        valid_q <= |gradient_valid_i && gradient_word_last_i && !rst_i;
        if (rst_i) first_q <= 1'b1;
        else if (|gradient_valid_i) first_q <= gradient_word_last_i;
      end
      for (slot = 0; slot < VALUES; slot = slot + 1) begin : gen_slot
        localparam [31:0] SLOT = slot;
        wire [AT_ONCE-1:0] hit;
        wire [AT_ONCE*GRADIENT_BITS-1:0] hits;
        for (a = 0; a < AT_ONCE; a = a + 1) begin : gen_at_once
          assign hit[a] = gradient_valid_i[a] &&
              (VALUES == 1 || gradient_slots_i[a*SLOT_BITS +: SLOT_BITS] == SLOT[SLOT_BITS-1:0]);
          assign hits[a*GRADIENT_BITS +: GRADIENT_BITS] =
              gradients_i[a*GRADIENT_BITS +: GRADIENT_BITS] & {GRADIENT_BITS{hit[a]}};
        end
        reg [GRADIENT_BITS-1:0] gradient_q;
        always @(posedge clk_i)
          if (|hit || (|gradient_valid_i && first_q))
            gradient_q <= hits[0 +: GRADIENT_BITS] |
                          hits[(AT_ONCE-1)*GRADIENT_BITS +: GRADIENT_BITS];
        assign gradients[slot*GRADIENT_BITS +: GRADIENT_BITS] = gradient_q;
      end
      assign gradients_valid = valid_q;
    end else begin : gen_no_gather
      assign gradients = {(VALUES*GRADIENT_BITS){1'b0}};
      assign gradients_valid = 1'b0;
      wire unused_ok = &{1'b0, gradient_valid_i, gradient_slots_i, gradient_word_last_i,
                         gradients_i};
    end
  endgenerate

  // ---------------------------------------------------------------- schedule
  reg                  forward_q, backward_q;
  reg [GROUP_BITS-1:0] group_q;
  reg                  group_last_q;
  wire [GROUP_BITS-1:0] group_next = group_last_q ? {GROUP_BITS{1'b0}} : group_q + 1'b1;
  wire forward_issue = forward_q && window_valid_i;
  wire backward_issue = backward_q && gradients_valid;
  wire issue = forward_issue || backward_issue;
  // Operands are gradients: not backward_q, because all multipliers hang on it.
  reg gradients_q;
  always @(posedge clk_i)
    if (forward_start_i) gradients_q <= 1'b0;
    else if (backward_start_i) gradients_q <= 1'b1;
  assign window_next_o = issue && group_last_q;

  // Cycles at work and weights written in the last step, for the benches; synthesizes to nothing.
  reg [31:0] forward_cycles_q /*verilator public_flat_rd*/;
  reg [31:0] backward_cycles_q /*verilator public_flat_rd*/;
  always @(posedge clk_i) begin
    if (forward_start_i) forward_cycles_q <= 32'd0;
    else if (forward_issue) forward_cycles_q <= forward_cycles_q + 32'd1;
    if (forward_start_i) backward_cycles_q <= 32'd0;
    else if (backward_issue) backward_cycles_q <= backward_cycles_q + 32'd1;
  end
  assign forward_done_o = forward_issue && group_last_q && window_last_i;

  always @(posedge clk_i)
    if (rst_i) begin
      forward_q <= 1'b0;
      backward_q <= 1'b0;
    end else begin
      if (forward_start_i) forward_q <= 1'b1;
      else if (forward_done_o) forward_q <= 1'b0;
      if (backward_start_i) backward_q <= 1'b1;
      else if (backward_issue && group_last_q && window_last_i) backward_q <= 1'b0;
      if (forward_start_i || backward_start_i) begin
        group_q <= {GROUP_BITS{1'b0}};
        group_last_q <= GROUPS == 1;
      end else if (issue) begin
        group_q <= group_next;
        group_last_q <= group_next == LAST_GROUP[GROUP_BITS-1:0];
      end
    end

  // ---------------------------------------------------------------- multipliers
  wire [VALUES*TAPS*FORWARD_BITS-1:0] forward_terms;   // [value][tap]
  wire [FILTERS_AT_ONCE*TAPS*POSITIONS*BACK_BITS-1:0] back_terms;  // [filter][tap][position]
  genvar position, filter, tap, group;
  generate
    for (filter = 0; filter < FILTERS_AT_ONCE; filter = filter + 1) begin : gen_filter
      for (tap = 0; tap < TAPS; tap = tap + 1) begin : gen_tap
        wire [GROUPS*WEIGHT_BITS-1:0] weights;
        for (group = 0; group < GROUPS; group = group + 1) begin : gen_group
          assign weights[group*WEIGHT_BITS +: WEIGHT_BITS] =
              kernel_q[(tap*FILTERS + group*FILTERS_AT_ONCE + filter)*WEIGHT_BITS +: WEIGHT_BITS];
        end
        wire signed [WEIGHT_BITS-1:0] weight;
        engram_pick #(.VALUE_BITS(WEIGHT_BITS), .VALUES(GROUPS), .INDEX_BITS(GROUP_BITS)) u_weight (
          .values_i(weights), .index_i(group_q), .value_o(weight)
        );

        for (position = 0; position < POSITIONS; position = position + 1) begin : gen_position
          localparam VALUE = position * FILTERS_AT_ONCE + filter;
          wire signed [GRADIENT_BITS-1:0] gradient =
              gradients[VALUE*GRADIENT_BITS +: GRADIENT_BITS];
          wire signed [OPERAND_BITS-1:0] operand;
          if (TRAINING != 0) begin : gen_operand
            assign operand =
                gradients_q ? {{(OPERAND_BITS-GRADIENT_BITS+1){gradient[GRADIENT_BITS-1]}},
                               gradient[GRADIENT_BITS-2:0]}
                            : {{(OPERAND_BITS-WEIGHT_BITS+1){weight[WEIGHT_BITS-1]}},
                               weight[WEIGHT_BITS-2:0]};
          end else begin : gen_forward_operand
            assign operand = weight;
            wire unused_ok = &{1'b0, gradient};
          end
          wire [PRODUCT_BITS-1:0] product;
          engram_multiplier #(
            .A_BITS(PIXEL_BITS), .B_BITS(OPERAND_BITS),
            .LOGIC(VALUE * TAPS + tap < LOGIC_MULTIPLIERS)
          ) u_multiplier (
            .clk_i(clk_i), .rst_i(rst_i), .enable_i(issue),
            .nonzero_i(|taps_i[(position*TAPS + tap)*PIXEL_BITS +: PIXEL_BITS]),
            .a_i(taps_i[(position*TAPS + tap)*PIXEL_BITS +: PIXEL_BITS]),
            .b_i(operand), .product_o(product)
          );
          assign forward_terms[(VALUE*TAPS + tap)*FORWARD_BITS +: FORWARD_BITS] =
              product[FORWARD_BITS-1:0];
          if (TRAINING != 0) begin : gen_back_term
            assign back_terms[((filter*TAPS + tap)*POSITIONS + position)*BACK_BITS +: BACK_BITS] =
                product[BACK_BITS-1:0];
          end else begin : gen_no_back_term
            assign back_terms[((filter*TAPS + tap)*POSITIONS + position)*BACK_BITS +: BACK_BITS] =
                {BACK_BITS{1'b0}};
          end
        end
      end
    end
  endgenerate

  // ---------------------------------------------------------------- forward sums
  genvar value;
  generate
    for (value = 0; value < VALUES; value = value + 1) begin : gen_value
      engram_adder_tree #(
        .TERMS(TAPS), .TERM_BITS(FORWARD_BITS), .SUM_BITS(SUM_BITS), .LEVELS(FORWARD_LEVELS)
      ) u_tree (
        .clk_i(clk_i), .terms_i(forward_terms[value*TAPS*FORWARD_BITS +: TAPS*FORWARD_BITS]),
        .sum_o(sums_o[value*SUM_BITS +: SUM_BITS])
      );
    end
  endgenerate

  wire sums_valid, sums_last, sums_rest;
  engram_delay #(.DATA_BITS(3), .CYCLES(2+FORWARD_LEVELS)) u_sums_valid (
    .clk_i(clk_i), .rst_i(rst_i),
    .data_i({forward_issue, forward_done_o, forward_issue && window_rest_i}),
    .data_o({sums_valid, sums_last, sums_rest})
  );
  reg [WORD_BITS-1:0] sums_word_q;
  always @(posedge clk_i)
    if (forward_start_i) sums_word_q <= {WORD_BITS{1'b0}};
    else if (sums_valid) sums_word_q <= sums_word_q + 1'b1;
  generate
    for (value = 0; value < VALUES; value = value + 1) begin : gen_sum_valid
      if (value / FILTERS_AT_ONCE < REST) begin : gen_always
        assign sums_valid_o[value] = sums_valid;
      end else begin : gen_not_in_rest
        assign sums_valid_o[value] = sums_valid && !sums_rest;
      end
    end
  endgenerate
  wire unused_rest_ok = &{1'b0, sums_rest};
  assign sums_first_o = sums_valid && sums_word_q == {WORD_BITS{1'b0}};
  assign sums_last_o = sums_last;
  assign sums_word_o = sums_word_q;

  localparam PLACE_BITS = TAP_BITS + FILTER_BITS;
  // A weight by its place, a cycle later: the update's, else the host's.
  reg [PLACE_BITS-1:0]   host_place_q;
  wire [PLACE_BITS-1:0]  read_place;
  wire [WEIGHT_BITS-1:0] place_weight;
  engram_late_pick #(
    .VALUE_BITS(WEIGHT_BITS), .VALUES(TAPS*FILTERS), .INDEX_BITS(PLACE_BITS)
  ) u_place_weight (
    .clk_i(clk_i), .values_i(kernel_q), .index_i(read_place), .value_o(place_weight)
  );
  wire valid_2, last_2, valid_3, last_3, changed, lost;
  wire [PLACE_BITS-1:0] place_2;
  wire [WEIGHT_BITS-1:0] next_weight;
  generate
  if (TRAINING != 0) begin : gen_training
    // -------------------------------------------------------------- gradient of the filters
    // G_C in the order of kernel_q, which moves down: backward a tap's filters go round, and those
    // that come by take their sums; in the update everything moves by one, and the lowest is next.
    wire back_valid, back_done;
    engram_delay #(.DATA_BITS(2), .CYCLES(2+BACK_LEVELS)) u_back_valid (
      .clk_i(clk_i), .rst_i(rst_i),
      .data_i({backward_issue, backward_issue && group_last_q && window_last_i}),
      .data_o({back_valid, back_done})
    );
    reg update_q;
    reg clear_q;  // a cycle late, because all of gradient_q hangs on it; the first sum is later
    always @(posedge clk_i) clear_q <= backward_start_i;

    reg [TAPS*FILTERS*UPDATE_BITS-1:0] gradient_q;
    wire [TAPS*FILTERS*UPDATE_BITS-1:0] below, round_about;
    if (TAPS * FILTERS > 1) begin : gen_below
      assign below = gradient_q >> UPDATE_BITS;
    end else begin : gen_none_below
      assign below = {UPDATE_BITS{1'b0}};
    end
    for (tap = 0; tap < TAPS; tap = tap + 1) begin : gen_back_tap
      wire [FILTERS*UPDATE_BITS-1:0] filters =
          gradient_q[tap*FILTERS*UPDATE_BITS +: FILTERS*UPDATE_BITS];
      wire [FILTERS_AT_ONCE*UPDATE_BITS-1:0] sums;
      for (filter = 0; filter < FILTERS_AT_ONCE; filter = filter + 1) begin : gen_back_filter
        wire [UPDATE_BITS-1:0] sum;
        engram_adder_tree #(
          .TERMS(POSITIONS), .TERM_BITS(BACK_BITS), .SUM_BITS(UPDATE_BITS), .LEVELS(BACK_LEVELS)
        ) u_tree (
          .clk_i(clk_i),
          .terms_i(back_terms[(filter*TAPS + tap)*POSITIONS*BACK_BITS +: POSITIONS*BACK_BITS]),
          .sum_o(sum)
        );
        assign sums[filter*UPDATE_BITS +: UPDATE_BITS] =
            filters[filter*UPDATE_BITS +: UPDATE_BITS] + sum;
      end
      if (GROUPS == 1) begin : gen_standing
        assign round_about[tap*FILTERS*UPDATE_BITS +: FILTERS*UPDATE_BITS] = sums;
      end else begin : gen_round
        assign round_about[tap*FILTERS*UPDATE_BITS +: FILTERS*UPDATE_BITS] =
            {sums, filters[FILTERS*UPDATE_BITS-1:FILTERS_AT_ONCE*UPDATE_BITS]};
      end
    end
    always @(posedge clk_i)
      if (clear_q) gradient_q <= {(TAPS*FILTERS*UPDATE_BITS){1'b0}};
      else if (back_valid || update_q) gradient_q <= update_q ? below : round_about;

    // -------------------------------------------------------------- update, a weight a cycle
    reg [TAP_BITS-1:0]    tap_q;
    reg [FILTER_BITS-1:0] filter_q;
    reg [PLACE_BITS-1:0]  place_q;  // tap_q * FILTERS + filter_q
    assign read_place = update_q ? place_q : host_place_q;
    wire filter_last = filter_q == LAST_FILTER[FILTER_BITS-1:0];
    wire tap_last = tap_q == LAST_TAP[TAP_BITS-1:0];
    wire unused_ok = &{1'b0, LAST_GROUP, LAST_TAP, LAST_FILTER};

    always @(posedge clk_i)
      if (rst_i) update_q <= 1'b0;
      else if (back_done) begin
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

    // Stage 0 finds the weight and its gradient, stage 1 has them in registers.
    reg                   valid_1_q;
    reg                   last_1_q;
    reg [PLACE_BITS-1:0]  place_1_q;
    reg [WEIGHT_BITS-1:0] weight_1_q;
    reg [UPDATE_BITS-1:0] u_1_q;
    reg [ROUND_BITS-1:0]  round_1_q;
    wire [ROUND_BITS-1:0] round;
    reg                  valid_0_q, last_0_q;
    reg [PLACE_BITS-1:0] place_0_q;
    reg [UPDATE_BITS-1:0] u_0_q;
    reg [ROUND_BITS-1:0] round_0_q;
    always @(posedge clk_i) begin
      valid_0_q <= update_q && !rst_i;
      last_0_q <= filter_last && tap_last;
      place_0_q <= place_q;
      u_0_q <= gradient_q[UPDATE_BITS-1:0];
      round_0_q <= round;
      valid_1_q <= valid_0_q && !rst_i;
      last_1_q <= last_0_q;
      place_1_q <= place_0_q;
      weight_1_q <= place_weight;
      u_1_q <= u_0_q;
      round_1_q <= round_0_q;
    end

    engram_rounding #(
      .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS), .LAYER(LAYER),
      .HASH_LAYER_BITS(HASH_LAYER_BITS), .HASH_ROW_BITS(HASH_ROW_BITS),
      .HASH_COLUMN_BITS(HASH_COLUMN_BITS)
    ) u_rounding (
      .base_i(base_i), .key_i(key_i), .row_i({{(HASH_ROW_BITS-TAP_BITS){1'b0}}, tap_q}),
      .column_i({{(HASH_COLUMN_BITS-FILTER_BITS){1'b0}}, filter_q}), .round_o(round)
    );

    // It stands still while weights are updated; a register apart from the other layers'.
    wire [RATE_BITS-1:0] rate;
    (* keep_hierarchy *)
    engram_delay #(.DATA_BITS(RATE_BITS), .CYCLES(1)) u_rate (
      .clk_i(clk_i), .rst_i(1'b0), .data_i(rate_i), .data_o(rate)
    );
    engram_update #(
      .WEIGHT_BITS(WEIGHT_BITS), .U_BITS(UPDATE_BITS), .SHIFT(UPDATE_SHIFT),
      .RATE_BITS(RATE_BITS), .ROUND_BITS(ROUND_BITS)
    ) u_update (
      .clk_i(clk_i), .weight_i(weight_1_q), .u_i(u_1_q), .rate_i(rate), .round_i(round_1_q),
      .weight_o(next_weight), .changed_o(changed), .lost_o(lost)
    );
    engram_delay #(.DATA_BITS(2), .CYCLES(1)) u_valid_2 (
      .clk_i(clk_i), .rst_i(rst_i), .data_i({valid_1_q, valid_1_q && last_1_q}),
      .data_o({valid_2, last_2})
    );
    engram_delay #(.DATA_BITS(2), .CYCLES(1)) u_valid_3 (
      .clk_i(clk_i), .rst_i(rst_i), .data_i({valid_2, last_2}), .data_o({valid_3, last_3})
    );
    engram_delay #(.DATA_BITS(PLACE_BITS), .CYCLES(1)) u_place_2 (
      .clk_i(clk_i), .rst_i(1'b0), .data_i(place_1_q), .data_o(place_2)
    );

    engram_probe #(.INDEX_BITS(PLACE_BITS), .VALUE_BITS(UPDATE_BITS)) u_gradient (
      .valid_i(valid_1_q), .index_i(place_1_q), .value_i(u_1_q)
    );
    reg lost_q;
    always @(posedge clk_i) lost_q <= valid_3 && lost && !freeze_i && !rst_i;
    assign lost_o = lost_q;
  end else begin : gen_inference
    assign read_place = host_place_q;
    assign {valid_2, last_2, valid_3, last_3, changed, lost} = 6'd0;
    assign place_2 = {PLACE_BITS{1'b0}};
    assign next_weight = {WEIGHT_BITS{1'b0}};
    assign lost_o = 1'b0;
    wire unused_ok = &{1'b0, rate_i, base_i, key_i, back_terms, lost, last_2, gradients_q};
  end
  endgenerate

  // ---------------------------------------------------------------- weights
  // row * FILTERS + unit by shifts and sums, so that no multiplier is spent on a constant.
  function [PLACE_BITS-1:0] place_of;
    input [TAP_BITS-1:0] row;
    input [FILTER_BITS-1:0] unit;
    integer i;
    begin
      place_of = {{TAP_BITS{1'b0}}, unit};
      for (i = 0; i <= FILTER_BITS; i = i + 1)
        if (((FILTERS >> i) & 1) != 0) place_of = place_of + ({{FILTER_BITS{1'b0}}, row} << i);
    end
  endfunction
  wire update_write = valid_3 && changed && !freeze_i;
  reg host_write_q;
  wire write = host_write_q || update_write;
  reg [31:0] writes_q /*verilator public_flat_rd*/;
  always @(posedge clk_i) writes_q <= forward_start_i ? 32'd0 : writes_q + {31'd0, update_write};
  wire [WEIGHT_BITS-1:0] write_data = host_write_q ? host_data_i : next_weight;
  // Which one it would be is known a cycle before.
  wire [PLACE_BITS-1:0] next_place = valid_2 ? place_2 : host_place_q;
  genvar place;
  generate
    for (place = 0; place < TAPS * FILTERS; place = place + 1) begin : gen_weight
      reg here_q;
      always @(posedge clk_i) begin
        here_q <= next_place == place;
        if (LOADED != 0 && rst_i)
          kernel_q[place*WEIGHT_BITS +: WEIGHT_BITS] <= INITIAL[place*WEIGHT_BITS +: WEIGHT_BITS];
        else if (write && here_q) kernel_q[place*WEIGHT_BITS +: WEIGHT_BITS] <= write_data;
      end
    end
  endgenerate
  reg [WEIGHT_BITS-1:0] host_data_q;
  always @(posedge clk_i) begin
    host_place_q <= place_of(host_row_i, host_unit_i);
    host_write_q <= host_write_i && !rst_i;
    host_data_q <= place_weight;
  end
  assign host_data_o = host_data_q;
  wire unused_read_ok = &{1'b0, host_read_i};
  assign updated_o = last_3;

endmodule

`default_nettype wire
