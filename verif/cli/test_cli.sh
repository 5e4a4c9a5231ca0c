#!/bin/sh
# test_cli.sh : bad input to every command: one clear message, exit status 2, nothing written.
# SPDX-License-Identifier: MIT
#
# Usage: test_cli.sh BINARY WORKDIR      (WORKDIR is made anew)
set -u
binary=$(realpath "$1")
nets=$(realpath "$(dirname "$0")/../../nets")
family=$(realpath "$(dirname "$0")/../nets")
self_contained=$(realpath "$(dirname "$0")/../self_contained.sh")
rm -rf "$2"
mkdir -p "$2/in" "$2/log" || exit 1
log=$(realpath "$2/log")
cd "$2/in" || exit 1
passed=0 failed=0

fail() {
  failed=$((failed + 1))
  printf 'FAIL %s: %s\n' "$name" "$1"
  sed 's/^/  stderr: /' "$log/err" | head -5
}

# Every file with its contents, every folder.
listing() {
  find . -type d | sort
  find . -type f -exec cksum {} + | sort -k 3
}

# run COMMAND...: keeps output, status and what was there before and after.
run() {
  listing > "$log/before"
  "$@" > "$log/out" 2> "$log/err"
  status=$?
  listing > "$log/after"
}

# refused PATTERN: what was run last ended as bad input should.
refused() {
  if [ "$status" -ne 2 ]; then
    fail "exit status $status, expected 2"
  elif ! grep -qF -- "$1" "$log/err"; then
    fail "no '$1' in the message"
  elif [ -s "$log/out" ]; then
    fail "something on standard output"
  elif ! cmp -s "$log/before" "$log/after"; then
    fail "files changed: $(diff "$log/before" "$log/after" | tail -n +2 | head -3 | tr '\n' ' ')"
  else
    passed=$((passed + 1))
  fi
}

# bad NAME PATTERN ARGUMENT...: `engram ARGUMENT...` says one line that begins "engram: ".
bad() {
  name=$1 pattern=$2
  shift 2
  run "$binary" "$@"
  if [ "$(wc -l < "$log/err")" -ne 1 ] || ! grep -q '^engram: ' "$log/err"; then
    fail "not exactly one line that begins 'engram: '"
  else
    refused "$pattern"
  fi
}

# bad_option NAME PATTERN ARGUMENT...: a wrong option, which argp follows with a hint at --help.
bad_option() {
  name=$1 pattern=$2
  shift 2
  run "$binary" "$@"
  refused "$pattern"
}

# bad_disk NAME PATTERN ARGUMENT...: with room for 1 KiB a file.
bad_disk() {
  name=$1 pattern=$2
  shift 2
  listing > "$log/before"
  (
    trap '' XFSZ
    ulimit -f 2
    exec "$binary" "$@"
  ) > "$log/out" 2> "$log/err"
  status=$?
  listing > "$log/after"
  if [ "$(wc -l < "$log/err")" -ne 1 ]; then
    fail 'not exactly one line'
  else
    refused "$pattern"
  fi
}

# bad_full NAME PATTERN ARGUMENT...: the same for what is written behind the work, whose results are shown by then.
bad_full() {
  name=$1 pattern=$2
  shift 2
  listing > "$log/before"
  (
    trap '' XFSZ
    ulimit -f 2
    exec "$binary" "$@" > /dev/null
  ) > "$log/out" 2> "$log/err"
  status=$?
  listing > "$log/after"
  refused "$pattern"
}

# good NAME ARGUMENT...: `engram ARGUMENT...` succeeds.
good() {
  name=$1
  shift
  if "$binary" "$@" > "$log/out" 2> "$log/err"; then
    passed=$((passed + 1))
  else
    fail "exit status $?, expected 0"
  fi
}

# unfit NAME ARGUMENT...: `engram ARGUMENT...` did its work, and the answer is no: status 1.
unfit() {
  name=$1
  shift
  status=0
  "$binary" "$@" > "$log/out" 2> "$log/err" || status=$?
  if [ "$status" -eq 1 ]; then
    passed=$((passed + 1))
  else
    fail "exit status $status, expected 1"
  fi
}

# holds TEXT: the output of the last command has it.
holds() {
  if grep -qF -- "$1" "$log/out"; then
    passed=$((passed + 1))
  else
    fail "no '$1' in the output"
  fi
}

# ok NAME COMMAND...: succeeds.
ok() {
  name=$1
  shift
  if "$@" > "$log/out" 2> "$log/err"; then passed=$((passed + 1)); else fail "status $?: $(tail -1 "$log/out")"; fi
}

# not_ok NAME COMMAND...: fails, as it should.
not_ok() {
  name=$1
  shift
  if "$@" > "$log/out" 2> "$log/err"; then fail 'succeeds'; else passed=$((passed + 1)); fi
}

# ---------------------------------------------------------------- good input to begin with
good 'synth' synth -o sounds --classes airplane,car,train --recordings 4 --seconds 1
good 'features of three classes' features -o three --size 8x8 sounds
good 'features of two classes' features -o two --size 7x9 --classes car,train sounds
tiny=$nets/tiny.yaml tiny8=$nets/tiny8.yaml
good 'train' train --net "$tiny" --data three --epochs 2 --save w
good 'train 8 bits' train --net "$tiny8" --data two --epochs 1 --save w8
sound=sounds/car/$(ls sounds/car | head -1)

# ---------------------------------------------------------------- what good input gives
good 'eval' eval --net "$tiny" --data three --load w.best
holds 'the split of the training'
good 'eval, JSON' eval --net "$tiny" --data three --load w --part all --json
holds '"macro_f1"'
good 'eval, replies' eval --net "$tiny" --data three --load w --part all --replies replies.csv
name='replies: a line for each picture'
if [ "$(wc -l < replies.csv)" = 37 ] && grep -q '^picture,label,class,p0,p1,p2$' replies.csv; then
  passed=$((passed + 1))
