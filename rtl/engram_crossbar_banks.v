// engram_crossbar_banks : a dense layer's weights: banks of lanes, read by rows, written by the
//   update or the host.
// SPDX-License-Identifier: 0BSD
//
// Two rows at a time lie in two banks, the even rows in the first.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_banks #(
  parameter LAYER = 2,
  parameter ROWS = 64,
  parameter AT_ONCE = 1,             // rows at a time
  parameter LANES = 2,
  parameter GROUPS = 1,
  parameter BANK_LANES = 1,
  parameter PAIRED = 0,
  parameter COUPLED = 0,
  parameter EARLY = LANES,
  parameter TRAINING = 1,
  parameter COPIES = 1,
  parameter WEIGHT_BITS = 16,
  parameter STORAGE = 0,
  parameter PLACED_WRITES = 1,
  // from the others
  parameter LANE_BITS = LANES > 1 ? $clog2(LANES) : 1,
  parameter TRAINED = LANES >> COUPLED,
  parameter WEIGHT_WORDS = (ROWS + AT_ONCE - 1) / AT_ONCE * GROUPS,
  parameter ADDRESS_BITS = WEIGHT_WORDS > 1 ? $clog2(WEIGHT_WORDS) : 1
) (
  input  wire                          clk_i,
  input  wire                          rst_i,
  // stage 1: [late, early]
  input  wire [2*COPIES*AT_ONCE*ADDRESS_BITS-1:0] half_addresses_i,
  input  wire [2*LANES-1:0]            reads_i,
  input  wire [TRAINED-1:0]  second_1_i,
  // stage 2: [row][lane]
  output wire [AT_ONCE*LANES*WEIGHT_BITS-1:0] weights_o,
  // stage 6
  input  wire [1:0]                    writing_i,        // [late, early]: the update may write
  input  wire [COPIES-1:0]             updating_i,
  input  wire                          updating_late_i,
  input  wire [COPIES*AT_ONCE*ADDRESS_BITS-1:0] addresses_6_i,
  input  wire [TRAINED-1:0]  second_6_i,
  input  wire [AT_ONCE*EARLY-1:0]      changed_i,
  input  wire [AT_ONCE*EARLY*WEIGHT_BITS-1:0] next_weights_i,
  output wire [AT_ONCE*LANES-1:0]      update_o,         // weights that are written
  // host
  input  wire [COPIES-1:0]             host_read_i,
  input  wire                          host_read_late_i,
  input  wire [COPIES-1:0]             host_write_i,
  input  wire                          host_write_late_i,
  input  wire [COPIES*LANE_BITS-1:0]   host_lane_i,
  input  wire                          host_row_i,       // its lowest bit
  input  wire [COPIES*WEIGHT_BITS-1:0] host_data_i
);
  localparam COLUMNS = 1 + COUPLED;
  localparam BANKS = (LANES + BANK_LANES - 1) / BANK_LANES;
  localparam FEEDS = COPIES * AT_ONCE;  // [copy][row]
  wire [FEEDS*ADDRESS_BITS-1:0] addresses_i = half_addresses_i[0 +: FEEDS*ADDRESS_BITS];
  genvar r, bank, lane;
  generate
    for (r = 0; r < AT_ONCE; r = r + 1) begin : gen_bank_row
      for (bank = 0; bank < BANKS; bank = bank + 1) begin : gen_bank
        localparam FIRST = bank * BANK_LANES;
        localparam HERE = FIRST + BANK_LANES > LANES ? LANES - FIRST : BANK_LANES;
        localparam HALF = FIRST < EARLY * COLUMNS ? 0 : 1;
        localparam COPY = FIRST * COPIES / LANES;
        localparam FROM = COPY * AT_ONCE + r;
        wire host_read = HALF == 0 ? host_read_i[COPY] : host_read_late_i;
        wire host_write = HALF == 0 ? host_write_i[COPY] : host_write_late_i;
        wire writing = TRAINING != 0 && writing_i[HALF];
        wire updating = TRAINING != 0 && (HALF == 0 ? updating_i[COPY] : updating_late_i);
        // The one port is taken where it may write: whether it does is known late.
        wire may_write = STORAGE == 2 && (writing || host_write);
        wire [HERE-1:0] write;
        wire [HERE*WEIGHT_BITS-1:0] data;
        for (lane = 0; lane < HERE; lane = lane + 1) begin : gen_lane
          localparam TRAINER = (FIRST + lane) / COLUMNS;
          localparam AT = r * EARLY + TRAINER - HALF * EARLY;
          assign update_o[r*LANES+FIRST+lane] =
              updating && changed_i[AT] &&
              (COUPLED == 0 || second_6_i[TRAINER] == lane[0] ^ FIRST[0]);
          assign write[lane] = update_o[r*LANES+FIRST+lane] ||
              (host_write &&
               {{(32-LANE_BITS){1'b0}}, host_lane_i[COPY*LANE_BITS +: LANE_BITS]} == FIRST + lane &&
               (AT_ONCE == 1 || host_row_i == r));
          assign data[lane*WEIGHT_BITS +: WEIGHT_BITS] =
              host_write ? host_data_i[COPY*WEIGHT_BITS +: WEIGHT_BITS]
                         : next_weights_i[AT*WEIGHT_BITS +: WEIGHT_BITS];
        end
        // PAIRED: groups are even in number, so that an address's last bit is the column.
        wire [ADDRESS_BITS-1:0] address, update_address;
        if (PAIRED != 0) begin : gen_columns
          localparam [ADDRESS_BITS-1:0] COLUMN = 1;
          assign address = (addresses_i[FROM*ADDRESS_BITS +: ADDRESS_BITS] & ~COLUMN) |
                           (COLUMN & {ADDRESS_BITS{second_1_i[FIRST]}});
          assign update_address = (addresses_6_i[FROM*ADDRESS_BITS +: ADDRESS_BITS] & ~COLUMN) |
                                  (COLUMN & {ADDRESS_BITS{second_6_i[FIRST]}});
        end else begin : gen_straight
          assign address = half_addresses_i[(HALF*FEEDS+FROM)*ADDRESS_BITS +: ADDRESS_BITS];
          assign update_address = addresses_6_i[FROM*ADDRESS_BITS +: ADDRESS_BITS];
        end
        wire [ADDRESS_BITS-1:0] write_address =
            writing || PLACED_WRITES != 0 ? update_address : address;
        engram_bank #(
          .LAYER(LAYER), .BANK(r*BANKS+bank), .LANES(HERE), .WEIGHT_BITS(WEIGHT_BITS),
          .WORDS(WEIGHT_WORDS), .ADDRESS_BITS(ADDRESS_BITS), .STORAGE(STORAGE)
        ) u_bank (
          .clk_i(clk_i), .rst_i(rst_i),
          .write_i(write), .write_address_i(write_address), .write_data_i(data),
          .read_i(|reads_i[HALF*LANES+FIRST +: HERE] || host_read || may_write),
          .read_address_i(STORAGE == 2 ? write_address : address),
          .read_data_o(weights_o[(r*LANES+FIRST)*WEIGHT_BITS +: HERE*WEIGHT_BITS])
        );
      end
    end
  endgenerate
  // Not all of it is asked for in each of the layouts.
  wire unused_ok = &{1'b0, addresses_i, half_addresses_i, addresses_6_i, reads_i, second_1_i,
                     second_6_i, writing_i, updating_i, updating_late_i, host_read_i,
                     host_read_late_i, host_write_i, host_write_late_i, host_lane_i, host_row_i,
                     host_data_i};
endmodule

`default_nettype wire
