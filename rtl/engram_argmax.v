// engram_argmax : logits -> the class of the largest and the picture's reply, an AXI4-Stream packet
//   of 32-bit words.
// SPDX-License-Identifier: 0BSD
//
// Word 0: class [7:0], status [9:8] (0 good, 1 too short, 2 too long, 3 label out of range).
// Word 1: training steps done when the picture was classified. Then a word per class: its logit,
// sign-extended. A refused picture's reply is word 0 alone.
//
// Logits come in the order of the classes; ties go to the lower class. While a reply is sent the
// next picture's logits gather; none may come while those still wait for their turn (predicted_o).
`default_nettype none

module engram_argmax #(
  parameter CLASSES = 2,      // 2..16
  parameter CLASS_BITS = 1,
  parameter LOGIT_BITS = 16   // 4..24
) (
  input  wire                  clk_i,
  input  wire                  rst_i,
  // logits
  input  wire                  logit_valid_i,
  input  wire [CLASS_BITS-1:0] logit_class_i,
  input  wire [LOGIT_BITS-1:0] logit_i,
  output wire                  predicted_o,  // all are there, and free_o: to be pushed at once
  output wire [CLASS_BITS-1:0] best_o,       // class of the largest logit
  // reply
  output wire                  free_o,
  input  wire                  push_i,
  input  wire [1:0]            status_i,
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
  localparam [31:0] LAST_CLASS = CLASSES - 1;
  localparam [4:0] LAST_BEAT = CLASSES + 1;
  wire unused_ok = &{1'b0, LAST_CLASS};

  // ---------------------------------------------------------------- largest logit
  reg                         gathered_q;  // all of a picture's
  reg signed [LOGIT_BITS-1:0] largest_q;
  reg [CLASS_BITS-1:0]        best_q;
  wire first = logit_class_i == {CLASS_BITS{1'b0}};
  wire last = logit_class_i == LAST_CLASS[CLASS_BITS-1:0];
  always @(posedge clk_i) begin
    if (logit_valid_i && (first || $signed(logit_i) > largest_q)) begin
      largest_q <= logit_i;
      best_q <= logit_class_i;
    end
    gathered_q <= !rst_i && ((logit_valid_i && last) || (gathered_q && !predicted_o));
  end
  assign predicted_o = gathered_q && free_o;
  assign best_o = best_q;

  // ---------------------------------------------------------------- reply
  reg        active_q, waiting_q;  // waiting: for the steps
  reg        refused_q;
  reg        slot_q;               // of the logits that gather; the other one's are sent
  reg [4:0]  beat_q;
  reg [31:0] first_q, steps_q;     // the first one is on the pins
  wire [LOGIT_BITS-1:0] logit;     // of the beat behind

  assign free_o = !active_q && !waiting_q;
  assign steps_o = push_i && status_i == 2'd0;
  assign m_axis_tvalid_o = active_q;
  assign m_axis_tlast_o = beat_q == LAST_BEAT || refused_q;
  assign m_axis_tdata_o = first_q;
  wire taken = active_q && m_axis_tready_i;

  engram_ram #(
    .DATA_BITS(LOGIT_BITS), .WORDS(2 << CLASS_BITS), .ADDRESS_BITS(CLASS_BITS+1)
  ) u_logits (
    .clk_i(clk_i),
    .write_i(logit_valid_i), .write_address_i({slot_q, logit_class_i}), .write_data_i(logit_i),
    .read_i(taken || waiting_q), .read_address_i({!slot_q, beat_q[CLASS_BITS-1:0]}),
    .read_data_o(logit)
  );

  always @(posedge clk_i) begin
    if (push_i) begin
      refused_q <= status_i != 2'd0;
      first_q <= {22'd0, status_i, {(8-CLASS_BITS){1'b0}},
                  status_i == 2'd0 ? best_q : {CLASS_BITS{1'b0}}};
    end else if (taken)
      first_q <= beat_q == 5'd0 ? steps_q
                                : {{(32-LOGIT_BITS){logit[LOGIT_BITS-1]}}, logit};
    if (steps_valid_i[0]) steps_q[15:0] <= steps_i;
    if (steps_valid_i[1]) steps_q[31:16] <= steps_i;
    waiting_q <= !rst_i && (steps_o || (waiting_q && !steps_valid_i[1]));
    if (rst_i) slot_q <= 1'b0;
    else if (steps_o) slot_q <= !slot_q;
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
