// engram_crossbar_gradients : the gradients of a dense layer's units that train, by passes.
// SPDX-License-Identifier: 0BSD
//
// Gradients that are given, to many lanes a cycle later, which is still before they are read. Of a
// pair the one that was dropped has a gradient of zero.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_gradients #(
  parameter UNITS = 2,
  parameter LANES = 2,
  parameter GROUPS = 1,
  parameter PAIRED = 0,
  parameter COUPLED = 0,
  parameter EARLY = LANES,
  parameter COPIES = 1,
  parameter GRADIENT_BITS = 16,
  // from the others
  parameter UNIT_BITS = UNITS > 1 ? $clog2(UNITS) : 1,
  parameter PASS_BITS = GROUPS >> PAIRED > 1 ? $clog2(GROUPS >> PAIRED) : 1,
  parameter TRAINED = LANES >> COUPLED
) (
  input  wire                          clk_i,
  input  wire                          rst_i,
  // given, unit by unit
  input  wire                          gradient_valid_i,
  input  wire [UNIT_BITS-1:0]          gradient_unit_i,
  input  wire [GRADIENT_BITS-1:0]      gradient_i,
  // stage 1: [late, early]
  input  wire [1:0]                    read_i,
  input  wire [2*PASS_BITS-1:0]        passes_i,
  // stage 2 (late lanes: 3)
  output wire [TRAINED*GRADIENT_BITS-1:0] gradients_o,
  output wire [TRAINED-1:0]  nonzero_o
);
  localparam COLUMNS = 1 + COUPLED;
  localparam LANE_BITS = LANES > 1 ? $clog2(LANES) : 1;
  localparam PASSES = GROUPS >> PAIRED;
  localparam LATE = TRAINED - EARLY;
  localparam HALVES = LATE > 0 ? 2 : 1;
  wire unused_reads_ok = &{1'b0, read_i, passes_i, rst_i};

  localparam GIVEN_BITS = 1 + UNIT_BITS + GRADIENT_BITS;
  wire [COPIES*GIVEN_BITS-1:0] given;
  wire [COPIES-1:0] given_taken;
  wire [COPIES*LANE_BITS-1:0] given_lanes;
  wire [COPIES*PASS_BITS-1:0] given_passes;
  wire unused_passes_ok = &{1'b0, given_passes};
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
      wire [63:0] place;
      engram_crossbar_place #(.LANES(LANES), .GROUPS(GROUPS), .PAIRED(PAIRED)) u_place (
        .unit_i({{(32-UNIT_BITS){1'b0}}, unit}), .place_o(place)
      );
      assign given_taken[copy] = valid && (!(PAIRED != 0 || COUPLED != 0) || !unit[0] || |gradient);
      wire [LANE_BITS:0] given_lane = {1'b0, place[LANE_BITS-1:0]};
      assign given_lanes[copy*LANE_BITS +: LANE_BITS] = given_lane[COUPLED +: LANE_BITS];
      assign given_passes[copy*PASS_BITS +: PASS_BITS] = place[32+PAIRED +: PASS_BITS];
      assign given_gradients[copy*GRADIENT_BITS +: GRADIENT_BITS] = gradient;
      wire unused_given_ok = &{1'b0, place, given_lane};
    end
  endgenerate
  wire [TRAINED-1:0] write;
  wire [TRAINED*GRADIENT_BITS-1:0] written;
  genvar half, lane;
  generate
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
        assign {nonzero_o[lane], gradients_o[lane*GRADIENT_BITS +: GRADIENT_BITS]} = gradient_q;
      end
      wire unused_pass_ok = &{1'b0, given_passes};
    end else begin : gen_memory
      for (half = 0; half < HALVES; half = half + 1) begin : gen_half
        localparam FIRST = half * EARLY;
        localparam HERE = half == 0 ? EARLY : LATE;
        engram_weights #(
          .LANES(HERE), .WEIGHT_BITS(GRADIENT_BITS), .WORDS(PASSES), .ADDRESS_BITS(PASS_BITS)
        ) u_gradients (
          .clk_i(clk_i), .write_i(write[FIRST +: HERE]),
          .write_address_i(given_passes[0 +: PASS_BITS]),
          .write_data_i(written[FIRST*GRADIENT_BITS +: HERE*GRADIENT_BITS]),
          .read_i(read_i[half]),
          .read_address_i(passes_i[half*PASS_BITS +: PASS_BITS]),
          .read_data_o(gradients_o[FIRST*GRADIENT_BITS +: HERE*GRADIENT_BITS])
        );
      end
      for (lane = 0; lane < TRAINED; lane = lane + 1) begin : gen_nonzero
        assign nonzero_o[lane] = |gradients_o[lane*GRADIENT_BITS +: GRADIENT_BITS];
      end
    end
  endgenerate
endmodule

`default_nettype wire
