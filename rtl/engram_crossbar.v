// engram_crossbar : a dense layer with its training: each input meets each output through a weight
//   that can be changed.
// SPDX-License-Identifier: 0BSD
//
// Unit u is lane u mod LANES, group u div LANES; the last group may have fewer lanes. PAIRED, a
// lane has both units of a pair: pair p is lane p mod LANES, and group {p div LANES, u mod 2};
// training passes over the pairs' kept units only. Forward, group by group: a row (one input, LANES weights;
// or two of each) a cycle into LANES accumulators, which are then drained, a sum a cycle. Backward,
// row by row, group by group: the exact sum over the units of weight * gradient (E12, E14) with the
// weights from before the step, and the weights' update (E11, E13, E16) behind it; with SHARED
// multipliers a row's update takes a cycle of its own, in front.
//
// Two rows at a time lie in two banks, the even rows in the first.
//
// Stages: 0 row and group, 1 address, 2 weight, x, gradient, 4 products, 5 forward sum (6 with two
// rows), 6 new weight; 5 + BACK_LEVELS the sum for the layer in front.
`default_nettype none

module engram_crossbar #(
  parameter ROWS = 64,             // inputs
  parameter ROW_BITS = 6,
  parameter AT_ONCE = 1,           // rows at a time, 1 or 2
  parameter UNITS = 2,
  parameter UNIT_BITS = 1,
  parameter LANES = 2,
  parameter GROUPS = 1,            // units (PAIRED: pairs) div LANES, rounded up (PAIRED: times 2)
  parameter GROUP_BITS = 1,
  parameter LAST_LANES = 2,        // of the last group
  parameter PAIRED = 0,            // 1: a lane has the two units of a pair; needs DROPOUT
  parameter DROPOUT = 0,           // 1: training keeps one unit of each pair
  parameter ADDRESS_BITS = 6,      // of a bank's WEIGHT_WORDS words
  parameter WEIGHT_WORDS = 64,     // rows div AT_ONCE, rounded up, times GROUPS
  parameter STORAGE = 0,           // engram_weights
  parameter BANK_LANES = 1,        // lanes whose weights lie side by side; 1 when PAIRED
  parameter SHARED = 0,            // 1: one multiplier for gradient and update
  parameter TRAINING = 1,          // 0: forward only
  parameter LOGIC_MULTIPLIERS = 0, // of all lanes', made of logic
  // formats, in bits
  parameter X_BITS = 16,
  parameter WEIGHT_BITS = 16,
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 38,
  parameter BACK_BITS = 33,        // at least GRADIENT_BITS + WEIGHT_BITS
  parameter BACK_LEVELS = 1,       // smallest L with 2^L >= LANES
  // update
  parameter UPDATE_SHIFT = 10,
  parameter RATE_BITS = 4,
  parameter ROUNDING = 0,          // 0 nearest, 1 stochastic, 2 truncate
  parameter ROUND_BITS = 1,        // R when stochastic, else 1
  parameter LAYER = 2,             // place in the net, for the hash
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,    // of the net's longest layer
  parameter HASH_COLUMN_BITS = 6,
  // order of the inputs in the memory in front (engram_row_order)
  parameter FILTERS = 1,
  parameter FILTERS_AT_ONCE = 1,
  parameter POSITIONS = 1,
  parameter LINE = 1,
  parameter WORDS = 64,
  parameter WORD_BITS = 6,
  parameter SLOT_BITS = 1
) (
  input  wire                        clk_i,
  input  wire                        rst_i,
  // step
  input  wire                        forward_start_i,
  input  wire                        backward_start_i,
  input  wire                        train_i,
  input  wire [(UNITS+1)/2-1:0]      pair_bits_i,  // DROPOUT: constant while the step trains
  input  wire                        freeze_i,
  input  wire [RATE_BITS-1:0]        rate_i,
  input  wire [ROUND_BITS-1:0]       base_i,   // of the rounding hash
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  // inputs: asked for in stage 0, given in stage 2
  output wire                        x_read_o,
  output wire [WORD_BITS-1:0]        x_word_o,
  output wire [AT_ONCE*SLOT_BITS-1:0] x_slots_o,
  input  wire [AT_ONCE*X_BITS-1:0]   x_i,
  input  wire [AT_ONCE-1:0]          x_gate_i,      // the gradient passes to this input
  // forward sums
  output wire                        sum_valid_o,
  output wire [UNIT_BITS-1:0]        sum_unit_o,
  output wire                        sum_keep_o,        // the unit takes part
  output wire                        sum_last_group_o,  // with the last group's first sum
  output wire [SUM_BITS-1:0]         sum_o,
  // gradients with respect to the outputs
  input  wire                        gradient_valid_i,
  input  wire [UNIT_BITS-1:0]        gradient_unit_i,
  input  wire [GRADIENT_BITS-1:0]    gradient_i,
  // sums for the gradients with respect to the inputs, in the order of the inputs' memory
  output wire [AT_ONCE-1:0]          back_valid_o,
  output wire [AT_ONCE*ROW_BITS-1:0] back_rows_o,
  output wire [AT_ONCE*SLOT_BITS-1:0] back_slots_o,
  output wire                        back_word_last_o,
  output wire [AT_ONCE-1:0]          back_gates_o,
  output wire [AT_ONCE*BACK_BITS-1:0] back_sums_o,
  output wire                        updated_o,     // the last weight is being written
  // host, while idle: data three cycles after host_read_i; row and unit stand a cycle before
  input  wire                        host_read_i,
  input  wire                        host_write_i,
  input  wire [ROW_BITS-1:0]         host_row_i,
  input  wire [UNIT_BITS-1:0]        host_unit_i,
  input  wire [WEIGHT_BITS-1:0]      host_data_i,
  output wire [WEIGHT_BITS-1:0]      host_data_o,
  output wire [AT_ONCE*LANES-1:0]    lost_o     // updates that were not zero and changed nothing
);
  localparam LANE_BITS = LANES > 1 ? $clog2(LANES) : 1;
  localparam DRAIN_BITS = LANE_BITS + 1;
  localparam TERM_BITS = WEIGHT_BITS + GRADIENT_BITS;
  localparam LANE_MULTIPLIERS = AT_ONCE * (SHARED != 0 || TRAINING == 0 ? 1 : 2);
  localparam BANKS = (LANES + BANK_LANES - 1) / BANK_LANES;
  localparam ROW_SHIFT = AT_ONCE - 1;  // rows lie at row >> ROW_SHIFT of their bank
  localparam [31:0] LAST_GROUP = GROUPS - 1;
  localparam [31:0] DRAIN_LAST = LANES - 1;
  localparam [31:0] DRAIN_LAST_LANES = LAST_LANES - 1;

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

  // {quotient, rest} of a division by the constant LANES.
  function [63:0] split;
    input [31:0] value;
    integer i;
    begin
      split = {32'd0, value};
      for (i = GROUP_BITS - 1; i >= 0; i = i - 1)
        if (split[31:0] >= (LANES << i)) begin
          split[31:0] = split[31:0] - (LANES << i);
          split[32 + i] = 1'b1;
        end
    end
  endfunction

  // {group, lane} of a unit.
  function [63:0] place_of;
    input [31:0] unit;
    begin
      place_of = split(PAIRED != 0 ? unit >> 1 : unit);
      if (PAIRED != 0) place_of[63:32] = {place_of[62:32], unit[0]};
    end
  endfunction

  // ---------------------------------------------------------------- units that take part
  wire [UNITS-1:0] keep;
  generate
    if (DROPOUT != 0) begin : gen_dropout
      engram_dropout #(.UNITS(UNITS)) u_dropout (
        .train_i(train_i), .pair_bits_i(pair_bits_i), .keep_o(keep)
      );
    end else begin : gen_all
      assign keep = {UNITS{1'b1}};
      wire unused_pairs_ok = &{1'b0, pair_bits_i};
    end
  endgenerate
  wire pairs_only = PAIRED != 0 && train_i;  // passes over pairs instead of units

  // ---------------------------------------------------------------- schedule
  localparam [2:0] IDLE = 3'd0, FORWARD = 3'd1, FLUSH = 3'd2, DRAIN = 3'd3, BACKWARD = 3'd4;
  localparam [2:0] FLUSH_LAST = 3 + ROW_SHIFT;
  reg [2:0]            state_q;
  reg                  phase_q;       // SHARED backward: 0 update, 1 gradient
  reg [GROUP_BITS-1:0] group_q;
  reg [2:0]            flush_q;
  reg [DRAIN_BITS-1:0] drain_q;
  reg [UNIT_BITS-1:0]  unit_q;

  wire [AT_ONCE*ROW_BITS-1:0]  rows;
  wire [AT_ONCE-1:0]           there;
  wire [AT_ONCE*SLOT_BITS-1:0] slots;
  wire word_last, row_first, row_last;
  wire [GROUP_BITS-1:0] group_next;
  wire group_last;
  // The group whose lanes are LAST_LANES.
  wire group_short = group_q >> PAIRED == LAST_GROUP[GROUP_BITS-1:0] >> PAIRED;
  generate
    if (PAIRED != 0) begin : gen_pair_groups
      assign group_next = group_q + {{(GROUP_BITS-1){1'b0}}, 1'b1} +
                          {{(GROUP_BITS-1){1'b0}}, pairs_only};
      assign group_last = group_short && (pairs_only || group_q[0]);
    end else begin : gen_groups
      assign group_next = group_q + 1'b1;
      assign group_last = group_short;
    end
  endgenerate
  wire group_first = group_q == {GROUP_BITS{1'b0}};
  wire phase_last = SHARED == 0 || phase_q;
  wire [DRAIN_BITS-1:0] drain_end =
      group_short ? DRAIN_LAST_LANES[DRAIN_BITS-1:0] : DRAIN_LAST[DRAIN_BITS-1:0];
  wire drain_last = drain_q == (pairs_only ? {drain_end[DRAIN_BITS-2:0], 1'b1} : drain_end);
  wire forward_issue = state_q == FORWARD;
  wire backward_issue = TRAINING != 0 && state_q == BACKWARD;
  wire issue = forward_issue || backward_issue;

  engram_row_order #(
    .ROWS(ROWS), .ROW_BITS(ROW_BITS), .FILTERS(FILTERS), .FILTERS_AT_ONCE(FILTERS_AT_ONCE),
    .POSITIONS(POSITIONS), .LINE(LINE), .WORDS(WORDS), .WORD_BITS(WORD_BITS),
    .SLOT_BITS(SLOT_BITS), .AT_ONCE(AT_ONCE)
  ) u_rows (
    .clk_i(clk_i), .clear_i(!issue),
    .next_i(forward_issue || (group_last && phase_last)),
    .rows_o(rows), .there_o(there), .word_o(x_word_o), .slots_o(slots),
    .word_last_o(word_last), .first_o(row_first), .last_o(row_last)
  );
  assign x_read_o = forward_issue || (backward_issue && !(SHARED != 0 && phase_q));
  assign x_slots_o = slots;

  // Units are drained in their order; a pair's units in two passes are every second one.
  wire [UNIT_BITS-1:0] pair_base;
  generate
    if (PAIRED != 0) begin : gen_pair_base
      reg [UNIT_BITS-1:0] base_q;
      always @(posedge clk_i)
        if (state_q == IDLE) base_q <= {UNIT_BITS{1'b0}};
        else if (state_q == DRAIN && drain_last && (pairs_only || group_q[0]))
          base_q <= unit_q + 1'b1;
      assign pair_base = base_q;
    end else begin : gen_no_pair_base
      assign pair_base = {UNIT_BITS{1'b0}};
    end
  endgenerate

  localparam [UNIT_BITS-1:0] ONE_UNIT = 1;
  wire by_columns = PAIRED != 0 && !train_i;
  wire [UNIT_BITS:0] unit_stride =
      by_columns && !drain_last ? {ONE_UNIT, 1'b0} : {1'b0, ONE_UNIT};
  wire [UNIT_BITS:0] next_unit = {1'b0, unit_q} + unit_stride;
  wire unused_unit_ok = &{1'b0, next_unit[UNIT_BITS], pair_base};

  always @(posedge clk_i)
    if (rst_i) state_q <= IDLE;
    else
      case (state_q)
        IDLE: begin
          if (forward_start_i) state_q <= FORWARD;
          else if (TRAINING != 0 && backward_start_i) state_q <= BACKWARD;
          group_q <= {GROUP_BITS{1'b0}};
          unit_q <= {UNIT_BITS{1'b0}};
          phase_q <= 1'b0;
        end
        FORWARD: begin
          if (row_last) state_q <= FLUSH;
          flush_q <= 3'd0;
          drain_q <= {DRAIN_BITS{1'b0}};
        end
        FLUSH: begin
          flush_q <= flush_q + 1'b1;
          if (flush_q == FLUSH_LAST) state_q <= DRAIN;
        end
        DRAIN: begin
          drain_q <= drain_q + 1'b1;
          unit_q <= drain_last && by_columns && !group_q[0] ? pair_base | ONE_UNIT
                                                            : next_unit[UNIT_BITS-1:0];
          if (drain_last) begin
            group_q <= group_next;
            state_q <= group_last ? IDLE : FORWARD;
          end
        end
        default: begin  // BACKWARD
          phase_q <= SHARED != 0 && !phase_q;
          if (phase_last) group_q <= group_last ? {GROUP_BITS{1'b0}} : group_next;
          if (row_last && group_last && phase_last) state_q <= IDLE;
        end
      endcase

  // ---------------------------------------------------------------- stages
  wire gradient_issue = backward_issue && phase_last;
  wire update_issue = backward_issue && (SHARED == 0 || !phase_q);
  wire forward_1, forward_2, forward_4, first_4;
  wire gradient_1, gradient_2, update_1, update_2, update_6;
  wire update_last_6;
  wire [AT_ONCE*ROW_BITS-1:0] rows_1, rows_2;
  wire [AT_ONCE-1:0] there_1, there_2;
  wire [GROUP_BITS-1:0] group_1;
  // Between steps the host's row and unit go the same way as the schedule's.
  wire [63:0] host_place = place_of({{(32-UNIT_BITS){1'b0}}, host_unit_i});

  engram_delay #(.DATA_BITS(3), .CYCLES(1)) u_valid_1 (
    .clk_i(clk_i), .rst_i(rst_i), .data_i({forward_issue, gradient_issue, update_issue}),
    .data_o({forward_1, gradient_1, update_1})
  );
  engram_delay #(.DATA_BITS(3), .CYCLES(1)) u_valid_2 (
    .clk_i(clk_i), .rst_i(rst_i), .data_i({forward_1, gradient_1, update_1}),
    .data_o({forward_2, gradient_2, update_2})
  );
  engram_delay #(.DATA_BITS(1), .CYCLES(2)) u_forward_4 (
    .clk_i(clk_i), .rst_i(rst_i), .data_i(forward_2), .data_o(forward_4)
  );
  engram_delay #(.DATA_BITS(1), .CYCLES(4)) u_update_6 (
    .clk_i(clk_i), .rst_i(rst_i), .data_i(update_2), .data_o(update_6)
  );
  engram_delay #(.DATA_BITS(1), .CYCLES(4)) u_first_4 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(row_first), .data_o(first_4)
  );
  engram_delay #(.DATA_BITS(1), .CYCLES(6)) u_update_last_6 (
    .clk_i(clk_i), .rst_i(rst_i), .data_i(update_issue && row_last && group_last),
    .data_o(update_last_6)
  );
  engram_delay #(.DATA_BITS(AT_ONCE*(ROW_BITS+1)+GROUP_BITS), .CYCLES(1)) u_place_1 (
    .clk_i(clk_i), .rst_i(1'b0),
    .data_i(issue ? {rows, there, group_q}
                  : {{AT_ONCE{host_row_i}}, there, host_place[32 +: GROUP_BITS]}),
    .data_o({rows_1, there_1, group_1})
  );
  engram_delay #(.DATA_BITS(AT_ONCE*(ROW_BITS+1)), .CYCLES(1)) u_place_2 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i({rows_1, there_1}), .data_o({rows_2, there_2})
  );
  assign updated_o = update_last_6;

  // ---------------------------------------------------------------- inputs
  wire [AT_ONCE*X_BITS-1:0] x;
  wire [AT_ONCE-1:0] x_nonzero;
  wire [AT_ONCE*ADDRESS_BITS-1:0] addresses, addresses_6;
  wire [AT_ONCE*ROUND_BITS-1:0] row_rounds_4;
  genvar r, lane, bank;
  generate
    for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_row
      assign x[r*X_BITS +: X_BITS] = x_i[r*X_BITS +: X_BITS] & {X_BITS{there_2[r]}};
      assign x_nonzero[r] = |x[r*X_BITS +: X_BITS];

      wire [ROW_BITS-1:0] row_1 = rows_1[r*ROW_BITS +: ROW_BITS];
      wire [31:0] address =
          times({{(32-ROW_BITS){1'b0}}, row_1 >> ROW_SHIFT}, GROUPS) +
          {{(32-GROUP_BITS){1'b0}}, group_1};
      assign addresses[r*ADDRESS_BITS +: ADDRESS_BITS] = address[ADDRESS_BITS-1:0];
      wire unused_address_ok = &{1'b0, address};

      if (ROUNDING == 1 && TRAINING != 0) begin : gen_hash
        localparam [HASH_LAYER_BITS-1:0] LAYER_INDEX = LAYER;
        wire [ROUND_BITS-1:0] hash;
        wire [HASH_ROW_BITS-1:0] hash_row = {{(HASH_ROW_BITS-ROW_BITS){1'b0}}, row_1};
        engram_hash #(
          .POSITION_BITS(HASH_LAYER_BITS+HASH_ROW_BITS), .ROUND_BITS(ROUND_BITS)
        ) u_hash (
          .key_i(key_i[HASH_COLUMN_BITS +: HASH_LAYER_BITS+HASH_ROW_BITS+ROUND_BITS-1]),
          .position_i({LAYER_INDEX, hash_row}), .hash_o(hash)
        );
        engram_delay #(.DATA_BITS(ROUND_BITS), .CYCLES(3)) u_round_4 (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(hash ^ base_i),
          .data_o(row_rounds_4[r*ROUND_BITS +: ROUND_BITS])
        );
      end else begin : gen_constant
        assign row_rounds_4[r*ROUND_BITS +: ROUND_BITS] =
            ROUNDING == 0 ? {1'b1, {(ROUND_BITS-1){1'b0}}} : {ROUND_BITS{1'b0}};
        wire unused_round_ok = &{1'b0, base_i, key_i};
      end

      engram_probe #(.INDEX_BITS(ROW_BITS), .VALUE_BITS(X_BITS)) u_input (
        .valid_i(forward_2 && there_2[r]), .index_i(rows_2[r*ROW_BITS +: ROW_BITS]),
        .value_i(x_i[r*X_BITS +: X_BITS])
      );
    end
  endgenerate
  engram_delay #(.DATA_BITS(AT_ONCE*ADDRESS_BITS), .CYCLES(5)) u_addresses_6 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(addresses), .data_o(addresses_6)
  );

  // ---------------------------------------------------------------- lanes
  wire [63:0] gradient_place = place_of({{(32-UNIT_BITS){1'b0}}, gradient_unit_i});
  wire [LANES*SUM_BITS-1:0] sums;
  wire [AT_ONCE*LANES*TERM_BITS-1:0] terms;            // [row][lane]
  wire [AT_ONCE*LANES*WEIGHT_BITS-1:0] weights, next_weights;
  wire [AT_ONCE*LANES-1:0] update, host_write, lost;
  wire [AT_ONCE*LANES*ADDRESS_BITS-1:0] read_addresses, write_addresses;
  wire [LANES-1:0] kept_1;

  generate
    for (lane = 0; lane < LANES; lane = lane + 1) begin : gen_lane
      localparam LOGIC_LEFT = LOGIC_MULTIPLIERS - lane * LANE_MULTIPLIERS;
      localparam LOGIC = LOGIC_LEFT < 0 ? 0 :
                         LOGIC_LEFT < LANE_MULTIPLIERS ? LOGIC_LEFT : LANE_MULTIPLIERS;
      // The lane's units of each group, and whether they take part; only the last group is short.
      wire [(1<<GROUP_BITS)-1:0] group_keeps;
      wire column;           // PAIRED: which of the pair's units is at work
      wire exists_1;
      wire [GROUP_BITS-1:0] unit_group_1, unit_group_2;
      genvar g;
      for (g = 0; g < (1 << GROUP_BITS); g = g + 1) begin : gen_group
        localparam UNIT = PAIRED != 0 ? 2 * ((g / 2) * LANES + lane) + g % 2 : g * LANES + lane;
        if (g < GROUPS && UNIT < UNITS) assign group_keeps[g] = keep[UNIT];
        else assign group_keeps[g] = 1'b0;
      end
      if (PAIRED != 0) begin : gen_column
        // Training keeps the second unit where it takes part.
        wire [GROUP_BITS-1:0] second = group_1 | {{(GROUP_BITS-1){1'b0}}, 1'b1};
        assign column = host_read_i || host_write_i ? group_1[0] : train_i ? group_keeps[second] : group_1[0];
        assign unit_group_1 = column ? second : group_1 & ~{{(GROUP_BITS-1){1'b0}}, 1'b1};
      end else begin : gen_no_column
        assign column = 1'b0;
        wire unused_column_ok = &{1'b0, column};
        assign unit_group_1 = group_1;
      end
      assign exists_1 =
          lane < LAST_LANES || group_1 >> PAIRED != LAST_GROUP[GROUP_BITS-1:0] >> PAIRED;
      assign kept_1[lane] = exists_1 && group_keeps[unit_group_1];

      wire exists_2, kept_2;
      engram_delay #(.DATA_BITS(GROUP_BITS+2), .CYCLES(1)) u_unit_2 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i({unit_group_1, exists_1, kept_1[lane]}),
        .data_o({unit_group_2, exists_2, kept_2})
      );
      wire kept_4;
      engram_delay #(.DATA_BITS(1), .CYCLES(2)) u_kept_4 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(kept_2), .data_o(kept_4)
      );

      wire [AT_ONCE*ROUND_BITS-1:0] rounds_4;
      if (ROUNDING == 1 && TRAINING != 0) begin : gen_column_hash
        wire [GROUP_BITS-1:0] unit_group_4;
        engram_delay #(.DATA_BITS(GROUP_BITS), .CYCLES(2)) u_group_4 (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(unit_group_2), .data_o(unit_group_4)
        );
        wire [31:0] unit_4 =
            PAIRED != 0
                ? times({{(32-GROUP_BITS){1'b0}}, unit_group_4 >> 1}, 2 * LANES) + 2 * lane +
                      {31'd0, unit_group_4[0]}
                : times({{(32-GROUP_BITS){1'b0}}, unit_group_4}, LANES) + lane;
        wire unused_unit_4_ok = &{1'b0, unit_4};
        wire [ROUND_BITS-1:0] hash;
        engram_hash #(.POSITION_BITS(HASH_COLUMN_BITS), .ROUND_BITS(ROUND_BITS)) u_column_hash (
          .key_i(key_i[HASH_COLUMN_BITS+ROUND_BITS-2:0]),
          .position_i(unit_4[HASH_COLUMN_BITS-1:0]), .hash_o(hash)
        );
        assign rounds_4 = row_rounds_4 ^ {AT_ONCE{hash}};
      end else begin : gen_constant
        assign rounds_4 = row_rounds_4;
      end

      wire [AT_ONCE*WEIGHT_BITS-1:0] lane_weights, lane_next;
      wire [AT_ONCE*TERM_BITS-1:0] lane_terms;
      wire [AT_ONCE-1:0] changed, lane_lost;
      engram_lane #(
        .ROWS_AT_ONCE(AT_ONCE), .X_BITS(X_BITS), .WEIGHT_BITS(WEIGHT_BITS),
        .GRADIENT_BITS(GRADIENT_BITS), .SUM_BITS(SUM_BITS), .GROUP_BITS(GROUP_BITS),
        .UPDATE_SHIFT(UPDATE_SHIFT), .RATE_BITS(RATE_BITS), .ROUND_BITS(ROUND_BITS),
        .SHARED(SHARED), .TRAINING(TRAINING), .LOGIC_MULTIPLIERS(LOGIC)
      ) u_lane (
        .clk_i(clk_i),
        .forward_i(forward_2), .gradient_phase_i(gradient_2),
        .update_phase_i(update_2 && !freeze_i), .there_i(exists_2), .kept_i(kept_2),
        .group_i(unit_group_2), .x_i(x), .x_nonzero_i(x_nonzero), .weights_i(lane_weights),
        .accumulate_i(forward_4 && kept_4), .first_i(first_4), .rate_i(rate_i),
        .rounds_i(rounds_4), .terms_o(lane_terms), .sum_o(sums[lane*SUM_BITS +: SUM_BITS]),
        .next_weights_o(lane_next), .changed_o(changed), .lost_o(lane_lost),
        .gradient_write_i(gradient_valid_i && gradient_place[LANE_BITS-1:0] == lane),
        .gradient_group_i(gradient_place[32 +: GROUP_BITS]), .gradient_i(gradient_i)
      );

      for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_lane_row
        localparam AT = r * LANES + lane;
        wire [ADDRESS_BITS-1:0] read_address = addresses[r*ADDRESS_BITS +: ADDRESS_BITS];
        wire [ADDRESS_BITS-1:0] update_address = addresses_6[r*ADDRESS_BITS +: ADDRESS_BITS];
        // PAIRED: groups are even in number, so that an address's last bit is the column.
        if (PAIRED != 0) begin : gen_columns
          localparam [ADDRESS_BITS-1:0] ODD = 1;
          wire [ADDRESS_BITS-1:0] read_there = column ? read_address | ODD : read_address & ~ODD;
          assign read_addresses[AT*ADDRESS_BITS +: ADDRESS_BITS] = read_there;
          wire column_6;
          engram_delay #(.DATA_BITS(1), .CYCLES(5)) u_column_6 (
            .clk_i(clk_i), .rst_i(1'b0), .data_i(column), .data_o(column_6)
          );
          assign write_addresses[AT*ADDRESS_BITS +: ADDRESS_BITS] =
              host_write_i ? read_there : column_6 ? update_address | ODD : update_address & ~ODD;
        end else begin : gen_straight
          assign read_addresses[AT*ADDRESS_BITS +: ADDRESS_BITS] = read_address;
          assign write_addresses[AT*ADDRESS_BITS +: ADDRESS_BITS] =
              host_write_i ? read_address : update_address;
        end
        assign lane_weights[r*WEIGHT_BITS +: WEIGHT_BITS] = weights[AT*WEIGHT_BITS +: WEIGHT_BITS];
        assign terms[AT*TERM_BITS +: TERM_BITS] = lane_terms[r*TERM_BITS +: TERM_BITS];
        assign update[AT] = update_6 && !freeze_i && changed[r];
        assign lost[AT] = update_6 && !freeze_i && lane_lost[r];
        assign host_write[AT] = host_write_i && host_place[LANE_BITS-1:0] == lane &&
                                (AT_ONCE == 1 || host_row_i[0] == r);
        assign next_weights[AT*WEIGHT_BITS +: WEIGHT_BITS] =
            host_write_i ? host_data_i : lane_next[r*WEIGHT_BITS +: WEIGHT_BITS];
      end
    end

    for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_bank_row
      for (bank = 0; bank < BANKS; bank = bank + 1) begin : gen_bank
        localparam FIRST = bank * BANK_LANES;
        localparam HERE = FIRST + BANK_LANES > LANES ? LANES - FIRST : BANK_LANES;
        localparam AT = r * LANES + FIRST;
        engram_weights #(
          .LANES(HERE), .WEIGHT_BITS(WEIGHT_BITS), .WORDS(WEIGHT_WORDS),
          .ADDRESS_BITS(ADDRESS_BITS), .STORAGE(STORAGE)
        ) u_weights (
          .clk_i(clk_i),
          .write_i(update[AT +: HERE] | host_write[AT +: HERE]),
          .write_address_i(write_addresses[AT*ADDRESS_BITS +: ADDRESS_BITS]),
          .write_data_i(next_weights[AT*WEIGHT_BITS +: HERE*WEIGHT_BITS]),
          .read_i(((forward_1 || update_1) && |kept_1[FIRST +: HERE]) || host_read_i),
          .read_address_i(read_addresses[AT*ADDRESS_BITS +: ADDRESS_BITS]),
          .read_data_o(weights[AT*WEIGHT_BITS +: HERE*WEIGHT_BITS])
        );
      end
    end
  endgenerate
  wire unused_addresses_ok = &{1'b0, read_addresses, write_addresses};

  // Weights written in the last step, for the benches; synthesizes to nothing.
  function [31:0] ones;
    input [AT_ONCE*LANES-1:0] flags;
    integer i;
    begin
      ones = 32'd0;
      for (i = 0; i < AT_ONCE * LANES; i = i + 1) ones = ones + {31'd0, flags[i]};
    end
  endfunction
  reg [31:0] writes_q /*verilator public_flat_rd*/;
  always @(posedge clk_i) writes_q <= forward_start_i ? 32'd0 : writes_q + ones(update);

  // ---------------------------------------------------------------- forward sums
  reg                 sum_valid_q, sum_keep_q, sum_last_group_q;
  reg [UNIT_BITS-1:0] sum_unit_q;
  reg [SUM_BITS-1:0]  sum_q;
  wire [LANE_BITS-1:0] drain_lane =
      pairs_only ? drain_q[DRAIN_BITS-1:1] : drain_q[LANE_BITS-1:0];
  wire [SUM_BITS-1:0] lane_sum;
  engram_pick #(.VALUE_BITS(SUM_BITS), .VALUES(LANES), .INDEX_BITS(LANE_BITS)) u_lane_sum (
    .values_i(sums), .index_i(drain_lane), .value_o(lane_sum)
  );
  always @(posedge clk_i) begin
    sum_valid_q <= state_q == DRAIN && !rst_i;
    sum_last_group_q <= group_last && drain_q == {DRAIN_BITS{1'b0}};
    sum_keep_q <= keep[unit_q];
    sum_unit_q <= unit_q;
    sum_q <= lane_sum;
  end
  assign sum_valid_o = sum_valid_q;
  assign sum_last_group_o = sum_valid_q && sum_last_group_q;
  assign sum_keep_o = sum_keep_q;
  assign sum_unit_o = sum_unit_q;
  assign sum_o = sum_q;

  // ---------------------------------------------------------------- sums for the layer in front
  generate
    if (TRAINING != 0) begin : gen_back
      wire back_issued, back_first, back_group_last;
      engram_delay #(.DATA_BITS(1), .CYCLES(2+BACK_LEVELS)) u_issued (
        .clk_i(clk_i), .rst_i(rst_i), .data_i(gradient_2), .data_o(back_issued)
      );
      wire [AT_ONCE*ROW_BITS-1:0] back_rows;
      wire [AT_ONCE*SLOT_BITS-1:0] back_slots;
      wire [AT_ONCE-1:0] back_there, back_gates;
      wire back_word_last;
      engram_delay #(
        .DATA_BITS(AT_ONCE*(ROW_BITS+SLOT_BITS+1)+3), .CYCLES(4+BACK_LEVELS)
      ) u_place (
        .clk_i(clk_i), .rst_i(1'b0),
        .data_i({rows, slots, there, word_last, group_first, group_last}),
        .data_o({back_rows, back_slots, back_there, back_word_last, back_first, back_group_last})
      );
      engram_delay #(.DATA_BITS(AT_ONCE), .CYCLES(2+BACK_LEVELS)) u_gates (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(x_gate_i), .data_o(back_gates)
      );
      reg                           word_last_q;
      reg [AT_ONCE-1:0]             valid_q, gates_q;
      reg [AT_ONCE*ROW_BITS-1:0]    rows_q;
      reg [AT_ONCE*SLOT_BITS-1:0]   slots_q;
      reg [AT_ONCE*BACK_BITS-1:0]   sums_q;
      always @(posedge clk_i) begin
        valid_q <= back_there & {AT_ONCE{back_issued && back_group_last && !rst_i}};
        word_last_q <= back_word_last;
        gates_q <= back_gates;
        rows_q <= back_rows;
        slots_q <= back_slots;
      end
      for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_back_row
        wire [BACK_BITS-1:0] group_sum;
        engram_adder_tree #(
          .TERMS(LANES), .TERM_BITS(TERM_BITS), .SUM_BITS(BACK_BITS), .LEVELS(BACK_LEVELS)
        ) u_tree (
          .clk_i(clk_i), .terms_i(terms[r*LANES*TERM_BITS +: LANES*TERM_BITS]),
          .sum_o(group_sum)
        );
        if (GROUPS >> PAIRED == 1) begin : gen_whole
          always @(posedge clk_i) sums_q[r*BACK_BITS +: BACK_BITS] <= group_sum;
          wire unused_first_ok = &{1'b0, back_first};
        end else begin : gen_groups
          always @(posedge clk_i)
            if (back_issued)
              sums_q[r*BACK_BITS +: BACK_BITS] <=
                  (back_first ? {BACK_BITS{1'b0}} : sums_q[r*BACK_BITS +: BACK_BITS]) + group_sum;
        end
      end
      assign back_valid_o = valid_q;
      assign back_word_last_o = word_last_q;
      assign back_gates_o = gates_q;
      assign back_rows_o = rows_q;
      assign back_slots_o = slots_q;
      assign back_sums_o = sums_q;
      assign lost_o = lost;
    end else begin : gen_no_back
      assign back_valid_o = {AT_ONCE{1'b0}};
      assign back_word_last_o = 1'b0;
      assign back_gates_o = {AT_ONCE{1'b0}};
      assign back_rows_o = {(AT_ONCE*ROW_BITS){1'b0}};
      assign back_slots_o = {(AT_ONCE*SLOT_BITS){1'b0}};
      assign back_sums_o = {(AT_ONCE*BACK_BITS){1'b0}};
      assign lost_o = {(AT_ONCE*LANES){1'b0}};
      wire unused_back_ok = &{1'b0, terms, lost, x_gate_i, group_first, word_last,
                              backward_start_i};
    end
  endgenerate

  // ---------------------------------------------------------------- host
  reg [LANE_BITS-1:0]   host_lane_q;
  reg                   host_bank_q;
  reg [WEIGHT_BITS-1:0] host_data_q;
  wire [LANES*WEIGHT_BITS-1:0] host_weights =
      host_bank_q ? weights[(AT_ONCE-1)*LANES*WEIGHT_BITS +: LANES*WEIGHT_BITS]
                  : weights[0 +: LANES*WEIGHT_BITS];
  wire [WEIGHT_BITS-1:0] host_weight;
  engram_pick #(.VALUE_BITS(WEIGHT_BITS), .VALUES(LANES), .INDEX_BITS(LANE_BITS)) u_host_weight (
    .values_i(host_weights), .index_i(host_lane_q), .value_o(host_weight)
  );
  always @(posedge clk_i) begin
    if (host_read_i) begin
      host_lane_q <= host_place[LANE_BITS-1:0];
      host_bank_q <= host_row_i[0];
    end
    host_data_q <= host_weight;
  end
  assign host_data_o = host_data_q;
  wire unused_ok = &{1'b0, host_place, gradient_place, LAST_GROUP, DRAIN_LAST,
                     DRAIN_LAST_LANES};
endmodule

`default_nettype wire
