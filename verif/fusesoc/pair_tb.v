// pair_tb : the emitted test benches of two cores side by side; each says PASS, or FAIL and stops.
// SPDX-License-Identifier: MIT
`default_nettype none

module pair_tb;
  wire one_over, two_over;
  one_core_tb u_one (.over(one_over));
  two_core_tb u_two (.over(two_over));

  initial begin
    wait (one_over && two_over);
    $display("PASS pair: two cores in one design");
    $finish;
  end
endmodule

`default_nettype wire
