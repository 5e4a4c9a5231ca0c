#!/bin/sh
# build_sim.sh : an emitted core -> a shared library (sim.h) with Verilator and g++.
# SPDX-License-Identifier: MIT
#
# Usage: build_sim.sh WORK OUTPUT.so RUNTIME wave|plain
# WORK holds the core's files, sim.cpp and sim.h, and is where everything is built; RUNTIME keeps Verilator's own objects,
# which are compiled once. ENGRAM_SIM_OPTIMISE (-O2) is how the core is compiled: -O0 takes a third of the time and suits
# cores that run a few steps only.
set -eu
work=$1 output=$2 runtime=$3 mode=$4 optimise=${ENGRAM_SIM_OPTIMISE:--O2}

include=$(verilator --getenv VERILATOR_ROOT)/include
trace='' tracing=0 objects='verilated verilated_vpi verilated_dpi verilated_threads' libraries=-lpthread
if [ "$mode" = wave ]; then
  trace=--trace-fst tracing=1 objects="$objects verilated_fst_c" libraries='-lpthread -lz'
fi
flags="-std=gnu++14 -fPIC -w -DVERILATOR=1 -DVM_COVERAGE=0 -DVM_SC=0 -DVM_TRACE=$tracing \
-DVM_TRACE_FST=$tracing -DVM_TRACE_VCD=0 -I$include -I$include/vltstd"

compile() { # compile lines "optimisation source object" from standard input, two at a time
  xargs -r -P 2 -L 1 sh -c 'exec g++ '"$flags -I$work -I$work/obj"' "$0" -c "$1" -o "$2"'
}

mkdir -p "$runtime"
for object in $objects; do
  [ -f "$runtime/$object-$mode.o" ] || echo "-O2 $include/$object.cpp $runtime/$object-$mode.o.$$"
done | compile
runtime_objects=''
for object in $objects; do
  [ -f "$runtime/$object-$mode.o" ] || mv "$runtime/$object-$mode.o.$$" "$runtime/$object-$mode.o"
  runtime_objects="$runtime_objects $runtime/$object-$mode.o"
done

(cd "$work" && verilator --cc --vpi $trace -O3 --x-assign fast --x-initial fast -Wno-lint \
  -f engram_core.f --top-module engram_core --prefix Vcore --Mdir obj)
# Two translation units, so that the long headers are read only twice: what runs in each cycle, and the rest. One is
# enough without optimisation.
for source in "$work"/obj/Vcore*.cpp "$work/sim.cpp"; do
  case $optimise$source in -O0* | *Slow* | *Syms* | *Trace* | *Dpi* | *Vcore.cpp | */sim.cpp) unit=slow ;; *) unit=fast ;; esac
  echo "#include \"$(basename "$source")\"" >>"$work/obj/$unit.cc"
done
for unit in fast slow; do
  [ ! -f "$work/obj/$unit.cc" ] || echo "$optimise $work/obj/$unit.cc $work/obj/$unit.o"
  optimise=-O0
done | compile
# shellcheck disable=SC2086
g++ -shared -o "$output" "$work"/obj/*.o $runtime_objects $libraries
