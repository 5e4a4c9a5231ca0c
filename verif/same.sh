#!/bin/sh
# same.sh : one net, its data and its seed at many layouts: the same weights after 50 steps, in the model and in each core.
# SPDX-License-Identifier: MIT
#
# Usage: same.sh BENCH WORK; each layout is compared with the model at every step, too.
set -eu
bench=$1 work=$2
net=$(dirname "$0")/nets/same.yaml
mkdir -p "$work"

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

# The weights of one layout: "digest of the core's, digest of the model's, layout".
cat >"$work/one.sh" <<'END'
bench=$1 net=$2 work=$3
shift 3
name=$(echo "$*" | tr ' ' '-')
for fold in "$@"; do folds="${folds:-} --fold $fold"; done
ENGRAM_SIM=$work ENGRAM_SIM_OPTIMISE=-O0 "$bench" --net "$net" --steps 50 --infer 0 $folds --json >"$work/$name.json" 2>"$work/$name.log"
digest() { sed -n "s/.*\"$1\": \"\(.*\)\".*/\1/p" "$work/$name.json"; }
echo "$(digest weights) $(digest model_weights) $(grep -c '"pass": true' "$work/$name.json") $*"
END
xargs -P 2 -L 1 sh "$work/one.sh" "$bench" "$net" "$work" <"$work/layouts" >"$work/result" || true

expected=$(head -n 1 "$work/result" | cut -d' ' -f2)
failed=0
while read -r core model passed layout; do
  echo "weights $core: $layout"
  [ "$core $model $passed" = "$expected $expected 1" ] || failed=$((failed + 1))
done <"$work/result"
echo "weights $expected: the model"
[ "$(wc -l <"$work/result")" = "$(wc -l <"$work/layouts")" ] || failed=$((failed + 1))
echo "same: $(wc -l <"$work/result") layouts, $failed differ"
[ "$failed" = 0 ]
