#!/bin/sh
# estimate.sh : `engram estimate` against what Yosys makes of the emitted cores.
# SPDX-License-Identifier: MIT
#
# Usage: estimate.sh check ENGRAM WORK PAGE     all nets below, the table also between PAGE's marks
#        estimate.sh leaves ENGRAM WORK FAMILY --net F [--fold ...]     one core, leaf by leaf
#
# Fails where multipliers or memory blocks differ, or logic cells by more than 20 %.
set -eu
mode=$1 engram=$(realpath "$2") work=$3
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=verif/lib.sh
. "$here/lib.sh"
needs estimate-check yosys
mkdir -p "$work/made"
work=$(realpath "$work")

# name, families, description, folds
nets='
paper     ecp5        nets/paper.yaml
paper     ecp5        nets/paper.yaml         step=fast positions=2
paper8    ecp5        nets/paper8.yaml
paper8    ecp5,ice40  nets/paper8.yaml        lanes=8 multipliers=shared storage=single_port
tiny      ecp5,ice40  nets/tiny.yaml
tiny      ecp5,ice40  nets/tiny.yaml          mode=inference positions=1
tiny      ecp5,ice40  nets/tiny.yaml          mode=inference output=argmax positions=1
mlp       ecp5,ice40  verif/nets/mlp.yaml
tiny      ecp5,ice40  nets/tiny.yaml          positions=1 multipliers=shared lanes=3 output_lanes=2 logic_multipliers=6
tiny      ecp5,ice40  nets/tiny.yaml          step=fast filters=2 positions=1
tiny8     ecp5,ice40  nets/tiny8.yaml         positions=1 filters=1
tiny8     ecp5        nets/tiny8.yaml         positions=2
tiny8     ecp5,ice40  nets/tiny8.yaml         positions=1 filters=1 taps=2
tiny8     ecp5,ice40  nets/tiny8.yaml         positions=1 filters=1 storage=register multipliers=shared
tiny8     ecp5,ice40  nets/tiny8.yaml         positions=1 filters=1 storage=single_port multipliers=shared
one       ecp5,ice40  verif/nets/one.yaml
tall      ecp5,ice40  verif/nets/tall.yaml
word24    ecp5,ice40  verif/estimate/word24.yaml
word4     ecp5,ice40  verif/estimate/word4.yaml
flat      ecp5,ice40  verif/estimate/flat.yaml
deep      ecp5,ice40  verif/estimate/deep.yaml
deep      ecp5,ice40  verif/estimate/deep.yaml step=fast lanes=10
deep      ecp5,ice40  verif/estimate/deep.yaml multipliers=shared storage=single_port lanes=6
'

