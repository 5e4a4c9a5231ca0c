// engram_crossbar_places : where engram_crossbar's weights lie, and how their updates are rounded.
// SPDX-License-Identifier: 0BSD
//
// A row and group of stage 0 (between steps: the host's) become the banks' addresses of stage 1,
// which are read, and of stage 6, which are written; beside them go the rounding's bits and what
// tells the units. Late lanes have all of it a cycle later.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_places #(
  parameter ROWS = 64,
  parameter AT_ONCE = 1,             // rows at a time
  parameter LANES = 2,
  parameter GROUPS = 1,
  parameter PAIRED = 0,
  parameter COUPLED = 0,
  parameter SHARED = 0,
  parameter COPIES = 1,
  // rounding
  parameter ROUNDING = 0,
  parameter ROUND_BITS = 1,
  parameter LAYER = 2,
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,
  parameter HASH_COLUMN_BITS = 6,
  // from the others
  parameter ROW_BITS = ROWS > 1 ? $clog2(ROWS) : 1,
  parameter GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1,
  parameter PASS_BITS = GROUPS >> PAIRED > 1 ? $clog2(GROUPS >> PAIRED) : 1,
  parameter TRAINED = LANES >> COUPLED,
  parameter WEIGHT_WORDS = (ROWS + AT_ONCE - 1) / AT_ONCE * GROUPS,
  parameter ADDRESS_BITS = WEIGHT_WORDS > 1 ? $clog2(WEIGHT_WORDS) : 1
) (
  input  wire                        clk_i,
  input  wire [AT_ONCE*ROW_BITS-1:0] rows_i,      // stage 0, or the host's
  input  wire [GROUP_BITS-1:0]       group_i,
  input  wire [TRAINED-1:0]          second_1_i,  // a pair's second unit
  input  wire [5:3]                  update_i,    // [stage]
  input  wire [ROUND_BITS-1:0]       base_i,
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  output wire [AT_ONCE*ROW_BITS-1:0] rows_1_o,
  output wire [GROUP_BITS-1:0]       group_1_o,
  output wire [2*PASS_BITS-1:0]      passes_o,    // stage 1 (late: 2)
  output wire [2*COPIES*AT_ONCE*ADDRESS_BITS-1:0] addresses_o,  // stage 1 (late: 2), [copy][row]
  output wire [AT_ONCE*ROUND_BITS-1:0] rounds_4_o,
  output wire [TRAINED-1:0]          second_4_o,
  output wire [31:0]                 first_unit_4_o,  // of the pass; 0 where it is in the rounding
  output wire [COPIES*AT_ONCE*ADDRESS_BITS-1:0] addresses_6_o,
  output wire [TRAINED-1:0]          second_6_o
);
  localparam PASSES = GROUPS >> PAIRED;
  localparam FEEDS = COPIES * AT_ONCE;  // [copy][row]
  localparam ROW_SHIFT = AT_ONCE - 1;   // rows lie at row >> ROW_SHIFT of their bank
  localparam PASS_UNITS = PAIRED != 0 ? 2 * LANES : LANES;  // all units of a pass
  // A unit's number is its pass's and its place's, bit beside bit.
  localparam BESIDE = (PASS_UNITS & (PASS_UNITS - 1)) == 0;

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

  wire [COPIES*AT_ONCE*ROW_BITS-1:0] copied_rows_1;
  wire [COPIES*GROUP_BITS-1:0] copied_group_1;
  wire [AT_ONCE*ROW_BITS-1:0] rows_1 = copied_rows_1[0 +: AT_ONCE*ROW_BITS];
  wire [GROUP_BITS-1:0] group_1 = copied_group_1[0 +: GROUP_BITS];
  wire [AT_ONCE*ADDRESS_BITS-1:0] addresses_2;
  wire [PASS_BITS-1:0] pass_2;
  engram_copies #(.DATA_BITS(AT_ONCE*ROW_BITS), .COPIES(COPIES)) u_rows_1 (
    .clk_i(clk_i), .data_i(rows_i), .copies_o(copied_rows_1)
  );
  engram_copies #(.DATA_BITS(GROUP_BITS), .COPIES(COPIES)) u_group_1 (
    .clk_i(clk_i), .data_i(group_i), .copies_o(copied_group_1)
  );
  assign rows_1_o = rows_1;
  assign group_1_o = group_1;

  // ---------------------------------------------------------------- stage 1
  wire [FEEDS*ADDRESS_BITS-1:0] addresses;
  wire [AT_ONCE*ROUND_BITS-1:0] rounds_1;
  wire [PASS_BITS-1:0] pass_1 =
      PASSES > 1 ? group_1[GROUP_BITS-1 -: PASS_BITS] : {PASS_BITS{1'b0}};
  wire [31:0] first_unit_1 = times({{(32-PASS_BITS){1'b0}}, pass_1}, PASS_UNITS);
  wire [HASH_COLUMN_BITS-1:0] first_column_1 =
      BESIDE != 0 ? first_unit_1[HASH_COLUMN_BITS-1:0] : {HASH_COLUMN_BITS{1'b0}};
  wire unused_unit_ok = &{1'b0, first_unit_1};
  genvar r, feed;
  generate
    for (feed = 0; feed < FEEDS; feed = feed + 1) begin : gen_feed
      wire [ROW_BITS-1:0] row = copied_rows_1[feed*ROW_BITS +: ROW_BITS];
      wire [GROUP_BITS-1:0] group = copied_group_1[(feed/AT_ONCE)*GROUP_BITS +: GROUP_BITS];
      wire [31:0] first = times({{(32-ROW_BITS){1'b0}}, row >> ROW_SHIFT}, GROUPS);
      wire [31:0] address = GROUPS == 1 ? first : first + {{(32-GROUP_BITS){1'b0}}, group};
      assign addresses[feed*ADDRESS_BITS +: ADDRESS_BITS] = address[ADDRESS_BITS-1:0];
      wire unused_address_ok = &{1'b0, address, group};
    end

    for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_row
      wire [HASH_ROW_BITS-1:0] row =
          {{(HASH_ROW_BITS-ROW_BITS){1'b0}}, rows_1[r*ROW_BITS +: ROW_BITS]};
      engram_rounding #(
        .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS), .LAYER(LAYER),
        .HASH_LAYER_BITS(HASH_LAYER_BITS), .HASH_ROW_BITS(HASH_ROW_BITS),
        .HASH_COLUMN_BITS(HASH_COLUMN_BITS)
      ) u_rounding (
        .base_i(base_i), .key_i(key_i), .row_i(row), .column_i(first_column_1),
        .round_o(rounds_1[r*ROUND_BITS +: ROUND_BITS])
      );
    end
  endgenerate

  assign addresses_o = {{COPIES{addresses_2}}, addresses};
  assign passes_o = {pass_2, pass_1};

  // Where weights are written: what goes beside them from stage 1 to 6 (late: 7). With SHARED
  // multipliers all of it stands for two cycles.
  localparam PLACE_BITS = AT_ONCE * (ADDRESS_BITS + ROUND_BITS) + TRAINED + PASS_BITS;
  wire [PLACE_BITS-1:0] place_2, place_4, place_6;
  engram_delay #(.DATA_BITS(PLACE_BITS), .CYCLES(1)) u_update_place_2 (
    .clk_i(clk_i), .rst_i(1'b0),
    .data_i({addresses[0 +: AT_ONCE*ADDRESS_BITS], rounds_1, second_1_i, pass_1}), .data_o(place_2)
  );
  generate
    if (SHARED != 0) begin : gen_held
      reg [PLACE_BITS-1:0] place_4_q, place_6_q;
      always @(posedge clk_i) begin
        if (update_i[3]) place_4_q <= place_2;
        if (update_i[5]) place_6_q <= place_4_q;
      end
      assign place_4 = place_4_q;
      assign place_6 = place_6_q;
      assign addresses_6_o = {COPIES{place_6_q[PLACE_BITS-1 -: AT_ONCE*ADDRESS_BITS]}};
    end else begin : gen_stages
      engram_delay #(.DATA_BITS(PLACE_BITS), .CYCLES(2)) u_place_4 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(place_2), .data_o(place_4)
      );
      wire [PLACE_BITS-1:0] place_5;
      engram_delay #(.DATA_BITS(PLACE_BITS), .CYCLES(1)) u_place_5 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(place_4), .data_o(place_5)
      );
      // What is written in the next cycle, or the host's place.
      wire [PLACE_BITS-1:0] place_next = update_i[5] ? place_5 : place_2;
      engram_delay #(.DATA_BITS(PLACE_BITS), .CYCLES(1)) u_place_6 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(place_next), .data_o(place_6)
      );
      engram_copies #(.DATA_BITS(AT_ONCE*ADDRESS_BITS), .COPIES(COPIES)) u_addresses_6 (
        .clk_i(clk_i), .data_i(place_next[PLACE_BITS-1 -: AT_ONCE*ADDRESS_BITS]),
        .copies_o(addresses_6_o)
      );
    end
  endgenerate
  assign addresses_2 = place_2[PLACE_BITS-1 -: AT_ONCE*ADDRESS_BITS];
  assign pass_2 = place_2[0 +: PASS_BITS];
  wire [PASS_BITS-1:0] pass_4;
  assign {rounds_4_o, second_4_o, pass_4} = place_4[0 +: PLACE_BITS-AT_ONCE*ADDRESS_BITS];
  assign first_unit_4_o =
      BESIDE != 0 ? 32'd0 : times({{(32-PASS_BITS){1'b0}}, pass_4}, PASS_UNITS);
  assign second_6_o = place_6[PASS_BITS +: TRAINED];
  wire unused_places_ok = &{1'b0, place_2, place_4, place_6, pass_4, update_i};
endmodule

`default_nettype wire
