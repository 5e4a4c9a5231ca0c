// engram_control : the AXI4-Lite port: identity, control, random state, counters, and every weight
//   while paused.
// SPDX-License-Identifier: 0BSD
//
// The address map is sw/net/map.h, in words here. Anything that cannot be done answers SLVERR,
// changes nothing and is counted: an address outside the map, a partial or misaligned write, a
// write to a read-only register, a value out of range, and weights or random state while a step is
// at work.
`default_nettype none

module engram_control #(
  parameter LAYERS = 3,                  // 1..5
  parameter LAYER_BITS = 2,              // of a weight's place {layer, row, column}
  parameter ROW_BITS = 11,
  parameter COLUMN_BITS = 6,
  parameter [LAYERS*32-1:0] ROWS = 0,    // of each layer's weights, layer 0 lowest
  parameter [LAYERS*32-1:0] COLUMNS = 0,
  parameter [LAYERS*8-1:0] WEIGHT_BITS = 0,
  parameter RATE_BITS = 4,
  parameter INITIAL_RATE = 8,
  parameter INITIAL_FREEZE = 0,
  parameter TRAINING = 1,                // 0: the core only infers
  parameter [31:0] VERSION = 0,
  parameter [63:0] NET_HASH = 0,
  parameter [63:0] CORE_HASH = 0,
  parameter [31:0] SHAPE = 0,            // {layers, classes, width, height}
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
  output wire                    clear_o,       // counters; in reset too
  // random state and step count
  output wire                    random_write_o,
  output wire [1:0]              random_word_o,
  input  wire [127:0]            random_i,
  output wire                    steps_write_o,
  output wire [31:0]             write_data_o,
  input  wire [31:0]             steps_i,
  // counters
  input  wire [31:0]             pictures_i,
  input  wire [31:0]             correct_i,
  input  wire [63:0]             cycles_i,
  input  wire [31:0]             step_cycles_i,
  input  wire [3:1]              refused_i,
  input  wire [LAYERS*32-1:0]    cut_activations_i,
  input  wire [LAYERS*32-1:0]    cut_gradients_i,
  input  wire [LAYERS*32-1:0]    lost_i,
  // weights: data within READ_CYCLES of a read
  output wire [LAYERS-1:0]       weight_read_o,
  output wire [LAYERS-1:0]       weight_write_o,
  output wire [ROW_BITS-1:0]     weight_row_o,
  output wire [COLUMN_BITS-1:0]  weight_column_o,
  input  wire [LAYERS*32-1:0]    weights_i           // sign-extended
);
  localparam WORD_BITS = ADDRESS_BITS - 2;
  localparam CAN_TRAIN = TRAINING != 0;
  localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10;
  localparam READ_CYCLES = 3'd4;

  // Word addresses of the registers.
  localparam [6:0] ID = 7'h00, VERSION_AT = 7'h01, NET_LOW = 7'h02, NET_HIGH = 7'h03,
                   CORE_LOW = 7'h04, CORE_HIGH = 7'h05, SHAPE_AT = 7'h06, FEATURES = 7'h07,
                   CONTROL = 7'h08, STATUS = 7'h09, RATE = 7'h0A, FREEZE = 7'h0B, RANDOM = 7'h0C, STEPS = 7'h10,
                   PICTURES = 7'h11, CORRECT = 7'h12, CYCLES_LOW = 7'h13, CYCLES_HIGH = 7'h14,
                   STEP_CYCLES = 7'h15, SHORT = 7'h16, LONG = 7'h17, LABEL = 7'h18, ACCESS = 7'h19,
                   LAYER_BASE = 7'h20;
  localparam [6:0] LAYER_END = LAYER_BASE + 4 * LAYERS;

  // ---------------------------------------------------------------- one access at a time
  localparam [2:0] IDLE = 3'd0, CHECK = 3'd1, ACT = 3'd2, WAIT = 3'd3, RESPOND = 3'd4;
  reg [2:0]           state_q;
  reg                 write_q;
  reg [WORD_BITS-1:0] word_q;
  reg                 whole_q;      // aligned, and all four bytes of a write
  reg [31:0]          data_q;
  reg [2:0]           wait_q;
  reg                 allowed_q;    // what was found in CHECK
  reg [LAYERS-1:0]    there_q;      // so, of the layers' weights

  wire take_write = state_q == IDLE && s_axil_awvalid_i && s_axil_wvalid_i;
  wire take_read = state_q == IDLE && s_axil_arvalid_i && !take_write;
  assign s_axil_awready_o = take_write;
  assign s_axil_wready_o = take_write;
  assign s_axil_arready_o = take_read;
  assign s_axil_bvalid_o = state_q == RESPOND && write_q;
  assign s_axil_rvalid_o = state_q == RESPOND && !write_q;
  assign s_axil_bresp_o = allowed_q ? OKAY : SLVERR;
  assign s_axil_rresp_o = allowed_q ? OKAY : SLVERR;
  assign s_axil_rdata_o = data_q;

  // ---------------------------------------------------------------- registers
  reg                 pause_q, learn_q;
  reg [RATE_BITS-1:0] rate_q;
  reg [LAYERS-1:0]    freeze_q;
  reg [31:0]          short_q, long_q, label_q, access_q;

  wire paused = pause_q && idle_i;
  wire in_weights = word_q[WORD_BITS-1];
  wire in_registers = word_q[WORD_BITS-1:7] == {(WORD_BITS-7){1'b0}};
  wire [6:0] register = word_q[6:0];
  wire in_layers = register >= LAYER_BASE && register < LAYER_END;
  wire [4:0] counter = register[4:0];  // {layer, which} behind LAYER_BASE

  reg [31:0] layer_value;
  integer l;
  always @* begin
    layer_value = 32'd0;
    for (l = 0; l < LAYERS; l = l + 1)
      if (counter[4:2] == l[2:0])
        layer_value = counter[1:0] == 2'd0 ? cut_activations_i[32*l +: 32] :
                      counter[1:0] == 2'd1 ? cut_gradients_i[32*l +: 32] :
                      counter[1:0] == 2'd2 ? lost_i[32*l +: 32] : 32'd0;
  end

  reg [31:0] value;
  reg        readable, writable;
  always @* begin
    value = 32'd0;
    readable = 1'b1;
    writable = 1'b0;
    case (register)
      ID: value = 32'h454E_4752;  // "ENGR"
      VERSION_AT: value = VERSION;
      NET_LOW: value = NET_HASH[31:0];
      NET_HIGH: value = NET_HASH[63:32];
      CORE_LOW: value = CORE_HASH[31:0];
      CORE_HIGH: value = CORE_HASH[63:32];
      SHAPE_AT: value = SHAPE;
      FEATURES: value = {31'd0, CAN_TRAIN};
      CONTROL: begin
        value = {30'd0, learn_q, pause_q};
        writable = data_q[31:3] == 29'd0;
      end
      STATUS: value = {30'd0, !idle_i, paused};
      RATE: begin
        value = {{(32-RATE_BITS){1'b0}}, rate_q};
        writable = data_q[31:RATE_BITS] == {(32-RATE_BITS){1'b0}};
      end
      FREEZE: begin
        value = {{(32-LAYERS){1'b0}}, freeze_q};
        writable = data_q[31:LAYERS] == {(32-LAYERS){1'b0}};
      end
      RANDOM, RANDOM + 7'd1, RANDOM + 7'd2, RANDOM + 7'd3: begin
        value = random_i[{register[1:0], 5'd0} +: 32];
        readable = paused;
        writable = paused && !(register[1:0] == 2'd3 && data_q[31]);
      end
      STEPS: begin
        value = steps_i;
        writable = paused;
      end
      PICTURES: value = pictures_i;
      CORRECT: value = correct_i;
      CYCLES_LOW: value = cycles_i[31:0];
      CYCLES_HIGH: value = cycles_i[63:32];
      STEP_CYCLES: value = step_cycles_i;
      SHORT: value = short_q;
      LONG: value = long_q;
      LABEL: value = label_q;
      ACCESS: value = access_q;
      default: begin
        value = layer_value;
        readable = in_layers && counter[1:0] != 2'd3;
      end
    endcase
  end

  // ---------------------------------------------------------------- weights
  wire [LAYER_BITS-1:0]  layer = word_q[ROW_BITS+COLUMN_BITS +: LAYER_BITS];
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
  reg [LAYERS-1:0] weight_there;  // the layer has this weight
  reg              weight_fits;   // and can hold this value
  reg [31:0]       weight;
  integer k, b;
  always @* begin
    weight = 32'd0;
    weight_fits = 1'b1;
    for (k = 0; k < LAYERS; k = k + 1) begin
      weight_there[k] = place_fits && layer == k[LAYER_BITS-1:0] &&
                        {{(32-ROW_BITS){1'b0}}, row} < ROWS[32*k +: 32] &&
                        {{(32-COLUMN_BITS){1'b0}}, column} < COLUMNS[32*k +: 32];
      if (layer == k[LAYER_BITS-1:0]) weight = weights_i[32*k +: 32];
      for (b = 0; b < 31; b = b + 1)
        if (layer == k[LAYER_BITS-1:0] && b + 1 >= WEIGHT_BITS[8*k +: 8] && data_q[b] != data_q[31])
          weight_fits = 1'b0;
    end
  end

  wire allowed = whole_q &&
      (in_weights ? paused && |weight_there && (!write_q || weight_fits)
                  : in_registers && (write_q ? writable : readable));
  wire act_write = state_q == ACT && write_q && allowed_q;
  wire act_read = state_q == ACT && !write_q && allowed_q;
  assign weight_write_o = there_q & {LAYERS{act_write}};
  assign weight_read_o = there_q & {LAYERS{act_read}};
  assign weight_row_o = row;
  assign weight_column_o = column;
  wire register_write = act_write && !in_weights;
  assign random_write_o = register_write && register[6:2] == RANDOM[6:2];
  assign random_word_o = register[1:0];
  assign steps_write_o = register_write && register == STEPS;
  assign write_data_o = data_q;
  assign clear_o = rst_i || (register_write && register == CONTROL && data_q[2]);

  always @(posedge clk_i) begin
    if (state_q == IDLE) begin
      write_q <= take_write;
      word_q <= take_write ? s_axil_awaddr_i[ADDRESS_BITS-1:2] : s_axil_araddr_i[ADDRESS_BITS-1:2];
      whole_q <= take_write ? s_axil_awaddr_i[1:0] == 2'b00 && s_axil_wstrb_i == 4'b1111
                            : s_axil_araddr_i[1:0] == 2'b00;
      data_q <= s_axil_wdata_i;
    end else if (state_q == ACT && !write_q) data_q <= allowed_q && !in_weights ? value : 32'd0;
    else if (state_q == WAIT) data_q <= weight;
    if (state_q == CHECK) begin
      allowed_q <= allowed;
      there_q <= in_weights ? weight_there : {LAYERS{1'b0}};
    end
    wait_q <= state_q == ACT ? READ_CYCLES : wait_q - 3'd1;
  end

  always @(posedge clk_i)
    if (rst_i) begin
      state_q <= IDLE;
      pause_q <= 1'b1;
      learn_q <= 1'b1;
      rate_q <= INITIAL_RATE[RATE_BITS-1:0];
      freeze_q <= INITIAL_FREEZE[LAYERS-1:0];
    end else begin
      case (state_q)
        IDLE: if (take_write || take_read) state_q <= CHECK;
        CHECK: state_q <= ACT;
        ACT: state_q <= act_read && in_weights ? WAIT : RESPOND;
        WAIT: if (wait_q == 3'd0) state_q <= RESPOND;
        default: if (write_q ? s_axil_bready_i : s_axil_rready_i) state_q <= IDLE;
      endcase
      if (register_write) begin
        if (register == CONTROL) {learn_q, pause_q} <= data_q[1:0];
        if (register == RATE) rate_q <= data_q[RATE_BITS-1:0];
        if (register == FREEZE) freeze_q <= data_q[LAYERS-1:0];
      end
    end

  always @(posedge clk_i)
    if (clear_o) begin
      short_q <= 32'd0;
      long_q <= 32'd0;
      label_q <= 32'd0;
      access_q <= 32'd0;
    end else begin
      short_q <= short_q + {31'd0, refused_i[1]};
      long_q <= long_q + {31'd0, refused_i[2]};
      label_q <= label_q + {31'd0, refused_i[3]};
      access_q <= access_q + {31'd0, state_q == ACT && !allowed_q};
    end

  assign pause_o = pause_q;
  assign learn_o = learn_q && CAN_TRAIN;
  assign rate_o = rate_q;
  assign freeze_o = freeze_q;
endmodule

`default_nettype wire
