// engram_conv_serial : the convolution with its training for small chips: one value at a time,
//   TAPS_AT_ONCE taps a cycle, weights and their gradients in small memories.
// SPDX-License-Identifier: 0BSD
//
// Forward (E8) the values come position by position, filters innermost, each the sum of
// CHUNKS = TAPS / TAPS_AT_ONCE chunks, and the sums of the way back are cleared; backward (E15) the
// same multipliers take tap * G_L, and each weight's gradient is summed over all positions; then the
// weights are updated one by one (E16) and bit by bit, in the order filter, tap. A way back follows
// a whole way forward.
//
// Weight (tap, filter) is lane k % TAPS_AT_ONCE of word {filter, k / TAPS_AT_ONCE}. Where
// TAPS_AT_ONCE divides KERNEL_HEIGHT (and KERNEL_WIDTH > 1), k counts the taps column by column, as
// engram_window brings them; else row by row, k = tap.
//
// Stages: 0 turn of the window, weights read; 1 operands; 3 products; 3 + FORWARD_LEVELS their sum;
// 4 + FORWARD_LEVELS the value. Backward: in 2 the sums so far are read, in 4 the new ones written.
//
// Cycles, with Q = max(CHUNKS, KERNEL_HEIGHT), P = max(FILTERS * CHUNKS, KERNEL_HEIGHT) and
// R = (KERNEL_WIDTH - 1) * Q + (WIDTH - KERNEL_WIDTH + 1) * P: position (y, x) begins
// B(y, x) = KERNEL_HEIGHT + 1 + y * R + (KERNEL_WIDTH - 1) * Q + x * P cycles after the start, its
// sum of filter r is there at B + (r + 1) * CHUNKS + 3 + FORWARD_LEVELS, and with B of the last
// position updated_o is up at B + FILTERS * CHUNKS - 1 + UPDATE_CYCLES * FILTERS * TAPS, where
// UPDATE_CYCLES = 7 + ROUND_BITS + max(WEIGHT_WORD_BITS, UPDATE_BITS - UPDATE_SHIFT + 1).
`default_nettype none

module engram_conv_serial #(
  // shape
  parameter FILTERS = 3,             // 1..16
  parameter HEIGHT = 28,             // of the picture, 1..64
  parameter WIDTH = 28,              // 1..64
  parameter KERNEL_HEIGHT = 4,       // 1..8
  parameter KERNEL_WIDTH = 4,        // 1..8
  // layout
  parameter TAPS_AT_ONCE = 4,        // divides KERNEL_HEIGHT * KERNEL_WIDTH
  parameter TRAINING = 1,            // 0: no way back
  parameter LOGIC_MULTIPLIERS = 0,   // of TAPS_AT_ONCE, made of logic
  // formats, in bits
  parameter PIXEL_BITS = 8,
  parameter WEIGHT_BITS = 8,         // of a weight's value, 4..24
  parameter WEIGHT_WORD_BITS = WEIGHT_BITS,  // as it is stored
  parameter GRADIENT_BITS = 8,       // 4..24
  parameter SUM_BITS = 20,           // exact forward sum
  parameter UPDATE_BITS = 25,        // exact sum over all positions
  // update
  parameter UPDATE_SHIFT = 6,
  parameter ROUNDING = 1,            // 0 nearest, 1 stochastic, 2 truncate
  parameter ROUND_BITS = 10,
  parameter LAYER = 0,
  parameter HASH_LAYER_BITS = 2,
  parameter HASH_ROW_BITS = 11,
  parameter HASH_COLUMN_BITS = 6,
  // weights that it has from its start
  parameter LOADED = 0,              // 1: the weights begin as INITIAL, word 0 of kernel_q lowest
  parameter INITIAL_BITS = 1,        // of all its words
  parameter [INITIAL_BITS-1:0] INITIAL = 0,
  // from the others
  parameter RATE_BITS = 4,
  parameter TAPS = KERNEL_HEIGHT * KERNEL_WIDTH,
  parameter FILTER_BITS = FILTERS > 1 ? $clog2(FILTERS) : 1,
  parameter TAP_BITS = TAPS > 1 ? $clog2(TAPS) : 1,
  parameter PIXEL_ADDRESS_BITS = HEIGHT * WIDTH > 1 ? $clog2(HEIGHT * WIDTH) : 1
) (
  input  wire                          clk_i,
  input  wire                          rst_i,
  // step
  input  wire                          forward_start_i,
  input  wire                          backward_start_i,
  input  wire                          freeze_i,
  input  wire [RATE_BITS-1:0]          rate_i,
  input  wire [ROUND_BITS-1:0]         base_i,
  input  wire [HASH_LAYER_BITS+HASH_ROW_BITS+HASH_COLUMN_BITS+ROUND_BITS-2:0] key_i,
  // pixel memory: data one cycle after pixel_read_o, held until the next read
  output wire                          pixel_read_o,
  output wire [PIXEL_ADDRESS_BITS-1:0] pixel_address_o,
  input  wire [PIXEL_BITS-1:0]         pixel_i,
  // forward sums, value FILTERS * position + filter after value
  output wire                          sum_valid_o,
  output wire signed [SUM_BITS-1:0]    sum_o,
  // gradients with respect to the values, in the same order: data two cycles after gradient_read_o,
  // held until the next read
  output wire                          gradient_read_o,
  input  wire [GRADIENT_BITS-1:0]      gradient_i,
  output wire                          updated_o,        // the last weight is being written
  // host, while idle: data three cycles after host_read_i
  input  wire                          host_read_i,
  input  wire                          host_write_i,
  input  wire [TAP_BITS-1:0]           host_row_i,       // tap
  input  wire [FILTER_BITS-1:0]        host_unit_i,      // filter
  input  wire [WEIGHT_WORD_BITS-1:0]   host_data_i,
  output wire [WEIGHT_WORD_BITS-1:0]   host_data_o,
  // counters
  output wire                          lost_o
);
  localparam FORWARD_LEVELS = $clog2(TAPS_AT_ONCE);
  localparam CHUNKS = TAPS / TAPS_AT_ONCE;
  localparam CHUNK_BITS = CHUNKS > 1 ? $clog2(CHUNKS) : 1;
  localparam LANE_BITS = TAPS_AT_ONCE > 1 ? $clog2(TAPS_AT_ONCE) : 1;
  localparam ADDRESS_BITS = FILTER_BITS + CHUNK_BITS;
  localparam WORDS = 1 << ADDRESS_BITS;
  localparam COLUMNS = KERNEL_WIDTH > 1 && KERNEL_HEIGHT % TAPS_AT_ONCE == 0;
  localparam PLACE_BITS = TAP_BITS + FILTER_BITS;
  localparam KERNEL_BITS = TAPS_AT_ONCE * WEIGHT_WORD_BITS;
  localparam OPERAND_BITS =
      TRAINING != 0 && GRADIENT_BITS > WEIGHT_BITS ? GRADIENT_BITS : WEIGHT_BITS;
  localparam PRODUCT_BITS = PIXEL_BITS + OPERAND_BITS;
  localparam FULL_BITS = PIXEL_BITS + WEIGHT_BITS;
  localparam TERM_BITS = FULL_BITS < SUM_BITS ? FULL_BITS : SUM_BITS;
  localparam WIDE_BITS = TERM_BITS + $clog2(TAPS_AT_ONCE);
  localparam TREE_BITS = WIDE_BITS < SUM_BITS ? WIDE_BITS : SUM_BITS;
  localparam [31:0] LAST_CHUNK = CHUNKS - 1;
  localparam [31:0] LAST_FILTER = FILTERS - 1;

  // ---------------------------------------------------------------- schedule
  reg                   backward_q;  // operands are gradients
  reg                   host_read_q, host_write_q;
  reg [FILTER_BITS-1:0] filter_q;
  reg [CHUNK_BITS-1:0]  chunk_q;
  reg [LANE_BITS-1:0]   lane_q;      // of the host's weight or the update's
  wire update;                       // weights are updated
  wire weight_end, lane_last;        // a weight's last cycle; it is the word's last
  wire turn, whole, window_last;
  wire chunk_last = chunk_q == LAST_CHUNK[CHUNK_BITS-1:0];
  wire filter_last = filter_q == LAST_FILTER[FILTER_BITS-1:0];
  wire column_end = chunk_last && (filter_last || !whole);
  wire pass_end = turn && column_end && window_last;
  wire forward_issue = turn && whole && !backward_q;
  wire backward_issue = turn && whole && backward_q;
  wire start = forward_start_i || backward_start_i;
  wire host = host_read_i || host_write_i;
  wire [ADDRESS_BITS-1:0] address = {filter_q, chunk_q};

  // {chunk, lane} of a tap.
  function [CHUNK_BITS+LANE_BITS-1:0] split;
    input [TAP_BITS-1:0] tap;
    integer i, k, b;
    begin
      split = {(CHUNK_BITS+LANE_BITS){1'b0}};
      for (i = 0; i < TAPS; i = i + 1) begin
        k = COLUMNS ? i % KERNEL_WIDTH * KERNEL_HEIGHT + i / KERNEL_WIDTH : i;
        for (b = 0; b < CHUNK_BITS + LANE_BITS; b = b + 1)
          if ({{(32-TAP_BITS){1'b0}}, tap} == i)
            split[b] = ((((k / TAPS_AT_ONCE) << LANE_BITS) + k % TAPS_AT_ONCE) >> b) % 2 == 1;
      end
    end
  endfunction

  always @(posedge clk_i) begin
    if (rst_i || forward_start_i) backward_q <= 1'b0;
    else if (backward_start_i) backward_q <= 1'b1;
    host_read_q <= host_read_i && !rst_i;
    host_write_q <= host_write_i && !rst_i;
    if (start) begin
      filter_q <= {FILTER_BITS{1'b0}};
      {chunk_q, lane_q} <= {(CHUNK_BITS+LANE_BITS){1'b0}};
    end else if (host) begin
      filter_q <= host_unit_i;
      {chunk_q, lane_q} <= split(host_row_i);
    end else begin
      if (weight_end) lane_q <= lane_last ? {LANE_BITS{1'b0}} : lane_q + 1'b1;
      if (turn || (weight_end && lane_last)) begin
        chunk_q <= chunk_last ? {CHUNK_BITS{1'b0}} : chunk_q + 1'b1;
        if (chunk_last && (whole || update))
          filter_q <= filter_last ? {FILTER_BITS{1'b0}} : filter_q + 1'b1;
      end
    end
  end

  wire [TAPS_AT_ONCE*PIXEL_BITS-1:0] taps;
  engram_window #(
    .HEIGHT(HEIGHT), .WIDTH(WIDTH), .KERNEL_HEIGHT(KERNEL_HEIGHT), .KERNEL_WIDTH(KERNEL_WIDTH),
    .TAPS_AT_ONCE(TAPS_AT_ONCE), .CHUNK_BITS(CHUNK_BITS), .COLUMNS(COLUMNS),
    .PIXEL_BITS(PIXEL_BITS), .PIXEL_ADDRESS_BITS(PIXEL_ADDRESS_BITS)
  ) u_window (
    .clk_i(clk_i), .rst_i(rst_i), .start_i(start),
    .valid_o(turn), .whole_o(whole), .last_o(window_last), .turn_i(turn), .end_i(column_end),
    .chunk_i(chunk_q), .taps_o(taps),
    .pixel_read_o(pixel_read_o), .pixel_address_o(pixel_address_o), .pixel_i(pixel_i)
  );

  // ---------------------------------------------------------------- weights
  // No word is read in the cycle that writes it.
  (* no_rw_check *)
  reg [KERNEL_BITS-1:0] kernel_q [0:WORDS-1] /*verilator public_flat_rd*/;
  generate
    if (LOADED != 0) begin : gen_loaded
      integer word;
      initial
        for (word = 0; word < WORDS; word = word + 1)
          kernel_q[word] = INITIAL[word*KERNEL_BITS +: KERNEL_BITS];
    end
  endgenerate
  reg [KERNEL_BITS-1:0] weights_q;
  reg [WEIGHT_WORD_BITS-1:0] old_q;     // the lane's
  reg [WEIGHT_WORD_BITS-1:0] weight_q;  // the host's or the updated one
  wire [WEIGHT_WORD_BITS-1:0] next_weight;
  wire update_read, update_write;
  wire kernel_write = host_write_q || update_write;
  wire [31:0] lane = {{(32-LANE_BITS){1'b0}}, lane_q};  // to compare with integers
  reg [WEIGHT_WORD_BITS-1:0] old_weight;
  integer picked, written;  // lanes
  always @* begin
    old_weight = weights_q[0 +: WEIGHT_WORD_BITS];
    for (picked = 1; picked < TAPS_AT_ONCE; picked = picked + 1)
      if (lane == picked) old_weight = weights_q[picked*WEIGHT_WORD_BITS +: WEIGHT_WORD_BITS];
  end
  always @(posedge clk_i) begin
    for (written = 0; written < TAPS_AT_ONCE; written = written + 1)
      if (kernel_write && lane == written)
        kernel_q[address][written*WEIGHT_WORD_BITS +: WEIGHT_WORD_BITS] <= weight_q;
    if (forward_issue || update_read || host_read_q) weights_q <= kernel_q[address];
    old_q <= old_weight;
    weight_q <= host_write_i ? host_data_i : next_weight;
  end
  assign host_data_o = old_q;
  // Weights written in the last step, for the benches; synthesizes to nothing.
  reg [31:0] writes_q /*verilator public_flat_rd*/;
  always @(posedge clk_i) writes_q <= forward_start_i ? 32'd0 : writes_q + {31'd0, update_write};

  // ---------------------------------------------------------------- multipliers
  wire [TAPS_AT_ONCE*PRODUCT_BITS-1:0] products;
  wire [TAPS_AT_ONCE*OPERAND_BITS-1:0] operands;
  wire [TAPS_AT_ONCE*TERM_BITS-1:0] terms;
  wire signed [GRADIENT_BITS-1:0] gradient = gradient_i;
  wire unused_ok = &{1'b0, LAST_CHUNK, LAST_FILTER, products};
  // What was issued, so many cycles ago.
  localparam STAGES = FORWARD_LEVELS > 0 ? 3 + FORWARD_LEVELS : 4;
  reg [STAGES:1] issued_q;
  always @(posedge clk_i)
    issued_q <= rst_i ? {STAGES{1'b0}} : {issued_q[STAGES-1:1], turn && whole};
  genvar t;
  generate
    for (t = 0; t < TAPS_AT_ONCE; t = t + 1) begin : gen_lane
      wire signed [WEIGHT_BITS-1:0] weight;
      engram_value #(
        .LAYER(LAYER), .WORD_BITS(WEIGHT_WORD_BITS), .VALUE_BITS(WEIGHT_BITS)
      ) u_value (
        .word_i(weights_q[t*WEIGHT_WORD_BITS +: WEIGHT_WORD_BITS]), .value_o(weight)
      );
      wire signed [OPERAND_BITS-1:0] operand;
      if (TRAINING != 0) begin : gen_either
        assign operand =
            backward_q ? {{(OPERAND_BITS-GRADIENT_BITS+1){gradient[GRADIENT_BITS-1]}},
                          gradient[GRADIENT_BITS-2:0]}
                       : {{(OPERAND_BITS-WEIGHT_BITS+1){weight[WEIGHT_BITS-1]}},
                          weight[WEIGHT_BITS-2:0]};
      end else begin : gen_weight
        assign operand = weight;
      end
      assign operands[t*OPERAND_BITS +: OPERAND_BITS] = operand;
      assign terms[t*TERM_BITS +: TERM_BITS] = products[t*PRODUCT_BITS +: TERM_BITS];
    end
  endgenerate
  engram_multipliers #(
    .COUNT(TAPS_AT_ONCE), .A_BITS(PIXEL_BITS), .B_BITS(OPERAND_BITS), .LOGIC(LOGIC_MULTIPLIERS)
  ) u_multipliers (
    .clk_i(clk_i), .rst_i(rst_i), .enable_i({TAPS_AT_ONCE{issued_q[1]}}),
    .nonzero_i({TAPS_AT_ONCE{1'b1}}), .a_i(taps), .b_i(operands), .products_o(products)
  );

  // ---------------------------------------------------------------- forward sums
  reg [CHUNK_BITS-1:0] summed_q;  // chunks in the sum
  wire chunk_valid = issued_q[3+FORWARD_LEVELS] && !backward_q;
  wire chunk_ends = chunk_valid && summed_q == LAST_CHUNK[CHUNK_BITS-1:0];
  wire chunk_first = summed_q == {CHUNK_BITS{1'b0}};
  wire signed [TREE_BITS-1:0] chunk_sum;
  engram_adder_tree #(
    .TERMS(TAPS_AT_ONCE), .TERM_BITS(TERM_BITS), .SUM_BITS(TREE_BITS), .LEVELS(FORWARD_LEVELS)
  ) u_tree (
    .clk_i(clk_i), .terms_i(terms), .sum_o(chunk_sum)
  );

  reg signed [SUM_BITS-1:0] sum_q;
  reg                       sum_valid_q;
  wire signed [SUM_BITS-1:0] chunk_wide =
      {{(SUM_BITS-TREE_BITS+1){chunk_sum[TREE_BITS-1]}}, chunk_sum[TREE_BITS-2:0]};
  always @(posedge clk_i) begin
    if (chunk_valid) sum_q <= chunk_first ? chunk_wide : sum_q + chunk_wide;
    if (start || chunk_ends) summed_q <= {CHUNK_BITS{1'b0}};
    else if (chunk_valid) summed_q <= summed_q + 1'b1;
    sum_valid_q <= chunk_ends && !rst_i;
  end
  assign sum_valid_o = sum_valid_q;
  assign sum_o = sum_q;

  // ---------------------------------------------------------------- gradients and update
  wire [PLACE_BITS-1:0]  place;  // tap * FILTERS + filter
  wire [UPDATE_BITS-1:0] u;
  generate
    if (TRAINING != 0) begin : gen_training
      localparam FULL_BACK_BITS = PIXEL_BITS + GRADIENT_BITS;
      localparam BACK_BITS = FULL_BACK_BITS < UPDATE_BITS ? FULL_BACK_BITS : UPDATE_BITS;
      localparam [31:0] LAST_LANE = TAPS_AT_ONCE - 1;
      wire unused_last_ok = &{1'b0, LAST_LANE};
      assign lane_last = lane_q == LAST_LANE[LANE_BITS-1:0];

      // A gradient is asked for with the last use of the one before.
      reg started_q;
      always @(posedge clk_i) started_q <= backward_start_i && !rst_i;
      assign gradient_read_o = started_q || (backward_issue && chunk_last && !pass_end);

      wire [TAPS_AT_ONCE*UPDATE_BITS-1:0] line;
      engram_conv_serial_sums #(
        .LINES(FILTERS*CHUNKS), .ADDRESS_BITS(ADDRESS_BITS), .TAPS_AT_ONCE(TAPS_AT_ONCE),
        .PRODUCT_BITS(PRODUCT_BITS), .TERM_BITS(BACK_BITS), .UPDATE_BITS(UPDATE_BITS)
      ) u_sums (
        .clk_i(clk_i), .address_i(address), .issued_i(issued_q[4:2]), .backward_i(backward_q),
        .products_i(products), .read_i(update_read), .line_o(line)
      );
      reg [UPDATE_BITS-1:0] line_lane;
      integer s;
      always @* begin
        line_lane = line[0 +: UPDATE_BITS];
        for (s = 1; s < TAPS_AT_ONCE; s = s + 1)
          if (lane == s) line_lane = line[s*UPDATE_BITS +: UPDATE_BITS];
      end
      assign u = line_lane;

      reg [TAP_BITS-1:0] tap;
      integer i;
      always @* begin
        tap = {TAP_BITS{1'b0}};
        for (i = 0; i < TAPS; i = i + 1)
          if ({chunk_q, lane_q} == split(i[TAP_BITS-1:0])) tap = tap | i[TAP_BITS-1:0];
      end
      reg [TAP_BITS-1:0] tap_q;  // from a weight's second cycle on
      always @(posedge clk_i) tap_q <= tap;
      wire [31:0] place_wide =
          {{(32-TAP_BITS){1'b0}}, tap_q} * FILTERS + {{(32-FILTER_BITS){1'b0}}, filter_q};
      wire unused_place_ok = &{1'b0, place_wide};
      assign place = place_wide[PLACE_BITS-1:0];

      engram_conv_serial_update #(
        .WEIGHT_BITS(WEIGHT_WORD_BITS), .UPDATE_BITS(UPDATE_BITS), .UPDATE_SHIFT(UPDATE_SHIFT),
        .RATE_BITS(RATE_BITS), .ROUNDING(ROUNDING), .ROUND_BITS(ROUND_BITS), .LAYER(LAYER),
        .HASH_LAYER_BITS(HASH_LAYER_BITS), .HASH_ROW_BITS(HASH_ROW_BITS),
        .HASH_COLUMN_BITS(HASH_COLUMN_BITS), .TAP_BITS(TAP_BITS)
      ) u_update (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(pass_end && backward_q),
        .last_i(lane_last && chunk_last && filter_last), .freeze_i(freeze_i), .rate_i(rate_i),
        .base_i(base_i), .key_i(key_i), .tap_i(tap_q),
        .filter_i({{(HASH_COLUMN_BITS-FILTER_BITS){1'b0}}, filter_q}), .u_i(u), .old_i(old_q),
        .weight_i(weight_q), .weight_o(next_weight), .active_o(update), .read_o(update_read),
        .end_o(weight_end), .write_o(update_write), .updated_o(updated_o), .lost_o(lost_o)
      );
    end else begin : gen_inference
      assign gradient_read_o = 1'b0;
      assign updated_o = 1'b0;
      assign lost_o = 1'b0;
      assign next_weight = old_q;
      assign {update, update_read, update_write, weight_end, lane_last} = 5'd0;
      assign place = {PLACE_BITS{1'b0}};
      assign u = {UPDATE_BITS{1'b0}};
      wire unused_training_ok =
          &{1'b0, gradient, pass_end, freeze_i, rate_i, base_i, key_i, backward_issue};
    end
  endgenerate

  engram_probe #(.INDEX_BITS(PLACE_BITS), .VALUE_BITS(UPDATE_BITS)) u_gradient (
    .valid_i(weight_end), .index_i(place), .value_i(u)
  );
endmodule

`default_nettype wire
