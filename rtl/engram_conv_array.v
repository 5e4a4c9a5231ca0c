// engram_conv_array : the convolution's multipliers, forward (E8) with their sums over the taps.
// SPDX-License-Identifier: 0BSD
//
// POSITIONS x FILTERS_AT_ONCE values of TAPS multipliers each: tap times weight, or on the way back
// tap times gradient (E15). Products two cycles after enable_i, sums FORWARD_LEVELS later.
//
// Parameters are engram_conv's.
`default_nettype none

module engram_conv_array #(
  parameter FILTERS = 3,
  parameter FILTERS_AT_ONCE = 1,   // divides FILTERS
  parameter POSITIONS = 1,
  parameter TAPS = 16,
  parameter PIXEL_BITS = 8,
  parameter WEIGHT_BITS = 16,      // of a value
  parameter GRADIENT_BITS = 16,
  parameter SUM_BITS = 28,         // exact forward sum
  parameter TRAINING = 1,          // 0: forward only
  parameter LOGIC_MULTIPLIERS = 0, // made of logic
  parameter LAYER = 0,             // for engram_value
  // from the others
  parameter WEIGHT_WORD_BITS = WEIGHT_BITS,  // of a stored weight
  parameter VALUES = POSITIONS * FILTERS_AT_ONCE,
  parameter GROUPS = FILTERS / FILTERS_AT_ONCE,
  parameter GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1,
  parameter BACK_BITS = PIXEL_BITS + GRADIENT_BITS
) (
  input  wire                                clk_i,
  input  wire                                rst_i,
  input  wire                                enable_i,
  input  wire                                backward_i,   // operands are gradients
  input  wire [GROUP_BITS-1:0]               group_i,      // of filters
  input  wire [TAPS*FILTERS*WEIGHT_WORD_BITS-1:0] kernel_i,  // [tap][filter]
  input  wire [POSITIONS*TAPS*PIXEL_BITS-1:0] taps_i,
  input  wire [VALUES*GRADIENT_BITS-1:0]     gradients_i,  // [position][filter]
  output wire [VALUES*SUM_BITS-1:0]          sums_o,       // [position][filter]
  output wire [FILTERS_AT_ONCE*TAPS*POSITIONS*BACK_BITS-1:0] terms_o  // [filter][tap][position]
);
  localparam OPERAND_BITS =
      TRAINING != 0 && GRADIENT_BITS > WEIGHT_BITS ? GRADIENT_BITS : WEIGHT_BITS;
  localparam PRODUCT_BITS = PIXEL_BITS + OPERAND_BITS;
  localparam FORWARD_BITS = PIXEL_BITS + WEIGHT_BITS;

  wire [VALUES*TAPS*FORWARD_BITS-1:0] forward_terms;  // [value][tap]
  genvar position, filter, tap, group, value;
  generate
    for (filter = 0; filter < FILTERS_AT_ONCE; filter = filter + 1) begin : gen_filter
      for (tap = 0; tap < TAPS; tap = tap + 1) begin : gen_tap
        wire [GROUPS*WEIGHT_WORD_BITS-1:0] words;
        for (group = 0; group < GROUPS; group = group + 1) begin : gen_group
          localparam PLACE = tap*FILTERS + group*FILTERS_AT_ONCE + filter;
          assign words[group*WEIGHT_WORD_BITS +: WEIGHT_WORD_BITS] =
              kernel_i[PLACE*WEIGHT_WORD_BITS +: WEIGHT_WORD_BITS];
        end
        wire [WEIGHT_WORD_BITS-1:0] word;
        engram_pick #(
          .VALUE_BITS(WEIGHT_WORD_BITS), .VALUES(GROUPS), .INDEX_BITS(GROUP_BITS)
        ) u_word (
          .values_i(words), .index_i(group_i), .value_o(word)
        );
        wire signed [WEIGHT_BITS-1:0] weight;
        engram_value #(
          .LAYER(LAYER), .WORD_BITS(WEIGHT_WORD_BITS), .VALUE_BITS(WEIGHT_BITS)
        ) u_value (
          .word_i(word), .value_o(weight)
        );

        for (position = 0; position < POSITIONS; position = position + 1) begin : gen_position
          localparam VALUE = position * FILTERS_AT_ONCE + filter;
          wire signed [GRADIENT_BITS-1:0] gradient =
              gradients_i[VALUE*GRADIENT_BITS +: GRADIENT_BITS];
          wire signed [OPERAND_BITS-1:0] operand;
          if (TRAINING != 0) begin : gen_operand
            assign operand =
                backward_i ? {{(OPERAND_BITS-GRADIENT_BITS+1){gradient[GRADIENT_BITS-1]}},
                              gradient[GRADIENT_BITS-2:0]}
                           : {{(OPERAND_BITS-WEIGHT_BITS+1){weight[WEIGHT_BITS-1]}},
                              weight[WEIGHT_BITS-2:0]};
          end else begin : gen_forward_operand
            assign operand = weight;
            wire unused_ok = &{1'b0, gradient, backward_i};
          end
          wire [PRODUCT_BITS-1:0] product;
          engram_multiplier #(
            .A_BITS(PIXEL_BITS), .B_BITS(OPERAND_BITS),
            .LOGIC(VALUE * TAPS + tap < LOGIC_MULTIPLIERS)
          ) u_multiplier (
            .clk_i(clk_i), .rst_i(rst_i), .enable_i(enable_i),
            .nonzero_i(|taps_i[(position*TAPS + tap)*PIXEL_BITS +: PIXEL_BITS]),
            .a_i(taps_i[(position*TAPS + tap)*PIXEL_BITS +: PIXEL_BITS]),
            .b_i(operand), .product_o(product)
          );
          assign forward_terms[(VALUE*TAPS + tap)*FORWARD_BITS +: FORWARD_BITS] =
              product[FORWARD_BITS-1:0];
          if (TRAINING != 0) begin : gen_back_term
            assign terms_o[((filter*TAPS + tap)*POSITIONS + position)*BACK_BITS +: BACK_BITS] =
                product[BACK_BITS-1:0];
          end else begin : gen_no_back_term
            assign terms_o[((filter*TAPS + tap)*POSITIONS + position)*BACK_BITS +: BACK_BITS] =
                {BACK_BITS{1'b0}};
          end
        end
      end
    end

    for (value = 0; value < VALUES; value = value + 1) begin : gen_value
      engram_adder_tree #(
        .TERMS(TAPS), .TERM_BITS(FORWARD_BITS), .SUM_BITS(SUM_BITS), .LEVELS($clog2(TAPS))
      ) u_tree (
        .clk_i(clk_i), .terms_i(forward_terms[value*TAPS*FORWARD_BITS +: TAPS*FORWARD_BITS]),
        .sum_o(sums_o[value*SUM_BITS +: SUM_BITS])
      );
    end
  endgenerate
endmodule

`default_nettype wire
