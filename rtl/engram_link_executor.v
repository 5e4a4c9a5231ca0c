// engram_link_executor : does what a frame in the link's memory asks for, and makes the reply.
// SPDX-License-Identifier: 0BSD
//
// docs/link.md has the commands. Everything is done a bit at a time, because area matters more here
// than time: addresses and counts turn around in engram_link_walk, words in engram_link_words. What
// a state does stands in the table below, and where it goes in the one behind it.
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
  localparam [2:0] OK = 3'd0, BUS = 3'd1, COMMAND = 3'd2, RESET = 3'd3, GAP = 3'd4;
  localparam [1:0] NONE = 2'd0, OPEN = 2'd1, AWAITED = 2'd2;  // pictures, else done

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
  reg [7:0]  length_q, at_q;
  reg [4:0]  width_q;
  wire [31:0] x;
  wire [1:0] picture;
  wire       begun, stale, differs, above, zero, last_part, due_bit, left;

  wire bits_end = bit_q == 5'd31;
  wire at_end = at_q == length_q;
  wire at_header = &at_q[7:2];                        // past the longest payload, 248
  wire too_long = at_q > 8'd248;
  wire in_word = {1'b0, turn_q} < width_q[2:0];       // the word has this byte
  wire more_word = {1'b0, turn_q} + 3'd1 < width_q[2:0];

  // ---------------------------------------------------------------- decoded
  // The command from ALIGN on; the state from `fresh` to `done`.
  wire greet, read, write, fill, checksum, pixels, bus_write, fits;
  engram_link_command u_command (
    .clk_i(clk_i), .take_i(done_q && state_q == KIND), .byte_i(read_byte_i), .length_i(length_q),
    .greet_o(greet), .read_o(read), .write_o(write), .fill_o(fill), .checksum_o(checksum),
    .pixels_o(pixels), .bus_write_o(bus_write), .fits_o(fits)
  );
  reg [29:0] at;                              // at[STATE]
  reg result_first, pixel_first;              // in the run alone: of all that comes
  reg too_long_q, at_end_q, result_last_q;    // a cycle late
  always @(posedge clk_i) begin
    at <= 30'd1 << state_q;
    result_first <= at[RESULT] && !greet && at_q[7:2] == 6'd0;
    pixel_first <= at[PIXEL] && !begun;
    too_long_q <= too_long;
    at_end_q <= at_end;
    result_last_q <= s_axis_tlast_i;
  end

  // What a state does.
  localparam [3:0] ELSE = 4'd0, ONCE = 4'd1, BITS_8 = 4'd2, BITS_16 = 4'd4, BITS_32 = 4'd8;
  reg [3:0] ends;               // behind how many bits, or somehow else
  reg msb, by_at, upper;        // memory: bits of a byte, and bytes of a word, highest first; reads
                                //   at at_q, else from `field` on; in the reply
  reg x_load, x_moves;          // the memory's bits to x; x moves in each cycle of the run
  reg address_load, address_moves, columns_load, columns_move, rows_load;
  reg keeps, header_moves;      // a byte of the reply; to the header's next byte
  reg [4:0] field;
  reg [20:0] does;
  always @*
    case (state_q)
      //                 ends     memory  x      walk      header field
      LAST:     does = {BITS_8,  3'b111, 2'b11, 5'b00000, 2'b00, 5'd0};
      NUMBER:   does = {BITS_8,  3'b110, 2'b11, 5'b00000, 2'b00, 5'd0};
      KEEP:     does = {ELSE,    3'b000, 2'b00, 5'b00000, 2'b11, 5'd0};
      KIND:     does = {ONCE,    3'b010, 2'b00, 5'b00000, 2'b01, 5'd0};
      ADDRESS:  does = {BITS_32, 3'b000, 2'b00, 5'b11000, 2'b00, 5'd0};
      COUNTS:   does = {BITS_32, 3'b000, 2'b00, 5'b00111, 2'b00, 5'd4};
      STATE:    does = {BITS_32, 3'b100, 2'b11, 5'b00000, 2'b00, 5'd15};
      WIDTH:    does = {ONCE,    3'b000, 2'b00, 5'b00000, 2'b00, fill ? 5'd16 : 5'd12};
      GATHER:   does = {ELSE,    3'b110, 2'b01, 5'b00000, 2'b00, 5'd0};
      SHIFT, STORE: does = {ELSE, 3'b000, 2'b01, 5'b00000, 2'b00, 5'd0};
      RELOAD:   does = {BITS_32, 3'b101, 2'b11, 5'b00000, 2'b00, 5'd3};
      STEP:     does = {BITS_32, 3'b000, 2'b00, 5'b01010, 2'b00, 5'd0};
      ROW:      does = {BITS_32, 3'b000, 2'b00, 5'b01000, 2'b00, 5'd8};
      COLUMNS:  does = {BITS_16, 3'b000, 2'b00, 5'b00110, 2'b00, 5'd4};
      PART:     does = {ELSE,    3'b000, 2'b11, 5'b00010, 2'b00, 5'd0};
      FIRST:    does = {BITS_16, 3'b000, 2'b00, 5'b00010, 2'b00, 5'd0};
      PIXEL:    does = {ELSE,    3'b010, 2'b00, 5'b00000, 2'b00, 5'd0};
      RESULT:   does = {ELSE,    3'b100, 2'b00, 5'b00000, 2'b00, 5'd0};
      LENGTH, STATUS: does = {ELSE, 3'b000, 2'b00, 5'b00000, 2'b10, 5'd0};
      SEND:     does = {ELSE,    3'b011, 2'b00, 5'b00000, 2'b00, 5'd0};
      JUDGE, DECIDE, CLEAR: does = {ONCE, 17'd0};
      default:  does = {ELSE,    17'd0};
    endcase
  always @(posedge clk_i)
    {ends, msb, by_at, upper, x_load, x_moves, address_load, address_moves, columns_load,
     columns_move, rows_load, keeps, header_moves, field} <= does;

  // ---------------------------------------------------------------- memory
  wire [4:0] index = bit_q ^ {5{msb}};
  reg [7:0] byte_q;  // bits come from here: a memory's own output is late in the cycle
  always @(posedge clk_i) byte_q <= read_byte_i;
  wire memory_bit = byte_q[index[2:0]];
  wire [4:0] bit_next = bit_q + 5'd1;
  wire [4:0] bit_read = bit_q + 5'd2;
  wire unused_read_ok = &{1'b0, bit_read[2:0]};
  // `field` is the first byte; those behind it follow, down where it is the highest.
  assign read_o = !at[PIXEL] || fresh_q;
  assign read_address_o =
      {upper, by_at ? at_q : {3'b000, field[4:2], field[1:0] ^ bit_read[4:3]}};

  wire store = run_q && (keeps || (at[STORE] && bit_q == 5'd0));
  wire stalled = store && !write_ready_i;
  wire header = at[LENGTH] || at[STATUS];
  assign write_o = store && (!at[STORE] || !read || in_word);
  assign write_address_o = {at_q[7:1] | {7{header}}, header ? at[LENGTH] : at_q[0]};
  wire x_reply = (fill || checksum) && status_q == OK;  // at_q has turned around: 4 bytes
  assign write_byte_o = at[LENGTH] ? {at_q[7:3], at_q[2] || x_reply, at_q[1:0]} :
                        at[STATUS] ? {5'd0, status_q} : x[7:0];

  // ---------------------------------------------------------------- bus
  wire access = at[ACCESS] && run_q;
  wire response, refused, word_read;
  engram_link_bus u_bus (
    .clk_i(clk_i), .access_i(access), .write_i(bus_write), .response_o(response),
    .refused_o(refused), .read_o(word_read),
    .m_axil_awvalid_o(m_axil_awvalid_o), .m_axil_awready_i(m_axil_awready_i),
    .m_axil_wvalid_o(m_axil_wvalid_o), .m_axil_wready_i(m_axil_wready_i),
    .m_axil_bvalid_i(m_axil_bvalid_i), .m_axil_bready_o(m_axil_bready_o),
    .m_axil_bresp_i(m_axil_bresp_i), .m_axil_arvalid_o(m_axil_arvalid_o),
    .m_axil_arready_i(m_axil_arready_i), .m_axil_rvalid_i(m_axil_rvalid_i),
    .m_axil_rready_o(m_axil_rready_o), .m_axil_rresp_i(m_axil_rresp_i)
  );
  assign m_axil_wdata_o = x;

  // ---------------------------------------------------------------- words
  wire result_there, result_taken, result_bit;
  engram_link_results #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_results (
    .clk_i(clk_i), .rst_i(rst_i), .damaged_i(damaged_i), .run_i(at[RESULT] && run_q),
    .greet_i(greet), .word_i(at_q[3:2]), .index_i(index), .stale_i(stale),
    .valid_i(s_axis_tvalid_i), .data_i(s_axis_tdata_i), .there_o(result_there),
    .taken_o(result_taken), .bit_o(result_bit)
  );
  wire result_waits = at[RESULT] && !result_taken;
  engram_link_words u_words (
    .clk_i(clk_i), .fresh_i(fresh_q), .run_i(run_q), .hold_i(stalled || result_waits),
    .bit_i(bit_q), .turn_i(turn_q), .width_i(width_q),
    .clear_i(state_q == CLEAR), .load_i(x_load), .moves_i(x_moves), .gather_i(at[GATHER]),
    .shift_i(at[SHIFT]), .extend_i(at[EXTEND]), .result_i(at[RESULT]),
    .memory_bit_i(memory_bit), .result_bit_i(result_bit),
    .bus_i(word_read), .bus_word_i(m_axil_rdata_i), .x_o(x)
  );

  engram_link_walk #(.ADDRESS_BITS(ADDRESS_BITS)) u_walk (
    .clk_i(clk_i), .fresh_i(fresh_q), .run_i(run_q), .bit_i(bit_q), .memory_bit_i(memory_bit),
    .address_load_i(address_load), .address_moves_i(address_moves),
    .columns_load_i(columns_load), .columns_move_i(columns_move), .rows_load_i(rows_load),
    .step_i(at[STEP]), .row_i(at[ROW]), .first_i(at[FIRST]),
    .address_o(m_axil_address_o), .due_bit_o(due_bit), .left_o(left)
  );

  engram_link_due u_due (
    .clk_i(clk_i), .fresh_i(fresh_q), .run_i(run_q), .bit_i(bit_q), .memory_bit_i(memory_bit),
    .number_i(at[NUMBER]), .number_bit_i(x[7]), .part_i(at[PART]), .part_bit_i(due_bit),
    .differs_o(differs), .above_o(above), .zero_o(zero), .last_o(last_part)
  );

  // ---------------------------------------------------------------- pixels and results
  // As the core was ready a cycle ago: no beat comes right behind another.
  reg ready_q;
  always @(posedge clk_i) ready_q <= m_axis_tready_i;
  wire beat = ready_q && run_q && (at[PIXEL] || at[CLOSE]);
  assign m_axis_tvalid_o = beat;
  assign m_axis_tdata_o = read_byte_i;
  assign m_axis_tlast_o = at[CLOSE] || (last_part && at_end);
  assign m_axis_tuser_o = {x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]};

  // Nothing is lost by leaving these for another frame.
  wire waiting = run_q && ((pixel_first && !ready_q) || (result_first && !result_there));
  wire leave = waiting && length_due_i;

  // A result is taken behind its word's last byte, and the next one looked for later.
  wire byte_end = bit_q == 5'd23 && (at[STORE] || (at[GATHER] && turn_q != 2'd3));
  wire word_end = byte_end && turn_q == 2'd3;
  wire result_take = done_q && at[STORE] && pixels;
  assign s_axis_tready_o = stale || result_take;
  wire result_end = s_axis_tvalid_i && s_axis_tready_o && s_axis_tlast_i;

  // ---------------------------------------------------------------- next state
  reg give_up_q;
  wire [4:0] word_begin = read ? CLEAR : write ? GATHER : fill ? SHIFT : ACCESS;

  // The run's last cycle.
  wire last = (at[IDLE] && frame_i) || (at[GATHER] && fresh_q && at_end) || leave ||
      (beat && (at[CLOSE] || at_end)) || word_end || (access && response) ||
      (ends[3] && bits_end) || (ends[2] && bit_q[3:0] == 4'd15) ||
      (bits_end && ((at[GATHER] && turn_q == 2'd3) || (at[SHIFT] && turn_q == 2'd2) ||
                    (at[EXTEND] && turn_q[0]))) ||
      (at[RESULT] && result_taken && bits_end) || (at[PART] && bit_q == 5'd23) ||
      (run_q && (ends[0] || (ends[1] && bit_q[2:0] == 3'd7) || (keeps && write_ready_i) ||
                 (at[ALIGN] && !at_q[7]) || (at[SEND] && !sending_i)));

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
        if (give_up_q) next_state = begun && picture == OPEN ? CLOSE : JUDGE;
        else if (!fits) failed = 1'b1;
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
        next_state = !pixels ? (left ? word_begin : ROW) : last_part ? ALIGN : IDLE;
      end
      ROW: begin
        failed = write && !left && !at_end_q;
        next_state = left ? COLUMNS : checksum ? STORE : write ? ALIGN : LENGTH;
      end
      COLUMNS: next_state = word_begin;
      PART: next_state = DECIDE;
      DECIDE:
        case (picture)
          NONE: begin
            failed = !zero;
            failure = GAP;
            next_state = FIRST;
          end
          OPEN: begin
            failed = differs && above;
            failure = GAP;
            next_state = differs ? IDLE : PIXEL;
          end
          AWAITED: next_state = last_part ? ALIGN : IDLE;
          default: next_state = last_part ? SEND : IDLE;
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

  wire next_pixel = at[PIXEL] && beat && !at_end;
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
    give_up_q <= picture != NONE && (!pixels || differs || !fits);
    reply_q <= state_q != IDLE && (reply_q || state_q == JUDGE);
    if (done_q && state_q == WIDTH) width_q <= read_byte_i[4:0];
    if (length_write_i) length_q <= length_byte_i;
    else if (state_q == SEND && at_header) length_q <= read_byte_i;
    if (rst_i) state_q <= IDLE;
    else if (done_q) state_q <= failed ? ALIGN : next_state;
  end

  // ---------------------------------------------------------------- place in the memory
  wire restart = enter_q && (state_q == LAST || state_q == ALIGN || state_q == SEND);
  wire turn_around = at[STORE] && (fill || checksum);
  reg by_bits_q;
  always @(posedge clk_i)
    by_bits_q <= run_q &&
        ((address_load && write && bit_q < 5'd13) || (at[PART] && bit_q < 5'd3) ||
         (at[GATHER] && bit_q == 5'd8 && (turn_q == 2'd3 || more_word)) ||
         (at[STORE] && bit_q == 5'd0 && (!read || in_word) && write_ready_i));
  wire forward = next_i || by_bits_q || (done_q && header_moves) || (fresh_q && at[PIXEL]) ||
                 (run_q && at[ALIGN] && at_q[7]);
  always @(posedge clk_i)
    if (restart) at_q <= 8'd253;
    else if (forward) begin
      at_q[1:0] <= at_q[1:0] + 2'd1;
      if (&at_q[1:0] && !turn_around) at_q[7:2] <= at_q[7:2] + 6'd1;
    end

  // ---------------------------------------------------------------- pictures
  wire given_up = done_q && state_q == JUDGE && give_up_q && next_state != CLOSE;
  engram_link_pictures u_pictures (
    .clk_i(clk_i), .rst_i(rst_i), .first_i(state_q == FIRST), .beat_i(beat),
    .end_i(at[PIXEL] && beat && at_end && last_part), .closed_i(at[CLOSE] && beat),
    .given_up_i(given_up), .reply_i(result_take), .result_end_i(result_end),
    .picture_o(picture), .begun_o(begun), .stale_o(stale)
  );

  // ---------------------------------------------------------------- whole link
  wire welcome = done_q && state_q == JUDGE && greet && fits && !give_up_q;
  always @(posedge clk_i)
    if (rst_i) begin
      greeted_q <= 1'b0;
      error_q <= 1'b0;
    end else begin
      greeted_q <= greeted_q || welcome;
      error_q <= !welcome && (error_q || damaged_i || (done_q && failed));
    end

  assign length_o = length_q;
  assign busy_o = !at[IDLE] && !waiting;
  assign send_o = state_q == SEND && fresh_q;
  assign end_o = at_end && !at_header;
  assign waiting_o = picture == AWAITED || stale;
  assign error_o = error_q;
endmodule

`default_nettype wire
