#!/bin/sh
# driver.sh : the driver of emitted cores: compiles without a library, and runs on simulated cores beside the model.
# SPDX-License-Identifier: MIT
#
# Usage: driver.sh ENGRAM WORK OBJECT...; COMPILE and LIBS say how the test is compiled and linked.
set -eu
engram=$1 work=$2
shift 2
objects=$*
here=$(dirname "$0")
nets=$here/../nets
strict='-std=c99 -pedantic -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Werror'
rm -rf "$work"
mkdir -p "$work"

freestanding() { # core: driver and example need nothing but each other
  for compiler in gcc clang; do
    for file in engram_driver engram_example; do
      # shellcheck disable=SC2086
      $compiler $strict -O2 -ffreestanding -nostdlib -c "$1/$file.c" -o "$1/$file.o"
    done
    $compiler -nostdlib -r "$1/engram_driver.o" "$1/engram_example.o" -o "$1/linked.o"
    if nm -u "$1/linked.o" | grep -v _GLOBAL_OFFSET_TABLE_; then
      echo "driver: $compiler needs these symbols" >&2
      exit 1
    fi
  done
}

build() { # core
  # shellcheck disable=SC2086
  $COMPILE -I "$1" -o "$1/test" "$here/driver_test.c" "$1/engram_driver.c" "$1/engram_example.c" $objects $LIBS
}

core() { # net, fold or nothing
  core=$work/$1 net=$nets/$1.yaml
  [ -f "$net" ] || net=$here/nets/$1.yaml
  "$engram" gen --net "$net" ${2:+--fold "$2"} -o "$core" >"$work/log"
  freestanding "$core"
  build "$core"
  "$core/test" "$net" 0 ${2:+"$2"}
  "$core/test" "$net" 110 ${2:+"$2"}
}

core tiny8
core tiny mode=inference
core mlp
core tiny

# A driver whose shift register has another tap is noticed.
sed -i 's/second = ~seed/second = seed/' "$work/tiny/engram_driver.c"
build "$work/tiny"
if "$work/tiny/test" "$nets/tiny.yaml" 0 >"$work/log"; then
  echo "driver: a wrong driver was not noticed" >&2
  exit 1
fi
echo "driver: a wrong driver is noticed: $(head -n 1 "$work/log")"
