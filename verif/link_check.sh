#!/bin/sh
# link_check.sh : the host tool on virtual boards: the same weights as on the model.
# SPDX-License-Identifier: MIT
#
# Usage: link_check.sh ENGRAM VIRTUAL_BOARD LINK_STEPS WORK
# On each board: a small net, 100 training steps by `engram train`, checkpoints equal to the model's byte by byte, and
# `engram eval`; then the board's own net, three steps from weights made on the chip, and their checksum.
set -eu
engram=$1 virtual=$2 steps=$3 work=$4
here=$(dirname "$0")
tiny=$here/../nets/tiny.yaml
board='' # process
trap '[ -z "$board" ] || kill "$board"' EXIT
rm -rf "$work/sounds" "$work/pictures"
mkdir -p "$work"

switch_on() { # board [net]: sets $name
  rm -f "$work/name"
  sh "$here/virtual_board.sh" "$virtual" "$engram" "$work" "$@" >"$work/name" &
  board=$!
  while kill -0 "$board" && [ ! -s "$work/name" ]; do sleep 0.2; done
  name=$(head -n 1 "$work/name")
}

switch_off() {
  kill -INT "$board"
  wait "$board"
  board=''
  sed 1d "$work/name"
}

"$engram" synth --classes airplane,car,helicopter --recordings 4 --seconds 2 -o "$work/sounds" >"$work/log"
"$engram" features --classes airplane,car,helicopter --size 8x8 -o "$work/pictures" "$work/sounds" >"$work/log"

run() { # device, file
  "$engram" train --net "$tiny" --data "$work/pictures" --on "$1" --steps 100 --rate 2 --seed 3 --save "$2" >"$work/log"
  "$engram" eval --net "$tiny" --data "$work/pictures" --on "$1" --load "$work/golden" --part all >"$2.said"
}

run golden "$work/golden"
for kind in ulx3s icebreaker; do
  switch_on "$kind" "$tiny"
  run "$name" "$work/board"
  for part in '' .best .said; do cmp "$work/golden$part" "$work/board$part"; done
  switch_off
  switch_on "$kind"
  # shellcheck disable=SC2046
  "$steps" "$name" $(sed -n 's/^net: *\([^ ]*\).*/\1/p' "$here/../fpga/$kind/board.yaml") 3 \
    $(sed -n 's/^folds: *//p' "$here/../fpga/$kind/board.yaml" | tr -d '"')
  switch_off
  echo "link_check: $kind PASS"
done
