#!/bin/sh
# regress.sh : one random case through everything; its verdict, one line, goes to CASE/verdict.
# SPDX-License-Identifier: MIT
#
# Usage: regress.sh CASE BENCH ENGRAM RTL STAGE OPTIONS...
# CASE holds net.yaml. RTL is '' or a folder whose Verilog files replace emitted ones. STAGE is bench, lint, icarus or
# yosys, or '' for all of them, one after the other until one fails. OPTIONS are the bench's.
set -u
case=$1 bench=$2 engram=$3 rtl=$4 stage=$5
shift 5
here=$(cd "$(dirname "$0")" && pwd)
case=$(cd "$case" && pwd)

failed() { # stage, what kind of failure; the log says more
  echo "FAIL $*" >"$case/verdict"
  exit 1
}

run_bench() {
  mkdir -p "$case/sim" "$case/../runtime"
  ln -s ../../runtime "$case/sim/runtime"
  ENGRAM_SIM=$case/sim ENGRAM_SIM_OPTIMISE=-O0 timeout 600 \
    "$bench" --net "$case/net.yaml" ${rtl:+--rtl "$rtl"} "$@" >"$case/log" 2>&1
  status=$?
  [ $status != 0 ] || return 0
  # The kind: the tensor without its layer, if there is one.
  kind=$(sed -n 's/^first difference: \(.*\.\)\{0,1\}\([^[]*\)\[.*/\2/p' "$case/log")
  failed bench "${kind:-exit status $status}"
}

run_lint() {
  (cd "$case/core" && verilator --lint-only -Wall -f engram_core.f --top-module engram_core) >"$case/log" 2>&1 ||
    failed lint "$(sed -n 's/^%\([A-Za-z]*-*[A-Z]*\).*/\1/p' "$case/log" | head -n 1)"
}

run_icarus() {
  # shellcheck disable=SC2046
  (cd "$case/core" && iverilog -g2005 -tnull -Wall -Wno-timescale -s engram_core $(cat engram_core.f)) \
    >"$case/log" 2>&1
  [ $? = 0 ] && [ ! -s "$case/log" ] || failed icarus "$(sed 's/^[^ ]* //;s/[0-9`].*//;q' "$case/log")"
}

run_yosys() {
  # shellcheck disable=SC2046
  (cd "$case/core" && yosys -q -p "script $here/regress.ys; script $here/paths.ys" $(cat engram_core.f)) >"$case/log" 2>&1
  [ $? = 0 ] && [ ! -s "$case/log" ] ||
    failed yosys "$(sed 's/^[^ ]*: Warning/Warning/;s/[\\$0-9].*//;q' "$case/log")"
}

"$engram" gen --net "$case/net.yaml" -o "$case/core" >"$case/log" 2>&1 || failed gen
[ -z "$rtl" ] || cp "$rtl"/*.v "$case/core" || failed gen "$rtl"
for each in ${stage:-bench lint icarus yosys}; do
  "run_$each" "$@"
done
echo PASS >"$case/verdict"
