#!/bin/sh
# floorplan_test.sh : fpga/floorplan.awk on a device made up here: six sites, two rows of three columns, each with two
# multipliers M and one memory D.
# SPDX-License-Identifier: MIT
#
# Usage: floorplan_test.sh WORK
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$1
rm -rf "$work"
mkdir -p "$work"
cd "$work"
cat >made-up.sites <<'END'
# a comment
columns 0 10 20
M rows 1 5 places 0/M0 1/M1
D rows 3 7 places 0/D0
END

# Paths as a core's list of probes has them.
for kind in lane bank; do
  seq 0 9 | sed "s/.*/$kind dense1.$kind & 0 1 1 u_dense.$kind[&]/"
done >probes.txt
echo 'stream dense1.input 0 16 72 3 u_dense.lane[0].u_m' >>probes.txt

# lanes LANES BANKS: LANES lanes of a multiplier each, BANKS banks of a memory each, and one multiplier of another module.
lanes() {
  { echo top/u_conv.u_m && seq 0 $(($1 - 1)) | sed 's/.*/top\/u_dense.lane[&].u_m/'; } >M.names
  seq 0 $(($2 - 1)) | sed 's/.*/top\/u_dense.bank[&].u_d/' >D.names
  awk -f "$here/floorplan.awk" probes.txt made-up.sites M.names D.names >plan
}

expect() {
  cat >expected
  if ! diff expected plan; then
    echo "floorplan: FAIL: $1"
    exit 1
  fi
}

# One site near the middle stays free; lane 1 with its memory beside it is next to lane 0, to and fro.
lanes 5 5
expect 'five lanes' <<'END'
setattr -set BEL "X0/Y1/M0" top/u_dense.lane[0].u_m
setattr -set BEL "X0/Y3/D0" top/u_dense.bank[0].u_d
setattr -set BEL "X20/Y1/M0" top/u_dense.lane[1].u_m
setattr -set BEL "X20/Y3/D0" top/u_dense.bank[1].u_d
setattr -set BEL "X20/Y5/M0" top/u_dense.lane[2].u_m
setattr -set BEL "X20/Y7/D0" top/u_dense.bank[2].u_d
setattr -set BEL "X10/Y5/M0" top/u_dense.lane[3].u_m
setattr -set BEL "X10/Y7/D0" top/u_dense.bank[3].u_d
setattr -set BEL "X0/Y5/M0" top/u_dense.lane[4].u_m
setattr -set BEL "X0/Y7/D0" top/u_dense.bank[4].u_d
END

# Two lanes share a bank and a site.
lanes 2 1
expect 'a bank of two lanes' <<'END'
setattr -set BEL "X10/Y5/M0" top/u_dense.lane[0].u_m
setattr -set BEL "X11/Y5/M1" top/u_dense.lane[1].u_m
setattr -set BEL "X10/Y7/D0" top/u_dense.bank[0].u_d
END

# A lane of two banks takes two sites.
lanes 1 2
expect 'a lane of two banks' <<'END'
setattr -set BEL "X0/Y1/M0" top/u_dense.lane[0].u_m
setattr -set BEL "X0/Y3/D0" top/u_dense.bank[0].u_d
setattr -set BEL "X10/Y7/D0" top/u_dense.bank[1].u_d
END

lanes 7 7
expect 'too many lanes' <<'END'
# 7 sites are needed, there are 6
END
echo 'floorplan: PASS'
