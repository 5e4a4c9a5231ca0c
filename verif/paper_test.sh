#!/bin/sh
# paper_test.sh : the tables of `make paper` from results made up here, whose figures are known, and, where PyTorch is, what
# its nets count and which pictures they see.
# SPDX-License-Identifier: MIT
#
# Usage: paper_test.sh ENGRAM PYTHON WORK
set -eu
engram=$(realpath "$1") python=$2
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
fresh "$3"
mkdir -p "$work/nets" "$work/own" "$work/others"

fail() {
  echo "paper-test: FAIL: $1"
  exit 1
}

# result FOLDER TEST NET SEED RIGHT SECONDS: two epochs of 100 pictures; of 200 pictures RIGHT are right.
result() {
  cat >"$work/$1/$2.$3.$4.json" <<END
{"cpu_seconds": $6, "runs": [{"pictures": {"train": 100, "validation": 20, "test": 200},
 "test": {"count": 200, "loss": 0.1, "accuracy": $(echo "$5" | awk '{ print $1 / 200 }')},
 "epochs": [{"epoch": 1, "pictures": 100, "loss": 0.5, "accuracy": 0.75, "validation_loss": 0.25, "validation_accuracy": 0.5},
  {"epoch": 2, "pictures": 100, "loss": 0.25, "accuracy": 0.875, "validation_loss": 0.125, "validation_accuracy": 0.75}]}]}
END
}

# tables: makes them; has FILE TEXT: one has the text.
tables() { /usr/bin/python3 "$here/paper_tables.py" "$work/nets" "$work/own" "$work/others" "$work/out"; }
has() { grep -qF -- "$2" "$work/out/$1" || fail "no '$2' in $work/out/$1"; }

try tables 2>"$work/err"
[ $status != 0 ] || fail 'tables without a training of paper'
grep -qF 'found no training of the net paper' "$work/err" || fail "no message in $work/err"

"$engram" estimate --net "$here/../nets/paper.yaml" --json >"$work/nets/paper.json"
for kernel in 3 6; do
  changed "$here/../nets/paper.yaml" "s/kernel: \[4, 4\]/kernel: $kernel/" "$work/kernel.yaml"
  "$engram" estimate --net "$work/kernel.yaml" --json >"$work/nets/paper-kernel$kernel.json"
done
for test in car.segment car.recording engine.segment engine.recording engine.author; do
  result own $test paper 1 180 2
  result own $test paper 2 184 2
  result own $test paper-kernel3 1 182 2
  result own $test paper-kernel3 2 190 2
  result own $test paper-dropout-0.3 1 180 2
  result others $test resnet 1 160 10
  result others $test resnet 2 168 10
done
result own engine.author paper-kernel6 1 160 2
result others car.segment mcunet 1 190 1
echo '{"resnet": [11171266, 33006848, 11689512, 1814073344]}' >"$work/others/sizes.json"
tables
has nets "Engram's nets: 2 seeds, 2 epochs. PyTorch's nets: 2 seeds, 2 epochs. 320 pictures of airplane, car. 320 pictures"
has nets '| `paper`, 16-bit | 91.0 ± 1.0 | 91.0 ± 1.0 | 91.0 ± 1.0 | 91.0 ± 1.0 | 91.0 ± 1.0 |  |'
# Less 10 points in one seed and 8 in the other.
has nets '| ResNet-18 | 82.0 ± 2.0 | 82.0 ± 2.0 | 82.0 ± 2.0 | 82.0 ± 2.0 | 82.0 ± 2.0 | -9.0 ± 1.0 |'
has nets '| MCUNet-like (1 of 2 seeds, 4 trainings missing) | 95.0 | - | - | - | - | +5.0 |'
has nets '| ResNet-18 | 5 | 10 | 5 | 2 |'
has nets '| ResNet-18 | 11.2 M | 33 M | 11.7 M; 1.81 G | about 11.7 M; 1.8 G |'
has nets '| `paper`, 16-bit | 50.0 %, 0.250 | - | - | - | - |'
# 26 x 26 places of 9 taps and 3 filters, 64 units of them all, 2 classes: 18,252 + 129,792 + 128.
has kernels '| `paper` | 3x3 | 129,947 | 148,172 | 2,162, 4,307 | 93.0 ± 2.0 |'
has kernels '| +2.0 ± 1.0 |'
has kernels '| `paper` (1 of 2 seeds, 4 trainings missing) | 6x6 |'
has kernels '| - | - | - | - | 80.0 | -10.0 |'
has dropout '| `paper` (1 of 2 seeds) | 0.3 | 90.0 | 90.0 | 90.0 | 90.0 | 90.0 | +0.0 | 87.5, 75.0 | 0.250, 0.125 |'
has dropout '| `paper` | 0.7 | not trained |'
has accuracy '2 75 75 75'
result others car.segment mcunet 1 190 1
jq 'del(.runs[0].epochs[1])' "$work/others/car.segment.mcunet.1.json" >"$work/short"
mv "$work/short" "$work/others/car.segment.mcunet.1.json"
tables
has loss '2 0.125 0.125 ?'
if command -v gnuplot >/dev/null; then
  gnuplot -e "file = '$work/out/loss'; columns = 4; output_file = '$work/loss.svg'; name = 'loss'" "$here/paper.gnuplot" ||
    fail 'gnuplot'
  grep -qF 'MCUNet-like' "$work/loss.svg" || fail "no MCUNet-like in $work/loss.svg"
else
  missing 'paper-test of the curves: needs gnuplot (make deps)'
fi

if "$python" -c 'import torch, timm' 2>/dev/null; then
  pictures sounds airplane,car,engine 28x28
  for by in segment recording; do
    set -- --net "$here/../nets/paper.yaml" --data "$work/sounds" --classes airplane,engine --split $by --seed 7
    "$engram" train "$@" --epochs 0 --parts "$work/$by.csv" --json >"$work/$by.json"
  done
  "$python" "$here/paper_torch_test.py" "$work/sounds" "$work"
else
  echo "SKIP paper-test of PyTorch's nets: $python cannot import torch and timm (make bench-deps)"
fi
echo 'paper-test: PASS'