else
  fail "$(wc -l < replies.csv) lines"
fi
rm replies.csv
good 'train, twin' train --net "$tiny8" --data two --epochs 1 --on twin --save wt
good 'eval, twin' eval --net "$tiny8" --data two --on twin --load wt.best
good 'import' import --net "$tiny8" --from wt --output wi
holds 'saturated'
good 'import, JSON' import --net "$tiny8" --from wt --output wi --json
holds '"largest_error"'
good 'eval of what was imported' eval --net "$tiny8" --data two --load wi --part all
name='import rounds as --load does'
"$binary" eval --net "$tiny8" --data two --load wi --part all --json | grep -v 'weights\|trained_on\|chose_epoch' > imported
"$binary" eval --net "$tiny8" --data two --load wt --part all --json 2> /dev/null |
  grep -v 'weights\|trained_on\|chose_epoch' > loaded
if cmp -s imported loaded; then passed=$((passed + 1)); else fail 'other replies'; fi
rm wt wt.best wi imported loaded
good 'train, no step' train --net "$tiny8" --data two --steps 0 --save w0
holds '0 steps'
good 'train, no epoch' train --net "$tiny8" --data two --epochs 0 --save wz
name='no step is no epoch'
if cmp -s w0 wz; then passed=$((passed + 1)); else fail 'other weights'; fi
good 'export' export --net "$tiny8" --load w0 -o weights
name='exported: C arrays and words are the same weights'
cat > exported.c << 'END'
#include "weights/weights.h"
#include <stdio.h>
#define SHOW(array)                                                                                \
  for (unsigned i = 0; i < sizeof array / sizeof **array; i++)                                     \
    printf("%02x\n", (unsigned char)(*array)[i]);
int main(void) {
  SHOW(tiny8_layer0)
  SHOW(tiny8_layer1)
  SHOW(tiny8_layer2)
  return 0;
}
END
cc -o exported exported.c && ./exported > arrays
cat weights/conv.hex weights/dense1.hex weights/output.hex | grep -v '^//' > words
if [ -s words ] && cmp -s arrays words; then passed=$((passed + 1)); else fail 'other weights'; fi
good 'gen --load' gen --net "$tiny8" --load w0 --prefix two -o loaded
name='gen --load: nothing of where the weights were, all names with the prefix'
if grep -qF w0 -r loaded || ! grep -q 'module two_bank_1_0' loaded/two_bank.v || grep -q engram_bank -r loaded --include='*.v'; then
  fail "$(grep -n engram_bank -r loaded --include='*.v' | head -n 1)"
else
  passed=$((passed + 1))
fi
name='gen --load: the example leaves the weights as they are'
if cc -std=c99 -Werror -c -o example.o loaded/two_example.c && ! nm -u example.o | grep initialise; then
  passed=$((passed + 1))
else
  fail 'it does not'
fi
rm -r loaded example.o
name='exported: the first filter of seed 1 (docs/order.md)'
if [ "$(sed -n '1~3p; 18q' words | tr '\n' ' ')" = '0c 08 1d fc ef fb ' ]; then
  passed=$((passed + 1))
else
  fail "$(sed -n '1~3p; 18q' words | tr '\n' ' ')"
fi
rm -r w0 w0.best wz wz.best weights exported exported.c arrays words
good 'infer' infer --net "$tiny" --load w.best "$sound"
holds 'of 3 segments'
good 'infer, JSON' infer --net "$tiny" --load w.best --labels a,b,c "$sound" --json
holds '"segments"'
good 'estimate' estimate --net "$tiny"
holds 'cycles to infer'
good 'estimate, JSON' estimate --net "$tiny" --json
holds '"train_cycles"'
good 'estimate, leaves' estimate --net "$tiny" --leaves
holds 'dense1.update'
good 'estimate, folds' estimate --net "$tiny" --folds
holds 'positions    36'
good 'a value of a board' board icebreaker clock_hz
holds '33000000'
good 'a value of a part of a board' board ulx3s has.blocks
holds '208'
good 'an empty value of a board' board ulx3s folds
good 'all values of a board' board icebreaker
holds 'folds lanes=8 taps=4'
holds 'link.cells 810'
good 'estimate, a board that holds it' estimate --net "$tiny8" --board ulx3s
holds 'fits on ulx3s'
unfit 'estimate, a board that does not' estimate --net "$tiny" --board icebreaker
holds 'too many'
good 'estimate, fit' estimate --net "$tiny8" --fit ulx3s
holds 'layout: {'
good 'estimate, fit with a fold as it is' estimate --net "$tiny8" --fold lanes=3 --fit ulx3s --json
holds '"lanes": 3'
good 'train both ways' train --net "$tiny" --data three --epochs 1 --split both --json
holds '"split": "recording"'
good 'train a rotation' train --net "$tiny" --data three --epochs 1 --split recording --rotation 2/4 --save turn
holds 'whole files'
good 'parts' train --net "$tiny" --data three --classes train,airplane,car --epochs 0 --split recording --parts parts.csv
name='parts: 9 pictures of each class are tested or choose the epoch'
if [ "$(head -1 parts.csv)" = picture,label,file,part,path ] && [ "$(wc -l < parts.csv)" = 37 ] &&
  [ "$(grep -c ',test,' parts.csv)" = 9 ] && [ "$(grep -c '^[0-9]*,1,.*,validation,' parts.csv)" = 3 ]; then
  passed=$((passed + 1))
