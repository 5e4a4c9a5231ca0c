// engram_copies : a register in several copies, where a word goes to so many places that one net to
//   all of them would be routed by detours.
// SPDX-License-Identifier: 0BSD
`default_nettype none

module engram_copies #(
  parameter DATA_BITS = 1,
  parameter COPIES = 1  // >= 1
) (
  input  wire                        clk_i,
  input  wire [DATA_BITS-1:0]        data_i,
  // a cycle later
  output wire [COPIES*DATA_BITS-1:0] copies_o
);
  genvar c;
  generate
    if (COPIES == 1) begin : gen_one
      engram_delay #(.DATA_BITS(DATA_BITS), .CYCLES(1)) u_copy (
        .clk_i(clk_i), .rst_i(1'b0), .data_i(data_i), .data_o(copies_o)
      );
    end else begin : gen_several
      for (c = 0; c < COPIES; c = c + 1) begin : gen_copy
        // Otherwise synthesis makes one register of equal ones.
        (* keep_hierarchy *)
        engram_delay #(.DATA_BITS(DATA_BITS), .CYCLES(1)) u_copy (
          .clk_i(clk_i), .rst_i(1'b0), .data_i(data_i),
          .data_o(copies_o[c*DATA_BITS +: DATA_BITS])
        );
      end
    end
  endgenerate
endmodule

`default_nettype wire
