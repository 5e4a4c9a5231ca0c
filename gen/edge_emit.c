/* edge_emit.c : what lies between two layers of a core, or a layer and the picture.
 * SPDX-License-Identifier: MIT
 */
#include "emit_parts.h"

/* How the layer's inputs lie, and whose they are. */
static void set_front(struct marks *marks, const struct net *net, const struct plan *plan, int l) {
  const struct plan_edge *edge = &plan->edge[l];
  const struct plan_order *order = &edge->order;
  const char *name = l > 0 ? net->layer[l - 1].name : "picture";
  marks_set(marks, "at_once", "%d", edge->at_once);
  marks_set(marks, "copies", "%d", edge->copies);
  marks_set(marks, "order_filters", "%d", order->filters);
  marks_set(marks, "order_filters_at_once", "%d", order->filters_at_once);
  marks_set(marks, "order_positions", "%d", order->positions);
  marks_set(marks, "order_line", "%d", order->line);
  marks_set(marks, "order_words", "%d", order->words);
  marks_set(marks, "order_word_bits", "%d", order->word_bits);
  marks_set(marks, "order_slot_bits", "%d", order->slot_bits);
  marks_set(marks, "back_tag_bits", "%d", edge->tag_bits);
  marks_set(marks, "front_name", "%s", name);
  if (l > 0)
    marks_set(marks, "forward_start", "%s_ready", name);
  else
    marks_set(marks, "forward_start", "start");
}

/* The gradients' places in a word, behind their rows in the tag. */
static void set_gradient(struct marks *marks, const struct net *net, const struct plan *plan,
                         int l) {
  const struct plan_edge *edge = &plan->edge[l];
  const struct layer *front = &net->layer[l - 1];
  int rows = edge->at_once * plan->layer[l].row_bits, slots = edge->at_once * edge->order.slot_bits;
  marks_set(marks, "front_gradient_bits", "%d", front->gradient.bits);
  if (edge->placed)
    marks_set(marks, "front_gradient_place",
              "  assign {%s_gradient_word_last, %s_gradient_slots} = %s_gradient_tag[%d:%d];\n",
              front->name, front->name, front->name, rows + slots, rows);
  else
    marks_set(marks, "front_gradient_place", "%s", "");
}

void emit_front(FILE *f, struct emit *emit, int l) {
  struct marks *marks = emit->marks;
  set_front(marks, emit->net, emit->plan, l);
  if (l == 0) {
    marks_set(marks, "slot_bits", "%d", emit->plan->edge[l].order.slot_bits);
    template_write(f, "core_pixels.v.in", marks);
    marks_set(marks, "slot_bits", "%d", emit->plan->edge[l + 1].order.slot_bits);
  }
  template_write(f, "core_front.v.in", marks);
}

void emit_sums(FILE *f, struct emit *emit, int l) {
  template_write(f, "core_sums.v.in", emit->marks);
  if (l == 0 || !emit->trains)
    return;
  set_gradient(emit->marks, emit->net, emit->plan, l);
  template_write(f, "core_gradient.v.in", emit->marks);
}

void emit_no_gradient(FILE *f, struct emit *emit, int l, const char *places) {
  if (emit->trains)
    return;
  marks_set(emit->marks, "at_once", "%d", emit->plan->edge[l + 1].at_once);
  marks_set(emit->marks, "no_gradient_place", "%s", places);
  template_write(f, "core_no_gradient.v.in", emit->marks);
}