else
  fail 'other lines'
fi
good 'eval of a rotation' eval --net "$tiny" --data three --load turn --rotation 2/4
holds 'the split of the training'
good 'eval of another rotation' eval --net "$tiny" --data three --load turn --rotation 3/4
holds 'not the split of the training'
rm turn turn.best
good 'features of beats' features -o beats --size 8x8 --view modulation sounds
good 'features that overlap' features -o often --size 8x8 --every 100 sounds
holds '96' # of a second: those that begin at 0, 100 ... 700 ms, of 12 recordings
good 'train on what overlaps' train --net "$tiny" --data often --epochs 1 --split recording
good 'train on beats' train --net "$tiny" --data beats --epochs 1 --save beating
good 'infer takes the view of the training' infer --net "$tiny" --load beating "$sound"
holds 'of 1 segments'
good 'infer with another view' infer --net "$tiny" --load beating --view spectrum "$sound"
holds 'of 3 segments'
rm beating beating.best
good 'stopped' train --net "$tiny" --data three --epochs 2 --steps 13 --save part
good 'resumed' train --net "$tiny" --data three --epochs 2 --load part --save part
name='resumed as uninterrupted'
if cmp -s w part && cmp -s w.best part.best; then passed=$((passed + 1)); else fail 'other files'; fi
rm part part.best
good 'augmented, JSON' train --net "$tiny" --data three --epochs 2 --augment shift=2,mirror --save moved --json
mv "$log/out" moved.json
ok 'augmented: as it was asked to' jq -e '.augment == {"shift": 2, "mirror": true}' moved.json
not_ok 'augmented: other weights' cmp -s w moved
good 'augmented, stopped' train --net "$tiny" --data three --epochs 2 --augment shift=2,mirror --steps 31 --save part
good 'augmented, resumed' train --net "$tiny" --data three --epochs 2 --augment mirror,shift=2 --load part --save part
ok 'augmented: resumed as uninterrupted' cmp moved part
ok 'augmented: the best, too' cmp moved.best part.best
good 'augmented, twin' train --net "$tiny" --data three --epochs 2 --augment mirror --on twin
good 'not augmented, JSON' train --net "$tiny" --data three --epochs 2 --save part --json
mv "$log/out" moved.json
ok 'not augmented: as it was not asked to' jq -e '.augment == {"shift": 0, "mirror": false}' moved.json
ok 'not augmented: the same weights' cmp w part
rm part part.best moved moved.best moved.json
name='train: interrupted'
: > "$log/out"
"$binary" train --net "$tiny" --data three --epochs 100000 --save part > "$log/out" 2> "$log/err" &
while kill -0 $! && ! grep -q '^ *1 ' "$log/out"; do sleep 0.1; done
kill -TERM $!
wait $! 2> "$log/wait"
status=$?
if [ $status -eq 143 ] && [ -s part ] && [ -s part.best ]; then
  passed=$((passed + 1))
else
  fail "exit status $status, expected 143 and saved weights"
fi
holds 'interrupted in epoch'
good 'train: on from there' train --net "$tiny" --data three --epochs 1 --load part
rm part part.best

# ---------------------------------------------------------------- the family: other layers, other layouts
good 'features of another size' features -o flat5x7 --size 5x7 --classes car,train sounds
sed 's/classes: 4/classes: 2/' "$family/dense.yaml" > dense.yaml
good 'train without a convolution' train --net dense.yaml --data flat5x7 --epochs 1 --save wd
good 'eval without a convolution' eval --net dense.yaml --data flat5x7 --load wd --report d.html
good 'infer without a convolution' infer --net dense.yaml --load wd "$sound"
good 'estimate, one output layer' estimate --net "$family/output.yaml"
good 'estimate, a share dropped' estimate --net "$family/share.yaml"
holds 'dense1 drops 5/16 of its units (0.3125)'
good 'gen, two hidden layers' gen --net "$family/frozen.yaml" -o core
good 'gen, prefix' gen --net "$tiny" --prefix two -o renamed --json
holds '"prefix": "two"'
holds '"fusesoc": "engram:core:two:'
name='gen, prefix: what still begins with engram'
if find renamed -name '*engram*' | grep . ||
  grep -rhoE '\b(engram_|ENGRAM_)[A-Za-z0-9_]*|struct engram\b' renamed | grep -vxE 'ENGRAM_(ECP5|ICE40)'; then
  fail 'found'
else
  passed=$((passed + 1))
fi
good 'gen, the same prefix as without' gen --net "$tiny" --prefix engram -o same
good 'gen, no prefix' gen --net "$tiny" -o without
name='gen, the same bytes but for the name in FuseSoC'
if [ "$(diff -r same without | grep -c '^[<>]')" = 2 ] && ls without | grep -q engram_core.v; then
  passed=$((passed + 1))
else
  fail "$(diff -rq same without)"
fi
good 'estimate, fast' estimate --net "$tiny" --fold step=fast --fold filters=2
holds 'normal, fast'
good 'eval, training core' eval --net "$tiny" --data three --load w
cp "$log/out" "$log/eval"
good 'eval, inference only' eval --net "$tiny" --fold mode=inference --data three --load w
name='the same on a core that only infers'
if cmp -s "$log/out" "$log/eval"; then passed=$((passed + 1)); else fail 'another result'; fi
good 'infer, inference only' infer --net "$tiny" --fold mode=inference --load w "$sound"
sed 's/kernel: 3/kernel: 3, freeze: true/' "$tiny" > frozen.yaml
good 'train, frozen by the description' train --net frozen.yaml --data three --epochs 1 --save wf
good 'train, frozen by the option' train --net "$tiny" --data three --epochs 1 --freeze conv --save wo
name='frozen by the description as by the option'
if cmp -s wf wo; then passed=$((passed + 1)); else fail 'other weights'; fi
good 'train, nothing frozen' train --net frozen.yaml --data three --epochs 1 --freeze none --save wf
name='--freeze none over the description'
if cmp -s wf wo; then fail 'the same weights'; else passed=$((passed + 1)); fi
rm -r core d.html d.json wd wd.best wf wf.best wo wo.best

