#!/bin/sh
# study_run.sh : one training of verif/study.sh, unless its result is there.
# SPDX-License-Identifier: MIT
#
# Usage: study_run.sh ENGRAM WORK RUNS VIEW TASK CLASSES SPLIT NET SEED ROTATION EPOCHS
#
# Writes RUNS/VIEW.TASK.SPLIT.NET.SEED.ROTATION.json; the test is the rotation's tenth. Prints its name. The net "parts"
# trains nothing: it writes which picture is in which part, for study_torch.py; "reversed" is paper with the classes in
# the other order. A failure ends with 255, where xargs
# stops.
set -eu
engram=$1 work=$2 runs=$3 view=$4 task=$5 classes=$6 split=$7 net=$8
shift 8
seed=$1 rotation=$2 epochs=$3
name=$view.$task.$split.$net.$seed.$rotation
pictures=$split
[ "$split" != author ] || pictures=recording
[ "$net" != reversed ] || classes=$(echo "$classes" | tr , '\n' | tac | paste -sd,)
set -- --data "$work/$view.$pictures" --classes "$classes" --split "$split" --seed "$seed" \
  --rotation "$rotation/10"
case $net in
parts)
  "$engram" train --net "$work/nets/paper.$task.yaml" "$@" --epochs 0 --parts "$runs/$name.csv" >/dev/null || exit 255
  ;;
reversed) set -- --net "$work/nets/paper.$task.yaml" "$@" ;;
twin) set -- --net "$work/nets/paper.$task.yaml" --on twin "$@" ;;
*) set -- --net "$work/nets/$net.$task.yaml" "$@" ;;
esac
if [ "$net" != parts ]; then
  ENGRAM_THREADS=1 "$engram" train "$@" --epochs "$epochs" --json >"$runs/$name.part" || exit 255 # xargs stops
  mv "$runs/$name.part" "$runs/$name.json"
fi
echo "$name"
