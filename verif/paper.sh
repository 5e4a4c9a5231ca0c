#!/bin/sh
# paper.sh : the paper's own comparisons on recordings: its net with kernels of 3 to 6 and with other dropout, beside the
# nets it compares itself with; writes the tables and curves of docs/paper.md.
# SPDX-License-Identifier: MIT
#
# Usage: paper.sh ENGRAM WORK PYTHON DATA SEEDS RIVALS EPOCHS PAGE
#
# SEEDS seeds for Engram's nets, the first RIVALS of them for PyTorch's, which train for EPOCHS epochs. Results are kept in
# WORK by what they depend on, so that a run which was stopped goes on; whatever is there is in the tables.
set -eu
engram=$1 work=$2 python=$3 data=$4 seeds=$5 rivals=$6 epochs=$7 page=$8
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
if [ -z "$data" ]; then
  echo 'SKIP paper: DATA=DIR (folders airplane, car and engine of recordings, with authors in a manifest) is not given'
  exit 0
fi
for number in "$seeds" "$rivals" "$epochs"; do
  case $number in
  '' | *[!0-9]*) echo "paper: found $number, allowed whole numbers for SEEDS, RIVALS and EPOCHS" >&2 && exit 2 ;;
  esac
done
mkdir -p "$work/nets"
rm -f "$work"/nets/*
"$engram" features --view spectrum --classes airplane,car,engine -o "$work/pictures" "$data" >"$work/features.log"

# The nets. Shares of dropout other than a half are skipped where this version refuses them.
for net in paper paper8; do
  cp "$here/../nets/$net.yaml" "$work/nets"
  for kernel in 3 5 6; do
    changed "$here/../nets/$net.yaml" "s/kernel: \[4, 4\]/kernel: [$kernel, $kernel]/" "$work/nets/$net-kernel$kernel.yaml"
  done
  for dropout in false 0.3 0.7; do
    changed "$here/../nets/$net.yaml" "s/dropout: true/dropout: $dropout/" "$work/nets/$net-dropout-$dropout.yaml"
  done
done
cp "$here/../nets/paper.yaml" "$work/nets/twin.yaml"
for net in "$work"/nets/*.yaml; do
  name=$(basename "$net" .yaml)
  if ! "$engram" estimate --net "$net" --json >"$work/nets/$name.json" 2>"$work/nets/$name.why"; then
    case $name in
    *-dropout-0.*) echo "SKIP $name: $(cat "$work/nets/$name.why")" ;;
    *) echo "paper: FAIL: $name: $(cat "$work/nets/$name.why")" >&2 && exit 1 ;;
    esac
    rm "$net" "$work/nets/$name.json"
  fi
done

# By author: not cars, which are all one man's.
tests='car.segment car.recording engine.segment engine.recording engine.author'
own=30 # epochs, as in the paper

# train TEST NET SEED OPTION...: one training's options of `engram train`.
train() {
  test=$1 net=$2 seed=$3 device=golden
  shift 3
  [ "$net" != twin ] || device=twin
  ENGRAM_THREADS=1 "$engram" train --net "$work/nets/$net.yaml" --data "$work/pictures" --classes "airplane,${test%.*}" \
    --split "${test#*.}" --seed "$seed" --on "$device" "$@"
}

# key FILE...: the name of a folder for results that depend on these files.
key() { cat "$work"/pictures/*-ubyte "$work/pictures/dataset.json" "$@" | cksum | cut -d' ' -f1; }

# Engram's nets. `times` gives the processor's seconds of what a subshell has started.
runs=$work/own-$(key "$engram" "$work"/nets/*.yaml)
mkdir -p "$runs"
for seed in $(seq "$seeds"); do
  for net in "$work"/nets/*.yaml; do
    name=$(basename "$net" .yaml)
    for test in $tests; do
      result=$runs/$test.$name.$seed.json
      [ ! -e "$result" ] || continue
      (
        train "$test" "$name" "$seed" --epochs "$own" --json >"$result.part"
        times >"$result.times"
      )
      jq --arg times "$(tail -n 1 "$result.times")" '.cpu_seconds = ($times |
        [scan("([0-9]+)m([0-9.]+)s") | (.[0] | tonumber) * 60 + (.[1] | tonumber)] | add)' "$result.part" >"$result.whole"
      mv "$result.whole" "$result"
      rm "$result.part" "$result.times"
    done
  done
  echo "paper: Engram's nets, seed $seed of $seeds"
done

# PyTorch's, on the same splits. Their results stay where Engram's nets change.
rm -rf "$work/parts"
mkdir -p "$work/parts"
for seed in $(seq "$((rivals > 1 ? rivals : 1))"); do
  for test in $tests; do train "$test" paper "$seed" --epochs 0 --parts "$work/parts/$test.parts.$seed.csv" >/dev/null; done
done
others=$work/torch-$epochs-$(key "$work"/parts/*.parts.1.csv "$here/classify.py" "$here/paper_torch.py")
mkdir -p "$others"
if ! "$python" -c 'import torch, timm' 2>/dev/null; then
  echo "SKIP: no PyTorch with timm ($python cannot import them; make bench-deps): no other nets beside Engram's"
else
  cp "$work"/parts/*.csv "$others"
  [ -e "$others/sizes.json" ] || "$python" "$here/paper_torch.py" sizes "$others/sizes.json"
  "$python" "$here/paper_torch.py" train "$work/pictures" "$others" "$rivals" "$epochs"
fi

/usr/bin/python3 "$here/paper_tables.py" "$work/nets" "$runs" "$others" "$work/out"
for table in nets kernels dropout; do sh "$here/table.sh" "make paper: $table" "$work/out/$table" "$page"; done
if ! command -v gnuplot >/dev/null; then
  echo 'SKIP curves: needs gnuplot (make deps)'
else
  for curve in accuracy loss; do
    columns=$(tail -n 1 "$work/out/$curve" | wc -w)
    gnuplot -e "file = '$work/out/$curve'; columns = $columns; output_file = '${page%.md}-$curve.svg'; name = '$curve'" \
      "$here/paper.gnuplot"
  done
fi
echo "paper: written: $page and its curves"
