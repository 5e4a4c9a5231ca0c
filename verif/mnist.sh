#!/bin/sh
# mnist.sh : MNIST and Fashion-MNIST in 8-bit words: the paper's net with ten outputs beside its floating-point twin, and
# a larger one. Fails where the first is more than half a point below its twin, or the second below its mark.
# SPDX-License-Identifier: MIT
#
# Usage: mnist.sh ENGRAM WORK SEED DIR [PAGE]     DIR has the folders mnist and fashion-mnist with IDX files;
#                                                 with PAGE the table also between its marks
set -eu
engram=$1 work=$2 seed=$3 data=$4 page=${5:-}
here=$(dirname "$0")
if [ -z "$data" ]; then
  echo 'SKIP mnist: DATA=DIR (with the folders mnist and fashion-mnist of IDX files) is not given'
  exit 0
fi
mkdir -p "$work"

# The test: t10k-... where that is there, else the last 10,000 pictures to train on.
held_out() {
  for file in "$1"/t10k-images-idx3-ubyte "$1"/t10k-images-idx3-ubyte.gz; do
    if [ -e "$file" ]; then return; fi
  done
  echo '--test 10000'
}

# accuracy NET SET DEVICE OPTION...: in percent
accuracy() {
  net=$1 set=$2 device=$3
  shift 3
  # shellcheck disable=SC2046 # words
  "$engram" train --net "$here/../nets/$net.yaml" --data "$data/$set" $(held_out "$data/$set") --on "$device" \
    --seed "$seed" "$@" --json >"$work/$net-$set-$device.json"
  jq '.runs[0].test.accuracy * 10000 | round / 100' "$work/$net-$set-$device.json"
}

: >"$work/lines"
for set in mnist fashion-mnist; do
  set -- --epochs 8 --halve 4,6
  words=$(accuracy paper10 "$set" golden "$@")
  twin=$(accuracy paper10 "$set" twin "$@")
  echo "paper10 $set $words $twin -" | tee -a "$work/lines" >&2
  case $set in
    mnist) mark=98 && set -- --epochs 24 --halve 4,10,15,19 ;;
    *) mark=89 && set -- --epochs 30 --halve 4,12,20,26 --augment mirror ;;
  esac
  words=$(accuracy mnist "$set" golden "$@")
  echo "mnist $set $words - $mark" | tee -a "$work/lines" >&2
done

status=0
awk '
  BEGIN {
    print "| net | pictures | 8-bit | twin | mark |"
    print "|---|---|---|---|---|"
  }
  {
    held = $3 + 1e-9 >= ($5 == "-" ? $4 - 0.5 : $5)
    bad = bad || !held
    printf "| `%s` | %s | %.2f %% | %s | %s%s |\n", $1, $2 == "mnist" ? "MNIST" : "Fashion-MNIST", $3,
           $4 == "-" ? "" : sprintf("%.2f %%", $4),
           $5 == "-" ? "at most 0.5 points below its twin" : "at least " $5 " %", held ? "" : " **MISSED**"
  }
  END { exit bad || NR != 4 }' "$work/lines" >"$work/table" || status=1
cat "$work/table"
if [ -n "$page" ] && [ $status = 0 ]; then sh "$here/table.sh" 'make mnist-page' "$work/table" "$page"; fi
[ $status = 0 ] || echo 'mnist: FAIL: a mark is missed'
exit $status
