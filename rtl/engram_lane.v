// engram_lane : one lane of a dense layer: multipliers, accumulator, its units' gradients and
//   update units.
// SPDX-License-Identifier: 0BSD
//
// ROWS_AT_ONCE inputs meet the lane's unit at a time. Pipeline (stages of engram_crossbar): 2
// weights and operands, 4 products, 5 accumulated (6 where two products are added first), 6 new
// weights. Forward (FC) a multiplier takes x * weight; backward it takes gradient * weight (E12,
// E14), and for the update, "each input times the last input" (E11, E13), x * gradient: either a
// second multiplier beside it, or (SHARED) the same one in the cycle before.
`default_nettype none

module engram_lane #(
  parameter ROWS_AT_ONCE = 1,    // 1 or 2
  parameter X_BITS = 16,         // input
  parameter WEIGHT_BITS = 16,
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 42,       // exact forward sum
  parameter GROUP_BITS = 1,      // 2^GROUP_BITS >= units that share the lane
  parameter UPDATE_SHIFT = 11,
  parameter RATE_BITS = 4,
  parameter ROUND_BITS = 1,
  parameter SHARED = 0,          // 1: one multiplier a row for gradient and update
  parameter TRAINING = 1,        // 0: forward only
  parameter LOGIC_MULTIPLIERS = 0  // of the lane's, made of logic
) (
  input  wire                                  clk_i,
  // stage 2
  input  wire                                  forward_i,
  input  wire                                  gradient_phase_i, // gradient * weight
  input  wire                                  update_phase_i,   // x * gradient
  input  wire                                  there_i,   // the lane has a unit in this group
  input  wire                                  kept_i,    // and the unit takes part
  input  wire [GROUP_BITS-1:0]                 group_i,
  input  wire [ROWS_AT_ONCE*X_BITS-1:0]        x_i,
  input  wire [ROWS_AT_ONCE-1:0]               x_nonzero_i,
  input  wire [ROWS_AT_ONCE*WEIGHT_BITS-1:0]   weights_i,
  // stage 4
  input  wire                                  accumulate_i,
  input  wire                                  first_i,   // the accumulator starts anew
  input  wire [RATE_BITS-1:0]                  rate_i,
  input  wire [ROWS_AT_ONCE*ROUND_BITS-1:0]    rounds_i,
  output wire [ROWS_AT_ONCE*(GRADIENT_BITS+WEIGHT_BITS)-1:0] terms_o,
  // stage 5 or 6
  output wire signed [SUM_BITS-1:0]            sum_o,
  // stage 6
  output wire [ROWS_AT_ONCE*WEIGHT_BITS-1:0]   next_weights_o,
  output wire [ROWS_AT_ONCE-1:0]               changed_o,
  output wire [ROWS_AT_ONCE-1:0]               lost_o,
  // gradients of the lane's units
  input  wire                                  gradient_write_i,
  input  wire [GROUP_BITS-1:0]                 gradient_group_i,
  input  wire [GRADIENT_BITS-1:0]              gradient_i
);
  // Operands: a is x or the gradient, b the weight or (SHARED) the gradient's partner x.
  localparam OPERAND_BITS = TRAINING != 0 && GRADIENT_BITS > X_BITS ? GRADIENT_BITS : X_BITS;
  localparam PARTNER_BITS = SHARED != 0 && X_BITS > WEIGHT_BITS ? X_BITS : WEIGHT_BITS;
  localparam TERM_BITS = GRADIENT_BITS + WEIGHT_BITS;
  localparam U_BITS = X_BITS + GRADIENT_BITS;
  localparam FORWARD_BITS = X_BITS + WEIGHT_BITS;
  localparam PRODUCT_BITS = OPERAND_BITS + PARTNER_BITS;

  // The gradients with respect to the outputs of the lane's units.
  wire signed [GRADIENT_BITS-1:0] gradient;
  wire gradient_nonzero;
  generate
    if (TRAINING != 0) begin : gen_gradient
      reg [GRADIENT_BITS:0] gradient_q [0:(1<<GROUP_BITS)-1];
      always @(posedge clk_i)
        if (gradient_write_i) gradient_q[gradient_group_i] <= {|gradient_i, gradient_i};
      wire [GRADIENT_BITS:0] read = gradient_q[group_i];
      assign gradient = read[GRADIENT_BITS-1:0] & {GRADIENT_BITS{there_i}};
      assign gradient_nonzero = read[GRADIENT_BITS] && there_i;
    end else begin : gen_no_gradient
      assign gradient = {GRADIENT_BITS{1'b0}};
      assign gradient_nonzero = 1'b0;
      wire unused_ok = &{1'b0, gradient_write_i, gradient_group_i, gradient_i, group_i, there_i,
                         rate_i, rounds_i};
    end
  endgenerate

  wire signed [ROWS_AT_ONCE*SUM_BITS-1:0] addends;
  genvar r;
  generate
    for (r = 0; r < ROWS_AT_ONCE; r = r + 1) begin : gen_row
      wire signed [X_BITS-1:0] x = x_i[r*X_BITS +: X_BITS];
      wire signed [WEIGHT_BITS-1:0] weight = weights_i[r*WEIGHT_BITS +: WEIGHT_BITS];

      // Forward x * weight, backward gradient * weight, in the update's phase gradient * x.
      wire signed [OPERAND_BITS-1:0] operand;
      wire signed [PARTNER_BITS-1:0] partner;
      wire signed [PRODUCT_BITS-1:0] product;
      wire take_update = SHARED != 0 && update_phase_i;
      wire backward = gradient_phase_i || take_update;
      if (TRAINING != 0) begin : gen_operand
        assign operand =
            backward ? {{(OPERAND_BITS-GRADIENT_BITS+1){gradient[GRADIENT_BITS-1]}},
                        gradient[GRADIENT_BITS-2:0]}
                     : {{(OPERAND_BITS-X_BITS+1){x[X_BITS-1]}}, x[X_BITS-2:0]};
      end else begin : gen_forward_operand
        assign operand = x;
      end
      // A memory of one port may write in the gradient's phase, and shows its word no longer then.
      wire signed [WEIGHT_BITS-1:0] last_weight;
      wire signed [WEIGHT_BITS-1:0] factor = gradient_phase_i ? last_weight : weight;
      if (SHARED != 0) begin : gen_partner
        assign partner =
            take_update ? {{(PARTNER_BITS-X_BITS+1){x[X_BITS-1]}}, x[X_BITS-2:0]}
                        : {{(PARTNER_BITS-WEIGHT_BITS+1){factor[WEIGHT_BITS-1]}},
                           factor[WEIGHT_BITS-2:0]};
      end else begin : gen_weight_partner
        assign partner = weight;
        wire unused_factor_ok = &{1'b0, factor};
      end
      engram_multiplier #(
        .A_BITS(OPERAND_BITS), .B_BITS(PARTNER_BITS), .LOGIC(r < LOGIC_MULTIPLIERS)
      ) u_multiplier (
        .clk_i(clk_i), .enable_i((forward_i && kept_i) || backward),
        .nonzero_i(backward ? gradient_nonzero : x_nonzero_i[r]),
        .a_i(operand), .b_i(partner), .product_o(product)
      );
      assign addends[r*SUM_BITS +: SUM_BITS] =
          {{(SUM_BITS-FORWARD_BITS+1){product[FORWARD_BITS-1]}}, product[FORWARD_BITS-2:0]};

      if (TRAINING != 0) begin : gen_training
        assign terms_o[r*TERM_BITS +: TERM_BITS] = product[TERM_BITS-1:0];
        wire signed [U_BITS-1:0] u;
        if (SHARED != 0) begin : gen_shared
          assign u = product[U_BITS-1:0];
        end else begin : gen_separate
          engram_multiplier #(
            .A_BITS(GRADIENT_BITS), .B_BITS(X_BITS),
            .LOGIC(ROWS_AT_ONCE + r < LOGIC_MULTIPLIERS)
          ) u_outer_product (
            .clk_i(clk_i), .enable_i(update_phase_i), .nonzero_i(gradient_nonzero),
            .a_i(gradient), .b_i(x), .product_o(u)
          );
        end
        wire [WEIGHT_BITS-1:0] old_weight;
        engram_delay #(.DATA_BITS(WEIGHT_BITS), .CYCLES(1)) u_last_weight (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(weight), .data_o(last_weight)
        );
        engram_delay #(.DATA_BITS(WEIGHT_BITS), .CYCLES(1)) u_old_weight (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(last_weight), .data_o(old_weight)
        );
        engram_update #(
          .WEIGHT_BITS(WEIGHT_BITS), .U_BITS(U_BITS), .SHIFT(UPDATE_SHIFT),
          .RATE_BITS(RATE_BITS), .ROUND_BITS(ROUND_BITS)
        ) u_update (
          .clk_i(clk_i), .weight_i(old_weight), .u_i(u), .rate_i(rate_i),
          .round_i(rounds_i[r*ROUND_BITS +: ROUND_BITS]),
          .weight_o(next_weights_o[r*WEIGHT_BITS +: WEIGHT_BITS]), .changed_o(changed_o[r]),
          .lost_o(lost_o[r])
        );
      end else begin : gen_inference
        assign terms_o[r*TERM_BITS +: TERM_BITS] = {TERM_BITS{1'b0}};
        assign next_weights_o[r*WEIGHT_BITS +: WEIGHT_BITS] = {WEIGHT_BITS{1'b0}};
        assign changed_o[r] = 1'b0;
        assign lost_o[r] = 1'b0;
        assign last_weight = weight;
        wire unused_gradient_ok = &{1'b0, gradient, update_phase_i};
      end
      wire unused_product_ok = &{1'b0, product};
    end
  endgenerate

  // ---------------------------------------------------------------- accumulator
  wire accumulate, first;
  wire signed [SUM_BITS-1:0] addend;
  generate
    if (ROWS_AT_ONCE == 1) begin : gen_addend
      assign accumulate = accumulate_i;
      assign first = first_i;
      assign addend = addends;
    end else begin : gen_pair
      reg accumulate_q, first_q;
      reg signed [SUM_BITS-1:0] pair_q;
      always @(posedge clk_i) begin
        accumulate_q <= accumulate_i;
        first_q <= first_i;
        if (accumulate_i) pair_q <= addends[0 +: SUM_BITS] + addends[SUM_BITS +: SUM_BITS];
      end
      assign accumulate = accumulate_q;
      assign first = first_q;
      assign addend = pair_q;
    end
  endgenerate
  reg signed [SUM_BITS-1:0] sum_q;
  always @(posedge clk_i)
    if (accumulate) sum_q <= (first ? {SUM_BITS{1'b0}} : sum_q) + addend;
  assign sum_o = sum_q;
endmodule

`default_nettype wire
