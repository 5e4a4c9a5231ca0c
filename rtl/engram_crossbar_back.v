// engram_crossbar_back : a row's sum of weight * gradient over the units (E12, E14), with its place.
// SPDX-License-Identifier: 0BSD
//
// The early training lanes' sums come first, the late ones' a cycle later; groups are added up.
`default_nettype none

module engram_crossbar_back #(
  parameter ROW_BITS = 6,
  parameter SLOT_BITS = 1,
  parameter AT_ONCE = 1,
  parameter TRAINED = 2,
  parameter EARLY = TRAINED,
  parameter TERM_BITS = 32,
  parameter BACK_BITS = 33,
  parameter BACK_LEVELS = 1,
  parameter ONE_PASS = 1,
  parameter SHARED = 0,
  parameter COUNTED = 1   // 1: rows come in the order 0, 1, 2, ... and are counted here
) (
  input  wire                          clk_i,
  input  wire                          rst_i,
  input  wire                          forward_i,     // a step's forward pass
  // stage 0: a row and its place
  input  wire                          issue_i,
  input  wire [AT_ONCE*ROW_BITS-1:0]   rows_i,
  input  wire [AT_ONCE*SLOT_BITS-1:0]  slots_i,
  input  wire [AT_ONCE-1:0]            there_i,
  input  wire                          word_last_i,
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
  output wire [AT_ONCE*SLOT_BITS-1:0]  slots_o,
  output wire                          word_last_o,
  output wire [AT_ONCE-1:0]            gates_o,
  output wire [AT_ONCE*BACK_BITS-1:0]  sums_o
);
  localparam LATE = TRAINED - EARLY;     // those a cycle behind
  localparam HALVES = LATE > 0 ? 2 : 1;
  wire unused_ok = &{1'b0, forward_i, issue_i};
  wire back_issued, back_first, back_group_last;
  engram_delay #(.DATA_BITS(1), .CYCLES(2+BACK_LEVELS)) u_issued (
    .clk_i(clk_i), .rst_i(rst_i), .data_i(gradient_i), .data_o(back_issued)
  );
  localparam BACK_PLACE_BITS = AT_ONCE * (ROW_BITS + SLOT_BITS + 1) + 3;
  wire [AT_ONCE*ROW_BITS-1:0] back_rows;
  wire [AT_ONCE*SLOT_BITS-1:0] back_slots;
  wire [AT_ONCE-1:0] back_there, back_gates;
  wire back_word_last;
  wire [BACK_PLACE_BITS-1:0] place =
      {rows_i, slots_i, there_i, word_last_i, group_first_i, group_last_i};
  wire [BACK_PLACE_BITS-1:0] back_place;
  generate
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
    wire [2*STEPS:0] steps = {steps_q, issue_i};
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
  endgenerate
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
  assign valid_o = valid_q;
  assign word_last_o = word_last_q;
  assign gates_o = gates_q;
  assign rows_o = rows_q;
  assign slots_o = slots_q;
  assign sums_o = sums_q;
endmodule

`default_nettype wire
