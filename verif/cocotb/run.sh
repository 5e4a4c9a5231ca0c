#!/bin/sh
# run.sh : engram_axi in cocotb with cocotbext-axi and axi_check.v; broken cores, each of which axi_check must notice; and
# engram_core.rdl in systemrdl-compiler.
# SPDX-License-Identifier: MIT
#
# Usage: run.sh ENGRAM WORK. cocotb goes into a virtual environment in WORK; where it or Icarus is not to be had, that is
# a SKIP on a desk and a failure in CI. ENGRAM_SEED replays a run.
set -eu
engram=$1
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2"
work=$(cd "$2" && pwd)
# shellcheck source=verif/lib.sh
. "$here/../lib.sh"
seed=${ENGRAM_SEED:-$(date +%s)}

needs cocotb iverilog
venv cocotb "$work" 'cocotb==2.1.*' cocotbext-axi==0.1.28 systemrdl-compiler==1.33.0

# 60 pictures of three classes, the weights that seed 1 begins with, and those behind 40 steps.
rm -rf "$work/core" "$work/pictures" "$work/initial"* "$work/trained"* "$work/parts.csv" "$work/mutant-"* "$work/said"
"$venv/bin/python" - "$work/pictures" <<'END'
import os, struct, sys
os.makedirs(sys.argv[1])
with open(sys.argv[1] + "/images-idx3-ubyte", "wb") as f:
    f.write(struct.pack(">4I", 0x803, 60, 5, 6))
    f.write(bytes((37 * i + 11 * j + i // 20 * j * 5) % 256 for i in range(60) for j in range(30)))
with open(sys.argv[1] + "/labels-idx1-ubyte", "wb") as f:
    f.write(struct.pack(">2I", 0x801, 60) + bytes(i // 20 for i in range(60)))
END
net=$here/../nets/little.yaml
"$engram" gen --net "$net" -o "$work/core" >"$work/log"
"$engram" train --net "$net" --data "$work/pictures" --epochs 0 --save "$work/initial" >"$work/log"
"$engram" train --net "$net" --data "$work/pictures" --epochs 1 --steps 40 --save "$work/trained" --parts "$work/parts.csv" >"$work/log"

simulate() { # folder with a core, module, test
  folder=$1
  shift
  PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 COCOTB_DATA=$work \
    "$venv/bin/python" "$here/simulate.py" "$folder" 5 "$seed" "$@" >"$folder/out" 2>&1
}

sed '1,2d' "$here/example.py" >"$work/example"
sed '1,/^## cocotb$/d' "$here/../../docs/into-your-design.md" | sed -n '/^```python$/,/^```$/p' | sed '1d;$d' |
  diff - "$work/example" || {
  echo 'cocotb: FAILED, docs/into-your-design.md does not show example.py'
  exit 1
}

mkdir -p "$work/good"
rm -rf "$work/good/core"
cp -r "$work/core" "$work/good/core"
echo "cocotb: ENGRAM_SEED=$seed replays this run"
for module in example test_engram; do
  try simulate "$work/good" $module
  if [ $status != 0 ] || grep -q '^axi_check: ' "$work/good/out"; then
    tail -n 60 "$work/good/out"
    echo "cocotb: FAILED $module"
    exit 1
  fi
  grep -oE 'cycles at most: .*' "$work/good/out" || :
  echo "cocotb: $module: $(grep -o '<testcase' "$work/good/results.xml" | wc -l) tests pass, axi_check says nothing"
done

rdl() { # folder of a core
  PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$here/rdl.py" "$1"
}
for net in "$net" "$here/../nets/dense.yaml" "$here/../nets/output.yaml"; do
  rm -rf "$work/rdl"
  "$engram" gen --net "$net" -o "$work/rdl" >"$work/log"
  try rdl "$work/rdl" >"$work/log"
  echo "cocotb: $(basename "$net"): SystemRDL: $(cat "$work/log")"
  [ $status = 0 ]
done
for expression in 's/STEPS @ 0x040/STEPS @ 0x06C/' 's/} LOST @ 0x8/} LOST @ 0xC/' 's/reset = (3 >> 1)/reset = (1 >> 1)/'; do
  changed "$work/core/engram_core.rdl" "$expression" "$work/rdl/engram_core.rdl"
  cp "$work/core/engram_core.h" "$work/rdl/engram_core.h"
  try rdl "$work/rdl" >"$work/log" 2>&1
  if [ $status = 0 ]; then
    echo "cocotb: FAILED, $expression in engram_core.rdl is not noticed"
    exit 1
  fi
  echo "cocotb: SystemRDL, noticed: $(head -n 1 "$work/log")"
done

# Broken cores: file | sed expression | what axi_check is to say | test
cat >"$work/mutants" <<'END'
engram_control.v|s/bvalid_o = state_q == RESPOND \&\& write_q/& \&\& {s_axil_bready_i, wait_q[0]} != 2'b00/|B: valid falls|accesses_that_cannot_be_done
engram_control.v|s/rdata_o = data_q/& ^ {29'd0, wait_q}/|R: payload changes|accesses_that_cannot_be_done
engram_control.v|s/SLVERR = 2'b10/SLVERR = 2'b11/|: neither OKAY nor SLVERR|accesses_that_cannot_be_done
engram_control.v|s/rvalid_o = state_q == RESPOND \&\& !write_q/rvalid_o = state_q == RESPOND/|R: without a read|registers
engram_control.v|s/bvalid_o = state_q == RESPOND \&\& write_q/bvalid_o = state_q == RESPOND/|B: without a write|registers
engram_control.v|s/rdata_o = data_q/rdata_o = whole_q ? data_q : 32'bx/|R: X on its payload|accesses_that_cannot_be_done
engram_control.v|s/rvalid_o = state_q/rvalid_o = rst_i ? 1'b1 : state_q/|R: valid in reset|resets
engram_result.v|s/LAST_BEAT = CLASSES + 1/LAST_BEAT = CLASSES/|OUT: length of a reply|refused_pictures
engram_result.v|s/tdata_o = first_q/tdata_o = m_axis_tready_i ? first_q : second_q/|OUT: payload changes|refused_pictures
END
mutant() { # number, file, sed expression, message, test
  folder=$work/mutant-$1
  mkdir -p "$folder"
  cp -r "$work/core" "$folder/core"
  changed "$folder/core/$2" "$3"
  try simulate "$folder" test_engram "$5"
  if grep -q "^axi_check: .*$4" "$folder/out"; then
    echo "PASS axi_check: $(grep -m 1 "^axi_check: .*$4" "$folder/out")"
  else
    echo "FAIL axi_check does not say '$4' of $2, $3"
  fi
}
number=0
while IFS='|' read -r file expression message name; do
  number=$((number + 1))
  beside mutant $number "$file" "$expression" "$message" "$name"
done <"$work/mutants"
tally $number
