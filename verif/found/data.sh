# data.sh : folders of sounds, silence, manifests and splits (a part of run.sh).
# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # what run.sh sets

# Eight noises of 1.2 s, four pictures each, in two classes.
for i in 1 2 3 4; do
  make_sound sounds/bus/b$i.wav "$(noise 1.2 22050 $i)"
  make_sound sounds/car/c$i.wav "$(noise 1.2 22050 $((i + 4)))"
done
features() { run "$engram" features --net "$net" -o set "$@"; }

# ---- silence ----

cp -r sounds quiet
make_sound quiet/car/c5.wav "anullsrc=d=0.9:r=22050"
make_sound quiet/car/c6.wav "$(noise 0.3 22050 7)" -af 'apad=pad_dur=0.6'
begin 'silence is left out and counted'
features --json quiet
status 0
json '[.pictures, .silent, .silent_files]' '[33,5,1]'
begin 'the option that keeps silence'
features --json --keep-silence quiet
json '[.pictures, .silent]' '[38,0]'
begin 'a class that is nothing but silence'
mkdir -p dumb/car && cp -r sounds/bus dumb && cp quiet/car/c5.wav dumb/car
features dumb
status 2
err "class 'car': all 3 pictures are silence"
features sounds
"$engram" train --net "$net" --data set --epochs 1 --save w >/dev/null
begin 'infer says silence of silence'
run "$engram" infer --net "$net" --load w --json quiet/car/c5.wav quiet/car/c6.wav
status 0
json '[.files[0].class, .files[0].label, .files[0].segments[2].class]' '["silence",null,"silence"]'
json '[.files[1].segments[].class == "silence"]' '[false,true,true]'
json '.files[1].class == "silence"' false

# ---- the channel ----

begin 'a copy of another rate is said'
make_sound narrow/car/c1.wav "$(noise 1.2 22050 5)" -ar 8000
run "$engram" infer --net "$net" --load w --json narrow/car/c1.wav
status 0
err "narrow/car/c1.wav: 8000 samples a second, content up to "
json '.files[0].other_channel' true
begin 'one that was converted back is said too'
make_sound narrow/car/c2.wav "$(noise 1.2 22050 6)" -af aresample=8000,aresample=22050 -ar 22050
run "$engram" infer --net "$net" --load w --json narrow/car/c2.wav
err 'narrow/car/c2.wav: 22050 samples a second, content up to '
json '.files[0].other_channel' true
begin 'files like those of the training are not'
run "$engram" infer --net "$net" --load w --json sounds/car/c1.wav
silent
json '.files[0].other_channel' false
begin 'classes of two channels'
cp -r sounds/bus narrow
features narrow
err "class 'bus' has 22050 samples a second, content up to 11.0 kHz, class 'car' 8000 to 22050 samples a second"

# ---- the order of names ----

# Which files are tested, with the seed 3.
tested() {
  "$engram" train --net "$net" --data "$1" --epochs 0 --seed 3 --split "$2" --parts parts >/dev/null
  awk -F, '$4 == "test" { print $3 }' parts | sort -u | while read -r i; do jq -r ".files[$i]" "$1/dataset.json"; done |
    sort | tr '\n' ' '
}
begin 'the order of the classes does not change the split'
"$engram" features --net "$net" -o ab --classes bus,car sounds >/dev/null
"$engram" features --net "$net" -o ba --classes car,bus sounds >/dev/null
[ -n "$(tested ab recording)" ] || note 'no parts'
is 'by recording' "$(tested ba recording)" "$(tested ab recording)"
is 'by segment' "$(tested ba segment)" "$(tested ab segment)"
is 'pictures' "$(cksum <ba/images-idx3-ubyte)" "$(cksum <ab/images-idx3-ubyte)"

# ---- manifests ----

# manifest TEXT: of the sounds; each case has its own.
manifest() { printf '%b' "$1" >sounds/manifest.csv; }
pairs='car/c1.wav%sr1\ncar/c2.wav%sr1\nbus/b1.wav%sr2\nbus/b2.wav%sr2\n'
for separator in ';' ',' '\t'; do
  begin "columns Path and Recording, separated by '$separator'"
  manifest "Path${separator}Recording\n$(echo "$pairs" | sed "s/%s/$separator/g")"
  features --json sounds
  status 0
  json '[.recordings, .manifests[0].listed, .manifests[0].files]' '[6,4,8]'
