#!/bin/sh
# mutants.sh : deliberate errors in RTL leaves; the bench must notice each and name the tensor where it shows.
# SPDX-License-Identifier: MIT
#
# Usage: mutants.sh BENCH WORK
set -eu
bench=$1
root=$(dirname "$0")/..
# shellcheck source=verif/lib.sh
. "$root/verif/lib.sh"
fresh "$2"
mkdir "$work/runtime"

# leaf | net | options | sed expression ('.' for a bar) | tensor of the first difference (a pattern)
cat >"$work/list" <<'END'
engram_normaliser|nets/tiny||s/, shifted\[0\]}/, 1'b0}/|dense1.input\[
engram_dropout|verif/nets/share||s/>= LEAST/> LEAST/|dense1.kept\[
engram_normaliser|verif/nets/share||s/= times_factor - (sum << i)/= times_factor + (sum << i)/|dense1.activation\[
engram_update|nets/tiny||s/-: RHO_BITS\]} -$/-: RHO_BITS]} +/|weight\[
engram_update|nets/paper8|lanes=8 taps=4|s/rho = {round_q, 1'b1}/rho = {round_q, 1'b0}/|weight\[
engram_value_word|verif/nets/used||s/ .. !highest};/};/|.*sum\[
engram_value_word|verif/nets/used|positions=1 filters=1 taps=2|s/half .. !negative;/half;/|dense1.sum\[
engram_bias|verif/nets/biases||s/sum_unit_i + ONE;/sum_unit_i;/|sum\[
engram_bias|verif/nets/biases_fast||s/past : first_q . ONE;/past : first_q;/|dense1.sum\[
engram_bias|verif/nets/biases||s/wire update = valid_3 .. changed .. !freeze_i/wire update = valid_3 \&\& !freeze_i/|weights written\[
engram_bias|verif/nets/biases||s/u_i(gradient_1_q)/u_i({gradient_1_q[GRADIENT_BITS-1:1], 1'b0})/|bias\[
engram_bias|verif/nets/biases||s/column\[HASH_COLUMN_BITS-1:0\]), .round_o/{HASH_COLUMN_BITS{1'b0}}), .round_o/|bias\[
engram_row_order|nets/tiny|positions=4|s/block_last ? LAST_REST\[POSITION_BITS-1:0\] : LAST_POSITION/LAST_POSITION/|dense1.input\[
engram_row_order|verif/nets/dense|step=fast|s/odd ? {row_q, row_next} : {row_next, row_q}/{row_next, row_q}/|dense1.input\[
engram_select|nets/tiny|step=fast filters=2|s/slots_q\[s\*SLOT_BITS/slots_q[0*SLOT_BITS/|dense1.input\[
engram_picture_buffer|verif/nets/dense|step=fast|s/word_end = row_end .. pixel_q/word_end = pixel_q/|dense1.input\[
engram_picture_buffer|verif/nets/binary||s/>= LEAST/> LEAST/|dense1.input\[
engram_picture_buffer|verif/nets/bits||s/8 - PIXEL_DEPTH/7 - PIXEL_DEPTH/|dense1.input\[
engram_crossbar_lanes|nets/tiny||s/clear_i(HALF == 0 ? firsts_3\[COPY\] : first_4)/clear_i(1'b0)/|dense1.sum\[
engram_crossbar_units|nets/tiny|step=fast filters=2|s/trains\[COPY\] ? trains_second_o/trains[COPY] ? !trains_second_o/|dense1.sum\[
engram_crossbar_back|nets/tiny|multipliers=shared lanes=4|s/back_early ? early_sum : late_sum/early_sum/|.*
engram_crossbar_updates|nets/tiny|multipliers=shared lanes=4|s/update_i\[3\] .. !BEHIND ? weight/!BEHIND ? weight/|weight\[
engram_crossbar_schedule|nets/tiny|step=fast filters=2|s/pair_base . ONE_UNIT$/pair_base/|dense1.sum\[
engram_crossbar_schedule|nets/tiny|lanes=5|s/group_short ? DRAIN_LAST_LANES/group_short ? DRAIN_LAST/|dense1.
engram_crossbar_schedule|nets/tiny|multipliers=shared|s/!phase_q);$/phase_q);/|dense1.gradient\[
engram_crossbar_updates|nets/tiny||s/.CYCLES(1)) u_old_weight/.CYCLES(2)) u_old_weight/|weight\[
engram_crossbar_gradients|nets/tiny8|filters=1|s/= .gradients_o\[lane\*GRADIENT_BITS +: GRADIENT_BITS\];/= gradients_o[(lane+1)*GRADIENT_BITS-1];/|dense1.gradient\[
engram_difference|nets/tiny||s/17'h08000 : 17'h00000/17'h07FFF : 17'h00000/|output.gradient\[
engram_random|nets/tiny||s/s\[63:0\] ^ s\[126:63\]/s[63:0] ^ s[125:62]/|random.
engram_hash|nets/tiny8|filters=1|s/key_i\[i +: ROUND_BITS\]/key_i[POSITION_BITS-1-i +: ROUND_BITS]/|weight\[
engram_counters|nets/tiny||s/take_i(at_steps_q)/take_i(at_cycles_q)/|steps\[
engram_sequencer|nets/tiny||s/class_i == label_q/class_i != label_q/|correct\[
engram_sequencer|verif/nets/mlp||s/LAST_LEFT = INTERVAL - 2/LAST_LEFT = INTERVAL - 3/|interval\[
engram_sequencer|verif/nets/mlp||s/LAST_LEFT = INTERVAL - 2/LAST_LEFT = INTERVAL - 1/|cycles between starts
engram_sequencer|verif/nets/mlp||s/else if (picture_o) label_q/else if (1'b0) label_q/|correct\[
engram_sequencer|verif/nets/mlp|--stall-replies=245|s/!unsent_q\[1\]/flight_q != 2'd2/|correct\[
engram_sequencer|verif/nets/mlp|output=softmax --stall-replies=245|s/ && !waits_i && !late_q//|.*
engram_argmax|verif/nets/mlp||s/slot_q <= !slot_q/slot_q <= slot_q/|reply.
END
# Of a kind of layer's own leaves: in the folder of its name.
cat "$root"/verif/*/mutants >>"$work/list"

mutant() { # leaf, net, options, expression, tensor, number
  leaf=$1 net=$2 options=$3 expression=$4 tensor=$5 folder=$work/$6
  mkdir -p "$folder/rtl"
  ln -s "$work/runtime" "$folder/runtime" # Verilator's own objects
  changed "$root/rtl/$leaf.v" "$expression" "$folder/rtl/$leaf.v"
  # shellcheck disable=SC2046,SC2086
  try env ENGRAM_SIM="$folder" ENGRAM_SIM_OPTIMISE=-O0 "$bench" --net "$root/$net.yaml" $(folds $options) --steps 30 \
    --infer 5 --rtl "$folder/rtl" >"$folder/out" 2>&1
  if [ "$status" = 1 ] && grep -q "^first difference: .*$tensor" "$folder/out" && grep -q '^sim: FAIL' "$folder/out"; then
    echo "PASS $leaf: $(grep '^first difference' "$folder/out")"
  else
    echo "FAIL $leaf, '$expression': exit $status, $tensor expected; $(tail -n 2 "$folder/out" | tr '\n' ' ')"
  fi
}

number=0
while IFS='|' read -r leaf net options expression tensor; do
  number=$((number + 1))
  beside mutant "$leaf" "$net" "$options" "$expression" "$tensor" "$number"
  [ "$number" != 1 ] || settle # it compiles the runtime for all
done <"$work/list"
tally "$number"
