/* edge_cost.c : what lies between two layers, or a layer and the picture, takes of a device.
 * SPDX-License-Identifier: MIT
 */
#include "net/cost_logic.h"
#include "net/cost_parts.h"
#include "net/plan.h"

struct cost_row_order {
  int row_bits, word_bits, slot_bits, rows_at_once;
  bool positions; /* more than one in a word */
  bool straight;  /* a word is one input */
};

static struct cost cost_row_order(enum family family, const struct cost_row_order *p) {
  struct cost cost = {0};
  cost_registers(&cost, p->row_bits + 1);
  cost_luts(&cost, p->rows_at_once * cost_adder(family, p->row_bits) + cost_tree(p->word_bits) + 2);
  if (p->straight)
    return cost;
  cost_registers(&cost, p->word_bits + 2 * p->slot_bits + (p->positions ? 8 : 0));
  cost_luts(&cost, cost_adder(family, p->word_bits) + 2 * cost_adder(family, p->slot_bits) +
                       p->row_bits + 8);
  cost_luts(&cost, p->positions ? 2 * cost_adder(family, 6) + 12 : 0);
  return cost;
}

/* Pixels on their way out of their memory. */
static void place_pixels(struct cost_core *core) {
  const struct plan_edge *edge = &core->plan->edge[0];
  cost_place(core, "pixels", "", 1,
             cost_select(core->family, core->net->pixel_bits, edge->order.values, edge->at_once,
                         edge->copies));
}

void cost_place_front(struct cost_core *core, int l) {
  const struct plan_edge *edge = &core->plan->edge[l];
  const struct plan_order *order = &edge->order;
  struct cost_row_order rows = {.row_bits = core->plan->layer[l].row_bits,
                                .word_bits = order->word_bits,
                                .slot_bits = order->slot_bits,
                                .rows_at_once = edge->at_once,
                                .positions = order->positions > 1,
                                .straight = order->positions * order->filters_at_once == 1};
  if (l == 0)
    place_pixels(core);
  cost_place(core, core->net->layer[l].name, "rows", 1, cost_row_order(core->family, &rows));
}
