/* cost_leaf.h : what an RTL leaf takes of a device, but for those of one kind of layer.
 * SPDX-License-Identifier: MIT
 *
 * Parameters are the leaf's own, by their names in C. Flip-flops are counted from the leaf's
 * registers, carry chains from its adders; what lies between (multiplexers, decoders) is counted
 * from its structure in LUTs of four inputs, times a factor where Yosys makes more of it, which was
 * measured (docs/estimate.md).
 */
#ifndef ENGRAM_NET_COST_LEAF_H
#define ENGRAM_NET_COST_LEAF_H

#include "net/cost.h"

#include <stdbool.h>

void cost_add(struct cost *cost, const struct cost *part, int count);

struct cost cost_ram(enum family family, const struct memory *memory);

struct cost cost_control(enum family family, const struct net *net, int address_bits);
struct cost cost_picture_buffer(enum family family, const struct net *net,
                                const struct plan_order *order);
struct cost cost_sequencer(enum family family, int class_bits, int layers);
/* Where steps overlap, so many cycles between their starts. */
struct cost cost_overlap_sequencer(enum family family, int class_bits, int interval);
struct cost cost_random(enum family family, bool trains, int drawn_bits, int dropout_bits);

struct cost_multiplier {
  int a_bits, b_bits;
  bool logic;
};
struct cost cost_multiplier(enum family family, const struct cost_multiplier *p);

/* Two products share a block (engram_multipliers). */
bool cost_multiplier_pairs(enum family family, int a_bits, int b_bits);

struct cost_adder_tree {
  int terms, term_bits, sum_bits, levels;
};
struct cost cost_adder_tree(enum family family, const struct cost_adder_tree *p);

struct cost cost_counters(enum family family, int count_bits); /* of all layers' events */
struct cost cost_event_counter(enum family family, int flags, int count_bits);

struct cost_normaliser {
  int values, tag_bits, sum_bits, shift, value_bits;
  bool halve;     /* may halve */
  bool gates;     /* says which gradients pass */
  int more_bits;  /* of a sum that is multiplied in front, 0: none is */
  int more_terms; /* of that product, beyond the first */
};
struct cost cost_normaliser(enum family family, const struct cost_normaliser *p);

struct cost cost_ordinal(enum family family, int bits);

struct cost cost_select(enum family family, int value_bits, int values, int selected, int copies);

enum { RATE_BITS = 4 /* of the learning rate, in the RTL */ };

struct cost_update {
  int weight_bits, u_bits, shift, rate_bits, round_bits;
  bool drawn; /* the rounding bits: behind them stands half a unit */
};
struct cost cost_update(enum family family, const struct cost_update *p);

struct cost cost_softmax(enum family family, int class_bits, int logit_bits, int index_shift);
struct cost cost_result(enum family family, int classes);
struct cost cost_argmax(enum family family, int class_bits,
                        int logit_bits); /* without its memory */

#endif
