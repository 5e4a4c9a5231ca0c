# sounds.sh : sound files whose header does not know how long they are, or that libsndfile cannot read (a part of
# run.sh).
# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # what run.sh sets

net=$nets/tiny.yaml path=$PATH
make_sound bus/b.wav "$(noise 5 16000 1)"
for i in 1 2 3; do
  make_sound train/bus/b$i.wav "$(noise 1.2 16000 $i)"
  make_sound train/car/c$i.wav "$(noise 1.2 16000 $((i + 3)))"
  make_sound train/tram/t$i.wav "$(noise 1.2 16000 $((i + 6)))"
done
"$engram" features --net "$net" -o set train >/dev/null &&
  "$engram" train --net "$net" --data set --epochs 1 --save w >/dev/null

# load FILE...: as one class of two.
load() {
  rm -rf sounds
  mkdir -p sounds/car
  cp -r bus sounds
  cp "$@" sounds/car
  run "$engram" features --json --net "$net" -o new sounds
}

# pictures COUNT: of the class `car`.
pictures() {
  status 0
  json '.classes[] | select(.name == "car") | .pictures' "$1"
}

# pipe FILE OPTION...: five seconds of noise as ffmpeg writes them where it cannot go back to the header.
pipe() {
  file=$1
  shift
  ffmpeg -nostdin -v error -i bus/b.wav "$@" - | cat >"$file"
}

# ---- lengths that are not in the header ----

begin 'MP3 of variable bit rate without a Xing frame, the loud part first'
make_sound loud.wav "$(noise 3 44100)"
make_sound faint.wav "anoisesrc=a=0.0005:d=12:r=44100:s=2"
ffmpeg -nostdin -v error -y -i loud.wav -i faint.wav -filter_complex concat=n=2:v=0:a=1 -q:a 5 -write_xing 0 vbr.mp3
load vbr.mp3
pictures 50
begin 'MP3 from a pipe'
pipe pipe.mp3 -f mp3
load pipe.mp3
pictures 16
begin 'MP3 in WAV'
ffmpeg -nostdin -v error -y -i loud.wav -i faint.wav -filter_complex concat=n=2:v=0:a=1 -c:a libmp3lame -q:a 5 \
  -write_xing 0 mp3.wav
load mp3.wav
pictures 50
begin 'two MP3 files one behind the other'
ffmpeg -nostdin -v error -y -i bus/b.wav one.mp3
cat one.mp3 one.mp3 >two.mp3
load two.mp3
pictures 33
begin 'MP3 that was recorded until the disk was full'
head -c 10000 pipe.mp3 >full.mp3
load full.mp3
pictures 11
begin 'FLAC from a pipe'
pipe pipe.flac -f flac
load pipe.flac
pictures 16
begin 'Ogg without its last page'
ffmpeg -nostdin -v error -y -i bus/b.wav whole.ogg
head -c 20000 whole.ogg >cut.ogg
load cut.ogg
status 0
silent
for kind in wav au aiff w64 caf; do
  begin "$kind from a pipe"
  pipe "pipe.$kind" -f "$kind"
  load "pipe.$kind"
  pictures 16
done

# ---- what is cut short ----

for kind in wav flac aiff au w64 mp3; do
  begin "$kind cut short"
  ffmpeg -nostdin -v error -y -i bus/b.wav "whole.$kind"
  size=$(wc -c <"whole.$kind")
  head -c $((size * 2 / 3)) "whole.$kind" >"cut.$kind"
  load "cut.$kind"
  status 2
  err "cut.$kind: ends or breaks after"
  err 'of the 80000 samples of its header'
done
begin 'FLAC from a pipe, damaged'
cp pipe.flac damaged.flac
printf 'damaged damaged' | dd of=damaged.flac bs=1 seek=50000 conv=notrunc 2>/dev/null
load damaged.flac
status 2
err 'damaged.flac: breaks after'

# ---- what ffmpeg reads ----

# coded FILE PICTURES OPTION...
coded() {
  file=$1 expected=$2
  shift 2
  begin "$file"
  ffmpeg -nostdin -v error -y -i bus/b.wav "$@" "$file" || note "ffmpeg could not make $file"
  run "$engram" infer --json --net "$net" --load w "$file"
  status 0
  json '.files[0].segments | length' "$expected"
}
coded flac.oga 16 -c:a flac -f ogg
coded aac.m4a 16 -c:a aac
coded aac.mp4 16 -c:a aac
coded aac.aac 17 -c:a aac
coded opus.webm 16 -c:a libopus
coded vorbis.webm 16 -c:a libvorbis
coded wma.wma 16 -c:a wmav2
coded mp2.mp2 16 -c:a mp2
coded alac.caf 16 -c:a alac
begin 'the sound of a film'
ffmpeg -nostdin -v error -y -f lavfi -i testsrc=d=5 -i bus/b.wav -c:a aac film.mp4
run "$engram" infer --json --net "$net" --load w film.mp4
status 0
json '.files[0].segments | length' 16
begin 'names that are options or addresses'
for odd in -y.m4a http:x.m4a 'a%d b.m4a'; do
  cp -- aac.m4a "$odd"
  run "$engram" infer --json --net "$net" --load w -- "$odd"
  status 0
done

# refused FILE TEXT...
refused() {
  run "$engram" infer --net "$net" --load w "$1"
  status 2
  is 'lines' "$(wc -l <"$work/err")" 1
  shift
  for text in "$@"; do err "$text"; done
}
begin 'a film without sound'
ffmpeg -nostdin -v error -y -f lavfi -i testsrc=d=1 mute.mp4
refused mute.mp4 'mute.mp4: not readable as a sound' 'it holds no sound'
begin 'M4A cut short'
ffmpeg -nostdin -v error -y -i bus/b.wav -c:a aac -movflags +faststart fast.m4a
head -c 20000 fast.m4a >cut.m4a
refused cut.m4a 'cut.m4a: breaks after'
begin 'a text'
yes 'nothing to be heard' | head -c 20000 >text.wav
refused text.wav 'text.wav: not readable as a sound by libsndfile ('
begin 'a list of other files'
printf "ffconcat version 1.0\nfile 'http://localhost/x.wav'\n" >list.wav
refused list.wav 'list.wav: not readable as a sound'
begin 'without ffmpeg'
PATH=/nowhere
run "$engram" infer --net "$net" --load w aac.m4a
PATH=$path
status 2
err 'with ffmpeg installed more formats are read'
