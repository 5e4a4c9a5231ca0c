# estimate_cells.awk : what a synthesized core takes, leaf by leaf, from Yosys' BLIF (write_blif -gates -cname).
# SPDX-License-Identifier: MIT
#
# Prints lines "leaf cells luts flip_flops multipliers blocks spram", the whole core's as leaf "all". On the iCE40 cells
# are those that nextpnr packs: a flip-flop shares the cell of the LUT in front of it where that drives nothing else, a
# carry that of the LUT with the same inputs; what is left has a cell of its own. On the ECP5 they are LUTs: two a CCU2C,
# four a TRELLIS_DPR16X4 and the two that its write port blocks.
$1 == ".outputs" { for (i = 2; i <= NF; i++) fanout[$i]++ }
$1 == ".names" { for (i = 2; i < NF; i++) fanout[$i]++ }
$1 == ".gate" {
  cells++
  type[cells] = $2
  for (i = 3; i <= NF; i++) {
    split($i, pin, "=")
    if ($2 == "SB_LUT4" && pin[1] == "O") lut_of[pin[2]] = cells
    else if ($2 ~ /^SB_/ && pin[1] !~ /^(O|Q|CO)$/) fanout[pin[2]]++
    if ($2 ~ /^SB_(LUT4|DFF|CARRY)/) port[cells, pin[1]] = pin[2]
  }
  if ($2 == "SB_LUT4") of_carry[port[cells, "I3"], port[cells, "I1"], port[cells, "I2"]] = 1
}
$1 == ".cname" { name[cells] = $2 }

function leaf(path,    part, n, i, text) {
  gsub(/\\/, "", path)
  n = split(path, part, ".")
  for (i = 1; i < n; i++)
    if (part[i] ~ /^u_/) text = text (text == "" ? "" : ".") substr(part[i], 3)
  sub(/\[.*/, "", text)
  return text == "" ? "core" : text
}

function add(where, what, count) {
  sum[where, what] += count
  sum["all", what] += count
}

function known(net) { return net !~ /^\$(false|true|undef)$/ }

END {
  for (c = 1; c <= cells; c++) {
    where = leaf(name[c])
    leaves[where] = 1
    if (type[c] == "LUT4" || type[c] == "SB_LUT4") { add(where, "luts", 1); add(where, "cells", 1) }
    else if (type[c] == "CCU2C") { add(where, "luts", 2); add(where, "cells", 2) }
    else if (type[c] == "TRELLIS_DPR16X4") { add(where, "luts", 6); add(where, "cells", 6) }
    else if (type[c] == "TRELLIS_FF") add(where, "flip_flops", 1)
    else if (type[c] ~ /^SB_DFF/) {
      add(where, "flip_flops", 1)
      d = port[c, "D"]
      if (!(d in lut_of) || fanout[d] > 1) add(where, "cells", 1)
    } else if (type[c] == "SB_CARRY") {
      if (!((port[c, "CI"], port[c, "I0"], port[c, "I1"]) in of_carry)) add(where, "cells", 1)
    } else if (type[c] ~ /^(MULT18X18D|SB_MAC16)$/) add(where, "multipliers", 1)
    else if (type[c] ~ /^(DP16KD|SB_RAM40_4K)/) add(where, "blocks", 1)
    else if (type[c] == "SB_SPRAM256KA") add(where, "spram", 1)
  }
  leaves["all"] = 1
  for (where in leaves)
    print where, sum[where, "cells"] + 0, sum[where, "luts"] + 0, sum[where, "flip_flops"] + 0,
          sum[where, "multipliers"] + 0, sum[where, "blocks"] + 0, sum[where, "spram"] + 0
}
