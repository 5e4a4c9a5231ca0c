#!/bin/sh
# icarus.sh : small cores in Icarus Verilog against the model, where what was never set is X; and two broken leaves that
# the bench must notice there, the second of which is right in a simulator without X.
# SPDX-License-Identifier: MIT
#
# Usage: icarus.sh BENCH WORK
set -eu
bench=$1 work=$2
here=$(dirname "$0")
nets=$here/../nets
rm -rf "$work"
mkdir -p "$work"

core() { # name, exit status and line that are expected, options of the bench
  name=$1 status=$2 line=$3 got=0
  shift 3
  ENGRAM_SIM="$work/$name" "$bench" --simulator icarus "$@" >"$work/$name.out" 2>&1 || got=$?
  if [ "$got" = "$status" ] && grep -q "^$line" "$work/$name.out"; then
    echo "PASS $name: $(grep "^$line" "$work/$name.out")"
  else
    echo "FAIL $name: exit $got, $status and '$line' expected; $(tail -n 2 "$work/$name.out" | tr '\n' ' ')"
  fi >"$work/$name.result"
}

mutant() { # leaf, sed expression, first difference that is expected
  mkdir -p "$work/rtl-$1"
  sed "$2" "$here/../rtl/$1.v" >"$work/rtl-$1/$1.v"
  core "$1" 1 "first difference: $3" --net "$nets/tiny.yaml" --steps 2 --infer 0 --rtl "$work/rtl-$1"
}

# Two at a time.
run='--steps 20 --infer 5' stress='--stall 110 --faults --settings'
# shellcheck disable=SC2086
{
  core tiny 0 'sim: PASS' --net "$nets/tiny.yaml" $run &
  core tiny8 0 'sim: PASS' --net "$nets/tiny8.yaml" --fold positions=1 $run &
  wait
  core tiny-stalled 0 'sim: PASS' --net "$nets/tiny.yaml" $run $stress &
  core tiny8-stalled 0 'sim: PASS' --net "$nets/tiny8.yaml" --fold positions=1 $run $stress &
  wait
  core mlp 0 'sim: PASS' --net "$here/nets/mlp.yaml" $run &
  core quick-softmax-stalled 0 'sim: PASS' --net "$here/nets/quick.yaml" --fold output=softmax $run --faults \
    --stall-replies 230 &
  wait
}
mutant engram_normaliser "s/, shifted\[0\]}/, 1'b0}/" '[a-z0-9.]*\[[0-9]*\] expected [-0-9]* got [-0-9]' &
mutant engram_counters 's/taken_o = at_layers_q/& \& {(COUNTERS*LAYERS){!reset_q}}/' 'cut_activations\[0\] expected 0 got X' &
wait
cat "$work"/*.result
passed=$(cat "$work"/*.result | grep -c '^PASS' || true)
failed=$(cat "$work"/*.result | grep -c '^FAIL' || true)
echo "$passed passed, $failed failed"
[ "$passed" = 8 ] && [ "$failed" = 0 ]
