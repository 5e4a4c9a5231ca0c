// engram_window : the kernel window for engram_conv_serial, TAPS_AT_ONCE taps a cycle.
// SPDX-License-Identifier: 0BSD
//
// Where TAPS_AT_ONCE divides KERNEL_HEIGHT (COLUMNS), the last columns of the picture stand in a
// small memory, its words of TAPS_AT_ONCE pixels written round and round, a pixel at a time; a
// window's words are read from its first column's on, so that its taps come column by column: the
// turn of chunk_i brings taps k = chunk_i * TAPS_AT_ONCE and so on, k that of row
// k % KERNEL_HEIGHT, column k / KERNEL_HEIGHT.
//
// Otherwise the window stands in a ring of registers, tap i * KERNEL_WIDTH + j in place
// i * KERNEL_WIDTH + j, and the taps come in that order. Each turn moves the ring by TAPS_AT_ONCE
// places; a column's first turn also takes the next column of the picture in. A column's turns are
// a multiple of TAPS / TAPS_AT_ONCE, so that the ring is back in its place when the next one is
// taken.
//
// The columns come row by row of windows, each from left to right, and the first KERNEL_WIDTH - 1
// of a row only fill the window.
//
// While a column takes its turns the next is fetched, a pixel a cycle: the next one's first turn is
// possible KERNEL_HEIGHT cycles after this one's, and the very first KERNEL_HEIGHT + 1 cycles after
// the start.
`default_nettype none

module engram_window #(
  parameter HEIGHT = 28,             // of the picture, 1..64
  parameter WIDTH = 28,              // 1..64
  parameter KERNEL_HEIGHT = 4,       // 1..8
  parameter KERNEL_WIDTH = 4,        // 1..8
  parameter TAPS_AT_ONCE = 4,        // divides KERNEL_HEIGHT * KERNEL_WIDTH
  parameter CHUNK_BITS = 2,          // of chunk_i
  parameter COLUMNS = 1,             // see above; KERNEL_WIDTH > 1
  parameter PIXEL_BITS = 8,
  parameter PIXEL_ADDRESS_BITS = 10  // of row * WIDTH + column
) (
  input  wire                                 clk_i,
  input  wire                                 rst_i,
  input  wire                                 start_i,  // the first column, anew
  // turns
  output wire                                 valid_o,  // a turn may be taken
  output wire                                 whole_o,  // with this column the window is whole
  output wire                                 last_o,   // no column comes behind this one
  input  wire                                 turn_i,
  input  wire                                 end_i,    // with turn_i: the column's last turn
  input  wire [CHUNK_BITS-1:0]                chunk_i,  // with turn_i: turns so far, modulo chunks
  output wire [TAPS_AT_ONCE*PIXEL_BITS-1:0]   taps_o,   // one cycle after turn_i, until the next
  // pixel memory: data one cycle after pixel_read_o, held until the next read
  output wire                                 pixel_read_o,
  output wire [PIXEL_ADDRESS_BITS-1:0]        pixel_address_o,
  input  wire [PIXEL_BITS-1:0]                pixel_i
);
  localparam TAPS = KERNEL_HEIGHT * KERNEL_WIDTH;
  localparam OUT_WIDTH = WIDTH - KERNEL_WIDTH + 1;
  localparam ROW_BITS = KERNEL_HEIGHT > 1 ? $clog2(KERNEL_HEIGHT) : 1;
  localparam ACROSS_BITS = $clog2(OUT_WIDTH > KERNEL_WIDTH ? OUT_WIDTH : KERNEL_WIDTH) + 1;
  localparam [31:0] LAST_ROW = KERNEL_HEIGHT - 1;
  localparam [31:0] FIRST_ACROSS = 1 - KERNEL_WIDTH;
  localparam [31:0] LAST_ACROSS = OUT_WIDTH - 1;
  localparam [31:0] NEXT_ROW = WIDTH;
  localparam [31:0] NEXT_COLUMN = 1 - (KERNEL_HEIGHT - 1) * WIDTH;  // also to the next row's first
  localparam [31:0] LAST_ADDRESS = HEIGHT * WIDTH - 1;
  wire unused_ok =
      &{1'b0, LAST_ROW, FIRST_ACROSS, LAST_ACROSS, NEXT_ROW, NEXT_COLUMN, LAST_ADDRESS};

  reg                          fetch_q;    // there are pixels to be read
  reg [PIXEL_ADDRESS_BITS-1:0] address_q;  // of the next
  reg [ROW_BITS-1:0]           row_q;      // its row within the column
  reg                          full_q;     // a column waits, its last pixel in pixel_i
  reg                          between_q;  // the next turn takes it
  reg [ACROSS_BITS-1:0]        across_q;   // window that ends with the column, < 0: none

  wire take = turn_i && between_q;
  wire row_last = row_q == LAST_ROW[ROW_BITS-1:0];
  wire [PIXEL_ADDRESS_BITS-1:0] distance =
      row_last ? NEXT_COLUMN[PIXEL_ADDRESS_BITS-1:0] : NEXT_ROW[PIXEL_ADDRESS_BITS-1:0];

  assign valid_o = !between_q || full_q;
  assign whole_o = !across_q[ACROSS_BITS-1];
  assign last_o = !fetch_q && (between_q || !full_q);
  assign pixel_read_o = fetch_q && (!full_q || take);
  assign pixel_address_o = address_q;

  always @(posedge clk_i)
    if (rst_i) begin
      fetch_q <= 1'b0;
      full_q <= 1'b0;
      between_q <= 1'b1;
    end else if (start_i) begin
      fetch_q <= 1'b1;
      address_q <= {PIXEL_ADDRESS_BITS{1'b0}};
      row_q <= {ROW_BITS{1'b0}};
      full_q <= 1'b0;
      between_q <= 1'b1;
      across_q <= FIRST_ACROSS[ACROSS_BITS-1:0];
    end else begin
      if (pixel_read_o) begin
        fetch_q <= address_q != LAST_ADDRESS[PIXEL_ADDRESS_BITS-1:0];
        address_q <= address_q + distance;
        row_q <= row_last ? {ROW_BITS{1'b0}} : row_q + 1'b1;
      end
      full_q <= pixel_read_o ? row_last : full_q && !take;
      if (turn_i) between_q <= end_i;
      if (turn_i && end_i)
        across_q <= across_q == LAST_ACROSS[ACROSS_BITS-1:0] ? FIRST_ACROSS[ACROSS_BITS-1:0]
                                                             : across_q + 1'b1;
    end

  genvar tap;
  generate
    if (COLUMNS != 0) begin : gen_memory
      localparam PARTS = KERNEL_HEIGHT / TAPS_AT_ONCE;  // words of a column
      localparam ADDRESS_BITS = $clog2((KERNEL_WIDTH + 1) * PARTS);
      localparam LANE_BITS = TAPS_AT_ONCE > 1 ? $clog2(TAPS_AT_ONCE) : 1;
      localparam [31:0] FIRST_WORD = (1 - KERNEL_WIDTH) * PARTS;
      localparam [31:0] NEXT_WORD = PARTS;
      localparam [31:0] LAST_LANE = TAPS_AT_ONCE - 1;
      wire unused_words_ok = &{1'b0, FIRST_WORD, NEXT_WORD, LAST_LANE};
      reg                    fetched_q;  // pixel_i is to be written
      reg [ADDRESS_BITS-1:0] write_q;    // its word
      reg [LANE_BITS-1:0]    lane_q;     // its place there
      reg [ADDRESS_BITS-1:0] first_q;    // of the window that ends with the column
      wire [31:0] lane = {{(32-LANE_BITS){1'b0}}, lane_q};  // to compare with integers
      wire [31:0] read_wide =
          {{(32-ADDRESS_BITS){1'b0}}, first_q} + {{(32-CHUNK_BITS){1'b0}}, chunk_i};
      wire unused_read_ok = &{1'b0, read_wide};
      always @(posedge clk_i) begin
        fetched_q <= pixel_read_o && !start_i && !rst_i;
        if (start_i) begin
          write_q <= {ADDRESS_BITS{1'b0}};
          lane_q <= {LANE_BITS{1'b0}};
          first_q <= FIRST_WORD[ADDRESS_BITS-1:0];
        end else begin
          if (fetched_q) lane_q <= lane == LAST_LANE ? {LANE_BITS{1'b0}} : lane_q + 1'b1;
          if (fetched_q && lane == LAST_LANE) write_q <= write_q + 1'b1;
          if (turn_i && end_i) first_q <= first_q + NEXT_WORD[ADDRESS_BITS-1:0];
        end
      end

      // The word that is written is none of the window's.
      (* no_rw_check *)
      reg [TAPS_AT_ONCE*PIXEL_BITS-1:0] words_q [0:(1<<ADDRESS_BITS)-1];
      reg [TAPS_AT_ONCE*PIXEL_BITS-1:0] taps_q;
      integer l;
      always @(posedge clk_i) begin
        for (l = 0; l < TAPS_AT_ONCE; l = l + 1)
          if (fetched_q && lane == l) words_q[write_q][l*PIXEL_BITS +: PIXEL_BITS] <= pixel_i;
        if (turn_i) taps_q <= words_q[read_wide[ADDRESS_BITS-1:0]];
      end
      assign taps_o = taps_q;
    end else begin : gen_ring
      wire unused_chunk_ok = &{1'b0, chunk_i};
      // The column that waits, its last pixel uppermost.
      wire [KERNEL_HEIGHT*PIXEL_BITS-1:0] column;
      if (KERNEL_HEIGHT == 1) begin : gen_pixel
        assign column = pixel_i;
      end else begin : gen_column
        reg [(KERNEL_HEIGHT-1)*PIXEL_BITS-1:0] column_q;
        assign column = {pixel_i, column_q};
        always @(posedge clk_i)
          if (!full_q) column_q <= column[KERNEL_HEIGHT*PIXEL_BITS-1:PIXEL_BITS];
      end

      reg  [TAPS*PIXEL_BITS-1:0] ring_q;
      wire [TAPS*PIXEL_BITS-1:0] ring;  // with the column taken where there is one to take
      for (tap = 0; tap < TAPS; tap = tap + 1) begin : gen_tap
        wire [PIXEL_BITS-1:0] right;
        if (tap % KERNEL_WIDTH == KERNEL_WIDTH - 1) begin : gen_edge
          assign right = column[tap/KERNEL_WIDTH*PIXEL_BITS +: PIXEL_BITS];
        end else begin : gen_inside
          assign right = ring_q[(tap+1)*PIXEL_BITS +: PIXEL_BITS];
        end
        assign ring[tap*PIXEL_BITS +: PIXEL_BITS] =
            between_q ? right : ring_q[tap*PIXEL_BITS +: PIXEL_BITS];
        always @(posedge clk_i)
          if (turn_i)
            ring_q[tap*PIXEL_BITS +: PIXEL_BITS] <=
                ring[(tap+TAPS_AT_ONCE)%TAPS*PIXEL_BITS +: PIXEL_BITS];
      end
      assign taps_o = ring_q[TAPS*PIXEL_BITS-1 -: TAPS_AT_ONCE*PIXEL_BITS];
    end
  endgenerate
endmodule

`default_nettype wire
