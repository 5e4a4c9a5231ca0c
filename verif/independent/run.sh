#!/bin/sh
# run.sh : the model written from the documents alone, and the command, on random nets: every bit.
# SPDX-License-Identifier: MIT
#
# Usage: run.sh ENGRAM WORK NETS [SEED]
set -eu
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/../lib.sh"
/usr/bin/python3 -c 'import numpy' 2>/dev/null || skip 'independent: no NumPy (python3-numpy, make deps)'
rm -rf "$2"
# shellcheck disable=SC2086 # no seed is no words
exec /usr/bin/python3 -B "$here/check.py" "$1" "$2" --nets "$3" ${4:+--seed "$4"}
