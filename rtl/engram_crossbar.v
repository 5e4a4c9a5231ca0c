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
  localparam TERM_BITS = WEIGHT_BITS + GRADIENT_BITS;
  localparam U_BITS = X_BITS + GRADIENT_BITS;
  localparam COLUMNS = COUPLED != 0 ? 2 : 1;
  localparam TRAINED = LANES / COLUMNS;  // training lanes
  localparam LATE = TRAINED - EARLY;     // those a cycle behind
  localparam HALVES = LATE > 0 ? 2 : 1;
  localparam PASSES = GROUPS >> PAIRED;
  localparam PASS_BITS = PASSES > 1 ? $clog2(PASSES) : 1;
  // The host's writes, too, take their address from place_6, when it has come there.
  localparam PLACED_WRITES = SHARED == 0 && STORAGE != 2 ? 1 : 0;
  // Of many lanes a sum is picked in two steps, which takes a cycle more of each pass.
  localparam LATE_PICK = LANES > 16 ? 1 : 0;

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
  wire idle, forward_issue, gradient_issue, update_issue, row_first, issue_last, drain;
  wire word_last, group_first, group_last;
  wire [AT_ONCE*ROW_BITS-1:0]  rows;
  wire [AT_ONCE-1:0]           there;
  wire [AT_ONCE*SLOT_BITS-1:0] slots;
  wire [GROUP_BITS-1:0]        group_0;
  wire [LANE_BITS:0]           drained;
  wire [UNIT_BITS-1:0]         drain_unit;
  wire [LANE_BITS-1:0]         pick;
  engram_crossbar_schedule #(
    .ROWS(ROWS), .ROW_BITS(ROW_BITS), .AT_ONCE(AT_ONCE), .UNIT_BITS(UNIT_BITS), .LANES(LANES),
    .LANE_BITS(LANE_BITS), .GROUPS(GROUPS), .GROUP_BITS(GROUP_BITS), .LAST_LANES(LAST_LANES),
    .PAIRED(PAIRED), .SHARED(SHARED), .TRAINING(TRAINING), .LATE_PICK(LATE_PICK),
    .FILTERS(FILTERS), .FILTERS_AT_ONCE(FILTERS_AT_ONCE), .POSITIONS(POSITIONS), .LINE(LINE),
    .WORDS(WORDS), .WORD_BITS(WORD_BITS), .SLOT_BITS(SLOT_BITS)
  ) u_schedule (
    .clk_i(clk_i), .rst_i(rst_i),
    .forward_start_i(forward_start_i), .backward_start_i(backward_start_i), .train_i(trains[0]),
    .idle_o(idle), .forward_o(forward_issue), .gradient_o(gradient_issue), .update_o(update_issue),
    .rows_o(rows), .there_o(there), .row_first_o(row_first), .last_o(issue_last),
    .group_o(group_0), .group_first_o(group_first), .group_last_o(group_last),
    .read_o(x_read_o), .word_o(x_word_o), .slots_o(slots), .word_last_o(word_last),
    .drain_o(drain), .drained_o(drained), .unit_o(drain_unit), .pick_o(pick)
  );
  assign x_slots_o = slots;

  // ---------------------------------------------------------------- stages
  wire forward_1, forward_2, gradient_1, gradient_2, update_1, update_2;
  reg [5:3]  forward_q;
  reg        gradient_3_q;
  reg [7:3]  update_q;
  reg [2:1]  first_q;
  wire       update_last;

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
    .clk_i(clk_i), .rst_i(rst_i), .data_i(update_issue && issue_last),
    .data_o(update_last)
  );
  wire [AT_ONCE*ROW_BITS-1:0] rows_2;
  wire [AT_ONCE-1:0] there_1, there_2;
  // The same for the late lanes, a cycle behind.
  wire [1:0] half_backward_1 = {gradient_2 || update_2, gradient_1 || update_1};
  wire [1:0] half_update_6 = update_q[7:6];
  wire [COPIES-1:0] updates_6;  // whether weights change
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_updates_6 (
    .clk_i(clk_i), .data_i(update_q[5] && !freeze_i && !rst_i), .copies_o(updates_6)
  );
  engram_delay #(.DATA_BITS(AT_ONCE), .CYCLES(1)) u_there_1 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(there), .data_o(there_1)
  );
  engram_delay #(.DATA_BITS(AT_ONCE*(ROW_BITS+1)), .CYCLES(1)) u_place_2 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i({rows_1, there_1}), .data_o({rows_2, there_2})
  );
  assign updated_o = update_last;

  // ---------------------------------------------------------------- host
  wire [GROUP_BITS-1:0] host_group;
  wire [AT_ONCE*TRAINED*WEIGHT_BITS-1:0] trained_weights, last_weights;  // of the lanes
  wire [COPIES*LANE_BITS-1:0] host_lanes;
  wire [COPIES-1:0] host_reads, host_writes;
  wire host_read_late, host_write_late;
  wire [COPIES*WEIGHT_BITS-1:0] host_data;
  engram_crossbar_host #(
    .UNIT_BITS(UNIT_BITS), .AT_ONCE(AT_ONCE), .LANES(LANES), .LANE_BITS(LANE_BITS),
    .GROUP_BITS(GROUP_BITS), .PAIRED(PAIRED), .COUPLED(COUPLED), .TRAINED(TRAINED), .LATE(LATE),
    .COPIES(COPIES), .WEIGHT_BITS(WEIGHT_BITS), .PLACED_WRITES(PLACED_WRITES)
  ) u_host (
    .clk_i(clk_i), .rst_i(rst_i), .read_i(host_read_i), .write_i(host_write_i),
    .row_i(host_row_i[0]), .unit_i(host_unit_i), .data_i(host_data_i), .weights_i(trained_weights),
    .group_o(host_group), .lanes_o(host_lanes), .reads_o(host_reads),
    .read_late_o(host_read_late), .writes_o(host_writes), .write_late_o(host_write_late),
    .data_o(host_data), .weight_o(host_data_o)
  );

  // ---------------------------------------------------------------- places
  // Between steps the host's row and unit go the same way as the schedule's.
  wire [2*COPIES*AT_ONCE*ADDRESS_BITS-1:0] half_addresses;
  wire [COPIES*AT_ONCE*ADDRESS_BITS-1:0] addresses_6;
  wire [AT_ONCE*ROW_BITS-1:0] rows_1;
  wire [GROUP_BITS-1:0] group_1;
  wire [2*PASS_BITS-1:0] half_passes;
  wire [AT_ONCE*ROUND_BITS-1:0] rounds_4;
  wire [TRAINED-1:0] trains_second_1, second_1, second_4, second_6;
  wire [PASS_BITS-1:0] pass_4;
  engram_crossbar_places #(
    .ROW_BITS(ROW_BITS), .AT_ONCE(AT_ONCE), .LANES(LANES), .GROUPS(GROUPS), .GROUP_BITS(GROUP_BITS),
    .PASSES(PASSES), .PASS_BITS(PASS_BITS), .PAIRED(PAIRED), .TRAINED(TRAINED), .SHARED(SHARED),
    .TRAINING(TRAINING), .COPIES(COPIES), .ADDRESS_BITS(ADDRESS_BITS), .ROUNDING(ROUNDING),
    .ROUND_BITS(ROUND_BITS), .LAYER(LAYER), .HASH_LAYER_BITS(HASH_LAYER_BITS),
    .HASH_ROW_BITS(HASH_ROW_BITS), .HASH_COLUMN_BITS(HASH_COLUMN_BITS)
  ) u_places (
    .clk_i(clk_i), .rows_i(idle ? {AT_ONCE{host_row_i}} : rows),
    .group_i(idle ? host_group : group_0), .second_1_i(second_1), .update_i(update_q[5:3]),
    .base_i(base_i), .key_i(key_i), .rows_1_o(rows_1), .group_1_o(group_1), .passes_o(half_passes),
    .addresses_o(half_addresses), .rounds_4_o(rounds_4), .second_4_o(second_4), .pass_4_o(pass_4),
    .addresses_6_o(addresses_6), .second_6_o(second_6)
  );

  genvar r;
  generate
    for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_row
      engram_probe #(.INDEX_BITS(ROW_BITS), .VALUE_BITS(X_BITS)) u_input (
        .valid_i(forward_2 && there_2[r]), .index_i(rows_2[r*ROW_BITS +: ROW_BITS]),
        .value_i(x_i[r*X_BITS +: X_BITS])
      );
    end
  endgenerate

  // ---------------------------------------------------------------- gradients
  wire [TRAINED*GRADIENT_BITS-1:0] gradients_2;
  wire [TRAINED-1:0] nonzero_2;
  generate
    if (TRAINING != 0) begin : gen_gradients
      engram_crossbar_gradients #(
        .UNIT_BITS(UNIT_BITS), .LANES(LANES), .LANE_BITS(LANE_BITS), .GROUP_BITS(GROUP_BITS),
        .PASSES(PASSES), .PASS_BITS(PASS_BITS), .PAIRED(PAIRED), .COUPLED(COUPLED), .EARLY(EARLY),
        .COPIES(COPIES), .GRADIENT_BITS(GRADIENT_BITS)
      ) u_gradients (
        .clk_i(clk_i), .rst_i(rst_i), .gradient_valid_i(gradient_valid_i),
        .gradient_unit_i(gradient_unit_i), .gradient_i(gradient_i), .read_i(half_backward_1),
        .passes_i(half_passes), .gradients_o(gradients_2), .nonzero_o(nonzero_2)
      );
    end else begin : gen_no_gradients
      assign gradients_2 = {(TRAINED*GRADIENT_BITS){1'b0}};
      assign nonzero_2 = {TRAINED{1'b0}};
      wire unused_gradients_ok = &{1'b0, gradient_valid_i, gradient_unit_i, gradient_i};
    end
  endgenerate


  wire [LANES*SUM_BITS-1:0] sums;
  wire [AT_ONCE*TRAINED*TERM_BITS-1:0] terms;  // [row][training lane]
  wire [AT_ONCE*TRAINED*U_BITS-1:0] us;
  wire [AT_ONCE*LANES*WEIGHT_BITS-1:0] weights;
  wire [AT_ONCE*EARLY*WEIGHT_BITS-1:0] next_weights;
  wire [AT_ONCE*EARLY-1:0] changed;
  wire [AT_ONCE*LANES-1:0] update;

  wire [2*LANES-1:0] half_reads_1;

  engram_crossbar_lanes #(
    .UNITS(UNITS), .AT_ONCE(AT_ONCE), .LANES(LANES), .GROUPS(GROUPS), .GROUP_BITS(GROUP_BITS),
    .PASS_BITS(PASS_BITS), .LAST_LANES(LAST_LANES), .PAIRED(PAIRED), .COUPLED(COUPLED),
    .EARLY(EARLY), .COPIES(COPIES), .SHARED(SHARED), .TRAINING(TRAINING),
    .LOGIC_MULTIPLIERS(LOGIC_MULTIPLIERS), .X_BITS(X_BITS), .WEIGHT_BITS(WEIGHT_BITS),
    .GRADIENT_BITS(GRADIENT_BITS), .SUM_BITS(SUM_BITS), .COLUMNS(COLUMNS), .TRAINED(TRAINED)
  ) u_lanes (
    .clk_i(clk_i), .rst_i(rst_i), .trains_i(trains), .keep_i(keep), .pair_bits_i(pair_bits_i),
    .freeze_i(freeze_i), .reading_i(forward_issue || update_issue), .group_i(group_1),
    .pass_i(half_passes[0 +: PASS_BITS]), .host_turn_i(!(forward_1 || gradient_1 || update_1)),
    .host_second_i(host_unit_i[0]), .forward_i({forward_q, forward_2}), .first_i(first_q[2]),
    .gradient_i({gradient_3_q, gradient_2, gradient_1}), .update_i({update_q[3], update_2}),
    .x_i(x_i), .there_i(there_2), .gradients_i(gradients_2), .nonzero_i(nonzero_2),
    .weights_i(weights), .reads_o(half_reads_1), .second_o(second_1),
    .trains_second_o(trains_second_1), .weights_o(trained_weights), .last_weights_o(last_weights),
    .terms_o(terms), .us_o(us), .sums_o(sums)
  );

  // ---------------------------------------------------------------- update units
  generate
    if (TRAINING != 0) begin : gen_updates
      engram_crossbar_updates #(
        .AT_ONCE(AT_ONCE), .LANES(LANES), .TRAINED(TRAINED), .EARLY(EARLY), .PAIRED(PAIRED),
        .COUPLED(COUPLED), .COPIES(COPIES), .PASS_BITS(PASS_BITS), .WEIGHT_BITS(WEIGHT_BITS),
        .U_BITS(U_BITS), .UPDATE_SHIFT(UPDATE_SHIFT), .RATE_BITS(RATE_BITS), .ROUNDING(ROUNDING),
        .ROUND_BITS(ROUND_BITS), .HASH_COLUMN_BITS(HASH_COLUMN_BITS)
      ) u_updates (
        .clk_i(clk_i), .freeze_i(freeze_i), .rate_i(rate_i),
        .key_i(key_i[HASH_COLUMN_BITS+ROUND_BITS-2:0]), .update_i(update_q),
        .weights_i(last_weights), .us_i(us), .rounds_i(rounds_4), .second_i(second_4),
        .pass_i(pass_4), .updating_i(updates_6), .weights_o(next_weights), .changed_o(changed),
        .lost_o(lost_o)
      );
    end else begin : gen_no_update
      assign next_weights = {(AT_ONCE*EARLY*WEIGHT_BITS){1'b0}};
      assign changed = {(AT_ONCE*EARLY){1'b0}};
      assign lost_o = {(AT_ONCE*EARLY){1'b0}};
      wire unused_update_ok = &{1'b0, us, rounds_4, second_4, pass_4, rate_i};
    end
  endgenerate

  // ---------------------------------------------------------------- weights
  engram_crossbar_banks #(
    .LAYER(LAYER), .AT_ONCE(AT_ONCE), .LANES(LANES), .LANE_BITS(LANE_BITS),
    .BANK_LANES(BANK_LANES), .PAIRED(PAIRED), .COUPLED(COUPLED), .EARLY(EARLY), .TRAINING(TRAINING), .COPIES(COPIES),
    .WEIGHT_BITS(WEIGHT_BITS), .WEIGHT_WORDS(WEIGHT_WORDS), .ADDRESS_BITS(ADDRESS_BITS),
    .STORAGE(STORAGE), .PLACED_WRITES(PLACED_WRITES)
  ) u_banks (
    .clk_i(clk_i), .rst_i(rst_i), .half_addresses_i(half_addresses), .reads_i(half_reads_1),
    .second_1_i(second_1), .weights_o(weights), .writing_i(half_update_6),
    .updating_i(updates_6), .updating_late_i(update_q[7] && !freeze_i),
    .addresses_6_i(addresses_6), .second_6_i(second_6), .changed_i(changed),
    .next_weights_i(next_weights), .update_o(update), .host_read_i(host_reads),
    .host_read_late_i(host_read_late), .host_write_i(host_writes),
    .host_write_late_i(host_write_late), .host_lane_i(host_lanes), .host_row_i(host_row_i[0]),
    .host_data_i(host_data)
  );
  wire unused_ok = &{1'b0, half_backward_1, half_passes, last_weights, trains_second_1, pairs_only};

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
  engram_crossbar_drain #(
    .UNITS(UNITS), .UNIT_BITS(UNIT_BITS), .LANES(LANES), .LANE_BITS(LANE_BITS), .TRAINED(TRAINED),
    .COUPLED(COUPLED), .LATE_PICK(LATE_PICK), .COPIES(COPIES), .SUM_BITS(SUM_BITS)
  ) u_drain (
    .clk_i(clk_i), .rst_i(rst_i), .train_i(trains[0]), .keep_i(keep), .second_i(trains_second_1),
    .drain_i(drain), .drained_i(drained), .unit_i(drain_unit), .pick_i(pick),
    .group_last_i(group_last), .sums_i(sums), .valid_o(sum_valid_o), .unit_o(sum_unit_o),
    .keep_o(sum_keep_o), .last_group_o(sum_last_group_o), .sum_o(sum_o)
  );

  // ---------------------------------------------------------------- sums for the layer in front
  generate
    if (TRAINING != 0) begin : gen_back
      engram_crossbar_back #(
        .ROW_BITS(ROW_BITS), .SLOT_BITS(SLOT_BITS), .AT_ONCE(AT_ONCE), .TRAINED(TRAINED),
        .EARLY(EARLY), .TERM_BITS(TERM_BITS), .BACK_BITS(BACK_BITS), .BACK_LEVELS(BACK_LEVELS),
        .ONE_PASS(PASSES == 1), .SHARED(SHARED),
        .COUNTED(AT_ONCE == 1 && FILTERS_AT_ONCE == 1 && POSITIONS == 1)
      ) u_back (
        .clk_i(clk_i), .rst_i(rst_i), .forward_i(forward_issue), .issue_i(gradient_issue),
        .rows_i(rows), .slots_i(slots), .there_i(there), .word_last_i(word_last),
        .group_first_i(group_first), .group_last_i(group_last), .gradient_i(gradient_2),
        .x_gate_i(x_gate_i), .terms_i(terms), .valid_o(back_valid_o), .rows_o(back_rows_o),
        .slots_o(back_slots_o), .word_last_o(back_word_last_o), .gates_o(back_gates_o),
        .sums_o(back_sums_o)
      );
    end else begin : gen_no_back
      assign back_valid_o = {AT_ONCE{1'b0}};
      assign back_word_last_o = 1'b0;
      assign back_gates_o = {AT_ONCE{1'b0}};
      assign back_rows_o = {(AT_ONCE*ROW_BITS){1'b0}};
      assign back_slots_o = {(AT_ONCE*SLOT_BITS){1'b0}};
      assign back_sums_o = {(AT_ONCE*BACK_BITS){1'b0}};
      wire unused_back_ok = &{1'b0, terms, x_gate_i, group_first, word_last, group_last,
                              gradient_issue, slots};
    end
  endgenerate

endmodule

`default_nettype wire
