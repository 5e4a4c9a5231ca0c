// engram_conv_bias : a convolution's biases, at its edge: added to its sums, and updated by the
//   gradients of their filters, summed over all positions.
// SPDX-License-Identifier: 0BSD
//
// Forward, a word of sums leaves a cycle after it came, with its filters' biases. Words come group
// by group of filters, as engram_conv gives them, and engram_conv_serial those of one value each.
//
// Backward, gradients come one or two at a time in the order of the values, of two the later one
// maybe in the first place; the filters' sums are u (E16), and behind the last gradient a bias a
// cycle is updated: the one of filter f is written f + 5 cycles after that gradient came, which is
// before the last weight.
`default_nettype none

module engram_conv_bias #(
  // shape
  parameter FILTERS = 3,           // 1..16
  parameter WORDS = 625,           // of a picture's sums
  // layout
  parameter FILTERS_AT_ONCE = 1,   // divides FILTERS
  parameter POSITIONS = 1,         // at a time
  parameter TAG_BITS = 1,          // of what goes beside a word of sums
  parameter AT_ONCE = 1,           // gradients that come at a time, 1 or 2
  parameter TRAINING = 1,          // 0: forward only
  // formats, in bits
  parameter BIAS_BITS = 16,
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 28,         // of a sum with its bias, at least BIAS_BITS + SHIFT
  parameter SHIFT = 0,             // from the bias's binary point to the sum's, to the left
  parameter UPDATE_BITS = 26,      // of the exact sum of a filter's gradients, > GRADIENT_BITS
  // update
  parameter UPDATE_SHIFT = 0,
  parameter ROUNDING = 0,          // 0 nearest, 1 stochastic, 2 truncate
  parameter ROUND_BITS = 1,        // R when stochastic, else 1
  parameter LAYER = 0,             // its tensor's place in the net: hash, synapse
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,
  parameter HASH_COLUMN_BITS = 6,
  // biases that it has from its start
  parameter LOADED = 0,            // 1: reset sets them to INITIAL, filter 0 lowest
  parameter INITIAL_BITS = FILTERS * BIAS_BITS,
  parameter [INITIAL_BITS-1:0] INITIAL = 0,
  // from the others
  parameter RATE_BITS = 4,
  parameter FILTER_BITS = FILTERS > 1 ? $clog2(FILTERS) : 1,
  parameter VALUES = POSITIONS * FILTERS_AT_ONCE  // of a word
) (
  input  wire                       clk_i,
  input  wire                       rst_i,
  // step
  input  wire                       start_i,
  input  wire                       freeze_i,
  input  wire [RATE_BITS-1:0]       rate_i,         // learning rate 2^-rate
  input  wire [ROUND_BITS-1:0]      base_i,         // of the rounding hash
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  // forward sums, [position][filter]
  input  wire [VALUES-1:0]          sums_valid_i,
  input  wire [TAG_BITS-1:0]        tag_i,
  input  wire [VALUES*SUM_BITS-1:0] sums_i,
  output wire [VALUES-1:0]          sums_valid_o,   // a cycle later
  output wire [TAG_BITS-1:0]        tag_o,
  output wire [VALUES*SUM_BITS-1:0] sums_o,
  // gradients with respect to the values
  input  wire [AT_ONCE-1:0]         gradient_valid_i,
  input  wire [AT_ONCE-1:0]         gradient_second_i,     // it is the later one of two
  input  wire                       gradient_word_last_i,  // they are their word's last
  input  wire [AT_ONCE*GRADIENT_BITS-1:0] gradients_i,
  // host, while idle: data two cycles after the unit
  input  wire                       host_write_i,
  input  wire [FILTER_BITS-1:0]     host_unit_i,
  input  wire [BIAS_BITS-1:0]       host_data_i,
  output wire [BIAS_BITS-1:0]       host_data_o,
  output wire                       lost_o          // an update was not zero and changed nothing
);
  localparam GROUPS = FILTERS / FILTERS_AT_ONCE;
  localparam GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam LANE_BITS = FILTERS_AT_ONCE > 1 ? $clog2(FILTERS_AT_ONCE) : 1;
  localparam COUNT_BITS = WORDS > 1 ? $clog2(WORDS) : 1;

  // ---------------------------------------------------------------- biases
  reg [FILTERS*BIAS_BITS-1:0] bias_q /*verilator public_flat_rd*/;
  wire                   write;
  wire [FILTER_BITS-1:0] write_filter;
  wire [BIAS_BITS-1:0]   write_bias;
  genvar filter, value, a;
  generate
    for (filter = 0; filter < FILTERS; filter = filter + 1) begin : gen_bias
      always @(posedge clk_i)
        if (LOADED != 0 && rst_i)
          bias_q[filter*BIAS_BITS +: BIAS_BITS] <= INITIAL[filter*BIAS_BITS +: BIAS_BITS];
        else if (write && write_filter == filter)
          bias_q[filter*BIAS_BITS +: BIAS_BITS] <= write_bias;
    end
  endgenerate
  // One of them: the update's, else the host's.
  wire                   updating;
  wire [FILTER_BITS-1:0] update_filter;
  wire [BIAS_BITS-1:0]   picked;
  reg  [BIAS_BITS-1:0]   picked_q, host_data_q;
  engram_pick #(
    .VALUE_BITS(BIAS_BITS), .VALUES(FILTERS), .INDEX_BITS(FILTER_BITS)
  ) u_bias (
    .values_i(bias_q), .index_i(updating ? update_filter : host_unit_i), .value_o(picked)
  );
  always @(posedge clk_i) begin
    picked_q <= picked;
    host_data_q <= picked_q;
  end
  assign host_data_o = host_data_q;

  // ---------------------------------------------------------------- sums
  wire [GROUP_BITS-1:0] group;
  wire group_last;
  engram_ordinal #(.COUNT(GROUPS), .BITS(GROUP_BITS)) u_group (
    .clk_i(clk_i), .start_i(start_i), .next_i(|sums_valid_i), .ordinal_o(group),
    .last_o(group_last)
  );
  wire [FILTERS_AT_ONCE*BIAS_BITS-1:0] group_biases;
  engram_pick #(
    .VALUE_BITS(FILTERS_AT_ONCE*BIAS_BITS), .VALUES(GROUPS), .INDEX_BITS(GROUP_BITS)
  ) u_group_biases (
    .values_i(bias_q), .index_i(group), .value_o(group_biases)
  );
  reg [VALUES-1:0]   sums_valid_q;
  reg [TAG_BITS-1:0] tag_q;
  always @(posedge clk_i) begin
    sums_valid_q <= sums_valid_i & {VALUES{!rst_i}};
    tag_q <= tag_i;
  end
  generate
    for (value = 0; value < VALUES; value = value + 1) begin : gen_sum
      wire [BIAS_BITS-1:0] bias = group_biases[value % FILTERS_AT_ONCE * BIAS_BITS +: BIAS_BITS];
      wire signed [SUM_BITS-1:0] wide_bias = {{(SUM_BITS-BIAS_BITS){bias[BIAS_BITS-1]}}, bias};
      reg [SUM_BITS-1:0] sum_q;
      always @(posedge clk_i) sum_q <= sums_i[value*SUM_BITS +: SUM_BITS] + (wide_bias <<< SHIFT);
      assign sums_o[value*SUM_BITS +: SUM_BITS] = sum_q;
    end
  endgenerate
  assign sums_valid_o = sums_valid_q;
  assign tag_o = tag_q;

  // ---------------------------------------------------------------- training
  generate
    if (TRAINING != 0) begin : gen_training
      // Stage 0: whose gradients come. Two may be of a word's last filter and of its first one.
      wire comes = |gradient_valid_i, word_ends = comes && gradient_word_last_i;
      wire [GROUP_BITS-1:0] back_group;
      wire [COUNT_BITS-1:0] word;
      wire back_group_last, word_last;
      engram_ordinal #(.COUNT(GROUPS), .BITS(GROUP_BITS)) u_back_group (
        .clk_i(clk_i), .start_i(start_i), .next_i(word_ends), .ordinal_o(back_group),
        .last_o(back_group_last)
      );
      engram_ordinal #(.COUNT(WORDS), .BITS(COUNT_BITS)) u_word (
        .clk_i(clk_i), .start_i(start_i), .next_i(word_ends), .ordinal_o(word),
        .last_o(word_last)
      );
      wire [AT_ONCE*LANE_BITS-1:0] lanes;  // each one's filter within its group
      if (FILTERS_AT_ONCE > 1) begin : gen_lanes
        localparam [31:0] LAST_LANE = FILTERS_AT_ONCE - 1;
        function [LANE_BITS-1:0] after;
          input [LANE_BITS-1:0] lane;
          after = lane == LAST_LANE[LANE_BITS-1:0] ? {LANE_BITS{1'b0}} : lane + 1'b1;
        endfunction
        reg [LANE_BITS-1:0] lane_q;
        wire [LANE_BITS-1:0] second = after(lane_q);
        for (a = 0; a < AT_ONCE; a = a + 1) begin : gen_either
          assign lanes[a*LANE_BITS +: LANE_BITS] = gradient_second_i[a] ? second : lane_q;
        end
        always @(posedge clk_i)
          if (start_i || word_ends) lane_q <= {LANE_BITS{1'b0}};
          else if (comes) lane_q <= AT_ONCE == 2 ? after(second) : second;
        wire unused_lane_ok = &{1'b0, LAST_LANE};
      end else begin : gen_lane
        assign lanes = {(AT_ONCE*LANE_BITS){1'b0}};
        wire unused_second_ok = &{1'b0, gradient_second_i};
      end

      // Stage 1: they are added up, each in its filter's sum.
      reg [AT_ONCE-1:0]               valid_1_q;
      reg [AT_ONCE*LANE_BITS-1:0]     lanes_1_q;
      reg [GROUP_BITS-1:0]            group_1_q;
      reg [AT_ONCE*GRADIENT_BITS-1:0] gradients_1_q;
      reg                             last_1_q;
      always @(posedge clk_i) begin
        valid_1_q <= gradient_valid_i & {AT_ONCE{!rst_i}};
        lanes_1_q <= lanes;
        group_1_q <= back_group;
        gradients_1_q <= gradients_i;
        last_1_q <= word_ends && word_last && !rst_i;
      end
      reg [FILTERS*UPDATE_BITS-1:0] u_q;
      for (filter = 0; filter < FILTERS; filter = filter + 1) begin : gen_filter
        localparam [31:0] GROUP = filter / FILTERS_AT_ONCE;
        localparam [31:0] LANE = filter % FILTERS_AT_ONCE;
        reg [UPDATE_BITS-1:0] sum;
        integer i;
        always @* begin
          sum = u_q[filter*UPDATE_BITS +: UPDATE_BITS];
          for (i = 0; i < AT_ONCE; i = i + 1)
            if (valid_1_q[i] && group_1_q == GROUP[GROUP_BITS-1:0] &&
                lanes_1_q[i*LANE_BITS +: LANE_BITS] == LANE[LANE_BITS-1:0])
              sum = sum + {{(UPDATE_BITS-GRADIENT_BITS){gradients_1_q[(i+1)*GRADIENT_BITS-1]}},
                           gradients_1_q[i*GRADIENT_BITS +: GRADIENT_BITS]};
        end
        always @(posedge clk_i)
          u_q[filter*UPDATE_BITS +: UPDATE_BITS] <= start_i ? {UPDATE_BITS{1'b0}} : sum;
        wire unused_place_ok = &{1'b0, GROUP, LANE};
      end

      // Stage 2 picks a filter's bias and sum, in 3 they go to the update, in 5 it is written.
      localparam [31:0] LAST_FILTER = FILTERS - 1;
      reg                   updating_q;
      reg [FILTER_BITS-1:0] filter_q;
      always @(posedge clk_i)
        if (rst_i) updating_q <= 1'b0;
        else if (last_1_q) begin
          updating_q <= 1'b1;
          filter_q <= {FILTER_BITS{1'b0}};
        end else if (updating_q) begin
          updating_q <= filter_q != LAST_FILTER[FILTER_BITS-1:0];
          filter_q <= filter_q + 1'b1;
        end
      assign updating = updating_q;
      assign update_filter = filter_q;
      wire [UPDATE_BITS-1:0] u;
      engram_pick #(
        .VALUE_BITS(UPDATE_BITS), .VALUES(FILTERS), .INDEX_BITS(FILTER_BITS)
      ) u_sum (
        .values_i(u_q), .index_i(filter_q), .value_o(u)
      );
      wire [HASH_COLUMN_BITS:0] column = {{(HASH_COLUMN_BITS+1-FILTER_BITS){1'b0}}, filter_q};
      wire [ROUND_BITS-1:0] round;
      engram_rounding #(
        .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS), .LAYER(LAYER),
        .HASH_LAYER_BITS(HASH_LAYER_BITS), .HASH_ROW_BITS(HASH_ROW_BITS),
        .HASH_COLUMN_BITS(HASH_COLUMN_BITS)
      ) u_rounding (
        .base_i(base_i), .key_i(key_i), .row_i({HASH_ROW_BITS{1'b0}}),
        .column_i(column[HASH_COLUMN_BITS-1:0]), .round_o(round)
      );
      reg [UPDATE_BITS-1:0] u_3_q;
      reg [ROUND_BITS-1:0]  round_3_q;
      always @(posedge clk_i) begin
        u_3_q <= u;
        round_3_q <= round;
      end
      wire valid_5, changed, lost;
      wire [FILTER_BITS-1:0] filter_5;
      wire [BIAS_BITS-1:0] bias_5;
      engram_synapse #(
        .LAYER(LAYER), .WORD_BITS(BIAS_BITS), .U_BITS(UPDATE_BITS), .SHIFT(UPDATE_SHIFT),
        .RATE_BITS(RATE_BITS), .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS)
      ) u_update (
        .clk_i(clk_i), .weight_i(picked_q), .u_i(u_3_q), .rate_i(rate_i), .round_i(round_3_q),
        .weight_o(bias_5), .changed_o(changed), .lost_o(lost)
      );
      engram_delay #(.DATA_BITS(1), .CYCLES(3)) u_valid_5 (
        .clk_i(clk_i), .rst_i(rst_i), .data_i(updating_q), .data_o(valid_5)
      );
      engram_delay #(.DATA_BITS(FILTER_BITS), .CYCLES(3)) u_filter_5 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(filter_q), .data_o(filter_5)
      );
      wire update = valid_5 && changed && !freeze_i;
      reg lost_q;
      always @(posedge clk_i) lost_q <= valid_5 && lost && !freeze_i && !rst_i;
      assign lost_o = lost_q;
      assign write = host_write_i || update;
      assign write_filter = host_write_i ? host_unit_i : filter_5;
      assign write_bias = host_write_i ? host_data_i : bias_5;
      // Written in the last step, for the benches; synthesizes to nothing.
      reg [31:0] writes_q /*verilator public_flat_rd*/;
      always @(posedge clk_i) writes_q <= start_i ? 32'd0 : writes_q + {31'd0, update};
      wire unused_training_ok = &{1'b0, back_group_last, word, column, LAST_FILTER};
    end else begin : gen_inference
      assign updating = 1'b0;
      assign update_filter = {FILTER_BITS{1'b0}};
      assign write = host_write_i;
      assign write_filter = host_unit_i;
      assign write_bias = host_data_i;
      assign lost_o = 1'b0;
      wire unused_inference_ok = &{1'b0, freeze_i, rate_i, base_i, key_i, gradient_valid_i,
                                   gradient_second_i, gradient_word_last_i, gradients_i};
    end
  endgenerate
  wire unused_ok = &{1'b0, group_last};
endmodule

`default_nettype wire
