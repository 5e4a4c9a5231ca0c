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
// multipliers a row's update takes a cycle of its own, in front. Then two training lanes share an
// update unit: lane EARLY + e, always a cycle behind lane e, has it every second cycle. With COUPLED
// a training lane is two lanes, a pair's units, of which training keeps one.
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
  parameter COUPLED = 0,           // 1: lanes 2k and 2k + 1 train one unit at a time; needs DROPOUT,
                                   //    TRAINING, one row at a time, even LANES
  parameter EARLY = LANES,         // training lanes with an update unit, whole banks; at least half
  parameter ADDRESS_BITS = 6,      // of a bank's WEIGHT_WORDS words
  parameter WEIGHT_WORDS = 64,     // rows div AT_ONCE, rounded up, times GROUPS
  parameter STORAGE = 0,           // engram_weights
  parameter BANK_LANES = 1,        // lanes whose weights lie side by side; 1 when PAIRED
  parameter SHARED = 0,            // 1: one multiplier for gradient and update
  parameter TRAINING = 1,          // 0: forward only
  parameter LOGIC_MULTIPLIERS = 0, // of all lanes', made of logic
  parameter COPIES = 1,            // of what goes to all lanes, each for as many of them
  // formats, in bits
  parameter X_BITS = 16,
  parameter WEIGHT_BITS = 16,
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 38,
  parameter BACK_BITS = 33,        // at least GRADIENT_BITS + WEIGHT_BITS
  parameter BACK_LEVELS = 1,       // smallest L with 2^L >= EARLY, one more where there are others
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
  input  wire                        train_i,      // from a cycle after the start on
  input  wire [(UNITS+1)/2-1:0]      pair_bits_i,  // DROPOUT: constant while the step trains
  input  wire                        freeze_i,
  input  wire [RATE_BITS-1:0]        rate_i,
  input  wire [ROUND_BITS-1:0]       base_i,   // of the rounding hash
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  // inputs: asked for in stage 0, given in stage 2
  output wire                        x_read_o,
  output wire [WORD_BITS-1:0]        x_word_o,
  output wire [AT_ONCE*SLOT_BITS-1:0] x_slots_o,
  input  wire [COPIES*AT_ONCE*X_BITS-1:0] x_i,
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
  // host, while idle: data four cycles after host_read_i; row and unit stand from a cycle before,
  // and with the data until then; what is written until two cycles after host_write_i
  input  wire                        host_read_i,
  input  wire                        host_write_i,
  input  wire [ROW_BITS-1:0]         host_row_i,
  input  wire [UNIT_BITS-1:0]        host_unit_i,
  input  wire [WEIGHT_BITS-1:0]      host_data_i,
  output wire [WEIGHT_BITS-1:0]      host_data_o,
  output wire [AT_ONCE*EARLY-1:0]    lost_o     // updates that were not zero and changed nothing
);
  localparam LANE_BITS = LANES > 1 ? $clog2(LANES) : 1;
  localparam DRAIN_BITS = LANE_BITS + 1;
  localparam TERM_BITS = WEIGHT_BITS + GRADIENT_BITS;
  localparam U_BITS = X_BITS + GRADIENT_BITS;
  localparam COLUMNS = COUPLED != 0 ? 2 : 1;
  localparam TRAINED = LANES / COLUMNS;  // training lanes
  localparam LATE = TRAINED - EARLY;     // those a cycle behind
  localparam HALVES = LATE > 0 ? 2 : 1;
  localparam PASSES = GROUPS >> PAIRED;
  localparam PASS_BITS = PASSES > 1 ? $clog2(PASSES) : 1;
  localparam PASS_UNITS = PAIRED != 0 ? 2 * LANES : LANES;  // all units of a pass
  // A unit's number is its pass's and its place's, bit beside bit.
  localparam BESIDE = (PASS_UNITS & (PASS_UNITS - 1)) == 0;
  localparam LANE_MULTIPLIERS = AT_ONCE * (COLUMNS + (SHARED != 0 || TRAINING == 0 ? 0 : 1));
  localparam BANKS = (LANES + BANK_LANES - 1) / BANK_LANES;
  // The host's writes, too, take their address from place_6, when it has come there.
  localparam PLACED_WRITES = SHARED == 0 && STORAGE != 2 ? 1 : 0;
  // Of many lanes a sum is picked in two steps, which takes a cycle more of each pass.
  localparam LATE_PICK = LANES > 16 ? 1 : 0;
  localparam FEEDS = COPIES * AT_ONCE;  // [copy][row]
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
      if ((LANES & (LANES - 1)) == 0) begin
        split[63:32] = value >> $clog2(LANES);
        split[31:0] = value & (LANES - 1);
      end else
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
  wire [COPIES-1:0] trains;
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_trains (
    .clk_i(clk_i), .data_i(train_i), .copies_o(trains)
  );
  wire [UNITS-1:0] keep;
  generate
    if (DROPOUT != 0) begin : gen_dropout
      engram_dropout #(.UNITS(UNITS)) u_dropout (
        .train_i(trains[0]), .pair_bits_i(pair_bits_i), .keep_o(keep)
      );
    end else begin : gen_all
      assign keep = {UNITS{1'b1}};
      wire unused_pairs_ok = &{1'b0, pair_bits_i};
    end
  endgenerate
  wire pairs_only = PAIRED != 0 && trains[0];  // passes over pairs instead of units

  // ---------------------------------------------------------------- schedule
  localparam [2:0] IDLE = 3'd0, FORWARD = 3'd1, FLUSH = 3'd2, DRAIN = 3'd3, BACKWARD = 3'd4;
  localparam [2:0] FLUSH_LAST = 3 + ROW_SHIFT + LATE_PICK;
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
  wire by_columns = PAIRED != 0 && !trains[0];
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
  wire forward_1, forward_2, gradient_1, gradient_2, update_1, update_2;
  reg [5:3]  forward_q;
  reg        gradient_3_q;
  reg [7:3]  update_q;
  reg [2:1]  first_q;
  wire       update_last;
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
  always @(posedge clk_i) begin
    forward_q <= rst_i ? 3'd0 : {forward_q[4:3], forward_2};
    gradient_3_q <= gradient_2 && !rst_i;
    update_q <= rst_i ? 5'd0 : {update_q[6:3], update_2};
    first_q <= {first_q[1], row_first};
  end
  engram_delay #(.DATA_BITS(1), .CYCLES(5+HALVES)) u_update_last (
    .clk_i(clk_i), .rst_i(rst_i), .data_i(update_issue && row_last && group_last),
    .data_o(update_last)
  );
  wire [COPIES*AT_ONCE*ROW_BITS-1:0] copied_rows_1;
  wire [COPIES*GROUP_BITS-1:0] copied_group_1;
  wire [COPIES-1:0] reading_1;
  wire [AT_ONCE*ROW_BITS-1:0] rows_1 = copied_rows_1[0 +: AT_ONCE*ROW_BITS];
  wire [AT_ONCE*ROW_BITS-1:0] rows_2;
  wire [AT_ONCE-1:0] there_1, there_2;
  wire [GROUP_BITS-1:0] group_1 = copied_group_1[0 +: GROUP_BITS];
  // The same for the late lanes, a cycle behind.
  wire [1:0] half_forward_2 = {forward_q[3], forward_2};
  wire [1:0] half_update_2 = {update_q[3], update_2};
  wire [1:0] half_backward_1 = {gradient_2 || update_2, gradient_1 || update_1};
  wire [1:0] half_update_6 = update_q[7:6];
  engram_copies #(.DATA_BITS(AT_ONCE*ROW_BITS), .COPIES(COPIES)) u_rows_1 (
    .clk_i(clk_i), .data_i(state_q == IDLE ? {AT_ONCE{host_row_i}} : rows),
    .copies_o(copied_rows_1)
  );
  engram_copies #(.DATA_BITS(GROUP_BITS), .COPIES(COPIES)) u_group_1 (
    .clk_i(clk_i), .data_i(state_q == IDLE ? host_place[32 +: GROUP_BITS] : group_q),
    .copies_o(copied_group_1)
  );
  // Whether a row's product begins the sums, or goes into them.
  wire [COPIES-1:0] firsts_3, forwards_4;
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_firsts_3 (
    .clk_i(clk_i), .data_i(forward_2 && first_q[2]), .copies_o(firsts_3)
  );
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_forwards_4 (
    .clk_i(clk_i), .data_i(forward_q[3]), .copies_o(forwards_4)
  );
  wire first_4;
  engram_delay #(.DATA_BITS(1), .CYCLES(1)) u_first_4 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(firsts_3[0]), .data_o(first_4)
  );
  // Whether gradients meet weights, and whether weights change.
  wire [COPIES-1:0] gradients_phase_2, updates_6;
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_gradients_phase_2 (
    .clk_i(clk_i), .data_i(gradient_1 && !rst_i), .copies_o(gradients_phase_2)
  );
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_updates_6 (
    .clk_i(clk_i), .data_i(update_q[5] && !freeze_i && !rst_i), .copies_o(updates_6)
  );
  // Whether weights are read.
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_reading_1 (
    .clk_i(clk_i), .data_i(forward_issue || update_issue), .copies_o(reading_1)
  );
  engram_delay #(.DATA_BITS(AT_ONCE), .CYCLES(1)) u_there_1 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(there), .data_o(there_1)
  );
  engram_delay #(.DATA_BITS(AT_ONCE*(ROW_BITS+1)), .CYCLES(1)) u_place_2 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i({rows_1, there_1}), .data_o({rows_2, there_2})
  );
  assign updated_o = update_last;

  // ---------------------------------------------------------------- inputs
  wire [FEEDS*X_BITS-1:0] x;
  wire [FEEDS-1:0] x_nonzero;
  wire [FEEDS*ADDRESS_BITS-1:0] addresses, addresses_6;
  wire [AT_ONCE*ROUND_BITS-1:0] rounds_1, rounds_4;
  wire [PASS_BITS-1:0] pass_1 = PASSES > 1 ? group_1[GROUP_BITS-1 -: PASS_BITS] : {PASS_BITS{1'b0}};
  wire [31:0] first_unit_1 = times({{(32-PASS_BITS){1'b0}}, pass_1}, PASS_UNITS);
  genvar r, lane, bank, feed;
  generate
    for (feed = 0; feed < FEEDS; feed = feed + 1) begin : gen_feed
      assign x[feed*X_BITS +: X_BITS] =
          x_i[feed*X_BITS +: X_BITS] & {X_BITS{there_2[feed % AT_ONCE]}};
      assign x_nonzero[feed] = |x[feed*X_BITS +: X_BITS];

      wire [ROW_BITS-1:0] row = copied_rows_1[feed*ROW_BITS +: ROW_BITS];
      wire [GROUP_BITS-1:0] group = copied_group_1[(feed/AT_ONCE)*GROUP_BITS +: GROUP_BITS];
      wire [31:0] first = times({{(32-ROW_BITS){1'b0}}, row >> ROW_SHIFT}, GROUPS);
      wire [31:0] address = GROUPS == 1 ? first : first + {{(32-GROUP_BITS){1'b0}}, group};
      assign addresses[feed*ADDRESS_BITS +: ADDRESS_BITS] = address[ADDRESS_BITS-1:0];
      wire unused_address_ok = &{1'b0, address, group};
    end

    for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_row
      if (ROUNDING == 1 && TRAINING != 0) begin : gen_hash
        localparam [HASH_LAYER_BITS-1:0] LAYER_INDEX = LAYER;
        wire [ROUND_BITS-1:0] row_hash, pass_hash;
        wire [HASH_ROW_BITS-1:0] hash_row =
            {{(HASH_ROW_BITS-ROW_BITS){1'b0}}, rows_1[r*ROW_BITS +: ROW_BITS]};
        engram_hash #(
          .POSITION_BITS(HASH_LAYER_BITS+HASH_ROW_BITS), .ROUND_BITS(ROUND_BITS)
        ) u_hash (
          .key_i(key_i[HASH_COLUMN_BITS +: HASH_LAYER_BITS+HASH_ROW_BITS+ROUND_BITS-1]),
          .position_i({LAYER_INDEX, hash_row}), .hash_o(row_hash)
        );
        engram_hash #(.POSITION_BITS(HASH_COLUMN_BITS), .ROUND_BITS(ROUND_BITS)) u_pass_hash (
          .key_i(key_i[HASH_COLUMN_BITS+ROUND_BITS-2:0]),
          .position_i(BESIDE != 0 ? first_unit_1[HASH_COLUMN_BITS-1:0]
                                  : {HASH_COLUMN_BITS{1'b0}}), .hash_o(pass_hash)
        );
        assign rounds_1[r*ROUND_BITS +: ROUND_BITS] = row_hash ^ pass_hash ^ base_i;
      end else begin : gen_constant
        assign rounds_1[r*ROUND_BITS +: ROUND_BITS] =
            ROUNDING == 0 ? {1'b1, {(ROUND_BITS-1){1'b0}}} : {ROUND_BITS{1'b0}};
        wire unused_round_ok = &{1'b0, base_i, key_i, first_unit_1};
      end

      engram_probe #(.INDEX_BITS(ROW_BITS), .VALUE_BITS(X_BITS)) u_input (
        .valid_i(forward_2 && there_2[r]), .index_i(rows_2[r*ROW_BITS +: ROW_BITS]),
        .value_i(x_i[r*X_BITS +: X_BITS])
      );
    end
  endgenerate
  // ---------------------------------------------------------------- lanes
  // Gradients that are given, to many lanes a cycle later, which is still before they are read. Of a
  // pair the one that was dropped has a gradient of zero.
  localparam GIVEN_BITS = 1 + UNIT_BITS + GRADIENT_BITS;
  wire [COPIES*GIVEN_BITS-1:0] given;
  wire [COPIES-1:0] given_taken;
  wire [COPIES*LANE_BITS-1:0] given_lanes;
  wire [COPIES*PASS_BITS-1:0] given_passes;
  wire [COPIES*GRADIENT_BITS-1:0] given_gradients;
  genvar copy;
  generate
    if (COPIES > 1) begin : gen_given_copies
      engram_copies #(.DATA_BITS(GIVEN_BITS), .COPIES(COPIES)) u_given (
        .clk_i(clk_i), .data_i({gradient_valid_i && !rst_i, gradient_unit_i, gradient_i}),
        .copies_o(given)
      );
    end else begin : gen_given_now
      assign given = {gradient_valid_i, gradient_unit_i, gradient_i};
    end
    for (copy = 0; copy < COPIES; copy = copy + 1) begin : gen_given
      wire valid;
      wire [UNIT_BITS-1:0] unit;
      wire [GRADIENT_BITS-1:0] gradient;
      assign {valid, unit, gradient} = given[copy*GIVEN_BITS +: GIVEN_BITS];
      wire [63:0] place = place_of({{(32-UNIT_BITS){1'b0}}, unit});
      assign given_taken[copy] = valid && (!(PAIRED != 0 || COUPLED != 0) || !unit[0] || |gradient);
      wire [LANE_BITS:0] given_lane = {1'b0, place[LANE_BITS-1:0]};
      assign given_lanes[copy*LANE_BITS +: LANE_BITS] = given_lane[COUPLED +: LANE_BITS];
      assign given_passes[copy*PASS_BITS +: PASS_BITS] = place[32+PAIRED +: PASS_BITS];
      assign given_gradients[copy*GRADIENT_BITS +: GRADIENT_BITS] = gradient;
      wire unused_given_ok = &{1'b0, place, given_lane};
    end
  endgenerate
  wire host_turn = !(forward_1 || gradient_1 || update_1);

  wire [LANES*SUM_BITS-1:0] sums;
  wire [AT_ONCE*TRAINED*TERM_BITS-1:0] terms;  // [row][training lane]
  wire [AT_ONCE*TRAINED*U_BITS-1:0] us;
  wire [AT_ONCE*TRAINED*WEIGHT_BITS-1:0] trained_weights, last_weights;
  wire [AT_ONCE*LANES*WEIGHT_BITS-1:0] weights;
  wire [AT_ONCE*EARLY*WEIGHT_BITS-1:0] next_weights;
  wire [AT_ONCE*EARLY-1:0] changed, unit_lost, lost;
  wire [AT_ONCE*LANES-1:0] update;
  wire [TRAINED-1:0] trains_second_1, second_1, second_4, second_6;
  wire [COPIES-1:0] host_reads, host_writes;
  wire host_read_late, host_write_late;
  wire [COPIES*LANE_BITS-1:0] host_lanes;
  engram_copies #(.DATA_BITS(LANE_BITS), .COPIES(COPIES)) u_host_lanes (
    .clk_i(clk_i), .data_i(host_place[LANE_BITS-1:0]), .copies_o(host_lanes)
  );
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_host_reads (
    .clk_i(clk_i), .data_i(host_read_i), .copies_o(host_reads)
  );

  // Late lanes: inputs and addresses a cycle later.
  wire [2*FEEDS*X_BITS-1:0] half_x;
  wire [2*FEEDS-1:0] half_x_nonzero;
  wire [2*FEEDS*ADDRESS_BITS-1:0] half_addresses;
  wire [2*PASS_BITS-1:0] half_passes;
  wire [2*LANES-1:0] half_reads_1;
  wire [AT_ONCE*ADDRESS_BITS-1:0] addresses_2;
  wire [PASS_BITS-1:0] pass_2;
  wire [LANES-1:0] kept_1, reads_1, reads_2;  // take part; whose weights are read
  generate
    if (LATE > 0) begin : gen_behind
      reg [FEEDS*X_BITS-1:0] x_q;
      reg [FEEDS-1:0] x_nonzero_q;
      reg host_read_q, host_write_q;
      always @(posedge clk_i) begin
        x_q <= x;
        x_nonzero_q <= x_nonzero;
        host_read_q <= host_reads[0];
        host_write_q <= host_write_i;
      end
      assign half_x = {x_q, x};
      assign half_x_nonzero = {x_nonzero_q, x_nonzero};
      assign host_read_late = host_read_q;
      assign host_writes = {COPIES{host_write_i}};
      assign host_write_late = host_write_q;
    end else begin : gen_together
      assign half_x = {2{x}};
      assign half_x_nonzero = {2{x_nonzero}};
      assign host_read_late = host_reads[0];
      assign host_write_late = host_writes[0];
      if (PLACED_WRITES != 0) begin : gen_placed
        wire host_write_1;
        engram_delay #(.DATA_BITS(1), .CYCLES(1)) u_host_write_1 (
          .clk_i(clk_i), .rst_i(rst_i), .data_i(host_write_i), .data_o(host_write_1)
        );
        engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_host_writes (
          .clk_i(clk_i), .data_i(host_write_1 && !rst_i), .copies_o(host_writes)
        );
      end else begin : gen_at_once
        assign host_writes = {COPIES{host_write_i}};
      end
    end
  endgenerate
  // What the host writes stands until after its write in gen_placed.
  wire [COPIES*WEIGHT_BITS-1:0] host_data;
  generate
    if (PLACED_WRITES != 0 && COPIES > 1) begin : gen_host_copies
      engram_copies #(.DATA_BITS(WEIGHT_BITS), .COPIES(COPIES)) u_host_data (
        .clk_i(clk_i), .data_i(host_data_i), .copies_o(host_data)
      );
    end else begin : gen_host_data
      assign host_data = {COPIES{host_data_i}};
    end
  endgenerate
  assign half_addresses = {{COPIES{addresses_2}}, addresses};
  assign half_passes = {pass_2, pass_1};
  assign half_reads_1 = {reads_2, reads_1};

  // Where weights are written: what goes beside them from stage 1 to 6 (late: 7). With SHARED
  // multipliers all of it stands for two cycles.
  localparam PLACE_BITS = AT_ONCE * (ADDRESS_BITS + ROUND_BITS) + TRAINED + PASS_BITS;
  wire [PLACE_BITS-1:0] place_2, place_4, place_6;
  wire [PASS_BITS-1:0] pass_4;
  engram_delay #(.DATA_BITS(PLACE_BITS), .CYCLES(1)) u_update_place_2 (
    .clk_i(clk_i), .rst_i(1'b0),
    .data_i({addresses[0 +: AT_ONCE*ADDRESS_BITS], rounds_1, second_1, pass_1}), .data_o(place_2)
  );
  generate
    if (SHARED != 0) begin : gen_held
      reg [PLACE_BITS-1:0] place_4_q, place_6_q;
      always @(posedge clk_i) begin
        if (update_q[3]) place_4_q <= place_2;
        if (update_q[5]) place_6_q <= place_4_q;
      end
      assign place_4 = place_4_q;
      assign place_6 = place_6_q;
      assign addresses_6 = {COPIES{place_6_q[PLACE_BITS-1 -: AT_ONCE*ADDRESS_BITS]}};
    end else begin : gen_stages
      engram_delay #(.DATA_BITS(PLACE_BITS), .CYCLES(2)) u_place_4 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(place_2), .data_o(place_4)
      );
      wire [PLACE_BITS-1:0] place_5;
      engram_delay #(.DATA_BITS(PLACE_BITS), .CYCLES(1)) u_place_5 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(place_4), .data_o(place_5)
      );
      // What is written in the next cycle, or the host's place.
      wire [PLACE_BITS-1:0] place_next = update_q[5] ? place_5 : place_2;
      engram_delay #(.DATA_BITS(PLACE_BITS), .CYCLES(1)) u_place_6 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(place_next), .data_o(place_6)
      );
      engram_copies #(.DATA_BITS(AT_ONCE*ADDRESS_BITS), .COPIES(COPIES)) u_addresses_6 (
        .clk_i(clk_i), .data_i(place_next[PLACE_BITS-1 -: AT_ONCE*ADDRESS_BITS]),
        .copies_o(addresses_6)
      );
    end
  endgenerate
  assign addresses_2 = place_2[PLACE_BITS-1 -: AT_ONCE*ADDRESS_BITS];
  assign pass_2 = place_2[0 +: PASS_BITS];
  assign {rounds_4, second_4, pass_4} = place_4[0 +: PLACE_BITS-AT_ONCE*ADDRESS_BITS];
  assign second_6 = place_6[PASS_BITS +: TRAINED];
  wire unused_places_ok = &{1'b0, place_2, place_4, place_6};
  engram_delay #(.DATA_BITS(LANES), .CYCLES(1)) u_reads_2 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(reads_1), .data_o(reads_2)
  );

  // Gradients of the units that train, by passes; read in stage 1.
  wire [TRAINED*GRADIENT_BITS-1:0] gradients_2;
  wire [TRAINED-1:0] nonzero_2;
  genvar half;
  generate
    if (TRAINING == 0) begin : gen_no_gradients
      assign gradients_2 = {(TRAINED*GRADIENT_BITS){1'b0}};
      assign nonzero_2 = {TRAINED{1'b0}};
      wire unused_gradients_ok = &{1'b0, given_taken, given_lanes, given_passes, given_gradients};
    end else begin : gen_gradients
      wire [TRAINED-1:0] write;
      wire [TRAINED*GRADIENT_BITS-1:0] written;
      for (lane = 0; lane < TRAINED; lane = lane + 1) begin : gen_write
        localparam COPY = lane * COLUMNS * COPIES / LANES;
        assign write[lane] =
            given_taken[COPY] && given_lanes[COPY*LANE_BITS +: LANE_BITS] == lane;
        assign written[lane*GRADIENT_BITS +: GRADIENT_BITS] =
            given_gradients[COPY*GRADIENT_BITS +: GRADIENT_BITS];
      end
      if (PASSES == 1) begin : gen_registers
        for (lane = 0; lane < TRAINED; lane = lane + 1) begin : gen_register
          wire [GRADIENT_BITS-1:0] gradient = written[lane*GRADIENT_BITS +: GRADIENT_BITS];
          reg [GRADIENT_BITS:0] gradient_q;
          always @(posedge clk_i) if (write[lane]) gradient_q <= {|gradient, gradient};
          assign {nonzero_2[lane], gradients_2[lane*GRADIENT_BITS +: GRADIENT_BITS]} = gradient_q;
        end
        wire unused_pass_ok = &{1'b0, given_passes};
      end else begin : gen_memory
        for (half = 0; half < HALVES; half = half + 1) begin : gen_half
          localparam FIRST = half * EARLY;
          localparam HERE = half == 0 ? EARLY : LATE;
          engram_weights #(
            .LANES(HERE), .WEIGHT_BITS(GRADIENT_BITS), .WORDS(PASSES), .ADDRESS_BITS(PASS_BITS)
          ) u_gradients (
            .clk_i(clk_i), .write_i(write[FIRST +: HERE]), .write_address_i(given_passes[0 +: PASS_BITS]),
            .write_data_i(written[FIRST*GRADIENT_BITS +: HERE*GRADIENT_BITS]),
            .read_i(half_backward_1[half]),
            .read_address_i(half_passes[half*PASS_BITS +: PASS_BITS]),
            .read_data_o(gradients_2[FIRST*GRADIENT_BITS +: HERE*GRADIENT_BITS])
          );
        end
        for (lane = 0; lane < TRAINED; lane = lane + 1) begin : gen_nonzero
          assign nonzero_2[lane] = |gradients_2[lane*GRADIENT_BITS +: GRADIENT_BITS];
        end
      end
    end

    for (lane = 0; lane < TRAINED; lane = lane + 1) begin : gen_lane
      localparam HALF = lane < EARLY ? 0 : 1;
      localparam LOGIC_LEFT = LOGIC_MULTIPLIERS - lane * LANE_MULTIPLIERS;
      localparam LOGIC = LOGIC_LEFT < 0 ? 0 :
                         LOGIC_LEFT < LANE_MULTIPLIERS ? LOGIC_LEFT : LANE_MULTIPLIERS;
      localparam FIRST = lane * COLUMNS;  // its first unit of a group
      localparam COPY = FIRST * COPIES / LANES;
      localparam FROM = HALF * FEEDS + COPY * AT_ONCE;
      // Which of the lane's units take part; only the last group is short.
      wire exists_1 =
          FIRST < LAST_LANES || group_1 >> PAIRED != LAST_GROUP[GROUP_BITS-1:0] >> PAIRED;
      if (PAIRED != 0 || COUPLED != 0) begin : gen_pairs
        wire [(1<<PASS_BITS)-1:0] seconds;
        genvar g;
        for (g = 0; g < (1 << PASS_BITS); g = g + 1) begin : gen_pass
          localparam PAIR = g * TRAINED + lane;
          if (2 * PAIR < UNITS) begin : gen_pair
            assign seconds[g] = pair_bits_i[PAIR];
          end else begin : gen_no_pair
            assign seconds[g] = 1'b0;
          end
        end
        assign trains_second_1[lane] = seconds[pass_1];
        assign second_1[lane] = host_turn ? host_unit_i[0] :
                                trains[COPY] ? trains_second_1[lane] : PAIRED != 0 && group_1[0];
      end else begin : gen_units
        assign trains_second_1[lane] = 1'b0;
        assign second_1[lane] = 1'b0;
      end
      if (PAIRED != 0) begin : gen_either
        assign kept_1[FIRST] = exists_1;
        assign reads_1[FIRST] = reading_1[COPY] && exists_1;
      end else if (COUPLED != 0) begin : gen_both
        assign kept_1[FIRST +: 2] = {exists_1 && !trains[COPY], exists_1};
        assign reads_1[FIRST +: 2] =
            {2{reading_1[COPY] && exists_1}} &
            {!trains[COPY] || trains_second_1[lane], !trains[COPY] || !trains_second_1[lane]};
      end else begin : gen_one
        wire [(1<<GROUP_BITS)-1:0] group_keeps;
        genvar g;
        for (g = 0; g < (1 << GROUP_BITS); g = g + 1) begin : gen_group
          if (g < GROUPS && g * LANES + lane < UNITS) begin : gen_unit
            assign group_keeps[g] = keep[g*LANES+lane];
          end else begin : gen_no_unit
            assign group_keeps[g] = 1'b0;
          end
        end
        assign kept_1[FIRST] = exists_1 && group_keeps[group_1];
        assign reads_1[FIRST] = reading_1[COPY] && kept_1[FIRST];
      end

      wire lane_there_2, lane_second_2;
      wire [COLUMNS-1:0] lane_kept_2, lane_kept_4;
      engram_delay #(.DATA_BITS(COLUMNS+2), .CYCLES(1+HALF)) u_unit_2 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i({exists_1, second_1[lane], kept_1[FIRST +: COLUMNS]}),
        .data_o({lane_there_2, lane_second_2, lane_kept_2})
      );
      engram_delay #(.DATA_BITS(COLUMNS), .CYCLES(2)) u_kept_4 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(lane_kept_2), .data_o(lane_kept_4)
      );

      wire [AT_ONCE*COLUMNS*WEIGHT_BITS-1:0] lane_weights;
      wire [AT_ONCE*WEIGHT_BITS-1:0] lane_trained, lane_last;
      wire [AT_ONCE*TERM_BITS-1:0] lane_terms;
      wire [AT_ONCE*U_BITS-1:0] lane_us;
      engram_lane #(
        .ROWS_AT_ONCE(AT_ONCE), .COLUMNS(COLUMNS), .X_BITS(X_BITS), .WEIGHT_BITS(WEIGHT_BITS),
        .GRADIENT_BITS(GRADIENT_BITS), .SUM_BITS(SUM_BITS), .SHARED(SHARED), .TRAINING(TRAINING),
        .LOGIC_MULTIPLIERS(LOGIC)
      ) u_lane (
        .clk_i(clk_i), .rst_i(rst_i),
        .forward_i(half_forward_2[HALF]),
        .gradient_phase_i(HALF == 0 ? gradients_phase_2[COPY] : gradient_3_q),
        .update_phase_i(half_update_2[HALF] && !freeze_i), .kept_i(lane_kept_2),
        .second_i(lane_second_2),
        .gradient_i(gradients_2[lane*GRADIENT_BITS +: GRADIENT_BITS] & {GRADIENT_BITS{lane_there_2}}),
        .gradient_nonzero_i(nonzero_2[lane] && lane_there_2),
        .x_i(half_x[FROM*X_BITS +: AT_ONCE*X_BITS]),
        .x_nonzero_i(half_x_nonzero[FROM +: AT_ONCE]),
        .weights_i(lane_weights), .weights_o(lane_trained),
        .last_weights_o(lane_last),
        .clear_i(HALF == 0 ? firsts_3[COPY] : first_4),
        .accumulate_i({COLUMNS{HALF == 0 ? forwards_4[COPY] : forward_q[5]}} & lane_kept_4),
        .terms_o(lane_terms), .us_o(lane_us),
        .sums_o(sums[FIRST*SUM_BITS +: COLUMNS*SUM_BITS])
      );

      for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_lane_row
        localparam AT = r * TRAINED + lane;
        assign lane_weights[r*COLUMNS*WEIGHT_BITS +: COLUMNS*WEIGHT_BITS] =
            weights[(r*LANES+FIRST)*WEIGHT_BITS +: COLUMNS*WEIGHT_BITS];
        assign trained_weights[AT*WEIGHT_BITS +: WEIGHT_BITS] =
            lane_trained[r*WEIGHT_BITS +: WEIGHT_BITS];
        assign last_weights[AT*WEIGHT_BITS +: WEIGHT_BITS] = lane_last[r*WEIGHT_BITS +: WEIGHT_BITS];
        assign terms[AT*TERM_BITS +: TERM_BITS] = lane_terms[r*TERM_BITS +: TERM_BITS];
        assign us[AT*U_BITS +: U_BITS] = lane_us[r*U_BITS +: U_BITS];
      end
    end
  endgenerate

  // ---------------------------------------------------------------- update units
  wire [31:0] first_unit_4 = times({{(32-PASS_BITS){1'b0}}, pass_4}, PASS_UNITS);
  // It stands still while weights are updated; of many lanes each has its own.
  wire [COPIES*RATE_BITS-1:0] rates;
  engram_copies #(.DATA_BITS(RATE_BITS), .COPIES(COPIES)) u_rates (
    .clk_i(clk_i), .data_i(rate_i), .copies_o(rates)
  );
  genvar early;
  generate
    for (early = 0; early < (TRAINING != 0 ? EARLY : 0); early = early + 1) begin : gen_update
      // The late lane that takes turns with the early one, where there is one.
      localparam BEHIND = early + EARLY < TRAINED;
      localparam OTHER = BEHIND ? early + EARLY : early;
      localparam COPY = early * COLUMNS * COPIES / LANES;
      wire [RATE_BITS-1:0] rate;
      if (COPIES > 1) begin : gen_rate
        (* keep_hierarchy *)
        engram_delay #(.DATA_BITS(RATE_BITS), .CYCLES(1)) u_rate (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(rates[COPY*RATE_BITS +: RATE_BITS]), .data_o(rate)
        );
      end else begin : gen_only_rate
        assign rate = rates;
      end
      wire [AT_ONCE*ROUND_BITS-1:0] rounds;
      if (ROUNDING == 1) begin : gen_column_hash
        wire second = update_q[4] || !BEHIND ? second_4[early] : second_4[OTHER];
        wire [31:0] lane_4 = update_q[4] || !BEHIND ? early : OTHER;
        wire [31:0] unit_4 = PAIRED != 0 || COUPLED != 0 ? {lane_4[30:0], second} : lane_4;
        wire [31:0] column_4 = BESIDE != 0 ? unit_4 : first_unit_4 + unit_4;
        wire [ROUND_BITS-1:0] hash;
        engram_hash #(.POSITION_BITS(HASH_COLUMN_BITS), .ROUND_BITS(ROUND_BITS)) u_column_hash (
          .key_i(key_i[HASH_COLUMN_BITS+ROUND_BITS-2:0]),
          .position_i(column_4[HASH_COLUMN_BITS-1:0]), .hash_o(hash)
        );
        assign rounds = rounds_4 ^ {AT_ONCE{hash}};
        wire unused_column_ok = &{1'b0, column_4, lane_4, second};
      end else begin : gen_constant
        assign rounds = rounds_4;
      end

      for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_update_row
        localparam AT = r * EARLY + early;
        wire [WEIGHT_BITS-1:0] weight = last_weights[(r*TRAINED+early)*WEIGHT_BITS +: WEIGHT_BITS];
        wire [WEIGHT_BITS-1:0] other = last_weights[(r*TRAINED+OTHER)*WEIGHT_BITS +: WEIGHT_BITS];
        wire [U_BITS-1:0] u = us[(r*TRAINED+early)*U_BITS +: U_BITS];
        wire [U_BITS-1:0] other_u = us[(r*TRAINED+OTHER)*U_BITS +: U_BITS];
        wire [WEIGHT_BITS-1:0] old_weight;
        engram_delay #(.DATA_BITS(WEIGHT_BITS), .CYCLES(1)) u_old_weight (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(update_q[3] || !BEHIND ? weight : other),
          .data_o(old_weight)
        );
        engram_update #(
          .WEIGHT_BITS(WEIGHT_BITS), .U_BITS(U_BITS), .SHIFT(UPDATE_SHIFT),
          .RATE_BITS(RATE_BITS), .ROUND_BITS(ROUND_BITS)
        ) u_update (
          .clk_i(clk_i), .weight_i(old_weight), .u_i(update_q[4] || !BEHIND ? u : other_u),
          .rate_i(rate),
          .round_i(rounds[r*ROUND_BITS +: ROUND_BITS]),
          .weight_o(next_weights[AT*WEIGHT_BITS +: WEIGHT_BITS]), .changed_o(changed[AT]),
          .lost_o(unit_lost[AT])
        );
        assign lost[AT] =
            unit_lost[AT] &&
            (updates_6[COPY] || (BEHIND && update_q[7] && !freeze_i));
      end
    end
    if (TRAINING == 0) begin : gen_no_update
      assign next_weights = {(AT_ONCE*EARLY*WEIGHT_BITS){1'b0}};
      assign changed = {(AT_ONCE*EARLY){1'b0}};
      assign lost = {(AT_ONCE*EARLY){1'b0}};
      assign unit_lost = {(AT_ONCE*EARLY){1'b0}};
      wire unused_update_ok = &{1'b0, us, rounds_4, second_4, first_unit_4, rates};
    end
  endgenerate

  // ---------------------------------------------------------------- weights
  generate
    for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_bank_row
      for (bank = 0; bank < BANKS; bank = bank + 1) begin : gen_bank
        localparam FIRST = bank * BANK_LANES;
        localparam HERE = FIRST + BANK_LANES > LANES ? LANES - FIRST : BANK_LANES;
        localparam HALF = FIRST < EARLY * COLUMNS ? 0 : 1;
        localparam COPY = FIRST * COPIES / LANES;
        localparam FROM = COPY * AT_ONCE + r;
        wire host_read = HALF == 0 ? host_reads[COPY] : host_read_late;
        wire host_write = HALF == 0 ? host_writes[COPY] : host_write_late;
        wire writing = TRAINING != 0 && half_update_6[HALF];
        wire updating = TRAINING != 0 && (HALF == 0 ? updates_6[COPY] : update_q[7] && !freeze_i);
        // The one port is taken where it may write: whether it does is known late.
        wire may_write = STORAGE == 2 && (writing || host_write);
        wire [HERE-1:0] write;
        wire [HERE*WEIGHT_BITS-1:0] data;
        for (lane = 0; lane < HERE; lane = lane + 1) begin : gen_lane
          localparam TRAINER = (FIRST + lane) / COLUMNS;
          localparam AT = r * EARLY + TRAINER - HALF * EARLY;
          assign update[r*LANES+FIRST+lane] =
              updating && changed[AT] &&
              (COUPLED == 0 || second_6[TRAINER] == lane[0] ^ FIRST[0]);
          assign write[lane] = update[r*LANES+FIRST+lane] ||
              (host_write &&
               {{(32-LANE_BITS){1'b0}}, host_lanes[COPY*LANE_BITS +: LANE_BITS]} == FIRST + lane &&
               (AT_ONCE == 1 || host_row_i[0] == r));
          assign data[lane*WEIGHT_BITS +: WEIGHT_BITS] =
              host_write ? host_data[COPY*WEIGHT_BITS +: WEIGHT_BITS]
                         : next_weights[AT*WEIGHT_BITS +: WEIGHT_BITS];
        end
        // PAIRED: groups are even in number, so that an address's last bit is the column.
        wire [ADDRESS_BITS-1:0] address, update_address;
        if (PAIRED != 0) begin : gen_columns
          localparam [ADDRESS_BITS-1:0] COLUMN = 1;
          assign address = (addresses[FROM*ADDRESS_BITS +: ADDRESS_BITS] & ~COLUMN) |
                           (COLUMN & {ADDRESS_BITS{second_1[FIRST]}});
          assign update_address = (addresses_6[FROM*ADDRESS_BITS +: ADDRESS_BITS] & ~COLUMN) |
                                  (COLUMN & {ADDRESS_BITS{second_6[FIRST]}});
        end else begin : gen_straight
          assign address = half_addresses[(HALF*FEEDS+FROM)*ADDRESS_BITS +: ADDRESS_BITS];
          assign update_address = addresses_6[FROM*ADDRESS_BITS +: ADDRESS_BITS];
        end
        wire [ADDRESS_BITS-1:0] write_address =
            writing || PLACED_WRITES != 0 ? update_address : address;
        engram_bank #(
          .LAYER(LAYER), .BANK(r*BANKS+bank), .LANES(HERE), .WEIGHT_BITS(WEIGHT_BITS),
          .WORDS(WEIGHT_WORDS), .ADDRESS_BITS(ADDRESS_BITS), .STORAGE(STORAGE)
        ) u_bank (
          .clk_i(clk_i), .rst_i(rst_i),
          .write_i(write), .write_address_i(write_address), .write_data_i(data),
          .read_i(|half_reads_1[HALF*LANES+FIRST +: HERE] || host_read || may_write),
          .read_address_i(STORAGE == 2 ? write_address : address),
          .read_data_o(weights[(r*LANES+FIRST)*WEIGHT_BITS +: HERE*WEIGHT_BITS])
        );
      end
    end
  endgenerate
  wire unused_halves_ok = &{1'b0, first_unit_1, addresses, addresses_6, half_addresses, half_x, half_x_nonzero,
                            half_reads_1, trains, host_reads, host_read_late, gradient_3_q,
                            half_backward_1, half_passes, host_turn, first_unit_4,
                            second_6, second_4, last_weights, trains_second_1, unit_lost, first_4,
                            firsts_3, forwards_4, gradients_phase_2, updates_6, rates, given_passes,
                            given_lanes, given_taken, given_gradients, host_lanes, host_data};

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
  // The lane whose sum is drained; of many lanes a cycle ahead. COUPLED, the unit that trains has
  // its sum in the first of the two.
  reg [DRAIN_BITS-1:0] ahead_q;
  wire ahead_counts =
      state_q == DRAIN || (LATE_PICK != 0 && state_q == FLUSH && flush_q == FLUSH_LAST);
  wire [DRAIN_BITS-1:0] next_ahead = ahead_counts ? ahead_q + 1'b1 : {DRAIN_BITS{1'b0}};
  wire [LANE_BITS-1:0] next_lane =
      pairs_only ? next_ahead[DRAIN_BITS-1:1] : next_ahead[LANE_BITS-1:0];
  always @(posedge clk_i) ahead_q <= next_ahead;
  wire [LANE_BITS:0] pair_lane = {1'b0, next_lane} >> 1 << 1;  // the even one
  wire [COPIES*LANE_BITS-1:0] pick_lanes;
  engram_copies #(.DATA_BITS(LANE_BITS), .COPIES(COPIES)) u_pick_lanes (
    .clk_i(clk_i), .data_i(COUPLED != 0 && trains[0] ? pair_lane[LANE_BITS-1:0] : next_lane),
    .copies_o(pick_lanes)
  );
  wire sum_keep;
  generate
    if (COUPLED != 0) begin : gen_coupled_sum
      wire second;
      wire [TRAINED-1:0] trains_second_2;  // a group stands long before it is drained
      engram_delay #(.DATA_BITS(TRAINED), .CYCLES(1)) u_trains_second_2 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(trains_second_1), .data_o(trains_second_2)
      );
      wire [LANE_BITS:0] drained = {1'b0, drain_q[LANE_BITS-1:0]};
      engram_pick #(
        .VALUE_BITS(1), .VALUES(TRAINED), .INDEX_BITS(LANE_BITS)
      ) u_second (
        .values_i(trains_second_2), .index_i(drained[LANE_BITS:1]), .value_o(second)
      );
      assign sum_keep = !trains[0] || second == drain_q[0];
      wire unused_keep_ok = &{1'b0, keep, drained};
    end else begin : gen_sum
      assign sum_keep = keep[unit_q];
    end
  endgenerate
  wire [SUM_BITS-1:0] lane_sum;
  generate
    if (LATE_PICK != 0) begin : gen_late_pick
      engram_late_pick #(
        .VALUE_BITS(SUM_BITS), .VALUES(LANES), .INDEX_BITS(LANE_BITS), .COPIES(COPIES)
      ) u_lane_sum (
        .clk_i(clk_i), .values_i(sums), .index_i(pick_lanes), .value_o(lane_sum)
      );
    end else begin : gen_pick
      engram_pick #(
        .VALUE_BITS(SUM_BITS), .VALUES(LANES), .INDEX_BITS(LANE_BITS)
      ) u_lane_sum (
        .values_i(sums), .index_i(pick_lanes[0 +: LANE_BITS]), .value_o(lane_sum)
      );
    end
  endgenerate
  always @(posedge clk_i) begin
    sum_valid_q <= state_q == DRAIN && !rst_i;
    sum_last_group_q <= group_last && drain_q == {DRAIN_BITS{1'b0}};
    sum_keep_q <= sum_keep;
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
      localparam BACK_PLACE_BITS = AT_ONCE * (ROW_BITS + SLOT_BITS + 1) + 3;
      wire [AT_ONCE*ROW_BITS-1:0] back_rows;
      wire [AT_ONCE*SLOT_BITS-1:0] back_slots;
      wire [AT_ONCE-1:0] back_there, back_gates;
      wire back_word_last;
      wire [BACK_PLACE_BITS-1:0] place =
          {rows, slots, there, word_last, group_first, group_last};
      wire [BACK_PLACE_BITS-1:0] back_place;
      if (SHARED != 0) begin : gen_held_place
        // It stands for two cycles, so that half the registers do: with the early lanes' sums and
        // with the late ones'.
        localparam ODD = BACK_LEVELS % 2;
        localparam STEPS = (5 + BACK_LEVELS) / 2 - ODD;
        wire [BACK_PLACE_BITS-1:0] place_first;
        engram_delay #(.DATA_BITS(BACK_PLACE_BITS), .CYCLES(ODD)) u_place_first (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(place), .data_o(place_first)
        );
        reg [STEPS*BACK_PLACE_BITS-1:0] places_q;
        reg [2*STEPS-1:0] steps_q;  // gradient_issue some cycles later
        wire [2*STEPS:0] steps = {steps_q, gradient_issue};
        integer i;
        always @(posedge clk_i) begin
          steps_q <= steps[2*STEPS-1:0];
          if (steps[ODD]) places_q[0 +: BACK_PLACE_BITS] <= place_first;
          for (i = 1; i < STEPS; i = i + 1)
            if (steps[2*i+ODD])
              places_q[i*BACK_PLACE_BITS +: BACK_PLACE_BITS] <=
                  places_q[(i-1)*BACK_PLACE_BITS +: BACK_PLACE_BITS];
        end
        wire unused_steps_ok = &{1'b0, steps};
        assign back_place = places_q[STEPS*BACK_PLACE_BITS-1 -: BACK_PLACE_BITS];
      end else begin : gen_place_stages
        engram_delay #(.DATA_BITS(BACK_PLACE_BITS), .CYCLES(4+BACK_LEVELS)) u_place (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(place), .data_o(back_place)
        );
      end
      assign {back_rows, back_slots, back_there, back_word_last, back_first, back_group_last} =
          back_place;
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
        slots_q <= back_slots;
      end
      if (AT_ONCE == 1 && FILTERS_AT_ONCE == 1 && POSITIONS == 1) begin : gen_counted_rows
        always @(posedge clk_i)
          if (forward_issue) rows_q <= {ROW_BITS{1'b0}};
          else if (valid_q[0]) rows_q <= rows_q + 1'b1;
        wire unused_rows_ok = &{1'b0, back_rows};
      end else begin : gen_carried_rows
        always @(posedge clk_i) rows_q <= back_rows;
      end
      // The early lanes' sums come first, the late ones' a cycle later.
      wire back_early;
      engram_delay #(.DATA_BITS(1), .CYCLES(3+BACK_LEVELS-HALVES)) u_early (
        .clk_i(clk_i), .rst_i(rst_i), .data_i(gradient_2), .data_o(back_early)
      );
      for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_back_row
        wire [BACK_BITS-1:0] early_sum, group_sum;
        engram_adder_tree #(
          .TERMS(EARLY), .TERM_BITS(TERM_BITS), .SUM_BITS(BACK_BITS), .LEVELS(BACK_LEVELS+1-HALVES)
        ) u_tree (
          .clk_i(clk_i), .terms_i(terms[r*TRAINED*TERM_BITS +: EARLY*TERM_BITS]),
          .sum_o(early_sum)
        );
        if (LATE > 0) begin : gen_late
          wire [BACK_BITS-1:0] late_sum;
          engram_adder_tree #(
            .TERMS(LATE), .TERM_BITS(TERM_BITS), .SUM_BITS(BACK_BITS), .LEVELS(BACK_LEVELS-1)
          ) u_late_tree (
            .clk_i(clk_i), .terms_i(terms[EARLY*TERM_BITS +: LATE*TERM_BITS]), .sum_o(late_sum)
          );
          assign group_sum = back_early ? early_sum : late_sum;
        end else begin : gen_all
          assign group_sum = early_sum;
        end
        if (PASSES == 1 && LATE == 0) begin : gen_whole
          always @(posedge clk_i) sums_q[r*BACK_BITS +: BACK_BITS] <= group_sum;
          wire unused_first_ok = &{1'b0, back_first, back_early};
        end else begin : gen_groups
          always @(posedge clk_i)
            if (back_early || back_issued)
              sums_q[r*BACK_BITS +: BACK_BITS] <=
                  back_early && back_first ? group_sum
                                           : sums_q[r*BACK_BITS +: BACK_BITS] + group_sum;
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
      assign lost_o = {(AT_ONCE*EARLY){1'b0}};
      wire unused_back_ok = &{1'b0, terms, lost, x_gate_i, group_first, word_last,
                              backward_start_i};
    end
  endgenerate

  // ---------------------------------------------------------------- host
  reg                   host_bank_q;
  wire [TRAINED*WEIGHT_BITS-1:0] host_weights =
      host_bank_q ? trained_weights[(AT_ONCE-1)*TRAINED*WEIGHT_BITS +: TRAINED*WEIGHT_BITS]
                  : trained_weights[0 +: TRAINED*WEIGHT_BITS];
  wire [COPIES*LANE_BITS-1:0] host_trained;  // the training lane
  generate
    for (copy = 0; copy < COPIES; copy = copy + 1) begin : gen_host_lane
      wire [LANE_BITS:0] host_lane = {1'b0, host_lanes[copy*LANE_BITS +: LANE_BITS]};
      assign host_trained[copy*LANE_BITS +: LANE_BITS] = host_lane[COUPLED +: LANE_BITS];
      wire unused_host_ok = &{1'b0, host_lane};
    end
  endgenerate
  engram_late_pick #(
    .VALUE_BITS(WEIGHT_BITS), .VALUES(TRAINED), .INDEX_BITS(LANE_BITS), .COPIES(COPIES)
  ) u_host_weight (
    .clk_i(clk_i), .values_i(host_weights), .index_i(host_trained), .value_o(host_data_o)
  );
  always @(posedge clk_i)
    if (host_read_i) host_bank_q <= host_row_i[0];
  wire unused_ok = &{1'b0, host_place, pick_lanes, pair_lane, LAST_GROUP, DRAIN_LAST,
                     DRAIN_LAST_LANES};
endmodule

`default_nettype wire
