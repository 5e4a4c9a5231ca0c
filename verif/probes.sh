#!/bin/sh
# probes.sh : each path of engram_probes.txt is there in the emitted Verilog, as wide and as deep as it says (Icarus).
# SPDX-License-Identifier: MIT
#
# Usage: probes.sh ENGRAM WORK
set -eu
engram=$1
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
fresh "$2"

# Of a list of probes: what Icarus is asked (bits), or what it must answer (expected).
bits() {
  awk -v core="$1" '
    function say(name, what) { printf "    $display(\"%s %s %%0d\", $bits(u_core.%s));\n", name, $3, what }
    BEGIN { printf "module probed;\n  %s_core u_core ();\n  initial begin\n", core }
    $1 == "stream" { say($2, $7 ".value"); say($2, $7 ".index"); say($2, $7 ".valid") }
    $1 == "signal" || $1 == "memory" && $5 == 1 { say($2, $7) }
    $1 == "memory" && $5 > 1 { say($2, $7 "[0]"); printf "    if (^u_core.%s[%d] === 1'\''bz) $stop;\n", $7, $5 - 1 }
    $1 == "lane" { say($2, $7 ".u_lane.clk_i") }
    $1 == "bank" { say($2, $7 ".u_bank.clk_i") }
    END { print "  end\nendmodule" }'
}
expected() {
  awk '
    function index_bits(count, n) { for (n = 0; 2 ^ n < count; n++); return n > 0 ? n : 1 }
    $1 == "stream" { print $2, $3, $4; print $2, $3, index_bits($5); print $2, $3, 1 }
    $1 == "signal" && $2 == "random.state" { print $2, $3, $4 + 1; next }  # and a bit that is zero
    $1 == "signal" || $1 == "memory" { print $2, $3, $4 }
    $1 == "lane" || $1 == "bank" { print $2, $3, 1 }'
}

check() { # folder, prefix: says what differs
  for word in bits expected; do
    grep -v '^#' "$1/$2_probes.txt" | $word "$2" >"$1/probed.$word"
  done
  mv "$1/probed.bits" "$1/probed.v"
  (cd "$1" && iverilog -g2012 -s probed -o probed probed.v $(cat "$2_core.f")) >"$1/log" 2>&1 || { cat "$1/log"; return 1; }
  ! grep 'out of bounds' "$1/log" || return 1
  vvp -N "$1/probed" >"$1/probed.bits"
  diff "$1/probed.expected" "$1/probed.bits"
}

failed=0 cores=0 probes=0
core() { # prefix, net, options of `engram gen`
  prefix=$1 net=$2 folder=$work/$cores
  cores=$((cores + 1))
  shift 2
  [ "$prefix" = engram ] || set -- "$@" --prefix "$prefix"
  "$engram" gen --net "$here/../$net.yaml" "$@" -o "$folder" >"$work/log"
  try check "$folder" "$prefix" >"$work/difference"
  if [ "$status" != 0 ]; then
    echo "probes: FAILED: $prefix $net $*"
    cat "$work/difference"
    failed=1
  fi
  probes=$((probes + $(grep -vc '^#' "$folder/${prefix}_probes.txt")))
}

"$engram" synth --classes airplane,car,helicopter --recordings 4 --seconds 1 -o "$work/sounds" >"$work/log"
"$engram" features --classes airplane,car,helicopter --size 8x8 -o "$work/pictures" "$work/sounds" >"$work/log"
"$engram" train --net "$here/../nets/tiny.yaml" --data "$work/pictures" --steps 0 --save "$work/weights" >"$work/log"
core engram nets/tiny
core other nets/tiny --fold step=fast --fold positions=4 --fold filters=2
core engram nets/tiny --fold mode=inference --fold output=argmax --fold positions=1 --fold taps=3
core engram nets/tiny --load "$work/weights"
core other nets/tiny --load "$work/weights" --fold storage=register --fold positions=1 --fold taps=3
core engram nets/tiny8 --fold multipliers=shared --fold storage=single_port --fold lanes=8
core engram verif/nets/uneven
core engram verif/nets/mlp
[ "$failed" = 0 ] || exit 1

# A path that is not there, a signal that is less wide and a memory that is less deep are noticed.
for change in 's/u_random/u_randon/' 's/\(started 0\) 32/\1 31/' 's/^\(memory dense1.weights 0 [0-9]*\) /&1/'; do
  cp "$work/0/engram_probes.txt" "$work/kept"
  changed "$work/0/engram_probes.txt" "$change"
  try check "$work/0" engram >"$work/difference"
  if [ "$status" = 0 ]; then
    echo "probes: FAILED: not noticed: $change"
    exit 1
  fi
  cp "$work/kept" "$work/0/engram_probes.txt"
done
echo "probes: PASS: $probes probes of $cores cores stand where they should"
