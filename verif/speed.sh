#!/bin/sh
# speed.sh : the golden model beside plain float C, PyTorch and ONNX Runtime, in one run. Fails where a mark is missed.
# SPDX-License-Identifier: MIT
#
# Usage: speed.sh SPEED ENGRAM DATA WORK PYTHON [PAGE]     with PAGE the tables also between its marks
# ROUNDS, BENCH_SECONDS (of each figure of Python's, in each round) and WIDTHS (hidden units, 64 among them) may be set.
set -eu
speed=$1 engram=$2 data=$3 work=$4 python=$5 page=${6:-}
rounds=${ROUNDS:-3} seconds=${BENCH_SECONDS:-1} widths=${WIDTHS:-64 128 256 512 1024} batches='1 32 128'
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
fresh "$work"
export OMP_NUM_THREADS=1

# has MODULE...: whether Python has them, true or false; that it has not is said.
has() {
  if "$python" -c "import $(echo "$*" | tr ' ' ,)" 2>"$work/import"; then
    echo true
  else
    echo "SKIP: $python cannot import $* (make bench-deps): not compared with" >&2
    echo false
  fi
}

torch=$(has torch)
onnx=$(has onnx onnxruntime safetensors numpy)

for net in paper paper8; do
  for units in $widths; do
    changed "$here/../nets/$net.yaml" "s/^name:.*/name: ${net}_$units/; s/units: 64/units: $units/" "$work/${net}_$units.yaml"
  done
done
if $onnx; then
  options="--net $here/../nets/paper.yaml --data $data --on twin"
  # shellcheck disable=SC2086
  { "$engram" train $options --epochs 3 --save "$work/weights"
    "$engram" eval $options --part all --load "$work/weights" --replies "$work/replies"; } >"$work/log"
  "$python" "$here/speed_onnx.py" check "$work/weights" "$data" "$work/replies" "$work"
fi

# In turns, so that what else the machine does hits all alike.
round=0
while [ $round -lt "$rounds" ]; do
  round=$((round + 1))
  echo "round $round of $rounds" >&2
  for units in $widths; do
    command=$([ "$units" != 64 ] || echo "$engram")
    for net in paper paper8; do
      "$speed" "$data" "$work/${net}_$units.yaml" ${command:+"$command"}
    done
    # shellcheck disable=SC2086
    if $torch; then "$python" "$here/speed_torch.py" "$seconds" "$units" $batches; fi
  done
  # shellcheck disable=SC2086
  if $onnx; then "$python" "$here/speed_onnx.py" measure "$seconds" "$work" $batches; fi
done >"$work/lines"

status=0
awk -v torch="$torch" -v onnx="$onnx" -v widths="$widths" -v batches="$batches" -f "$here/speed_table.awk" "$work/lines" \
  >"$work/table" || status=1
cat "$work/table"
if [ $status = 0 ] && [ -n "$page" ] && $torch && $onnx; then
  sh "$here/table.sh" 'make bench-page' "$work/table" "$page"
elif [ -n "$page" ]; then
  echo "bench-page: $page stays as it was"
fi
[ $status = 0 ] || echo 'bench: FAIL: a mark is missed'
exit $status
