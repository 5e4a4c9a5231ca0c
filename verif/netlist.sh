#!/bin/sh
# netlist.sh : the netlists that Yosys makes of small cores for each family, in the bench: the model's bits and cycles, as
# far as the buses show them; netlists and cells with an error, which must be noticed; leaves with cells of their own
# in a family, in the leaves' own tests; and netlists in the emitted bench in Icarus, where what was never set is X.
# SPDX-License-Identifier: MIT
#
# Usage: netlist.sh BENCH ENGRAM WORK
set -eu
bench=$(realpath "$1") engram=$(realpath "$2")
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=verif/lib.sh
. "$root/verif/lib.sh"
needs netlist yosys iverilog
fresh "$3"
mkdir "$work/runtime"
# shellcheck source=verif/cells/netlist.sh
. "$root/verif/cells/netlist.sh"

# family, net, training steps, folds; the last one takes longest
cat >"$work/cores" <<'END'
ecp5 verif/nets/one 20 storage=register multipliers=shared
ice40 nets/tiny8 20 positions=1 filters=1 taps=2 multipliers=shared storage=single_port
ecp5 nets/tiny8 20 positions=1 filters=3 step=fast
ice40 verif/nets/one 20 mode=inference output=argmax
ice40 verif/nets/wide 3
ice40 nets/paper8 3 lanes=8 taps=4 multipliers=shared storage=single_port output_lanes=1
END

# family, net of the above, file, and what is done to it, an error that must be noticed: sed's expression, or
# `middle FROM TO`, which changes the one in the middle of all FROM
cat >"$work/mutants" <<'END'
ice40 tiny8 netlist.v middle LUT_INIT(16'h6996) LUT_INIT(16'h6997)
ecp5 tiny8 netlist.v middle INIT0(16'h96aa) INIT0(16'h97aa)
ecp5 tiny8 DP16KD.v s/<= data\[9\*i +: PART\];$/<= ~data[9*i +: PART];/
ecp5 tiny8 MULT18X18D.v s/= a_in \* b_in;/= a_in * a_in;/
END

simulate() { # folder: its netlist.f in the bench, with its options
  mkdir -p "$1/rtl" "$1/sim"
  cp "$1/netlist.f" "$1/rtl/engram_core.f"
  ln -s "$work/runtime" "$1/sim/runtime"
  # shellcheck disable=SC2046
  ENGRAM_SIM=$1/sim ENGRAM_SIM_OPTIMISE=$(cat "$1/optimise") "$bench" $(cat "$1/options") --netlist "$1/rtl" >"$1/out" 2>&1
}

core() { # family, net, steps, folds
  family=$1 net=$2 steps=$3 name=$1-${2##*/} folder=$work/$1-${2##*/}
  shift 3
  options="--net $root/$net.yaml $(folds "$@")"
  mkdir -p "$folder"
  echo "$options --steps $steps --infer $((1 + steps / 4))" >"$folder/options"
  # What a compiler's optimisation saves is less than it takes, but for large nets.
  case $net in */paper*) echo -O1 ;; *) echo -O0 ;; esac >"$folder/optimise"
  # shellcheck disable=SC2086
  "$engram" gen $options -o "$folder/core" >"$folder/log"
  # shellcheck disable=SC2046
  netlist "$family" engram_core "$folder" $(sed "s,^,$folder/core/," "$folder/core/engram_core.f")
  try simulate "$folder"
  if [ $status = 0 ] && grep -q '^sim: PASS' "$folder/out"; then
    echo "PASS $name $*: $(tail -n 1 "$folder/out")"
  else
    echo "FAIL $name $*: $(tail -n 2 "$folder/out" | tr '\n' ' ')"
  fi
}

mutant() { # family, net, file, sed expression
  from=$work/$1-$2 folder=$work/$1-$2-$3 name=$1-$2 file=$3
  shift 3
  mkdir -p "$folder"
  path=$(grep "/$file\$" "$from/netlist.f")
  if [ "$1" = middle ]; then
    awk -v from="$2" -v to="$3" -v n="$(($(grep -cF "$2" "$path") / 2))" '
      (at = index($0, from)) && ++found == n { $0 = substr($0, 1, at - 1) to substr($0, at + length(from)) } 1' "$path"
  else
    sed "$*" "$path"
  fi >"$folder/$file"
  sed "s,^$path\$,$folder/$file," "$from/netlist.f" >"$folder/netlist.f"
  cp "$from/options" "$from/optimise" "$folder"
  try simulate "$folder"
  if ! cmp -s "$path" "$folder/$file" && [ "$status" = 1 ] && grep -q '^sim: FAIL' "$folder/out"; then
    echo "PASS $name, $file with '$*': $(tail -n 2 "$folder/out" | head -n 1)"
  else
    echo "FAIL $name, $file with '$*' was not noticed: $(tail -n 1 "$folder/out")"
  fi
}

