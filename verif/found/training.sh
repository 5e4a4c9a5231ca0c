# training.sh : work that was lost, runs that end early, and what weights were trained on.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh

net="$nets/paper8.yaml"
begin 'data for what follows'
run "$engram" synth -o sounds --recordings 10 --seconds 1
run "$engram" features -o set sounds
status 0

# epoch_of FILE: the epochs that its state has finished.
epoch_of() { grep -ao '"epoch":"[0-9]*"' "$1" 2>/dev/null | tr -dc 0-9; }

# interrupted SIGNAL ARGUMENT...: ends a training by a signal when its first epoch was shown.
# What ignores HUP, as nohup does, hands that on otherwise, and the training would never end.
interrupted() {
  signal=$1
  shift
  : > "$work/out"
  env --default-signal=HUP \
    "$engram" train --net "$net" --data set --epochs 100000 "$@" > "$work/out" 2> "$work/err" < /dev/null &
  while kill -0 $! 2>/dev/null && ! grep -q '^ *1 ' "$work/out"; do sleep 0.05; done
  kill -"$signal" $!
  wait $! 2> /dev/null
  code=$?
}

# ---- work lost

begin 'killed: what was shown is there'
interrupted KILL --save killed
status 137
[ -s killed ] && [ -s killed.best ] || note 'nothing was saved'
last=$(epoch_of killed)
is 'another epoch than the last line' "$((last - $(grep -c '^ *[0-9]* .*%' "$work/out") <= 1))" 1
run "$engram" train --net "$net" --data set --epochs $((last + 2)) --load killed --save killed
status 0
run "$engram" train --net "$net" --data set --epochs $((last + 2)) --save whole
status 0
cmp -s whole killed || note 'goes on to other weights'
cmp -s whole.best killed.best || note 'goes on to another best'

begin 'killed: the log, too'
interrupted KILL --save logged --log logged.csv
last=$(epoch_of logged)
run "$engram" train --net "$net" --data set --epochs $((last + 2)) --load logged --save logged --log logged.csv
status 0
run "$engram" train --net "$net" --data set --epochs $((last + 2)) --log whole.csv
cmp -s whole.csv logged.csv || note 'goes on to another log'

begin 'closed terminal: saved in the middle of the epoch'
interrupted HUP --save closed
status 129
[ -s closed ] && [ -s closed.best ] || note 'nothing was saved'
out 'interrupted in epoch'

begin 'nohup: a closed terminal does not matter'
: > "$work/out"
nohup "$engram" train --net "$net" --data set --epochs 400 > "$work/out" 2> "$work/err" < /dev/null &
while kill -0 $! 2>/dev/null && ! grep -q '^ *1 ' "$work/out"; do sleep 0.05; done
kill -HUP $!
wait $!
code=$?
status 0

begin 'a disk that fills up: said, and what was there stays'
mkdir -p small
if mount -t tmpfs -o size=1200k none small 2> /dev/null; then # room for W and W.best once, not twice
  run "$engram" train --net "$net" --data set --epochs 3 --save small/w
  status 2
  err 'small/w: cannot write: No space left on device: tried again behind the next epoch'
  is 'the first epoch' "$(epoch_of small/w) $(epoch_of small/w.best)" '1 1'
  is 'files' "$(find small -name 'w*' | sort | tr '\n' ' ')" 'small/w small/w.best '
  umount small
else
  echo 'SKIP a disk that fills up: mount is not permitted'
fi

# ---- patience, log

begin 'patience ends the run, and says so'
run "$engram" train --net "$net" --data set --epochs 200 --patience 3 --save spent --json
status 0
json '.runs[0].ended_by_patience' true
json '.runs[0].epoch - .runs[0].best_epoch' 3
json '.runs[0].epoch < 200' true
json .patience 3
epoch=$(epoch_of spent)
run "$engram" train --net "$net" --data set --epochs 200 --patience 3
out "ended by --patience behind epoch $epoch: 3 in a row were not better on validation than epoch $((epoch - 3))"
run "$engram" train --net "$net" --data set --epochs 200 --patience 3 --load spent --save again --json
json '.runs[0].epochs' '[]'
json '.runs[0].ended_by_patience' true
cmp -s spent again || note 'other weights'

