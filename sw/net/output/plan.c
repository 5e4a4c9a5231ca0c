/* output/plan.c : the output layer's layout and cycles.
 * SPDX-License-Identifier: MIT
 */
#include "net/crossbar_plan.h"

static void lay_out(struct plan *plan, const struct net *net, int l) {
  crossbar_lay_out(plan, net, l, FOLD_OUTPUT_LANES, false);
}

const struct plan_kind output_plan = {.take_picture = crossbar_take_picture,
                                      .lay_out = lay_out,
                                      .forward = crossbar_forward,
                                      .interval = crossbar_interval,
                                      .backward = crossbar_backward,
                                      .weight_place = crossbar_weight_place};
