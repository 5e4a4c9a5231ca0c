/* dense/cost.c : what a hidden dense layer takes of a device.
 * SPDX-License-Identifier: MIT
 */
#include "net/crossbar_cost.h"

#include <stdio.h>

/* An activation lies beside its gate, where the core trains. */
static void place(struct cost_core *core, int l) {
  crossbar_place(core, l);
  cost_place_normaliser(core, l, core->plan->layer[l].unit_bits, core->trains);
  cost_place_activations(core, l, core->net->layer[l].activation.bits + core->trains, 1);
}

static void place_gradient(struct cost_core *core, int l) {
  char name[COST_NAME_MAX];
  cost_place_gradient(core, l);
  snprintf(name, sizeof name, "%s_gradient_unit", core->net->layer[l].name);
  cost_place(core, name, "", 1, cost_ordinal(core->family, core->plan->layer[l].unit_bits));
}

const struct cost_kind dense_cost = {.place = place, .place_gradient = place_gradient};
