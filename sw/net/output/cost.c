/* output/cost.c : what the output layer takes of a device.
 * SPDX-License-Identifier: MIT
 */
#include "net/crossbar_cost.h"

#include <stdio.h>

static void place(struct cost_core *core, int l) {
  crossbar_place(core, l);
  cost_place_normaliser(core, l, core->plan->layer[l].unit_bits, false);
}

/* Of P - F (engram_difference). */
static void place_gradient(struct cost_core *core, int l) {
  const struct layer *layer = &core->net->layer[l];
  char name[COST_NAME_MAX];
  snprintf(name, sizeof name, "%s_gradient_normaliser", layer->name);
  struct cost_normaliser normaliser = {.values = 1,
                                       .tag_bits = core->plan->layer[l].unit_bits,
                                       .sum_bits = core->plan->probability_bits,
                                       .shift = core->plan->difference_shift,
                                       .value_bits = layer->gradient.bits};
  cost_place(core, name, "", 1, cost_normaliser(core->family, &normaliser));
}

const struct cost_kind output_cost = {.place = place, .place_gradient = place_gradient};
