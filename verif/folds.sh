#!/bin/sh
# folds.sh : the paper's nets have the same bits at every layout: 20 training steps each against the model.
# SPDX-License-Identifier: MIT
#
# Usage: folds.sh BENCH WORK
set -eu
bench=$1
root=$(dirname "$0")/..
# shellcheck source=verif/lib.sh
. "$root/verif/lib.sh"
fresh "$2"

# Each net on a processor of its own.
layouts() { # net
  for layout in 'lanes=1 taps=4' 'lanes=4 positions=5' 'lanes=24 positions=4 filters=3' 'step=fast positions=2' \
    'step=fast filters=3 lanes=24' 'multipliers=shared lanes=8 storage=single_port' 'logic_multipliers=50' \
    '--stall=128 --faults --settings'; do
    # shellcheck disable=SC2046,SC2086
    "$bench" --net "$root/nets/$1.yaml" --steps 20 --infer 5 $(folds $layout)
  done
}

beside layouts paper
beside layouts paper8
settle
