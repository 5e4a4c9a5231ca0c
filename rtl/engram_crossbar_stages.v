// engram_crossbar_stages : what engram_crossbar's stages are at work on, from a row's issue on.
// SPDX-License-Identifier: 0BSD
//
// A bit of each output is a stage, by its number.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_stages #(
  parameter COPIES = 1,
  parameter LATE = 0               // training lanes that are a cycle behind
) (
  input  wire              clk_i,
  input  wire              rst_i,
  // stage 0
  input  wire              forward_i,
  input  wire              gradient_i,
  input  wire              update_i,
  input  wire              first_i,     // a pass's first row
  input  wire              last_i,      // the step's last row and group
  input  wire              freeze_i,
  // stages
  output wire [5:1]        forward_o,
  output wire [3:1]        gradient_o,
  output wire [7:1]        update_o,
  output wire              first_2_o,
  output wire [COPIES-1:0] updating_o,  // stage 6: weights may change
  output wire              updated_o    // the last weight is being written
);
  wire forward_1, forward_2, gradient_1, gradient_2, update_1, update_2;
  engram_delay #(.DATA_BITS(3), .CYCLES(1)) u_valid_1 (
    .clk_i(clk_i), .rst_i(rst_i), .data_i({forward_i, gradient_i, update_i}),
    .data_o({forward_1, gradient_1, update_1})
  );
  engram_delay #(.DATA_BITS(3), .CYCLES(1)) u_valid_2 (
    .clk_i(clk_i), .rst_i(rst_i), .data_i({forward_1, gradient_1, update_1}),
    .data_o({forward_2, gradient_2, update_2})
  );
  reg [5:3] forward_q;
  reg       gradient_3_q;
  reg [7:3] update_q;
  reg [2:1] first_q;
  always @(posedge clk_i) begin
    forward_q <= rst_i ? 3'd0 : {forward_q[4:3], forward_2};
    gradient_3_q <= gradient_2 && !rst_i;
    update_q <= rst_i ? 5'd0 : {update_q[6:3], update_2};
    first_q <= {first_q[1], first_i};
  end
  assign forward_o = {forward_q, forward_2, forward_1};
  assign gradient_o = {gradient_3_q, gradient_2, gradient_1};
  assign update_o = {update_q, update_2, update_1};
  assign first_2_o = first_q[2];

  engram_copies #(.DATA_BITS(1), .COPIES(COPIES)) u_updating (
    .clk_i(clk_i), .data_i(update_q[5] && !freeze_i && !rst_i), .copies_o(updating_o)
  );
  engram_delay #(.DATA_BITS(1), .CYCLES(LATE > 0 ? 7 : 6)) u_updated (
    .clk_i(clk_i), .rst_i(rst_i), .data_i(update_i && last_i), .data_o(updated_o)
  );
endmodule

`default_nettype wire
