// engram_delay : a word some cycles later.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_delay #(
  parameter DATA_BITS = 1,
  parameter CYCLES = 1  // >= 0; 0 is a wire
) (
  input  wire                 clk_i,
  input  wire                 rst_i,  // tied low where the word is data
  input  wire [DATA_BITS-1:0] data_i,
  output wire [DATA_BITS-1:0] data_o
);
  generate
    if (CYCLES == 0) begin : gen_wire
      assign data_o = data_i;
      wire unused_ok = &{1'b0, clk_i, rst_i};
    end else if (CYCLES == 1) begin : gen_register
      reg [DATA_BITS-1:0] data_q;
      always @(posedge clk_i)
        if (rst_i) data_q <= {DATA_BITS{1'b0}};
        else data_q <= data_i;
      assign data_o = data_q;
    end else begin : gen_chain
      reg [CYCLES*DATA_BITS-1:0] chain_q;
      always @(posedge clk_i)
        if (rst_i) chain_q <= {(CYCLES*DATA_BITS){1'b0}};
        else chain_q <= {chain_q[(CYCLES-1)*DATA_BITS-1:0], data_i};
      assign data_o = chain_q[CYCLES*DATA_BITS-1 -: DATA_BITS];
    end
  endgenerate
endmodule

`default_nettype wire
