/* fixed_point.c : a weight that is a fixed-point number, updated by rounding (E16).
 * SPDX-License-Identifier: MIT
 */
#include "net/synapse_parts.h"

static int derive(const struct net *net, struct layer *layer, struct problem *problem) {
  (void)problem;
  layer->word = layer->weight;
  layer->update_random_bits = net->random_bits;
  return 0;
}

static struct cost update(enum family family, const struct layer *layer,
                          const struct cost_update *p) {
  (void)layer;
  return cost_update(family, p);
}

const struct synapse fixed_point_synapse = {.derive = derive};
const struct synapse_cost fixed_point_cost = {.update = update};
