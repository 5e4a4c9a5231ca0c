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
  // shape
  parameter FILTERS = 3,
  parameter TAPS = 16,
  // layout
  parameter FILTERS_AT_ONCE = 1,   // divides FILTERS
  parameter POSITIONS = 1,         // at a time
  parameter REST = 1,              // of them in a line's last step, 1..POSITIONS
  parameter WORD_BITS = 11,        // of a word of sums
  parameter AT_ONCE = 1,           // gradients that come at a time, 1 or 2
  parameter TRAINING = 1,          // 0: forward only
  parameter LOGIC_MULTIPLIERS = 0, // of VALUES * TAPS, made of logic
  // formats, in bits
  parameter PIXEL_BITS = 8,
  parameter WEIGHT_BITS = 16,      // of a weight's value
  parameter WEIGHT_WORD_BITS = WEIGHT_BITS,  // as it is stored
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 28,         // exact forward sum
  parameter UPDATE_BITS = 33,      // exact sum over all positions
  // update
  parameter UPDATE_SHIFT = 8,
  parameter ROUNDING = 0,          // 0 nearest, 1 stochastic, 2 truncate
  parameter ROUND_BITS = 1,
  parameter LAYER = 0,
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,
  parameter HASH_COLUMN_BITS = 6,
  // weights that it has from its start
  parameter LOADED = 0,            // 1: reset sets the weights to INITIAL (engram_conv_kernels)
  parameter [TAPS*FILTERS*WEIGHT_WORD_BITS-1:0] INITIAL = 0,
  // from the others
  parameter RATE_BITS = 4,
  parameter FILTER_BITS = FILTERS > 1 ? $clog2(FILTERS) : 1,
  parameter TAP_BITS = TAPS > 1 ? $clog2(TAPS) : 1,
  parameter VALUES = POSITIONS * FILTERS_AT_ONCE,  // of a word
  parameter SLOT_BITS = VALUES > 1 ? $clog2(VALUES) : 1
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
  output wire [VALUES-1:0] sums_valid_o,
  output wire                     sums_first_o,
  output wire                     sums_last_o,
  output wire [WORD_BITS-1:0]     sums_word_o,
  output wire [VALUES*SUM_BITS-1:0] sums_o,
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
  input  wire [WEIGHT_WORD_BITS-1:0] host_data_i,
  output wire [WEIGHT_WORD_BITS-1:0] host_data_o,
  // counters
  output wire                     lost_o
);
  localparam GROUPS = FILTERS / FILTERS_AT_ONCE;
  localparam GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam PLACE_BITS = TAP_BITS + FILTER_BITS;
  localparam BACK_BITS = PIXEL_BITS + GRADIENT_BITS;
  localparam FORWARD_LEVELS = $clog2(TAPS);
  localparam [31:0] LAST_GROUP = GROUPS - 1;
  wire unused_ok = &{1'b0, LAST_GROUP, host_read_i};

  // ---------------------------------------------------------------- schedule
  reg                  forward_q, backward_q;
  reg [GROUP_BITS-1:0] group_q;
  reg                  group_last_q;
  wire [VALUES*GRADIENT_BITS-1:0] gradients;  // of a word
  wire gradients_valid;
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

  // Cycles at work in the last step, for the benches; synthesizes to nothing.
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

  // ---------------------------------------------------------------- forward sums
  wire [TAPS*FILTERS*WEIGHT_WORD_BITS-1:0] kernel;
  wire [FILTERS_AT_ONCE*TAPS*POSITIONS*BACK_BITS-1:0] back_terms;
  engram_conv_array #(
    .FILTERS(FILTERS), .FILTERS_AT_ONCE(FILTERS_AT_ONCE), .POSITIONS(POSITIONS), .TAPS(TAPS),
    .PIXEL_BITS(PIXEL_BITS), .WEIGHT_BITS(WEIGHT_BITS), .GRADIENT_BITS(GRADIENT_BITS),
    .SUM_BITS(SUM_BITS), .TRAINING(TRAINING), .LOGIC_MULTIPLIERS(LOGIC_MULTIPLIERS),
    .LAYER(LAYER), .WEIGHT_WORD_BITS(WEIGHT_WORD_BITS)
  ) u_array (
    .clk_i(clk_i), .rst_i(rst_i), .enable_i(issue), .backward_i(gradients_q), .group_i(group_q),
    .kernel_i(kernel), .taps_i(taps_i), .gradients_i(gradients), .sums_o(sums_o),
    .terms_o(back_terms)
  );

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
  genvar value;
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

  // ---------------------------------------------------------------- weights
  wire updating, update_next, update_write;
  wire [PLACE_BITS-1:0] update_place, update_next_place;
  wire [WEIGHT_WORD_BITS-1:0] place_weight, next_weight;
  engram_conv_kernels #(
    .FILTERS(FILTERS), .TAPS(TAPS), .WEIGHT_BITS(WEIGHT_WORD_BITS), .LOADED(LOADED),
    .INITIAL(INITIAL)
  ) u_kernels (
    .clk_i(clk_i), .rst_i(rst_i), .kernel_o(kernel),
    .read_i(updating), .read_place_i(update_place), .weight_o(place_weight),
    .next_i(update_next), .next_place_i(update_next_place), .write_i(update_write),
    .weight_i(next_weight), .host_write_i(host_write_i), .host_row_i(host_row_i),
    .host_unit_i(host_unit_i), .host_data_i(host_data_i), .host_data_o(host_data_o)
  );
  // Written in the last step, for the benches; synthesizes to nothing.
  reg [31:0] writes_q /*verilator public_flat_rd*/;
  always @(posedge clk_i) writes_q <= forward_start_i ? 32'd0 : writes_q + {31'd0, update_write};

  // ---------------------------------------------------------------- training
  generate
    if (TRAINING != 0) begin : gen_training
      engram_conv_gather #(
        .VALUES(VALUES), .AT_ONCE(AT_ONCE), .GRADIENT_BITS(GRADIENT_BITS)
      ) u_gather (
        .clk_i(clk_i), .rst_i(rst_i), .valid_i(gradient_valid_i), .slots_i(gradient_slots_i),
        .word_last_i(gradient_word_last_i), .gradients_i(gradients_i),
        .valid_o(gradients_valid), .gradients_o(gradients)
      );
      wire summed;
      wire [UPDATE_BITS-1:0] u;
      engram_conv_gradients #(
        .FILTERS(FILTERS), .FILTERS_AT_ONCE(FILTERS_AT_ONCE), .POSITIONS(POSITIONS), .TAPS(TAPS),
        .TERM_BITS(BACK_BITS), .UPDATE_BITS(UPDATE_BITS)
      ) u_gradients (
        .clk_i(clk_i), .rst_i(rst_i), .clear_i(backward_start_i), .issue_i(backward_issue),
        .last_i(backward_issue && group_last_q && window_last_i), .terms_i(back_terms),
        .done_o(summed), .next_i(updating), .u_o(u)
      );
      engram_conv_update #(
        .FILTERS(FILTERS), .TAPS(TAPS), .WEIGHT_BITS(WEIGHT_WORD_BITS), .UPDATE_BITS(UPDATE_BITS),
        .UPDATE_SHIFT(UPDATE_SHIFT), .RATE_BITS(RATE_BITS), .ROUNDING(ROUNDING),
        .ROUND_BITS(ROUND_BITS), .LAYER(LAYER), .HASH_LAYER_BITS(HASH_LAYER_BITS),
        .HASH_ROW_BITS(HASH_ROW_BITS), .HASH_COLUMN_BITS(HASH_COLUMN_BITS)
      ) u_update (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(summed), .freeze_i(freeze_i), .rate_i(rate_i),
        .base_i(base_i), .key_i(key_i), .active_o(updating), .place_o(update_place), .u_i(u),
        .weight_i(place_weight), .next_o(update_next), .next_place_o(update_next_place),
        .write_o(update_write), .weight_o(next_weight), .updated_o(updated_o), .lost_o(lost_o)
      );
    end else begin : gen_inference
      assign gradients_valid = 1'b0;
      assign gradients = {(VALUES*GRADIENT_BITS){1'b0}};
      assign {updating, update_next, update_write, updated_o, lost_o} = 5'd0;
      assign update_place = {PLACE_BITS{1'b0}};
      assign update_next_place = {PLACE_BITS{1'b0}};
      assign next_weight = {WEIGHT_WORD_BITS{1'b0}};
      wire unused_training_ok =
          &{1'b0, gradient_valid_i, gradient_slots_i, gradient_word_last_i, gradients_i, freeze_i,
            rate_i, base_i, key_i, back_terms, gradients_q, place_weight};
    end
  endgenerate
endmodule

`default_nettype wire
