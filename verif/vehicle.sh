#!/bin/sh
# vehicle.sh : both nets of the paper trained on recordings for 30 epochs; the test tenth by segment must reach the
# paper's 95 % with a loss below 0.2, and the figures by recording stand beside it.
# SPDX-License-Identifier: MIT
#
# Usage: vehicle.sh ENGRAM WORK CLASSES DIR
set -eu
engram=$1 work=$2 classes=$3 data=$4
nets=$(dirname "$0")/../nets
if [ -z "$data" ]; then
  echo 'SKIP vehicle: DATA=DIR (a folder of recordings for each class) is not given'
  exit 0
fi
mkdir -p "$work"
"$engram" features --classes "$classes" -o "$work/pictures" "$data"
passed=0 failed=0
for net in paper paper8; do
  "$engram" train --net "$nets/$net.yaml" --data "$work/pictures" --epochs 30 --split both | tee "$work/$net.log"
  # "test by segment    accuracy  98.04 %  loss 0.0462  (...)"
  if awk '$1 == "test" && $3 == "segment" && $4 == "accuracy" { found = 1; good = $5 >= 95 && $8 < 0.2 }
    END { exit !(found && good) }' "$work/$net.log"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $net by segment: at least 95 % and a loss below 0.2 are expected"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