begin 'patience in pieces'
run "$engram" train --net "$net" --data set --epochs 200 --patience 3 --steps 150 --save pieces --log pieces.csv
for piece in 1 2 3 4 5 6 7 8 9 10 11 12; do
  run "$engram" train --net "$net" --data set --epochs 200 --patience 3 --steps 150 --load pieces --save pieces \
    --log pieces.csv
  status 0
done
cmp -s spent pieces || note "other weights: epoch $(epoch_of pieces), expected $(epoch_of spent)"
is 'epochs of the log' "$(tail -n +2 pieces.csv | cut -d, -f1 | tr '\n' ' ')" "$(seq -s ' ' "$epoch") "

begin 'log: the figures shown'
run "$engram" train --net "$net" --data set --epochs 3 --halve 1 --log log.csv --json
status 0
is 'header' "$(head -1 log.csv)" \
  epoch,pictures,loss,accuracy,validation_loss,validation_accuracy,saturations,lost_updates,best,rate,split
is 'columns' "$(tail -n +2 log.csv | cut -d, -f1,2,9-)" "$(jq -r '
  .runs[0].epochs[] | [.epoch, .pictures, (if .best then 1 else 0 end), .rate, "segment"] |
  map(tostring) | join(",")' "$work/out")"
is 'losses' "$(tail -n +2 log.csv | cut -d, -f3,5)" "$(jq -r '.runs[0].epochs[] |
  [.loss, .validation_loss] | map(. * 1e6 | round / 1e6 | tostring) | map(. + "000000" | .[0:8]) | join(",")' \
  "$work/out")"
is 'rates' "$(tail -n +2 log.csv | cut -d, -f10 | tr '\n' ' ')" '8 9 9 '

begin 'log: both splits'
run "$engram" train --net "$net" --data set --epochs 2 --split both --log both.csv
is 'splits' "$(cut -d, -f1,11 both.csv | tr '\n' ' ')" 'epoch,split 1,segment 2,segment 1,recording 2,recording '

begin 'log: what is no log stays'
echo 'figures, by hand' > mine.csv
run "$engram" train --net "$net" --data set --epochs 1 --log mine.csv
status 2
err 'found another file'
is 'the file' "$(cat mine.csv)" 'figures, by hand'

begin 'log: goes on where the weights stand'
run "$engram" train --net "$net" --data set --epochs 2 --save two
run "$engram" train --net "$net" --data set --epochs 4 --log four.csv
cp four.csv cut.csv
run "$engram" train --net "$net" --data set --epochs 4 --load two --log cut.csv
status 0
err 'cut.csv: goes on behind epoch 2; what followed is dropped'
cmp -s four.csv cut.csv || note 'another log'
head -2 four.csv > short.csv
run "$engram" train --net "$net" --data set --epochs 4 --load two --log short.csv
status 2
err 'found epochs up to 1, allowed those up to 2'
is 'the short one' "$(wc -l < short.csv)" 2

# ---- what the options say

begin '--load with --rate: the option counts, and it is said'
run "$engram" train --net "$net" --data set --epochs 3 --load two --rate 5 --json
json .rate 5
json '.runs[0].epochs[0].rate' 5
err 'two has the learning rate 2^-8: goes on with that of --rate, 2^-5'
run "$engram" train --net "$net" --data set --epochs 3 --load two --freeze conv
err '--freeze'
run "$engram" train --net "$net" --data set --epochs 3 --load two --rate 8
silent
run "$engram" train --help
tr -s ' \n' ' ' < "$work/out" > words
grep -q 'learning rate 2^-R.* with --load in place of the file.s' words || note 'help says otherwise'

# ---- what was trained on

