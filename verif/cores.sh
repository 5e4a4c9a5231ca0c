#!/bin/sh
# cores.sh : emitted cores against the model: small nets of the family, stalled and with bad pictures; the paper's nets;
# the same bits on each device.
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

# A few steps of a small net take less time than a compiler's optimisation.
run() { # description, steps, layout options: without stress, and with
  net=$1 steps=$2
  shift 2
  case $net in */paper*) optimise=-O2 ;; *) optimise=-O0 ;; esac
  for stress in '' '--stall 110 --faults --settings'; do
    status=0
    # shellcheck disable=SC2086
    ENGRAM_SIM_OPTIMISE=$optimise "$bench" --net "$net" --steps "$steps" --infer 10 --seed "$seed" $stress "$@" ||
      status=$?
    echo "exit $status: $net $stress $*"
  done
}

number=0
core() { # as run, two at a time
  number=$((number + 1))
  run "$@" >"$work/$number.core" 2>&1 &
  [ $((number % 2)) = 1 ] || wait
}

# The verdicts of all that core ran.
tally() {
  wait
  cat "$work"/*.core
  grep -h '^exit ' "$work"/*.core >"$work/verdicts"
  while read -r _ status what; do verdict "$what" "${status%:}"; done <"$work/verdicts"
  [ "$(wc -l <"$work/verdicts")" = $((2 * number)) ] || verdict 'every core' 1
}

# A core that only infers, with replies that are not taken for long, and how many cycles a picture takes back to back.
infers_fast() { # net, cycles at most, options
  net=$here/nets/$1.yaml most=$2
  shift 2
  status=0
  "$bench" --net "$net" --steps 60 --infer 10 --seed "$seed" --stall-replies 240 --faults "$@" || status=$?
  verdict "$net with slow replies $*" "$status"
  status=0
  "$bench" --net "$net" --steps 60 --infer 10 --seed "$seed" --json "$@" >"$work/fast.json" || status=$?
  cycles=$(sed -n 's/.*"interval_cycles": \([0-9]*\),/\1/p' "$work/fast.json")
  echo "$(basename "$net" .yaml) $*: $cycles cycles a picture back to back, $most at most"
  [ "$cycles" -gt 0 ] && [ "$cycles" -le "$most" ] || status=1
  verdict "$net $*: cycles a picture" "$status"
}

# The same bits on both devices: trained half on one and half, in another layout, on the other, saved and loaded between.
across() { # net, options of the second half
  net=$nets/$1.yaml
  shift
  for order in 'golden golden' 'golden sim' 'sim golden' 'sim sim'; do
    first=${order% *} second=${order#* } file="$work/$first-$second"
    status=0
    "$engram" train --net "$net" --data "$work/pictures" --on "$first" --epochs 1 --steps 37 --save "$file" >"$work/log" &&
      "$engram" train --net "$net" "$@" --data "$work/pictures" --on "$second" --epochs 1 --load "$file" \
        --save "$file.end" >"$work/log" &&
      cmp "$work/golden-golden.end" "$file.end" || status=$?
    verdict "resume $order" "$status"
  done
}

# A core that only infers says of trained weights what the model says.
infers() { # net, weights, further options
  net=$1 weights=$2
  shift 2
  for device in golden sim; do
    for command in "eval --data $work/pictures --part all" "infer $work/sounds/car/$(ls "$work/sounds/car" | head -n 1)"; do
      # shellcheck disable=SC2086
      "$engram" $command --net "$nets/$net.yaml" --fold mode=inference "$@" --load "$weights" --on "$device"
    done >"$work/$device.said" 2>"$work/log" || verdict "inference only on $device" 1
  done
  status=0
  { [ -s "$work/sim.said" ] && cmp "$work/golden.said" "$work/sim.said"; } || status=1
  verdict "inference only $*" "$status"
}

# The two that take longest go together.
core "$nets/paper.yaml" 8
core "$nets/paper8.yaml" 8
core "$nets/tiny.yaml" 60
core "$nets/tiny.yaml" 60 --fold step=fast --fold filters=2 --fold positions=5 --fold lanes=10
core "$nets/tiny.yaml" 60 --fold mode=inference
core "$nets/tiny.yaml" 60 --fold mode=inference --fold output=argmax
core "$here/nets/output.yaml" 60 --fold mode=inference --fold output=argmax
core "$nets/tiny8.yaml" 60 --fold positions=1 --fold filters=1 --fold taps=2 --fold lanes=3 --fold mode=inference
core "$here/nets/mlp.yaml" 60
core "$here/nets/quick.yaml" 60
infers_fast mlp 110
infers_fast quick 90
infers_fast mlp 203 --fold output=softmax
core "$nets/tiny8.yaml" 60 --fold multipliers=shared --fold storage=single_port --fold lanes=5
core "$nets/tiny8.yaml" 60 --fold positions=1 --fold filters=1 --fold taps=2 --fold lanes=1
core "$here/nets/one.yaml" 60
core "$here/nets/tall.yaml" 60
core "$here/nets/dense.yaml" 60
core "$here/nets/frozen.yaml" 60
core "$here/nets/output.yaml" 60
core "$here/nets/parallel.yaml" 60
tally
status=0
"$bench" --net "$here/nets/parallel.yaml" --steps 3 --infer 1 --json >"$work/parallel.json" &&
  grep -q '"conv_forward_cycles": 1,' "$work/parallel.json" &&
  grep -q '"conv_backward_cycles": 1,' "$work/parallel.json" || status=$?
verdict "a cycle for the whole convolution, and one for its gradient" "$status"

"$engram" synth --classes airplane,car,helicopter --recordings 4 --seconds 2 -o "$work/sounds" >"$work/log"
"$engram" features --classes airplane,car,helicopter --size 8x8 -o "$work/pictures" "$work/sounds" >"$work/log"
across tiny --fold step=fast --fold filters=2 --fold positions=5 --fold lanes=10
infers tiny "$work/golden-golden.end"
infers tiny "$work/golden-golden.end" --fold output=argmax
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
