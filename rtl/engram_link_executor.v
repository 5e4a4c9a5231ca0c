// engram_link_executor : does what a frame in the link's memory asks for, and makes the reply.
// SPDX-License-Identifier: 0BSD
//
// docs/link.md has the commands. Everything is done a bit at a time, because area matters more here
// than time: addresses and counts turn around in shift registers, lowest bit first, past a
// serial adder; words turn around in x, highest bit first, where xorshift32's three steps are one
// tap each (a step x ^= x << n needs x[i-n] while bit i is at the top; x ^= x >> 17 needs bits that
// the step does not change). Each state begins with a cycle that reads its first byte.
//
// Frame and reply have the same layout in the memory's two halves: number, command or status, and
// length at 253 to 255, payload from 0.
//
// The core is asked for one thing: its s_axis_tready does not wait for tvalid, and does not fall within
// a picture. So tvalid is only raised when the beat is taken, and a picture of which nothing was
// taken can be left when another frame comes.
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
  reg        done, failed;    // the state's last cycle; what follows is a status alone
  reg [2:0]  failure, status_q;
  reg        fresh_q;         // the state's first cycle
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

  wire run = !fresh_q;
  wire bits_end = bit_q == 5'd31;
  wire greet = command_q == GREET, read = command_q == READ, write = command_q == WRITE;
  wire fill = command_q == FILL, checksum = command_q == CHECKSUM, pixels = command_q == PIXELS;
  wire bus_write = write || fill;
  wire at_end = at_q == length_q;
  wire at_header = &at_q[7:2];                        // past the longest payload, 248
  wire too_long = at_q > 8'd248;
  wire in_word = {1'b0, turn_q} < width_q[2:0];       // the word has this byte
  wire more_word = {1'b0, turn_q} + 3'd1 < width_q[2:0];

  // ---------------------------------------------------------------- memory
  // Bits of a byte, and bytes of a word, highest first where x takes them.
  wire msb = state_q == LAST || state_q == NUMBER || state_q == STATE || state_q == GATHER ||
             state_q == RELOAD || state_q == RESULT;
  wire [4:0] index = bit_q ^ {5{msb}};
  wire memory_bit = read_byte_i[index[2:0]];
  wire [4:0] bit_next = bit_q + 5'd1;
  wire [1:0] byte_next = fresh_q ? {2{msb}} : bit_next[4:3] ^ {2{msb}};
  reg [4:0] field;
  always @* begin
    field = {3'b000, byte_next};
    case (state_q)
      COUNTS, COLUMNS: field[2] = 1'b1;
      ROW: field[3] = 1'b1;
      STATE: field[3:2] = 2'b11;
      WIDTH: field = fill ? 5'd16 : 5'd12;
      default: ;
    endcase
  end
  wire by_at = state_q == LAST || state_q == NUMBER || state_q == KIND || state_q == GATHER ||
               state_q == PIXEL || state_q == SEND;
  wire upper = state_q == LAST || state_q == RELOAD || state_q == SEND;
  assign read_o = state_q != PIXEL || fresh_q;
  assign read_address_o = {upper, by_at ? at_q : {3'b000, field}};

  wire store = run && (state_q == KEEP || state_q == LENGTH || state_q == STATUS ||
                       (state_q == STORE && bit_q == 5'd0));
  wire stalled = store && !write_ready_i;
  wire header = state_q == LENGTH || state_q == STATUS;
  assign write_o = store && (state_q != STORE || !read || in_word);
  assign write_address_o = {at_q[7:1] | {7{header}}, header ? state_q == LENGTH : at_q[0]};
  wire x_reply = (fill || checksum) && status_q == OK;  // at_q has turned around: 4 bytes
  assign write_byte_o = state_q == LENGTH ? {at_q[7:3], at_q[2] || x_reply, at_q[1:0]} :
                        state_q == STATUS ? {5'd0, status_q} : x_q[7:0];

  // ---------------------------------------------------------------- x
  wire tap = turn_q == 2'd0 ? x_q[18] && bit_q < 5'd19 :
             turn_q == 2'd1 ? x_q[16] && bit_q > 5'd16 : x_q[26] && bit_q < 5'd27;
  wire [31:0] clock_hz = CLOCK_HZ, baud = BAUD;
  wire [31:0] greeting = at_q[3] ? {12'd0, damaged_q, baud[31:16]} :
                         at_q[2] ? {baud[15:0], clock_hz[31:16]} :
                                   {clock_hz[15:0], 8'd248, 8'd1};
  reg x_in, x_enable;
  always @* begin
    x_in = x_q[31];
    x_enable = run && !stalled;
    case (state_q)
      LAST, NUMBER, STATE, RELOAD, PART: x_in = memory_bit;
      GATHER: if (bit_q < 5'd8) x_in = in_word ? memory_bit : sign_q;
      SHIFT: x_in = x_q[31] ^ tap;
      EXTEND: begin
        x_enable = run && (turn_q[0] || !before_q);
        if (turn_q[0] && before_q) x_in = sign_q;
      end
      RESULT: begin
        x_in = greet ? greeting[index] : s_axis_tdata_i[index];
        x_enable = run && (greet || result_here);
      end
      STORE: ;
      default: x_enable = 1'b0;
    endcase
  end
  wire x_read = m_axil_rready_o && m_axil_rvalid_i;
  always @(posedge clk_i)
    if (state_q == CLEAR) x_q <= 32'd0;
    else if (x_read || x_enable)
      x_q <= x_read ? x_q ^ m_axil_rdata_i : {x_q[30:0], x_in};

  // ---------------------------------------------------------------- addresses and counts
  wire term = state_q == ROW ? memory_bit : bit_q == 5'd2;
  wire address_turn = run && {27'd0, bit_q} < ADDRESS_BITS &&
                      (state_q == ADDRESS || state_q == STEP || state_q == ROW);
  wire count_bit = state_q == ROW ? rows_q[0] : columns_q[0];
  wire counted = count_bit ^ before_q;  // one less: before_q is the borrow
  wire columns_load = state_q == COUNTS || state_q == COLUMNS;
  wire columns_turn = run && !bit_q[4] && (columns_load || state_q == STEP || state_q == PART ||
                                           state_q == FIRST);
  wire rows_turn = run && ((state_q == COUNTS && bit_q[4]) || (state_q == ROW && !bit_q[4]));
  always @(posedge clk_i) begin
    if (address_turn)
      address_q <= {state_q == ADDRESS ? memory_bit : address_q[0] ^ term ^ carry_q,
                    address_q[ADDRESS_BITS-1:1]};
    if (columns_turn)
      columns_q <= {columns_load ? memory_bit : state_q == FIRST ? 1'b1 :
                    state_q == STEP ? counted : columns_q[0], columns_q[15:1]};
    if (rows_turn) rows_q <= {state_q == ROW ? counted : memory_bit, rows_q[15:1]};
    carry_q <= run && ((address_q[0] && term) || (carry_q && (address_q[0] || term)));
    if (fresh_q) nonzero_q <= 1'b0;
    else if (!bit_q[4]) nonzero_q <= nonzero_q || counted;
  end

  // ---------------------------------------------------------------- bits on the way
  // before_q: in EXTEND, bits above the word's; in STEP and ROW, the borrow.
  always @(posedge clk_i) begin
    if (fresh_q) before_q <= 1'b1;
    else if (state_q != EXTEND) before_q <= before_q && !count_bit;
    else if (bits_end) before_q <= 1'b1;
    else if (~bit_q == width_q) before_q <= 1'b0;
    if (bit_q == 5'd0)
      if (state_q == EXTEND ? !turn_q[0] : state_q == GATHER && in_word)
        sign_q <= state_q == EXTEND ? x_q[31] : memory_bit;

    if (fresh_q && (state_q == NUMBER || state_q == PART)) differs_q <= 1'b0;
    else if (state_q == NUMBER ? memory_bit != x_q[7] : part_bit && part_differs)
      differs_q <= 1'b1;
    if (part_bit && part_differs) above_q <= memory_bit;
    if (part_bit) zero_q <= (bit_q == 5'd0 || zero_q) && !memory_bit;
    if (state_q == PART && run && bit_q == 5'd8) last_q <= memory_bit;
  end
  wire part_bit = state_q == PART && run && bit_q < 5'd8;
  wire part_differs = memory_bit == columns_q[0];

  // ---------------------------------------------------------------- core
  wire access = state_q == ACCESS && run;
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

  wire beat = m_axis_tready_i && run && (state_q == PIXEL || state_q == CLOSE);
  assign m_axis_tvalid_o = beat;
  assign m_axis_tdata_o = read_byte_i;
  assign m_axis_tlast_o = state_q == CLOSE || (last_q && at_end);
  assign m_axis_tuser_o = {x_q[0], x_q[1], x_q[2], x_q[3], x_q[4], x_q[5], x_q[6], x_q[7]};

  // Nothing is lost by leaving these for another frame.
  wire waiting = run && ((state_q == PIXEL && !begun_q && !m_axis_tready_i) ||
                         (state_q == RESULT && pixels && !result_here && at_q[7:2] == 6'd0));
  wire leave = waiting && length_write_i;

  wire result_here = s_axis_tvalid_i && stale_q == 2'd0;
  wire byte_end = bit_q == 5'd23 && (state_q == STORE || (state_q == GATHER && turn_q != 2'd3));
  wire word_end = byte_end && turn_q == 2'd3;
  wire result_take = word_end && pixels;
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
  wire give_up = picture_q != NONE && (!pixels || differs_q || !fits_q);
  wire [4:0] word_begin = read ? CLEAR : write ? GATHER : fill ? SHIFT : ACCESS;

  always @* begin
    done = run;
    failed = 1'b0;
    failure = COMMAND;
    next_state = IDLE;
    case (state_q)
      IDLE: begin
        done = frame_i;
        next_state = LAST;
      end
      LAST: begin
        done = run && bit_q[2:0] == 3'd7;
        next_state = NUMBER;
      end
      NUMBER: begin
        done = run && bit_q[2:0] == 3'd7;
        next_state = KEEP;
      end
      KEEP: begin
        done = run && !stalled;
        next_state = KIND;
      end
      KIND: next_state = ALIGN;
      ALIGN: begin
        done = run && !at_q[7];
        next_state = !reply_q ? JUDGE : pixels && status_q == OK ? RESULT : LENGTH;
      end
      JUDGE:
        if (give_up) next_state = begun_q && picture_q == OPEN ? CLOSE : JUDGE;
        else if (!fits_q) failed = 1'b1;
        else if (!greeted_q && !greet && !read) begin
          failed = 1'b1;
          failure = RESET;
        end else next_state = greet ? RESULT : pixels ? PART : ADDRESS;
      CLOSE: begin
        done = beat;
        next_state = JUDGE;
      end
      ADDRESS: begin
        done = bits_end;
        next_state = COUNTS;
      end
      COUNTS: begin
        done = bits_end;
        next_state = fill || checksum ? STATE : WIDTH;
      end
      STATE: begin
        done = bits_end;
        next_state = fill ? WIDTH : word_begin;
      end
      WIDTH: next_state = word_begin;
      CLEAR: next_state = ACCESS;
      GATHER: begin
        done = fresh_q ? at_end : turn_q == 2'd3 && bits_end;
        failed = fresh_q;
        next_state = ACCESS;
      end
      SHIFT: begin
        done = turn_q == 2'd2 && bits_end;
        next_state = fill ? STORE : STEP;
      end
      EXTEND: begin
        done = turn_q[0] && bits_end;
        next_state = ACCESS;
      end
      ACCESS: begin
        done = access && response;
        failed = refused;
        failure = BUS;
        next_state = read ? STORE : fill ? RELOAD : checksum ? SHIFT : STEP;
      end
      RELOAD: begin
        done = bits_end;
        next_state = STEP;
      end
      STEP: begin
        done = bits_end;
        failed = read && too_long;
        next_state = !pixels ? (nonzero_q ? word_begin : ROW) : last_q ? ALIGN : IDLE;
      end
      ROW: begin
        done = bits_end;
        failed = write && !nonzero_q && !at_end;
        next_state = nonzero_q ? COLUMNS : checksum ? STORE : write ? ALIGN : LENGTH;
      end
      COLUMNS: begin
        done = bit_q[3:0] == 4'd15;
        next_state = word_begin;
      end
      PART: begin
        done = bit_q == 5'd23;
        next_state = DECIDE;
      end
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
      FIRST: begin
        done = bit_q[3:0] == 4'd15;
        next_state = PIXEL;
      end
      PIXEL: begin
        done = beat || leave;
        next_state = leave ? IDLE : at_end ? STEP : PIXEL;
      end
      RESULT: begin
        done = bits_end || leave;
        next_state = leave ? IDLE : STORE;
      end
      STORE: begin
        done = word_end;
        next_state = greet ? (at_q[3:2] == 2'd3 ? LENGTH : RESULT) :
                     pixels ? (s_axis_tlast_i ? LENGTH : RESULT) :
                     fill ? EXTEND : checksum ? LENGTH : STEP;
      end
      LENGTH: begin
        done = run && !stalled;
        next_state = STATUS;
      end
      STATUS: begin
        done = run && !stalled;
        next_state = SEND;
      end
      default: begin  // SEND
        done = run && !sending_i;
        next_state = IDLE;
      end
    endcase
  end

  always @(posedge clk_i) begin
    fresh_q <= done;
    if (done) begin
      bit_q <= 5'd0;
      turn_q <= 2'd0;
    end else if (run && !stalled && !(state_q == RESULT && !x_enable)) begin
      bit_q <= bits_end || byte_end ? 5'd0 : bit_next;
      if (bits_end || byte_end) turn_q <= turn_q + 2'd1;
    end
    if (state_q == IDLE) status_q <= OK;
    else if (done && failed) status_q <= failure;
    fits_q <= fits;
    reply_q <= state_q != IDLE && (reply_q || state_q == JUDGE);
    if (done && state_q == KIND) command_q <= |read_byte_i[7:3] ? UNKNOWN : read_byte_i[2:0];
    if (done && state_q == WIDTH) width_q <= read_byte_i[4:0];
    if (length_write_i) length_q <= length_byte_i;
    else if (state_q == SEND && at_header) length_q <= read_byte_i;
    if (rst_i) state_q <= IDLE;
    else if (done) state_q <= failed ? ALIGN : next_state;
  end

  // ---------------------------------------------------------------- place in the memory
  wire restart = done && (state_q == IDLE || failed || next_state == SEND ||
                          (next_state == ALIGN && state_q != KIND));
  wire turn_around = state_q == STORE && (fill || checksum);
  reg forward;
  always @*
    case (state_q)
      KEEP: forward = done;
      KIND: forward = done;
      ALIGN: forward = run && at_q[7];
      ADDRESS: forward = run && write && bit_q < 5'd13;
      PART: forward = run && bit_q < 5'd3;
      PIXEL: forward = fresh_q;
      GATHER: forward = bit_q == 5'd8 && (turn_q == 2'd3 || more_word);
      STORE: forward = write_o && !stalled;
      SEND: forward = next_i;
      default: forward = 1'b0;
    endcase
  always @(posedge clk_i)
    if (restart) at_q <= 8'd253;
    else if (forward) begin
      at_q[1:0] <= at_q[1:0] + 2'd1;
      if (&at_q[1:0] && !turn_around) at_q[7:2] <= at_q[7:2] + 6'd1;
    end

  // ---------------------------------------------------------------- pictures
  wire part_end = state_q == PIXEL && beat && at_end;
  wire given_up = done && state_q == JUDGE && give_up && next_state != CLOSE;
  wire stale_more = (given_up && picture_q == AWAITED) || (state_q == CLOSE && beat);
  wire stale_less = stale_q != 2'd0 && result_end;
  always @(posedge clk_i)
    if (rst_i) begin
      picture_q <= NONE;
      stale_q <= 2'd0;
    end else begin
      if (given_up || (state_q == CLOSE && beat)) picture_q <= NONE;
      else if (state_q == FIRST) picture_q <= OPEN;
      else if (part_end && last_q) picture_q <= AWAITED;
      else if (result_take && result_end) picture_q <= DONE;
      if (stale_more != stale_less) stale_q <= stale_more ? stale_q + 2'd1 : stale_q - 2'd1;
    end
  always @(posedge clk_i)
    if (state_q == FIRST) begun_q <= 1'b0;
    else if (beat) begun_q <= 1'b1;

  // ---------------------------------------------------------------- whole link
  wire welcome = done && state_q == JUDGE && greet && fits_q && !give_up;
  always @(posedge clk_i)
    if (rst_i) begin
      greeted_q <= 1'b0;
      error_q <= 1'b0;
      damaged_q <= 4'd0;
    end else begin
      greeted_q <= greeted_q || welcome;
      error_q <= !welcome && (error_q || damaged_i || (done && failed));
      if (damaged_i && !(&damaged_q)) damaged_q <= damaged_q + 4'd1;
    end

  assign length_o = length_q;
  assign busy_o = state_q != IDLE && !waiting;
  assign send_o = state_q == SEND && fresh_q;
  assign end_o = at_end && !at_header;
  assign waiting_o = picture_q == AWAITED || stale_q != 2'd0;
  assign error_o = error_q;
endmodule

`default_nettype wire
