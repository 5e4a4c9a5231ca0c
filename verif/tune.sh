#!/bin/sh
# tune.sh : `engram tune` from binary points with which paper8 learns little, against those that were found by hand.
# SPDX-License-Identifier: MIT
#
# Usage: tune.sh ENGRAM WORK SEEDS DATA [PAGE]
#
# Five classes, spectra of 300 ms, by segment. The search sees one split; both nets and the twin are then trained anew on
# ten rotations, from SEEDS seeds, and compared run by run. Results are kept in WORK by what they depend on. Fails where the
# search ends more than a point below the points by hand. With PAGE the table goes between its marks.
set -eu
engram=$1 work=$2 seeds=$3 data=$4 page=${5:-}
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
if [ -z "$data" ]; then
  echo 'SKIP tune-check: DATA=DIR (a folder of sounds by class) is not given'
  exit 0
fi
case $seeds in
'' | *[!0-9]* | 0) echo "tune-check: found SEEDS=$seeds, allowed a whole number from 1 on" >&2 && exit 2 ;;
esac
mkdir -p "$work"
classes=airplane,car,engine,helicopter,train
[ -d "$work/pictures" ] || "$engram" features --view spectrum --classes $classes -o "$work/pictures" "$data" >"$work/log"
five() { sed -e 's/classes: 2/classes: 5/' -e 's/output_lanes: 2/output_lanes: 5/' "$1"; }
five "$here/../nets/paper.yaml" >"$work/twin.yaml"
five "$here/../nets/paper8.yaml" >"$work/hand.yaml"
sed -e 's/{bits: 8, frac: 6, init: -2}/{bits: 8, frac: 4, init: -2}/' -e 's/activations: {bits: 8, frac: 5}/activations: {bits: 8, frac: 6}/' \
  -e 's/{bits: 8, frac: 10, init: -5}/{bits: 8, frac: 7, init: -5}/' -e 's/activations: {bits: 8, frac: 3}/activations: {bits: 8, frac: 6}/' \
  "$work/hand.yaml" >"$work/spoiled.yaml"
[ "$(diff "$work/hand.yaml" "$work/spoiled.yaml" | grep -c '^>')" = 4 ] || { echo 'tune-check: FAIL: paper8 has other points' && exit 1; }
runs=$work/$(cat "$engram" "$work"/*.yaml "$work"/pictures/*-ubyte | cksum | cut -d' ' -f1)
mkdir -p "$runs"
if [ ! -e "$runs/tuned.yaml" ]; then
  "$engram" tune --net "$work/spoiled.yaml" --data "$work/pictures" --split segment -o "$runs/tuned.yaml.part" | tee "$runs/search"
  mv "$runs/tuned.yaml.part" "$runs/tuned.yaml"
fi

# learn NET FILE SEED ROTATION: validation (mean of the last ten of 40 epochs) and test, unless they are there.
learn() {
  result=$runs/$1.$3.$4 device=golden
  [ ! -e "$result" ] || return 0
  [ "$1" != twin ] || device=twin
  ENGRAM_THREADS=1 "$engram" train --net "$2" --data "$work/pictures" --split segment --rotation "$4/10" --seed "$3" --epochs 40 \
    --on $device --json >"$result.json"
  jq -r '.runs[0] | [([.epochs[-10:][].validation_accuracy] | add * 10), .test.accuracy * 100] | @tsv' "$result.json" >"$result.part"
  rm "$result.json"
  mv "$result.part" "$result"
}
for seed in $(seq "$seeds"); do
  for rotation in 1 2 3 4 5 6 7 8 9 10; do
    for net in twin hand spoiled; do learn $net "$work/$net.yaml" "$seed" "$rotation"; done
    learn tuned "$runs/tuned.yaml" "$seed" "$rotation"
  done
done

# A row for each net: means, and what it is above the twin, run by run.
for net in twin hand spoiled tuned; do
  for file in "$runs/$net".*.*; do echo "$net ${file#"$runs/$net".} $(cat "$file")"; done
done | awk '
  { sum[$1, 1] += $3; sum[$1, 2] += $4; n[$1]++; value[$1, $2, 1] = $3; value[$1, $2, 2] = $4; run[$2] }
  function less(net, part,   mean, square, d, r, k) {
    for (r in run) { d = value[net, r, part] - value["twin", r, part]; mean += d; square += d * d; k++ }
    mean /= k
    return sprintf("%+.2f \302\261 %.2f", mean, sqrt((square / k - mean * mean) / (k - 1)))
  }
  function row(net, what) {
    printf "| %s | %.2f %% | %s | %.2f %% | %s |\n", what, sum[net, 1] / n[net], net == "twin" ? "" : less(net, 1), sum[net, 2] / n[net],
           net == "twin" ? "" : less(net, 2)
  }
  END {
    print "| binary points | validation | less twin | test | less twin |"
    print "|---|---|---|---|---|"
    row("twin", "none: floating-point twin")
    row("hand", "by hand, `nets/paper8.yaml`")
    row("spoiled", "spoiled by two to three places")
    row("tuned", "of `engram tune` from there")
    exit sum["tuned", 1] / n["tuned"] < sum["hand", 1] / n["hand"] - 1
  }' >"$work/table" || status=1
cat "$work/table"
[ -z "$page" ] || sh "$here/table.sh" 'make tune-page' "$work/table" "$page"
[ "${status:-0}" = 0 ] || { echo 'tune-check: FAIL: more than a point below the points by hand' && exit 1; }
