#!/bin/sh
# lint_rtl.sh : emitted cores are the same bytes everywhere, Verilator and Icarus take them without a warning, and no
# input reaches an output within a cycle.
# SPDX-License-Identifier: MIT
#
# Usage: lint_rtl.sh ENGRAM WORK
set -eu
engram=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
nets=$here/../nets
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
fresh "$2"

lint() { # description, layout
  net=$1
  shift
  folder=$work/$(echo "$(basename "$net")" "$@" | tr ' ' -)
  mkdir -p "$folder/elsewhere"
  for core in core elsewhere/core; do
    # shellcheck disable=SC2046
    "$engram" gen --net "$net" $(folds "$@") -o "$folder/$core" >"$folder/log"
  done
  diff -r "$folder/core" "$folder/elsewhere/core"
  cd "$folder/core"
  verilator --lint-only -Wall -f engram_core.f --top-module engram_axi
  verilator --lint-only -Wall -f engram_core.f -f engram_system.f --top-module engram_system
  # shellcheck disable=SC2046
  try iverilog -g2005 -Wall -Wno-timescale -s engram_system -o ../core.vvp $(cat engram_core.f engram_system.f) \
    >../icarus 2>&1
  cat ../icarus
  [ $status = 0 ]
  [ ! -s ../icarus ]
  echo "lint: $(basename "$net") $*"
}

registered() { # top module, in the folder of the core: no output follows an input within a cycle
  # shellcheck disable=SC2046
  (cd "$work/core" && yosys -q -p "hierarchy -check -top $1; proc; flatten; script $here/paths.ys" \
    $(cat engram_core.f engram_system.f))
}

paths() { # description, layout
  net=$1
  shift
  # shellcheck disable=SC2046
  "$engram" gen --net "$net" $(folds "$@") -o "$work/core" >"$work/log"
  for top in engram_axi engram_system; do registered $top; done
  echo "lint: no way from an input to an output: $(basename "$net") $*"
}

paths "$nets/tiny.yaml"
changed "$work/core/engram_control.v" 's/s_axil_wready_o = take/& \&\& s_axil_wvalid_i/'
try registered engram_axi 2>"$work/log"
if [ $status = 0 ]; then
  echo 'lint: FAILED, a way from an input to an output is not noticed'
  exit 1
fi
echo "lint: notices a way to an output from $(grep wvalid "$work/log")"
paths "$here/nets/dense.yaml" mode=inference storage=register

beside lint "$nets/paper.yaml"
beside lint "$nets/paper8.yaml"
beside lint "$nets/paper.yaml" lanes=4 positions=5 filters=3
beside lint "$nets/paper8.yaml" lanes=1 output_lanes=1
beside lint "$nets/tiny.yaml" positions=36 filters=2 lanes=12
beside lint "$nets/tiny8.yaml" positions=14 lanes=2
beside lint "$here/nets/one.yaml"
beside lint "$here/nets/tall.yaml"
# The family: no convolution, several hidden layers, none, and every word of the layout.
beside lint "$here/nets/dense.yaml"
beside lint "$here/nets/dense.yaml" step=fast multipliers=shared
beside lint "$here/nets/dense.yaml" mode=inference storage=register
beside lint "$here/nets/mlp.yaml"
beside lint "$here/nets/quick.yaml"
beside lint "$here/nets/output.yaml" mode=inference output=argmax
beside lint "$here/nets/frozen.yaml"
beside lint "$here/nets/frozen.yaml" step=fast positions=1 filters=3
beside lint "$here/nets/share.yaml" lanes=4
beside lint "$here/nets/biases_conv.yaml"
beside lint "$here/nets/biases_conv.yaml" step=fast lanes=4
beside lint "$here/nets/biases.yaml" mode=inference
beside lint "$here/nets/output.yaml"
beside lint "$nets/tiny.yaml" positions=1 taps=3 mode=inference
beside lint "$nets/tiny.yaml" step=fast filters=2 positions=5 logic_multipliers=40
beside lint "$nets/tiny8.yaml" multipliers=shared storage=single_port lanes=5 positions=1 filters=1 taps=2
settle