for command in features synth train eval infer import export gen estimate board; do
  good "$command --help" "$command" --help
  good "$command -h" "$command" -h
  good "$command --version" "$command" --version
done

# ---------------------------------------------------------------- reports
# Names that a page must not take for tags.
nasty='<b>&amp;"'"'"
mkdir -p "odd/$nasty" odd/car odd/train
cp sounds/airplane/*.wav "odd/$nasty"
cp sounds/car/*.wav odd/car
cp sounds/train/*.wav odd/train
good 'features of odd names' features -o odd3 --size 8x8 odd
good 'train, report' train --net "$tiny" --data odd3 --epochs 2 --split both --report r.html --sounds odd
ok 'report: needs nothing but itself' sh "$self_contained" r.html
ok 'report: a section for each split' grep -q '<h2>Split by recording</h2>' r.html
ok 'report: names are escaped' grep -qF '&lt;b&gt;&amp;amp;&quot;&#39;' r.html
not_ok 'report: and nowhere plain' grep -qF '<b>&amp;"' r.html
ok 'report: sounds' grep -q '<audio.* src="data:audio/wav;base64,' r.html
ok 'report: all the figures of --json' jq -e '.runs[1].test.kappa and (.runs[0].epochs | length == 2)
  and (.runs[0].layers | length == 3) and (.runs[0].filters | length == 2)
  and (.runs | all(.test.count - ([range(3) as $c | .test.confusion[$c][$c]] | add) == (.mistakes | length)))
  and (has("seconds") or has("saved") | not)' r.json
mkdir elsewhere
cp -r odd odd3 elsewhere
ok 'train, report in another folder' sh -c 'cd elsewhere && "$@"' sh "$binary" train --net "$tiny" --data \
  "$PWD/elsewhere/odd3" --epochs 2 --split both --report again.html --sounds ./odd/
ok 'report: the same page' cmp r.html elsewhere/again.html
ok 'report: the same figures' cmp r.json elsewhere/again.json
rm -r elsewhere
ok 'report: whole files of the split by recording alone' sh -c 'grep -c "<h3>Whole files" r.html | grep -qx 1'
ok 'report: the view' grep -q '<dt>View</dt><dd>spectrum</dd>' r.html
good 'features of beats, to report' features -o beats3 --size 8x8 --view modulation odd
good 'train, report of beats' train --net "$tiny" --data beats3 --epochs 0 --report b.html --sounds odd
ok 'report: of beats' sh "$self_contained" b.html
ok 'report: sounds of beats' grep -q '<audio.* src="data:audio/wav;base64,' b.html
ok 'report: what a picture of beats is' grep -q '997 ms of sound: the rate of beating runs to the right' b.html
good 'train, report of a rotation by the twin' train --net "$tiny" --data odd3 --epochs 1 --split recording \
  --rotation 1/3 --augment shift=1 --on twin --report b.html
ok 'report: the rotation' grep -q '<dt>Rotation</dt><dd>1 of 3</dd>' b.html
ok 'report: augmentation' grep -q '<dt>Augmentation</dt><dd>shift=1</dd>' b.html
ok 'report: the twin' grep -q 'double precision (twin)' b.html
rm -r beats3 b.html b.json
good 'train, report without sounds' train --net "$tiny" --data odd3 --epochs 0 --report r.html
ok 'report: no epoch' sh "$self_contained" r.html
ok 'report: says how to have sounds' grep -q -- '--sounds DIR' r.html
not_ok 'report: no sounds' grep -q '<audio' r.html
good 'eval, report' eval --net "$tiny" --data three --load w.best --part all --report e.html --sounds odd
ok 'report: of an evaluation' sh "$self_contained" e.html
ok 'report: whole files of an evaluation' grep -q '<h3>Whole files' e.html
ok 'report: sounds that are gone' grep -q 'its sound file is not there' e.html
ok 'report: of an evaluation, figures' jq -e '.metrics.accuracy and (.layers[0].saturated_activations >= 0)
  and .weights == "w.best" and .files.count == 12' e.json
good 'eval, report and JSON' eval --net "$tiny" --data three --load w --report e.html --json
holds '"macro_f1"'
for change in 's/src="data:image/src="image/' 's/<h1>/<script><\/script><h1>/' 's/<h1>/<a href="x">y<\/a><h1>/' \
  's/^body {/body { background: url(x.png);/' 's/<h1>/<h2>/' "s/default-src 'none'/default-src '*'/"; do
  sed "$change" r.html > broken.html
  name="self_contained.sh finds $change"
  if cmp -s r.html broken.html; then fail 'changes nothing'; else not_ok "$name" sh "$self_contained" broken.html; fi
done
name='train: interrupted, report'
: > "$log/out"
"$binary" train --net "$tiny" --data three --epochs 100000 --report r.html > "$log/out" 2> "$log/err" &
while kill -0 $! && ! grep -q '^ *1 ' "$log/out"; do sleep 0.1; done
kill -TERM $!
wait $! 2> "$log/wait"
ok 'report: of an interrupted training' sh "$self_contained" r.html
ok 'report: says so' grep -q 'interrupted before the test' r.html
rm -r odd odd3 r.html r.json e.html e.json broken.html

# ---------------------------------------------------------------- the progress line
# on_terminal COLUMNS COMMAND...: with standard error at such a terminal; what came there is in $log/out.
on_terminal() {
  columns=$1
  shift
  script -qec "stty cols $columns; $* > /dev/null" /dev/null < /dev/null | tr '\r' '\n' > "$log/out"
}
name='train: progress on a terminal'
on_terminal 80 "$binary" train --net "$tiny" --data three --epochs 3000
if grep -qE '^epoch [0-9]+ of 3000: training [0-9]+/[0-9]+, [0-9]+ pictures/s, [0-9:]+ left' "$log/out"; then
  passed=$((passed + 1))
else
  fail "$(head -c 200 "$log/out")"
fi
name='train: progress no longer than the terminal is wide'
on_terminal 30 "$binary" train --net "$tiny" --data three --epochs 300
if grep '^epoch' "$log/out" | sed 's/\x1b.*//' | awk 'length > 29 { long = 1 } length == 29 { cut = 1 }
  END { exit !(cut && !long) }'; then
  passed=$((passed + 1))
