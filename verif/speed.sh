#!/bin/sh
# speed.sh : the golden model beside PyTorch, in one run. Fails where a mark is missed.
# SPDX-License-Identifier: MIT
#
# Usage: speed.sh SPEED ENGRAM DATA WORK PYTHON [PAGE]     with PAGE the table also between its marks
set -eu
speed=$1 engram=$2 data=$3 work=$4 python=$5 page=${6:-}
here=$(dirname "$0")
mkdir -p "$work"
torch=true
"$python" -c 'import torch' 2>/dev/null || torch=false

# In turns, so that what else the machine does hits both alike.
: >"$work/lines"
for round in 1 2 3; do
  echo "round $round of 3" >&2
  for net in paper paper8; do
    "$speed" "$data" "$here/../nets/$net.yaml" "$engram" >>"$work/lines"
  done
  if $torch; then "$python" "$here/speed_torch.py" 3 1 32 >>"$work/lines"; fi
done

status=0
awk -v torch="$torch" '
  { if ($3 > best[$1 " " $2]) best[$1 " " $2] = $3 }
  function group(number, text) {
    number = int(number + 0.5)
    for (text = ""; number >= 1000; number = int(number / 1000)) text = sprintf(",%03d%s", number % 1000, text)
    return number text
  }
  function ratio(number) { return torch == "true" ? sprintf("%.1f", number / best["torch 1"]) : "-" }
  function row(what, number, mark, held) {
    held = torch != "true" || mark == "" || number >= mark * best["torch 1"]
    bad = bad || !held
    printf "| %s | %s | %s | %s%s |\n", what, group(number), ratio(number), mark == "" ? "" : "at least " mark,
           held ? "" : " **MISSED**"
  }
  function memory(what, number) {
    bad = bad || number >= 200
    printf "| %s, at most | %d MB | | less than 200 MB%s |\n", what, number, number < 200 ? "" : " **MISSED**"
  }
  END {
    print "| | pictures/s | times PyTorch, a picture a step | mark |"
    print "|---|---|---|---|"
    if (torch == "true") {
      row("PyTorch, a picture a step", best["torch 1"], "")
      row("PyTorch, 32 pictures a step", best["torch 32"], "")
    }
    row("`paper`, 16-bit: training, one core", best["train paper"], 10)
    row("`paper`: `engram train`, with validation", best["command paper"], "")
    row("`paper`: inference, one core", best["infer paper"], "")
    row("`paper`: inference, all cores", best["threads paper"], "")
    row("`paper8`, 8-bit: training, one core", best["train paper8"], 15)
    row("`paper8`: `engram train`, with validation", best["command paper8"], "")
    row("`paper8`: inference, one core", best["infer paper8"], "")
    row("`paper8`: inference, all cores", best["threads paper8"], "")
    most = best["memory paper"] > best["memory paper8"] ? best["memory paper"] : best["memory paper8"]
    memory("memory of `engram train`", most)
    printf "\nIn the first epoch a step'\''s gradient goes through %d (`paper`) and %d (`paper8`) of the 64 units, of which dropout\nkeeps 32.\n",
           best["active paper"], best["active paper8"]
    exit bad
  }' "$work/lines" >"$work/table" || status=1
cat "$work/table"
if ! $torch; then
  echo "SKIP: no PyTorch ($python cannot import torch; make bench-deps): nothing to compare with"
elif [ -n "$page" ] && [ $status = 0 ]; then
  sh "$here/table.sh" 'make bench-page' "$work/table" "$page"
fi
[ $status = 0 ] || echo 'bench: FAIL: a mark is missed'
exit $status
