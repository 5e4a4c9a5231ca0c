#!/bin/sh
# run.sh : builds and runs the test of every RTL leaf against its C function.
# SPDX-License-Identifier: MIT
#
# Usage: run.sh WORKDIR ENGRAM [LEAF...]
# ENGRAM is the program that emits the table of exponentials. Everything is built in WORKDIR; Verilator's own objects
# in WORKDIR/runtime are compiled once. ENGRAM_SEED replays a run. Ends with "N passed, N failed".
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
[ $# -ge 2 ] || { echo "usage: $0 WORKDIR ENGRAM [LEAF...]" >&2; exit 2; }
engram=$2
mkdir -p "$1/runtime" "$1/common"
work=$(cd "$1" && pwd)
shift 2
leaves=$*
[ -n "$leaves" ] || leaves=$(cd "$here" && ls leaf_*.c | sed 's/^leaf_\(.*\)\.c$/\1/')

"$engram" gen --net "$root/nets/tiny.yaml" -o "$work/core" >"$work/core.log"

# shellcheck source=verif/lib.sh
. "$root/verif/lib.sh"
# shellcheck source=verif/leaf/flags.sh
. "$here/flags.sh"
jobs() { # command lines "object compiler flags source" that make the objects all leaves share
  for object in verilated verilated_threads; do
    [ -f "$work/runtime/$object.o" ] ||
      echo "$work/runtime/$object.o $cxx -w $cxx_flags $include/$object.cpp"
  done
  for source in "$here/bench.c" "$root/sw/model/random.c" "$root/sw/model/softmax.c"; do
    echo "$work/common/$(basename "$source" .c).o $cc $c_flags $source"
  done
}
# shellcheck disable=SC2016
jobs | xargs -P 2 -L 1 sh -c 'object=$0; "$@" -c -o "$object.$$" && mv "$object.$$" "$object"'

leaf() { # name
  try sh "$here/run_leaf.sh" "$work" "$1" >"$work/$1.log" 2>&1
  if [ $status = 0 ]; then
    echo "PASS $(grep '^leaf ' "$work/$1.log")"
  else
    echo "FAIL leaf $1, all it said:"
    cat "$work/$1.log"
  fi
}

rm -rf "$work/said"
# shellcheck disable=SC2086
set -- $leaves
for name; do beside leaf "$name"; done
tally $#
