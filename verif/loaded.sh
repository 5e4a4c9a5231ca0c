#!/bin/sh
# loaded.sh : cores that have weights from their start (engram gen --load), under the bench that they are emitted with, in
# Icarus Verilog and in Verilator; cores with a digit of a weight changed, which the bench must notice.
# SPDX-License-Identifier: MIT
#
# Usage: loaded.sh ENGRAM WORK
set -eu
engram=$(realpath "$1") work=$2
root=$(cd "$(dirname "$0")/.." && pwd)
for tool in iverilog verilator; do
  if ! command -v $tool >/dev/null; then
    echo "SKIP: loaded needs $tool"
    [ -z "${CI:-}" ]
    exit
  fi
done
rm -rf "$work"
mkdir -p "$work"
work=$(realpath "$work")
passed=0 failed=0

verdict() { # what, exit status, log
  if [ "$2" = 0 ]; then
    passed=$((passed + 1))
    echo "PASS $1"
  else
    failed=$((failed + 1))
    echo "FAIL $1: $(tail -n 1 "$3")"
  fi
}

weights() { # net, classes, size of pictures: a few training steps
  "$engram" synth --classes "$2" --recordings 4 --seconds 2 -o "$work/sounds-${1##*/}" >"$work/log"
  "$engram" features --classes "$2" --size "$3" -o "$work/pictures-${1##*/}" "$work/sounds-${1##*/}" >"$work/log"
  "$engram" train --net "$root/$1.yaml" --data "$work/pictures-${1##*/}" --epochs 1 --steps 9 \
    --save "$work/${1##*/}.weights" >"$work/log"
}

emitted() { # folder: its bench in Icarus
  (cd "$1" && iverilog -g2005 -s engram_core_tb -o tb $(cat engram_core.f) engram_core_tb.v && vvp -N tb) >"$1/log" 2>&1 &&
    grep -q '^PASS' "$1/log"
}

verilated() { # folder: the same in Verilator, which is to have nothing to say about the core
  (cd "$1" && verilator --lint-only -Wall --top-module engram_core $(cat engram_core.f) &&
    verilator --binary -j 2 -O0 -CFLAGS -O0 -Wno-fatal -Wno-lint -Wno-style -Wno-STMTDLY --timing \
      --top-module engram_core_tb --Mdir verilated $(cat engram_core.f) engram_core_tb.v &&
    verilated/Vengram_core_tb) >"$1/verilator.log" 2>&1 && grep -q '^PASS' "$1/verilator.log"
}

core() { # name, net, layout options
  name=$1 net=$2
  shift 2
  status=0
  "$engram" gen --net "$root/$net.yaml" "$@" --load "$work/${net##*/}.weights" -o "$work/$name" >"$work/log" 2>&1 &&
    emitted "$work/$name" || status=$?
  verdict "$name in Icarus" "$status" "$work/$name/log"
}

noticed() { # name, file, sed expression
  mkdir -p "$work/$1-broken"
  cp "$work/$1"/*.v "$work/$1/engram_core.f" "$work/$1-broken"
  sed "$3" "$work/$1/$2" >"$work/$1-broken/$2"
  status=1
  if ! cmp -s "$work/$1/$2" "$work/$1-broken/$2"; then
    emitted "$work/$1-broken" || { grep -q 'FAIL.*weights from the start' "$work/$1-broken/log" && status=0; }
  fi
  verdict "$1, $2 with '$3', is noticed" "$status" "$work/$1-broken/log"
}

weights nets/tiny airplane,car,helicopter 8x8
weights nets/tiny8 airplane,car 7x9
core conv nets/tiny
core serial nets/tiny8 --fold positions=1 --fold filters=1 --fold taps=2 --fold lanes=1
core register nets/tiny8 --fold positions=1 --fold storage=register --fold lanes=5
core uneven nets/tiny --fold lanes=3
core rom nets/tiny --fold mode=inference
core rom-serial nets/tiny8 --fold mode=inference --fold positions=1 --fold filters=1 --fold taps=2
digit="/memory_q\[7\] *<*= [0-9]*'h/{s/0;/1;/;t;s/.;/0;/}"
noticed conv engram_bank.v "$digit"
noticed serial engram_core.v "s/\(INITIAL([0-9]*'h[0-9a-f]*\)[0-7])/\18)/;t;s/\(INITIAL([0-9]*'h[0-9a-f]*\)[89a-f])/\10)/"

for name in serial rom; do
  status=0
  verilated "$work/$name" || status=$?
  verdict "$name in Verilator" "$status" "$work/$name/verilator.log"
done

echo "$passed passed, $failed failed"
[ "$passed" = 10 ] && [ "$failed" = 0 ]
