#!/bin/sh
# folds.sh : the paper's nets have the same bits at every layout: 20 training steps each against the model.
# SPDX-License-Identifier: MIT
#
# Usage: folds.sh BENCH
set -eu
bench=$1
nets=$(dirname "$0")/../nets
for net in paper paper8; do
  for lanes in 1 4 64; do
    for positions in 1 5; do
      "$bench" --net "$nets/$net.yaml" --steps 20 --infer 5 --fold "lanes=$lanes" --fold "positions=$positions"
    done
  done
  "$bench" --net "$nets/$net.yaml" --steps 20 --infer 5 --stall 128 --faults --settings
done