leaves() { # family
  mkdir -p "$work/leaf-$1"
  if ENGRAM_LEAF_FAMILY=$1 sh "$root/verif/leaf/run.sh" "$work/leaf-$1" "$engram" multiplier multipliers weights >"$work/leaf-$1.log"; then
    echo "PASS leaves for $1: $(tail -n 1 "$work/leaf-$1.log")"
  else
    cat "$work/leaf-$1.log"
    echo "FAIL leaves for $1"
  fi
}

# The emitted bench in Icarus, where a netlist's registers begin as X. `generic` is of gates, but that products stay `*`,
# which is X where an operand is, and memories stay memories, with engram_counters' constants; `ice40` is what synth_ice40
# -dsp makes where nobody defines ENGRAM_ICE40, with Yosys' own cells.
emitted() { # generic or ice40, net, folds
  kind=$1 net=$2 folder=$work/emitted-$1 cells=''
  shift 2
  options="--net $root/$net.yaml $(folds "$@")"
  case $kind in
    generic) synthesis="synth -flatten -noalumacc -run begin:fine -top engram_core; select -set kept t:\$mul t:\$mem_v2;
      simplemap; techmap t:* @kept %d; opt; abc -fast -g AND,OR,XOR,MUX; clean -purge" ;;
    ice40)
      synthesis='synth_ice40 -dsp -top engram_core; splitnets; rename -hide'
      cells="-DNO_ICE40_DEFAULT_ASSIGNMENTS $(yosys_share)/ice40/cells_sim.v"
      ;;
  esac
  mkdir -p "$folder"
  # shellcheck disable=SC2086
  "$engram" gen $options -o "$folder/core" >"$folder/log"
  yosys -q -l "$folder/yosys.log" -p "read_verilog $(sed "s,^,$folder/core/," "$folder/core/engram_core.f" | tr '\n' ' ');
    $synthesis; write_verilog -noattr $folder/netlist.v"
  try in_icarus "$folder" "$folder/netlist.v"
  if [ $status = 0 ] && grep -q '^PASS' "$folder/out"; then
    echo "PASS $kind netlist of $net in the emitted bench"
  else
    echo "FAIL $kind netlist of $net in the emitted bench: $(tail -n 1 "$folder/out")"
  fi
}

in_icarus() { # folder of core and out, netlist; $cells
  # shellcheck disable=SC2086
  iverilog -g2005-sv -s engram_core_tb -o "$1/bench" "$2" $cells "$1/core/engram_core_tb.v" >"$1/out" 2>&1 &&
    vvp -N "$1/bench" >>"$1/out" 2>&1
}

# Multipliers whose b is not reset, as if its start at 0 were kept: 0 * x is X there.
unset_multipliers() {
  folder=$work/emitted-unset cells=''
  mkdir -p "$folder"
  ln -s "$work/emitted-generic/core" "$folder/core"
  changed "$work/emitted-generic/netlist.v" "s/if (rst_i)\( .*u_multiplier\.b_q .*<= 1'h0;\)/if (1'b0)\1/" "$folder/netlist.v"
  try in_icarus "$folder" "$folder/netlist.v"
  if [ $status != 0 ] && grep -q '^FAIL' "$folder/out"; then
    echo "PASS multipliers that are not reset: $(grep '^FAIL' "$folder/out")"
  else
    echo "FAIL multipliers that are not reset were not noticed: $(tail -n 1 "$folder/out")"
  fi
}

each() { # command, its arguments from standard input, line by line
  while read -r line; do
    # shellcheck disable=SC2086
    "$1" $line </dev/null
  done
}

one_half() {
  tail -n 1 "$work/cores" | each core
  emitted generic verif/nets/uneven
  unset_multipliers
  leaves ecp5
}

other_half() {
  sed '1d;$d' "$work/cores" | each core
  each mutant <"$work/mutants"
  emitted ice40 verif/nets/one multipliers=shared
  leaves ice40
}

# The first core alone, which compiles Verilator's runtime for all.
set -f
# shellcheck disable=SC2046
beside core $(head -n 1 "$work/cores")
settle
beside one_half
beside other_half
set +f
tally 15
