#!/bin/sh
# link_faults.sh : faults between the host's code and two small virtual boards.
# SPDX-License-Identifier: MIT
#
# Usage: link_faults.sh LINK_FAULTS ENGRAM WORK FAULTS SEED
# Half of the faults on a core whose convolution works on all taps at a time, half on one with a serial convolution.
set -eu
link_faults=$1 engram=$2 work=$3 faults=$4 seed=$5
here=$(cd "$(dirname "$0")" && pwd)
for name in parts parts_serial; do
  net=$here/nets/$name.yaml
  sh "$here/board_library.sh" "$engram" "$work/$name" system 16000000 1000000 --net "$net"
  echo "== $name"
  "$link_faults" --net "$net" --clock 16000000 --baud 1000000 --faults $(((faults + 1) / 2)) --seed "$seed" \
    "$work/$name/board.so"
done
