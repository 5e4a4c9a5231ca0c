/* dense/plan.c : a hidden dense layer's layout and cycles.
 * SPDX-License-Identifier: MIT
 */
#include "net/crossbar_plan.h"

static bool is_fast(const struct net *net, int l) {
  return net->fold[FOLD_STEP] == STEP_FAST && net_steps_fast(net, l);
}

static void take_picture(struct plan *plan, const struct net *net, const struct layer *layer) {
  (void)layer;
  plan_lay_out_picture(plan, net, is_fast(net, 0) ? 2 : 1, "pixels");
}

/* An activation lies beside its gate. */
static void lay_out(struct plan *plan, const struct net *net, int l) {
  const struct layer *layer = &net->layer[l];
  crossbar_lay_out(plan, net, l, FOLD_LANES, is_fast(net, l));
  const struct plan_order *order = &plan->edge[l + 1].order;
  plan_add_memory(plan, layer->name, "activations", 1, order->words,
                  order->values * layer->activation.bits + 1);
}

const struct plan_kind dense_plan = {.take_picture = take_picture,
                                     .lay_out = lay_out,
                                     .forward = crossbar_forward,
                                     .interval = crossbar_interval,
                                     .backward = crossbar_backward,
                                     .weight_place = crossbar_weight_place};
