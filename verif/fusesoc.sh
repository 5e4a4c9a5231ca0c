#!/bin/sh
# fusesoc.sh : emitted cores through FuseSoC: lint, and the emitted test bench in Icarus and Verilator.
# SPDX-License-Identifier: MIT
#
# Usage: fusesoc.sh ENGRAM WORK. FuseSoC goes into a virtual environment in WORK; where it cannot be installed, that is
# a SKIP on a desk and a failure in CI.
set -eu
engram=$1 work=$2
here=$(dirname "$0")
nets=$here/../nets
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
venv fusesoc "$work" fusesoc==2.4.7 edalize==0.6.8

emit() { # net, layout
  net=$1
  shift
  rm -rf "$work/core"
  # shellcheck disable=SC2046
  "$engram" gen --net "$nets/$net.yaml" -o "$work/core" $(folds "$@") >"$work/log"
}

run() { # target: in an empty folder, with its output in a log
  rm -rf "$work/run"
  "$venv/bin/fusesoc" --config "$work/fusesoc.conf" --cores-root "$work/core" \
    run --work-root "$work/run" --target "$1" "${core:-$(named "$work/core")}" >"$work/log" 2>&1
}

named() { # folder: a core's name in it
  sed -n 's/^name: "\(.*\)"/\1/p' "$1"/*_core.core
}

passes() { # targets
  for target in "$@"; do
    try run "$target"
    if [ $status != 0 ] || grep -qi warning "$work/log" ||
      { [ "$target" != lint ] && ! grep -q "^PASS $net:" "$work/log"; }; then
      cat "$work/log"
      echo "fusesoc: FAILED $net $target"
      exit 1
    fi
    echo "fusesoc: $net $target ok"
  done
}

fails() { # target, file, sed expression: what is wrong must be noticed
  emit tiny
  changed "$work/core/$2" "$3"
  try run "$1"
  if [ $status = 0 ]; then
    echo "fusesoc: FAILED, $1 did not notice $3 in $2"
    exit 1
  fi
  echo "fusesoc: $net $1 notices $3 in $2"
}

touch "$work/fusesoc.conf" # nobody's own libraries

# Icarus takes minutes for it: beside all the rest, in a folder of its own.
large() {
  work=$work/large
  emit paper lanes=4
  passes sim
}
mkdir -p "$work/large"
cp "$work/fusesoc.conf" "$work/large"
beside large

emit tiny
passes lint sim sim_verilator
fails lint engram_core.v 's/^  wire idle,/  wire never, idle,/'
fails sim engram_difference.v "s/17'h08000/17'h07000/"
fails sim_verilator engram_difference.v "s/17'h08000/17'h07000/"
emit tiny8
passes lint sim
emit paper
passes lint sim_verilator

# Layouts of one net and another of the same name side by side: each by its own name, none in the place of another.
rm -rf "$work/core"
for fold in mode=training mode=inference multipliers=shared; do
  "$engram" gen --net "$nets/tiny.yaml" --fold $fold -o "$work/core/$fold" >"$work/log"
done
{ cat "$nets/tiny.yaml" && echo 'training: {rate: 9}'; } >"$work/other.yaml"
"$engram" gen --net "$work/other.yaml" -o "$work/core/other" >"$work/log"
"$venv/bin/fusesoc" --config "$work/fusesoc.conf" --cores-root "$work/core" core list >"$work/log" 2>&1
for folder in "$work"/core/*; do
  name=$(named "$folder")
  if [ "$(grep -c "^$name " "$work/log")" != 1 ] || grep -q Replacing "$work/log"; then
    cat "$work/log"
    echo "fusesoc: FAILED, $name is not in the list"
    exit 1
  fi
done
echo "fusesoc: four cores called tiny have a name each"

# A design of two cores that FuseSoC finds by their names. Its test bench holds both emitted ones, of which neither may
# end the simulation for the other.
rm -rf "$work/core"
"$engram" gen --net "$nets/tiny.yaml" --prefix one -o "$work/core/one" >"$work/log"
"$engram" gen --net "$nets/tiny.yaml" --fold mode=inference --prefix two -o "$work/core/two" >"$work/log"
mkdir "$work/core/pair"
for prefix in one two; do
  sed 's/^module \(.*\);/module \1 (output reg over);\n  initial over = 1'"'b0;/; s/"'\$finish;/over = 1'"'b1;/" \
    "$work/core/$prefix/${prefix}_core_tb.v" >"$work/core/pair/$prefix.v"
done
cp "$here/fusesoc/pair.core" "$here/fusesoc/pair_tb.v" "$work/core/pair"
net=pair core=example:system:pair
passes sim
changed "$work/core/one/one_difference.v" "s/17'h08000/17'h07000/"
try run sim
if [ $status = 0 ]; then
  echo 'fusesoc: FAILED, a wrong core of two was not noticed'
  exit 1
fi
echo 'fusesoc: pair sim notices a wrong core of two'
settle
