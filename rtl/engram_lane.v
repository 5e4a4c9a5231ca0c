// engram_lane : one lane of a dense layer: the operands of its multipliers, and its accumulators.
// SPDX-License-Identifier: 0BSD
//
// ROWS_AT_ONCE inputs meet the lane's COLUMNS units at a time. Pipeline (stages of
// engram_crossbar): 2 weights and operands, 4 products, 5 accumulated (6 where two products are
// added first). Forward (FC) a multiplier takes x * weight; backward it takes gradient * weight
// (E12, E14), and for the update, "each input times the last input" (E11, E13), x * gradient: either
// a second multiplier beside it, or (SHARED) the same one in the cycle before. Of two columns (a
// pair, one of which is dropped) the first one's multiplier and accumulator take whichever trains.
`default_nettype none

module engram_lane #(
  parameter ROWS_AT_ONCE = 1,    // 1 or 2
  parameter COLUMNS = 1,         // 1, or with one row and TRAINING 2
  parameter X_BITS = 16,         // input
  parameter WEIGHT_BITS = 16,    // of a value
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 42,       // exact forward sum
  parameter SHARED = 0,          // 1: one multiplier a row for gradient and update
  parameter TRAINING = 1,        // 0: forward only
  parameter LOGIC_MULTIPLIERS = 0,  // of the lane's, made of logic
  parameter LAYER = 0,           // for engram_value
  // from the others
  parameter WORD_BITS = WEIGHT_BITS  // of a stored weight
) (
  input  wire                                  clk_i,
  input  wire                                  rst_i,
  // stage 2
  input  wire                                  forward_i,
  input  wire                                  gradient_phase_i, // gradient * weight
  input  wire                                  update_phase_i,   // x * gradient
  input  wire [COLUMNS-1:0]                    kept_i,    // the column's unit takes part
  input  wire                                  second_i,  // COLUMNS 2: the second unit trains
  input  wire [GRADIENT_BITS-1:0]              gradient_i,
  input  wire                                  gradient_nonzero_i,
  input  wire [ROWS_AT_ONCE*X_BITS-1:0]        x_i,
  input  wire [ROWS_AT_ONCE-1:0]               x_nonzero_i,
  input  wire [ROWS_AT_ONCE*COLUMNS*WORD_BITS-1:0] weights_i,  // [row][column]
  output wire [ROWS_AT_ONCE*WORD_BITS-1:0]     weights_o,      // of the unit that trains
  output wire [ROWS_AT_ONCE*WORD_BITS-1:0]     last_weights_o, // the same a cycle later
  // stage 3
  input  wire                                  clear_i,   // the next product is a sum's first
  // stage 4
  input  wire [COLUMNS-1:0]                    accumulate_i,
  output wire [ROWS_AT_ONCE*(GRADIENT_BITS+WEIGHT_BITS)-1:0] terms_o,
  output wire [ROWS_AT_ONCE*(X_BITS+GRADIENT_BITS)-1:0] us_o,
  // stage 5 or 6
  output wire [COLUMNS*SUM_BITS-1:0]           sums_o
);
  // Operands: a is x or the gradient, b the weight or (SHARED) the gradient's partner x.
  localparam OPERAND_BITS = TRAINING != 0 && GRADIENT_BITS > X_BITS ? GRADIENT_BITS : X_BITS;
  localparam PARTNER_BITS = SHARED != 0 && X_BITS > WEIGHT_BITS ? X_BITS : WEIGHT_BITS;
  localparam TERM_BITS = GRADIENT_BITS + WEIGHT_BITS;
  localparam U_BITS = X_BITS + GRADIENT_BITS;
  localparam FORWARD_BITS = X_BITS + WEIGHT_BITS;
  localparam PRODUCT_BITS = OPERAND_BITS + PARTNER_BITS;
  localparam PRODUCTS = ROWS_AT_ONCE * COLUMNS;

  wire [PRODUCTS-1:0] enable, nonzero;
  wire [PRODUCTS*OPERAND_BITS-1:0] operands;
  wire [PRODUCTS*PARTNER_BITS-1:0] partners;
  wire [PRODUCTS*PRODUCT_BITS-1:0] products;
  wire [PRODUCTS*SUM_BITS-1:0] addends;
  wire take_update = SHARED != 0 && update_phase_i;
  wire backward = TRAINING != 0 && (gradient_phase_i || take_update);
  wire signed [GRADIENT_BITS-1:0] gradient = gradient_i;
  genvar p, r, c;
  generate
    for (p = 0; p < PRODUCTS; p = p + 1) begin : gen_product
      localparam ROW = p / COLUMNS;
      wire signed [X_BITS-1:0] x = x_i[ROW*X_BITS +: X_BITS];
      // Forward x * weight, backward gradient * weight, in the update's phase gradient * x.
      wire [WORD_BITS-1:0] weight;  // its word
      wire signed [OPERAND_BITS-1:0] operand;
      wire signed [PARTNER_BITS-1:0] partner;
      if (p % COLUMNS == 0) begin : gen_trains
        if (COLUMNS == 2) begin : gen_either
          assign weight = second_i ? weights_i[WORD_BITS +: WORD_BITS]
                                   : weights_i[0 +: WORD_BITS];
        end else begin : gen_only
          assign weight = weights_i[p*WORD_BITS +: WORD_BITS];
          wire unused_second_ok = &{1'b0, second_i};
        end
        assign weights_o[ROW*WORD_BITS +: WORD_BITS] = weight;
        // A memory of one port may write in the gradient's phase: its word shows no longer then.
        wire [WORD_BITS-1:0] last_weight;
        wire signed [WEIGHT_BITS-1:0] factor;
        assign last_weights_o[ROW*WORD_BITS +: WORD_BITS] = last_weight;
        engram_value #(.LAYER(LAYER), .WORD_BITS(WORD_BITS), .VALUE_BITS(WEIGHT_BITS)) u_value (
          .word_i(SHARED != 0 && gradient_phase_i ? last_weight : weight), .value_o(factor)
        );
        engram_delay #(.DATA_BITS(WORD_BITS), .CYCLES(1)) u_last_weight (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(weight), .data_o(last_weight)
        );
        if (TRAINING != 0) begin : gen_operand
          assign terms_o[ROW*TERM_BITS +: TERM_BITS] = products[p*PRODUCT_BITS +: TERM_BITS];
          assign operand =
              backward ? {{(OPERAND_BITS-GRADIENT_BITS+1){gradient[GRADIENT_BITS-1]}},
                          gradient[GRADIENT_BITS-2:0]}
                       : {{(OPERAND_BITS-X_BITS+1){x[X_BITS-1]}}, x[X_BITS-2:0]};
        end else begin : gen_forward_operand
          assign terms_o[ROW*TERM_BITS +: TERM_BITS] = {TERM_BITS{1'b0}};
          assign operand = x;
        end
        if (SHARED != 0) begin : gen_partner
          assign partner =
              take_update ? {{(PARTNER_BITS-X_BITS+1){x[X_BITS-1]}}, x[X_BITS-2:0]}
                          : {{(PARTNER_BITS-WEIGHT_BITS+1){factor[WEIGHT_BITS-1]}},
                             factor[WEIGHT_BITS-2:0]};
        end else begin : gen_weight_partner
          assign partner = factor;
        end
        assign enable[p] = (forward_i && kept_i[0]) || backward;
        assign nonzero[p] = backward ? gradient_nonzero_i : x_nonzero_i[ROW];
      end else begin : gen_forward
        assign weight = weights_i[p*WORD_BITS +: WORD_BITS];
        assign operand = {{(OPERAND_BITS-X_BITS+1){x[X_BITS-1]}}, x[X_BITS-2:0]};
        wire signed [WEIGHT_BITS-1:0] factor;
        engram_value #(.LAYER(LAYER), .WORD_BITS(WORD_BITS), .VALUE_BITS(WEIGHT_BITS)) u_value (
          .word_i(weight), .value_o(factor)
        );
        assign partner = {{(PARTNER_BITS-WEIGHT_BITS+1){factor[WEIGHT_BITS-1]}},
                          factor[WEIGHT_BITS-2:0]};
        assign enable[p] = forward_i && kept_i[p % COLUMNS];
        assign nonzero[p] = x_nonzero_i[ROW];
      end
      assign operands[p*OPERAND_BITS +: OPERAND_BITS] = operand;
      assign partners[p*PARTNER_BITS +: PARTNER_BITS] = partner;
      wire [PRODUCT_BITS-1:0] product = products[p*PRODUCT_BITS +: PRODUCT_BITS];
      assign addends[p*SUM_BITS +: SUM_BITS] =
          {{(SUM_BITS-FORWARD_BITS+1){product[FORWARD_BITS-1]}}, product[FORWARD_BITS-2:0]};
      wire unused_product_ok = &{1'b0, product};
    end
  endgenerate
  engram_multipliers #(
    .COUNT(PRODUCTS), .A_BITS(OPERAND_BITS), .B_BITS(PARTNER_BITS),
    .LOGIC(LOGIC_MULTIPLIERS < PRODUCTS ? LOGIC_MULTIPLIERS : PRODUCTS)
  ) u_multipliers (
    .clk_i(clk_i), .rst_i(rst_i), .enable_i(enable), .nonzero_i(nonzero), .a_i(operands),
    .b_i(partners), .products_o(products)
  );

  generate
    if (TRAINING == 0) begin : gen_inference
      assign us_o = {(ROWS_AT_ONCE*U_BITS){1'b0}};
      wire unused_gradient_ok = &{1'b0, gradient, gradient_nonzero_i, gradient_phase_i,
                                  update_phase_i};
    end else if (SHARED != 0) begin : gen_shared
      for (r = 0; r < ROWS_AT_ONCE; r = r + 1) begin : gen_u
        assign us_o[r*U_BITS +: U_BITS] = products[r*COLUMNS*PRODUCT_BITS +: U_BITS];
      end
    end else begin : gen_separate
      engram_multipliers #(
        .COUNT(ROWS_AT_ONCE), .A_BITS(GRADIENT_BITS), .B_BITS(X_BITS),
        .LOGIC(LOGIC_MULTIPLIERS < PRODUCTS ? 0 : LOGIC_MULTIPLIERS - PRODUCTS)
      ) u_outer_products (
        .clk_i(clk_i), .rst_i(rst_i), .enable_i({ROWS_AT_ONCE{update_phase_i}}),
        .nonzero_i({ROWS_AT_ONCE{gradient_nonzero_i}}), .a_i({ROWS_AT_ONCE{gradient_i}}),
        .b_i(x_i), .products_o(us_o)
      );
    end
  endgenerate

  // ---------------------------------------------------------------- accumulators
  generate
    for (c = 0; c < COLUMNS; c = c + 1) begin : gen_accumulator
      wire accumulate, clear;
      wire signed [SUM_BITS-1:0] addend;
      if (ROWS_AT_ONCE == 1) begin : gen_addend
        assign accumulate = accumulate_i[c];
        assign clear = clear_i;
        assign addend = addends[c*SUM_BITS +: SUM_BITS];
      end else begin : gen_pair
        reg accumulate_q, clear_q;
        reg signed [SUM_BITS-1:0] pair_q;
        always @(posedge clk_i) begin
          accumulate_q <= accumulate_i[c];
          clear_q <= clear_i;
          if (accumulate_i[c]) pair_q <= addends[0 +: SUM_BITS] + addends[SUM_BITS +: SUM_BITS];
        end
        assign accumulate = accumulate_q;
        assign clear = clear_q;
        assign addend = pair_q;
      end
      reg signed [SUM_BITS-1:0] sum_q;
      always @(posedge clk_i)
        if (clear) sum_q <= {SUM_BITS{1'b0}};
        else if (accumulate) sum_q <= sum_q + addend;
      assign sums_o[c*SUM_BITS +: SUM_BITS] = sum_q;
    end
  endgenerate
endmodule

`default_nettype wire
