// engram_control : the AXI4-Lite port: control, registers, and every weight while paused.
// SPDX-License-Identifier: 0BSD
//
// The address map is sw/net/map.h, in words here. Anything that cannot be done answers SLVERR,
// changes nothing and is counted: an address outside the map, a partial or misaligned write, a
// write to a read-only register, a value out of range, and weights or random state while a step is
// at work. What a register reads as comes from engram_counters, as does the count of such accesses.
//
// An access is seen to wait, then taken a cycle later, a write's address and data together: so no
// input reaches an output within a cycle, and no register is needed to hold what cannot be served
// yet. Where a write and a read wait, they are taken in turn.
`default_nettype none

module engram_control #(
  parameter LAYERS = 3,                  // 1..5
  parameter COUNTERS = 3,                // of a layer (engram_counters)
  parameter TENSORS = LAYERS,            // of all layers; 1..10
  parameter LAYER_BITS = 2,              // of a weight's place {tensor, row, column}
  parameter ROW_BITS = 11,
  parameter COLUMN_BITS = 6,
  parameter [TENSORS*32-1:0] ROWS = 0,   // of each tensor, tensor 0 lowest
  parameter [TENSORS*32-1:0] COLUMNS = 0,
  parameter [TENSORS*8-1:0] WEIGHT_BITS = 0,
  parameter RATE_BITS = 4,
  parameter INITIAL_RATE = 8,
  parameter INITIAL_FREEZE = 0,
  parameter TRAINING = 1,                // 0: the core only infers
  parameter FIXED = 0,                   // 1: no weight can be written
  parameter ADDRESS_BITS = 22            // of a byte: the weight's place + 3, at least 10
) (
  input  wire                    clk_i,
  input  wire                    rst_i,
  // AXI4-Lite
  input  wire                    s_axil_awvalid_i,
  output wire                    s_axil_awready_o,
  input  wire [ADDRESS_BITS-1:0] s_axil_awaddr_i,
  input  wire                    s_axil_wvalid_i,
  output wire                    s_axil_wready_o,
  input  wire [31:0]             s_axil_wdata_i,
  input  wire [3:0]              s_axil_wstrb_i,
  output wire                    s_axil_bvalid_o,
  input  wire                    s_axil_bready_i,
  output wire [1:0]              s_axil_bresp_o,
  input  wire                    s_axil_arvalid_i,
  output wire                    s_axil_arready_o,
  input  wire [ADDRESS_BITS-1:0] s_axil_araddr_i,
  output wire                    s_axil_rvalid_o,
  input  wire                    s_axil_rready_i,
  output wire [31:0]             s_axil_rdata_o,
  output wire [1:0]              s_axil_rresp_o,
  // control
  input  wire                    idle_i,
  output wire                    pause_o,
  output wire                    learn_o,
  output wire [RATE_BITS-1:0]    rate_o,
  output wire [LAYERS-1:0]       freeze_o,
  output wire [1:0]              control_o,     // CONTROL and STATUS as they read
  output wire [1:0]              status_o,
  // registers (engram_counters): one of these is up until done_i
  input  wire                    ready_i,
  output wire                    register_read_o,
  output wire                    register_write_o,   // RANDOM or STEPS
  output wire                    clear_o,
  output wire                    fault_o,            // to be counted in ACCESS
  output wire [5:0]              register_o,
  output wire [15:0]             register_data_o,    // the half to write
  input  wire                    data_taken_i,
  input  wire                    value_valid_i,      // a half that was read, the low one first
  input  wire [15:0]             value_i,
  input  wire                    done_i,
  // weights: data within READ_CYCLES of a read
  output wire [TENSORS-1:0]      weight_read_o,
  output wire [TENSORS-1:0]      weight_write_o,
  output wire [ROW_BITS-1:0]     weight_row_o,
  output wire [COLUMN_BITS-1:0]  weight_column_o,
  output wire [31:0]             write_data_o,
  input  wire [TENSORS*32-1:0]   weights_i           // sign-extended
);
  localparam WORD_BITS = ADDRESS_BITS - 2;
  localparam CAN_TRAIN = TRAINING != 0;
  localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10;
  localparam READ_CYCLES = 3'd4;
  localparam HALVES = 3'd1;     // the weight's low half is taken, then its high one

  // Word addresses of the registers.
  localparam [6:0] CONTROL = 7'h08, RATE = 7'h0A, FREEZE = 7'h0B, RANDOM = 7'h0C, STEPS = 7'h10,
                   UNUSED = 7'h1A, LAYER_BASE = 7'h20;
  localparam LAYER_WORDS = COUNTERS > 4 ? 8 : 4;
  localparam [6:0] LAYER_END = LAYER_BASE + LAYER_WORDS * LAYERS;
  localparam [3:0] COUNTER_END = COUNTERS;

  // ---------------------------------------------------------------- one access at a time
  localparam [2:0] IDLE = 3'd0, CHECK = 3'd1, ACT = 3'd2, WEIGHT = 3'd3, REGISTER = 3'd4,
                   RESPOND = 3'd5, TAKE = 3'd6;
  reg [2:0]           state_q;
  reg                 write_q;      // the access at work, or the last one, is a write
  reg [WORD_BITS-1:0] word_q;
  reg                 whole_q;      // aligned, and all four bytes of a write
  reg [31:0]          data_q;
  reg [2:0]           wait_q;
  reg                 allowed_q;    // what was found in CHECK
  reg [TENSORS-1:0]   there_q;      // so, of the tensors' weights

  wire write_waits = s_axil_awvalid_i && s_axil_wvalid_i;
  wire read_waits = s_axil_arvalid_i;
  wire take = state_q == TAKE;
  assign s_axil_awready_o = take && write_q;
  assign s_axil_wready_o = take && write_q;
  assign s_axil_arready_o = take && !write_q;
  assign s_axil_bvalid_o = state_q == RESPOND && write_q;
  assign s_axil_rvalid_o = state_q == RESPOND && !write_q;
  assign s_axil_bresp_o = allowed_q ? OKAY : SLVERR;
  assign s_axil_rresp_o = allowed_q ? OKAY : SLVERR;
  assign s_axil_rdata_o = data_q;

  // ---------------------------------------------------------------- registers
  reg                 pause_q, learn_q;
  reg [RATE_BITS-1:0] rate_q;
  reg [LAYERS-1:0]    freeze_q;

  wire paused = pause_q && idle_i;
  wire in_weights = word_q[WORD_BITS-1];
  wire in_registers = word_q[WORD_BITS-1:7] == {(WORD_BITS-7){1'b0}};
  wire [6:0] register = word_q[6:0];
  wire is_random = register[6:2] == RANDOM[6:2], is_steps = register == STEPS;
  wire [3:0] counter = {1'b0, LAYER_WORDS == 8 && register[2], register[1:0]};  // of its layer
  wire in_layers = register >= LAYER_BASE && register < LAYER_END && counter < COUNTER_END;
  wire readable = in_layers || (register < UNUSED && (paused || !is_random));

  wire narrow = !(|data_q[31:5]);  // all that is written but random state and step count
  reg writable;
  always @*
    case (register)
      CONTROL: writable = narrow && data_q[4:3] == 2'd0;
      RATE: writable = narrow && !data_q[4];
      FREEZE: writable = narrow && (data_q[4:0] >> LAYERS) == 5'd0;
      default: writable = paused && (is_steps || (is_random && !(&register[1:0] && data_q[31])));
    endcase

  // ---------------------------------------------------------------- weights
  wire [LAYER_BITS-1:0]  tensor = word_q[ROW_BITS+COLUMN_BITS +: LAYER_BITS];
  wire [ROW_BITS-1:0]    row = word_q[COLUMN_BITS +: ROW_BITS];
  wire [COLUMN_BITS-1:0] column = word_q[COLUMN_BITS-1:0];
  wire place_fits;                // nothing between the place and the address's top bit
  generate
    if (WORD_BITS - 1 > LAYER_BITS + ROW_BITS + COLUMN_BITS) begin : gen_gap
      assign place_fits = !(|word_q[WORD_BITS-2:LAYER_BITS+ROW_BITS+COLUMN_BITS]);
    end else begin : gen_no_gap
      assign place_fits = 1'b1;
    end
  endgenerate
  // value < limit, a constant, without a carry chain
  function below;
    input [31:0] value, limit;
    integer i;
    begin
      below = 1'b0;
      for (i = 0; i < 32; i = i + 1) below = limit[i] ? below || !value[i] : below && !value[i];
    end
  endfunction
  reg [TENSORS-1:0] weight_there;  // the tensor has this weight
  reg               weight_fits;   // and can hold this value
  reg [31:0]        weight;
  integer k, b;
  always @* begin
    weight = 32'd0;
    weight_fits = 1'b1;
    for (k = 0; k < TENSORS; k = k + 1) begin
      weight_there[k] = place_fits && tensor == k[LAYER_BITS-1:0] &&
                        below({{(32-ROW_BITS){1'b0}}, row}, ROWS[32*k +: 32]) &&
                        below({{(32-COLUMN_BITS){1'b0}}, column}, COLUMNS[32*k +: 32]);
      if (tensor == k[LAYER_BITS-1:0]) weight = weights_i[32*k +: 32];
      for (b = 0; b < 31; b = b + 1)
        if (tensor == k[LAYER_BITS-1:0] && b + 1 >= WEIGHT_BITS[8*k +: 8] && data_q[b] != data_q[31])
          weight_fits = 1'b0;
    end
  end

  wire allowed = whole_q &&
      (in_weights ? paused && |weight_there && (!write_q || (weight_fits && FIXED == 0))
                  : in_registers && (write_q ? writable : readable));
  wire act_write = state_q == ACT && write_q && allowed_q;
  wire act_read = state_q == ACT && !write_q && allowed_q;
  assign weight_write_o = FIXED != 0 ? {TENSORS{1'b0}} : there_q & {TENSORS{act_write}};
  assign weight_read_o = there_q & {TENSORS{act_read}};
  assign weight_row_o = row;
  assign weight_column_o = column;
  wire register_write = act_write && !in_weights;
  assign write_data_o = data_q;

  wire [15:0] half = state_q != WEIGHT ? value_i : wait_q[0] ? weight[15:0] : weight[31:16];

  // What engram_counters does, behind ACT.
  wire at_register = state_q == REGISTER;
  assign register_o = word_q[5:0];
  assign register_data_o = data_q[15:0];
  assign register_read_o = at_register && allowed_q && !write_q;
  assign register_write_o = at_register && allowed_q && write_q && register != CONTROL;
  assign clear_o = at_register && allowed_q && write_q && register == CONTROL;
  assign fault_o = at_register && !allowed_q;
  wire quick = write_q && (in_weights ||
                           !(is_random || is_steps || (register == CONTROL && data_q[2])));

  always @(posedge clk_i) begin
    if (take) begin
      word_q <= write_q ? s_axil_awaddr_i[ADDRESS_BITS-1:2] : s_axil_araddr_i[ADDRESS_BITS-1:2];
      whole_q <= write_q ? s_axil_awaddr_i[1:0] == 2'b00 && s_axil_wstrb_i == 4'b1111
                         : s_axil_araddr_i[1:0] == 2'b00;
      data_q <= s_axil_wdata_i & {32{write_q}};
    end else if (state_q == WEIGHT || data_taken_i || value_valid_i)
      data_q <= {half, data_q[31:16]};
    if (state_q == CHECK) begin
      allowed_q <= allowed;
      there_q <= in_weights ? weight_there : {TENSORS{1'b0}};
    end
    wait_q <= state_q == ACT ? READ_CYCLES + HALVES : wait_q - 3'd1;
  end

  always @(posedge clk_i)
    if (rst_i) begin
      state_q <= IDLE;
      write_q <= 1'b0;
      pause_q <= 1'b1;
      learn_q <= 1'b1;
      rate_q <= INITIAL_RATE[RATE_BITS-1:0];
      freeze_q <= INITIAL_FREEZE[LAYERS-1:0];
    end else begin
      case (state_q)
        IDLE:
          if (ready_i && (write_waits || read_waits)) begin
            state_q <= TAKE;
            write_q <= write_waits && !(read_waits && write_q);
          end
        TAKE: state_q <= CHECK;
        CHECK: state_q <= ACT;
        ACT: state_q <= !allowed_q ? REGISTER : quick ? RESPOND : in_weights ? WEIGHT : REGISTER;
        WEIGHT: if (wait_q == 3'd0) state_q <= RESPOND;
        REGISTER: if (done_i) state_q <= RESPOND;
        default: if (write_q ? s_axil_bready_i : s_axil_rready_i) state_q <= IDLE;
      endcase
      if (register_write) begin
        if (register == CONTROL) {learn_q, pause_q} <= data_q[1:0];
        if (register == RATE) rate_q <= data_q[RATE_BITS-1:0];
        if (register == FREEZE) freeze_q <= data_q[LAYERS-1:0];
      end
    end

  assign control_o = {learn_q, pause_q};
  assign status_o = {!idle_i, paused};
  assign pause_o = pause_q;
  assign learn_o = learn_q && CAN_TRAIN;
  assign rate_o = rate_q;
  assign freeze_o = freeze_q;
endmodule

`default_nettype wire
