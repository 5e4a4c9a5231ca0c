#!/bin/sh
# litex.sh : an emitted core as a LiteX module, in a SoC without a processor, with each of LiteX's buses: the emitted test
# bench on it in Verilator, and refused accesses.
# SPDX-License-Identifier: MIT
#
# Usage: litex.sh ENGRAM WORK. LiteX goes into a virtual environment in WORK; where it cannot be installed, that is a
# SKIP on a desk and a failure in CI.
set -eu
engram=$1 work=$2
here=$(realpath "$(dirname "$0")")
mkdir -p "$work"
work=$(realpath "$work")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
venv litex "$work" litex==2024.12 migen==0.10.0 packaging setuptools

# The core's bench, on the core behind LiteX instead of the core alone.
bench() {
  bits=$(sed -n 's/^#define GUN_ADDRESS_BITS //p' "$work/core/gun_core.h")
  sed "s/gun_core u_core/litex_port #(.ADDRESS_BITS($bits)) u_core/; s/4'b1111/litex_tb.strobe/;
    s/\\\$finish/litex_tb.after/" "$work/core/gun_core_tb.v" >"$work/gun_core_tb.v"
}

simulate() { # bus standard: builds and runs
  rm -rf "$work/obj"
  shape=$(sed -n 's/^#define GUN_SHAPE_VALUE 0x\(.*\)u/\1/p' "$work/core/gun_core.h")
  # shellcheck disable=SC2046
  (cd "$work" && "$venv/bin/python" "$here/litex/soc.py" core gun "$1" soc.v &&
    verilator --binary --timing -Wno-fatal "-DSHAPE_VALUE=32'h$shape" --top-module litex_tb --Mdir obj \
      -CFLAGS -O0 -MAKEFLAGS 'OPT_FAST=-O0 OPT_GLOBAL=-O0' \
      "$here/litex/litex_tb.v" gun_core_tb.v "$here/litex/litex_port.v" soc.v \
      $(sed 's,^,core/,' "$work/core/gun_core.f")) >"$work/log" 2>&1 &&
    timeout 200 "$work/obj/Vlitex_tb" >"$work/log" 2>&1
}

rm -rf "$work/core"
"$engram" gen --net "$here/../nets/tiny.yaml" --prefix gun -o "$work/core" >"$work/log"
bench
for standard in wishbone axi-lite; do
  try simulate $standard
  if [ $status != 0 ] || [ "$(grep -c ^PASS "$work/log")" != 2 ]; then
    tail "$work/log"
    echo "litex: FAILED $standard"
    exit 1
  fi
  echo "litex: $standard: $(grep -c ^PASS "$work/log") PASS: the emitted test bench, and refused accesses"
done

# An err that does not reach the bench is noticed.
if "$work/obj/Vlitex_tb" +lost >"$work/log" 2>&1 ||
  ! grep -q '^FAIL tiny: access that was not refused' "$work/log"; then
  tail "$work/log"
  echo 'litex: FAILED, a lost err was not noticed'
  exit 1
fi
echo "litex: a lost err is noticed: $(grep -m 1 FAIL "$work/log")"
