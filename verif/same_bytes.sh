#!/bin/sh
# same_bytes.sh : whether `engram gen` still emits what it did: each file of each case below against its checksum.
# SPDX-License-Identifier: MIT
#
# Usage: same_bytes.sh ENGRAM WORK SUMS [update]
# SUMS has a line a file: case, name, checksum; `all` are files that are the same in each case without a prefix. Version
# and core hash (which the version is part of) are replaced by fixed words first. `update` writes SUMS anew.
set -eu
engram=$1 sums=$3
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
fresh "$2"

# Name, net and options: each branch of the generator and each kind of fold is taken by one of them. `loaded`
# has weights of nets/tiny from its start.
cases='tiny nets/tiny
tiny-fast nets/tiny step=fast positions=4 filters=2
tiny-infers nets/tiny mode=inference logic_multipliers=40
tiny-argmax nets/tiny mode=inference output=argmax positions=1 taps=3
tiny-logic nets/tiny storage=register logic_multipliers=25
tiny-positions nets/tiny positions=6 filters=2 lanes=12
tiny-rows nets/tiny positions=18 multipliers=shared
tiny8-shared nets/tiny8 multipliers=shared storage=single_port lanes=8
tiny8-rows nets/tiny8 positions=14 lanes=5
tiny8-tap nets/tiny8 positions=1 filters=1 taps=1
uneven verif/nets/uneven
parts verif/nets/parts
parts-serial verif/nets/parts_serial
frozen-fast verif/nets/frozen step=fast positions=1 filters=3 --prefix=other
dense verif/nets/dense
dense-fast verif/nets/dense step=fast multipliers=shared
dense-infers verif/nets/dense mode=inference storage=register
output verif/nets/output
one verif/nets/one
wide verif/nets/wide
mlp verif/nets/mlp
share verif/nets/share lanes=4
biases verif/nets/biases
biases-fast verif/nets/biases_fast
biases-conv verif/nets/biases_conv
biases-serial verif/nets/biases_conv positions=1 filters=1 taps=3
loaded nets/tiny loaded
loaded-fast nets/tiny loaded step=fast positions=1 filters=2 storage=register
loaded-serial nets/tiny loaded mode=inference positions=1 taps=3
paper nets/paper lanes=32'

emit() { # name, net, layout
  name=$1 net=$2
  shift 2
  # shellcheck disable=SC2046
  "$engram" gen --net "$here/../$net.yaml" $(folds "$@") -o "$work/$name" >"$work/log"
}

checksums() { # name: a line a file
  header=$(echo "$work/$1"/*_core.h)
  hash=$(sed -n 's/.*_CORE_HASH 0x\([0-9A-F]*\)u.*/\1/p' "$header")
  word=$(sed -n 's/.*_VERSION_VALUE 0x\([0-9A-F]*\)u.*/\1/p' "$header")
  high=$(echo "$hash" | cut -c 1-8) low=$(echo "$hash" | cut -c 9-16)
  small=$(echo "$high" | tr A-F a-f) # in FuseSoC's name
  words="s/$version/VERSION/g; s/$word/VERSION/g; s/$hash/CORE/g; s/$high/CORE/g; s/$low/CORE/g; s/$small/CORE/g"
  sed -i "$words" "$work/$1"/*
  (cd "$work/$1" && cksum -- *) | sed "s/^\([0-9]*\) \([0-9]*\) \(.*\)/$1 \3 \1-\2/"
}

version=$(cat "$here/../VERSION" | sed 's/\./\\./g')
trained weights "$here/../nets/tiny.yaml" airplane,car,helicopter 8x8 0
echo "$cases" >"$work/cases"
while read -r line; do
  # shellcheck disable=SC2086
  emit $line
  checksums "${line%% *}"
done <"$work/cases" >"$work/each"

# One line for what is the same wherever there is no prefix.
together() { # lines of all cases
  awk -v cases="$(grep -cv ' --prefix' "$work/cases")" '
    FNR == NR { count[$2 " " $3]++; next }
    count[$2 " " $3] < cases
    count[$2 " " $3] >= cases && !said[$2]++ { print "all", $2, $3 }' "$1" "$1" | sort
}

differences() { # lines as in SUMS: those that differ from it
  diff "$sums" "$1" | sed -n 's/^[<>] \([^ ]*\) \([^ ]*\) .*/\2 of case \1 differs/p' | sort -u
}

together "$work/each" >"$work/sums"
if [ "${4:-}" = update ]; then
  cp "$work/sums" "$sums"
  echo "same-bytes: $(wc -l <"$sums") checksums of $(wc -l <"$work/cases") cases written to $sums"
  exit
fi
differences "$work/sums" >"$work/difference"
if [ -s "$work/difference" ]; then
  sed 's/^/same-bytes: FAILED: /' "$work/difference"
  exit 1
fi

# A byte more in one file is noticed, and where.
echo >>"$work/wide/engram_core.v"
while read -r name _; do checksums "$name"; done <"$work/cases" >"$work/each"
together "$work/each" >"$work/changed"
[ "$(differences "$work/changed")" = 'engram_core.v of case wide differs' ]
echo "same-bytes: $(wc -l <"$sums") checksums of $(wc -l <"$work/cases") cases are what they were"
