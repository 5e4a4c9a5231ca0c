// engram_link_bus : engram_link_executor's accesses to the core's registers and weights, one at a
//   time (AXI4-Lite).
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_link_bus (
  input  wire       clk_i,
  input  wire       access_i,    // stands until response_o
  input  wire       write_i,     // stands meanwhile
  output wire       response_o,
  output wire       refused_o,   // with it
  output wire       read_o,      // with it, of a read: the word is there
  // AXI4-Lite, without addresses and data
  output wire       m_axil_awvalid_o,
  input  wire       m_axil_awready_i,
  output wire       m_axil_wvalid_o,
  input  wire       m_axil_wready_i,
  input  wire       m_axil_bvalid_i,
  output wire       m_axil_bready_o,
  input  wire [1:0] m_axil_bresp_i,
  output wire       m_axil_arvalid_o,
  input  wire       m_axil_arready_i,
  input  wire       m_axil_rvalid_i,
  output wire       m_axil_rready_o,
  input  wire [1:0] m_axil_rresp_i
);
  reg address_taken_q, data_taken_q;
  always @(posedge clk_i) begin
    address_taken_q <=
        access_i && (address_taken_q || (write_i ? m_axil_awready_i : m_axil_arready_i));
    data_taken_q <= access_i && (data_taken_q || m_axil_wready_i);
  end
  assign m_axil_awvalid_o = access_i && write_i && !address_taken_q;
  assign m_axil_wvalid_o = access_i && write_i && !data_taken_q;
  assign m_axil_bready_o = access_i && write_i;
  assign m_axil_arvalid_o = access_i && !write_i && !address_taken_q;
  assign m_axil_rready_o = access_i && !write_i;
  assign response_o = write_i ? m_axil_bvalid_i : m_axil_rvalid_i;
  assign refused_o = write_i ? m_axil_bresp_i[1] : m_axil_rresp_i[1];
  assign read_o = m_axil_rready_o && m_axil_rvalid_i;
  wire unused_ok = &{1'b0, m_axil_bresp_i[0], m_axil_rresp_i[0]};
endmodule

`default_nettype wire
