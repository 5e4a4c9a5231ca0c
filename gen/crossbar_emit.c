/* crossbar_emit.c : engram_crossbar in a core.
 * SPDX-License-Identifier: MIT
 */
#include "crossbar_emit.h"

#include "base/file.h"
#include "text.h"

#include <stdlib.h>

enum { BLOCK_WORDS = 32 /* of an initial block: Yosys takes time by the square of them */ };

/* ---------------------------------------------------------------- the layer */

static void set_crossbar(struct marks *marks, const struct net *net, const struct plan *plan,
                         int l) {
  const struct plan_crossbar *p = &plan->layer[l].crossbar;
  const struct layer *layer = &net->layer[l];
  marks_set(marks, "lanes", "%d", p->lanes);
  marks_set(marks, "groups", "%d", p->groups);
  marks_set(marks, "group_bits", "%d", p->group_bits);
  marks_set(marks, "last_lanes", "%d", p->last_lanes);
  marks_set(marks, "paired", "%d", p->paired);
  marks_set(marks, "shared", "%d", p->shared);
  marks_set(marks, "coupled", "%d", p->coupled);
  marks_set(marks, "early", "%d", p->early);
  marks_set(marks, "dropout", "%d", layer->dropout);
  if (net_drops_units(layer))
    marks_set(marks, "dropped", ", .DROPPED(%d)", layer->dropped);
  else /* engram_crossbar's default */
    marks_set(marks, "dropped", "%s", "");
  if (layer->dropout)
    marks_set(marks, "pair_bits", "pair_bits[%d +: %d]", layer->first_dropout_bit, p->dropout_bits);
  else
    marks_set(marks, "pair_bits", "%d'd0", p->dropout_bits);
  marks_set(marks, "ready_cycles", "%d", 1 + plan->layer[l].biased + p->scaled);
  marks_set(marks, "storage", "%d", layer->storage);
  marks_set(marks, "back_levels", "%d", p->back_levels);
  marks_set(marks, "bank_lanes", "%d", p->bank_lanes);
  marks_set(marks, "weight_words", "%d", p->weight_words);
  marks_set(marks, "bank_address_bits", "%d", p->address_bits);
}

void crossbar_write(FILE *f, struct emit *emit, int l) {
  set_crossbar(emit->marks, emit->net, emit->plan, l);
  emit_front(f, emit, l);
  template_write(f, "core_dense.v.in", emit->marks);
  if (emit->net->layer[l].bias.there) {
    const struct plan_crossbar *p = &emit->plan->layer[l].crossbar;
    emit_initial_biases(emit, l, p->rows_at_once * p->banks);
    template_write(f, "core_bias.v.in", emit->marks);
  }
  emit_sums(f, emit, l);
}

/* ---------------------------------------------------------------- banks */

/* Lanes whose weights a bank has: the last one has what is left. */
static int lanes_of_bank(const struct plan_crossbar *p, int bank) {
  int first = bank % p->banks * p->bank_lanes;
  return first + p->bank_lanes > p->lanes ? p->lanes - first : p->bank_lanes;
}

int crossbar_check_load(const struct layer *layer, struct error *err) {
  if (layer->storage != STORAGE_SINGLE_PORT)
    return 0;
  return error_set(err, "--load: storage: single_port cannot begin with weights (single-port RAM "
                        "such as the iCE40's has no initial contents), choose storage: ram "
                        "or register");
}

static void set_values(struct marks *marks, const struct content *content, int words,
                       bool registers) {
  struct text values;
  text_open(&values);
  for (int word = 0; word < words; word++) {
    if (!registers && word > 0 && word % BLOCK_WORDS == 0)
      fprintf(values.file, "  end\n  initial begin\n");
    fprintf(values.file, registers ? "      memory_q[%d] <= " : "    memory_q[%d] = ", word);
    content_hex(values.file, content->bits + (size_t)word * (size_t)content->word_bits,
                content->word_bits);
    fprintf(values.file, ";\n");
  }
  text_to_mark(&values, marks, "bank_values");
}

