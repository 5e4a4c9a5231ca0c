#!/bin/sh
# leaf_costs.sh : what Yosys makes of leaves, each alone, at the parameters of verif/unit/test_leaf_cost.c.
# SPDX-License-Identifier: MIT
#
# Usage: leaf_costs.sh TEST ENGRAM WORK TABLE        TEST lists the cases, ENGRAM emits softmax's table
#        leaf_costs.sh one WORK LINE FAMILY...
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# A line of the table.
one() { # work, case, family
  leaf=engram_${2%% *} family=$3 parameters=''
  for parameter in ${2#* }; do parameters="$parameters -set ${parameter%=*} ${parameter#*=}"; done
  folder=$(mktemp -d "$1/leaf-XXXXXX")
  # shellcheck source=fpga/family.sh
  . "$here/../fpga/family.sh"
  yosys -q -p "read_verilog $define $here/../rtl/*.v $1/core/engram_exp_table.v; chparam $parameters $leaf;
    $(synthesis "$leaf" '-run :check'); check -assert; opt_clean -purge; write_blif -gates -cname $folder/blif" >"$folder/log"
  awk -f "$here/estimate_cells.awk" "$folder/blif" |
    awk -v what="$2 : $family" '$1 == "all" { print what, $2, $4, $5, $6 }'
}

if [ "$1" = one ]; then
  one "$2" "$3" "$4"
  exit
fi
test=$1 engram=$2 work=$3 table=$4
rm -rf "$work"
mkdir -p "$work"
"$engram" gen --net "$here/../nets/tiny.yaml" -o "$work/core" >"$work/log"
"$test" cases | awk '{ printf "%s\n%s\n%s\n%s\n", $0, "ecp5", $0, "ice40" }' | tr '\n' '\0' |
  xargs -0 -n 2 -P "$(nproc)" sh "$0" one "$work" >"$work/lines"
{
  echo "# What $(yosys -V | sed 's/ (.*//') makes of leaves, each alone: \`make leaf-costs\`; verif/unit/test_leaf_cost.c compares."
  echo '# leaf parameters : family logic-cells flip-flops multipliers blocks'
  sort "$work/lines"
} >"$work/table"
cp "$work/table" "$table"
echo "leaf-costs: $(wc -l <"$work/lines") lines written to $table"
