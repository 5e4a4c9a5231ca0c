/* plan_parts.h : what each kind of layer says of its layout, and what the kinds share for it.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_PLAN_PARTS_H
#define ENGRAM_NET_PLAN_PARTS_H

#include "net/plan.h"

/* When a layer infers or trains, in cycles from the step's start as 0. */
struct plan_times {
  int start;       /* it reads its first value then */
  int first, last; /* its first value is written, and its last one */
  int ready;       /* the layer behind may start */
};

struct plan_kind {
  /* As the first layer: how the picture lies for it (plan_lay_out_picture). */
  void (*take_picture)(struct plan *plan, const struct net *net, const struct layer *layer);

  /* Fills the layer (of the counters that its kind states the flags), the edge behind it and what
   * the edge in front leaves to it; adds memories. */
  void (*lay_out)(struct plan *plan, const struct net *net, int l);

  /* From times->start to the other times. */
  void (*forward)(const struct plan *plan, const struct net *net, int l, bool train,
                  struct plan_times *times);

  /* Cycles from one inference's start to the next one's, so that the layer has done what the next
   * picture would overtake; `times` of all layers. */
  int (*interval)(const struct plan *plan, const struct net *net, int l,
                  const struct plan_times *times);

  /* Cycles from its last gradient to the last one of the layer in front; of the first layer to its
   * last weight's write. */
  int (*backward)(const struct plan *plan, const struct net *net, int l);

  struct plan_place (*weight_place)(const struct plan *plan, const struct net *net,
                                    const struct tensor *tensor, int row, int column);

  bool logic_first; /* its multipliers are the narrowest, and the first to be made of logic */
};

#define KIND(NAME, name) extern const struct plan_kind name##_plan;
LAYER_KINDS(KIND)
#undef KIND

/* ---- latencies that more than one kind has (the RTL leaves' headers say the stages) ---- */

enum {
  MULTIPLY_LATENCY = 2, /* engram_multiplier */
  NORMALISE_LATENCY = 1 /* engram_normaliser */
};

/* ---- helpers ---- */

static inline int plan_divide_up(int a, int b) {
  return (a + b - 1) / b;
}

static inline int plan_largest(int a, int b) {
  return a > b ? a : b;
}

/* Words of `positions` x `filters_at_once` for `lines` lines: what follows from the other fields.
 */
void plan_lay_out_order(struct plan_order *order, int lines);

/* A memory of two pictures whose words are `pixels` pixels, called `holds`. */
void plan_lay_out_picture(struct plan *plan, const struct net *net, int pixels, const char *holds);

void plan_add_memory(struct plan *plan, const char *owner, const char *holds, int count, int words,
                     int bits);

#endif
