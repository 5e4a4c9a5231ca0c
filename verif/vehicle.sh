#!/bin/sh
# vehicle.sh : both nets of the paper trained on recordings for 30 epochs; the paper's 95 % and loss 0.2 are the mark.
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
"$engram" features --classes "$classes" -o "$work/pictures" "$data"
for net in paper paper8; do
  "$engram" train --net "$nets/$net.yaml" --data "$work/pictures" --epochs 30 --split both
done
