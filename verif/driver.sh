#!/bin/sh
# driver.sh : the driver of emitted cores: compiles without a library, runs on simulated cores beside the model, and on a
# simulated RISC-V as on this machine.
# SPDX-License-Identifier: MIT
#
# Usage: driver.sh ENGRAM WORK OBJECT...; COMPILE and LIBS say how the test is compiled and linked.
set -eu
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
engram=$1
fresh "$2"
shift 2
objects=$*
nets=$here/../nets
strict='-std=c99 -pedantic -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Werror'

freestanding() { # core: driver and example need nothing but each other
  for compiler in gcc clang; do
    for file in engram_driver engram_example; do
      # shellcheck disable=SC2086
      $compiler $strict -O2 -ffreestanding -nostdlib -c "$1/$file.c" -o "$1/$file.o"
    done
    $compiler -nostdlib -r "$1/engram_driver.o" "$1/engram_example.o" -o "$1/linked.o"
    nm -u "$1/linked.o" >"$work/undefined"
    if grep -v _GLOBAL_OFFSET_TABLE_ "$work/undefined"; then
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

on_memory() { # core, output: driver and example on a core made of memory, on this machine
  # shellcheck disable=SC2086
  gcc $strict -O2 -I "$1" -o "$1/memory" "$here/driver_memory.c" "$1/engram_driver.c" "$1/engram_example.c"
  "$1/memory" >"$2"
}

riscv() { # core: linked with picolibc for rv32imc, and run in QEMU
  if ! command -v riscv64-unknown-elf-gcc >/dev/null || ! command -v qemu-system-riscv32 >/dev/null ||
    ! riscv64-unknown-elf-gcc --specs=picolibc.specs -E -x c /dev/null >/dev/null 2>&1; then
    missing 'driver on RISC-V: needs gcc-riscv64-unknown-elf, picolibc-riscv64-unknown-elf, qemu-system-misc'
    return
  fi
  target='-Os -march=rv32imc -mabi=ilp32 --specs=picolibc.specs'
  for file in engram_driver engram_example; do
    # shellcheck disable=SC2086
    riscv64-unknown-elf-gcc $strict $target -I "$1" -c -o "$1/$file.rv.o" "$1/$file.c"
  done
  # shellcheck disable=SC2086
  riscv64-unknown-elf-gcc $strict $target --oslib=semihost --crt0=hosted -I "$1" -o "$1/memory.elf" \
    -Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x200000 \
    -Wl,--defsym=__ram=0x80200000,--defsym=__ram_size=0x200000 \
    "$here/driver_memory.c" "$1/engram_driver.rv.o" "$1/engram_example.rv.o"
  timeout 60 qemu-system-riscv32 -M virt -bios none -display none -monitor none -serial none \
    -chardev "file,id=said,path=$work/riscv" -semihosting-config enable=on,chardev=said -kernel "$1/memory.elf"
  on_memory "$1" "$work/host"
  diff "$work/host" "$work/riscv"
  echo "driver: rv32imc as on this machine: $(tail -n 1 "$work/riscv"); the driver has" \
    "$(riscv64-unknown-elf-size "$1/engram_driver.rv.o" | awk 'NR == 2 { print $1 + $2 }') bytes"
}

core tiny8
core tiny mode=inference
core mlp
core tiny
riscv "$work/tiny"

# A driver whose shift register has another tap is noticed.
changed "$work/tiny/engram_driver.c" 's/second = ~seed/second = seed/'
build "$work/tiny"
if "$work/tiny/test" "$nets/tiny.yaml" 0 >"$work/log" || ! grep -q 'driver: FAIL' "$work/log"; then
  echo "driver: a wrong driver was not noticed" >&2
  exit 1
fi
echo "driver: a wrong driver is noticed: $(head -n 1 "$work/log")"
on_memory "$work/tiny" "$work/log"
if [ -f "$work/host" ] && cmp -s "$work/host" "$work/log"; then
  echo "driver: a wrong driver leaves the same memory" >&2
  exit 1
fi
