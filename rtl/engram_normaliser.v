// engram_normaliser : the paper's normaliser: exact sum -> shift, round to nearest (half up),
//   saturate.
// SPDX-License-Identifier: 0BSD
//
// Mirrors fixed_normalise of sw/model/fixed.h, once per value. VALUES sums at a time, one cycle of
// latency.
`default_nettype none

module engram_normaliser #(
  parameter VALUES = 1,        // sums at a time, >= 1
  parameter TAG_BITS = 1,      // of what goes beside them
  parameter INDEX_BITS = 0,    // > 0: the tag is each value's index, and the benches see the values
  parameter SUM_BITS = 28,     // signed sum
  parameter SHIFT = 8,         // bits between the sum's binary point and the value's, >= 0
  parameter VALUE_BITS = 16,   // signed value
  parameter RELU = 0           // 1: what is below zero becomes zero (and does not count as cut)
) (
  input  wire                         clk_i,
  input  wire                         rst_i,
  // sums
  input  wire [VALUES-1:0]            valid_i,
  input  wire [TAG_BITS-1:0]          tag_i,
  input  wire [VALUES*SUM_BITS-1:0]   sums_i,
  input  wire                         halve_i,  // one more shift (hidden outputs at inference)
  input  wire [VALUES-1:0]            keep_i,   // 0: a value of zero (dropped, closed gate)
  // values, one cycle later
  output wire [VALUES-1:0]            valid_o,
  output wire [TAG_BITS-1:0]          tag_o,
  output wire [VALUES*VALUE_BITS-1:0] values_o,
  output wire [VALUES-1:0]            gates_o,  // the gradient passes: kept, with RELU > 0
  output wire [VALUES-1:0]            cuts_o    // was cut
);
  localparam LEAST_BITS = SHIFT + VALUE_BITS + 3;
  localparam WIDE_BITS = SUM_BITS >= LEAST_BITS ? SUM_BITS + 1 : LEAST_BITS;

  reg [VALUES-1:0]            valid_q;
  reg [TAG_BITS-1:0]          tag_q;
  reg [VALUES*VALUE_BITS-1:0] values_q;
  reg [VALUES-1:0]            gates_q;
  reg [VALUES-1:0]            cuts_q;

  genvar v;
  generate
    for (v = 0; v < VALUES; v = v + 1) begin : gen_value
      // One bit behind the target's binary point and one before its sign are kept and rounded half
      // up. What stands above them is all sign, or the value is cut.
      wire [WIDE_BITS-1:0] extended =
          {{(WIDE_BITS-SUM_BITS){sums_i[v*SUM_BITS + SUM_BITS - 1]}},
           sums_i[v*SUM_BITS +: SUM_BITS]} << 1;
      wire negative = extended[WIDE_BITS-1];
      wire [VALUE_BITS+1:0] shifted = halve_i ? extended[SHIFT+1 +: VALUE_BITS+2]
                                              : extended[SHIFT +: VALUE_BITS+2];
      wire [VALUE_BITS:0] rounded = shifted[VALUE_BITS+1:1] + {{VALUE_BITS{1'b0}}, shifted[0]};
      wire [WIDE_BITS-1:SHIFT+VALUE_BITS+1] high =
          {extended[WIDE_BITS-1:SHIFT+VALUE_BITS+2],
           halve_i ? negative : extended[SHIFT+VALUE_BITS+1]};
      // Beside the sum: whether rounding carries into the bits above the magnitude.
      wire carries = &shifted[VALUE_BITS-1:0];
      wire above = !negative && (|{high, shifted[VALUE_BITS]} || carries);
      wire below = negative && !(&high && (shifted[VALUE_BITS] || carries));
      wire unused_ok = &{1'b0, rounded[VALUE_BITS]};
      wire [VALUE_BITS-1:0] value =
          (RELU != 0 && negative) ? {VALUE_BITS{1'b0}} :
          above ? {1'b0, {(VALUE_BITS-1){1'b1}}} :
          below ? {1'b1, {(VALUE_BITS-1){1'b0}}} : rounded[VALUE_BITS-1:0];

      always @(posedge clk_i) begin
        values_q[v*VALUE_BITS +: VALUE_BITS] <= keep_i[v] ? value : {VALUE_BITS{1'b0}};
        gates_q[v] <= keep_i[v] && (RELU == 0 || (!negative && (above || |rounded[VALUE_BITS-1:0])));
        cuts_q[v] <= !rst_i && valid_i[v] && keep_i[v] && (above || (below && RELU == 0));
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    valid_q <= valid_i & {VALUES{!rst_i}};
    tag_q <= tag_i;
  end

  assign valid_o = valid_q;
  assign tag_o = tag_q;
  assign values_o = values_q;
  assign gates_o = gates_q;
  assign cuts_o = cuts_q;

  generate
    if (INDEX_BITS > 0) begin : gen_probes
      for (v = 0; v < VALUES; v = v + 1) begin : gen_probe
        wire [INDEX_BITS-1:0] index = tag_i[v*INDEX_BITS +: INDEX_BITS];
        engram_probe #(.INDEX_BITS(INDEX_BITS), .VALUE_BITS(VALUE_BITS)) u_value (
          .valid_i(valid_q[v]), .index_i(tag_q[v*INDEX_BITS +: INDEX_BITS]),
          .value_i(values_q[v*VALUE_BITS +: VALUE_BITS])
        );
        engram_probe #(.INDEX_BITS(INDEX_BITS), .VALUE_BITS(1)) u_kept (
          .valid_i(valid_i[v]), .index_i(index), .value_i(keep_i[v])
        );
        engram_probe #(.INDEX_BITS(INDEX_BITS), .VALUE_BITS(SUM_BITS)) u_sum (
          .valid_i(valid_i[v] && keep_i[v]), .index_i(index),
          .value_i(sums_i[v*SUM_BITS +: SUM_BITS])
        );
      end
    end
  endgenerate
endmodule

`default_nettype wire