begin 'eval says what was trained on'
run "$engram" train --net "$net" --data set --epochs 2 --save w
run "$engram" eval --net "$net" --data set --load w --part all
out 'all pictures: 48 of 60 were trained on, 6 chose the epoch'
run "$engram" eval --net "$net" --data set --load w --part all --json --report all.html
json .trained_on 48
json .chose_epoch 6
json .metrics.count 60
is 'the report' "$(jq -c '[.trained_on, .chose_epoch]' all.json)" '[48,6]'
grep -q '48 of 60 were trained on, 6 chose the epoch' all.html || note 'the page does not say it'
run "$engram" eval --net "$net" --data set --load w --part train
out 'train pictures by segment (the split of the training): 48 of 48 were trained on, 0 chose the epoch'
run "$engram" eval --net "$net" --data set --load w --part validation --json
json '[.trained_on, .chose_epoch]' '[0,6]'
run "$engram" eval --net "$net" --data set --load w
out 'test pictures by segment (the split of the training)'
run "$engram" eval --net "$net" --data set --load w --json
json '[.trained_on, .chose_epoch]' '[0,0]'

begin 'eval by another split: how many of the test were trained on'
run "$engram" eval --net "$net" --data set --load w --split recording --json
json '.trained_on > 0' true
json .split_of_training false

begin 'eval of pictures that are not of the training: not known'
run "$engram" synth -o others --recordings 10 --seconds 1 --seed 2
run "$engram" features -o other others
run "$engram" eval --net "$net" --data other --load w --part all
out 'not known which of them it was trained on'
run "$engram" eval --net "$net" --data other --load w --part all --json
json '[.trained_on, .chose_epoch]' '[null,null]'

# ---- classes of very different size

begin 'imbalance: it is said, with both counts'
mkdir -p uneven/airplane uneven/car
cp sounds/airplane/*.wav uneven/airplane
cp sounds/car/car-00[01].wav uneven/car
run "$engram" features -o lopsided uneven
run "$engram" train --net "$net" --data lopsided --epochs 20 --json
status 0
err '24 pictures of airplane to train on and 4 of car: --balance draws each class equally often'
json .balance false
run "$engram" train --net "$net" --data set --epochs 1
silent

begin '--balance: as many steps, the small class is learned, exact resume'
run "$engram" train --net "$net" --data lopsided --epochs 20 --balance --save balanced --json --report balanced.html
status 0
silent
json .balance true
json .runs[0].steps 560
grep -q 'each class drawn equally often' balanced.html || note 'the page does not say it'
run "$engram" train --net "$net" --data lopsided --epochs 20 --balance --augment shift=1,mirror --save straight
run "$engram" train --net "$net" --data lopsided --epochs 20 --balance --augment shift=1,mirror --steps 201 --save parts
run "$engram" train --net "$net" --data lopsided --epochs 20 --balance --augment shift=1,mirror --load parts --save parts
status 0
cmp -s straight parts || note 'resumed to other weights'
cmp -s straight balanced && note '--augment does nothing'
run "$engram" train --net "$net" --data lopsided --epochs 60 --balance --save balanced
run "$engram" eval --net "$net" --data lopsided --load balanced --part all --json
balanced=$(jq .metrics.classes[1].recall "$work/out")
run "$engram" train --net "$net" --data lopsided --epochs 60 --save plain
run "$engram" eval --net "$net" --data lopsided --load plain --part all --json
is 'recall of the small class is higher' "$(jq ".metrics.classes[1].recall < $balanced" "$work/out")" true

# ---- splits by a column of the manifest

begin 'log: a split by a column with a comma in its name'
cp -r sounds by
{
  echo 'path,recording,"place, ""old"""'
  for sound in airplane car; do
    for take in 0 1 2 3 4 5 6 7 8 9; do echo "$sound/$sound-00$take.wav,$sound$take,$((take / 2))"; done
  done
} > by/manifest.csv
run "$engram" features -o placed by
run "$engram" train --net "$net" --data placed --epochs 1 --split 'place, "old"' --log place.csv
status 0
is 'split' "$(tail -1 place.csv | cut -d, -f11-)" '"place, ""old"""'
