// axi_check : what AXI4-Lite and AXI4-Stream ask of engram_axi's pins, in every cycle, beside any test.
// SPDX-License-Identifier: MIT
//
// A second root module that looks at the pins by their hierarchical names. Says "axi_check: " and
// what is wrong; no line is a pass. That no ready follows a valid within the cycle is proved of the
// netlist (verif/paths.ys).
`default_nettype none

module axi_check #(
  parameter REPLY_WORDS = 5  // of a good picture's reply
);
  wire clk = engram_axi.aclk;

  // The clock's edge in which the reset ends is the first with a transfer.
  reg in_reset = 1'b0, settled = 1'b0;  // settled: there was a reset
  always @(posedge clk) begin
    in_reset <= engram_axi.aresetn !== 1'b1;
    settled <= settled || (in_reset && engram_axi.aresetn === 1'b1);
  end
  wire still_in_reset = in_reset && engram_axi.aresetn !== 1'b1;
  wire running = settled && engram_axi.aresetn === 1'b1;

  task wrong(input [40*8-1:0] what);
    $display("axi_check: %0t: %0s", $time, what);
  endtask

  // ---------------------------------------------------------------- channels
  // Payloads side by side; AXI4-Lite in the standard's order, then the streams.
  localparam CHANNELS = 7, PAYLOAD = 40;
  localparam AW = 0, W = 1, B = 2, AR = 3, R = 4, IN = 5, OUT = 6;
  wire [CHANNELS-1:0] valid = {
    engram_axi.m_axis_tvalid, engram_axi.s_axis_tvalid, engram_axi.s_axil_rvalid,
    engram_axi.s_axil_arvalid, engram_axi.s_axil_bvalid, engram_axi.s_axil_wvalid,
    engram_axi.s_axil_awvalid
  };
  wire [CHANNELS-1:0] ready = {
    engram_axi.m_axis_tready, engram_axi.s_axis_tready, engram_axi.s_axil_rready,
    engram_axi.s_axil_arready, engram_axi.s_axil_bready, engram_axi.s_axil_wready,
    engram_axi.s_axil_awready
  };
  localparam [CHANNELS-1:0] FROM_CORE = 1 << B | 1 << R | 1 << OUT;
  wire [PAYLOAD-1:0] payload [0:CHANNELS-1];
  assign payload[AW] = engram_axi.s_axil_awaddr;
  assign payload[W] = {engram_axi.s_axil_wstrb, engram_axi.s_axil_wdata};
  assign payload[B] = engram_axi.s_axil_bresp;
  assign payload[AR] = engram_axi.s_axil_araddr;
  assign payload[R] = {engram_axi.s_axil_rresp, engram_axi.s_axil_rdata};
  assign payload[IN] = {engram_axi.s_axis_tlast, engram_axi.s_axis_tdata};
  assign payload[OUT] = {engram_axi.m_axis_tlast, engram_axi.m_axis_tdata};

  function [5*8-1:0] name(input integer channel);
    case (channel)
      AW: name = "AW";
      W: name = "W";
      B: name = "B";
      AR: name = "AR";
      R: name = "R";
      IN: name = "IN";
      default: name = "OUT";
    endcase
  endfunction

  reg [CHANNELS-1:0] waited = 0;               // valid, not taken, in the last cycle
  reg [PAYLOAD-1:0]  shown [0:CHANNELS-1];
  integer c;
  always @(posedge clk) begin
    for (c = 0; c < CHANNELS; c = c + 1) begin
      shown[c] <= payload[c];
      if (running) begin
        if (^{valid[c], ready[c]} === 1'bx) wrong({name(c), ": X on valid or ready"});
        if (valid[c] && ^payload[c] === 1'bx) wrong({name(c), ": X on its payload"});
        if (waited[c] && !valid[c]) wrong({name(c), ": valid falls before it is taken"});
        if (waited[c] && valid[c] && payload[c] !== shown[c])
          wrong({name(c), ": payload changes before it is taken"});
      end
      if (settled && still_in_reset) begin
        if (FROM_CORE[c] && valid[c] !== 1'b0) wrong({name(c), ": valid in reset"});
        if (valid[c] && ready[c] !== 1'b0) wrong({name(c), ": taken in reset"});
      end
    end
    waited <= running ? valid & ~ready : 0;
  end

  // ---------------------------------------------------------------- responses
  wire [CHANNELS-1:0] taken = valid & ready;
  integer addresses = 0, words = 0, reads = 0;  // without their responses so far
  always @(posedge clk)
    if (!running) begin
      addresses <= 0;
      words <= 0;
      reads <= 0;
    end else begin
      if (valid[B] && (addresses == 0 || words == 0)) wrong("B: without a write");
      if (valid[R] && reads == 0) wrong("R: without a read");
      if (valid[B] && engram_axi.s_axil_bresp[0]) wrong("B: neither OKAY nor SLVERR");
      if (valid[R] && engram_axi.s_axil_rresp[0]) wrong("R: neither OKAY nor SLVERR");
      addresses <= addresses + taken[AW] - taken[B];
      words <= words + taken[W] - taken[B];
      reads <= reads + taken[AR] - taken[R];
    end

  // ---------------------------------------------------------------- packets
  integer beats = 0;  // of the reply, before this one
  reg     refused;
  wire    refused_now = beats == 0 ? engram_axi.m_axis_tdata[9:8] != 2'd0 : refused;
  always @(posedge clk)
    if (!running) beats <= 0;
    else if (taken[OUT]) begin
      refused <= refused_now;
      if (engram_axi.m_axis_tlast != (beats + 1 == (refused_now ? 1 : REPLY_WORDS)))
        wrong("OUT: length of a reply");
      beats <= engram_axi.m_axis_tlast ? 0 : beats + 1;
    end
endmodule

`default_nettype wire
