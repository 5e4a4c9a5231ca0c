# classes.sh : names of classes: their order, commas, length, and what a terminal would obey.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh

net="$nets/paper8.yaml"
begin 'data for what follows'
run "$engram" synth -o sounds --recordings 10 --seconds 1
run "$engram" features -o set sounds
run "$engram" train --net "$net" --data set --epochs 12 --save w
status 0

# names FILE: the class names that it has.
names() { grep -ao '"class_names":"[^}]*","view"' "$1" 2> /dev/null | sed 's/^"class_names":"//; s/","view"$//'; }

# ---- order

begin 'eval: --classes in another order changes nothing'
run "$engram" eval --net "$net" --data set --load w --part all --json
jq -S .metrics "$work/out" > expected
json '.metrics.accuracy > 0.8' true
run "$engram" eval --net "$net" --data set --load w --part all --classes car,airplane --json
status 0
err '--classes: taken in the order of w: airplane, car'
jq -S .metrics "$work/out" > found
cmp -s expected found || note "accuracy $(jq .accuracy found), expected $(jq .accuracy expected)"
run "$engram" eval --net "$net" --data set --load w --part all --classes airplane,car
silent

begin 'train: goes on with --classes in another order'
run "$engram" train --net "$net" --data set --epochs 13 --load w --save onward
run "$engram" train --net "$net" --data set --epochs 13 --load w --save permuted --classes car,airplane
status 0
err '--classes: taken in the order of w'
cmp -s onward permuted || note 'other weights'
run "$engram" train --net "$net" --data set --epochs 1 --load w --restart --save fresh
run "$engram" train --net "$net" --data set --epochs 1 --load w --restart --save turned --classes car,airplane
err '--classes: taken in the order of w'
cmp -s fresh turned || note 'other weights with --restart'

begin 'other names are refused with both lists'
cp -r set renamed
sed -i 's/"airplane", "car"/"bus", "tram"/' renamed/dataset.json
run "$engram" eval --net "$net" --data renamed --load w
status 2
err 'w: was trained on the classes airplane, car; renamed has bus, tram'
run "$engram" eval --net "$net" --data renamed --load w --classes tram,bus
status 2
err 'w: was trained on the classes airplane, car; --classes has tram, bus'
run "$engram" train --net "$net" --data renamed --load w --classes tram,bus
status 2
err 'w: was trained on the classes airplane, car; --classes has tram, bus'

begin 'other names are learned with --restart, and it is said'
run "$engram" train --net "$net" --data renamed --epochs 1 --load w --restart --classes tram,bus --save trams
status 0
err 'w: was trained on the classes airplane, car; now it learns tram, bus'
is 'names' "$(names trams)" tram,bus
run "$engram" train --net "$net" --data renamed --epochs 1 --load w --restart --save trams
status 0
err 'w: was trained on the classes airplane, car; now it learns bus, tram'

begin 'pictures without names: labels are said to be taken for the names'
mkdir bare
cp set/*-ubyte bare
run "$engram" eval --net "$net" --data bare --load w --part all --classes 0,1 --json
status 0
err 'w: was trained on the classes airplane, car; labels 0, 1 are taken for them'
json .metrics.accuracy "$(jq .accuracy expected)"
run "$engram" eval --net "$net" --data bare --load w
status 2
err 'w: was trained on the classes airplane, car; bare has 0, 1'

begin 'infer: --labels that are not the names known'
sound=sounds/car/car-000.wav
run "$engram" infer --net "$net" --load w --labels car,airplane "$sound"
status 0
err '--labels: w was trained on the classes airplane, car, which are called car, airplane here'
run "$engram" infer --net "$net" --load w --labels airplane,car "$sound"
silent

# ---- commas, quotes, blanks

begin 'a name with a comma'
cp -r set comma
sed -i 's/"airplane", "car"/"truck, heavy", " the \\"old\\" one"/' comma/dataset.json
run "$engram" train --net "$net" --data comma --epochs 12 --save c --classes '" the ""old"" one","truck, heavy"'
status 0
silent
is 'names kept' "$(names c)" '\" the \"\"old\"\" one\",\"truck, heavy\"'
run "$engram" infer --net "$net" --load c "$sound" --json
json '[.files[].segments[].class] | unique | map(select(. == "truck, heavy" or . == " the \"old\" one")) | length > 0' true
run "$engram" eval --net "$net" --data comma --load c --json
json '[.metrics.classes[].name]' '[" the \"old\" one","truck, heavy"]'
run "$engram" infer --net "$net" --load w --labels '"a, b",c' "$sound" --json
json '.files[0].class == "a, b" or .files[0].class == "c"' true
run "$engram" eval --net "$net" --data set --load w --classes '"airplane",  "car" '
silent
mkdir -p folders
cp -r sounds/car 'folders/a, b'
cp -r sounds/airplane folders/b
run "$engram" features -o quoted folders --classes '"a, b",b' --json
json '[.classes[].name]' '["a, b","b"]'
run "$engram" eval --net "$net" --data set --load w --classes '"airplane,car'
status 2
err 'found a quote that is not closed'
run "$engram" eval --net "$net" --data set --load w --classes '"airplane"s,car'
status 2
err "found 's,car' behind a quote"

# ---- length

begin 'names of 200 letters: columns stay readable, the whole name is kept'
long=$(printf '%0200d' 0 | tr 0 q)
cp -r set long
sed -i "s/\"airplane\", \"car\"/\"$long\", \"auto\"/" long/dataset.json
run "$engram" train --net "$net" --data long --epochs 1 --save l
status 0
is 'longest line' "$(awk '{ if (length($0) > most) most = length($0) } END { print most < 140 }' "$work/out")" 1
out '…'
is 'names' "$(names l)" "$long,auto"
run "$engram" eval --net "$net" --data long --load l --json
json '.metrics.classes[0].name | length' 200

begin 'names too long for a weights file are refused'
huge=$(printf '%09000d' 0)
cp -r set huge
sed -i "s/\"airplane\", \"car\"/\"a$huge\", \"b$huge\"/" huge/dataset.json
run "$engram" train --net "$net" --data huge --epochs 1 --save h
status 2
err 'class names: found 18003 bytes in all, allowed less than 16384'

# ---- what a terminal would obey

# obeys: whether the last command's texts have control characters but line ends.
obeys() { tr -d '\n' < "$work/$1" | LC_ALL=C grep -q '[[:cntrl:]]' && note "control characters in $1"; }

begin 'escape sequences in names are shown, not obeyed'
cp -r set escape
sed -i 's/"airplane", "car"/"\\u001b[31mred", "ring\\u0007\\u009b2J"/' escape/dataset.json
run "$engram" train --net "$net" --data escape --epochs 1 --save e
status 0
obeys out
obeys err
out '\x1b[31mred'
out 'ring\x07\xc2\x9b2J'
run "$engram" infer --net "$net" --load e "$sound"
obeys out
run "$engram" eval --net "$net" --data escape --load e
obeys out
run "$engram" eval --net "$net" --data escape --load e --classes x,y
status 2
obeys err
run "$engram" eval --net "$net" --data set --load e
status 2
obeys err
err '\x1b[31mred'
run "$engram" eval --net "$net" --data escape --load w
status 2
obeys err
run "$engram" eval --net "$net" --data escape --load e --json
json '.metrics.classes[0].name | explode[0]' 27