else
  fail 'it wraps, or there is none'
fi
name='train: no progress without a terminal'
"$binary" train --net "$tiny" --data three --epochs 300 > "$log/out" 2> "$log/err"
if [ -s "$log/err" ]; then fail 'something on standard error'; else passed=$((passed + 1)); fi

# ---------------------------------------------------------------- bad input to make
printf 'RIFF but no sound' > noise.wav
: > empty.wav
mkdir -p unreadable/a unreadable/b silent/a silent/b one/car empty
cp noise.wav unreadable/a/x.wav
cp "$sound" unreadable/b/x.wav
cp empty.wav silent/a/x.wav
cp "$sound" silent/b/x.wav
cp "$sound" one/car/x.wav
head -c 9044 "$sound" > short.wav # shorter than its header says
{ # half a second: 22,050 bytes behind the header
  printf 'RIFF\106\126\0\0'
  head -c 40 "$sound" | tail -c +9
  printf '\042\126\0\0'
  tail -c +45 "$sound" | head -c 22050
} > half.wav
mkdir wrong
cp three/labels-idx1-ubyte wrong
{
  printf '\0\0\010\3\0\0\0\044\0\0\0\6\0\0\0\5'
  head -c $((36 * 6 * 5)) /dev/zero
} > wrong/images-idx3-ubyte
cp -r three cut
head -c 1000 three/images-idx3-ubyte > cut/images-idx3-ubyte
cp -r three uneven
cp two/labels-idx1-ubyte uneven/labels-idx1-ubyte
cp -r three flat
cp three/labels-idx1-ubyte flat/images-idx3-ubyte
sed 's/^name: tiny/&\nnmae: x/' "$tiny" > key.yaml
sed 's/weights: {frac: 16/weights: {bits: 30, frac: 16/' "$tiny" > width.yaml
sed 's/lanes: 4/lanes: 13/' "$tiny" > fold.yaml
sed 's/lanes: 4/lanes: 4, step: fast/; s/units: 12/units: 12, dropout: false/' "$tiny" > fast.yaml
sed 's/units: 12/units: 12, dropout: 0.3/' "$tiny" > share.yaml
sed 's/- dense:.*/&\n  - conv: {filters: 1, kernel: 1}/' "$tiny" > order.yaml
sed 's/- conv:.*/- dense: {units: 4}\n  - dense: {units: 4}\n  - dense: {units: 4}/' "$tiny" > deep.yaml
printf 'name: [' > broken.yaml
sed 's/name: tiny/name: other/; s/filters: 2/filters: 1/' "$tiny" > other.yaml
sed 's/weights: {frac: 16/weights: {bits: 12, frac: 16/' "$tiny" > narrow.yaml
sed 's/width: 8/width: 10/; s/classes: 3/classes: 2/; /^layout/d' "$tiny" > wide.yaml
head -c 700 w > cut.w
printf 'no weights' > text.w
mkdir folder
ln -s /dev/full full

# ---------------------------------------------------------------- the command itself
bad 'no such command' "no command 'fly'" fly
bad 'no board' 'BOARD is missing' board
bad 'no such board' 'board fly: found no board, allowed icebreaker, ulx3s' board fly net
bad 'no such key of a board' 'found no key clock, allowed name, device, family, has.cells' board ulx3s clock
bad_option 'too much of a board' 'found baud, allowed a board and a key' board ulx3s net baud
for command in features synth train eval infer import export gen estimate board; do
  bad_option "$command: no such option" 'unrecognized option' "$command" --fly
done

# ---------------------------------------------------------------- synth
bad 'synth: no folder' '--output' synth
bad 'synth: no such class' 'rocket' synth -o new --classes airplane,rocket
bad_option 'synth: number' 'whole number' synth -o new --recordings many
bad 'synth: path is a file' 'w' synth -o w --recordings 1 --seconds 1
bad 'synth: path is a device' 'full' synth -o full --recordings 1 --seconds 1
bad_disk 'synth: full disk' 'File too large' synth -o new --recordings 1 --seconds 1

# ---------------------------------------------------------------- features
bad 'features: no folder for the result' '--output' features sounds
bad 'features: no sounds' 'SOUNDS_DIR' features -o new
bad 'features: no such folder' 'nowhere' features -o new nowhere
bad 'features: unreadable sound' 'unreadable/a/x.wav' features -o new unreadable
bad 'features: empty sound' 'silent/a/x.wav' features -o new silent
bad 'features: one class' 'one' features -o new one
bad 'features: empty folder' 'empty' features -o new empty
bad 'features: classes are listed' 'airplane, car, train' features -o new --classes car,boat sounds
bad_option 'features: size' 'HEIGHTxWIDTH' features -o new --size 8 sounds
bad 'features: result is a file' 'w' features -o w sounds
bad 'features: result is a device' 'full' features -o full sounds
bad_disk 'features: full disk' 'File too large' features -o new sounds

