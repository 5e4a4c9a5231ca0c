#!/bin/sh
# two_cores.sh : cores that stand in one design, by `engram gen --prefix`: two layouts of one net, and another net; linted
# together, their drivers in one C program, and all simulated at the same time, each beside its model.
# SPDX-License-Identifier: MIT
#
# Usage: two_cores.sh ENGRAM WORK OBJECT...; COMPILE and LIBS say how the test is compiled and linked.
set -eu
here=$(realpath "$(dirname "$0")")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
engram=$1
fresh "$2"
shift 2
nets=$here/../nets
objects=
for object; do
  case $object in */sim_library.o) ;; *) objects="$objects $(realpath "$object")" ;; esac
done
cores='one two three'

emit() { # folder, prefix or nothing, net, layout
  folder=$work/$1 prefix=$2 net=$nets/$3.yaml
  shift 3
  # shellcheck disable=SC2046
  "$engram" gen --net "$net" $(folds "$@") ${prefix:+--prefix "$prefix"} -o "$folder" >"$work/log"
}

# The ports of a core: direction, name, range.
ports() { # prefix
  sed -n '/^module/,/^);/s/^  \(input\|output\) *wire *\(\[[^]]*\]\)\{0,1\} *\([a-z_]*\),\{0,1\}$/\1 \3 \2/p' \
    "$work/$1/$1_core.v"
}

# A design with all cores: one clock, and the ports of each behind its prefix.
top() {
  printf '`default_nettype none\nmodule two (\n  input wire clk_i'
  for core in $cores; do
    ports $core | awk -v core=$core '$2 != "clk_i" { printf ",\n  %s wire %s %s_%s", $1, $3, core, $2 }'
  done
  printf '\n);\n'
  for core in $cores; do
    printf '  %s_core u_%s (.clk_i(clk_i)' $core $core
    ports $core | awk -v core=$core '$2 != "clk_i" { printf ",\n    .%s(%s_%s)", $2, core, $2 }'
    printf ');\n'
  done
  printf 'endmodule\n`default_nettype wire\n'
}

files() { # folder...: the cores' Verilog
  for core; do sed "s,^,$work/$core/," "$work/$core"/*_core.f; done
}

# driver_test.c with the names of a core of that prefix, and that core's driver.
compile() { # prefix
  upper=$(echo "$1" | tr '[:lower:]' '[:upper:]')
  sed -E "s/\bengram_/$1_/g; s/\bENGRAM_/${upper}_/g; s/struct engram\b/struct $1/g" "$here/driver_test.c" \
    >"$work/$1_test.c"
  for file in "$work/$1_test" "$work/$1/$1_driver" "$work/$1/$1_example"; do
    # shellcheck disable=SC2086
    $COMPILE -I "$work/$1" "-Dmain=$1_test" -c -o "$work/$(basename "$file").o" "$file.c"
  done
}

# The design and all tests as one program.
build() {
  rm -f "$work/test"
  # shellcheck disable=SC2046,SC2086
  verilator --cc --exe --build -O3 --x-assign fast --x-initial fast -Wno-lint --top-module two --Mdir "$work/obj" \
    -CFLAGS "-I$here/../sw" -MAKEFLAGS 'OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O1' -LDFLAGS "$(echo $LIBS)" \
    -o "$work/test" "$work/two.v" $(files $cores) "$here/two_cores.cpp" "$work"/*.o $objects >"$work/log"
}

run() { # stall
  "$work/test" "$1" "$nets/tiny.yaml" -- "$nets/tiny.yaml" $other -- "$nets/tiny8.yaml" mode=inference
}

other='multipliers=shared positions=1 filters=1 taps=3 lanes=6'
emit one one tiny
# shellcheck disable=SC2086
emit two two tiny $other
emit three three tiny8 mode=inference
top >"$work/two.v"
# shellcheck disable=SC2046,SC2086
verilator --lint-only -Wall --top-module two "$work/two.v" $(files $cores)
for core in $cores; do compile $core; done
build
run 0

# With stalls, a driver with a wrong tap in its shift register is noticed beside two good ones, and it alone.
changed "$work/two/two_driver.c" 's/second = ~seed/second = seed/'
compile two
build
try run 110 >"$work/log"
if [ $status = 0 ] || [ "$(grep -c 'driver: PASS' "$work/log")$(grep -c 'driver: FAIL' "$work/log")" != 21 ]; then
  cat "$work/log"
  echo 'two cores: a wrong driver was not noticed' >&2
  exit 1
fi
echo 'two cores: a wrong driver beside good ones is noticed'

# Without prefixes Verilator does not take two of them.
emit four '' tiny
emit five '' tiny8
# shellcheck disable=SC2046
try verilator --lint-only -Wall --top-module engram_core $(files four five) 2>"$work/log"
if [ $status = 0 ] || ! grep -q MODDUP "$work/log"; then
  echo 'two cores: the same names twice were not noticed' >&2
  exit 1
fi
echo "two cores: without prefixes: $(grep -c MODDUP "$work/log") warnings MODDUP"
