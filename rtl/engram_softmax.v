// engram_softmax : logits -> probabilities (E9) and the class: largest logit off, table, sum,
//   division.
// SPDX-License-Identifier: 0BSD
//
// Mirrors softmax_probabilities of sw/model/softmax.h. Logits come in the order of the classes;
// ties go to the lower class.
`default_nettype none

module engram_softmax #(
  parameter CLASSES = 2,      // 2..16
  parameter CLASS_BITS = 1,
  parameter LOGIT_BITS = 16,
  parameter INDEX_SHIFT = 4   // logit fraction bits - table fraction bits (5); may be negative
) (
  input  wire                  clk_i,
  input  wire                  rst_i,
  // logits
  input  wire                  logit_valid_i,
  input  wire [CLASS_BITS-1:0] logit_class_i,
  input  wire [LOGIT_BITS-1:0] logit_i,
  // probabilities: unsigned, 15 fraction bits, 0..32768
  input  wire                  free_i,       // whoever takes them is ready for all of them
  output wire                  waits_o,      // only for that
  output wire                  valid_o,
  output wire [CLASS_BITS-1:0] class_o,
  output wire                  last_o,
  output wire [15:0]           probability_o,
  output wire [CLASS_BITS-1:0] best_o        // class of the largest logit
);
  localparam LEFT = INDEX_SHIFT < 0 ? -INDEX_SHIFT : 0;
  localparam RIGHT = INDEX_SHIFT > 0 ? INDEX_SHIFT : 0;
  localparam HALF_AT = RIGHT > 0 ? RIGHT - 1 : 0;
  localparam WIDE_BITS = (LOGIT_BITS + LEFT > RIGHT ? LOGIT_BITS + LEFT : RIGHT) + 2 + 8;
  localparam [WIDE_BITS-1:0] HALF = RIGHT > 0 ? {{(WIDE_BITS-1){1'b0}}, 1'b1} << HALF_AT
                                              : {WIDE_BITS{1'b0}};
  localparam [31:0] LAST_CLASS_WIDE = CLASSES - 1;
  localparam [CLASS_BITS-1:0] LAST_CLASS = LAST_CLASS_WIDE[CLASS_BITS-1:0];
  localparam SUM_BITS = 20;  // 16 classes of 2^15

  localparam [1:0] COLLECT = 2'd0, EXPONENT = 2'd1, READY = 2'd2, DIVIDE = 2'd3;
  reg [1:0]            state_q;
  reg [CLASS_BITS-1:0] class_q;  // whose exponential or probability is next
  reg [LOGIT_BITS-1:0] logit_q [0:(1<<CLASS_BITS)-1];
  reg [15:0]           exponential_q [0:(1<<CLASS_BITS)-1];
  reg signed [LOGIT_BITS-1:0] largest_q;
  reg [CLASS_BITS-1:0] best_q;
  reg [SUM_BITS-1:0]   sum_q;
  reg [4:0]            bit_q;
  reg                  done_q;  // bit_q is DONE
  wire class_last = class_q == LAST_CLASS;

  // ---------------------------------------------------------------- table index, to nearest
  wire signed [LOGIT_BITS-1:0] logit = logit_q[class_q];
  wire [LOGIT_BITS:0] below =
      {largest_q[LOGIT_BITS-1], largest_q} - {logit[LOGIT_BITS-1], logit};
  wire [WIDE_BITS-1:0] scaled =
      (({{(WIDE_BITS-LOGIT_BITS-1){1'b0}}, below} << LEFT) + HALF) >> RIGHT;
  wire [7:0] entry = |scaled[WIDE_BITS-1:8] ? 8'd255 : scaled[7:0];

  reg [7:0]            entry_q;
  reg                  entry_valid_q, exponential_valid_q;
  reg [CLASS_BITS-1:0] entry_class_q, exponential_class_q;
  wire whole = !entry_valid_q && !exponential_valid_q;  // READY: the sum is there
  wire [15:0]          exponential;
  engram_exp_table u_table (.clk_i(clk_i), .entry_i(entry_q), .exponential_o(exponential));

  // ---------------------------------------------------------------- division, one bit a cycle
  wire [31:0] numerator = {1'b0, exponential_q[class_q], 15'd0} + {13'd0, sum_q[SUM_BITS-1:1]};
  reg [SUM_BITS-1:0] remainder_q;
  reg [15:0]         digits_q;    // of the numerator, still to come; behind them the quotient's
  wire [SUM_BITS:0] minuend = {remainder_q, digits_q[15]};
  wire [SUM_BITS:0] difference = minuend - {1'b0, sum_q};
  wire fits = !difference[SUM_BITS];
  localparam [4:0] LOAD = 5'd0, DONE = 5'd17;

  always @(posedge clk_i) begin
    if (logit_valid_i) begin
      logit_q[logit_class_i] <= logit_i;
      if (logit_class_i == {CLASS_BITS{1'b0}} || $signed(logit_i) > largest_q) begin
        largest_q <= logit_i;
        best_q <= logit_class_i;
      end
    end
    entry_q <= entry;
    entry_class_q <= class_q;
    exponential_class_q <= entry_class_q;
    if (exponential_valid_q) exponential_q[exponential_class_q] <= exponential;

    done_q <= !rst_i && state_q == DIVIDE && bit_q == DONE - 5'd1;
    if (bit_q == LOAD) begin
      remainder_q <= {4'd0, numerator[31:16]};
      digits_q <= numerator[15:0];
    end else begin
      remainder_q <= fits ? difference[SUM_BITS-1:0] : minuend[SUM_BITS-1:0];
      if (!done_q) digits_q <= {digits_q[14:0], fits};
    end
  end

  always @(posedge clk_i)
    if (rst_i) begin
      state_q <= COLLECT;
      entry_valid_q <= 1'b0;
      exponential_valid_q <= 1'b0;
      bit_q <= LOAD;
    end else begin
      entry_valid_q <= state_q == EXPONENT;
      exponential_valid_q <= entry_valid_q;
      case (state_q)
        COLLECT: begin
          class_q <= {CLASS_BITS{1'b0}};
          sum_q <= {SUM_BITS{1'b0}};
          if (logit_valid_i && logit_class_i == LAST_CLASS) state_q <= EXPONENT;
        end
        EXPONENT: begin
          class_q <= class_last ? {CLASS_BITS{1'b0}} : class_q + 1'b1;
          if (class_last) state_q <= READY;
        end
        READY: if (free_i && whole) state_q <= DIVIDE;
        default: begin  // DIVIDE
          bit_q <= done_q ? LOAD : bit_q + 1'b1;
          if (done_q) begin
            class_q <= class_q + 1'b1;
            if (class_last) state_q <= COLLECT;
          end
        end
      endcase
      if (exponential_valid_q) sum_q <= sum_q + {4'd0, exponential};
    end

  assign waits_o = state_q == READY && whole && !free_i;
  assign valid_o = done_q;
  assign class_o = class_q;
  assign last_o = valid_o && class_last;
  assign probability_o = digits_q;
  assign best_o = best_q;

  engram_probe #(.INDEX_BITS(CLASS_BITS), .VALUE_BITS(17)) u_probability (
    .valid_i(valid_o), .index_i(class_o), .value_i({1'b0, probability_o})
  );
endmodule

`default_nettype wire
