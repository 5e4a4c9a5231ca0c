/* synapse_parts.h : what each synapse says of its word and of what an update takes.
 * SPDX-License-Identifier: MIT
 *
 * A memory holds a word for each weight: a number in the format layer->word, which the host reads
 * and writes and a checkpoint has. A layer's sums take its value, a number in layer->weight.
 */
#ifndef ENGRAM_NET_SYNAPSE_PARTS_H
#define ENGRAM_NET_SYNAPSE_PARTS_H

#include "net/cost_leaf.h"
#include "net/net_parts.h"

struct synapse {
  /* Fills layer->weight (BITS_MIN..BITS_MAX bits, no finer than the word), layer->decodes and
   * layer->update_random_bits, from what is described; refuses what cannot be. Initial words are
   * drawn on the word's grid (random_weights). */
  int (*derive)(const struct net *net, struct layer *layer, struct problem *problem);

  /* What the normal form says of it among the weights' fields, behind ", "; NULL: nothing. */
  void (*write_fields)(FILE *to, const struct layer *layer);
};

/* What its leaf takes of a device. */
struct synapse_cost {
  /* The unit that updates a weight, `p` being of the layer's word. */
  struct cost (*update)(enum family family, const struct layer *layer, const struct cost_update *p);

  /* What stands in front of a multiplier, where layer->decodes. */
  struct cost (*value)(enum family family, const struct layer *layer);
};

#define SYNAPSE(NAME, name)                                                                        \
  extern const struct synapse name##_synapse;                                                      \
  extern const struct synapse_cost name##_cost;
SYNAPSES(SYNAPSE)
#undef SYNAPSE

const struct synapse *synapse_of(const struct layer *layer);

#endif
