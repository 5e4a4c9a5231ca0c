/* fixed_point.c : a weight that is a fixed-point number, updated by rounding (E16).
 * SPDX-License-Identifier: MIT
 *
 * Sums take all of the word, or its highest bits (`used`), to which it is rounded.
 */
#include "net/synapse_parts.h"

#include "net/cost_logic.h"
#include "net/describe_parts.h"

static int derive(const struct net *net, struct layer *layer, struct problem *problem) {
  int l = (int)(layer - net->layer), unused = net_unused_bits(layer);
  if (unused < 0)
    return problem_set(problem, net, l, "weights.used",
                       "found %d, allowed %d..%d: a word has %d bits", layer->used, BITS_MIN,
                       layer->word.bits, layer->word.bits);
  if (layer->word.frac < unused)
    return problem_set(problem, net, l, "weights.frac",
                       "found %d, allowed %d..%d with %d of %d bits used", layer->word.frac, unused,
                       FRAC_MAX, layer->used, layer->word.bits);
  layer->weight = (struct format){layer->word.bits - unused, layer->word.frac - unused};
  layer->decodes = unused > 0;
  layer->update_random_bits = net->random_bits;
  return 0;
}

static void write_fields(FILE *to, const struct layer *layer) {
  if (layer->decodes)
    fprintf(to, ", used: %d", layer->weight.bits);
}

static struct cost update(enum family family, const struct layer *layer,
                          const struct cost_update *p) {
  (void)layer;
  return cost_update(family, p);
}

/* engram_value_word: an adder, and whether it adds. */
static struct cost value(enum family family, const struct layer *layer) {
  struct cost cost = {0};
  int bits = layer->weight.bits;
  cost_luts(&cost, cost_adder(family, bits) + cost_tree(bits - 1) +
                       cost_tree(layer->word.bits - bits + 1));
  return cost;
}

const struct synapse fixed_point_synapse = {.derive = derive, .write_fields = write_fields};
const struct synapse_cost fixed_point_cost = {.update = update, .value = value};
