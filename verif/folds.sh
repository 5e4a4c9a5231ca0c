#!/bin/sh
# folds.sh : the paper's nets have the same bits at every layout: 20 training steps each against the model.
# SPDX-License-Identifier: MIT
#
# Usage: folds.sh BENCH
set -eu
bench=$1
nets=$(dirname "$0")/../nets
for net in paper paper8; do
  for layout in 'lanes=1 taps=4' 'lanes=4 positions=5' 'lanes=24 positions=4 filters=3' 'step=fast positions=2' \
    'step=fast filters=3 lanes=24' 'multipliers=shared lanes=8 storage=single_port' 'logic_multipliers=50'; do
    folds=
    for fold in $layout; do folds="$folds --fold $fold"; done
    # shellcheck disable=SC2086
    "$bench" --net "$nets/$net.yaml" --steps 20 --infer 5 $folds
  done
  "$bench" --net "$nets/$net.yaml" --steps 20 --infer 5 --stall 128 --faults --settings
done
