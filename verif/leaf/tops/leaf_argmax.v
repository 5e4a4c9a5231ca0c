// leaf_argmax : engram_argmax, several cases side by side; what is predicted is pushed.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_argmax #(
  parameter CASES = 5,
  parameter FIELDS = 3,
  parameter IN_BITS = 96,  // of a case
  parameter OUT_BITS = 64
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // CLASSES CLASS_BITS LOGIT_BITS
    32'd2, 32'd1, 32'd16,
    32'd3, 32'd2, 32'd4,
    32'd4, 32'd2, 32'd24,
    32'd10, 32'd4, 32'd8,
    32'd16, 32'd4, 32'd17
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam CLASS_BITS = of(c, 1), LOGIT_BITS = of(c, 2);
      wire free, steps, tvalid, tlast, predicted;
      wire [CLASS_BITS-1:0] best;
      wire [31:0] tdata;
      engram_argmax #(
        .CLASSES(of(c, 0)), .CLASS_BITS(CLASS_BITS), .LOGIT_BITS(LOGIT_BITS)
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[4]),
        .logit_valid_i(in[0]), .logit_class_i(in[16 +: CLASS_BITS]),
        .logit_i(in[32 +: LOGIT_BITS]), .predicted_o(predicted), .best_o(best),
        .free_o(free), .push_i(predicted || in[1]), .status_i(predicted ? 2'd0 : in[6:5]),
        .steps_o(steps), .steps_valid_i(in[9:8]), .steps_i(in[79:64]),
        .m_axis_tvalid_o(tvalid), .m_axis_tready_i(in[3]), .m_axis_tdata_o(tdata),
        .m_axis_tlast_o(tlast)
      );
      wire [7:0] best_byte = best;
      assign out_o[c*OUT_BITS +: OUT_BITS] =
          {tdata, 16'd0, best_byte, 3'd0, predicted, steps, tlast, tvalid, free};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
