// engram_normaliser : the paper's normaliser: exact sum -> shift, round to nearest (half up),
//   saturate.
// SPDX-License-Identifier: 0BSD
//
// Mirrors fixed_normalise of sw/model/fixed.h, once per value. VALUES sums at a time, one cycle of
// latency; two where KEPT is not 8.
`default_nettype none

module engram_normaliser #(
  parameter VALUES = 1,        // sums at a time, >= 1
  parameter TAG_BITS = 1,      // of what goes beside them
  parameter INDEX_BITS = 0,    // > 0: the tag is each value's index, and the benches see the values
  parameter SUM_BITS = 28,     // signed sum
  parameter SHIFT = 8,         // bits between the sum's binary point and the value's, >= 0
  parameter VALUE_BITS = 16,   // signed value
  parameter RELU = 0,          // 1: what is below zero becomes zero (and does not count as cut)
  parameter KEPT = 8           // 1..15: with halve_i the sum is taken times KEPT / 16
) (
  input  wire                         clk_i,
  input  wire                         rst_i,
  // sums
  input  wire [VALUES-1:0]            valid_i,
  input  wire [TAG_BITS-1:0]          tag_i,
  input  wire [VALUES*SUM_BITS-1:0]   sums_i,
  input  wire                         halve_i,  // times KEPT / 16 (hidden outputs at inference)
  input  wire [VALUES-1:0]            keep_i,   // 0: a value of zero (dropped, closed gate)
  // values, one cycle later (two where KEPT is not 8)
  output wire [VALUES-1:0]            valid_o,
  output wire [TAG_BITS-1:0]          tag_o,
  output wire [VALUES*VALUE_BITS-1:0] values_o,
  output wire [VALUES-1:0]            gates_o,  // the gradient passes: kept, with RELU > 0
  output wire [VALUES-1:0]            cuts_o    // was cut
);
  // KEPT / 16 = FACTOR / 2^MORE. A half is a shift; other sums are multiplied a cycle ahead.
  localparam MORE = KEPT % 2 != 0 ? 4 : KEPT % 4 != 0 ? 3 : KEPT % 8 != 0 ? 2 : 0;
  localparam SCALED_BITS = SUM_BITS + MORE;
  localparam POINT = SHIFT + MORE;  // bits between the scaled sum's binary point and the value's
  localparam LEAST_BITS = POINT + VALUE_BITS + 3;
  localparam WIDE_BITS = SCALED_BITS >= LEAST_BITS ? SCALED_BITS + 1 : LEAST_BITS;

  wire [VALUES-1:0]             valid;
  wire [TAG_BITS-1:0]           tag;
  wire [VALUES*SCALED_BITS-1:0] sums;
  wire [VALUES-1:0]             keep;
  wire                          halve;

  reg [VALUES-1:0]            valid_q;
  reg [TAG_BITS-1:0]          tag_q;
  reg [VALUES*VALUE_BITS-1:0] values_q;
  reg [VALUES-1:0]            gates_q;
  reg [VALUES-1:0]            cuts_q;

  // FACTOR in digits of 1, 0 and -1 (TAKEN), so that there are at most two sums or differences.
  localparam [31:0] FACTOR = KEPT >> (4 - MORE);
  localparam [31:0] HALF = FACTOR >> 1, MIXED = HALF ^ (FACTOR + HALF);
  localparam [31:0] ADDED = (FACTOR + HALF) & MIXED, TAKEN = HALF & MIXED;
  function [SCALED_BITS-1:0] times_factor;
    input [SCALED_BITS-1:0] sum;
    integer i;
    begin
      times_factor = {SCALED_BITS{1'b0}};
      for (i = 4; i >= 0; i = i - 1)
        if (ADDED[i]) times_factor = times_factor + (sum << i);
        else if (TAKEN[i]) times_factor = times_factor - (sum << i);
    end
  endfunction

  genvar v;
  generate
    if (MORE == 0) begin : gen_as_it_is
      assign {valid, tag, sums, keep, halve} = {valid_i, tag_i, sums_i, keep_i, halve_i};
    end else begin : gen_scaled
      reg [VALUES-1:0]             valid_1_q, keep_1_q;
      reg [TAG_BITS-1:0]           tag_1_q;
      reg [VALUES*SCALED_BITS-1:0] sums_1_q;
      for (v = 0; v < VALUES; v = v + 1) begin : gen_sum
        wire [SCALED_BITS-1:0] sum =
            {{MORE{sums_i[v*SUM_BITS + SUM_BITS - 1]}}, sums_i[v*SUM_BITS +: SUM_BITS]};
        always @(posedge clk_i)
          sums_1_q[v*SCALED_BITS +: SCALED_BITS] <= halve_i ? times_factor(sum) : sum << MORE;
      end
      always @(posedge clk_i) begin
        valid_1_q <= valid_i & {VALUES{!rst_i}};
        tag_1_q <= tag_i;
        keep_1_q <= keep_i;
      end
      assign {valid, tag, sums, keep, halve} = {valid_1_q, tag_1_q, sums_1_q, keep_1_q, 1'b0};
    end
    for (v = 0; v < VALUES; v = v + 1) begin : gen_value
      // One bit behind the target's binary point and one before its sign are kept and rounded half
      // up. What stands above them is all sign, or the value is cut.
      wire [WIDE_BITS-1:0] extended =
          {{(WIDE_BITS-SCALED_BITS){sums[v*SCALED_BITS + SCALED_BITS - 1]}},
           sums[v*SCALED_BITS +: SCALED_BITS]} << 1;
      wire negative = extended[WIDE_BITS-1];
      wire [VALUE_BITS+1:0] shifted = halve ? extended[POINT+1 +: VALUE_BITS+2]
                                            : extended[POINT +: VALUE_BITS+2];
      wire [VALUE_BITS:0] rounded = shifted[VALUE_BITS+1:1] + {{VALUE_BITS{1'b0}}, shifted[0]};
      wire [WIDE_BITS-1:POINT+VALUE_BITS+1] high =
          {extended[WIDE_BITS-1:POINT+VALUE_BITS+2],
           halve ? negative : extended[POINT+VALUE_BITS+1]};
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
        values_q[v*VALUE_BITS +: VALUE_BITS] <= keep[v] ? value : {VALUE_BITS{1'b0}};
        gates_q[v] <= keep[v] && (RELU == 0 || (!negative && (above || |rounded[VALUE_BITS-1:0])));
        cuts_q[v] <= !rst_i && valid[v] && keep[v] && (above || (below && RELU == 0));
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    valid_q <= valid & {VALUES{!rst_i}};
    tag_q <= tag;
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