# Synthesizes a core: folder, family, further passes, further options of engram gen. What was synthesized before, of the
# same files and by the same steps, is not again: its counts stay in made/.
synthesize() {
  folder=$1 family=$2 passes=$3
  shift 3
  "$engram" gen "$@" -o "$folder/core" >"$folder/gen"
  # shellcheck source=fpga/family.sh
  . "$here/../fpga/family.sh"
  steps="read_verilog $define $(tr '\n' ' ' <"$folder/core/engram_core.f"); $(synthesis engram_core '-run :check');
    check -assert; $passes opt_clean -purge; write_blif -gates -cname ../core.blif"
  counts=$work/made/$({ yosys -V; echo "$steps"; cat "$here/estimate_cells.awk" "$folder"/core/*.v; } | cksum | tr ' ' -)
  if [ ! -s "$counts" ]; then
    (cd "$folder/core" && yosys -q -p "$steps" >../yosys)
    awk -f "$here/estimate_cells.awk" "$folder/core.blif" | sort >"$counts.$family"
    mv "$counts.$family" "$counts"
  fi
  cp "$counts" "$folder/made"
  rm -rf "$folder/core" "$folder/core.blif"
  "$engram" estimate --leaves "$@" | awk -v family="$family" '
    BEGIN { title = family == "ecp5" ? "ECP5" : "iCE40" }
    $1 == title && $2 == "leaf" { listed = 1; next }
    NF == 0 { listed = 0 }
    $1 == title && !listed { print "all", $2, $3, $4, $5, $6, $7 }
    listed { print $2, $4, $5, $6, $7, $8, $9 }' | sort >"$folder/estimated"
}

# What was estimated of a leaf beside what was made of it and of all that stands in it.
leaves() {
  family=$1
  shift
  rm -rf "$work/leaves"
  mkdir -p "$work/leaves"
  synthesize "$work/leaves" "$family" 'autoname;' "$@"
  awk '
    NR == FNR { cells[$1] = $2; flip_flops[$1] = $4; next }
    {
      leaf = $1
      while (!(leaf in cells) && leaf ~ /\./) sub(/\.[^.]*$/, "", leaf)
      if (!(leaf in cells)) leaf = "result"  # the ports
      made[leaf] += $2
      made_flip_flops[leaf] += $4
    }
    END {
      for (leaf in cells)
        printf "%-30s cells %6d estimated %6d made %+6d   flip-flops %6d estimated %6d made\n", leaf, cells[leaf],
               made[leaf], cells[leaf] - made[leaf], flip_flops[leaf], made_flip_flops[leaf]
    }' "$work/leaves/estimated" "$work/leaves/made" | sort
}

# One line of the table; a run of its own for each net and family.
run() {
  family=$1 name=$2 file=$3 folds=$4 folder=$5
  rm -rf "$folder"
  mkdir -p "$folder"
  # shellcheck disable=SC2046,SC2086
  synthesize "$folder" "$family" '' --net "$file" $(folds $folds)
  grep -h '^all ' "$folder/estimated" "$folder/made" | tr '\n' ' ' |
    awk -v name="$name" -v folds="$folds" -v family="$family" '
      function pair(i) { return $i == $(i + 7) ? $i : $i " / **" $(i + 7) "**" }
      function error(i) { return 100 * ($i / $(i + 7) - 1) }
      {
        bad = $5 != $12 || $6 != $13 || $7 != $14 || error(2) > 20 || error(2) < -20
        printf "| %s | %s | %s | %s | %s | %s | %d | %d | %+.1f %% | %d | %d |%s\n", name, folds, family, pair(5),
               pair(6), pair(7), $2, $9, error(2), $4, $11, bad ? " FAIL" : ""
      }' >"$folder/line"
  cat "$folder/line"
}

# Every net and family, as many at a time as there are processors.
check() {
  page=$1
  rm -rf "$work"/run-*
  echo "$nets" | awk -v work="$work" 'NF {
      folds = ""
      for (i = 4; i <= NF; i++) folds = folds (i > 4 ? " " : "") $i
      n = split($2, family, ",")
      for (i = 1; i <= n; i++) printf "%s\n%s\n%s\n%s\n%s/run-%02d\n", family[i], $1, $3, folds, work, ++line
    }' >"$work/runs"
  tr '\n' '\0' <"$work/runs" | xargs -0 -n 5 -P "$(nproc)" sh "$0" run "$engram" "$work"
  {
    echo '| net | layout | family | multipliers | blocks | SPRAM | logic cells | made | error | flip-flops | made |'
    echo '|---|---|---|---|---|---|---|---|---|---|---|'
    cat "$work"/run-*/line
    cat "$work"/run-*/line | awk '
      { error = $(NF - 6) + 0; most = error > most ? error : most; least = error < least ? error : least
        sum += error < 0 ? -error : error }
      END { printf "\n%d cores; errors of the logic cells from %+.1f %% to %+.1f %%, on average %.1f %%.\n", NR, least,
                   most, sum / NR }'
  } >"$work/table"
  if grep -q FAIL "$work/table"; then
    echo "estimate-check: FAIL"
    exit 1
  fi
  sh "$here/table.sh" 'make estimate-check' "$work/table" "$page"
  tail -n 1 "$work/table"
}

case $mode in
  leaves) shift 3; leaves "$@" ;;
  run) shift 3; run "$@" ;;
  check) check "$4" ;;
esac
