// engram_crossbar_place : {group, lane} of a unit.
// SPDX-License-Identifier: 0BSD
//
// Combinational; a division by a constant, without a multiplier.
//
// Parameters are engram_crossbar's.
`default_nettype none

module engram_crossbar_place #(
  parameter LANES = 2,
  parameter GROUPS = 1,
  parameter PAIRED = 0
) (
  input  wire [31:0] unit_i,
  output wire [63:0] place_o
);
  localparam GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;

  // {quotient, rest} of a division by the constant LANES.
  function [63:0] split;
    input [31:0] value;
    integer i;
    begin
      split = {32'd0, value};
      if ((LANES & (LANES - 1)) == 0) begin
        split[63:32] = value >> $clog2(LANES);
        split[31:0] = value & (LANES - 1);
      end else
        for (i = GROUP_BITS - 1; i >= 0; i = i - 1)
          if (split[31:0] >= (LANES << i)) begin
            split[31:0] = split[31:0] - (LANES << i);
            split[32 + i] = 1'b1;
          end
    end
  endfunction

  // {group, lane} of a unit.
  function [63:0] place_of;
    input [31:0] unit;
    begin
      place_of = split(PAIRED != 0 ? unit >> 1 : unit);
      if (PAIRED != 0) place_of[63:32] = {place_of[62:32], unit[0]};
    end
  endfunction
  assign place_o = place_of(unit_i);
endmodule

`default_nettype wire
