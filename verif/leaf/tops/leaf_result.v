// leaf_result : engram_result, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_result #(
  parameter CASES = 5,
  parameter FIELDS = 2,
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
    // CLASSES CLASS_BITS
    32'd2, 32'd1,
    32'd3, 32'd2,
    32'd4, 32'd2,
    32'd10, 32'd4,
    32'd16, 32'd4
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam CLASS_BITS = of(c, 1);
      wire free, steps, tvalid, tlast;
      wire [31:0] tdata;
      engram_result #(.CLASSES(of(c, 0)), .CLASS_BITS(CLASS_BITS)) u_leaf (
        .clk_i(clk_i), .rst_i(in[4]),
        .probability_valid_i(in[0]), .probability_i(in[47:32]),
        .free_o(free), .push_i(in[1]), .status_i(in[6:5]), .train_i(in[2]),
        .class_i(in[8 +: CLASS_BITS]), .steps_o(steps), .steps_valid_i(in[49:48]), .steps_i(in[79:64]),
        .m_axis_tvalid_o(tvalid), .m_axis_tready_i(in[3]), .m_axis_tdata_o(tdata),
        .m_axis_tlast_o(tlast)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = {tdata, 28'd0, steps, tlast, tvalid, free};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
