#!/bin/sh
# vehicle.sh : both nets of the paper trained on recordings for 30 epochs; the test tenth by segment must reach the
# paper's 95 % with a loss below 0.2, and the figures by recording stand beside it.
# SPDX-License-Identifier: MIT
#
# Usage: vehicle.sh ENGRAM WORK CLASSES DIR
set -eu
engram=$1 work=$2 classes=$3 data=$4
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
if [ -z "$data" ]; then
  echo 'SKIP vehicle: DATA=DIR (a folder of recordings for each class) is not given'
  exit 0
fi
fresh "$work"
"$engram" features --classes "$classes" -o "$work/pictures" "$data"

reaches() { # net
  "$engram" train --net "$here/../nets/$1.yaml" --data "$work/pictures" --epochs 30 --split both >"$work/$1.log"
  cat "$work/$1.log"
  # "test by segment    accuracy  98.04 %  loss 0.0462  (...)"
  awk '$1 == "test" && $3 == "segment" && $4 == "accuracy" { found = 1; good = $5 >= 95 && $8 < 0.2 }
    END { exit !(found && good) }' "$work/$1.log"
}

for net in paper paper8; do
  beside verdict "$net by segment: at least 95 % and a loss below 0.2" reaches $net
done
tally 2
