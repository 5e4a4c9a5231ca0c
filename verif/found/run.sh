#!/bin/sh
# run.sh : what users' files and settings showed to be wrong and silent, each case with its right value.
# SPDX-License-Identifier: MIT
#
# Usage: run.sh ENGRAM WORK [PART...]      (WORK is made anew; parts are the other files here, all of them by default)
#
# A part is a list of cases in the functions below:
#
#   begin 'a semicolon between columns'          # the case's name
#   run "$engram" features -o set sounds         # keeps output, messages and status
#   status 0                                     # what they must be; a case passes when all of it holds
#   out '8 of 8 files'
#   json .pictures 40
#
# Each part begins in an empty folder of its own.
set -u
engram=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
nets=$(realpath "$here/../../nets")
rm -rf "$2"
mkdir -p "$2" || exit 1
work=$(realpath "$2")
shift 2
[ $# -gt 0 ] || set -- $(cd "$here" && ls *.sh | grep -v '^run.sh$' | sed 's/\.sh$//')
for tool in ffmpeg jq; do
  command -v "$tool" >/dev/null || { echo "found: no $tool (make deps)" >&2 && exit 1; }
done

# Several parts: two at a time, each by itself; what they say one after the other.
if [ $# -gt 1 ]; then
  printf '%s\n' "$@" | xargs -P 2 -I PART sh -c 'sh "$1/run.sh" "$2" "$3/PART" PART >"$3/PART.log" 2>&1 || :' \
    sh "$here" "$engram" "$work"
  cat "$work"/*.log | grep -v '^found: '
  awk '/^found: / { passed += $2; failed += $4; parts++ } END { printf "found: %d passed, %d failed\n", passed, failed
    exit !(failed == 0 && parts == wanted) }' wanted=$# "$work"/*.log
  exit
fi
part=$1
passed=0 failed=0 name='' wrong=''

# A net of two classes, for any of the parts.
net=$work/two.yaml
cat >"$net" <<END
name: two
input: {height: 8, width: 8, offset: 128, frac: 6}
layers:
  - conv: {filters: 1, kernel: 3}
  - dense: {units: 8}
  - output: {classes: 2}
END

# ---- cases ----

finish() {
  if [ -n "$name" ] && [ -z "$wrong" ]; then
    passed=$((passed + 1))
  elif [ -n "$name" ]; then
    failed=$((failed + 1))
    printf 'FAIL %s: %s:%s\n' "$part" "$name" "$wrong"
  fi
  name='' wrong=''
}

begin() {
  finish
  name=$1
}

# run COMMAND...: not in a subshell, so that nothing is lost of what it says.
run() {
  "$@" >"$work/out" 2>"$work/err" </dev/null
  code=$?
}

note() { wrong="$wrong
     $1"; }

# What the last command said, for a case that fails.
said() { head -c 300 "$work/$1" | tr '\n' '|'; }

status() { [ "$code" = "$1" ] || note "status $code, expected $1 ($(said err))"; }

out() { grep -qF -- "$1" "$work/out" || note "no '$1' on standard output ($(said out))"; }

err() { grep -qF -- "$1" "$work/err" || note "no '$1' on standard error ($(said err))"; }

silent() { [ ! -s "$work/err" ] || note "standard error: $(said err)"; }

# is WHAT FOUND EXPECTED
is() { [ "$2" = "$3" ] || note "$1: found '$2', expected '$3'"; }

# json FILTER VALUE: of the last command's standard output.
json() { is "$1" "$(jq -rc "$1" "$work/out" 2>&1)" "$2"; }

# near WHAT FOUND EXPECTED TOLERANCE
near() {
  awk -v a="$2" -v b="$3" -v d="$4" 'BEGIN { exit !(a + 0 == a && a - b <= d && b - a <= d) }' ||
    note "$1: found '$2', expected $3 +- $4"
}

# ---- sounds ----

# make_sound FILE SOURCE [OPTION...]: a source of ffmpeg's lavfi, such as sine=440:d=5:r=16000.
make_sound() {
  file=$1 source=$2
  shift 2
  mkdir -p "$(dirname "$file")"
  ffmpeg -nostdin -v error -y -f lavfi -i "$source" "$@" "$file" || note "ffmpeg could not make $file"
}

# noise SECONDS RATE [SEED]: a source of noise.
noise() { echo "anoisesrc=a=0.3:d=$1:r=$2:s=${3:-1}"; }

mkdir "$work/in"
cd "$work/in" || exit 1
. "$here/$part.sh"
finish
echo "found: $passed passed, $failed failed"
[ "$failed" = 0 ]
