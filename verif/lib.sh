# lib.sh : what the scripts here have in common; each reads it by `. "$here/lib.sh"`.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# A function that is called in an `if`, behind `!`, or in front of `||` or `&&`, runs as if there were no `set -e`: all
# but its last command may fail without a word. `try`, `verdict` and `beside` run it as a process of its own instead,
# which ends with the first command that fails; what it sets is lost with it.

# fresh FOLDER: makes it anew, and sets work to its absolute name.
fresh() { rm -rf "$1" && mkdir -p "$1" && work=$(realpath "$1"); }

# missing TEXT: something that is not there is a SKIP on a developer's machine and a failure in CI.
# skip TEXT: ends the script, too.
missing() { echo "SKIP $*" && [ -z "${CI:-}" ]; }
skip() { missing "$@" && exit || exit 1; }

# needs NAME TOOL...: skips NAME where one of the tools is not on the PATH.
needs() {
  needed_by=$1
  shift
  for tool; do command -v "$tool" >/dev/null || skip "$needed_by: needs $tool (make deps)"; done
}

# venv NAME FOLDER PACKAGE...: sets venv to a virtual environment FOLDER/venv that has the packages; skips NAME where they
# cannot be installed.
venv() {
  needed_by=$1 venv=$2/venv
  shift 2
  [ ! -f "$venv/ready" ] || return 0
  mkdir -p "$venv"
  if ! { /usr/bin/python3 -m venv "$venv" && "$venv/bin/pip" install -q "$@"; } >"$venv/log" 2>&1; then
    tail -n 3 "$venv/log"
    skip "$needed_by: $* cannot be installed (network? python3-venv?)"
  fi
  touch "$venv/ready"
}

# folds WORD...: a layout as options: `lanes=4` is --fold lanes=4, `loaded` the weights $work/weights, and what begins
# with -- an option already.
folds() {
  for word; do
    case $word in
      --*) printf ' %s' "$word" ;;
      loaded) printf ' --load %s' "$work/weights" ;;
      *) printf ' --fold %s' "$word" ;;
    esac
  done
}

# pictures NAME CLASSES SIZE: pictures of synthetic sounds, four recordings of two seconds a class, in $work/NAME; the sounds
# are beside them in $work/NAME-sounds.
pictures() {
  "$engram" synth --classes "$2" --recordings 4 --seconds 2 -o "$work/$1-sounds" >"$work/$1.log"
  "$engram" features --classes "$2" --size "$3" -o "$work/$1" "$work/$1-sounds" >"$work/$1.log"
}

# trained NAME NET CLASSES SIZE STEPS: weights behind some steps on such pictures, as $work/NAME.
trained() {
  pictures "$1-pictures" "$3" "$4"
  "$engram" train --net "$2" --data "$work/$1-pictures" --epochs 1 --steps "$5" --save "$work/$1" >"$work/$1.log"
}

# changed FILE EXPRESSION [TO]: what sed's EXPRESSION makes of FILE, into TO or FILE itself. A failure where it is the
# same.
changed() {
  sed "$2" "$1" >"${3:-$1}.changed"
  if cmp -s "$1" "${3:-$1}.changed"; then
    echo "'$2' changes nothing in $1"
    return 1
  fi
  mv "${3:-$1}.changed" "${3:-$1}"
}

# try COMMAND...: sets status to how it ended.
try() {
  status=0
  "$@" &
  wait $! || status=$?
}

# verdict TEXT COMMAND...: says PASS TEXT, or FAIL TEXT and how the command ended.
verdict() {
  text=$1
  shift
  try "$@"
  if [ $status = 0 ]; then echo "PASS $text"; else echo "FAIL $text: exit status $status"; fi
}

# beside COMMAND...: in the background, two at a time; what it says goes to $work/said. settle waits for all, shows what
# they said, in their order, and fails where one of them failed.
started=0 shown=0 before='' last='' broken=0
beside() {
  started=$((started + 1))
  mkdir -p "$work/said"
  [ -z "$before" ] || wait "$before" || broken=$((broken + 1))
  "$@" >"$work/said/$started" 2>&1 </dev/null &
  before=$last last=$!
}

await() {
  for process in $before $last; do wait "$process" || broken=$((broken + 1)); done
  before='' last=''
  while [ $shown -lt $started ]; do
    shown=$((shown + 1))
    cat "$work/said/$shown"
  done
  [ $broken = 0 ] || echo "FAILED: $broken of $started processes (above)"
}

settle() {
  await
  [ $broken = 0 ]
}

# tally COUNT: settles; there must be COUNT lines that begin with PASS, and none with FAIL.
tally() {
  await
  passed=$(cat "$work"/said/* | grep -c '^PASS' || :) failed=$(cat "$work"/said/* | grep -c '^FAIL' || :)
  [ $((passed + failed)) = "$1" ] || echo "$1 verdicts expected, found $((passed + failed))"
  echo "$passed passed, $failed failed"
  [ $broken = 0 ] && [ "$passed" = "$1" ] && [ "$failed" = 0 ]
}