# ---------------------------------------------------------------- descriptions, in every command
for command in 'estimate' 'gen -o new' 'train --data three' 'eval --data three --load w' \
  "infer --load w $sound"; do
  # shellcheck disable=SC2086 # words
  set -- $command
  verb=$1
  bad "$verb: no description" '--net FILE is missing' "$@"
  bad "$verb: description is missing" 'nowhere.yaml' "$@" --net nowhere.yaml
  bad "$verb: description is a folder" 'folder' "$@" --net folder
  bad "$verb: unknown key" 'key.yaml:5:1: ' "$@" --net key.yaml
  bad "$verb: not YAML" 'broken.yaml:2:1: ' "$@" --net broken.yaml
  bad "$verb: width out of range" '4..24' "$@" --net width.yaml
  bad "$verb: illegal fold in the file" 'fold.yaml:10:43: ' "$@" --net fold.yaml
  bad "$verb: illegal fold" 'found 13, allowed 1..12' "$@" --net "$tiny" --fold lanes=13
  bad "$verb: no such fold" 'output_lanes' "$@" --net "$tiny" --fold line=5
  bad "$verb: no such word of a fold" 'normal, fast' "$@" --net "$tiny" --fold step=slow
  bad "$verb: fast without dropout" 'no dropout' "$@" --net fast.yaml
  bad "$verb: fast with a share dropped" 'dropout: true (pairs)' "$@" --net share.yaml --fold step=fast \
    --fold filters=2
  bad "$verb: fast with odd lanes" 'an even number' "$@" --net "$tiny" --fold step=fast --fold lanes=3
  bad "$verb: fast with mode inference" 'with mode: inference' "$@" --net "$tiny" --fold step=fast \
    --fold mode=inference
  bad "$verb: one port, separate multipliers" 'multipliers: separate' "$@" --net "$tiny" \
    --fold storage=single_port
  bad "$verb: convolution behind a layer" 'allowed first only' "$@" --net order.yaml
  bad "$verb: four hidden layers" 'allowed 0..3' "$@" --net deep.yaml
done

for share in 0 1 1.5 -0.1 abc 0.01 0.97 "'0.3'"; do
  sed "s/units: 12/units: 12, dropout: $share/" "$tiny" > bad.yaml
  bad "estimate: dropout: $share" 'allowed true, false or a share' estimate --net bad.yaml
done

while IFS='|' read -r bias what; do
  sed "s/units: 12/units: 12, bias: $bias/" "$tiny" > bad.yaml
  bad "estimate: bias: $bias" "$what" estimate --net bad.yaml
done <<'END'
1|allowed true, false or a mapping with bits, frac, init
[true]|allowed true, false or a mapping with bits, frac, init
'true'|allowed true, false or a mapping with bits, frac, init
{bit: 8}|found the key bit, allowed bits, frac, init
{bits: 3}|found 3, allowed an integer 4..24
{frac: 16}|found 16, allowed 0..15: the update, the gradient, has 15 fraction bits
{bits: 8, frac: 4, init: -5}|layers[1].dense.bias.init: found -5, allowed -4..0
END

# ---------------------------------------------------------------- gen
bad 'gen: no folder' '--output' gen --net "$tiny"
bad 'gen: no such weights' 'missing.weights' gen --net "$tiny" --load missing.weights -o new
bad 'gen: weights of another network' 'conv.weight: found shape' gen --net other.yaml --load w -o new
bad 'gen: weights and RAM with one port' 'single_port cannot begin with weights' gen --net "$tiny" \
  --fold multipliers=shared --fold storage=single_port --fold lanes=2 --load w -o new
bad_disk 'gen: full disk, weights' 'File too large' gen --net "$tiny" --load w -o new
bad 'gen: result is a file' 'w' gen --net "$tiny" -o w
bad 'gen: result is a device' 'full' gen --net "$tiny" -o full
bad_disk 'gen: full disk' 'File too large' gen --net "$tiny" -o new
bad_disk 'gen: full disk, prefix' 'File too large' gen --net "$tiny" --prefix two -o new
bad 'gen: prefix in capitals' 'allowed a lower-case letter' gen --net "$tiny" --prefix Two -o new
bad 'gen: prefix is a reserved word' 'no reserved word' gen --net "$tiny" --prefix wire -o new
sed 's/^name: .*/name: engram_net/' "$tiny" > engram_net.yaml
bad 'gen: a net of the same beginning' 'engram_net' gen --net engram_net.yaml --prefix two -o new

# ---------------------------------------------------------------- export
bad 'export: no weights' '--load FILE is missing' export --net "$tiny" -o new
bad 'export: no folder' '--output DIR is missing' export --net "$tiny" --load w
bad 'export: weights are missing' 'nowhere' export --net "$tiny" --load nowhere -o new
bad 'export: another network' 'conv.weight: found shape' export --net other.yaml --load w -o new
bad 'export: result is a file' 'w' export --net "$tiny" --load w -o w
bad_disk 'export: full disk' 'File too large' export --net "$tiny" --load w -o new

