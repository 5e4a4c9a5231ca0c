// engram_link : the serial link: frames on a UART -> a core's registers, weights, pictures, results.
// SPDX-License-Identifier: 0BSD
//
// docs/link.md has the protocol. One memory of 512 bytes serves it: the frame in its lower half,
// the reply in its upper. Receiver and sender share the CRC: nothing is received while a reply
// goes out.
`default_nettype none

module engram_link #(
  parameter CLOCK_HZ = 60000000,
  parameter BAUD = 3000000,       // within 1 % of CLOCK_HZ / n, n >= 16
  parameter ADDRESS_BITS = 23     // of the core's bus, 10..32
) (
  input  wire        clk_i,
  input  wire        rst_i,
  // line
  input  wire        uart_rx_i,   // asynchronous
  output wire        uart_tx_o,
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
  output wire        busy_o,      // a picture's result is on its way
  output wire        error_o      // a damaged frame or a refused command since the last GREET
);
  localparam CYCLES = (CLOCK_HZ + BAUD / 2) / BAUD;
  localparam OFF = CYCLES * BAUD > CLOCK_HZ ? CYCLES * BAUD - CLOCK_HZ : CLOCK_HZ - CYCLES * BAUD;
  generate
    if (OFF > CLOCK_HZ / 100 || CYCLES < 16) begin : gen_impossible
      engram_link_cannot_make_this_baud u_stop ();
    end
  endgenerate

  // ---------------------------------------------------------------- line
  wire rx_valid, rx_error, tx_valid, tx_ready;
  wire [7:0] rx_byte, tx_byte;
  engram_uart_rx #(.CYCLES(CYCLES)) u_rx (
    .clk_i(clk_i), .rst_i(rst_i), .rx_i(uart_rx_i),
    .valid_o(rx_valid), .error_o(rx_error), .byte_o(rx_byte)
  );
  engram_uart_tx #(.CYCLES(CYCLES)) u_tx (
    .clk_i(clk_i), .rst_i(rst_i), .valid_i(tx_valid), .ready_o(tx_ready), .byte_i(tx_byte),
    .tx_o(uart_tx_o)
  );

  // ---------------------------------------------------------------- frames
  wire sending, busy;
  wire rx_crc_start, rx_crc_enable, rx_crc_bit, tx_crc_start, tx_crc_enable, tx_crc_bit, crc_good;
  wire [31:0] crc;
  wire unused_ok = &{1'b0, crc[31:8]};
  engram_link_crc u_crc (
    .clk_i(clk_i),
    .start_i(sending ? tx_crc_start : rx_crc_start),
    .enable_i(sending ? tx_crc_enable : rx_crc_enable),
    .bit_i(sending ? tx_crc_bit : rx_crc_bit),
    .crc_o(crc), .good_o(crc_good)
  );

  wire rx_stored, rx_write, frame, damaged, length_due, length_write;
  wire [7:0] rx_write_address, rx_write_byte, length;
  engram_link_receiver u_receiver (
    .clk_i(clk_i), .rst_i(rst_i),
    .valid_i(rx_valid), .error_i(rx_error), .byte_i(rx_byte),
    .sending_i(sending), .busy_i(busy),
    .crc_start_o(rx_crc_start), .crc_enable_o(rx_crc_enable), .crc_bit_o(rx_crc_bit),
    .crc_good_i(crc_good),
    .stored_o(rx_stored), .write_o(rx_write), .write_address_o(rx_write_address), .write_byte_o(rx_write_byte),
    .due_o(length_due), .length_o(length_write), .length_i(length), .frame_o(frame), .damaged_o(damaged)
  );

  wire read;
  wire [7:0] read_byte;
  wire send, tx_next, tx_end;
  engram_link_sender u_sender (
    .clk_i(clk_i), .rst_i(rst_i), .start_i(send), .active_o(sending),
    .byte_i(read_byte), .end_i(tx_end), .next_o(tx_next),
    .crc_start_o(tx_crc_start), .crc_enable_o(tx_crc_enable), .crc_bit_o(tx_crc_bit),
    .crc_i(crc[7:0]),
    .valid_o(tx_valid), .ready_i(tx_ready), .byte_o(tx_byte)
  );

  // ---------------------------------------------------------------- memory
  wire write;
  wire [8:0] read_address;
  wire [7:0] write_address, write_byte;
  engram_ram #(.DATA_BITS(8), .WORDS(512), .ADDRESS_BITS(9)) u_memory (
    .clk_i(clk_i),
    .write_i(rx_stored ? rx_write : write),
    .write_address_i(rx_stored ? {1'b0, rx_write_address} : {1'b1, write_address}),
    .write_data_i(rx_stored ? rx_write_byte : write_byte),
    .read_i(read), .read_address_i(read_address), .read_data_o(read_byte)
  );

  // ---------------------------------------------------------------- commands
  engram_link_executor #(
    .CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD), .ADDRESS_BITS(ADDRESS_BITS)
  ) u_executor (
    .clk_i(clk_i), .rst_i(rst_i),
    .frame_i(frame), .damaged_i(damaged),
    .length_due_i(length_due), .length_write_i(length_write), .length_byte_i(rx_write_byte),
    .length_o(length), .busy_o(busy),
    .read_o(read), .read_address_o(read_address), .read_byte_i(read_byte),
    .write_o(write), .write_address_o(write_address), .write_byte_o(write_byte),
    .write_ready_i(!rx_stored),
    .send_o(send), .sending_i(sending), .next_i(tx_next), .end_o(tx_end),
    .m_axil_awvalid_o(m_axil_awvalid_o), .m_axil_awready_i(m_axil_awready_i),
    .m_axil_wvalid_o(m_axil_wvalid_o), .m_axil_wready_i(m_axil_wready_i),
    .m_axil_wdata_o(m_axil_wdata_o),
    .m_axil_bvalid_i(m_axil_bvalid_i), .m_axil_bready_o(m_axil_bready_o),
    .m_axil_bresp_i(m_axil_bresp_i),
    .m_axil_arvalid_o(m_axil_arvalid_o), .m_axil_arready_i(m_axil_arready_i),
    .m_axil_rvalid_i(m_axil_rvalid_i), .m_axil_rready_o(m_axil_rready_o),
    .m_axil_rdata_i(m_axil_rdata_i), .m_axil_rresp_i(m_axil_rresp_i),
    .m_axil_address_o(m_axil_address_o),
    .m_axis_tvalid_o(m_axis_tvalid_o), .m_axis_tready_i(m_axis_tready_i),
    .m_axis_tdata_o(m_axis_tdata_o), .m_axis_tlast_o(m_axis_tlast_o),
    .m_axis_tuser_o(m_axis_tuser_o),
    .s_axis_tvalid_i(s_axis_tvalid_i), .s_axis_tready_o(s_axis_tready_o),
    .s_axis_tdata_i(s_axis_tdata_i), .s_axis_tlast_i(s_axis_tlast_i),
    .waiting_o(busy_o), .error_o(error_o)
  );
endmodule

`default_nettype wire
