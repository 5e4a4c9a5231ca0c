#!/bin/sh
# cores.sh : emitted cores against the model: small nets at many layouts, stalled and with bad pictures; the paper's net.
# SPDX-License-Identifier: MIT
#
# Usage: cores.sh BENCH ENGRAM WORK; ENGRAM_SEED replays a run.
set -eu
bench=$1 engram=$2 work=$3
here=$(dirname "$0")
nets=$here/../nets
seed=${ENGRAM_SEED:-$(date +%s)}
echo "cores: ENGRAM_SEED=$seed replays this run"
rm -rf "$work"
mkdir -p "$work"
passed=0 failed=0

verdict() { # what, exit status
  if [ "$2" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAILED: $1"; fi
}

core() { # description, steps, layout options
  net=$1 steps=$2
  shift 2
  for stress in '' '--stall 110 --faults --settings'; do
    status=0
    # shellcheck disable=SC2086
    "$bench" --net "$net" --steps "$steps" --infer 10 --seed "$seed" $stress "$@" || status=$?
    verdict "$net $stress $*" "$status"
  done
}

# The same bits on both devices: trained half on one and half on the other, saved and loaded between.
across() { # net
  net=$nets/$1.yaml
  for order in 'golden golden' 'golden sim' 'sim golden' 'sim sim'; do
    first=${order% *} second=${order#* } file="$work/$first-$second"
    status=0
    "$engram" train --net "$net" --data "$work/pictures" --on "$first" --epochs 1 --steps 37 --save "$file" >"$work/log" &&
      "$engram" train --net "$net" --data "$work/pictures" --on "$second" --epochs 1 --load "$file" --save "$file.end" >"$work/log" &&
      cmp "$work/golden-golden.end" "$file.end" || status=$?
    verdict "resume $order" "$status"
  done
}

core "$nets/tiny.yaml" 60
core "$nets/tiny.yaml" 60 --fold positions=36 --fold filters=2 --fold lanes=12
core "$nets/tiny.yaml" 60 --fold positions=12 --fold lanes=3 --fold output_lanes=1
core "$nets/tiny8.yaml" 60
core "$nets/tiny8.yaml" 60 --fold positions=1 --fold filters=1 --fold lanes=1
core "$nets/tiny8.yaml" 60 --fold positions=14 --fold filters=1 --fold lanes=4
core "$nets/paper.yaml" 8
core "$nets/paper8.yaml" 8
core "$here/nets/one.yaml" 60
core "$here/nets/tall.yaml" 60

"$engram" synth --classes airplane,car,helicopter --recordings 4 --seconds 2 -o "$work/sounds" >"$work/log"
"$engram" features --classes airplane,car,helicopter --size 8x8 -o "$work/pictures" "$work/sounds" >"$work/log"
across tiny
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
