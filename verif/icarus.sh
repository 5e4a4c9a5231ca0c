#!/bin/sh
# icarus.sh : small cores in Icarus Verilog against the model, where what was never set is X; and two broken leaves that
# the bench must notice there, the second of which is right in a simulator without X.
# SPDX-License-Identifier: MIT
#
# Usage: icarus.sh BENCH WORK
set -eu
bench=$1
root=$(dirname "$0")/..
# shellcheck source=verif/lib.sh
. "$root/verif/lib.sh"
fresh "$2"

core() { # name, exit status and line that are expected, net, words of the layout and options of the bench
  name=$1 expected=$2 line=$3 net=$4
  shift 4
  # shellcheck disable=SC2046
  try env ENGRAM_SIM="$work/$name" "$bench" --simulator icarus --net "$root/$net.yaml" $(folds "$@") >"$work/$name.out" 2>&1
  if [ "$status" = "$expected" ] && grep -q "^$line" "$work/$name.out"; then
    echo "PASS $name: $(grep "^$line" "$work/$name.out")"
  else
    echo "FAIL $name: exit $status, $expected and '$line' expected; $(tail -n 2 "$work/$name.out" | tr '\n' ' ')"
  fi
}

mutant() { # leaf, sed expression, first difference that is expected
  mkdir -p "$work/rtl-$1"
  changed "$root/rtl/$1.v" "$2" "$work/rtl-$1/$1.v"
  core "$1" 1 "first difference: $3" nets/tiny --steps=2 --infer=0 "--rtl=$work/rtl-$1"
}

run='--steps=20 --infer=5' stress='--stall=110 --faults --settings'
# shellcheck disable=SC2086
{
  beside core tiny 0 'sim: PASS' nets/tiny $run
  beside core tiny8 0 'sim: PASS' nets/tiny8 positions=1 $run
  beside core tiny-stalled 0 'sim: PASS' nets/tiny $run $stress
  beside core tiny8-stalled 0 'sim: PASS' nets/tiny8 positions=1 $run $stress
  beside core mlp 0 'sim: PASS' verif/nets/mlp $run
  beside core quick-softmax-stalled 0 'sim: PASS' verif/nets/quick output=softmax $run --faults --stall-replies=230
}
beside mutant engram_normaliser "s/, shifted\[0\]}/, 1'b0}/" '[a-z0-9.]*\[[0-9]*\] expected [-0-9]* got [-0-9]'
beside mutant engram_counters 's/taken_o = at_layers_q/& \& {(COUNTERS*LAYERS){!reset_q}}/' 'cut_activations\[0\] expected 0 got X'
tally 8
