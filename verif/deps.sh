#!/bin/sh
# deps.sh : installs the Debian packages that are missing; where it cannot, lists them and stops.
# SPDX-License-Identifier: MIT
set -eu
packages='gcc g++ pkg-config libsndfile1-dev libmpg123-dev libsoxr-dev libkissfft-dev libyaml-dev libjansson-dev
  libpng-dev zlib1g-dev libcmocka-dev verilator iverilog yosys clang clang-format python3-venv
  nextpnr-ice40 fpga-icestorm jq libxml2-utils ffmpeg python3-numpy shellcheck gnuplot-nox'
# 1.4 GB for one part of `make driver`, which says SKIP where they are missing.
[ -z "${CI:-}" ] || packages="$packages gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc"

missing=''
for package in $packages; do
  if ! command -v dpkg-query >/dev/null ||
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
    missing="$missing $package"
  fi
done
venv() { sh "$(dirname "$0")/../fpga/venv.sh" build/venv; }
if [ -z "$missing" ]; then
  venv
  exit
fi

if ! command -v apt-get >/dev/null; then
  echo "This is not a Debian system. Engram needs what Debian calls:$missing" >&2
  exit 1
elif [ "$(id -u)" = 0 ]; then
  sudo=''
elif command -v sudo >/dev/null; then
  sudo=sudo
else
  echo "Neither root nor sudo. Missing packages:$missing" >&2
  exit 1
fi
echo "Installing:$missing"
# shellcheck disable=SC2086
$sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
venv
