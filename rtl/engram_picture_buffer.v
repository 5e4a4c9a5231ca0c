// engram_picture_buffer : AXI4-Stream pixels -> two picture slots, checked; one loads while the
//   other is at work.
// SPDX-License-Identifier: 0BSD
//
// A picture of the wrong length or with a label out of range keeps its place in the order, so that
// its error reply does, and is never read.
`default_nettype none

module engram_picture_buffer #(
  parameter HEIGHT = 28,
  parameter WIDTH = 28,
  parameter ROW_BITS = 5,      // of a row's index
  parameter COLUMN_BITS = 5,
  parameter WORD_PIXELS = 28,  // pixels of a word of the memory; a row's last word may hold fewer
  parameter WORD_BITS = 5,     // of a word's address, row by row
  parameter PIXEL_BITS = 8,    // signed, what is taken of a byte - PIXEL_OFFSET
  parameter PIXEL_OFFSET = 128,
  parameter PIXEL_DEPTH = 8,   // bits of a byte that are taken, from the highest
  parameter THRESHOLD = 0,     // not 0: taken is whether the byte is at least that
  parameter CLASSES = 2
) (
  input  wire                        clk_i,
  input  wire                        rst_i,
  // AXI4-Stream in: a byte a beat, row by row
  input  wire                        s_axis_tvalid_i,
  output wire                        s_axis_tready_o,
  input  wire [7:0]                  s_axis_tdata_i,
  input  wire                        s_axis_tlast_i,
  input  wire [7:0]                  s_axis_tuser_i,  // with the first beat: {train, label[6:0]}
  // oldest picture
  output wire                        picture_valid_o,
  output wire [1:0]                  picture_status_o,
  output wire                        picture_train_o,
  output wire [6:0]                  picture_label_o,
  input  wire                        release_i,       // it is done with
  // its words, one cycle after read_i
  input  wire                        read_i,
  input  wire [WORD_BITS-1:0]        read_word_i,
  output wire [WORD_PIXELS*PIXEL_BITS-1:0] word_o,
  // one pulse for each refused picture
  output wire [3:1]                  refused_o,       // too short, too long, label out of range
  input  wire                        hold_i           // it is not yet counted: no beat is taken
);
  localparam [1:0] GOOD = 2'd0, SHORT = 2'd1, LONG = 2'd2, BAD_LABEL = 2'd3;
  localparam [31:0] LAST_ROW = HEIGHT - 1;
  localparam [31:0] LAST_COLUMN = WIDTH - 1;
  localparam [31:0] OFFSET = PIXEL_OFFSET;

  reg                   fill_slot_q, read_slot_q;
  reg [1:0]             full_q;
  reg [1:0]             status_q [0:1];
  reg [7:0]             user_q [0:1];
  reg                   first_q;     // the next beat is a picture's first
  reg [ROW_BITS-1:0]    row_q;
  reg [COLUMN_BITS-1:0] column_q;
  reg [WORD_BITS-1:0]   word_q;
  reg                   whole_q;     // the last pixel was taken

  reg  reset_q;  // a cycle late, so that tready is of registers alone
  always @(posedge clk_i) reset_q <= rst_i;
  wire ready = !full_q[fill_slot_q] && !hold_i && !reset_q;
  assign s_axis_tready_o = ready;
  wire beat = s_axis_tvalid_i && ready;
  wire row_end = column_q == LAST_COLUMN[COLUMN_BITS-1:0];
  wire picture_end = row_end && row_q == LAST_ROW[ROW_BITS-1:0];
  wire [6:0] label = first_q ? s_axis_tuser_i[6:0] : user_q[fill_slot_q][6:0];
  wire [1:0] status = whole_q ? LONG : !picture_end ? SHORT :
                      label >= CLASSES ? BAD_LABEL : GOOD;
  wire commit = beat && s_axis_tlast_i;

  localparam [31:0] LEAST = THRESHOLD;
  wire [7:0] taken = THRESHOLD != 0 ? {7'd0, s_axis_tdata_i >= LEAST[7:0]}
                                    : s_axis_tdata_i >> (8 - PIXEL_DEPTH);
  wire [8:0] pixel_wide = {1'b0, taken} - OFFSET[8:0];
  wire [PIXEL_BITS-1:0] pixel = pixel_wide[PIXEL_BITS-1:0];
  wire unused_ok = &{1'b0, pixel_wide, LAST_ROW, LAST_COLUMN, OFFSET, LEAST};

  // The word so far; the newest pixel is the rightmost. A row's short last word ends earlier.
  localparam WORD = WORD_PIXELS * PIXEL_BITS;
  localparam REST = (WIDTH - 1) % WORD_PIXELS + 1;   // pixels of a row's last word
  localparam COUNT_BITS = 7;
  localparam [COUNT_BITS-1:0] LAST_PIXEL = WORD_PIXELS - 1;
  wire word_end;
  wire [WORD-1:0] word_next;
  generate
    if (WORD_PIXELS == 1) begin : gen_pixel
      assign word_end = 1'b1;
      assign word_next = pixel;
    end else begin : gen_word
      reg [WORD-PIXEL_BITS-1:0] pixels_q;
      reg [COUNT_BITS-1:0] pixel_q;
      wire [WORD-1:0] shifted = {pixel, pixels_q};
      assign word_end = row_end || pixel_q == LAST_PIXEL;
      if (REST == WORD_PIXELS) begin : gen_even
        assign word_next = shifted;
      end else begin : gen_rest
        assign word_next = row_end ? shifted >> ((WORD_PIXELS - REST) * PIXEL_BITS) : shifted;
      end
      always @(posedge clk_i) begin
        if (beat) pixels_q <= shifted[WORD-1:PIXEL_BITS];
        if (rst_i) pixel_q <= {COUNT_BITS{1'b0}};
        else if (beat) pixel_q <= s_axis_tlast_i || word_end ? {COUNT_BITS{1'b0}} : pixel_q + 1'b1;
      end
    end
  endgenerate

  engram_ram #(
    .DATA_BITS(WORD), .WORDS(2 << WORD_BITS), .ADDRESS_BITS(WORD_BITS+1)
  ) u_words (
    .clk_i(clk_i),
    .write_i(beat && word_end && !whole_q), .write_address_i({fill_slot_q, word_q}),
    .write_data_i(word_next),
    .read_i(read_i), .read_address_i({read_slot_q, read_word_i}), .read_data_o(word_o)
  );

  always @(posedge clk_i) begin
    if (beat && first_q) user_q[fill_slot_q] <= s_axis_tuser_i;
    if (commit) status_q[fill_slot_q] <= status;
  end

  always @(posedge clk_i)
    if (rst_i) begin
      fill_slot_q <= 1'b0;
      read_slot_q <= 1'b0;
      full_q <= 2'b00;
      first_q <= 1'b1;
      row_q <= {ROW_BITS{1'b0}};
      column_q <= {COLUMN_BITS{1'b0}};
      word_q <= {WORD_BITS{1'b0}};
      whole_q <= 1'b0;
    end else begin
      if (beat) begin
        first_q <= s_axis_tlast_i;
        whole_q <= !s_axis_tlast_i && (whole_q || picture_end);
        column_q <= (s_axis_tlast_i || row_end) ? {COLUMN_BITS{1'b0}} : column_q + 1'b1;
        word_q <= (s_axis_tlast_i || picture_end) ? {WORD_BITS{1'b0}}
                                                  : word_q + {{(WORD_BITS-1){1'b0}}, word_end};
        row_q <= (s_axis_tlast_i || picture_end) ? {ROW_BITS{1'b0}}
                                                 : row_q + {{(ROW_BITS-1){1'b0}}, row_end};
      end
      if (commit) begin
        full_q[fill_slot_q] <= 1'b1;
        fill_slot_q <= !fill_slot_q;
      end
      if (release_i) begin
        full_q[read_slot_q] <= 1'b0;
        read_slot_q <= !read_slot_q;
      end
    end

  assign picture_valid_o = full_q[read_slot_q];
  assign picture_status_o = status_q[read_slot_q];
  assign picture_train_o = user_q[read_slot_q][7];
  assign picture_label_o = user_q[read_slot_q][6:0];
  assign refused_o =
      {commit && status == BAD_LABEL, commit && status == LONG, commit && status == SHORT};
endmodule

`default_nettype wire
