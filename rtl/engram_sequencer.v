// engram_sequencer : takes pictures in their order, starts steps, holds what must not change
//   during one, counts.
// SPDX-License-Identifier: 0BSD
//
// With an INTERVAL, in a core that only infers, a step starts while the one before it is still at
// work: INTERVAL cycles behind its start, when all that the two share has been left by the first.
// Two pictures at most are at work or have a reply that is not wholly sent, so that whoever takes
// the replies may wait as long as it likes: there is a place for each of them. Where a picture must
// wait on its way for that (waits_i), the next one starts only behind its end.
`default_nettype none

module engram_sequencer #(
  parameter CLASS_BITS = 1,
  parameter RATE_BITS = 4,
  parameter LAYERS = 3,
  parameter INTERVAL = 0   // cycles between two starts, at least 2; 0: one step at a time
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
  input  wire                  waits_i,            // the oldest: for result_free_i alone
  input  wire                  predicted_i,        // the last probability is there
  input  wire [CLASS_BITS-1:0] class_i,
  input  wire                  updated_i,          // the last weight is being written
  output wire                  trained_o,          // a training step ends
  // result
  input  wire                  result_free_i,
  input  wire                  result_sent_i,      // a reply's last word is taken
  output wire                  result_push_o,
  output wire [1:0]            result_status_o,
  output wire                  result_train_o,
  // counters
  output wire                  picture_o,          // an inference ends
  output wire                  correct_o,
  output wire                  active_o,           // a step is at work,
  output wire                  done_o              // in its last cycle
);
  wire good = picture_status_i == 2'd0;
  wire refuse;

  generate
    if (INTERVAL == 0) begin : gen_alone
      reg                  busy_q;
      reg                  train_q;
      reg [CLASS_BITS-1:0] label_q;
      reg [RATE_BITS-1:0]  rate_q;
      reg [LAYERS-1:0]     freeze_q;

      wire ready = picture_valid_i && !pause_i && !busy_q;
      assign refuse = ready && !good && result_free_i;
      assign start_o = ready && good;
      assign picture_o = busy_q && !train_q && predicted_i;
      assign trained_o = busy_q && train_q && updated_i;
      assign done_o = picture_o || trained_o;

      always @(posedge clk_i)
        if (rst_i) begin
          busy_q <= 1'b0;
        end else begin
          if (start_o) busy_q <= 1'b1;
          else if (done_o) busy_q <= 1'b0;
        end

      always @(posedge clk_i)
        if (start_o) begin
          train_q <= picture_train_i && learn_i;
          label_q <= picture_label_i;
          rate_q <= rate_i;
          freeze_q <= freeze_i;
        end

      assign idle_o = !busy_q;
      assign release_o = done_o || refuse;
      assign train_o = train_q;
      assign label_o = label_q;
      assign rate_o = rate_q;
      assign freeze_o = freeze_q;
      assign result_push_o = (busy_q && predicted_i) || refuse;
      assign result_status_o = busy_q ? 2'd0 : picture_status_i;
      assign result_train_o = busy_q && train_q;
      assign correct_o = busy_q && predicted_i && class_i == label_q;
      wire unused_ok = &{1'b0, waits_i, result_sent_i};
    end else begin : gen_overlap
      localparam LEFT_BITS = INTERVAL > 2 ? $clog2(INTERVAL - 1) : 1;
      localparam [31:0] LAST_LEFT = INTERVAL - 2;
      reg [1:0]            flight_q;      // steps at work
      reg [1:0]            unsent_q;      // pictures of which something is still to come, both kinds
      reg                  holds_q;       // the oldest picture's step has the data path's entrance
      reg [LEFT_BITS-1:0]  left_q;        // cycles until it leaves that, less one
      reg                  late_q;        // the oldest step has waited
      reg [CLASS_BITS-1:0] label_q, next_label_q;  // of the oldest step, and of the last one started

      wire ready = picture_valid_i && !pause_i && !holds_q;
      wire leaves = holds_q && left_q == {LEFT_BITS{1'b0}};
      wire last_label = flight_q == 2'd0 || (flight_q == 2'd1 && picture_o);
      assign refuse = ready && !good && unsent_q == 2'd0;
      assign start_o = ready && good && !unsent_q[1] && !waits_i && !late_q;
      assign picture_o = flight_q != 2'd0 && predicted_i;
      assign done_o = picture_o;
      assign trained_o = 1'b0;

      always @(posedge clk_i)
        if (rst_i) begin
          flight_q <= 2'd0;
          unsent_q <= 2'd0;
          holds_q <= 1'b0;
          late_q <= 1'b0;
        end else begin
          flight_q <= flight_q + {1'b0, start_o} - {1'b0, picture_o};
          unsent_q <= unsent_q + {1'b0, start_o || refuse} - {1'b0, result_sent_i};
          holds_q <= start_o || (holds_q && !leaves);
          late_q <= waits_i || (late_q && !predicted_i);
        end

      always @(posedge clk_i) begin
        left_q <= start_o ? LAST_LEFT[LEFT_BITS-1:0] : left_q - 1'b1;
        if (start_o) next_label_q <= picture_label_i;
        if (start_o && last_label) label_q <= picture_label_i;
        else if (picture_o) label_q <= next_label_q;
      end

      assign idle_o = flight_q == 2'd0;
      assign release_o = leaves || refuse;
      assign train_o = 1'b0;
      assign label_o = label_q;
      assign rate_o = rate_i;
      assign freeze_o = freeze_i;
      assign result_push_o = picture_o || refuse;
      assign result_status_o = refuse ? picture_status_i : 2'd0;
      assign result_train_o = 1'b0;
      assign correct_o = picture_o && class_i == label_q;
      wire unused_ok = &{1'b0, LAST_LEFT, learn_i, picture_train_i, updated_i, result_free_i};
    end
  endgenerate

  assign active_o = start_o || !idle_o;

  // Steps that started and ended, for the benches; synthesizes to nothing.
  reg [31:0] started_q /*verilator public_flat_rd*/;
  reg [31:0] ended_q /*verilator public_flat_rd*/;
  always @(posedge clk_i) begin
    started_q <= rst_i ? 32'd0 : started_q + {31'd0, start_o};
    ended_q <= rst_i ? 32'd0 : ended_q + {31'd0, done_o};
  end
endmodule

`default_nettype wire
