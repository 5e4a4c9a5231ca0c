#!/bin/sh
# finetune.sh : weights that were trained elsewhere, in floating point, are rounded and adapted in 8-bit training to a few
# recordings of another microphone; tested on others of that microphone. Fails where that does not help.
# SPDX-License-Identifier: MIT
#
# Usage: finetune.sh ENGRAM WORK [PAGE]     with PAGE the table also between its marks
set -eu
engram=$1 work=$2 page=${3:-}
here=$(dirname "$0")
net=$here/../nets/paper8.yaml classes=engine,helicopter epochs=5
mkdir -p "$work"
sounds() { # FOLDER RECORDINGS SEED
  rm -rf "$1"
  "$engram" synth --classes "$classes" --recordings "$2" --seed "$3" --output "$1" >/dev/null
}
pictures() { "$engram" features --classes "$classes" --output "$work/$1" "$work/sounds-$1" >/dev/null; }

# Elsewhere: many recordings, floating point.
sounds "$work/sounds-elsewhere" 40 1
pictures elsewhere
"$engram" train --on twin --net "$net" --data "$work/elsewhere" --split recording --epochs 10 --save "$work/float" >/dev/null
"$engram" import --net "$net" --from "$work/float.best" --output "$work/start"

# Here: another microphone, two recordings of each class to learn from and twenty to test with.
for part in here:2:2 test:20:3; do
  name=${part%%:*} numbers=${part#*:}
  sounds "$work/raw-$name" "${numbers%:*}" "${numbers#*:}"
  rm -rf "$work/sounds-$name"
  /usr/bin/python3 "$here/microphone.py" "$work/raw-$name" "$work/sounds-$name"
  pictures "$name"
done

: >"$work/lines"
measure() { # TEXT WEIGHTS
  "$engram" eval --net "$net" --load "$2" --data "$work/test" --part all --json >"$work/log"
  accuracy=$(jq '.metrics.accuracy * 10000 | round / 100' "$work/log")
  echo "$1|$accuracy" >>"$work/lines"
}
learn() { # TEXT OPTION...
  text=$1
  shift
  "$engram" train --net "$net" --data "$work/here" --epochs "$epochs" --save "$work/adapted" "$@" >/dev/null
  measure "$text" "$work/adapted.best"
}
measure 'as they came' "$work/start"
before=$accuracy
learn 'adapted, the output layer alone' --load "$work/start" --restart --freeze conv,dense1
learn 'adapted, all but the convolution' --load "$work/start" --restart --freeze conv
learn 'adapted' --load "$work/start" --restart
adapted=$accuracy
learn 'trained on the new recordings alone'
fresh=$accuracy

awk -F'|' 'BEGIN { print "| weights | accuracy on other recordings of the new microphone |"; print "|---|---|" }
  { printf "| %s | %.2f %% |\n", $1, $2 }' "$work/lines" >"$work/table"
cat "$work/table"
if ! awk -v before="$before" -v after="$adapted" -v fresh="$fresh" \
  'BEGIN { exit !(after >= before + 5 && after >= fresh + 5) }'; then
  echo "finetune: FAIL: $adapted % adapted: at least 5 points more than before and than without are expected"
  exit 1
fi
if [ -n "$page" ]; then sh "$here/table.sh" 'make finetune-page' "$work/table" "$page"; fi
echo "finetune: PASS: $before % before, $adapted % after"
