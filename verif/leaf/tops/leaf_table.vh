// leaf_table.vh : what every top has inside: its table of cases, readable by the bench and by of().
// SPDX-License-Identifier: MIT
//
// TABLE has a row for each case and a 32-bit word for each parameter, from left to right.
  assign shape_o = {CASES[15:0], FIELDS[15:0]};
  assign table_o = TABLE;

  function integer of;
    input integer which, field;
    of = TABLE[((CASES-1-which)*FIELDS + FIELDS-1-field)*32 +: 32];
  endfunction
