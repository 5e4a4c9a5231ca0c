/* dense/plan.c : a hidden dense layer's layout and cycles.
 * SPDX-License-Identifier: MIT
 */
#include "net/crossbar_plan.h"

/* The net's first one may train two rows a cycle. An activation lies beside its gate. */
static void lay_out(struct plan *plan, const struct net *net, int l) {
  const struct layer *layer = &net->layer[l];
  bool fast = layer->number == 1 && net->fold[FOLD_STEP] == STEP_FAST;
  crossbar_lay_out(plan, net, l, FOLD_LANES, fast);
  const struct plan_order *order = &plan->edge[l + 1].order;
  plan_add_memory(plan, layer->name, "activations", 1, order->words,
                  order->values * layer->activation.bits + 1);
}

const struct plan_kind dense_plan = {.take_picture = crossbar_take_picture,
                                     .lay_out = lay_out,
                                     .forward = crossbar_forward,
                                     .interval = crossbar_interval,
                                     .backward = crossbar_backward};
