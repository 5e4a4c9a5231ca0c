# command.sh : help, and why a file could not be written.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh

for command in synth features train eval infer import gen estimate; do
  "$engram" $command --help > help 2>&1
  begin "$command -h is --help"
  run "$engram" $command -h
  status 0
  silent
  is 'the text' "$(cat "$work/out")" "$(cat help)"
done

begin 'help names all keys of --fold'
run "$engram" gen --help
tr -s ' \n' ' ' < "$work/out" > words
for fold in positions filters taps lanes output_lanes logic_multipliers step multipliers storage mode; do
  grep -q "KEY is one of.*[ ,]$fold\(,\| -n\)" words || note "no $fold"
done

# With room for some blocks a file.
limited() (
  trap '' XFSZ
  ulimit -f "$1"
  shift
  "$@"
)
for blocks in 2 4 6 8 16; do
  begin "gen: why a file could not be written, $blocks blocks"
  run limited $blocks "$engram" gen --net "$nets/paper.yaml" -o core
  status 2
  err 'cannot write: File too large'
done

begin 'data and weights for what follows'
run "$engram" synth -o sounds --recordings 3 --seconds 1
run "$engram" features -o set sounds
run "$engram" train --net "$nets/paper.yaml" --data set --epochs 0 --save w
status 0

# full NAME COMMAND...: all writers say the same of a full disk, and leave nothing.
full() {
  begin "$1: on a full disk"
  shift
  run "$@"
  status 2
  err 'No space left on device'
  is 'files left' "$(find small -type f ! -name fill)" ''
  rm -rf small/*
}
mkdir small
if mount -t tmpfs -o size=16k none small 2> /dev/null; then
  full gen "$engram" gen --net "$nets/paper.yaml" -o small/core
  full features "$engram" features -o small/set sounds
  head -c 1M /dev/zero > small/fill 2> /dev/null
  full plot "$engram" features -o other --plot small/p.png sounds
  full train "$engram" train --net "$nets/paper.yaml" --data set --epochs 0 --save small/w
  full report "$engram" train --net "$nets/paper.yaml" --data set --epochs 0 --report small/r.html
  full import "$engram" import --net "$nets/paper.yaml" --from w -o small/i
  full synth "$engram" synth -o small/sounds --recordings 1 --seconds 2
  finish
  umount small
else
  echo 'SKIP full disk: mount is not permitted'
fi

begin 'standard output on a full disk'
run sh -c '"$@" > /dev/full' sh "$engram" train --net "$nets/paper.yaml" --data set --epochs 1
status 2
is 'messages' "$(cat "$work/err")" 'engram: standard output: No space left on device'
