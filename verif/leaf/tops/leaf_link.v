// leaf_link : engram_link, several cases side by side.
// SPDX-License-Identifier: MIT
`default_nettype none

module leaf_link #(
  parameter CASES = 2,
  parameter FIELDS = 3,
  parameter IN_BITS = 96,  // of a case
  parameter OUT_BITS = 96
) (
  input  wire                       clk_i,
  input  wire [CASES*IN_BITS-1:0]   in_i,
  output wire [CASES*OUT_BITS-1:0]  out_o,
  output wire [31:0]                shape_o,
  output wire [CASES*FIELDS*32-1:0] table_o
);
  localparam [CASES*FIELDS*32-1:0] TABLE = {
    // CLOCK_HZ BAUD ADDRESS_BITS
    32'd16100000, 32'd1000000, 32'd12,
    32'd60000000, 32'd3000000, 32'd23
  };
  `include "leaf_table.vh"

  // The pins' fields are wider than what the leaf takes and gives.
  // verilator lint_off WIDTH
  genvar c;
  generate
    for (c = 0; c < CASES; c = c + 1) begin : gen_case
      wire [IN_BITS-1:0] in = in_i[c*IN_BITS +: IN_BITS];
      wire unused_ok = &{1'b0, in};
      localparam ADDRESS_BITS = of(c, 2);
      wire tx, awvalid, wvalid, bready, arvalid, rready, tvalid, tlast, result_ready, busy, error;
      wire [31:0] wdata;
      wire [7:0] tdata, tuser;
      wire [ADDRESS_BITS-1:0] address;
      engram_link #(
        .CLOCK_HZ(of(c, 0)), .BAUD(of(c, 1)), .ADDRESS_BITS(ADDRESS_BITS)
      ) u_leaf (
        .clk_i(clk_i), .rst_i(in[0]), .uart_rx_i(in[1]), .uart_tx_o(tx),
        .m_axil_awvalid_o(awvalid), .m_axil_awready_i(in[2]),
        .m_axil_wvalid_o(wvalid), .m_axil_wready_i(in[3]), .m_axil_wdata_o(wdata),
        .m_axil_bvalid_i(in[4]), .m_axil_bready_o(bready), .m_axil_bresp_i({in[10], 1'b0}),
        .m_axil_arvalid_o(arvalid), .m_axil_arready_i(in[5]),
        .m_axil_rvalid_i(in[6]), .m_axil_rready_o(rready), .m_axil_rdata_i(in[63:32]),
        .m_axil_rresp_i({in[10], 1'b0}), .m_axil_address_o(address),
        .m_axis_tvalid_o(tvalid), .m_axis_tready_i(in[7]), .m_axis_tdata_o(tdata),
        .m_axis_tlast_o(tlast), .m_axis_tuser_o(tuser),
        .s_axis_tvalid_i(in[8]), .s_axis_tready_o(result_ready), .s_axis_tdata_i(in[95:64]),
        .s_axis_tlast_i(in[9]),
        .busy_o(busy), .error_o(error)
      );
      assign out_o[c*OUT_BITS +: OUT_BITS] = {
        {32-ADDRESS_BITS{1'b0}}, address, wdata, tuser, tdata,
        5'd0, error, busy, result_ready, tlast, tvalid, rready, arvalid, bready, wvalid, awvalid, tx};
    end
  endgenerate
  // verilator lint_on WIDTH
endmodule

`default_nettype wire
