/* cost_parts.h : what each kind of layer says of its cost, and what the kinds share for it.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_COST_PARTS_H
#define ENGRAM_NET_COST_PARTS_H

#include "net/cost_leaf.h"

enum { COST_NAME_MAX = sizeof((struct cost_part *)0)->name };

/* A core under way. */
struct cost_core {
  const struct net *net;
  const struct plan *plan;
  enum family family;
  struct cost_parts *parts;
  bool trains;
};

struct cost_kind {
  /* Layer `l`, from what is in front of it to its activations on their way to the layer behind. */
  void (*place)(struct cost_core *core, int l);

  /* Where the core trains: the gradients with respect to its outputs, on their way back. */
  void (*place_gradient)(struct cost_core *core, int l);
};

#define KIND(NAME, name) extern const struct cost_kind name##_cost;
LAYER_KINDS(KIND)
#undef KIND

/* Adds `count` instances to the part "owner.leaf" (or "owner"), which comes into being with them.
 */
void cost_place(struct cost_core *core, const char *owner, const char *leaf, int count,
                struct cost cost);
void cost_place_ram(struct cost_core *core, const char *owner, const char *leaf, int words,
                    int bits);

/* In front of a layer that takes values in the order of engram_row_order: that, and the pixels on
 * their way to the first layer. */
void cost_place_front(struct cost_core *core, int l);

/* The units that update a layer's weights. */
void cost_place_update(struct cost_core *core, int l, const char *leaf, int count, int u_bits,
                       int rate_bits);

/* The unit that updates a layer's biases. */
void cost_place_bias_update(struct cost_core *core, int l, const char *leaf, int u_bits);

/* What makes values of words, in front of `count` multipliers. */
void cost_place_values(struct cost_core *core, int l, const char *leaf, int count);

/* Multipliers one by one, or in pairs that share a block where they are small
 * (engram_multipliers). */
void cost_place_multipliers(struct cost_core *core, const char *owner, const char *leaf, int a_bits,
                            int b_bits, int count, int of_logic, bool pairs);

/* From a layer's sums to its activations, which have tags of so many bits. */
void cost_place_normaliser(struct cost_core *core, int l, int tag_bits, bool gates);

/* The memory of a layer's activations, `bits` each, and what picks `copies` of them from its words.
 */
void cost_place_activations(struct cost_core *core, int l, int bits, int copies);

/* The gradients that the layer behind makes, on their way to layer `l`. */
void cost_place_gradient(struct cost_core *core, int l);

#endif
