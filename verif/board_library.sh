#!/bin/sh
# board_library.sh : a virtual board -> a shared library (board_sim.h) with Verilator and g++.
# SPDX-License-Identifier: MIT
#
# Usage: board_library.sh ENGRAM WORK BOARD CLOCK_HZ BAUD ENGRAM-GEN-OPTION...
# BOARD is a file of verif/boards: ulx3s and icebreaker are the whole of fpga/BOARD/top.v, from its pins inward, with the
# cells of verif/cells; system is engram_system alone. Makes WORK/board.so, or keeps it where nothing has changed.
set -eu
engram=$1 work=$2 board=$3 clock_hz=$4 baud=$5
shift 5
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work"
rm -rf "$work/rtl"
"$engram" gen "$@" -o "$work/rtl" >"$work/log"
rm -f "$work"/rtl/*_tb.v
cp "$here/boards/$board.v" "$work/rtl/virtual_board.v"
if [ "$board" != system ]; then
  cp "$here/../fpga/engram_board.v" "$here/../fpga/$board/top.v" "$here"/cells/*.v "$work/rtl"
fi
{ echo "$board $clock_hz $baud"; cat "$work"/rtl/*.v "$here"/board_sim.*; } | cksum >"$work/sources"
if [ -f "$work/board.so" ] && cmp -s "$work/sources" "$work/made"; then exit 0; fi
echo "building the virtual board ($board, once, about a minute; log: $work/log)" >&2
rm -rf "$work/obj" "$work/made"
{
  verilator --cc -O3 --x-assign fast --x-initial fast --noassert -Wno-lint -CFLAGS -fPIC -GCLOCK_HZ="$clock_hz" \
    -GBAUD="$baud" --top-module virtual_board --prefix Vboard --Mdir "$work/obj" "$work"/rtl/*.v
  make -C "$work/obj" -f Vboard.mk OPT_FAST=-O3 OPT_SLOW=-O0 OPT_GLOBAL=-O2 Vboard__ALL.a verilated.o verilated_threads.o
  include=$(verilator --getenv VERILATOR_ROOT)/include
  g++ -O2 -std=gnu++14 -fPIC -w -shared -o "$work/board.so" -I "$here" -I "$work/obj" -I "$include" -I "$include/vltstd" \
    "$here/board_sim.cpp" "$work/obj/Vboard__ALL.a" "$work/obj/verilated.o" "$work/obj/verilated_threads.o" -lpthread
} >"$work/log" 2>&1
mv "$work/sources" "$work/made"
