#!/bin/sh
# folds.sh : the paper's nets have the same bits at every layout: 20 training steps each against the model.
# SPDX-License-Identifier: MIT
#
# Usage: folds.sh BENCH WORK
set -eu
bench=$1 work=$2
nets=$(dirname "$0")/../nets
mkdir -p "$work"

# Each net on a processor of its own.
layouts() { # net
  for layout in 'lanes=1 taps=4' 'lanes=4 positions=5' 'lanes=24 positions=4 filters=3' 'step=fast positions=2' \
    'step=fast filters=3 lanes=24' 'multipliers=shared lanes=8 storage=single_port' 'logic_multipliers=50'; do
    folds=
    for fold in $layout; do folds="$folds --fold $fold"; done
    # shellcheck disable=SC2086
    "$bench" --net "$nets/$1.yaml" --steps 20 --infer 5 $folds
  done
  "$bench" --net "$nets/$1.yaml" --steps 20 --infer 5 --stall 128 --faults --settings
}

layouts paper8 >"$work/paper8.log" 2>&1 &
paper8=$!
layouts paper &
status=0
wait $! || status=1
wait $paper8 || status=1
cat "$work/paper8.log"
exit $status
