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
value() { "$engram" board "$board" "$1"; }
clock_hz=$(value clock_hz)
baud=$(value baud)
if [ -z "$net" ]; then
  net=$(value net)
  for fold in $(value folds); do set -- "$@" --fold "$fold"; done
fi
made=$work/$board/$(basename "$net" .yaml)
sh "$(dirname "$0")/board_library.sh" "$engram" "$made" "$board" "$clock_hz" "$baud" --net "$net" "$@"
exec "$program" "$made/board.so" "$clock_hz"
