// engram_sequencer : takes pictures in their order, starts steps, holds what must not change
//   during one, counts.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_sequencer #(
  parameter CLASS_BITS = 1,
  parameter RATE_BITS = 4,
  parameter LAYERS = 3
) (
  input  wire                  clk_i,
  input  wire                  rst_i,
  // control
  input  wire                  pause_i,
  input  wire                  learn_i,
  input  wire [RATE_BITS-1:0]  rate_i,
  input  wire [LAYERS-1:0]     freeze_i,
  output wire                  idle_o,
  // pictures
  input  wire                  picture_valid_i,
  input  wire [1:0]            picture_status_i,   // 0: good
  input  wire                  picture_train_i,
  input  wire [CLASS_BITS-1:0] picture_label_i,
  output wire                  release_o,
  // step
  output wire                  start_o,
  output wire                  train_o,
  output wire [CLASS_BITS-1:0] label_o,
  output wire [RATE_BITS-1:0]  rate_o,
  output wire [LAYERS-1:0]     freeze_o,
  input  wire                  predicted_i,        // the last probability is there
  input  wire [CLASS_BITS-1:0] class_i,
  input  wire                  updated_i,          // the last weight is being written
  output wire                  trained_o,          // a training step ends
  // result
  input  wire                  result_free_i,
  output wire                  result_push_o,
  output wire [1:0]            result_status_o,
  output wire                  result_train_o,
  // counters
  output wire                  picture_o,          // an inference ends
  output wire                  correct_o,
  output wire                  active_o,           // a step is at work,
  output wire                  done_o              // in its last cycle
);
  reg                  busy_q /*verilator public_flat_rd*/;
  reg                  train_q;
  reg [CLASS_BITS-1:0] label_q;
  reg [RATE_BITS-1:0]  rate_q;
  reg [LAYERS-1:0]     freeze_q;

  wire ready = picture_valid_i && !pause_i && !busy_q;
  wire good = picture_status_i == 2'd0;
  wire refuse = ready && !good && result_free_i;
  assign start_o = ready && good;
  wire infer_end = busy_q && !train_q && predicted_i;
  assign trained_o = busy_q && train_q && updated_i;
  wire done = infer_end || trained_o;

  always @(posedge clk_i)
    if (rst_i) begin
      busy_q <= 1'b0;
    end else begin
      if (start_o) busy_q <= 1'b1;
      else if (done) busy_q <= 1'b0;
    end

  always @(posedge clk_i)
    if (start_o) begin
      train_q <= picture_train_i && learn_i;
      label_q <= picture_label_i;
      rate_q <= rate_i;
      freeze_q <= freeze_i;
    end

  assign idle_o = !busy_q;
  assign release_o = done || refuse;
  assign train_o = train_q;
  assign label_o = label_q;
  assign rate_o = rate_q;
  assign freeze_o = freeze_q;
  assign result_push_o = (busy_q && predicted_i) || refuse;
  assign result_status_o = busy_q ? 2'd0 : picture_status_i;
  assign result_train_o = busy_q && train_q;
  assign picture_o = infer_end;
  assign correct_o = busy_q && predicted_i && class_i == label_q;
  assign active_o = start_o || busy_q;
  assign done_o = done;
endmodule

`default_nettype wire
