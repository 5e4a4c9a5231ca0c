// engram_counters : every register of the address map as a word of one memory, which a scanner
//   visits in turn.
// SPDX-License-Identifier: 0BSD
//
// The memory holds the constants from the start, and the counters. What happens between two visits
// of a counter is counted beside it (engram_event_counter); its visit takes that and adds it. A
// visit is two cycles, the low half of the word and the high one:
//
//   cycle -1: address: whose visit is next
//          0: what was counted since the last visit is taken; the memory's word to a register
//          1: sum, written at its end
//
// No register has two visits in a row: the second would read what the first has not written yet.
// A register with few bits, and the random state, are added to a word of zeros. An access of the
// host waits for its register's visit; a step's reply has a visit to STEPS put in, at most six
// cycles after it was asked for: no step ends in between. CLEAR, and a reset, are a whole round in
// which zeros are written.
//
// STEP_CYCLES: the cycles of the step at work gather in a word of their own, RUN. When the step
// ends, what was not yet added to it is kept as `tail`, and STEP_CYCLES becomes RUN + tail in its
// next visit. Behind that RUN is stale and is written zero in its own.
`default_nettype none

module engram_counters #(
  parameter LAYERS = 3,                // 1..5
  parameter COUNTERS = 3,              // of a layer, 1..8: words in 4 of them, or in 8
  parameter COUNT_BITS = 7,            // of a layer's count between two visits
  parameter STEP_BITS = 2,             // of the steps' counts, 2..7: two where one takes 51 cycles
  parameter [255:0] CONSTANTS = 256'd0 // registers ID..FEATURES, ID lowest
) (
  input  wire        clk_i,
  input  wire        rst_i,
  // host: an access stands still from the cycle that shows it until done_o
  output wire        ready_o,          // accesses may begin
  input  wire        read_i,
  input  wire        write_i,          // RANDOM or STEPS
  input  wire        clear_i,
  input  wire        fault_i,          // counted in ACCESS
  input  wire [5:0]  register_i,
  input  wire [15:0] data_i,           // to write, low half first
  output wire        data_taken_o,
  output wire        value_valid_o,    // a half that was read, the low one first
  output wire [15:0] value_o,
  output wire        done_o,
  // registers kept elsewhere
  input  wire [1:0]  control_i,
  input  wire [1:0]  status_i,
  input  wire [3:0]  rate_i,
  input  wire [LAYERS-1:0] freeze_i,
  // random state: turned once by all its eight halves
  input  wire [15:0] random_i,         // its lowest
  output wire        random_turn_o,
  output wire        random_write_o,   // data_i comes in at the top, not random_i
  // what is counted
  input  wire        picture_i,
  input  wire        correct_i,
  input  wire        trained_i,
  input  wire        active_i,         // a step is at work
  input  wire        step_done_i,      // in the last cycle of those
  input  wire [3:1]  refused_i,
  output wire        hold_o,           // no further picture may be refused
  input  wire [COUNTERS*LAYERS*COUNT_BITS-1:0] counts_i,  // a layer's registers, layer 0 lowest
  output wire [COUNTERS*LAYERS-1:0] taken_o,
  // reply
  input  wire        steps_i,          // a pulse: STEPS is wanted
  output wire [1:0]  steps_valid_o     // value_o is its {high, low} half
);
  localparam [5:0] CONTROL = 6'h08, STATUS = 6'h09, RATE = 6'h0A, FREEZE = 6'h0B, RANDOM = 6'h0C,
                   STEPS = 6'h10, PICTURES = 6'h11, CORRECT = 6'h12, CYCLES_LOW = 6'h13,
                   CYCLES_HIGH = 6'h14, STEP_CYCLES = 6'h15, SHORT = 6'h16, LONG = 6'h17,
                   LABEL = 6'h18, ACCESS = 6'h19, RUN = 6'h1D;
  localparam LAYER_WORDS = COUNTERS > 4 ? 8 : 4;
  localparam [31:0] LAST = 32'h1F + LAYER_WORDS * LAYERS;
  localparam ROUND = 2 * (32 + LAYER_WORDS * LAYERS);  // cycles, without what is put in
  localparam CYCLE_BITS = ROUND + 8 < 128 ? 7 : 8;
  localparam RUN_BITS = 2 * ROUND + 16 < 256 ? 8 : 9;  // two rounds and 16 cycles

  // ---------------------------------------------------------------- scanner
  reg [5:0] place_q, scan_q;   // what is visited; what is next in turn
  reg       high_q, put_in_q;
  reg       wanted_q, steps_high_q;
  // The next visit is put in, unless the carry goes on there, or STEPS has just had one.
  wire put_in = wanted_q && scan_q != CYCLES_HIGH && place_q != STEPS;
  wire in_turn = high_q && (!put_in || scan_q == STEPS);  // scan_q's visit begins
  wire [5:0] next_place = put_in ? STEPS : scan_q;
  wire round_end = high_q && place_q == LAST[5:0];
  wire unused_ok = &{1'b0, LAST};
  always @(posedge clk_i)
    if (rst_i) begin
      place_q <= 6'd0;
      scan_q <= 6'd1;
      high_q <= 1'b0;
      put_in_q <= 1'b0;
      wanted_q <= 1'b0;
    end else begin
      high_q <= !high_q;
      if (high_q) begin
        place_q <= next_place;
        put_in_q <= put_in;
      end
      if (in_turn) scan_q <= scan_q == LAST[5:0] ? 6'd0 : scan_q + 6'd1;
      wanted_q <= steps_i || (wanted_q && !(high_q && put_in));
    end
  always @(posedge clk_i) steps_high_q <= put_in_q && high_q && !rst_i;
  assign steps_valid_o = {steps_high_q, put_in_q && high_q};

  // A visit's first cycle, by what is visited.
  reg at_control_q, at_status_q, at_rate_q, at_freeze_q, at_steps_q, at_pictures_q, at_correct_q,
      at_cycles_q, at_cycles_high_q, at_step_cycles_q, at_access_q, at_run_q;
  reg [3:1] at_refused_q;
  reg [COUNTERS*LAYERS-1:0] at_layers_q;
  integer i;
  always @(posedge clk_i) begin
    at_control_q <= in_turn && scan_q == CONTROL;
    at_status_q <= in_turn && scan_q == STATUS;
    at_rate_q <= in_turn && scan_q == RATE;
    at_freeze_q <= in_turn && scan_q == FREEZE;
    at_steps_q <= high_q && (put_in || scan_q == STEPS);
    at_pictures_q <= in_turn && scan_q == PICTURES;
    at_correct_q <= in_turn && scan_q == CORRECT;
    at_cycles_q <= in_turn && scan_q == CYCLES_LOW;
    at_cycles_high_q <= in_turn && scan_q == CYCLES_HIGH;
    at_step_cycles_q <= in_turn && scan_q == STEP_CYCLES;
    at_refused_q <= {3{in_turn}} & {scan_q == LABEL, scan_q == LONG, scan_q == SHORT};
    at_access_q <= in_turn && scan_q == ACCESS;
    at_run_q <= in_turn && scan_q == RUN;
    for (i = 0; i < COUNTERS * LAYERS; i = i + 1)
      at_layers_q[i] <=
          in_turn && {26'd0, scan_q} == 32 + i / COUNTERS * LAYER_WORDS + i % COUNTERS;
  end

  reg reset_q, clear_q;        // this round writes zeros
  wire clear_start = round_end && clear_i && !clear_q;
  always @(posedge clk_i)
    if (rst_i) begin
      reset_q <= 1'b1;
      clear_q <= 1'b0;
    end else if (round_end) begin
      reset_q <= 1'b0;
      clear_q <= clear_start;
    end
  assign ready_o = !reset_q;

  // ---------------------------------------------------------------- host
  reg step_done_q;
  reg ended_q;                 // STEP_CYCLES is to become RUN + tail
  reg stale_q;                 // RUN is of a step before the last one that ended
  wire postponed = stale_q || step_done_q;
  // Seen where a visit begins.
  reg turn_q, hit_q, valid_q, second_q, done_q;
  // From an access's second cycle on: what much hangs on is decoded in its first.
  reg read_q, write_q, in_random_q;
  wire access = read_q || write_q;
  always @(posedge clk_i) begin
    read_q <= read_i && !done_q && !rst_i;
    write_q <= write_i && !done_q && !rst_i;
    in_random_q <= register_i[5:2] == RANDOM[5:2];
  end
  wire behind = register_i == STEP_CYCLES && ended_q && postponed;  // right a round later
  wire turn = in_turn && scan_q[5:2] == RANDOM[5:2] &&
              (scan_q[1:0] == 2'd0 ? access && in_random_q : turn_q);
  wire hit = access && (in_random_q ? turn && scan_q[1:0] == register_i[1:0]
                                  : (in_turn && scan_q == register_i && !behind) ||
                                    (put_in && register_i == STEPS));
  wire set = hit_q && write_q && !in_random_q;  // STEPS: zero, and in the next round the data added
  wire fault = fault_i && at_access_q;
  wire random_end = turn_q && place_q[1:0] == 2'd3;
  always @(posedge clk_i) begin
    if (rst_i || high_q) begin
      turn_q <= turn && !rst_i;
      hit_q <= hit && !rst_i;
    end
    valid_q <= hit_q;
    second_q <= !rst_i && (set && high_q ? !second_q : second_q);
    done_q <= fault || (high_q && (in_random_q ? random_end && access
                                             : hit_q && (read_q || (write_q && second_q)))) ||
              (round_end && clear_q);
  end
  assign data_taken_o = hit_q && write_q && (in_random_q || second_q);
  assign value_valid_o = valid_q && read_q;
  assign done_o = done_q;
  assign random_turn_o = turn_q;
  assign random_write_o = hit_q && write_q;

  // ---------------------------------------------------------------- what is counted here
  wire [STEP_BITS-1:0]  steps, pictures, corrects;
  wire [CYCLE_BITS-1:0] cycles;
  wire [RUN_BITS-1:0]   run;
  engram_event_counter #(.COUNT_BITS(STEP_BITS), .OUT_BITS(STEP_BITS)) u_steps (
    .clk_i(clk_i), .take_i(at_steps_q), .flags_i(trained_i), .count_o(steps)
  );
  engram_event_counter #(.COUNT_BITS(STEP_BITS), .OUT_BITS(STEP_BITS)) u_pictures (
    .clk_i(clk_i), .take_i(at_pictures_q), .flags_i(picture_i), .count_o(pictures)
  );
  engram_event_counter #(.COUNT_BITS(STEP_BITS), .OUT_BITS(STEP_BITS)) u_correct (
    .clk_i(clk_i), .take_i(at_correct_q), .flags_i(correct_i), .count_o(corrects)
  );
  engram_event_counter #(.COUNT_BITS(CYCLE_BITS), .OUT_BITS(CYCLE_BITS)) u_cycles (
    .clk_i(clk_i), .take_i(at_cycles_q), .flags_i(active_i), .count_o(cycles)
  );

  reg [3:1] refused_q;
  always @(posedge clk_i)
    if (rst_i || clear_start) refused_q <= 3'd0;
    else refused_q <= refused_i | (refused_q & ~(at_refused_q & {3{!reset_q && !clear_q}}));
  assign hold_o = |refused_q;

  reg                dirty_q;  // RUN is not zero
  reg [RUN_BITS-1:0] tail_q;
  reg                become_q;  // STEP_CYCLES' visit, which reads RUN's word
  wire become_next = in_turn && scan_q == STEP_CYCLES && ended_q && !postponed;
  wire become_low = become_q && !high_q;
  wire run_add = at_run_q && !ended_q && !stale_q && !step_done_q;
  engram_event_counter #(.COUNT_BITS(RUN_BITS), .OUT_BITS(RUN_BITS)) u_run (
    .clk_i(clk_i), .take_i(step_done_q || run_add), .flags_i(active_i), .count_o(run)
  );
  always @(posedge clk_i) begin
    if (high_q) become_q <= become_next;
    if (step_done_q) tail_q <= run;
    if (rst_i) begin
      step_done_q <= 1'b0;
      ended_q <= 1'b0;
      dirty_q <= 1'b0;
      stale_q <= 1'b0;
    end else begin
      step_done_q <= step_done_i;
      ended_q <= step_done_q || (ended_q && !become_low);
      dirty_q <= run_add || (dirty_q && !(at_run_q && stale_q));
      stale_q <= (dirty_q && (become_low || (step_done_q && ended_q))) || (stale_q && !at_run_q);
    end
  end

  // ---------------------------------------------------------------- what a visit adds
  localparam ADD_BITS = COUNT_BITS > 16 ? COUNT_BITS : 16;
  localparam SUM_BITS = ADD_BITS + 1;
  assign taken_o = at_layers_q;

  wire [SUM_BITS-1:0] sum;
  wire [15:0] wide = ({16{turn_q}} & random_i) | ({16{set && second_q}} & data_i);
  reg  [ADD_BITS:0] addend;    // its top bit stays zero
  integer k;
  always @* begin
    addend = {{(ADD_BITS-15){1'b0}}, wide};
    for (k = 0; k < COUNTERS * LAYERS; k = k + 1)
      addend[COUNT_BITS-1:0] = addend[COUNT_BITS-1:0] |
                               ({COUNT_BITS{at_layers_q[k]}} & counts_i[k*COUNT_BITS +: COUNT_BITS]);
    addend[STEP_BITS-1:0] = addend[STEP_BITS-1:0] | ({STEP_BITS{at_steps_q}} & steps) |
                            ({STEP_BITS{at_pictures_q}} & pictures) |
                            ({STEP_BITS{at_correct_q}} & corrects);
    addend[1:0] = addend[1:0] | ({2{at_control_q}} & control_i) | ({2{at_status_q}} & status_i) |
                  {1'b0, |(at_refused_q & refused_q) || fault};
    addend[3:0] = addend[3:0] | ({4{at_rate_q}} & rate_i);
    addend[LAYERS-1:0] = addend[LAYERS-1:0] | ({LAYERS{at_freeze_q}} & freeze_i);
    addend[CYCLE_BITS-1:0] = addend[CYCLE_BITS-1:0] | ({CYCLE_BITS{at_cycles_q}} & cycles);
    addend[RUN_BITS-1:0] = addend[RUN_BITS-1:0] | ({RUN_BITS{become_low}} & tail_q) |
                           ({RUN_BITS{run_add}} & run);
    if (high_q || at_cycles_high_q)
      addend[SUM_BITS-17:0] = addend[SUM_BITS-17:0] | sum[SUM_BITS-1:16];
  end

  wire keep = at_steps_q || at_step_cycles_q || at_run_q;  // CLEAR does not touch them
  reg zero_q;
  wire zero = high_q ? zero_q : reset_q || (clear_q && !keep) || (at_run_q && stale_q) ||
                                (set && !second_q);

  // ---------------------------------------------------------------- memory
  (* no_rw_check *)
  reg [15:0]         memory_q [0:127] /*verilator public_flat_rd*/;
  reg [15:0]         read_word_q, word_q;
  reg [6:0]          at_q /*verilator public_flat_rd*/;
  reg [ADD_BITS-1:0] addend_q /*verilator public_flat_rd*/;
  integer w;
  initial begin
    for (w = 0; w < 16; w = w + 1) memory_q[w] = CONSTANTS[16*w +: 16];
    for (w = 16; w < 128; w = w + 1) memory_q[w] = 16'd0;
  end
  wire [5:0] read_place = high_q ? next_place : place_q;
  wire become = high_q ? become_next : become_q;
  assign sum = {{(SUM_BITS-16){1'b0}}, word_q} + {1'b0, addend_q};
  assign value_o = sum[15:0];
  wire unused_addend_ok = &{1'b0, addend[ADD_BITS]};
  always @(posedge clk_i) begin
    at_q <= {place_q, high_q};
    addend_q <= addend[ADD_BITS-1:0];
    zero_q <= zero;
    if (at_q[6:5] != 2'b00) memory_q[at_q] <= zero_q ? 16'd0 : sum[15:0];
    read_word_q <= memory_q[{read_place[5:4], read_place[3] || become, read_place[2:0], !high_q}];
    word_q <= read_word_q;
  end
endmodule

`default_nettype wire
