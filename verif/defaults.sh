#!/bin/sh
# defaults.sh : nets whose descriptions say no binary point, initial range, rate or rounding, on MNIST and on sounds: whether
# they learn, and as floating point does.
# SPDX-License-Identifier: MIT
#
# Usage: defaults.sh ENGRAM WORK SEEDS ROTATIONS DATA
#
# DATA has the folders mnist (IDX files) and vehicle-sounds. Six nets, each in words of 8 and of 16 bits, from SEEDS seeds,
# the sounds in ROTATIONS rotations of ten: in each another tenth is the test. Results are kept in WORK by what they depend
# on, so that a run which was stopped goes on; the table is shown after each net. Fails where a mark is missed: the twin at
# least 88 % with 16 units and 93 % from 64 on, the model at most one point from its twin, in the mean over all its runs.
set -eu
engram=$1 work=$2 seeds=$3 rotations=$4 data=$5
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
if [ -z "$data" ]; then
  echo 'SKIP defaults: DATA=DIR (with the folders mnist of IDX files and vehicle-sounds) is not given'
  exit 0
fi
for number in "$seeds" "$rotations"; do
  case $number in
  '' | *[!0-9]* | 0) echo "defaults: found $number, allowed SEEDS and ROTATIONS from 1 on" >&2 && exit 2 ;;
  esac
done
mkdir -p "$work/nets"
[ -d "$work/sounds" ] ||
  "$engram" features --view spectrum --classes airplane,engine -o "$work/sounds" "$data/vehicle-sounds" >"$work/log"

# describe BITS TASK LAYERS: a description; LAYERS as 16, conv-64, 64-64, hidden layers' units.
describe() {
  input='offset: 128, frac: 6' classes=2 hidden='' logits=''
  [ "$2" = sounds ] || { input='offset: 0, frac: 8' && classes=10; }
  if [ "$1" != 16 ]; then
    logits=", weights: {bits: $1}, gradients: {bits: $1}" # which have 16 bits
    hidden="$logits, activations: {bits: $1}"
  fi
  printf 'name: net\ninput: {height: 28, width: 28, %s}\nlayers:\n' "$input"
  for layer in $(echo "$3" | tr - ' '); do
    case $layer in
    conv) echo "  - conv: {filters: 3, kernel: 4$hidden}" ;;
    *) echo "  - dense: {units: $layer$hidden}" ;;
    esac
  done
  echo "  - output: {classes: $classes$logits}"
}

# learn TASK LAYERS BITS SEED ROTATION DEVICE: one training, unless its result is there.
learn() {
  result=$runs/$1.$2.$3.$4.$5.$6
  [ ! -e "$result" ] || return 0
  case $1 in
  mnist) options="--data $data/mnist --test 10000 --epochs 5 --halve 3,4" ;;
  sounds) options="--data $work/sounds --split segment --rotation $5/10 --epochs 60 --halve 40,50" ;;
  esac
  # shellcheck disable=SC2086 # words
  ENGRAM_THREADS=1 "$engram" train --net "$work/nets/$1.$2.$3.yaml" $options --seed "$4" --on "$6" --json >"$work/json"
  jq '.runs[0].test.accuracy * 100' "$work/json" >"$result.part"
  mv "$result.part" "$result"
}

tasks='mnist sounds' nets='16 conv-64 64-64 conv-64-64-64 conv-256-64 1024' words='8 16'
for task in $tasks; do
  for net in $nets; do
    for bits in $words; do describe "$bits" "$task" "$net" >"$work/nets/$task.$net.$bits.yaml"; done
  done
done
runs=$work/$(cat "$engram" "$work"/nets/*.yaml "$work"/sounds/*-ubyte | cksum | cut -d' ' -f1)
mkdir -p "$runs"

# A line for each training of both, then one for each net and task: means over its runs.
pairs() {
  for twin in "$runs"/*.twin; do
    name=${twin##*/} model=${twin%twin}golden
    [ ! -e "$model" ] || echo "$(echo "$name" | tr . ' ')" "$(cat "$twin")" "$(cat "$model")"
  done
}

table() {
  pairs | awk -v order="$order" -v wanted="$seeds" -v rotations="$rotations" '
    { key = $1 " " $2 " " $3; n[key]++; twin[key] += $7; model[key] += $8; d = $8 - $7; square[key] += d * d }
    END {
      print "| pictures | hidden layers | bits | runs | twin | model | model less twin | |"
      print "|---|---|---|---|---|---|---|---|"
      count = split(order, keys, ",")
      for (k = 1; k <= count; k++) {
        split(keys[k], part, " ")
        runs = n[keys[k]]
        if (!runs) {
          missed = 1
          continue
        }
        t = twin[keys[k]] / runs
        less = model[keys[k]] / runs - t
        error = runs > 1 ? sqrt((square[keys[k]] / runs - less * less) / (runs - 1)) : 0
        mark = part[2] == "16" ? 88 : 93
        verdict = ""
        if (t < mark) verdict = "twin below " mark " % "
        if (less < -1 || less > 1) verdict = verdict "not within a point "
        if (runs < wanted * (part[1] == "sounds" ? rotations : 1)) verdict = verdict "unfinished "
        if (verdict != "") missed = 1
        printf "| %s | %s | %s | %d | %.2f %% | %.2f %% | %+.2f \302\261 %.2f | %s|\n", part[1], part[2], part[3], runs, t,
               t + less, less, error, verdict == "" ? "held " : "**" toupper(substr(verdict, 1, length(verdict) - 1)) "** "
      }
      exit missed
    }'
}

order=$(for task in $tasks; do
  for net in $nets; do
    for bits in $words; do echo "$task $net $bits"; done
  done
done | paste -sd,)
# Net by net, from small to large, so that a run which is stopped has whole nets.
for net in $nets; do
  for task in $tasks; do
    last=1
    [ "$task" != sounds ] || last=$rotations
    for seed in $(seq "$seeds"); do
      for rotation in $(seq "$last"); do
        for bits in $words; do
          for device in twin golden; do learn "$task" "$net" "$bits" "$seed" "$rotation" "$device"; done
        done
      done
    done
  done
  try table
  echo
done
[ $status = 0 ] || echo 'defaults: FAIL: a mark is missed'
exit $status
