#!/bin/sh
# link_check.sh : the host tool on virtual boards: the same weights as on the model.
# SPDX-License-Identifier: MIT
#
# Usage: link_check.sh ENGRAM VIRTUAL_BOARD LINK_STEPS WORK
# On each board, side by side: a small net, 100 training steps by `engram train`, checkpoints equal to the model's byte by
# byte, and `engram eval`; then the board's own net, three steps from weights made on the chip, and their checksum.
set -eu
engram=$1 virtual=$2 steps=$3 work=$4
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
tiny=$here/../nets/tiny.yaml
rm -rf "$work/pictures-sounds" "$work/pictures"
mkdir -p "$work"
pictures pictures airplane,car,helicopter 8x8

run() { # device, file
  "$engram" train --net "$tiny" --data "$work/pictures" --on "$1" --steps 100 --rate 2 --seed 3 --save "$2" >"$2.log"
  "$engram" eval --net "$tiny" --data "$work/pictures" --on "$1" --load "$work/golden" --part all >"$2.said"
}

check() { # board
  kind=$1 board='' # process
  trap '[ -z "$board" ] || kill "$board"' EXIT
  trap 'exit 1' TERM
  switch_on "$tiny"
  run "$name" "$work/$kind.board"
  for part in '' .best .said; do cmp "$work/golden$part" "$work/$kind.board$part"; done
  switch_off
  switch_on
  # shellcheck disable=SC2046
  "$steps" "$name" "$("$engram" board "$kind" net)" 3 $("$engram" board "$kind" folds)
  switch_off
  echo "link_check: $kind PASS"
}

switch_on() { # [net]: sets $name
  rm -f "$work/$kind.name"
  sh "$here/virtual_board.sh" "$virtual" "$engram" "$work" "$kind" "$@" >"$work/$kind.name" &
  board=$!
  while kill -0 "$board" && [ ! -s "$work/$kind.name" ]; do sleep 0.2; done
  name=$(head -n 1 "$work/$kind.name")
}

switch_off() {
  kill -INT "$board"
  wait "$board"
  board=''
  sed 1d "$work/$kind.name"
}

run golden "$work/golden"
beside check ulx3s
beside check icebreaker
trap 'kill $before $last; exit 1' INT TERM
settle
