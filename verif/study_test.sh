#!/bin/sh
# study_test.sh : verif/study.c on results made up here, whose tables are known.
# SPDX-License-Identifier: MIT
#
# Usage: study_test.sh STUDY WORK
set -eu
study=$1
# shellcheck source=verif/lib.sh
. "$(dirname "$0")/lib.sh"
fresh "$2"

# result NAME RIGHT: ten runs, each of which has RIGHT of 100 pictures right, half of each class, and reaches 95 % in
# epoch 3.
result() {
  half=$(($2 / 2)) wrong=$((50 - $2 / 2))
  cat >"$work/$1.1.json" <<END
{"runs": [{"test": {"count": 100, "loss": 0.25, "confusion": [[$half, $wrong], [$wrong, $half]]},
 "test_files": {"count": 4, "loss": 0.1, "confusion": [[2, 0], [1, 1]]},
 "epochs": [{"epoch": 2, "pictures": 50, "validation_accuracy": 0.94, "saturated_activations": {"conv": 100, "output": 50},
   "saturated_gradients": {"conv": 0}, "lost_updates": {"conv": 1000}},
  {"epoch": 3, "pictures": 50, "validation_accuracy": 0.95, "saturated_activations": {"conv": 0},
   "saturated_gradients": {"conv": 50}, "lost_updates": {"conv": 1000}}]}]}
END
  for rotation in 2 3 4 5 6 7 8 9 10; do cp "$work/$1.1.json" "$work/$1.$rotation.json"; done
}

# has TEXT: the tables have it.
has() {
  grep -qF -- "$1" "$work/tables" || fail "no '$1' in $work/tables"
}

# refused TEXT SEEDS: status 2 and a message with TEXT.
refused() {
  try "$study" "$work" "$2" >/dev/null 2>"$work/err"
  [ $status = 2 ] || fail "status $status, expected 2"
  grep -qF "$1" "$work/err" || fail "no '$1' in $work/err"
}

fail() {
  echo "study-test: FAIL: $1"
  exit 1
}

seed=1
for right in 90 92 94; do
  result "spectrum.car.segment.twin.$seed" $right
  result "spectrum.car.segment.paper.$seed" $((right + 2 * (seed % 2)))
  seed=$((seed + 1))
done
"$study" "$work" 3 >"$work/tables"
# 4.303 * 2 / sqrt(3) = 4.97; the differences are 2, 0, 2: 4.303 * 1.1547 / sqrt(3) = 2.87.
has '| floating-point twin | 92.0 ± 5.0 |'
has '| 16-bit | 93.3 ± 5.7 |'
has '| +1.33 ± 2.87 |'
has '| at least 98.5 | **missed** |'
has '| +1.33 ± 2.87 | within 0.5 | open |'
has '| All together: 16-bit less twin, points | +1.33 ± 2.87 | within 0.5 | open |'
# 150 + 50 saturations and 2,000 lost updates in 100 steps of a run; kappa of 92 % is 0.84.
has '| airplane, car | floating-point twin | 75.0 | 0.25 | 0.920 | 0.920 | 0.920 | 0.840 | 2.00 | 20 | 3.0 (30 of 30) |'
# The other order of classes is 2, 2 and 2 points below; by author there is only what was tried.
for seed in 1 2 3; do
  result "spectrum.car.segment.reversed.$seed" $((88 + 2 * seed + 2 * (seed % 2) - 2))
  result "modulation.engine.author.paper.$seed" 80
done
"$study" "$work" 3 >"$work/tables"
has '| All together: 16-bit with the classes in the other order, less 16-bit, points | -2.00 ± 0.00 | within 0.5, and 0 in the interval | **missed** |'
has '### Modulation of a second, by author: accuracy on the test, %'
has '| net | airplane, engine | less twin, points | loss less twin |'
has '| 16-bit | 80.0 ± 0.0 | | |'
result spectrum.car.segment.reversed.1 94
result spectrum.car.segment.reversed.2 90
result spectrum.car.segment.reversed.3 96
"$study" "$work" 3 >"$work/tables"
has '| +0.00 ± 4.97 | within 0.5, and 0 in the interval | held |'
result spectrum.car.segment.reversed.1 96
"$study" "$work" 3 >"$work/tables"
has '| +0.67 ± 7.59 | within 0.5, and 0 in the interval | **missed** |'
result spectrum.car.segment.paper.2 100
result spectrum.car.segment.paper.1 98
result spectrum.car.segment.paper.3 98
"$study" "$work" 3 >"$work/tables"
has '| at least 98.5 | held |'
has '| +6.67 ± 5.74 | within 0.5 | **missed** |'
for seed in 1 2 3; do result "spectrum.car.segment.paper8.$seed" $((88 + 2 * seed)); done
"$study" "$work" 3 >"$work/tables"
has '| +0.00 ± 0.00 | within 0.5 | held |'
result spectrum.car.segment.cnn.1 90
"$study" "$work" 3 >"$work/tables"
has '| CNN, float (1 of 3 seeds) | 90.0 |'
has '| airplane, car | CNN, float | 75.0 | 0.25 | 0.900 |'
"$study" "$work" 3 short >"$work/tables"
has '| airplane, car | floating-point twin | 92.0 ± 5.0 | - | - |'
has '| airplane, engine | `paper`, 16-bit | - | - | 80.0 ± 0.0 |'
rm "$work/spectrum.car.segment.twin.1.4.json"
refused '9 rotations, expected 10' 1
echo '{}' >"$work/spectrum.car.segment.twin.1.4.json"
refused 'found no test' 1
refused 'usage' 0
echo 'study-test: PASS'
