#!/bin/sh
# loaded.sh : cores that have weights from their start (engram gen --load), under the bench that they are emitted with,
# in Icarus Verilog and in Verilator, and the netlist of one with its ROM; cores with a digit of a weight changed, which
# the bench must notice.
# SPDX-License-Identifier: MIT
#
# Usage: loaded.sh ENGRAM WORK
set -eu
engram=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=verif/lib.sh
. "$root/verif/lib.sh"
# shellcheck source=verif/cells/netlist.sh
. "$root/verif/cells/netlist.sh"
needs loaded iverilog verilator yosys
fresh "$2"

icarus() { # folder: its bench
  # shellcheck disable=SC2046
  (cd "$1" && iverilog -g2005-sv -s engram_core_tb -o tb $(cat engram_core.f) engram_core_tb.v &&
    vvp -N tb) >"$1/icarus.log" 2>&1 &&
    grep -q '^PASS' "$1/icarus.log"
}

verilator_lint() { # folder
  (cd "$1" && verilator --lint-only -Wall --top-module engram_core $(cat engram_core.f)) >"$1/verilator_lint.log" 2>&1
}

verilated() { # folder: its bench
  (cd "$1" && verilator --binary -j 2 -O0 -CFLAGS -O0 -Wno-fatal -Wno-lint -Wno-style -Wno-STMTDLY --timing \
      --top-module engram_core_tb --Mdir verilated $(cat engram_core.f) engram_core_tb.v &&
    verilated/Vengram_core_tb) >"$1/verilated.log" 2>&1 && grep -q '^PASS' "$1/verilated.log"
}

# What synth_ice40 makes of a core, with Yosys' own cells, whose registers begin as X; and the same without the words of
# its ROM.
netlists() { # name of the core, of the netlist, and of the one without
  for folder in "$work/$2" "$work/$3"; do
    mkdir -p "$folder"
    cp "$work/$1/engram_core_tb.v" "$folder"
    echo "-DNO_ICE40_DEFAULT_ASSIGNMENTS netlist.v $(yosys_share)/ice40/cells_sim.v" >"$folder/engram_core.f"
  done
  yosys -q -l "$work/$2/yosys.log" -p "read_verilog $(sed "s,^,$work/$1/," "$work/$1/engram_core.f" | tr '\n' ' ');
    synth_ice40 -dsp -top engram_core; splitnets; write_verilog -noattr $work/$2/netlist.v;
    setparam -set INIT_0 256'h0 t:SB_RAM40_4K c:*u_bank* %i; write_verilog -noattr $work/$3/netlist.v"
}

core() { # name, net, layout
  name=$1 net=$2
  shift 2
  # shellcheck disable=SC2046
  "$engram" gen --net "$root/$net.yaml" $(folds "$@") --load "$work/${net##*/}.weights" -o "$work/$name" >"$work/log"
}

passes() { # name, simulator
  try "$2" "$work/$1"
  if [ $status = 0 ]; then echo "PASS $1, $2"; else echo "FAIL $1, $2: $(tail -n 1 "$work/$1/$2.log")"; fi
}

noticed() { # description, folder
  try icarus "$2"
  if [ $status != 0 ] && grep -q 'FAIL.*weights from the start' "$2/icarus.log"; then
    echo "PASS $1 is noticed"
  else
    echo "FAIL $1 is not noticed: $(tail -n 1 "$2/icarus.log")"
  fi
}

altered() { # name, file, sed expression
  mkdir -p "$work/$1-broken"
  cp "$work/$1"/*.v "$work/$1/engram_core.f" "$work/$1-broken"
  changed "$work/$1-broken/$2" "$3"
  noticed "$1: a changed digit in $2" "$work/$1-broken"
}

one_half() {
  passes rom verilated
  for core in serial rom; do passes $core verilator_lint; done
  netlists rom-serial netlist emptied
  passes netlist icarus
  noticed 'netlist without the words of its ROM' "$work/emptied"
}

other_half() {
  for core in conv serial register uneven biases rom rom-serial biases-rom; do passes $core icarus; done
  altered conv engram_bank.v "$digit"
  altered biases engram_core.v "/INITIAL_BITS/s/'h\([0-9a-f]*\)[0-7])/'h\18)/;t;/INITIAL_BITS/s/'h\([0-9a-f]*\)[89a-f])/'h\10)/"
  altered serial engram_core.v "s/\(INITIAL([0-9]*'h[0-9a-f]*\)[0-7])/\18)/;t;s/\(INITIAL([0-9]*'h[0-9a-f]*\)[89a-f])/\10)/"
}

trained tiny.weights "$root/nets/tiny.yaml" airplane,car,helicopter 8x8 9
trained tiny8.weights "$root/nets/tiny8.yaml" airplane,car 7x9 9
trained biases_conv.weights "$root/verif/nets/biases_conv.yaml" airplane,car,helicopter 7x6 9
core conv nets/tiny
core serial nets/tiny8 positions=1 filters=1 taps=2 lanes=1
core register nets/tiny8 positions=1 storage=register lanes=5
core uneven nets/tiny lanes=3
core biases verif/nets/biases_conv
core rom nets/tiny mode=inference
core biases-rom verif/nets/biases_conv mode=inference positions=1 filters=1 taps=3
core rom-serial nets/tiny8 mode=inference positions=1 filters=1 taps=2
digit="/memory_q\[7\] *<*= [0-9]*'h/{s/0;/1;/;t;s/.;/0;/}"
beside one_half
beside other_half
tally 16
