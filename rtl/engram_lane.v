// engram_lane : one lane of a dense layer: its weights' memory, multipliers, accumulator and
//   update unit.
// SPDX-License-Identifier: 0BSD
//
// Pipeline (stages of engram_crossbar): 1 address, 2 weight and operands, 4 products, 5
// accumulated, 6 new weight. Forward (E8, FC) the first multiplier takes weight * x; backward it
// takes weight * gradient (E12, E14) while the second, "each input times the last input", takes x *
// gradient (E11, E13) for the update.
`default_nettype none

module engram_lane #(
  parameter X_BITS = 16,         // input
  parameter WEIGHT_BITS = 16,
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 42,       // exact forward sum
  parameter WORDS = 1875,        // rows * groups
  parameter ADDRESS_BITS = 11,
  parameter GROUP_BITS = 1,      // 2^GROUP_BITS >= units that share the lane
  parameter UPDATE_SHIFT = 11,
  parameter RATE_BITS = 4,
  parameter ROUND_BITS = 1
) (
  input  wire                             clk_i,
  // stage 1
  input  wire                             read_i,
  input  wire [ADDRESS_BITS-1:0]          read_address_i,
  // stage 2
  input  wire                             backward_i,
  input  wire signed [X_BITS-1:0]         x_i,
  input  wire [GROUP_BITS-1:0]            group_i,
  output wire signed [WEIGHT_BITS-1:0]    weight_o,
  // stage 4
  input  wire                             accumulate_i,
  input  wire                             first_i,    // the accumulator starts anew
  input  wire [RATE_BITS-1:0]             rate_i,
  input  wire [ROUND_BITS-1:0]            round_i,
  output wire [WEIGHT_BITS+(X_BITS > GRADIENT_BITS ? X_BITS : GRADIENT_BITS)-1:0] product_o,
  // stage 5
  output wire signed [SUM_BITS-1:0]       sum_o,
  // stage 6
  input  wire                             update_i,
  input  wire [ADDRESS_BITS-1:0]          update_address_i,
  output wire                             lost_o,
  // gradients of the lane's units
  input  wire                             gradient_write_i,
  input  wire [GROUP_BITS-1:0]            gradient_group_i,
  input  wire [GRADIENT_BITS-1:0]         gradient_i,
  // host
  input  wire                             host_write_i,
  input  wire [ADDRESS_BITS-1:0]          host_address_i,
  input  wire [WEIGHT_BITS-1:0]           host_weight_i
);
  localparam OPERAND_BITS = X_BITS > GRADIENT_BITS ? X_BITS : GRADIENT_BITS;

  wire [WEIGHT_BITS-1:0] weight;
  wire [WEIGHT_BITS-1:0] next_weight;
  engram_ram #(
    .DATA_BITS(WEIGHT_BITS), .WORDS(WORDS), .ADDRESS_BITS(ADDRESS_BITS)
  ) u_weights (
    .clk_i(clk_i),
    .write_i(update_i || host_write_i),
    .write_address_i(host_write_i ? host_address_i : update_address_i),
    .write_data_i(host_write_i ? host_weight_i : next_weight),
    .read_i(read_i), .read_address_i(read_address_i), .read_data_o(weight)
  );
  assign weight_o = weight;

  // The gradients with respect to the outputs of the lane's units.
  reg [GRADIENT_BITS-1:0] gradient_q [0:(1<<GROUP_BITS)-1];
  always @(posedge clk_i)
    if (gradient_write_i) gradient_q[gradient_group_i] <= gradient_i;
  wire signed [GRADIENT_BITS-1:0] gradient = gradient_q[group_i];

  // weight * x or weight * gradient
  wire signed [OPERAND_BITS-1:0] operand =
      backward_i ? {{(OPERAND_BITS-GRADIENT_BITS+1){gradient[GRADIENT_BITS-1]}},
                    gradient[GRADIENT_BITS-2:0]}
                 : {{(OPERAND_BITS-X_BITS+1){x_i[X_BITS-1]}}, x_i[X_BITS-2:0]};
  wire signed [WEIGHT_BITS+OPERAND_BITS-1:0] product;
  engram_multiplier #(.A_BITS(WEIGHT_BITS), .B_BITS(OPERAND_BITS)) u_multiplier (
    .clk_i(clk_i), .a_i(weight), .b_i(operand), .product_o(product)
  );
  assign product_o = product;

  reg signed [SUM_BITS-1:0] sum_q;
  wire signed [SUM_BITS-1:0] addend =
      {{(SUM_BITS-WEIGHT_BITS-X_BITS+1){product[WEIGHT_BITS+X_BITS-1]}},
       product[WEIGHT_BITS+X_BITS-2:0]};
  always @(posedge clk_i)
    if (accumulate_i) sum_q <= (first_i ? {SUM_BITS{1'b0}} : sum_q) + addend;
  assign sum_o = sum_q;

  // E11, E13: each input times the last input.
  wire signed [X_BITS+GRADIENT_BITS-1:0] u;
  engram_multiplier #(.A_BITS(X_BITS), .B_BITS(GRADIENT_BITS)) u_outer_product (
    .clk_i(clk_i), .a_i(x_i), .b_i(gradient), .product_o(u)
  );

  wire [WEIGHT_BITS-1:0] old_weight;
  engram_delay #(.DATA_BITS(WEIGHT_BITS), .CYCLES(2)) u_old_weight (
    .clk_i(clk_i), .rst_i(1'b0), .data_i(weight), .data_o(old_weight)
  );
  wire lost;
  engram_update #(
    .WEIGHT_BITS(WEIGHT_BITS), .U_BITS(X_BITS+GRADIENT_BITS), .SHIFT(UPDATE_SHIFT),
    .RATE_BITS(RATE_BITS), .ROUND_BITS(ROUND_BITS)
  ) u_update (
    .clk_i(clk_i), .weight_i(old_weight), .u_i(u), .rate_i(rate_i), .round_i(round_i),
    .weight_o(next_weight), .lost_o(lost)
  );
  assign lost_o = lost && update_i;
endmodule

`default_nettype wire
