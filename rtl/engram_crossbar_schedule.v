// engram_crossbar_schedule : the order of a dense layer's work: rows, groups, drained sums.
// SPDX-License-Identifier: 0BSD
//
// Stage 0 of engram_crossbar: everything here is of the cycle in which a row is issued. The rows
// themselves come from engram_row_order in front, which counts when it is told to.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_schedule #(
  parameter UNITS = 2,
  parameter LANES = 2,
  parameter GROUPS = 1,
  parameter LAST_LANES = 2,        // of the last group
  parameter PAIRED = 0,
  parameter SHARED = 0,
  parameter TRAINING = 1,
  parameter LATE_PICK = 0,         // 1: a sum is picked in two steps
  // from the others
  parameter UNIT_BITS = UNITS > 1 ? $clog2(UNITS) : 1,
  parameter LANE_BITS = LANES > 1 ? $clog2(LANES) : 1,
  parameter GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1
) (
  input  wire                          clk_i,
  input  wire                          rst_i,
  // step
  input  wire                          forward_start_i,
  input  wire                          backward_start_i,
  input  wire                          train_i,
  output wire                          idle_o,
  // rows, from engram_row_order
  output wire                          rows_clear_o,
  output wire                          rows_next_o,
  input  wire                          row_last_i,
  // what is issued
  output wire                          forward_o,
  output wire                          gradient_o,
  output wire                          update_o,
  output wire                          read_o,        // the row's input is asked for
  output wire                          last_o,        // of all rows and groups
  output wire [GROUP_BITS-1:0]         group_o,
  output wire                          group_first_o,
  output wire                          group_last_o,
  // the sum that is drained
  output wire                          drain_o,
  output wire [LANE_BITS:0]            drained_o,     // how many of the group were
  output wire [UNIT_BITS-1:0]          unit_o,
  output wire [LANE_BITS-1:0]          pick_o         // the lane, a cycle or two ahead
);
  localparam DRAIN_BITS = LANE_BITS + 1;
  localparam [31:0] LAST_GROUP = GROUPS - 1;
  localparam [31:0] DRAIN_LAST = LANES - 1;
  localparam [31:0] DRAIN_LAST_LANES = LAST_LANES - 1;
  wire unused_ok = &{1'b0, LAST_GROUP, DRAIN_LAST, DRAIN_LAST_LANES, backward_start_i};
  wire pairs_only = PAIRED != 0 && train_i;  // passes over pairs instead of units

  localparam [2:0] IDLE = 3'd0, FORWARD = 3'd1, FLUSH = 3'd2, DRAIN = 3'd3, BACKWARD = 3'd4;
  localparam [2:0] FLUSH_LAST = 3 + PAIRED + LATE_PICK;
  reg [2:0]            state_q;
  reg                  phase_q;       // SHARED backward: 0 update, 1 gradient
  reg [GROUP_BITS-1:0] group_q;
  reg [2:0]            flush_q;
  reg [DRAIN_BITS-1:0] drain_q;
  reg [UNIT_BITS-1:0]  unit_q;

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

  assign rows_clear_o = !issue;
  assign rows_next_o = forward_issue || (group_last && phase_last);

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
          if (row_last_i) state_q <= FLUSH;
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
          if (row_last_i && group_last && phase_last) state_q <= IDLE;
        end
      endcase

  // The lane whose sum is drained next; of many lanes a cycle ahead.
  reg [DRAIN_BITS-1:0] ahead_q;
  wire ahead_counts =
      state_q == DRAIN || (LATE_PICK != 0 && state_q == FLUSH && flush_q == FLUSH_LAST);
  wire [DRAIN_BITS-1:0] next_ahead = ahead_counts ? ahead_q + 1'b1 : {DRAIN_BITS{1'b0}};
  always @(posedge clk_i) ahead_q <= next_ahead;

  assign idle_o = state_q == IDLE;
  assign forward_o = forward_issue;
  assign gradient_o = backward_issue && phase_last;
  assign update_o = backward_issue && (SHARED == 0 || !phase_q);
  assign read_o = forward_issue || (backward_issue && !(SHARED != 0 && phase_q));
  assign last_o = row_last_i && group_last;
  assign group_o = group_q;
  assign group_first_o = group_first;
  assign group_last_o = group_last;
  assign drain_o = state_q == DRAIN;
  assign drained_o = drain_q;
  assign unit_o = unit_q;
  assign pick_o = pairs_only ? next_ahead[DRAIN_BITS-1:1] : next_ahead[LANE_BITS-1:0];
endmodule

`default_nettype wire