# ---------------------------------------------------------------- import
good 'import of other formats' import --net narrow.yaml --from w -o new
good 'eval of what was imported from other formats' eval --net narrow.yaml --data three --load new
sed 's/"random_scheme": *"2"/"random_scheme":"1"/' w >old # as long, but for what is not looked at
bad 'eval: random bits of an older version' "random_scheme: found 1" eval --net "$tiny" --data three --load old
good 'import: random bits of an older version' import --net "$tiny" --from old -o new
rm new
bad 'import: from nothing' '--from FILE is missing' import --net "$tiny" -o new
bad 'import: no result' '--output FILE is missing' import --net "$tiny" --from w
bad 'import: another network' 'conv.weight: found shape' import --net other.yaml --from w -o new
bad 'import: no weights' 'text.w' import --net "$tiny" --from text.w -o new
bad 'import: result is a device' 'full' import --net "$tiny" --from w -o full
bad_disk 'import: full disk' 'cannot write' import --net "$tiny" --from w -o new
bad 'eval: replies on a device' 'full' eval --net "$tiny" --data three --load w --replies full
bad_disk 'eval: replies on a full disk' 'replies.csv' eval --net "$tiny" --data three --load w \
  --part all --replies replies.csv

# ---------------------------------------------------------------- data, in train and eval
# The same pictures once more, as a test that the data set brings along.
mkdir own
for kind in images-idx3 labels-idx1; do
  cp "three/$kind-ubyte" "own/train-$kind-ubyte"
  cp "three/$kind-ubyte" "own/t10k-$kind-ubyte"
done
for command in 'train' 'eval --load w'; do
  # shellcheck disable=SC2086 # words
  set -- $command --net "$tiny"
  verb=$1
  bad "$verb: no data" '--data DIR is missing' "$@"
  bad "$verb: no such folder" 'nowhere' "$@" --data nowhere
  bad "$verb: no pictures there" 'images-idx3-ubyte' "$@" --data empty
  bad "$verb: too few classes of the net" 'car, train' "$@" --data two --classes car,train
  bad "$verb: no such class" 'airplane, car, train' "$@" --data three --classes car,boat,train
  bad "$verb: IDX of another shape" '6x5' "$@" --data wrong --classes 0,1,2
  bad "$verb: IDX cut short" 'cut short' "$@" --data cut
  bad "$verb: IDX with other dimensions" '1 dimensions, expected 3' "$@" --data flat
  bad "$verb: labels of other pictures" 'labels' "$@" --data uneven
  bad "$verb: nothing but test" 'allowed less than the' "$@" --data three --test 100000
  bad_option "$verb: test" 'a whole number from 1' "$@" --data three --test 0
  bad "$verb: rotation of a given test" 'a test that is named already' "$@" --data three --test 5 --rotation 1/3
  bad "$verb: rotation of a test of its own" 'a test that is named already' "$@" --data own --classes 0,1,2 \
    --rotation 1/3
  bad "$verb: no such device" 'golden, twin, sim' "$@" --data three --on fpga
done
bad 'train: pictures of another size' '7x9' train --net wide.yaml --data two
bad 'eval: pictures of another size' '7x9' eval --net "$tiny8" --data three --load w8 \
  --classes car,train

# ---------------------------------------------------------------- reports, in train and eval
mkdir folder.html beside.json
ln -s /dev/full full.html
mkdir locked
for command in 'train --epochs 1' 'eval --load w'; do
  # shellcheck disable=SC2086 # words
  set -- $command --net "$tiny" --data three
  verb=$1
  bad "$verb: report of another ending" 'ends in .html' "$@" --report r.txt
  bad "$verb: report without a name" 'ends in .html' "$@" --report .html
  bad "$verb: report in no folder" 'nowhere/r.html' "$@" --report nowhere/r.html
  bad "$verb: report over a folder" 'folder.html: is a folder' "$@" --report folder.html
  bad "$verb: report's figures over a folder" 'beside.json: is a folder' "$@" --report beside.html
  bad "$verb: report over a device" 'full.html' "$@" --report full.html
  bad "$verb: report to /dev/null" 'ends in .html' "$@" --report /dev/null
  bad "$verb: no such sounds" 'nowhere' "$@" --report r.html --sounds nowhere
  bad "$verb: sounds are a file" 'is not a folder' "$@" --report r.html --sounds w
  bad "$verb: sounds without a report" '--report' "$@" --sounds sounds
  bad_full "$verb: report, full disk" 'File too large' "$@" --report r.html
done
if [ "$(id -u)" -ne 0 ]; then
  chmod a-w locked
  bad 'train: report where nothing may be written' 'Permission denied' train --net "$tiny" --data three \
    --report locked/r.html
  chmod u+w locked
else # to whom all is allowed, but not in /proc
  bad 'train: report where nothing may be written' '/proc/r.html: cannot write' train --net "$tiny" --data three \
    --report /proc/r.html
fi

# ---------------------------------------------------------------- weights, in train, eval and infer
for command in 'train --data three' 'eval --data three' "infer $sound"; do
  # shellcheck disable=SC2086 # words
  set -- $command
  verb=$1
  bad "$verb: no such weights" 'nowhere' "$@" --net "$tiny" --load nowhere
  bad "$verb: weights are a folder" 'folder' "$@" --net "$tiny" --load folder
  bad "$verb: weights are a device" 'full' "$@" --net "$tiny" --load full
  bad "$verb: weights cut short" 'cut.w' "$@" --net "$tiny" --load cut.w
  bad "$verb: text" 'text.w' "$@" --net "$tiny" --load text.w
  bad "$verb: weights of another shape" 'allowed [1, 1, 3, 3]' "$@" --net other.yaml --load w
  bad "$verb: weights of other formats" 'net_hash' "$@" --net narrow.yaml --load w
  bad "$verb: weights of another dropout" 'net_hash' "$@" --net share.yaml --load w
done
bad 'eval: no weights' '--load FILE is missing' eval --net "$tiny" --data three
bad 'infer: no weights' '--load FILE is missing' infer --net "$tiny" "$sound"

