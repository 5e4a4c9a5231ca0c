#!/bin/sh
# run_leaf.sh : builds and runs the test of one RTL leaf; run.sh calls it.
# SPDX-License-Identifier: MIT
#
# Usage: run_leaf.sh WORKDIR LEAF
# Succeeds when the test passed and its broken twin (ENGRAM_LEAF_BREAK: one expected bit is wrong) failed by exactly
# that one mismatch. With ENGRAM_LEAF_FAMILY (ecp5, ice40) it is the netlist
# that Yosys makes of the leaf.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$1 leaf=$2
# shellcheck source=verif/leaf/flags.sh
. "$here/flags.sh"
folder=$work/$leaf
rm -rf "$folder"
mkdir -p "$folder"

set -- -Wall -y "$root/rtl" -y "$work/core" -I"$here/tops" "$here/tops/leaf_lint.vlt" "$here/tops/leaf_$leaf.v"
if [ -n "${ENGRAM_LEAF_FAMILY:-}" ]; then
  # shellcheck source=verif/cells/netlist.sh
  . "$root/verif/cells/netlist.sh"
  netlist "$ENGRAM_LEAF_FAMILY" "leaf_$leaf" "$folder" -I"$here/tops" "$root"/rtl/*.v "$here/tops/leaf_$leaf.v"
  set -- -f "$folder/netlist.f"
fi
verilator --cc -O3 --x-assign unique --x-initial unique --top-module "leaf_$leaf" --prefix Vleaf \
  --Mdir "$folder/obj" "$@"
# One translation unit, so that Verilator's headers are read once.
(cd "$folder/obj" && for source in Vleaf*.cpp; do echo "#include <$source>"; done) >"$folder/all.cpp"
echo '#include "leaf.cpp"' >>"$folder/all.cpp"
# shellcheck disable=SC2086
$cxx $cxx_flags -isystem "$folder/obj" -c "$folder/all.cpp" -o "$folder/all.o"
# shellcheck disable=SC2086
$cc $c_flags -c "$here/leaf_$leaf.c" -o "$folder/test.o"
$cxx -o "$folder/test" "$folder"/*.o "$work"/common/*.o "$work"/runtime/*.o -lcmocka -lz -lm -lpthread -latomic

export ENGRAM_ROOT="$root"
"$folder/test"
if ENGRAM_LEAF_BREAK=1 "$folder/test" >"$folder/broken.log" 2>&1; then
  echo "the test passes although one expected bit is wrong"
  exit 1
fi
grep -q "^leaf $leaf: FAIL .* comparisons, 1 mismatches$" "$folder/broken.log" || {
  echo "the test does not see one wrong expected bit as one mismatch:"
  cat "$folder/broken.log"
  exit 1
}
