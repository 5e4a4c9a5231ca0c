#!/bin/sh
# same.sh : one net, its data and its seed at many layouts: the same weights after 50 steps, in the model and in each core.
# SPDX-License-Identifier: MIT
#
# Usage: same.sh BENCH WORK; each layout is compared with the model at every step, too.
set -eu
bench=$1
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
fresh "$2"

cat >"$work/layouts" <<'END'
lanes=1 positions=1 filters=1 output_lanes=1
lanes=2 positions=2 filters=3 output_lanes=2
lanes=3 positions=3 filters=1 output_lanes=3
lanes=4 positions=4 filters=3 output_lanes=4
lanes=5 positions=5 filters=1 output_lanes=1
lanes=6 positions=10 filters=1 output_lanes=2
lanes=7 positions=20 filters=1 output_lanes=3
lanes=8 positions=2 filters=1 output_lanes=4
lanes=9 positions=1 filters=3 output_lanes=1
lanes=10 positions=20 filters=3 output_lanes=4
lanes=4 positions=1 filters=1 taps=1
lanes=5 positions=1 filters=1 taps=2
END
for step in normal fast; do
  for layout in 'separate storage=ram' 'separate storage=register' 'shared storage=ram' 'shared storage=register' \
    'shared storage=single_port'; do
    echo "lanes=4 positions=3 step=$step multipliers=$layout"
  done
done >>"$work/layouts"

layout() { # its words: the digests of the core's weights and of the model's
  said=$work/$(echo "$*" | tr ' ' -).json
  # shellcheck disable=SC2046
  ENGRAM_SIM=$work ENGRAM_SIM_OPTIMISE=-O0 "$bench" --net "$here/nets/same.yaml" --steps 50 --infer 0 $(folds "$@") \
    --json >"$said"
  echo "weights $(jq -r '.weights + " " + .model_weights' "$said") $*"
}

while read -r words; do
  # shellcheck disable=SC2086
  beside layout $words
done <"$work/layouts"
settle
digests=$(cat "$work"/said/* | awk '$1 == "weights" { print $2; print $3 }' | sort -u | wc -l)
echo "same: $started layouts, $digests set(s) of weights"
[ "$digests" = 1 ]
