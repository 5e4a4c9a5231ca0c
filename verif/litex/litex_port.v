// litex_port : the pins of engram_core in front of a LiteX SoC: AXI4-Lite accesses become Wishbone cycles.
// SPDX-License-Identifier: MIT
`default_nettype none

module litex_port #(
  parameter [31:0] ORIGIN = 32'h30000000,
  parameter        ADDRESS_BITS = 0
) (
  input  wire        clk_i,
  input  wire        rst_i,
  input  wire        s_axil_awvalid_i,
  output wire        s_axil_awready_o,
  input  wire [ADDRESS_BITS-1:0] s_axil_awaddr_i,
  input  wire        s_axil_wvalid_i,
  output wire        s_axil_wready_o,
  input  wire [31:0] s_axil_wdata_i,
  input  wire [3:0]  s_axil_wstrb_i,
  output reg         s_axil_bvalid_o,
  input  wire        s_axil_bready_i,  // always 1
  output wire [1:0]  s_axil_bresp_o,
  input  wire        s_axil_arvalid_i,
  output wire        s_axil_arready_o,
  input  wire [ADDRESS_BITS-1:0] s_axil_araddr_i,
  output reg         s_axil_rvalid_o,
  input  wire        s_axil_rready_i,  // always 1
  output reg  [31:0] s_axil_rdata_o,
  output wire [1:0]  s_axil_rresp_o,
  input  wire        s_axis_tvalid_i,
  output wire        s_axis_tready_o,
  input  wire [7:0]  s_axis_tdata_i,
  input  wire        s_axis_tlast_i,
  input  wire [7:0]  s_axis_tuser_i,
  output wire        m_axis_tvalid_o,
  input  wire        m_axis_tready_i,
  output wire [31:0] m_axis_tdata_o,
  output wire        m_axis_tlast_o
);
  wire [31:0] dat_r;
  wire        ack, err;
  reg         error_q;
  reg         lost;  // with +lost, for a bench that must notice it
  initial lost = $test$plusargs("lost") != 0;

  wire write = s_axil_awvalid_i && s_axil_wvalid_i;
  wire cycle = !rst_i && (write || s_axil_arvalid_i) && !s_axil_bvalid_o && !s_axil_rvalid_o;
  wire done = cycle && (ack || err);
  wire [31:0] address = ORIGIN + (write ? {{32 - ADDRESS_BITS{1'b0}}, s_axil_awaddr_i}
                                        : {{32 - ADDRESS_BITS{1'b0}}, s_axil_araddr_i});
  assign s_axil_awready_o = done && write;
  assign s_axil_wready_o = done && write;
  assign s_axil_arready_o = done && !write;
  assign s_axil_bresp_o = {error_q, 1'b0};
  assign s_axil_rresp_o = {error_q, 1'b0};

  always @(posedge clk_i) begin
    s_axil_bvalid_o <= done && write;
    s_axil_rvalid_o <= done && !write;
    s_axil_rdata_o <= dat_r;
    error_q <= err && !lost;
  end

  soc u_soc (
    .sys_clk(clk_i), .sys_rst(rst_i),
    .wb_adr(address[31:2]), .wb_dat_w(s_axil_wdata_i), .wb_dat_r(dat_r), .wb_sel(s_axil_wstrb_i),
    .wb_cyc(cycle), .wb_stb(cycle), .wb_ack(ack), .wb_we(write), .wb_cti(3'd0), .wb_bte(2'd0),
    .wb_err(err),
    .pixels_valid(s_axis_tvalid_i), .pixels_ready(s_axis_tready_o), .pixels_data(s_axis_tdata_i),
    .pixels_last(s_axis_tlast_i), .pixels_user(s_axis_tuser_i),
    .replies_valid(m_axis_tvalid_o), .replies_ready(m_axis_tready_i), .replies_data(m_axis_tdata_o),
    .replies_last(m_axis_tlast_o)
  );
endmodule

`default_nettype wire
