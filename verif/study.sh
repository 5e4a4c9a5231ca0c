#!/bin/sh
# study.sh : the nets of the paper in several formats, beside their floating-point twin and other classifiers, trained
# on recordings; writes the tables of docs/study.md and the README's.
# SPDX-License-Identifier: MIT
#
# Usage: study.sh ENGRAM STUDY WORK PYTHON DATA SEEDS PAGE README
#
# Results are kept in WORK by what they depend on, so that a study which was stopped goes on. Two trainings run at a
# time.
set -eu
engram=$1 study=$2 work=$3 python=$4 data=$5 seeds=$6 page=$7 readme=$8
here=$(dirname "$0")
if [ -z "$data" ]; then
  echo 'SKIP study: DATA=DIR (folders airplane, car, engine, helicopter and train of recordings) is not given'
  exit 0
fi
case $seeds in
'' | *[!0-9]* | 0) echo "study: SEEDS=$seeds: a whole number from 1 on is expected" >&2 && exit 2 ;;
esac

# formats BITS LOGITS: paper8 with fewer bits of its weights used, of the same range; of what is stored the last place is
# that of an update. The logits then may have fewer fraction bits.
formats() {
  sed -e "s/weights: {bits: 8, frac: 6,/weights: {bits: 16, frac: 14, used: $1,/" \
    -e "s/weights: {bits: 8, frac: 8,/weights: {bits: 10, frac: 10, used: $1,/" \
    -e "s/weights: {bits: 8, frac: 10,/weights: {bits: 10, frac: 12, used: $1,/" \
    -e "s/activations: {bits: 16, frac: 9}/activations: {bits: 16, frac: $2}/" "$here/../nets/paper8.yaml"
}

mkdir -p "$work/nets"
cp "$here/../nets/paper.yaml" "$here/../nets/paper8.yaml" "$work/nets"
sed 's/rounding: stochastic, random_bits: 8/rounding: nearest/' "$here/../nets/paper8.yaml" >"$work/nets/nearest8.yaml"
formats 6 9 >"$work/nets/weights6.yaml"
formats 4 7 >"$work/nets/weights4.yaml"
nets='paper paper8 nearest8 weights6 weights4'
for net in $nets; do
  for task in car engine helicopter; do cp "$work/nets/$net.yaml" "$work/nets/$net.$task.yaml"; done
  sed -e 's/classes: 2/classes: 5/' -e 's/output_lanes: 2/output_lanes: 5/' "$work/nets/$net.yaml" \
    >"$work/nets/$net.five.yaml"
done
# By recording, a second of modulation begins every third of a second: more pictures of the same.
for set in spectrum.segment spectrum.recording modulation.segment modulation.recording; do
  every=
  [ $set != modulation.recording ] || every='--every 333'
  # shellcheck disable=SC2086 # words
  "$engram" features --view ${set%.*} $every --classes airplane,car,engine,helicopter,train -o "$work/$set" "$data" \
    >"$work/$set.log"
done
key=$(cat "$engram" "$work"/nets/*.yaml "$work"/*/*-ubyte "$work"/*/dataset.json "$here/study_torch.py" \
  "$here/classify.py" | cksum | cut -d' ' -f1)
runs=$work/$key
mkdir -p "$runs"

# Seed by seed, so that a study which is stopped has whole seeds.
seed=1
: >"$work/jobs"
while [ "$seed" -le "$seeds" ]; do
  for net in parts $nets twin reversed; do
    for view in spectrum modulation; do
      for task in car engine helicopter five; do
        classes=airplane,$task
        [ $task != five ] || classes=airplane,car,engine,helicopter,train
        splits='segment recording author'
        case $task in
        car | five) splits='segment recording' ;; # all cars are one author's
        esac
        for split in $splits; do
          # By recording or author a net knows its recordings by heart long before.
          epochs=40
          [ $split = segment ] || epochs=12
          for rotation in 1 2 3 4 5 6 7 8 9 10; do
            name=$view.$task.$split.$net.$seed.$rotation
            [ -e "$runs/$name.json" ] || [ -e "$runs/$name.csv" ] ||
              echo "$view $task $classes $split $net $seed $rotation $epochs"
          done
        done
      done
    done
  done
  seed=$((seed + 1))
done >>"$work/jobs"
total=$(wc -l <"$work/jobs")
echo "study: $total trainings to do"
rm -f "$work/failed"
{ xargs -r -P 2 -L 1 sh "$here/study_run.sh" "$engram" "$work" "$runs" <"$work/jobs" || : >"$work/failed"; } |
  awk -v total="$total" 'NR % 50 == 0 { print "study: " NR " of " total " (" $0 ")"; fflush() }'
if [ -e "$work/failed" ]; then
  echo 'study: FAIL: a training failed (above)' >&2
  exit 1
fi
if "$python" -c 'import torch' 2>/dev/null; then
  "$python" "$here/study_torch.py" "$work" "$runs" "$seeds" 0 &
  "$python" "$here/study_torch.py" "$work" "$runs" "$seeds" 1
  wait $!
else
  echo "SKIP: no PyTorch ($python cannot import torch; make bench-deps): no other classifiers beside the nets"
fi
"$study" "$runs" "$seeds" >"$work/tables"
sh "$here/table.sh" 'make study' "$work/tables" "$page"
"$study" "$runs" "$seeds" short >"$work/short"
sh "$here/table.sh" 'make study' "$work/short" "$readme"
sed -n '/^### Marks/,/^### S/p' "$work/tables" | sed '$d'
