#!/bin/sh
# lint_rtl.sh : emitted cores are the same bytes everywhere, and Verilator and Icarus take them without a warning.
# SPDX-License-Identifier: MIT
#
# Usage: lint_rtl.sh ENGRAM WORK
set -eu
engram=$1 work=$2
here=$(dirname "$0")
nets=$here/../nets
rm -rf "$work"
mkdir -p "$work/elsewhere"

lint() { # description, further options of engram gen
  net=$1
  shift
  "$engram" gen --net "$net" "$@" -o "$work/core" >"$work/log"
  "$engram" gen --net "$net" "$@" -o "$work/elsewhere/core" >"$work/log"
  diff -r "$work/core" "$work/elsewhere/core"
  (
    cd "$work/core"
    verilator --lint-only -Wall -f engram_core.f --top-module engram_core
    verilator --lint-only -Wall -f engram_core.f -f engram_system.f --top-module engram_system
    # shellcheck disable=SC2046
    iverilog -g2005 -Wall -Wno-timescale -s engram_system -o ../core.vvp $(cat engram_core.f engram_system.f) \
      >../icarus 2>&1 || true
    if [ -s ../icarus ]; then
      cat ../icarus
      exit 1
    fi
  )
  rm -rf "$work/core" "$work/elsewhere/core"
  echo "lint: $(basename "$net") $*"
}

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
