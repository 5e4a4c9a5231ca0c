#!/bin/sh
# build_icarus.sh : an emitted core -> a shared library (sim.h) with Icarus Verilog and gcc.
# SPDX-License-Identifier: MIT
#
# Usage: build_icarus.sh WORK OUTPUT.so
# WORK holds the core's files, sim_icarus.[ch], sim_vpi.c and sim.h, and is where everything is built. The compiled core
# and the module that drives it become data in the library.
set -eu
output=$(realpath "$2")
cd "$1"
# shellcheck disable=SC2046
iverilog -g2005 -s engram_core -o core.vvp $(cat engram_core.f)
# A bus that is assigned slice by slice comes out as concat8, which keeps the strength of each bit and takes most of the
# time. No bit of a core has two drivers, so that the plain one does the same.
sed -i 's/ \.concat8 / .concat /' core.vvp
flags='-std=gnu11 -D_GNU_SOURCE -O2 -fPIC -shared'
# shellcheck disable=SC2086
gcc $flags -o core.vpi sim_vpi.c
ld -r -z noexecstack -b binary -o files.o core.vvp core.vpi
# shellcheck disable=SC2086
gcc $flags -o "$output" sim_icarus.c files.o
