// engram_link_executor : does what a frame in the link's memory asks for, and makes the reply.
// SPDX-License-Identifier: 0BSD
//
// docs/link.md has the commands. Everything is done a bit at a time, because area matters more here
// than time: addresses and counts turn around in shift registers, lowest bit first, past a
// serial adder; words turn around in x, highest bit first, where xorshift32's three steps are one
// tap each (a step x ^= x << n needs x[i-n] while bit i is at the top; x ^= x >> 17 needs bits that
// the step does not change).
//
// The line is slow: a state has time for three cycles of its own around its run. In `enter` it is
// decoded into registers, in `fresh` its first byte is read, and in `done`, behind the run, the
// next state is chosen. Pixels alone follow each other faster: a part must be done with when the next
// one's length comes.
//
// Frame and reply have the same layout in the memory's two halves: number, command or status, and
// length at 253 to 255, payload from 0.
//
// The core is asked for one thing: its s_axis_tready does not wait for tvalid, and only falls right
// behind a picture's last beat. So tvalid is only raised when the beat is taken, and a picture of
// which nothing was taken can be left when another frame comes.
`default_nettype none

module engram_link_executor #(
  parameter CLOCK_HZ = 60000000,
  parameter BAUD = 3000000,
  parameter ADDRESS_BITS = 23     // of the core's bus, 10..32
) (
  input  wire        clk_i,
  input  wire        rst_i,
  // frames
  input  wire        frame_i,     // one pulse: there is one
  input  wire        damaged_i,   // one pulse: one was dropped
  input  wire        length_due_i,   // a length is there, and is written unless busy_o
  input  wire        length_write_i,
  input  wire [7:0]  length_byte_i,
  output wire [7:0]  length_o,    // of the frame, or of the reply that goes out
  output wire        busy_o,      // the frame must stay
  // memory: the reader's byte a cycle after its address
  output wire        read_o,
  output wire [8:0]  read_address_o,
  input  wire [7:0]  read_byte_i,
  output wire        write_o,
  output wire [7:0]  write_address_o,
  output wire [7:0]  write_byte_o,
  input  wire        write_ready_i,
  // sender
  output wire        send_o,
  input  wire        sending_i,
  input  wire        next_i,
  output wire        end_o,
  // core's registers and weights, AXI4-Lite
  output wire        m_axil_awvalid_o,
  input  wire        m_axil_awready_i,
  output wire        m_axil_wvalid_o,
  input  wire        m_axil_wready_i,
  output wire [31:0] m_axil_wdata_o,
  input  wire        m_axil_bvalid_i,
  output wire        m_axil_bready_o,
  input  wire [1:0]  m_axil_bresp_i,
  output wire        m_axil_arvalid_o,
  input  wire        m_axil_arready_i,
  input  wire        m_axil_rvalid_i,
  output wire        m_axil_rready_o,
  input  wire [31:0] m_axil_rdata_i,
  input  wire [1:0]  m_axil_rresp_i,
  output wire [ADDRESS_BITS-1:0] m_axil_address_o,  // of both directions
  // pixels to the core, AXI4-Stream
  output wire        m_axis_tvalid_o,
  input  wire        m_axis_tready_i,
  output wire [7:0]  m_axis_tdata_o,
  output wire        m_axis_tlast_o,
  output wire [7:0]  m_axis_tuser_o,
  // results from the core, AXI4-Stream
  input  wire        s_axis_tvalid_i,
  output wire        s_axis_tready_o,
  input  wire [31:0] s_axis_tdata_i,
  input  wire        s_axis_tlast_i,
  // lamps
  output wire        waiting_o,   // the core owes a result
  output wire        error_o      // a damaged frame or a refused command since the last GREET
);
  localparam [2:0] GREET = 3'd0, READ = 3'd1, WRITE = 3'd2, FILL = 3'd3, CHECKSUM = 3'd4,
                   PIXELS = 3'd5, UNKNOWN = 3'd7;
  localparam [2:0] OK = 3'd0, BUS = 3'd1, COMMAND = 3'd2, RESET = 3'd3, GAP = 3'd4;
  localparam [1:0] NONE = 2'd0, OPEN = 2'd1, AWAITED = 2'd2, DONE = 2'd3;  // pictures

  localparam [4:0]
      IDLE = 5'd0,
      LAST = 5'd1,      // x = number of the last reply
      NUMBER = 5'd2,    // x = number of the frame, compared with it
      KEEP = 5'd3,      // reply's number = x
      KIND = 5'd4,      // command = next byte
      ALIGN = 5'd5,     // at = 0
      JUDGE = 5'd6,
      CLOSE = 5'd7,     // a given-up picture's last beat
      ADDRESS = 5'd8,   // address = block's
      COUNTS = 5'd9,    // columns, rows = block's
      STATE = 5'd10,    // x = the frame's
      WIDTH = 5'd11,    // width = the frame's, of a word in bytes or bits
      GATHER = 5'd12,   // x = a word of the payload
      SHIFT = 5'd13,    // x = xorshift32(x)
      EXTEND = 5'd14,   // x = its top bits, signed
      ACCESS = 5'd15,   // a word to the bus, or x = x ^ a word from it
      RELOAD = 5'd16,   // x = the reply's
      STEP = 5'd17,     // to the next column
      ROW = 5'd18,      // to the next row
      COLUMNS = 5'd19,  // columns = block's
      PART = 5'd20,     // compared with the part that is due; the stream's user
      DECIDE = 5'd21,
      FIRST = 5'd22,    // a picture begins: part 0 is due
      PIXEL = 5'd23,    // a pixel to the core
      RESULT = 5'd24,   // x = a word of the result, or of the greeting
      STORE = 5'd25,    // reply's next bytes = x, lowest first
      LENGTH = 5'd26,   // reply's length
      STATUS = 5'd27,   // and status
      SEND = 5'd28,
      CLEAR = 5'd29;    // x = 0

  // ---------------------------------------------------------------- state
  reg [4:0]  state_q, next_state;
  reg        enter_q, wait_q, fresh_q, run_q, done_q;
  reg        missed_q, left_q, refused_q;  // there was no run; it was left; the bus refused
  reg        failed;          // what follows is a status alone
  reg [2:0]  failure, status_q;
  reg [4:0]  bit_q;
  reg [1:0]  turn_q;          // of 32 bits; byte of a word
  reg        reply_q;         // the way behind ALIGN
  reg        greeted_q, error_q;
  reg [2:0]  command_q;
  reg [7:0]  length_q, at_q;
  reg [3:0]  damaged_q;
  reg [4:0]  width_q;
  reg [1:0]  picture_q;
  reg        begun_q;         // the core has some of it
  reg [1:0]  stale_q;         // results nobody waits for
  reg        differs_q, above_q, zero_q, last_q, sign_q, before_q, carry_q, nonzero_q;
  reg        address_taken_q, data_taken_q;
  reg [31:0] x_q;
  reg [ADDRESS_BITS-1:0] address_q;
  reg [15:0] columns_q, rows_q;  // that are left; columns: complement of the part that is due

  wire bits_end = bit_q == 5'd31;
  wire at_end = at_q == length_q;
  wire at_header = &at_q[7:2];                        // past the longest payload, 248
  wire too_long = at_q > 8'd248;
  wire in_word = {1'b0, turn_q} < width_q[2:0];       // the word has this byte
  wire more_word = {1'b0, turn_q} + 3'd1 < width_q[2:0];

  // ---------------------------------------------------------------- decoded
  // The command from ALIGN on; the state from `fresh` to `done`.
  reg greet, read, write, fill, checksum, pixels, bus_write;
  reg msb;                      // bits of a byte, and bytes of a word, highest first: for x
  reg by_at, upper;             // where it reads: at_q, the reply; else from `field` on
  reg [4:0] field;
  reg at_number, at_part, at_gather, at_shift, at_extend, at_result, at_store, at_step, at_row,
      at_first, at_pixel, at_close, at_access, at_length, at_status, at_align;
  reg header_moves;             // KEEP, KIND: to the header's next byte
  reg at_idle, at_send, ends_at_once, ends_at_7, ends_at_15, ends_at_31;
  reg result_first, pixel_first;              // in the run alone: of all that comes
  reg too_long_q, at_end_q, result_last_q;    // a cycle late
  reg x_memory, x_moves;        // x takes the memory's bits; moves in each cycle of the run
  reg address_load, address_moves, columns_load, columns_move, rows_load, keeps;
  always @(posedge clk_i) begin
    greet <= command_q == GREET;
    read <= command_q == READ;
    write <= command_q == WRITE;
    fill <= command_q == FILL;
    checksum <= command_q == CHECKSUM;
    pixels <= command_q == PIXELS;
    bus_write <= command_q == WRITE || command_q == FILL;
    at_number <= state_q == NUMBER;
    at_part <= state_q == PART;
    at_gather <= state_q == GATHER;
    at_shift <= state_q == SHIFT;
    at_extend <= state_q == EXTEND;
    at_result <= state_q == RESULT;
    at_store <= state_q == STORE;
    at_step <= state_q == STEP;
    at_row <= state_q == ROW;
    at_first <= state_q == FIRST;
    at_pixel <= state_q == PIXEL;
    at_close <= state_q == CLOSE;
    at_access <= state_q == ACCESS;
    at_length <= state_q == LENGTH;
    at_status <= state_q == STATUS;
    at_align <= state_q == ALIGN;
    at_idle <= state_q == IDLE;
    at_send <= state_q == SEND;
    ends_at_once <= state_q == KIND || state_q == JUDGE || state_q == WIDTH ||
                    state_q == CLEAR || state_q == DECIDE;
    ends_at_7 <= state_q == LAST || state_q == NUMBER;
    ends_at_15 <= state_q == COLUMNS || state_q == FIRST;
    ends_at_31 <= state_q == ADDRESS || state_q == COUNTS || state_q == STATE ||
                  state_q == RELOAD || state_q == STEP || state_q == ROW;
    result_first <= at_result && !greet && at_q[7:2] == 6'd0;
    pixel_first <= at_pixel && !begun_q;
    too_long_q <= too_long;
    at_end_q <= at_end;
    result_last_q <= s_axis_tlast_i;
    header_moves <= state_q == KEEP || state_q == KIND;
    keeps <= state_q == KEEP || state_q == LENGTH || state_q == STATUS;
    msb <= state_q == LAST || state_q == NUMBER || state_q == STATE || state_q == GATHER ||
           state_q == RELOAD || state_q == RESULT;
    by_at <= state_q == LAST || state_q == NUMBER || state_q == KIND || state_q == GATHER ||
             state_q == PIXEL || state_q == SEND;
    upper <= state_q == LAST || state_q == RELOAD || state_q == SEND;
    field[4] <= state_q == WIDTH && fill;
    field[3] <= state_q == ROW || state_q == STATE || (state_q == WIDTH && !fill);
    field[2] <= state_q == COUNTS || state_q == COLUMNS || state_q == STATE ||
                (state_q == WIDTH && !fill);
    field[1:0] <= {2{state_q == STATE || state_q == RELOAD}};
    x_memory <= state_q == LAST || state_q == NUMBER || state_q == STATE || state_q == RELOAD ||
                state_q == PART;
    x_moves <= state_q == LAST || state_q == NUMBER || state_q == STATE || state_q == RELOAD ||
               state_q == PART || state_q == GATHER || state_q == SHIFT || state_q == STORE;
    address_load <= state_q == ADDRESS;
    address_moves <= state_q == ADDRESS || state_q == STEP || state_q == ROW;
    columns_load <= state_q == COUNTS || state_q == COLUMNS;
    columns_move <= state_q == COUNTS || state_q == COLUMNS || state_q == STEP ||
                    state_q == PART || state_q == FIRST;
    rows_load <= state_q == COUNTS;
  end

  // ---------------------------------------------------------------- memory
  wire [4:0] index = bit_q ^ {5{msb}};
  reg [7:0] byte_q;  // bits come from here: a memory's own output is late in the cycle
  always @(posedge clk_i) byte_q <= read_byte_i;
  wire memory_bit = byte_q[index[2:0]];
  wire [4:0] bit_next = bit_q + 5'd1;
  wire [4:0] bit_read = bit_q + 5'd2;
  wire unused_read_ok = &{1'b0, bit_read[2:0]};
  // `field` is the first byte; those behind it follow, down where it is the highest.
  assign read_o = !at_pixel || fresh_q;
  assign read_address_o =
      {upper, by_at ? at_q : {3'b000, field[4:2], field[1:0] ^ bit_read[4:3]}};

  wire store = run_q && (keeps || (at_store && bit_q == 5'd0));
  wire stalled = store && !write_ready_i;
  wire header = at_length || at_status;
  assign write_o = store && (!at_store || !read || in_word);
  assign write_address_o = {at_q[7:1] | {7{header}}, header ? at_length : at_q[0]};
  wire x_reply = (fill || checksum) && status_q == OK;  // at_q has turned around: 4 bytes
  assign write_byte_o = at_length ? {at_q[7:3], at_q[2] || x_reply, at_q[1:0]} :
                        at_status ? {5'd0, status_q} : x_q[7:0];

  // ---------------------------------------------------------------- x
  wire tap = turn_q == 2'd0 ? x_q[18] && bit_q < 5'd19 :
             turn_q == 2'd1 ? x_q[16] && bit_q > 5'd16 : x_q[26] && bit_q < 5'd27;
  wire [31:0] clock_hz = CLOCK_HZ, baud = BAUD;
  wire [31:0] greeting = at_q[3] ? {12'd0, damaged_q, baud[31:16]} :
                         at_q[2] ? {baud[15:0], clock_hz[31:16]} :
                                   {clock_hz[15:0], 8'd248, 8'd1};
  reg here_q;  // a result to be sent, as it was a cycle ago
  always @(posedge clk_i) here_q <= s_axis_tvalid_i && stale_q == 2'd0;
  // A bit of the result or the greeting takes two cycles: picked, taken.
  reg word_bit_q, picked_q;
  always @(posedge clk_i) begin
    word_bit_q <= greet ? greeting[index] : s_axis_tdata_i[index];
    picked_q <= at_result && run_q && !picked_q && (greet || here_q);
  end
  wire x_in = x_memory ? memory_bit :
              at_gather && bit_q < 5'd8 ? (in_word ? memory_bit : sign_q) :
              at_shift ? x_q[31] ^ tap :
              at_extend && turn_q[0] && before_q ? sign_q :
              at_result ? word_bit_q : x_q[31];
  wire result_waits = at_result && !picked_q;
  wire x_enable = run_q && (x_moves ? !stalled : at_extend ? turn_q[0] || !before_q
                                               : at_result && !result_waits);
  wire x_read = m_axil_rready_o && m_axil_rvalid_i;
  always @(posedge clk_i)
    if (state_q == CLEAR) x_q <= 32'd0;
    else if (x_read || x_enable)
      x_q <= x_read ? x_q ^ m_axil_rdata_i : {x_q[30:0], x_in};

  // ---------------------------------------------------------------- addresses and counts
  wire term = at_row ? memory_bit : bit_q == 5'd2;
  wire address_turn = run_q && address_moves && {27'd0, bit_q} < ADDRESS_BITS;
  wire count_bit = at_row ? rows_q[0] : columns_q[0];
  wire counted = count_bit ^ before_q;  // one less: before_q is the borrow
  wire columns_turn = run_q && columns_move && !bit_q[4];
  wire rows_turn = run_q && (bit_q[4] ? rows_load : at_row);
  always @(posedge clk_i) begin
    if (address_turn)
      address_q <= {address_load ? memory_bit : address_q[0] ^ term ^ carry_q,
                    address_q[ADDRESS_BITS-1:1]};
    if (columns_turn)
      columns_q <= {columns_load ? memory_bit : at_first || (at_step ? counted : columns_q[0]),
                    columns_q[15:1]};
    if (rows_turn) rows_q <= {at_row ? counted : memory_bit, rows_q[15:1]};
    carry_q <= run_q && ((address_q[0] && term) || (carry_q && (address_q[0] || term)));
    if (fresh_q) nonzero_q <= 1'b0;
    else if (run_q && !bit_q[4]) nonzero_q <= nonzero_q || counted;
  end

  // ---------------------------------------------------------------- bits on the way
  wire part_bit = at_part && run_q && bit_q < 5'd8;
  wire part_differs = memory_bit == columns_q[0];
  // before_q: in EXTEND, bits above the word's; in STEP and ROW, the borrow.
  always @(posedge clk_i) begin
    if (fresh_q) before_q <= 1'b1;
    else if (!at_extend) before_q <= before_q && !count_bit;
    else if (bits_end) before_q <= 1'b1;
    else if (~bit_q == width_q) before_q <= 1'b0;
    if (run_q && bit_q == 5'd0 && (at_extend ? !turn_q[0] : at_gather && in_word))
      sign_q <= at_extend ? x_q[31] : memory_bit;

    if (fresh_q && (at_number || at_part)) differs_q <= 1'b0;
    else if (at_number ? run_q && memory_bit != x_q[7] : part_bit && part_differs)
      differs_q <= 1'b1;
    if (part_bit && part_differs) above_q <= memory_bit;
    if (part_bit) zero_q <= (bit_q == 5'd0 || zero_q) && !memory_bit;
    if (at_part && run_q && bit_q == 5'd8) last_q <= memory_bit;
  end

  // ---------------------------------------------------------------- core
  wire access = at_access && run_q;
  wire response = bus_write ? m_axil_bvalid_i : m_axil_rvalid_i;
  wire refused = bus_write ? m_axil_bresp_i[1] : m_axil_rresp_i[1];
  assign m_axil_awvalid_o = access && bus_write && !address_taken_q;
  assign m_axil_wvalid_o = access && bus_write && !data_taken_q;
  assign m_axil_wdata_o = x_q;
  assign m_axil_bready_o = access && bus_write;
  assign m_axil_arvalid_o = access && !bus_write && !address_taken_q;
  assign m_axil_rready_o = access && !bus_write;
  assign m_axil_address_o = address_q;
  wire unused_ok = &{1'b0, m_axil_bresp_i[0], m_axil_rresp_i[0]};
  always @(posedge clk_i) begin
    address_taken_q <= access && (address_taken_q ||
                                  (bus_write ? m_axil_awready_i : m_axil_arready_i));
    data_taken_q <= access && (data_taken_q || m_axil_wready_i);
  end

  // As the core was ready a cycle ago: no beat comes right behind another.
  reg ready_q;
  always @(posedge clk_i) ready_q <= m_axis_tready_i;
  wire beat = ready_q && run_q && (at_pixel || at_close);
  assign m_axis_tvalid_o = beat;
  assign m_axis_tdata_o = read_byte_i;
  assign m_axis_tlast_o = at_close || (last_q && at_end);
  assign m_axis_tuser_o = {x_q[0], x_q[1], x_q[2], x_q[3], x_q[4], x_q[5], x_q[6], x_q[7]};

  // Nothing is lost by leaving these for another frame.
  wire waiting = run_q && ((pixel_first && !ready_q) || (result_first && !here_q));
  wire leave = waiting && length_due_i;

  // A result is taken behind its word's last byte, and the next one looked for later.
  wire byte_end = bit_q == 5'd23 && (at_store || (at_gather && turn_q != 2'd3));
  wire word_end = byte_end && turn_q == 2'd3;
  wire result_take = done_q && at_store && pixels;
  assign s_axis_tready_o = stale_q != 2'd0 || result_take;
  wire result_end = s_axis_tvalid_i && s_axis_tready_o && s_axis_tlast_i;

  // ---------------------------------------------------------------- next state
  reg fits, fits_q;  // the payload's length
  always @* begin
    fits = 1'b0;
    case (command_q)
      GREET: fits = length_q == 8'd0;
      READ: fits = length_q == 8'd13;
      WRITE: fits = |length_q[7:4] || &length_q[3:1];  // 14 and more
      FILL: fits = length_q == 8'd17;
      CHECKSUM: fits = length_q == 8'd16;
      PIXELS: fits = |length_q[7:2];  // 4 and more
      default: ;
    endcase
  end
  reg give_up_q;
  wire [4:0] word_begin = read ? CLEAR : write ? GATHER : fill ? SHIFT : ACCESS;

  // The run's last cycle.
  wire last = (at_idle && frame_i) || (at_gather && fresh_q && at_end) || leave ||
      (beat && (at_close || at_end)) || word_end || (access && response) ||
      (ends_at_31 && bits_end) || (ends_at_15 && bit_q[3:0] == 4'd15) ||
      (bits_end && ((at_gather && turn_q == 2'd3) || (at_shift && turn_q == 2'd2) ||
                    (at_extend && turn_q[0]))) ||
      (at_result && picked_q && bits_end) || (at_part && bit_q == 5'd23) ||
      (run_q && (ends_at_once || (ends_at_7 && bit_q[2:0] == 3'd7) || (keeps && write_ready_i) ||
                 (at_align && !at_q[7]) || (at_send && !sending_i)));

  always @* begin
    failed = 1'b0;
    failure = COMMAND;
    next_state = IDLE;
    case (state_q)
      IDLE: next_state = LAST;
      LAST: next_state = NUMBER;
      NUMBER: next_state = KEEP;
      KEEP: next_state = KIND;
      KIND: next_state = ALIGN;
      ALIGN: next_state = !reply_q ? JUDGE : pixels && status_q == OK ? RESULT : LENGTH;
      JUDGE:
        if (give_up_q) next_state = begun_q && picture_q == OPEN ? CLOSE : JUDGE;
        else if (!fits_q) failed = 1'b1;
        else if (!greeted_q && !greet && !read) begin
          failed = 1'b1;
          failure = RESET;
        end else next_state = greet ? RESULT : pixels ? PART : ADDRESS;
      CLOSE: next_state = JUDGE;
      ADDRESS: next_state = COUNTS;
      COUNTS: next_state = fill || checksum ? STATE : WIDTH;
      STATE: next_state = fill ? WIDTH : word_begin;
      WIDTH: next_state = word_begin;
      CLEAR: next_state = ACCESS;
      GATHER: begin
        failed = missed_q;
        next_state = ACCESS;
      end
      SHIFT: next_state = fill ? STORE : STEP;
      EXTEND: next_state = ACCESS;
      ACCESS: begin
        failed = refused_q;
        failure = BUS;
        next_state = read ? STORE : fill ? RELOAD : checksum ? SHIFT : STEP;
      end
      RELOAD: next_state = STEP;
      STEP: begin
        failed = read && too_long_q;
        next_state = !pixels ? (nonzero_q ? word_begin : ROW) : last_q ? ALIGN : IDLE;
      end
      ROW: begin
        failed = write && !nonzero_q && !at_end_q;
        next_state = nonzero_q ? COLUMNS : checksum ? STORE : write ? ALIGN : LENGTH;
      end
      COLUMNS: next_state = word_begin;
      PART: next_state = DECIDE;
      DECIDE:
        case (picture_q)
          NONE: begin
            failed = !zero_q;
            failure = GAP;
            next_state = FIRST;
          end
          OPEN: begin
            failed = differs_q && above_q;
            failure = GAP;
            next_state = differs_q ? IDLE : PIXEL;
          end
          AWAITED: next_state = last_q ? ALIGN : IDLE;
          default: next_state = last_q ? SEND : IDLE;
        endcase
      FIRST: next_state = PIXEL;
      PIXEL: next_state = left_q ? IDLE : STEP;
      RESULT: next_state = left_q ? IDLE : STORE;
      STORE:
        next_state = greet ? (at_q[3:2] == 2'd3 ? LENGTH : RESULT) :
                     pixels ? (result_last_q ? LENGTH : RESULT) :
                     fill ? EXTEND : checksum ? LENGTH : STEP;
      LENGTH: next_state = STATUS;
      STATUS: next_state = SEND;
      default: next_state = IDLE;  // SEND
    endcase
  end

  wire next_pixel = at_pixel && beat && !at_end;
  always @(posedge clk_i) begin
    enter_q <= rst_i || done_q;
    wait_q <= enter_q && !rst_i;
    fresh_q <= (wait_q || next_pixel) && !rst_i;
    run_q <= (fresh_q || run_q) && !last && !next_pixel && !rst_i;
    done_q <= last && !done_q && !enter_q && !rst_i;
    missed_q <= fresh_q;
    left_q <= leave;
    refused_q <= refused;
    if (done_q) begin
      bit_q <= 5'd0;
      turn_q <= 2'd0;
    end else if (run_q && !stalled && !result_waits) begin
      bit_q <= bits_end || byte_end ? 5'd0 : bit_next;
      if (bits_end || byte_end) turn_q <= turn_q + 2'd1;
    end
    if (state_q == IDLE) status_q <= OK;
    else if (done_q && failed) status_q <= failure;
    fits_q <= fits;
    give_up_q <= picture_q != NONE && (!pixels || differs_q || !fits_q);
    reply_q <= state_q != IDLE && (reply_q || state_q == JUDGE);
    if (done_q && state_q == KIND) command_q <= |read_byte_i[7:3] ? UNKNOWN : read_byte_i[2:0];
    if (done_q && state_q == WIDTH) width_q <= read_byte_i[4:0];
    if (length_write_i) length_q <= length_byte_i;
    else if (state_q == SEND && at_header) length_q <= read_byte_i;
    if (rst_i) state_q <= IDLE;
    else if (done_q) state_q <= failed ? ALIGN : next_state;
  end

  // ---------------------------------------------------------------- place in the memory
  wire restart = enter_q && (state_q == LAST || state_q == ALIGN || state_q == SEND);
  wire turn_around = at_store && (fill || checksum);
  reg by_bits_q;
  always @(posedge clk_i)
    by_bits_q <= run_q &&
        ((address_load && write && bit_q < 5'd13) || (at_part && bit_q < 5'd3) ||
         (at_gather && bit_q == 5'd8 && (turn_q == 2'd3 || more_word)) ||
         (at_store && bit_q == 5'd0 && (!read || in_word) && write_ready_i));
  wire forward = next_i || by_bits_q || (done_q && header_moves) || (fresh_q && at_pixel) ||
                 (run_q && at_align && at_q[7]);
  always @(posedge clk_i)
    if (restart) at_q <= 8'd253;
    else if (forward) begin
      at_q[1:0] <= at_q[1:0] + 2'd1;
      if (&at_q[1:0] && !turn_around) at_q[7:2] <= at_q[7:2] + 6'd1;
    end

  // ---------------------------------------------------------------- pictures
  wire part_end = at_pixel && beat && at_end;
  wire given_up = done_q && state_q == JUDGE && give_up_q && next_state != CLOSE;
  wire stale_more = (given_up && picture_q == AWAITED) || (at_close && beat);
  wire stale_less = stale_q != 2'd0 && result_end;
  always @(posedge clk_i)
    if (rst_i) begin
      picture_q <= NONE;
      stale_q <= 2'd0;
    end else begin
      if (given_up || (at_close && beat)) picture_q <= NONE;
      else if (state_q == FIRST) picture_q <= OPEN;
      else if (part_end && last_q) picture_q <= AWAITED;
      else if (result_take && result_end) picture_q <= DONE;
      if (stale_more != stale_less) stale_q <= stale_more ? stale_q + 2'd1 : stale_q - 2'd1;
    end
  always @(posedge clk_i)
    if (state_q == FIRST) begun_q <= 1'b0;
    else if (beat) begun_q <= 1'b1;

  // ---------------------------------------------------------------- whole link
  wire welcome = done_q && state_q == JUDGE && greet && fits_q && !give_up_q;
  always @(posedge clk_i)
    if (rst_i) begin
      greeted_q <= 1'b0;
      error_q <= 1'b0;
      damaged_q <= 4'd0;
    end else begin
      greeted_q <= greeted_q || welcome;
      error_q <= !welcome && (error_q || damaged_i || (done_q && failed));
      if (damaged_i && !(&damaged_q)) damaged_q <= damaged_q + 4'd1;
    end

  assign length_o = length_q;
  assign busy_o = !at_idle && !waiting;
  assign send_o = state_q == SEND && fresh_q;
  assign end_o = at_end && !at_header;
  assign waiting_o = picture_q == AWAITED || stale_q != 2'd0;
  assign error_o = error_q;
endmodule

`default_nettype wire
