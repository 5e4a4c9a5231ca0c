/* crossbar_emit.c : engram_crossbar in a core.
 * SPDX-License-Identifier: MIT
 */
#include "crossbar_emit.h"

#include "base/file.h"
#include "text.h"

#include <stdlib.h>

enum { BLOCK_WORDS = 32 /* of an initial block: Yosys takes time by the square of them */ };

/* ---------------------------------------------------------------- the layer */

/* How the inputs of a dense layer lie, and whose they are. */
static void set_front(struct marks *marks, const struct net *net, const struct plan *plan, int l) {
  const struct plan_edge *edge = &plan->edge[l];
  const struct plan_order *order = &edge->order;
  const char *name = l > 0 ? net->layer[l - 1].name : "picture";
  marks_set(marks, "order_filters", "%d", order->filters);
  marks_set(marks, "order_filters_at_once", "%d", order->filters_at_once);
  marks_set(marks, "order_positions", "%d", order->positions);
  marks_set(marks, "order_line", "%d", order->line);
  marks_set(marks, "order_words", "%d", order->words);
  marks_set(marks, "order_word_bits", "%d", order->word_bits);
  marks_set(marks, "order_slot_bits", "%d", order->slot_bits);
  marks_set(marks, "front_name", "%s", name);
  if (l == 0) {
    marks_set(marks, "forward_start", "start");
    return;
  }
  const struct layer *front = &net->layer[l - 1];
  marks_set(marks, "forward_start", "%s_ready", name);
  marks_set(marks, "front_layer", "%d", l - 1);
  marks_set(marks, "front_gradient_bits", "%d", front->gradient.bits);
  const struct plan_crossbar *p = &plan->layer[l].crossbar;
  int rows = p->rows_at_once * plan->layer[l].row_bits, slots = p->rows_at_once * order->slot_bits;
  marks_set(marks, "back_tag_bits", "%d", p->back_tag_bits);
  if (edge->placed)
    marks_set(marks, "front_gradient_place",
              "  assign {%s_gradient_word_last, %s_gradient_slots} = %s_gradient_tag[%d:%d];\n",
              name, name, name, rows + slots, rows);
  else
    marks_set(marks, "front_gradient_place", "%s", "");
}

static void set_crossbar(struct marks *marks, const struct net *net, const struct plan *plan,
                         int l) {
  const struct plan_crossbar *p = &plan->layer[l].crossbar;
  const struct layer *layer = &net->layer[l];
  marks_set(marks, "at_once", "%d", p->rows_at_once);
  marks_set(marks, "copies", "%d", p->copies);
  marks_set(marks, "lanes", "%d", p->lanes);
  marks_set(marks, "groups", "%d", p->groups);
  marks_set(marks, "group_bits", "%d", p->group_bits);
  marks_set(marks, "last_lanes", "%d", p->last_lanes);
  marks_set(marks, "paired", "%d", p->paired);
  marks_set(marks, "shared", "%d", p->shared);
  marks_set(marks, "coupled", "%d", p->coupled);
  marks_set(marks, "early", "%d", p->early);
  marks_set(marks, "dropout", "%d", layer->dropout);
  marks_set(marks, "halve", "%s", layer->dropout ? "halve_q" : "1'b0");
  if (layer->dropout)
    marks_set(marks, "pair_bits", "pair_bits[%d +: %d]", layer->first_pair, layer->units / 2);
  else
    marks_set(marks, "pair_bits", "%d'd0", (layer->units + 1) / 2);
  marks_set(marks, "storage", "%d", layer->storage);
  marks_set(marks, "back_levels", "%d", p->back_levels);
  marks_set(marks, "bank_lanes", "%d", p->bank_lanes);
  marks_set(marks, "weight_words", "%d", p->weight_words);
  marks_set(marks, "bank_address_bits", "%d", p->address_bits);
  set_front(marks, net, plan, l);
}

void crossbar_write(FILE *f, struct emit *emit, int l) {
  struct marks *marks = emit->marks;
  set_crossbar(marks, emit->net, emit->plan, l);
  if (l == 0) {
    marks_set(marks, "slot_bits", "%d", emit->plan->edge[l].order.slot_bits);
    template_write(f, "core_pixels.v.in", marks);
    marks_set(marks, "slot_bits", "%d", emit->plan->edge[l + 1].order.slot_bits);
  }
  template_write(f, "core_dense.v.in", marks);
  if (l > 0 && emit->trains)
    template_write(f, "core_gradient.v.in", marks);
}

/* ---------------------------------------------------------------- banks */

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
  marks_set(marks, "layer", "%d", l);
  marks_set(marks, "bank_bits", "%d", layer->word.bits);
  marks_set(marks, "bank_words", "%d", p->weight_words);
  marks_set(marks, "bank_address_bits", "%d", p->address_bits);
  for (int bank = 0; bank < p->rows_at_once * p->banks; bank++) {
    int first = bank % p->banks * p->bank_lanes;
    int here = first + p->bank_lanes > p->lanes ? p->lanes - first : p->bank_lanes;
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
