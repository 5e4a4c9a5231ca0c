// engram_result : a picture's reply as an AXI4-Stream packet of 32-bit words.
// SPDX-License-Identifier: 0BSD
//
// Word 0: class [7:0], status [9:8] (0 good, 1 too short, 2 too long, 3 label out of range), train
// [16].
// Word 1: training steps done when the picture was classified. Then a word per class: its
// probability, 15 fraction bits. A refused picture's reply is word 0 alone.
`default_nettype none

module engram_result #(
  parameter CLASSES = 2,
  parameter CLASS_BITS = 1
) (
  input  wire                  clk_i,
  input  wire                  rst_i,
  // probabilities, before their reply
  input  wire                  probability_valid_i,
  input  wire [CLASS_BITS-1:0] probability_class_i,
  input  wire [15:0]           probability_i,
  // reply
  output wire                  free_o,
  input  wire                  push_i,
  input  wire [1:0]            status_i,
  input  wire                  train_i,
  input  wire [CLASS_BITS-1:0] class_i,
  input  wire [31:0]           steps_i,
  // AXI4-Stream out
  output wire                  m_axis_tvalid_o,
  input  wire                  m_axis_tready_i,
  output wire [31:0]           m_axis_tdata_o,
  output wire                  m_axis_tlast_o
);
  localparam [4:0] LAST_BEAT = CLASSES + 1;

  reg                  active_q;
  reg [4:0]            beat_q;
  reg [1:0]            status_q;
  reg                  train_q;
  reg [CLASS_BITS-1:0] class_q;
  reg [31:0]           steps_q;
  reg [15:0]           probability_q [0:(1<<CLASS_BITS)-1];
  wire [4:0] class_wide = beat_q - 5'd2;
  wire unused_ok = &{1'b0, class_wide};
  wire [15:0] probability = probability_q[class_wide[CLASS_BITS-1:0]];

  assign free_o = !active_q;
  assign m_axis_tvalid_o = active_q;
  assign m_axis_tlast_o = beat_q == LAST_BEAT || status_q != 2'd0;
  assign m_axis_tdata_o =
      beat_q == 5'd0 ? {15'd0, train_q, 6'd0, status_q, {(8-CLASS_BITS){1'b0}}, class_q} :
      beat_q == 5'd1 ? steps_q : {16'd0, probability};

  always @(posedge clk_i) begin
    if (probability_valid_i) probability_q[probability_class_i] <= probability_i;
    if (push_i) begin
      status_q <= status_i;
      train_q <= train_i;
      class_q <= status_i == 2'd0 ? class_i : {CLASS_BITS{1'b0}};
      steps_q <= steps_i;
    end
    if (rst_i) active_q <= 1'b0;
    else if (push_i) begin
      active_q <= 1'b1;
      beat_q <= 5'd0;
    end else if (active_q && m_axis_tready_i) begin
      beat_q <= beat_q + 5'd1;
      if (m_axis_tlast_o) active_q <= 1'b0;
    end
  end
endmodule

`default_nettype wire
