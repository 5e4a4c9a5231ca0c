// engram_bias : a dense layer's biases, at its edge: added to its sums, and updated by its units'
//   gradients.
// SPDX-License-Identifier: 0BSD
//
// Forward, a sum leaves a cycle after it came, with its unit's bias. Biases are read a cycle ahead,
// in the order of the sums: unit by unit; PAIRED, and unless the step trains, one unit of each pair
// of a pass, then the other ones, as engram_crossbar drains them, with a cycle or more between. A
// sum of a unit that is dropped comes to nothing behind.
//
// Backward, u of a unit's bias is its gradient (E16); stages: 0 the gradient comes, 1 the old bias,
// 3 the new one is written. No two units are the same within a step.
`default_nettype none

module engram_bias #(
  parameter UNITS = 2,
  parameter PAIRED = 0,            // engram_crossbar
  parameter TRAINING = 1,          // 0: forward only
  // formats, in bits
  parameter BIAS_BITS = 16,
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 38,         // of a sum with its bias, at least BIAS_BITS + SHIFT
  parameter SHIFT = 0,             // from the bias's binary point to the sum's, to the left
  // update
  parameter UPDATE_SHIFT = 0,
  parameter ROUNDING = 0,          // 0 nearest, 1 stochastic, 2 truncate
  parameter ROUND_BITS = 1,        // R when stochastic, else 1
  parameter LAYER = 0,             // its tensor's place in the net: hash, synapse
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,
  parameter HASH_COLUMN_BITS = 6,
  // biases that it has from its start
  parameter LOADED = 0,            // 1: they begin as INITIAL, unit 0 lowest
  parameter INITIAL_BITS = 1,      // of all of them
  parameter [INITIAL_BITS-1:0] INITIAL = 0,
  // from the others
  parameter RATE_BITS = 4,
  parameter UNIT_BITS = UNITS > 1 ? $clog2(UNITS) : 1
) (
  input  wire                     clk_i,
  input  wire                     rst_i,
  // step
  input  wire                     forward_start_i,  // some cycles before the first sum
  input  wire                     train_i,
  input  wire                     freeze_i,
  input  wire [RATE_BITS-1:0]     rate_i,           // learning rate 2^-rate
  input  wire [ROUND_BITS-1:0]    base_i,           // of the rounding hash
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  // forward sums
  input  wire                     sum_valid_i,
  input  wire [UNIT_BITS-1:0]     sum_unit_i,
  input  wire                     sum_keep_i,
  input  wire [SUM_BITS-1:0]      sum_i,
  output wire                     sum_valid_o,      // a cycle later
  output wire [UNIT_BITS-1:0]     sum_unit_o,
  output wire                     sum_keep_o,
  output wire [SUM_BITS-1:0]      sum_o,
  // gradients with respect to the outputs
  input  wire                     gradient_valid_i,
  input  wire [UNIT_BITS-1:0]     gradient_unit_i,
  input  wire [GRADIENT_BITS-1:0] gradient_i,
  // host, while idle: data two cycles after host_read_i
  input  wire                     host_read_i,
  input  wire                     host_write_i,
  input  wire [UNIT_BITS-1:0]     host_unit_i,
  input  wire [BIAS_BITS-1:0]     host_data_i,
  output wire [BIAS_BITS-1:0]     host_data_o,
  output wire                     lost_o            // an update was not zero and changed nothing
);
  // ---------------------------------------------------------------- biases
  // None is read in the cycle that writes it.
  (* no_rw_check *)
  reg [BIAS_BITS-1:0] bias_q [0:UNITS-1] /*verilator public_flat_rd*/;
  generate
    if (LOADED != 0) begin : gen_loaded
      integer unit;
      initial
        for (unit = 0; unit < UNITS; unit = unit + 1)
          bias_q[unit] = INITIAL[unit*BIAS_BITS +: BIAS_BITS];
    end
  endgenerate
  wire                 sum_read, write;
  wire [UNIT_BITS-1:0] sum_next, write_unit;
  wire [BIAS_BITS-1:0] write_bias;
  wire read = sum_read || gradient_valid_i || host_read_i;
  wire [UNIT_BITS-1:0] read_unit =
      host_read_i ? host_unit_i : gradient_valid_i ? gradient_unit_i : sum_next;
  reg [BIAS_BITS-1:0] read_bias_q;
  always @(posedge clk_i) begin
    if (write) bias_q[write_unit] <= write_bias;
    if (read) read_bias_q <= bias_q[read_unit];
  end

  reg [BIAS_BITS-1:0] host_data_q;
  always @(posedge clk_i) host_data_q <= read_bias_q;
  assign host_data_o = host_data_q;

  // ---------------------------------------------------------------- sums
  localparam [UNIT_BITS-1:0] ONE = 1;
  generate
    if (PAIRED != 0) begin : gen_columns
      reg                 came_q;   // a sum in the cycle before
      reg [UNIT_BITS-1:0] unit_q;   // its unit
      reg [UNIT_BITS-1:0] first_q;  // the pass's first unit, until its first ones are through
      wire ends = came_q && !sum_valid_i;
      wire [UNIT_BITS-1:0] past = unit_q + ONE;
      always @(posedge clk_i) begin
        came_q <= sum_valid_i && !forward_start_i && !rst_i;
        unit_q <= sum_unit_i;
        if (forward_start_i) first_q <= {UNIT_BITS{1'b0}};
        else if (ends) first_q <= past;
      end
      wire [UNIT_BITS-1:0] behind = sum_unit_i + (train_i ? ONE : ONE << 1);
      assign sum_read = forward_start_i || sum_valid_i || ends;
      assign sum_next = forward_start_i ? {UNIT_BITS{1'b0}} :
                        sum_valid_i ? behind :
                        unit_q[0] ? past : first_q | ONE;
    end else begin : gen_straight
      assign sum_read = forward_start_i || sum_valid_i;
      assign sum_next = forward_start_i ? {UNIT_BITS{1'b0}} : sum_unit_i + ONE;
      wire unused_train_ok = &{1'b0, train_i};
    end
  endgenerate

  wire signed [SUM_BITS-1:0] wide_bias =
      {{(SUM_BITS-BIAS_BITS){read_bias_q[BIAS_BITS-1]}}, read_bias_q};
  reg                 sum_valid_q, sum_keep_q;
  reg [UNIT_BITS-1:0] sum_unit_q;
  reg [SUM_BITS-1:0]  sum_q;
  always @(posedge clk_i) begin
    sum_valid_q <= sum_valid_i && !rst_i;
    sum_keep_q <= sum_keep_i;
    sum_unit_q <= sum_unit_i;
    sum_q <= sum_i + (wide_bias <<< SHIFT);
  end
  assign sum_valid_o = sum_valid_q;
  assign sum_keep_o = sum_keep_q;
  assign sum_unit_o = sum_unit_q;
  assign sum_o = sum_q;

  // ---------------------------------------------------------------- training
  generate
    if (TRAINING != 0) begin : gen_training
      reg                     valid_1_q;
      reg [UNIT_BITS-1:0]     unit_1_q;
      reg [GRADIENT_BITS-1:0] gradient_1_q;
      always @(posedge clk_i) begin
        valid_1_q <= gradient_valid_i && !rst_i;
        unit_1_q <= gradient_unit_i;
        gradient_1_q <= gradient_i;
      end
      wire [HASH_COLUMN_BITS:0] column = {{(HASH_COLUMN_BITS+1-UNIT_BITS){1'b0}}, unit_1_q};
      wire [ROUND_BITS-1:0] round;
      engram_rounding #(
        .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS), .LAYER(LAYER),
        .HASH_LAYER_BITS(HASH_LAYER_BITS), .HASH_ROW_BITS(HASH_ROW_BITS),
        .HASH_COLUMN_BITS(HASH_COLUMN_BITS)
      ) u_rounding (
        .base_i(base_i), .key_i(key_i), .row_i({HASH_ROW_BITS{1'b0}}),
        .column_i(column[HASH_COLUMN_BITS-1:0]), .round_o(round)
      );
      wire valid_3, changed, lost;
      wire [UNIT_BITS-1:0] unit_3;
      wire [BIAS_BITS-1:0] bias_3;
      engram_synapse #(
        .LAYER(LAYER), .WORD_BITS(BIAS_BITS), .U_BITS(GRADIENT_BITS), .SHIFT(UPDATE_SHIFT),
        .RATE_BITS(RATE_BITS), .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS)
      ) u_update (
        .clk_i(clk_i), .weight_i(read_bias_q), .u_i(gradient_1_q), .rate_i(rate_i),
        .round_i(round), .weight_o(bias_3), .changed_o(changed), .lost_o(lost)
      );
      engram_delay #(.DATA_BITS(1), .CYCLES(2)) u_valid_3 (
        .clk_i(clk_i), .rst_i(rst_i), .data_i(valid_1_q), .data_o(valid_3)
      );
      engram_delay #(.DATA_BITS(UNIT_BITS), .CYCLES(2)) u_unit_3 (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(unit_1_q), .data_o(unit_3)
      );
      wire update = valid_3 && changed && !freeze_i;
      reg lost_q;
      always @(posedge clk_i) lost_q <= valid_3 && lost && !freeze_i && !rst_i;
      assign lost_o = lost_q;
      assign write = host_write_i || update;
      assign write_unit = host_write_i ? host_unit_i : unit_3;
      assign write_bias = host_write_i ? host_data_i : bias_3;
      // Written in the last step, for the benches; synthesizes to nothing.
      reg [31:0] writes_q /*verilator public_flat_rd*/;
      always @(posedge clk_i)
        writes_q <= forward_start_i ? 32'd0 : writes_q + {31'd0, update};
      wire unused_column_ok = &{1'b0, column};
    end else begin : gen_inference
      assign write = host_write_i;
      assign write_unit = host_unit_i;
      assign write_bias = host_data_i;
      assign lost_o = 1'b0;
      wire unused_ok = &{1'b0, freeze_i, rate_i, base_i, key_i, gradient_i};
    end
  endgenerate
endmodule

`default_nettype wire