# ---------------------------------------------------------------- infer
bad_option 'infer: view' 'spectrum or modulation' infer --net "$tiny" --load w --view colour "$sound"
bad_option 'features: view' 'spectrum or modulation' features -o new --view colour sounds
bad 'infer: short for the view' 'shorter than 997 ms' infer --net "$tiny" --load w --view modulation half.wav
bad 'infer: no sound' 'no sound' infer --net "$tiny" --load w
bad 'infer: no such sound' 'nowhere.wav' infer --net "$tiny" --load w nowhere.wav
bad 'infer: unreadable sound' 'noise.wav' infer --net "$tiny" --load w noise.wav
bad 'infer: empty sound' 'empty.wav' infer --net "$tiny" --load w empty.wav
bad 'infer: short sound' 'short.wav' infer --net "$tiny" --load w short.wav
bad 'infer: names of the classes' '3 classes' infer --net "$tiny" --load w --labels a,b "$sound"

# ---------------------------------------------------------------- tune
bad 'tune: no output' '--output FILE is missing' tune --net "$tiny" --data three
bad 'tune: no folder for the description' 'nowhere/t.yaml' tune --net "$tiny" --data three -o nowhere/t.yaml
bad 'tune: both splits' 'found both' tune --net "$tiny" --data three --split both -o new.yaml
bad 'tune: core that only infers' 'found inference, allowed training' tune --net "$tiny" --data three \
  --fold mode=inference -o new.yaml
bad_option 'tune: one seed has no error' 'from 2 to 32' tune --net "$tiny" --data three --seeds 1 -o new.yaml
bad_option 'tune: epochs' 'from 1 to' tune --net "$tiny" --data three --epochs 0 -o new.yaml
good 'tune: the ranges alone' tune --net "$tiny" --data three --epochs 1 --seeds 2 --rounds 0 -o "$log/tuned.yaml"
good 'tune: what it writes is a description' estimate --net "$log/tuned.yaml"

# ---------------------------------------------------------------- train
bad_option 'train: epochs' 'whole number' train --net "$tiny" --data three --epochs -1
bad_option 'train: halve' 'from 6 to' train --net "$tiny" --data three --halve 5,5
bad_option 'train: halve' 'at most 15' train --net "$tiny" --data three \
  --halve 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16
bad_option 'train: rate' 'from 0 to 15' train --net "$tiny" --data three --rate 16
bad 'train: split' 'allowed segment, recording, class' train --net "$tiny" --data three --split day
bad 'train: a split of parts that are not there' 'allowed segment, recording' train --net "$tiny" --data three --split part
bad_option 'train: two splits' 'one of them' train --net "$tiny" --data three --split recording --use-parts parts.csv
bad 'train: no such table of parts' 'nowhere.csv' train --net "$tiny" --data three --use-parts nowhere.csv
printf 'picture,path,part\n0,car/elsewhere.wav,train\n' > other.csv
bad 'train: a table of other pictures' 'other pictures' train --net "$tiny" --data three --use-parts other.csv
rm other.csv
bad 'train: by segment on what overlaps' 'expected --split recording' train --net "$tiny" --data often
bad_option 'features: every' 'from 1 to 60000' features -o new --every 0 sounds
bad_option 'train: rotation' 'K from 1 to N' train --net "$tiny" --data three --rotation 5/4
bad_option 'train: rotations' 'N from 3' train --net "$tiny" --data three --rotation 1/2
bad_option 'train: rotation of nothing' 'K/N is expected' train --net "$tiny" --data three --rotation 1/4x
bad 'train: more rotations than recordings' 'has 4 recordings, expected at least 5' train --net "$tiny" \
  --data three --split recording --rotation 1/5 --save fresh
bad 'train: no folder for parts' 'nowhere/p' train --net "$tiny" --data three --parts nowhere/p
for how in '' , flip mirror,mirror shift shift=0 shift=5 shift=1x shift=1,shift=2 mirror,; do
  bad "train: augment '$how'" "'$how', allowed mirror, shift=1 to shift=4" train --net "$tiny" --data three \
    --augment "$how" --save new
done
bad 'train: freeze' 'conv, dense1, output' train --net "$tiny" --data three --freeze conv,dense2
bad 'train: core that only infers' 'found inference, allowed training' train --net "$tiny" --data three \
  --fold mode=inference --save fresh
bad 'train: --restart alone' '--load' train --net "$tiny" --data three --restart
bad 'train: both, loaded' '--split both' train --net "$tiny" --data three --split both --load w
bad 'train: another seed' 'seed 1' train --net "$tiny" --data three --load w --seed 2
bad 'train: another split' 'by segment' train --net "$tiny" --data three --load w --split recording
bad 'train: other pictures' 'other pictures' train --net "$tiny" --data three --load w --test 5
bad 'train: no folder for weights' 'nowhere/w' train --net "$tiny" --data three --save nowhere/w
bad 'train: weights over a folder' 'folder' train --net "$tiny" --data three --save folder
bad 'train: weights over a device' 'full' train --net "$tiny" --data three --save full
mkdir taken.best
bad 'train: the best over a folder' 'taken.best' train --net "$tiny" --data three --save taken
bad_disk 'train: full disk' 'File too large' train --net "$tiny" --data three --save fresh
bad_disk 'train: full disk, over older weights' 'File too large' train --net "$tiny" --data three \
  --save w

# ---------------------------------------------------------------- eval
bad_option 'eval: part' 'train, validation, test or all' eval --net "$tiny" --part half
bad_option 'eval: rotation' 'K/N is expected' eval --net "$tiny" --rotation 1
bad 'eval: split' 'allowed segment, recording' eval --net "$tiny" --data three --load w --split both

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
