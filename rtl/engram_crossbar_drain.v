// engram_crossbar_drain : a dense layer's sums, one after the other.
// SPDX-License-Identifier: 0BSD
//
// Of many lanes a sum is picked in two steps. COUPLED, the unit that trains has its sum in the
// first of the two.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_drain #(
  parameter UNITS = 2,
  parameter LANES = 2,
  parameter COUPLED = 0,
  parameter LATE_PICK = 0,           // 1: a sum is picked in two steps
  parameter COPIES = 1,
  parameter SUM_BITS = 38,
  // from the others
  parameter UNIT_BITS = UNITS > 1 ? $clog2(UNITS) : 1,
  parameter LANE_BITS = LANES > 1 ? $clog2(LANES) : 1,
  parameter TRAINED = LANES >> COUPLED
) (
  input  wire                          clk_i,
  input  wire                          rst_i,
  input  wire                          train_i,
  input  wire [UNITS-1:0]              keep_i,        // units that take part
  input  wire [TRAINED-1:0]            second_i,      // COUPLED: which of a pair trains
  // the schedule
  input  wire                          drain_i,
  input  wire [LANE_BITS:0]            drained_i,
  input  wire [UNIT_BITS-1:0]          unit_i,
  input  wire [LANE_BITS-1:0]          pick_i,
  input  wire                          group_last_i,
  input  wire [LANES*SUM_BITS-1:0]     sums_i,
  output wire                          valid_o,
  output wire [UNIT_BITS-1:0]          unit_o,
  output wire                          keep_o,
  output wire                          last_group_o,
  output wire [SUM_BITS-1:0]           sum_o
);
  wire unused_ok = &{1'b0, keep_i, second_i, drained_i, pick_i, train_i};
  reg                 sum_valid_q, sum_keep_q, sum_last_group_q;
  reg [UNIT_BITS-1:0] sum_unit_q;
  reg [SUM_BITS-1:0]  sum_q;
  wire [LANE_BITS:0] pair_lane = {1'b0, pick_i} >> 1 << 1;  // the even one
  wire [COPIES*LANE_BITS-1:0] pick_lanes;
  engram_copies #(.DATA_BITS(LANE_BITS), .COPIES(COPIES)) u_pick_lanes (
    .clk_i(clk_i), .data_i(COUPLED != 0 && train_i ? pair_lane[LANE_BITS-1:0] : pick_i),
    .copies_o(pick_lanes)
  );
  wire sum_keep;
  generate
    if (COUPLED != 0) begin : gen_coupled_sum
      wire second;
      wire [TRAINED-1:0] trains_second_2;  // a group stands long before it is drained
      engram_delay #(.DATA_BITS(TRAINED), .CYCLES(1)) u_trains_second_2 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(second_i), .data_o(trains_second_2)
      );
      wire [LANE_BITS:0] drained = {1'b0, drained_i[LANE_BITS-1:0]};
      engram_pick #(
        .VALUE_BITS(1), .VALUES(TRAINED), .INDEX_BITS(LANE_BITS)
      ) u_second (
        .values_i(trains_second_2), .index_i(drained[LANE_BITS:1]), .value_o(second)
      );
      assign sum_keep = !train_i || second == drained_i[0];
      wire unused_keep_ok = &{1'b0, keep_i, drained};
    end else begin : gen_sum
      assign sum_keep = keep_i[unit_i];
    end
  endgenerate
  wire [SUM_BITS-1:0] lane_sum;
  generate
    if (LATE_PICK != 0) begin : gen_late_pick
      engram_late_pick #(
        .VALUE_BITS(SUM_BITS), .VALUES(LANES), .INDEX_BITS(LANE_BITS), .COPIES(COPIES)
      ) u_lane_sum (
        .clk_i(clk_i), .values_i(sums_i), .index_i(pick_lanes), .value_o(lane_sum)
      );
    end else begin : gen_pick
      engram_pick #(
        .VALUE_BITS(SUM_BITS), .VALUES(LANES), .INDEX_BITS(LANE_BITS)
      ) u_lane_sum (
        .values_i(sums_i), .index_i(pick_lanes[0 +: LANE_BITS]), .value_o(lane_sum)
      );
    end
  endgenerate
  always @(posedge clk_i) begin
    sum_valid_q <= drain_i && !rst_i;
    sum_last_group_q <= group_last_i && drained_i == {(LANE_BITS+1){1'b0}};
    sum_keep_q <= sum_keep;
    sum_unit_q <= unit_i;
    sum_q <= lane_sum;
  end
  assign valid_o = sum_valid_q;
  assign last_group_o = sum_valid_q && sum_last_group_q;
  assign keep_o = sum_keep_q;
  assign unit_o = sum_unit_q;
  assign sum_o = sum_q;
  wire unused_picks_ok = &{1'b0, pick_lanes, pair_lane};
endmodule

`default_nettype wire
