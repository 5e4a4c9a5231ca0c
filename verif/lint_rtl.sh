#!/bin/sh
# lint_rtl.sh : emitted cores are the same bytes everywhere, Verilator and Icarus take them without a warning, and no
# input reaches an output within a cycle.
# SPDX-License-Identifier: MIT
#
# Usage: lint_rtl.sh ENGRAM WORK
set -eu
engram=$(realpath "$1") work=$2
here=$(cd "$(dirname "$0")" && pwd)
nets=$here/../nets
rm -rf "$work"
mkdir -p "$work"
work=$(realpath "$work")

one() { # folder, description, further options of engram gen
  folder=$1 net=$2
  shift 2
  mkdir -p "$folder/elsewhere"
  "$engram" gen --net "$net" "$@" -o "$folder/core" >"$folder/log"
  "$engram" gen --net "$net" "$@" -o "$folder/elsewhere/core" >"$folder/log"
  diff -r "$folder/core" "$folder/elsewhere/core"
  cd "$folder/core"
  verilator --lint-only -Wall -f engram_core.f --top-module engram_axi
  verilator --lint-only -Wall -f engram_core.f -f engram_system.f --top-module engram_system
  # shellcheck disable=SC2046
  iverilog -g2005 -Wall -Wno-timescale -s engram_system -o ../core.vvp $(cat engram_core.f engram_system.f) \
    >../icarus 2>&1 || true
  if [ -s ../icarus ]; then
    cat ../icarus
    exit 1
  fi
  echo "lint: $(basename "$net") $*"
}

number=0 waiting=
lint() { # as one, two at a time
  number=$((number + 1))
  one "$work/$number" "$@" &
  waiting="$waiting $!"
  [ $((number % 2)) = 1 ] || settle
}

settle() {
  for process in $waiting; do wait "$process"; done
  waiting=
}

registered() { # top module, in the folder of the core: no output follows an input within a cycle
  # shellcheck disable=SC2046
  (cd "$work/core" && yosys -q -p "hierarchy -check -top $1; proc; flatten; script $here/paths.ys" \
    $(cat engram_core.f engram_system.f))
}

paths() { # description, further options of engram gen
  net=$1
  shift
  "$engram" gen --net "$net" "$@" -o "$work/core" >"$work/log"
  for top in engram_axi engram_system; do registered $top; done
  echo "lint: no way from an input to an output: $(basename "$net") $*"
}

paths "$nets/tiny.yaml"
sed -i 's/s_axil_wready_o = take/& \&\& s_axil_wvalid_i/' "$work/core/engram_control.v"
if registered engram_axi 2>"$work/log"; then
  echo 'lint: FAILED, a way from an input to an output is not noticed'
  exit 1
fi
echo "lint: notices a way to an output from $(grep wvalid "$work/log")"
paths "$here/nets/dense.yaml" --fold mode=inference --fold storage=register

lint "$nets/paper.yaml"
lint "$nets/paper8.yaml"
lint "$nets/paper.yaml" --fold lanes=4 --fold positions=5 --fold filters=3
lint "$nets/paper8.yaml" --fold lanes=1 --fold output_lanes=1
lint "$nets/tiny.yaml" --fold positions=36 --fold filters=2 --fold lanes=12
lint "$nets/tiny8.yaml" --fold positions=14 --fold lanes=2
lint "$here/nets/one.yaml"
lint "$here/nets/tall.yaml"
# The family: no convolution, several hidden layers, none, and every word of the layout.
lint "$here/nets/dense.yaml"
lint "$here/nets/dense.yaml" --fold step=fast --fold multipliers=shared
lint "$here/nets/dense.yaml" --fold mode=inference --fold storage=register
lint "$here/nets/mlp.yaml"
lint "$here/nets/quick.yaml"
lint "$here/nets/output.yaml" --fold mode=inference --fold output=argmax
lint "$here/nets/frozen.yaml"
lint "$here/nets/frozen.yaml" --fold step=fast --fold positions=1 --fold filters=3
lint "$here/nets/output.yaml"
lint "$nets/tiny.yaml" --fold positions=1 --fold taps=3 --fold mode=inference
lint "$nets/tiny.yaml" --fold step=fast --fold filters=2 --fold positions=5 --fold logic_multipliers=40
lint "$nets/tiny8.yaml" --fold multipliers=shared --fold storage=single_port --fold lanes=5 --fold positions=1 \
  --fold filters=1 --fold taps=2
settle
