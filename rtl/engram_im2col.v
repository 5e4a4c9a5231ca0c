// engram_im2col : the rows of S_M (E8): ACROSS x DOWN kernel windows of the picture at a time, in
//   raster order.
// SPDX-License-Identifier: 0BSD
//
// KERNEL_HEIGHT + DOWN - 1 rows of the picture stand in registers and rotate left as the window
// moves right; at the end of a row they rotate back and move up. A window is there in every cycle,
// except at the start and where more than one row has to be fetched.
`default_nettype none

module engram_im2col #(
  parameter HEIGHT = 28,
  parameter WIDTH = 28,
  parameter ROW_BITS = 5,
  parameter PIXEL_BITS = 8,
  parameter KERNEL_HEIGHT = 4,
  parameter KERNEL_WIDTH = 4,
  parameter ACROSS = 1,       // at most the width of the output; a line's last step may hold less
  parameter DOWN = 1          // divides the height of the output; > 1 only with ACROSS its width
) (
  input  wire                      clk_i,
  input  wire                      rst_i,
  input  wire                      start_i,  // the first windows, anew
  // windows: taps row by row, windows row by row
  output wire                      valid_o,
  output wire                      rest_o,   // a line's last: only what is left of the line
  output wire                      last_o,
  input  wire                      next_i,
  output wire [DOWN*ACROSS*KERNEL_HEIGHT*KERNEL_WIDTH*PIXEL_BITS-1:0] taps_o,
  // picture rows, one cycle after read_o
  output wire                      read_o,
  output wire [ROW_BITS-1:0]       read_row_o,
  input  wire [WIDTH*PIXEL_BITS-1:0] row_i
);
  localparam ROWS = KERNEL_HEIGHT + DOWN - 1;
  localparam STEPS_ACROSS = (WIDTH - KERNEL_WIDTH + ACROSS) / ACROSS;
  localparam STEPS_DOWN = (HEIGHT - KERNEL_HEIGHT + 1) / DOWN;
  localparam ROTATED = (STEPS_ACROSS - 1) * ACROSS;  // pixels, at the end of a row
  localparam LINE_BITS = WIDTH * PIXEL_BITS;
  localparam COUNT_BITS = 7;                         // up to 64 of anything
  localparam [COUNT_BITS-1:0] ALL_ROWS = ROWS;
  localparam [COUNT_BITS-1:0] NEW_ROWS = DOWN;
  localparam [COUNT_BITS-1:0] ONE_ROW = 1;
  localparam [COUNT_BITS-1:0] LAST_ACROSS = STEPS_ACROSS - 1;
  localparam [COUNT_BITS-1:0] LAST_DOWN = STEPS_DOWN - 1;
  localparam [COUNT_BITS-1:0] PICTURE_ROWS = HEIGHT;

  reg [ROWS*LINE_BITS-1:0] lines_q;      // line 0 is the window's uppermost
  reg                      active_q;
  reg [COUNT_BITS-1:0]     across_q, down_q;
  reg [COUNT_BITS-1:0]     missing_q;    // rows still to move in before the window is whole
  reg [COUNT_BITS-1:0]     fetch_q;      // next row to ask for
  reg                      fetched_q;    // row_i is a row that was not taken yet
  // Comparisons of what these will be.
  reg                      whole_q;      // none is missing
  reg                      row_end_q;    // across_q is its last
  reg                      last_down_q;  // so is down_q
  // The same once more for the many bits of lines_q.
  reg                      filling_q;    // !whole_q
  reg                      left_q;       // whole_q, and not at a row's end

  wire unused_filling_ok = &{1'b0, filling_q};
  wire row_end = STEPS_ACROSS == 1 || row_end_q;
  wire step = valid_o && next_i;
  wire row_step = step && row_end && !last_down_q;
  wire take = fetched_q && (!whole_q || row_step);
  wire [COUNT_BITS-1:0] next_across = row_end ? {COUNT_BITS{1'b0}} : across_q + 1'b1;
  wire [COUNT_BITS-1:0] next_down = down_q + 1'b1;
  wire next_row_end = step ? next_across == LAST_ACROSS : row_end_q;
  wire next_whole =
      row_step ? DOWN == 1 && fetched_q : whole_q || (fetched_q && missing_q == ONE_ROW);

  assign valid_o = active_q && whole_q;
  assign rest_o = row_end;
  assign last_o = row_end && last_down_q;
  assign read_o = active_q && fetch_q != PICTURE_ROWS && (!fetched_q || take);
  assign read_row_o = fetch_q[ROW_BITS-1:0];

  always @(posedge clk_i)
    if (rst_i) begin
      active_q <= 1'b0;
    end else if (start_i) begin
      active_q <= 1'b1;
      across_q <= {COUNT_BITS{1'b0}};
      down_q <= {COUNT_BITS{1'b0}};
      missing_q <= ALL_ROWS;
      fetch_q <= {COUNT_BITS{1'b0}};
      fetched_q <= 1'b0;
      whole_q <= 1'b0;
      filling_q <= 1'b1;
      left_q <= 1'b0;
      row_end_q <= 1'b0;
      last_down_q <= STEPS_DOWN == 1;
    end else begin
      row_end_q <= next_row_end;
      left_q <= next_whole && !(STEPS_ACROSS == 1 || next_row_end);
      if (step) begin
        across_q <= next_across;
        if (row_end) begin
          down_q <= next_down;
          last_down_q <= next_down == LAST_DOWN;
        end
        if (last_o) active_q <= 1'b0;
      end
      // At a row's end none is missing.
      missing_q <= (row_step ? NEW_ROWS : missing_q) - {{(COUNT_BITS-1){1'b0}}, take};
      whole_q <= next_whole;
      filling_q <= !next_whole;
      if (read_o) fetch_q <= fetch_q + 1'b1;
      fetched_q <= read_o || (fetched_q && !take);
    end

  genvar line;
  generate
    for (line = 0; line < ROWS; line = line + 1) begin : gen_line
      wire [LINE_BITS-1:0] old = lines_q[line*LINE_BITS +: LINE_BITS];
      wire [LINE_BITS-1:0] rotated_left, rotated_back, from_below;
      if (ACROSS < WIDTH) begin : gen_left
        assign rotated_left = {old[ACROSS*PIXEL_BITS-1:0], old[LINE_BITS-1:ACROSS*PIXEL_BITS]};
      end else begin : gen_left_whole
        assign rotated_left = old;
      end
      if (line < ROWS - 1) begin : gen_from_line
        wire [LINE_BITS-1:0] below = lines_q[(line+1)*LINE_BITS +: LINE_BITS];
        if (ROTATED > 0) begin : gen_back
          assign rotated_back = {below[LINE_BITS-ROTATED*PIXEL_BITS-1:0],
                                 below[LINE_BITS-1:LINE_BITS-ROTATED*PIXEL_BITS]};
        end else begin : gen_straight
          assign rotated_back = below;
        end
        assign from_below = filling_q ? below : rotated_back;
      end else begin : gen_from_picture
        assign rotated_back = {LINE_BITS{1'b0}};
        assign from_below = row_i;
        wire unused_ok = &{1'b0, rotated_back};
      end
      always @(posedge clk_i)
        if (take || (step && !row_end))
          lines_q[line*LINE_BITS +: LINE_BITS] <= left_q ? rotated_left : from_below;
    end
  endgenerate

  genvar down, across, i;
  generate
    for (down = 0; down < DOWN; down = down + 1) begin : gen_down
      for (across = 0; across < ACROSS; across = across + 1) begin : gen_across
        for (i = 0; i < KERNEL_HEIGHT; i = i + 1) begin : gen_row
          assign taps_o[(((down*ACROSS + across)*KERNEL_HEIGHT + i)*KERNEL_WIDTH)*PIXEL_BITS +:
                        KERNEL_WIDTH*PIXEL_BITS] =
              lines_q[((down + i)*WIDTH + across)*PIXEL_BITS +: KERNEL_WIDTH*PIXEL_BITS];
        end
      end
    end
  endgenerate
endmodule

`default_nettype wire
