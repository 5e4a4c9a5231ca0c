#!/bin/sh
# check.sh : a small net's bitstream for each board, twice the same, and what must be refused.
# SPDX-License-Identifier: MIT
#
# Usage: check.sh ENGRAM REPORT BUILD
set -eu
here=$(cd "$(dirname "$0")" && pwd)
engram=$1 report=$2 build=$3
# shellcheck source=verif/lib.sh
. "$here/../verif/lib.sh"
fresh "$build/bitstreams"
small='positions=1 filters=1 taps=3 lanes=1 output_lanes=1'
bitstream() { # folder, board, net, folds
  sh "$here/build.sh" "$engram" "$report" "$build" "$work/$1" "$2" "$3" "$4" ''
}

for board in icebreaker ulx3s; do
  bitstream "$board" "$board" nets/tiny8.yaml "$small"
done
# Each of the lanes' multipliers and memories has a site, none has two.
of_lanes=$(sed -n 's/^\(lane\|bank\) .* //p' "$work/ulx3s/rtl/engram_probes.txt" | sed 's/.*/u_core.&./' |
  { cat >"$work/paths"; cat "$work"/ulx3s/*.names | grep -cFf "$work/paths"; })
for field in 4 5; do
  [ "$(awk -v field=$field '!seen[$field]++' "$work/ulx3s/floorplan.ys" | wc -l)" = "$of_lanes" ]
done
mv "$work/icebreaker" "$work/first"
bitstream icebreaker icebreaker nets/tiny8.yaml "$small" >/dev/null
cmp "$work/first/engram.bin" "$work/icebreaker/engram.bin"

# What does not fit never gets as far as Yosys.
try bitstream refused icebreaker nets/paper.yaml '' >"$work/log"
[ $status = 1 ]
grep -q 'too many' "$work/log"
[ ! -e "$work/refused" ]

# A missed timing, and a clock that is not the board's, fail.
for change in '.achieved = .constraint - 1' '.achieved += 9 | .constraint += 9'; do
  cp "$work/first/nextpnr.json" "$work/nextpnr.json"
  jq ".fmax[] |= ($change)" "$work/nextpnr.json" >"$work/first/nextpnr.json"
  try "$report" --net nets/tiny8.yaml --board icebreaker --seed 1 "$work/first" >"$work/log" 2>&1
  [ $status = 1 ]
  grep -q 'timing is missed' "$work/log"
  cp "$work/nextpnr.json" "$work/first/nextpnr.json"
done
echo "bitstreams: PASS"
