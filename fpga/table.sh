#!/bin/sh
# table.sh : nets and layouts on the boards, with five seeds each: the table of docs/boards.md.
# SPDX-License-Identifier: MIT
#
# Usage: table.sh ENGRAM REPORT BUILD PAGE
#
# About an hour. What was placed and routed is kept, so that it can be stopped and started again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
engram=$1 report=$2 build=$3 page=$4

# board, description, folds (none: the board's own for its own net)
rows='
ulx3s nets/paper.yaml
ulx3s nets/paper8.yaml lanes=16
ulx3s nets/tiny8.yaml
icebreaker nets/paper8.yaml
icebreaker nets/tiny8.yaml positions=1 filters=1 taps=3 lanes=1 output_lanes=1
'

# A missed timing is shown by the table.
build() { sh "$here/build.sh" "$engram" "$report" "$build" "$@" >&2 || :; }

# A line of the table, of the reports of one layout's seeds.
line() {
  jq -rs '
    def tenth: . * 10 | round / 10;
    [.[].clocks[].achieved_mhz | tenth] as $mhz | .[0] |
    "| \(.board) | \(.net), lanes=\(.folds.lanes) taps=\(.folds.taps) | " +
    ([.resources | to_entries[] | select(.value.used > 0) |
      "\(.value.used) of \(.value.available) \(.key) (\(.value.estimated))"] | join(", ")) +
    " | \($mhz | map(tostring) | join(", ")) | \(.clock_hz / 1e6 | tenth) |" +
    " \(.training.per_second | floor) | \(.inference.per_second | floor) |"' "$@"
}

{
  echo '| board | net | used of available (estimated) | MHz with seeds 1 to 5 | clock, MHz | training steps/s | inferences/s |'
  echo '|---|---|---|---|---|---|---|'
  echo "$rows" | while read -r board net folds; do
    [ -n "$board" ] || continue
    row=$build/fpga-table/$board-$(basename "$net" .yaml)
    rm -rf "$row"/*/report.json "$row"/*/rtl
    build "$row/1" "$board" "$net" "$folds" 1
    # Only the first seed is synthesized; of the others as many at a time as there are processors.
    for seed in 2 3 4 5; do
      mkdir -p "$row/$seed"
      cp "$row/1/yosys.done" "$row/1/top.json" "$row/$seed" 2>/dev/null || :
      printf '%s\n' "$row/$seed" "$board" "$net" "$folds" "$seed"
    done | tr '\n' '\0' | xargs -0 -n 5 -P "$(nproc)" sh "$here/build.sh" "$engram" "$report" "$build" >&2 || :
    # What does not fit has not been emitted; what has has a report of each seed.
    [ -e "$row/1/rtl" ] || { echo "| $board | $net | does not fit |"; continue; }
    [ "$(ls "$row"/*/report.json | wc -l)" = 5 ] || { echo "fpga-table: FAILED: five reports in $row" >&2; exit 1; }
    line "$row"/*/report.json
  done
} >"$build/fpga-table.md"

sh "$here/../verif/table.sh" 'make fpga-table' "$build/fpga-table.md" "$page"
