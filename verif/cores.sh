#!/bin/sh
# cores.sh : emitted cores against the model: small nets of the family, stalled and with bad pictures; the paper's nets;
# the same bits on each device.
# SPDX-License-Identifier: MIT
#
# Usage: cores.sh BENCH ENGRAM WORK; ENGRAM_SEED replays a run.
set -eu
bench=$1 engram=$2
root=$(dirname "$0")/..
# shellcheck source=verif/lib.sh
. "$root/verif/lib.sh"
seed=${ENGRAM_SEED:-$(date +%s)}
echo "cores: ENGRAM_SEED=$seed replays this run"
fresh "$3"

# A few steps of a small net take less time than a compiler's optimisation.
core() { # net, steps, layout: without stress, and with
  net=$1 steps=$2 optimise=-O0
  shift 2
  case $net in */paper*) optimise=-O2 ;; esac
  export ENGRAM_SIM_OPTIMISE=$optimise
  for stress in '' '--stall 110 --faults --settings'; do
    # shellcheck disable=SC2046,SC2086
    verdict "$net $stress $*" "$bench" --net "$root/$net.yaml" --steps "$steps" --infer 10 --seed "$seed" $stress \
      $(folds "$@")
  done
}

# A core that only infers, with replies that are not taken for long, and how many cycles a picture takes back to back.
fast() { # net, cycles at most, layout
  net=$1 most=$2
  shift 2
  # shellcheck disable=SC2046
  verdict "$net with slow replies $*" "$bench" --net "$root/$net.yaml" --steps 60 --infer 10 --seed "$seed" \
    --stall-replies 240 --faults $(folds "$@")
  verdict "$net $*: at most $most cycles a picture" interval "$@"
}

interval() { # layout; $net, $most
  # shellcheck disable=SC2046
  "$bench" --net "$root/$net.yaml" --steps 60 --infer 10 --seed "$seed" --json $(folds "$@") >"$work/fast-$most.json"
  cycles=$(sed -n 's/.*"interval_cycles": \([0-9]*\),/\1/p' "$work/fast-$most.json")
  echo "$net $*: $cycles cycles a picture back to back"
  [ "$cycles" -gt 0 ] && [ "$cycles" -le "$most" ]
}

parallel() {
  "$bench" --net "$root/verif/nets/parallel.yaml" --steps 3 --infer 1 --json >"$work/parallel.json"
  grep -q '"conv_forward_cycles": 1,' "$work/parallel.json"
  grep -q '"conv_backward_cycles": 1,' "$work/parallel.json"
}

# The same bits on both devices: trained half on one and half, in another layout, on the other, saved and loaded between.
across() { # net, layout of the second half
  for order in 'golden golden' 'golden sim' 'sim golden' 'sim sim'; do
    # shellcheck disable=SC2086
    verdict "resume $order" resumed $order "$@"
  done
}

resumed() { # first device, second one, net, layout of the second half
  first=$1 second=$2 net=$root/$3.yaml file=$work/$1-$2
  shift 3
  "$engram" train --net "$net" --data "$work/pictures" --on "$first" --epochs 1 --steps 37 --save "$file" >"$file.log"
  # shellcheck disable=SC2046
  "$engram" train --net "$net" $(folds "$@") --data "$work/pictures" --on "$second" --epochs 1 --load "$file" \
    --save "$file.end" >"$file.log"
  cmp "$work/golden-golden.end" "$file.end"
}

# A core that only infers says of trained weights what the model says.
infers() { # net, weights, layout
  net=$1 weights=$2 said=$work/said-${3:-}
  shift 2
  for device in golden sim; do
    for command in "eval --data $work/pictures --part all" \
      "infer $work/pictures-sounds/car/$(ls "$work/pictures-sounds/car" | head -n 1)"; do
      # shellcheck disable=SC2046,SC2086
      "$engram" $command --net "$root/$net.yaml" $(folds mode=inference "$@") --load "$weights" --on "$device"
    done >"$said.$device"
  done
  [ -s "$said.sim" ]
  cmp "$said.golden" "$said.sim"
}

# The two that take longest go together.
beside core nets/paper 8
beside core nets/paper8 8
beside core nets/tiny 60
beside core nets/tiny 60 step=fast filters=2 positions=5 lanes=10
beside core nets/tiny 60 mode=inference
beside core nets/tiny 60 mode=inference output=argmax
beside core verif/nets/output 60 mode=inference output=argmax
beside core nets/tiny8 60 positions=1 filters=1 taps=2 lanes=3 mode=inference
beside core verif/nets/mlp 60
beside core verif/nets/quick 60
beside fast verif/nets/mlp 110
beside fast verif/nets/quick 90
beside fast verif/nets/mlp 203 output=softmax
beside core nets/tiny8 60 multipliers=shared storage=single_port lanes=5
beside core nets/tiny8 60 positions=1 filters=1 taps=2 lanes=1
beside core verif/nets/one 60
beside core verif/nets/tall 60
beside core verif/nets/used 60
beside core verif/nets/used 60 positions=1 filters=1 taps=3 lanes=3 multipliers=shared storage=single_port
beside core verif/nets/binary 60
beside core verif/nets/binary 60 positions=1 filters=1 taps=2 lanes=2 multipliers=shared
beside core verif/nets/bits 60
beside core verif/nets/dense 60
beside core verif/nets/frozen 60
beside core verif/nets/share 60
beside core verif/nets/share 60 positions=1 filters=1 taps=3 multipliers=shared lanes=4
beside core verif/nets/output 60
beside core verif/nets/biases 60
beside core verif/nets/biases 60 multipliers=shared storage=single_port lanes=3
beside core verif/nets/biases 60 mode=inference output=argmax
beside core verif/nets/biases_fast 60
beside core verif/nets/biases_conv 60
beside core verif/nets/biases_conv 60 positions=8 filters=9
beside core verif/nets/biases_conv 60 step=fast lanes=4
beside core verif/nets/biases_conv 60 positions=1 filters=1 taps=2 multipliers=shared storage=single_port
beside core verif/nets/parallel 60
beside verdict 'a cycle for the whole convolution, and one for its gradient' parallel
pictures pictures airplane,car,helicopter 8x8
beside across nets/tiny step=fast filters=2 positions=5 lanes=10
settle
beside verdict 'inference only' infers nets/tiny "$work/golden-golden.end"
beside verdict 'inference only, argmax' infers nets/tiny "$work/golden-golden.end" output=argmax
tally 79
