// engram_crossbar : a dense layer with its training: each input meets each output through a weight
//   that can be changed.
// SPDX-License-Identifier: 0BSD
//
// Unit u is lane u mod LANES, group u div LANES; the last group may have fewer lanes. PAIRED, a
// lane has both units of a pair: pair p is lane p mod LANES, and group {p div LANES, u mod 2};
// training passes over the pairs' kept units only. Forward, group by group: a row (one input, LANES
// weights; or two of each) a cycle into LANES accumulators, which are then drained, a sum a cycle.
// Backward, row by row, group by group: the exact sum over the units of weight * gradient (E12,
// E14) with the weights from before the step, and the weights' update (E11, E13, E16) behind it;
// with SHARED multipliers a row's update takes a cycle of its own, in front. Then two training
// lanes share an update unit: lane EARLY + e, always a cycle behind lane e, has it every second
// cycle. With COUPLED a training lane is two lanes, a pair's units, of which training keeps one.
//
// Two rows at a time lie in two banks, the even rows in the first.
//
// Stages: 0 row and group, 1 address, 2 weight, x, gradient, 4 products, 5 forward sum (6 with two
// rows), 6 new weight; 5 + BACK_LEVELS the sum for the layer in front. Who works in which:
//
//   0 schedule | 1 places, units | 2 gradients, lanes | 4 updates | 6 banks | drain, back
`default_nettype none

module engram_crossbar #(
  // shape
  parameter ROWS = 64,             // inputs
  parameter STRAIGHT = 1,          // 1: rows come in the order 0, 1, 2, ...
  parameter PLACE_BITS = 2,        // of a row's place in the memory in front
  parameter UNITS = 2,
  // layout
  parameter LANES = 2,
  parameter PAIRED = 0,            // 1: a lane has the two units of a pair, and rows come two at a
                                   //    time; needs DROPOUT of pairs
  parameter DROPOUT = 0,           // 1: training drops units
  parameter DROPPED = 0,           // 0: one of each pair; 1..15: each by itself (engram_dropout)
  parameter EARLY = LANES,         // training lanes with an update unit, whole banks; at least half
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
  // update
  parameter UPDATE_SHIFT = 10,
  parameter ROUNDING = 0,          // 0 nearest, 1 stochastic, 2 truncate
  parameter ROUND_BITS = 1,        // R when stochastic, else 1
  parameter LAYER = 2,             // its tensor's place in the net: hash, bank, synapse
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,    // of the net's longest layer
  parameter HASH_COLUMN_BITS = 6,
  // from the others
  parameter WORD_BITS = WEIGHT_BITS,  // of a stored weight
  parameter AT_ONCE = 1 + PAIRED,  // rows at a time
  parameter ROW_BITS = ROWS > 1 ? $clog2(ROWS) : 1,
  parameter UNIT_BITS = UNITS > 1 ? $clog2(UNITS) : 1,
  parameter DROPOUT_BITS = DROPPED > 0 ? 4 * UNITS : (UNITS + 1) / 2
) (
  input  wire                        clk_i,
  input  wire                        rst_i,
  // step
  input  wire                        forward_start_i,
  input  wire                        backward_start_i,
  input  wire                        train_i,      // from a cycle after the start on
  input  wire [DROPOUT_BITS-1:0]     pair_bits_i,  // DROPOUT: constant while the step trains
  input  wire                        freeze_i,
  input  wire [3:0]                  rate_i,   // learning rate 2^-rate
  input  wire [ROUND_BITS-1:0]       base_i,   // of the rounding hash
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  // rows (engram_row_order): the next ones are there a cycle after row_next_o
  output wire                        row_clear_o,  // back to the first
  output wire                        row_next_o,
  input  wire [AT_ONCE*ROW_BITS-1:0] rows_i,
  input  wire [AT_ONCE-1:0]          rows_there_i,
  input  wire                        row_first_i,
  input  wire                        row_last_i,
  input  wire [PLACE_BITS-1:0]       row_place_i,
  // inputs: asked for in stage 0, given in stage 2
  output wire                        x_read_o,
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
  // sums for the gradients with respect to the inputs, in the order of the rows
  output wire [AT_ONCE-1:0]          back_valid_o,
  output wire [AT_ONCE*ROW_BITS-1:0] back_rows_o,
  output wire [PLACE_BITS-1:0]       back_place_o,
  output wire [AT_ONCE-1:0]          back_gates_o,
  output wire [AT_ONCE*BACK_BITS-1:0] back_sums_o,
  output wire                        updated_o,     // the last weight is being written
  // host, while idle: data four cycles after host_read_i; row and unit stand from a cycle before,
  // and with the data until then; what is written until two cycles after host_write_i
  input  wire                        host_read_i,
  input  wire                        host_write_i,
  input  wire [ROW_BITS-1:0]         host_row_i,
  input  wire [UNIT_BITS-1:0]        host_unit_i,
  input  wire [WORD_BITS-1:0]        host_data_i,
  output wire [WORD_BITS-1:0]        host_data_o,
  output wire [AT_ONCE*EARLY-1:0]    lost_o     // updates that were not zero and changed nothing
);
  localparam COUPLED = TRAINING != 0 && DROPOUT != 0 && DROPPED == 0 && PAIRED == 0 &&
                       LANES % 2 == 0 ? 1 : 0;
  localparam TRAINED = LANES >> COUPLED;  // training lanes
  localparam LATE = TRAINED - EARLY;      // those a cycle behind
  localparam PASSES = ((UNITS >> PAIRED) + LANES - 1) / LANES;
  localparam GROUPS = PASSES << PAIRED;
  localparam LAST_LANES = (UNITS >> PAIRED) - (PASSES - 1) * LANES;  // of the last group
  localparam WEIGHT_WORDS = (ROWS + AT_ONCE - 1) / AT_ONCE * GROUPS;  // of a bank
  localparam LANE_BITS = LANES > 1 ? $clog2(LANES) : 1;
  localparam GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam PASS_BITS = PASSES > 1 ? $clog2(PASSES) : 1;
  localparam ADDRESS_BITS = WEIGHT_WORDS > 1 ? $clog2(WEIGHT_WORDS) : 1;
  localparam TERM_BITS = WEIGHT_BITS + GRADIENT_BITS;
  localparam U_BITS = X_BITS + GRADIENT_BITS;
  // The host's writes, too, take their address with the update's, when it has come there.
  localparam PLACED_WRITES = SHARED == 0 && STORAGE != 2 ? 1 : 0;
  // Of many lanes a sum is picked in two steps, which takes a cycle more of each pass.
  localparam LATE_PICK = LANES > 16 ? 1 : 0;

  // ---------------------------------------------------------------- schedule and stages
  wire idle, train, forward_0, gradient_0, update_0, last_0, group_first, group_last, drain;
  wire [GROUP_BITS-1:0] group_0;
  wire [LANE_BITS:0]    drained;
  wire [UNIT_BITS-1:0]  drain_unit;
  wire [LANE_BITS-1:0]  pick;
  engram_crossbar_schedule #(
    .UNITS(UNITS), .LANES(LANES), .GROUPS(GROUPS), .LAST_LANES(LAST_LANES), .PAIRED(PAIRED),
    .SHARED(SHARED), .TRAINING(TRAINING), .LATE_PICK(LATE_PICK)
  ) u_schedule (
    .clk_i(clk_i), .rst_i(rst_i),
    .forward_start_i(forward_start_i), .backward_start_i(backward_start_i), .train_i(train),
    .idle_o(idle), .rows_clear_o(row_clear_o), .rows_next_o(row_next_o), .row_last_i(row_last_i),
    .forward_o(forward_0), .gradient_o(gradient_0), .update_o(update_0), .read_o(x_read_o),
    .last_o(last_0), .group_o(group_0), .group_first_o(group_first), .group_last_o(group_last),
    .drain_o(drain), .drained_o(drained), .unit_o(drain_unit), .pick_o(pick)
  );

  wire [5:1] forward;  // [stage]
  wire [3:1] gradient;
  wire [7:1] update;
  wire first_2;
  wire [COPIES-1:0] updating;
  engram_crossbar_stages #(.COPIES(COPIES), .LATE(LATE)) u_stages (
    .clk_i(clk_i), .rst_i(rst_i), .forward_i(forward_0), .gradient_i(gradient_0),
    .update_i(update_0), .first_i(row_first_i), .last_i(last_0), .freeze_i(freeze_i),
    .forward_o(forward), .gradient_o(gradient), .update_o(update), .first_2_o(first_2),
    .updating_o(updating), .updated_o(updated_o)
  );

  // ---------------------------------------------------------------- host
  wire [GROUP_BITS-1:0] host_group;
  wire [AT_ONCE*TRAINED*WORD_BITS-1:0] trained_weights;
  wire [COPIES*LANE_BITS-1:0] host_lanes;
  wire [COPIES-1:0] host_reads, host_writes;
  wire host_read_late, host_write_late;
  wire [COPIES*WORD_BITS-1:0] host_data;
  engram_crossbar_host #(
    .UNITS(UNITS), .AT_ONCE(AT_ONCE), .LANES(LANES), .GROUPS(GROUPS), .PAIRED(PAIRED),
    .COUPLED(COUPLED), .EARLY(EARLY), .COPIES(COPIES), .WEIGHT_BITS(WORD_BITS),
    .PLACED_WRITES(PLACED_WRITES)
  ) u_host (
    .clk_i(clk_i), .rst_i(rst_i), .read_i(host_read_i), .write_i(host_write_i),
    .row_i(host_row_i[0]), .unit_i(host_unit_i), .data_i(host_data_i), .weights_i(trained_weights),
    .group_o(host_group), .lanes_o(host_lanes), .reads_o(host_reads),
    .read_late_o(host_read_late), .writes_o(host_writes), .write_late_o(host_write_late),
    .data_o(host_data), .weight_o(host_data_o)
  );

  // ---------------------------------------------------------------- units that take part
  wire [GROUP_BITS-1:0] group_1;
  wire [2*PASS_BITS-1:0] passes_1;  // [late, early]
  wire [UNITS-1:0] keep;
  wire [TRAINED-1:0] trains_second, second_1, exists_2, second_2, second_4, second_6;
  wire [2*LANES-1:0] reads_1;
  wire [LANES-1:0] kept_2, kept_4;
  engram_crossbar_units #(
    .UNITS(UNITS), .LANES(LANES), .GROUPS(GROUPS), .LAST_LANES(LAST_LANES), .PAIRED(PAIRED),
    .DROPOUT(DROPOUT), .DROPPED(DROPPED), .COUPLED(COUPLED), .EARLY(EARLY), .COPIES(COPIES)
  ) u_units (
    .clk_i(clk_i), .train_i(train_i), .pair_bits_i(pair_bits_i), .train_o(train), .keep_o(keep),
    .reading_i(forward_0 || update_0), .group_i(group_1), .pass_i(passes_1[0 +: PASS_BITS]),
    .host_turn_i(!(forward[1] || gradient[1] || update[1])), .host_second_i(host_unit_i[0]),
    .second_1_o(second_1), .trains_second_o(trains_second), .reads_o(reads_1),
    .exists_2_o(exists_2), .second_2_o(second_2), .kept_2_o(kept_2), .kept_4_o(kept_4)
  );

  // ---------------------------------------------------------------- places
  // Between steps the host's row and unit go the same way as the schedule's.
  wire [AT_ONCE*ROW_BITS-1:0] rows_1;
  wire [2*COPIES*AT_ONCE*ADDRESS_BITS-1:0] addresses_1;
  wire [COPIES*AT_ONCE*ADDRESS_BITS-1:0] addresses_6;
  wire [AT_ONCE*ROUND_BITS-1:0] rounds_4;
  wire [31:0] first_unit_4;
  engram_crossbar_places #(
    .ROWS(ROWS), .AT_ONCE(AT_ONCE), .LANES(LANES), .GROUPS(GROUPS), .PAIRED(PAIRED),
    .COUPLED(COUPLED), .SHARED(SHARED), .COPIES(COPIES),
    .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS), .LAYER(LAYER),
    .HASH_LAYER_BITS(HASH_LAYER_BITS), .HASH_ROW_BITS(HASH_ROW_BITS),
    .HASH_COLUMN_BITS(HASH_COLUMN_BITS)
  ) u_places (
    .clk_i(clk_i), .rows_i(idle ? {AT_ONCE{host_row_i}} : rows_i),
    .group_i(idle ? host_group : group_0), .second_1_i(second_1), .update_i(update[5:3]),
    .base_i(base_i), .key_i(key_i), .rows_1_o(rows_1), .group_1_o(group_1), .passes_o(passes_1),
    .addresses_o(addresses_1), .rounds_4_o(rounds_4), .second_4_o(second_4),
    .first_unit_4_o(first_unit_4), .addresses_6_o(addresses_6), .second_6_o(second_6)
  );

  wire [AT_ONCE*ROW_BITS-1:0] rows_2;
  wire [AT_ONCE-1:0] there_1, there_2;
  engram_delay #(.DATA_BITS(AT_ONCE), .CYCLES(1)) u_there_1 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(rows_there_i), .data_o(there_1)
  );
  engram_delay #(.DATA_BITS(AT_ONCE*(ROW_BITS+1)), .CYCLES(1)) u_row_2 (
    .clk_i(clk_i), .rst_i(1'b0), .data_i({rows_1, there_1}), .data_o({rows_2, there_2})
  );
  genvar r;
  generate
    for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_row
      engram_probe #(.INDEX_BITS(ROW_BITS), .VALUE_BITS(X_BITS)) u_input (
        .valid_i(forward[2] && there_2[r]), .index_i(rows_2[r*ROW_BITS +: ROW_BITS]),
        .value_i(x_i[r*X_BITS +: X_BITS])
      );
    end
  endgenerate

  // ---------------------------------------------------------------- lanes
  wire [TRAINED*GRADIENT_BITS-1:0] gradients_2;
  wire [TRAINED-1:0] nonzero_2;
  wire [AT_ONCE*LANES*WORD_BITS-1:0] weights_2;
  wire [AT_ONCE*TRAINED*WORD_BITS-1:0] weights_3;
  wire [AT_ONCE*TRAINED*TERM_BITS-1:0] terms_4;  // [row][training lane]
  wire [AT_ONCE*TRAINED*U_BITS-1:0] us_4;
  wire [LANES*SUM_BITS-1:0] sums;
  engram_crossbar_lanes #(
    .AT_ONCE(AT_ONCE), .LANES(LANES), .COUPLED(COUPLED), .EARLY(EARLY), .COPIES(COPIES),
    .SHARED(SHARED), .TRAINING(TRAINING), .LOGIC_MULTIPLIERS(LOGIC_MULTIPLIERS), .X_BITS(X_BITS),
    .LAYER(LAYER), .WEIGHT_BITS(WEIGHT_BITS), .WORD_BITS(WORD_BITS),
    .GRADIENT_BITS(GRADIENT_BITS), .SUM_BITS(SUM_BITS)
  ) u_lanes (
    .clk_i(clk_i), .rst_i(rst_i), .forward_i(forward[5:2]), .first_i(first_2),
    .gradient_i(gradient), .update_i({update[3] && !freeze_i, update[2] && !freeze_i}),
    .exists_2_i(exists_2), .second_2_i(second_2), .kept_2_i(kept_2), .kept_4_i(kept_4),
    .x_i(x_i), .there_i(there_2), .gradients_i(gradients_2), .nonzero_i(nonzero_2),
    .weights_i(weights_2), .weights_o(trained_weights), .last_weights_o(weights_3),
    .terms_o(terms_4), .us_o(us_4), .sums_o(sums)
  );
  engram_crossbar_drain #(
    .UNITS(UNITS), .LANES(LANES), .COUPLED(COUPLED), .LATE_PICK(LATE_PICK), .COPIES(COPIES),
    .SUM_BITS(SUM_BITS)
  ) u_drain (
    .clk_i(clk_i), .rst_i(rst_i), .train_i(train), .keep_i(keep), .second_i(trains_second),
    .drain_i(drain), .drained_i(drained), .unit_i(drain_unit), .pick_i(pick),
    .group_last_i(group_last), .sums_i(sums), .valid_o(sum_valid_o), .unit_o(sum_unit_o),
    .keep_o(sum_keep_o), .last_group_o(sum_last_group_o), .sum_o(sum_o)
  );

  // ---------------------------------------------------------------- weights
  wire [AT_ONCE*EARLY*WORD_BITS-1:0] weights_6;
  wire [AT_ONCE*EARLY-1:0] changed;
  wire [AT_ONCE*LANES-1:0] written;
  engram_crossbar_banks #(
    .LAYER(LAYER), .ROWS(ROWS), .AT_ONCE(AT_ONCE), .LANES(LANES), .GROUPS(GROUPS),
    .BANK_LANES(BANK_LANES), .PAIRED(PAIRED), .COUPLED(COUPLED), .EARLY(EARLY),
    .TRAINING(TRAINING), .COPIES(COPIES), .WEIGHT_BITS(WORD_BITS), .STORAGE(STORAGE),
    .PLACED_WRITES(PLACED_WRITES)
  ) u_banks (
    .clk_i(clk_i), .rst_i(rst_i), .half_addresses_i(addresses_1), .reads_i(reads_1),
    .second_1_i(second_1), .weights_o(weights_2), .writing_i(update[7:6]),
    .updating_i(updating), .updating_late_i(update[7] && !freeze_i),
    .addresses_6_i(addresses_6), .second_6_i(second_6), .changed_i(changed),
    .next_weights_i(weights_6), .update_o(written), .host_read_i(host_reads),
    .host_read_late_i(host_read_late), .host_write_i(host_writes),
    .host_write_late_i(host_write_late), .host_lane_i(host_lanes), .host_row_i(host_row_i[0]),
    .host_data_i(host_data)
  );

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
  always @(posedge clk_i) writes_q <= forward_start_i ? 32'd0 : writes_q + ones(written);

  // ---------------------------------------------------------------- training
  generate
    if (TRAINING != 0) begin : gen_training
      engram_crossbar_gradients #(
        .UNITS(UNITS), .LANES(LANES), .GROUPS(GROUPS), .PAIRED(PAIRED), .COUPLED(COUPLED),
        .EARLY(EARLY), .COPIES(COPIES), .GRADIENT_BITS(GRADIENT_BITS)
      ) u_gradients (
        .clk_i(clk_i), .rst_i(rst_i), .gradient_valid_i(gradient_valid_i),
        .gradient_unit_i(gradient_unit_i), .gradient_i(gradient_i),
        .read_i({gradient[2] || update[2], gradient[1] || update[1]}), .passes_i(passes_1),
        .gradients_o(gradients_2), .nonzero_o(nonzero_2)
      );
      engram_crossbar_updates #(
        .AT_ONCE(AT_ONCE), .LANES(LANES), .PAIRED(PAIRED), .COUPLED(COUPLED), .EARLY(EARLY),
        .COPIES(COPIES), .WEIGHT_BITS(WORD_BITS), .LAYER(LAYER), .U_BITS(U_BITS),
        .UPDATE_SHIFT(UPDATE_SHIFT), .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS),
        .HASH_LAYER_BITS(HASH_LAYER_BITS),
        .HASH_ROW_BITS(HASH_ROW_BITS), .HASH_COLUMN_BITS(HASH_COLUMN_BITS)
      ) u_updates (
        .clk_i(clk_i), .freeze_i(freeze_i), .rate_i(rate_i), .key_i(key_i),
        .update_i(update[7:3]),
        .weights_i(weights_3), .us_i(us_4), .rounds_i(rounds_4), .second_i(second_4),
        .first_unit_i(first_unit_4), .updating_i(updating), .weights_o(weights_6),
        .changed_o(changed), .lost_o(lost_o)
      );
      engram_crossbar_back #(
        .ROWS(ROWS), .AT_ONCE(AT_ONCE), .PLACE_BITS(PLACE_BITS), .TRAINED(TRAINED), .EARLY(EARLY),
        .TERM_BITS(TERM_BITS), .BACK_BITS(BACK_BITS), .ONE_PASS(PASSES == 1), .SHARED(SHARED),
        .COUNTED(STRAIGHT != 0 && AT_ONCE == 1)
      ) u_back (
        .clk_i(clk_i), .rst_i(rst_i), .forward_i(forward_0), .issue_i(gradient_0),
        .rows_i(rows_i), .place_i(row_place_i), .there_i(rows_there_i),
        .group_first_i(group_first), .group_last_i(group_last), .gradient_i(gradient[2]),
        .x_gate_i(x_gate_i), .terms_i(terms_4), .valid_o(back_valid_o), .rows_o(back_rows_o),
        .place_o(back_place_o), .gates_o(back_gates_o), .sums_o(back_sums_o)
      );
    end else begin : gen_inference
      assign gradients_2 = {(TRAINED*GRADIENT_BITS){1'b0}};
      assign nonzero_2 = {TRAINED{1'b0}};
      assign weights_6 = {(AT_ONCE*EARLY*WORD_BITS){1'b0}};
      assign changed = {(AT_ONCE*EARLY){1'b0}};
      assign lost_o = {(AT_ONCE*EARLY){1'b0}};
      assign back_valid_o = {AT_ONCE{1'b0}};
      assign back_rows_o = {(AT_ONCE*ROW_BITS){1'b0}};
      assign back_place_o = {PLACE_BITS{1'b0}};
      assign back_gates_o = {AT_ONCE{1'b0}};
      assign back_sums_o = {(AT_ONCE*BACK_BITS){1'b0}};
      wire unused_ok = &{1'b0, gradient_valid_i, gradient_unit_i, gradient_i, rate_i, row_place_i,
                         x_gate_i, passes_1, us_4, terms_4, rounds_4, second_4, first_unit_4,
                         weights_3, group_first, group_last, gradient_0, update};
    end
  endgenerate
endmodule

`default_nettype wire
