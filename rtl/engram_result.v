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
  // probabilities, before their reply, in the order of the classes
  input  wire                  probability_valid_i,
  input  wire [15:0]           probability_i,
  // reply
  output wire                  free_o,
  input  wire                  push_i,
  input  wire [1:0]            status_i,
  input  wire                  train_i,
  input  wire [CLASS_BITS-1:0] class_i,
  // steps done: asked for with a good picture, given in two halves, low first, before they change
  output wire                  steps_o,
  input  wire [1:0]            steps_valid_i,
  input  wire [15:0]           steps_i,
  // AXI4-Stream out
  output wire                  m_axis_tvalid_o,
  input  wire                  m_axis_tready_i,
  output wire [31:0]           m_axis_tdata_o,
  output wire                  m_axis_tlast_o
);
  localparam [4:0] LAST_BEAT = CLASSES + 1;

  // The words move up: the first one is on the pins.
  reg                  active_q, waiting_q;  // waiting: for the steps
  reg [4:0]            beat_q;
  reg                  refused_q;
  reg [31:0]           first_q, second_q;
  reg [CLASSES*16-1:0] probabilities_q;

  assign free_o = !active_q && !waiting_q;
  assign steps_o = push_i && status_i == 2'd0;
  assign m_axis_tvalid_o = active_q;
  assign m_axis_tlast_o = beat_q == LAST_BEAT || refused_q;
  assign m_axis_tdata_o = first_q;
  wire taken = active_q && m_axis_tready_i;

  always @(posedge clk_i) begin
    if (push_i) begin
      refused_q <= status_i != 2'd0;
      first_q <= {15'd0, train_i, 6'd0, status_i, {(8-CLASS_BITS){1'b0}},
                  status_i == 2'd0 ? class_i : {CLASS_BITS{1'b0}}};
    end else if (taken) first_q <= second_q;
    if (taken) second_q <= {16'd0, probabilities_q[15:0]};
    else begin
      if (steps_valid_i[0]) second_q[15:0] <= steps_i;
      if (steps_valid_i[1]) second_q[31:16] <= steps_i;
    end
    if (probability_valid_i || taken)
      probabilities_q <= {probability_i, probabilities_q[CLASSES*16-1:16]};
    waiting_q <= !rst_i && (steps_o || (waiting_q && !steps_valid_i[1]));
    if (rst_i) active_q <= 1'b0;
    else if (push_i || waiting_q) begin
      active_q <= waiting_q ? steps_valid_i[1] : !steps_o;
      beat_q <= 5'd0;
    end else if (taken) begin
      beat_q <= beat_q + 5'd1;
      if (m_axis_tlast_o) active_q <= 1'b0;
    end
  end
endmodule

`default_nettype wire