void crossbar_write_banks(FILE *choice, FILE *modules, struct emit *emit, int l) {
  const struct layer *layer = &emit->net->layer[l];
  const struct plan_crossbar *p = &emit->plan->layer[l].crossbar;
  struct marks *marks = emit->marks;
  bool registers = layer->storage == STORAGE_REGISTER;
  marks_set(marks, "tensor", "%d", layer->first_tensor);
  marks_set(marks, "bank_bits", "%d", layer->word.bits);
  marks_set(marks, "bank_words", "%d", p->weight_words);
  marks_set(marks, "bank_address_bits", "%d", p->address_bits);
  for (int bank = 0; bank < p->rows_at_once * p->banks; bank++) {
    int here = lanes_of_bank(p, bank);
    struct content content = {.word_bits = here * layer->word.bits};
    content.bits = memory_new((size_t)p->weight_words, (size_t)content.word_bits);
    content_put_weights(&content, emit, l, bank);
    marks_set(marks, "bank", "%d", bank);
    marks_set(marks, "bank_lanes", "%d", here);
    marks_set(marks, "bank_word_bits", "%d", content.word_bits);
    set_values(marks, &content, p->weight_words, registers);
    template_write(choice, "bank_choice.v.in", marks);
    template_write(modules, registers ? "bank_register.v.in" : "bank_ram.v.in", marks);
    free(content.bits);
  }
}

/* ---------------------------------------------------------------- probes */

/* The layer's memories by number (plan_weight_place): [row at a time][bank]. */
static void add_weights(struct probes *probes, const struct emit *emit, int l) {
  static const char *const storages[] = {"gen_ram", "gen_register", "gen_single_port"};
  const struct layer *layer = &emit->net->layer[l];
  const struct plan_crossbar *p = &emit->plan->layer[l].crossbar;
  for (int bank = 0; bank < p->rows_at_once * p->banks; bank++) {
    char inside[40];
    if (emit->weights) /* bank_choice.v.in */
      snprintf(inside, sizeof inside, "gen_%d_%d.u_bank", l, bank);
    else
      snprintf(inside, sizeof inside, "u_weights.%s", storages[layer->storage]);
    probes_add(probes,
               (struct core_probe){.kind = PROBE_MEMORY,
                                   .bits = lanes_of_bank(p, bank) * layer->word.bits,
                                   .count = p->weight_words},
               layer->name, "weights",
               "u_%s.u_banks.gen_bank_row[%d].gen_bank[%d].u_bank.%s.memory_q", layer->name,
               bank / p->banks, bank % p->banks, inside);
  }
  if (layer->bias.there)
    probes_add(probes,
               (struct core_probe){
                   .kind = PROBE_MEMORY, .bits = layer->bias.word.bits, .count = layer->units},
               layer->name, "weights", "u_%s_bias.bias_q", layer->name);
}

void crossbar_add_probes(struct probes *probes, const struct emit *emit, int l) {
  const struct layer *layer = &emit->net->layer[l];
  const struct plan_crossbar *p = &emit->plan->layer[l].crossbar;
  const char *name = layer->name;
  for (int r = 0; r < p->rows_at_once; r++)
    probes_add(probes,
               (struct core_probe){.kind = PROBE_STREAM,
                                   .bits = layer->input.bits,
                                   .count = layer->rows,
                                   .passes = p->groups},
               name, "input", "u_%s.gen_row[%d].u_input", name, r);
  emit_add_values(probes, emit, l, "sum", "", "sum", 1, layer->sum_bits);
  emit_add_values(probes, emit, l, "kept", "", "kept", 1, 1);
  emit_add_values(probes, emit, l, "activation", "", "value", 1, layer->activation.bits);
  add_weights(probes, emit, l);
  if (emit->trains)
    probes_add(probes, (struct core_probe){.kind = PROBE_SIGNAL, .bits = 32}, name, "writes",
               "u_%s.writes_q", name);
  if (emit->trains && layer->bias.there)
    probes_add(probes, (struct core_probe){.kind = PROBE_SIGNAL, .bits = 32}, name, "writes",
               "u_%s_bias.gen_training.writes_q", name);
  for (int lane = 0; lane < p->trained; lane++)
    probes_add(probes, (struct core_probe){.kind = PROBE_LANE, .number = lane}, name, "lane",
               "u_%s.u_lanes.gen_lane[%d]", name, lane);
  for (int r = 0; r < p->rows_at_once; r++)
    for (int bank = 0; bank < p->banks; bank++)
      probes_add(probes, (struct core_probe){.kind = PROBE_BANK, .number = bank}, name, "bank",
                 "u_%s.u_banks.gen_bank_row[%d].gen_bank[%d]", name, r, bank);
}
