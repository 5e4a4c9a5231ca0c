#!/bin/sh
# mutants.sh : deliberate errors in RTL leaves; the bench must notice each and name the tensor where it shows.
# SPDX-License-Identifier: MIT
#
# Usage: mutants.sh BENCH WORK
set -eu
bench=$1 work=$2
here=$(dirname "$0")
rm -rf "$work"
mkdir -p "$work"

# leaf | net | sed expression | tensor of the first difference (a pattern)
cat >"$work/list" <<'END'
engram_normaliser|tiny|s/shifted + \$signed(ONE)/shifted/|conv.activation\[
engram_update|tiny|s/weight_q} -$/weight_q} +/|weight\[
engram_conv|tiny|s/weights\[group_q\*WEIGHT_BITS/weights[0*WEIGHT_BITS/|conv.activation\[
engram_conv|tiny|s/back_group == group)/back_group != group)/|conv.update_sum\[
engram_crossbar|tiny|s/first_i(first_4)/first_i(1'b0)/|dense1.sum\[
engram_lane|tiny|s/CYCLES(2)) u_old_weight/CYCLES(1)) u_old_weight/|weight\[
engram_softmax|tiny|s/<< LEFT) + HALF)/<< LEFT))/|softmax.probability\[
engram_im2col|tiny|s/from_below = row_step ? rotated_back : below/from_below = below/|conv.activation\[
engram_random|tiny|s/s\[63:0\] ^ s\[126:63\]/s[63:0] ^ s[125:62]/|random.
engram_hash|tiny8|s/key_i\[i +: ROUND_BITS\]/key_i[POSITION_BITS-1-i +: ROUND_BITS]/|weight\[
engram_sequencer|tiny|s/class_i == label_q/class_i != label_q/|correct\[
engram_difference|tiny|s/17'h08000 : 17'h00000/17'h07FFF : 17'h00000/|output.gradient\[
END

try() { # leaf, net, expression, tensor, number
  leaf=$1 net=$2 expression=$3 tensor=$4 folder=$work/$5
  mkdir -p "$folder/rtl"
  sed "$expression" "$here/../rtl/$leaf.v" >"$folder/rtl/$leaf.v"
  if cmp -s "$folder/rtl/$leaf.v" "$here/../rtl/$leaf.v"; then
    echo "FAIL $leaf: '$expression' changes nothing"
    return
  fi
  status=0
  ENGRAM_SIM="$folder" "$bench" --net "$here/../nets/$net.yaml" --fold filters=1 --steps 30 --infer 5 \
    --rtl "$folder/rtl" >"$folder/out" 2>&1 || status=$?
  if [ "$status" = 1 ] && grep -q "^first difference: .*$tensor" "$folder/out" && grep -q '^sim: FAIL' "$folder/out"; then
    echo "PASS $leaf: $(grep '^first difference' "$folder/out")"
  else
    echo "FAIL $leaf, '$expression': exit $status, $tensor expected; $(tail -n 2 "$folder/out" | tr '\n' ' ')"
  fi
}

# Verilator's runtime is compiled once and handed to each.
mkdir -p "$work/runtime"
number=0
while IFS='|' read -r leaf net expression tensor; do
  number=$((number + 1))
  if [ "$number" -gt 1 ]; then
    mkdir -p "$work/$number"
    cp -r "$work/1/runtime" "$work/$number/"
  fi
  try "$leaf" "$net" "$expression" "$tensor" "$number" </dev/null >"$work/$number.result" &
  # The first one alone, then two at a time.
  if [ "$number" = 1 ] || [ $((number % 2)) = 1 ]; then wait; fi
done <"$work/list"
wait
cat "$work"/*.result
failed=$(cat "$work"/*.result | grep -c '^FAIL' || true)
echo "$((number - failed)) passed, $failed failed"
[ "$failed" = 0 ]
