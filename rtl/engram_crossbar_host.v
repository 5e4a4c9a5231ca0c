// engram_crossbar_host : the host's way to engram_crossbar's weights, while no step runs.
// SPDX-License-Identifier: 0BSD
//
// Says where a unit's weights are, gives the banks the host's strobes and data, and picks what was
// read from the lanes, four cycles after read_i.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_host #(
  parameter UNITS = 2,
  parameter AT_ONCE = 1,             // rows at a time
  parameter LANES = 2,
  parameter GROUPS = 1,
  parameter PAIRED = 0,
  parameter COUPLED = 0,
  parameter EARLY = LANES,
  parameter COPIES = 1,
  parameter WEIGHT_BITS = 16,
  parameter PLACED_WRITES = 1,       // writes take their address a cycle later
  // from the others
  parameter UNIT_BITS = UNITS > 1 ? $clog2(UNITS) : 1,
  parameter LANE_BITS = LANES > 1 ? $clog2(LANES) : 1,
  parameter GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1,
  parameter TRAINED = LANES >> COUPLED
) (
  input  wire                        clk_i,
  input  wire                        rst_i,
  input  wire                        read_i,
  input  wire                        write_i,
  input  wire                        row_i,       // its bank
  input  wire [UNIT_BITS-1:0]        unit_i,
  input  wire [WEIGHT_BITS-1:0]      data_i,
  input  wire [AT_ONCE*TRAINED*WEIGHT_BITS-1:0] weights_i,  // of the lanes
  output wire [GROUP_BITS-1:0]       group_o,     // the unit's
  output wire [COPIES*LANE_BITS-1:0] lanes_o,
  output wire [COPIES-1:0]           reads_o,
  output wire                        read_late_o,
  output wire [COPIES-1:0]           writes_o,
  output wire                        write_late_o,
  output wire [COPIES*WEIGHT_BITS-1:0] data_o,    // to be written
  output wire [WEIGHT_BITS-1:0]      weight_o     // that was read
);
  wire [63:0] host_place;
  engram_crossbar_place #(.LANES(LANES), .GROUPS(GROUPS), .PAIRED(PAIRED)) u_place (
    .unit_i({{(32-UNIT_BITS){1'b0}}, unit_i}), .place_o(host_place)
  );
  assign group_o = host_place[32 +: GROUP_BITS];
  engram_copies #(.DATA_BITS(LANE_BITS), .COPIES(COPIES)) u_lanes_o (
    .clk_i(clk_i), .data_i(host_place[LANE_BITS-1:0]), .copies_o(lanes_o)
  );
  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_reads_o (
    .clk_i(clk_i), .data_i(read_i), .copies_o(reads_o)
  );

  generate
    if (EARLY < TRAINED) begin : gen_behind
      reg host_read_q, host_write_q;
      always @(posedge clk_i) begin
        host_read_q <= reads_o[0];
        host_write_q <= write_i;
      end
      assign read_late_o = host_read_q;
      assign writes_o = {COPIES{write_i}};
      assign write_late_o = host_write_q;
    end else begin : gen_together
      assign read_late_o = reads_o[0];
      assign write_late_o = writes_o[0];
      if (PLACED_WRITES != 0) begin : gen_placed
        wire host_write_1;
        engram_delay #(.DATA_BITS(1), .CYCLES(1)) u_host_write_1 (
          .clk_i(clk_i), .rst_i(rst_i), .data_i(write_i), .data_o(host_write_1)
        );
        engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_writes_o (
          .clk_i(clk_i), .data_i(host_write_1 && !rst_i), .copies_o(writes_o)
        );
      end else begin : gen_at_once
        assign writes_o = {COPIES{write_i}};
      end
    end
  endgenerate
  // What the host writes stands until after its write in gen_placed.
  generate
    if (PLACED_WRITES != 0 && COPIES > 1) begin : gen_host_copies
      engram_copies #(.DATA_BITS(WEIGHT_BITS), .COPIES(COPIES)) u_host_data (
        .clk_i(clk_i), .data_i(data_i), .copies_o(data_o)
      );
    end else begin : gen_host_data
      assign data_o = {COPIES{data_i}};
    end
  endgenerate

  genvar copy;
  reg                   host_bank_q;
  wire [TRAINED*WEIGHT_BITS-1:0] host_weights =
      host_bank_q ? weights_i[(AT_ONCE-1)*TRAINED*WEIGHT_BITS +: TRAINED*WEIGHT_BITS]
                  : weights_i[0 +: TRAINED*WEIGHT_BITS];
  wire [COPIES*LANE_BITS-1:0] host_trained;  // the training lane
  generate
    for (copy = 0; copy < COPIES; copy = copy + 1) begin : gen_host_lane
      wire [LANE_BITS:0] host_lane = {1'b0, lanes_o[copy*LANE_BITS +: LANE_BITS]};
      assign host_trained[copy*LANE_BITS +: LANE_BITS] = host_lane[COUPLED +: LANE_BITS];
      wire unused_host_ok = &{1'b0, host_lane};
    end
  endgenerate
  engram_late_pick #(
    .VALUE_BITS(WEIGHT_BITS), .VALUES(TRAINED), .INDEX_BITS(LANE_BITS), .COPIES(COPIES)
  ) u_host_weight (
    .clk_i(clk_i), .values_i(host_weights), .index_i(host_trained), .value_o(weight_o)
  );
  always @(posedge clk_i)
    if (read_i) host_bank_q <= row_i;
  wire unused_ok = &{1'b0, host_place, rst_i};
endmodule

`default_nettype wire
