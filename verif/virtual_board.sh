#!/bin/sh
# virtual_board.sh : a board's whole top in Verilator behind a pseudo-terminal, until it is interrupted.
# SPDX-License-Identifier: MIT
#
# Usage: virtual_board.sh PROGRAM ENGRAM WORK BOARD [NET [ENGRAM-GEN-OPTION...]]
# Without NET the board's own net and folds (fpga/BOARD/board.yaml). Prints the terminal's name first.
set -eu
program=$1 engram=$2 work=$3 board=$4 net=${5:-}
[ $# -lt 5 ] || shift
shift 4
description=$(dirname "$0")/../fpga/$board/board.yaml
if [ ! -f "$description" ]; then
  echo "BOARD=$board: found no such board, allowed$(cd "$(dirname "$0")/../fpga" && printf ' %s' */board.yaml |
    sed 's,/board.yaml,,g')" >&2
  exit 2
fi
value() { sed -n "s/^$1: *//p" "$description" | sed 's/ *#.*//; s/^"\(.*\)"$/\1/'; }
if [ -z "$net" ]; then
  net=$(value net)
  for fold in $(value folds); do set -- "$@" --fold "$fold"; done
fi
clock_hz=$(value clock_hz)
made=$work/$board/$(basename "$net" .yaml)
sh "$(dirname "$0")/board_library.sh" "$engram" "$made" "$board" "$clock_hz" "$(value baud)" --net "$net" "$@"
exec "$program" "$made/board.so" "$clock_hz"