done
begin 'a blank in the header'
manifest 'path, recording\ncar/c1.wav, r1\ncar/c2.wav, r1\n'
features --json sounds
json .recordings 7
begin './ before a path'
manifest 'path,recording\n./car/c1.wav,r1\n./car/c2.wav,r1\n'
features --json sounds
json .recordings 7
begin 'how many files are listed'
manifest 'path,recording\ncar/c1.wav,r1\ncar/c2.wav,r1\nbus/b1.wav,r2\nbus/b2.wav,r2\nbus/b3.wav,r2\nbus/b4.wav,r2\n'
features sounds
out 'manifest.csv: 6 of 8 files listed'
begin 'one row of eight that matches'
manifest "path,recording\ncar/c1.wav,r1\n$(for i in 1 2 3 4 5 6 7; do printf 'c%d.wav,r%d\\n' $i $i; done)"
features sounds
status 2
err "manifest.csv:3: 'c1.wav' names nothing"
begin 'no column path'
manifest 'file,recording\ncar/c1.wav,r1\n'
features sounds
status 2
err "expected one that is called 'path'"
begin 'no row that matches'
manifest 'path,recording\nmanifest.csv,r1\n'
features sounds
status 2
err "names no sound of sounds"
begin 'the same file twice'
manifest 'path,licence\ncar/c1.wav,x\n./car/c1.wav,y\n'
features sounds
status 2
err 'is listed twice'

# ---- splits ----

rows=$(for i in 1 2 3 4; do printf 'car/c%d.wav,%s,%d\\nbus/b%d.wav,%s,%d\\n' $i "$(echo a a b c | cut -d' ' -f$i)" $i \
  $i "$(echo d e e f | cut -d' ' -f$i)" $i; done)
manifest "path,author,part\n$rows"
features sounds
begin 'a split by any column of the manifest'
run "$engram" train --net "$net" --data set --epochs 1 --split author --parts parts
status 0
out 'split by author'
is 'author a' "$(awk -F, '$5 ~ /c[12]/ { print $4 }' parts | sort -u | wc -l)" 1
is 'author e' "$(awk -F, '$5 ~ /b[23]/ { print $4 }' parts | sort -u | wc -l)" 1
begin 'folds of the manifest'
run "$engram" train --net "$net" --data set --epochs 1 --rotation 2/4 --parts parts
status 0
out 'split by part'
is 'the test' "$(awk -F, '$4 == "test" { print $5 }' parts | sort -u | tr '\n' ' ')" 'bus/b2.wav car/c2.wav '
is 'validation' "$(awk -F, '$4 == "validation" { print $5 }' parts | sort -u | tr '\n' ' ')" \
  'bus/b3.wav car/c3.wav '
begin 'a table of parts is read as it is written'
cp parts wanted
run "$engram" train --net "$net" --data set --epochs 1 --use-parts wanted --parts parts
status 0
is 'parts' "$(cksum <parts)" "$(cksum <wanted)"
begin 'folders of their own for the test'
rm -f sounds/manifest.csv
mkdir -p other/train other/test/car other/test/bus
cp -r sounds/car sounds/bus other/train
mv other/train/car/c4.wav other/test/car
mv other/train/bus/b4.wav other/test/bus
features --test other/test other/train
status 0
run "$engram" train --net "$net" --data set --epochs 1 --parts parts
status 0
is 'the test' "$(awk -F, '$4 == "test" { print $5 }' parts | sort -u | tr '\n' ' ')" 'bus/b4.wav car/c4.wav '

# ---- files that are left out ----

cp -r sounds mixed
mkdir -p mixed/car/more
mv mixed/car/c4.wav mixed/car/more/c4.wave
ln -s nowhere mixed/car/c9.wav
: >mixed/car/cover.jpg
cp sounds/bus/b1.wav mixed/bus/b1.bwf
begin 'folders below a class, other endings, dead links'
features mixed
status 0
out 'car: not taken: 1 dead link, 1 .jpg'
features --json mixed
json '[.classes[].files]' '[5,4]'
echo 'not a sound' >mixed/car/broken.wav
echo 'nor this' >mixed/bus/broken.flac
begin 'one bad file does not end a long run, where that is wanted'
features --json --skip-bad mixed
status 1
err 'left out: mixed/bus/broken.flac'
err 'left out: mixed/car/broken.wav'
err '2 of 11 files left out'
json '[.files, (.bad | length)]' '[9,2]'
begin 'otherwise it does'
features mixed
status 2
err 'mixed/bus/broken.flac: not readable'
begin 'infer goes on with the good files'
run "$engram" infer --net "$net" --load w --json mixed/car/broken.wav sounds/car/c1.wav
status 1
err 'mixed/car/broken.wav: not readable'
json '[.files[].file]' '["sounds/car/c1.wav"]'

# ---- a split that deals out the same as another ----

# Without recordings each picture is one: by recording is by segment.
mkdir plain
cp ab/images-idx3-ubyte ab/labels-idx1-ubyte plain
begin 'a run that was split by recording goes on so'
"$engram" train --net "$net" --data plain --split recording --epochs 1 --steps 5 --save r >/dev/null
run "$engram" train --net "$net" --data plain --split recording --epochs 1 --load r --save r
status 0
out 'split by recording'
run "$engram" eval --net "$net" --data plain --split recording --load r
out 'by recording (the split of the training)'
