// engram_crossbar_back : a row's sum of weight * gradient over the units (E12, E14), and its place.
// SPDX-License-Identifier: 0BSD
//
// The early training lanes' sums come first, the late ones' a cycle later; groups are added up.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_back #(
  parameter ROWS = 64,
  parameter AT_ONCE = 1,             // rows at a time
  parameter PLACE_BITS = 2,
  parameter TRAINED = 2,             // training lanes
  parameter EARLY = TRAINED,
  parameter TERM_BITS = 32,
  parameter BACK_BITS = 33,
  parameter ONE_PASS = 1,            // 1: a row has all units at once
  parameter SHARED = 0,
  parameter COUNTED = 1,             // 1: rows come in the order 0, 1, 2, ... and are counted here
  // from the others
  parameter ROW_BITS = ROWS > 1 ? $clog2(ROWS) : 1,
  parameter BACK_LEVELS = $clog2(EARLY) + (EARLY < TRAINED ? 1 : 0)
) (
  input  wire                          clk_i,
  input  wire                          rst_i,
  input  wire                          forward_i,     // a step's forward pass
  // stage 0: a row and its place
  input  wire                          issue_i,
  input  wire [AT_ONCE*ROW_BITS-1:0]   rows_i,
  input  wire [AT_ONCE-1:0]            there_i,
  input  wire [PLACE_BITS-1:0]         place_i,
  input  wire                          group_first_i,
  input  wire                          group_last_i,
  // stage 2
  input  wire                          gradient_i,
  input  wire [AT_ONCE-1:0]            x_gate_i,
  // stage 4: [row][training lane]
  input  wire [AT_ONCE*TRAINED*TERM_BITS-1:0] terms_i,
  // 5 + BACK_LEVELS
  output wire [AT_ONCE-1:0]            valid_o,
  output wire [AT_ONCE*ROW_BITS-1:0]   rows_o,
  output wire [PLACE_BITS-1:0]         place_o,
  output wire [AT_ONCE-1:0]            gates_o,
  output wire [AT_ONCE*BACK_BITS-1:0]  sums_o
);
  localparam LATE = TRAINED - EARLY;     // those a cycle behind
  localparam HALVES = LATE > 0 ? 2 : 1;
  wire back_issued, back_first, back_group_last;
  engram_delay #(.DATA_BITS(1), .CYCLES(2+BACK_LEVELS)) u_issued (
    .clk_i(clk_i), .rst_i(rst_i), .data_i(gradient_i), .data_o(back_issued)
  );
  localparam CARRIED_BITS = AT_ONCE * (ROW_BITS + 1) + PLACE_BITS + 2;
  wire [AT_ONCE*ROW_BITS-1:0] back_rows;
  wire [PLACE_BITS-1:0] back_place;
  wire [AT_ONCE-1:0] back_there, back_gates;
  wire [CARRIED_BITS-1:0] issued = {rows_i, place_i, there_i, group_first_i, group_last_i};
  wire [CARRIED_BITS-1:0] carried;
  generate
    if (SHARED != 0) begin : gen_held
      // It stands for two cycles, so that half the registers do: with the early lanes' sums and
      // with the late ones'.
      localparam ODD = BACK_LEVELS % 2;
      localparam STEPS = (5 + BACK_LEVELS) / 2 - ODD;
      wire [CARRIED_BITS-1:0] issued_first;
      engram_delay #(.DATA_BITS(CARRIED_BITS), .CYCLES(ODD)) u_issued_first (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(issued), .data_o(issued_first)
      );
      reg [STEPS*CARRIED_BITS-1:0] carried_q;
      reg [2*STEPS-1:0] steps_q;  // gradient_issue some cycles later
      wire [2*STEPS:0] steps = {steps_q, issue_i};
      integer i;
      always @(posedge clk_i) begin
        steps_q <= steps[2*STEPS-1:0];
        if (steps[ODD]) carried_q[0 +: CARRIED_BITS] <= issued_first;
        for (i = 1; i < STEPS; i = i + 1)
          if (steps[2*i+ODD])
            carried_q[i*CARRIED_BITS +: CARRIED_BITS] <=
                carried_q[(i-1)*CARRIED_BITS +: CARRIED_BITS];
      end
      wire unused_steps_ok = &{1'b0, steps};
      assign carried = carried_q[STEPS*CARRIED_BITS-1 -: CARRIED_BITS];
    end else begin : gen_stages
      engram_delay #(.DATA_BITS(CARRIED_BITS), .CYCLES(4+BACK_LEVELS)) u_carried (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(issued), .data_o(carried)
      );
    end
  endgenerate
  assign {back_rows, back_place, back_there, back_first, back_group_last} = carried;
  engram_delay #(.DATA_BITS(AT_ONCE), .CYCLES(2+BACK_LEVELS)) u_gates (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(x_gate_i), .data_o(back_gates)
  );
  reg [PLACE_BITS-1:0]          place_q;
  reg [AT_ONCE-1:0]             valid_q, gates_q;
  reg [AT_ONCE*ROW_BITS-1:0]    rows_q;
  reg [AT_ONCE*BACK_BITS-1:0]   sums_q;
  always @(posedge clk_i) begin
    valid_q <= back_there & {AT_ONCE{back_issued && back_group_last && !rst_i}};
    gates_q <= back_gates;
    place_q <= back_place;
  end
  genvar r;
  generate
    if (COUNTED != 0) begin : gen_counted_rows
      always @(posedge clk_i)
        if (forward_i) rows_q <= {ROW_BITS{1'b0}};
        else if (valid_q[0]) rows_q <= rows_q + 1'b1;
      wire unused_rows_ok = &{1'b0, back_rows};
    end else begin : gen_carried_rows
      always @(posedge clk_i) rows_q <= back_rows;
    end
  endgenerate
  // The early lanes' sums come first, the late ones' a cycle later.
  wire back_early;
  engram_delay #(.DATA_BITS(1), .CYCLES(3+BACK_LEVELS-HALVES)) u_early (
    .clk_i(clk_i), .rst_i(rst_i), .data_i(gradient_i), .data_o(back_early)
  );
  generate
    for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_back_row
      wire [BACK_BITS-1:0] early_sum, group_sum;
      engram_adder_tree #(
        .TERMS(EARLY), .TERM_BITS(TERM_BITS), .SUM_BITS(BACK_BITS), .LEVELS(BACK_LEVELS+1-HALVES)
      ) u_tree (
        .clk_i(clk_i), .terms_i(terms_i[r*TRAINED*TERM_BITS +: EARLY*TERM_BITS]),
        .sum_o(early_sum)
      );
      if (LATE > 0) begin : gen_late
        wire [BACK_BITS-1:0] late_sum;
        engram_adder_tree #(
          .TERMS(LATE), .TERM_BITS(TERM_BITS), .SUM_BITS(BACK_BITS), .LEVELS(BACK_LEVELS-1)
        ) u_late_tree (
          .clk_i(clk_i), .terms_i(terms_i[EARLY*TERM_BITS +: LATE*TERM_BITS]), .sum_o(late_sum)
        );
        assign group_sum = back_early ? early_sum : late_sum;
      end else begin : gen_all
        assign group_sum = early_sum;
      end
      if (ONE_PASS != 0 && LATE == 0) begin : gen_whole
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
  endgenerate
  wire unused_ok = &{1'b0, forward_i, issue_i};
  assign valid_o = valid_q;
  assign gates_o = gates_q;
  assign rows_o = rows_q;
  assign place_o = place_q;
  assign sums_o = sums_q;
endmodule

`default_nettype wire
