/* compare_parts.h : what each kind of layer has in a simulated core that is compared.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_VERIF_COMPARE_PARTS_H
#define ENGRAM_VERIF_COMPARE_PARTS_H

#include "compare.h"

struct compare_kind {
  /* Probes of the layer's tensors, but for its gradients. Returns 0 or -1. */
  int (*add_probes)(struct compare *compare, struct sim_bus *bus, int l, struct error *err);

  /* Fills compare->weights[l], the layer's memories by number (plan_weight_place; freed with free),
   * and what compare_cycles reads. Returns 0 or -1. */
  int (*find_weights)(struct compare *compare, struct sim_bus *bus, int l, struct error *err);

  /* At a step's end; NULL: nothing is counted. */
  void (*compare_cycles)(struct compare *compare, int l, bool train, uint64_t now);
};

#define KIND(NAME, name) extern const struct compare_kind name##_compare;
LAYER_KINDS(KIND)
#undef KIND

/* The 32 bits of a counter. */
int64_t compare_word(const struct sim_signal *signal);

/* The signal `name` in the scope. Returns 0 or -1. */
int compare_find(struct sim_bus *bus, struct sim_signal *signal, const char *name,
                 struct error *err, const char *scope, ...) __attribute__((format(printf, 5, 6)));

/* A probe of `count` values of the tensor "layer.what"; where several pass at a time, each has one,
 * in sequence. */
int compare_add_probe(struct compare *compare, struct sim_bus *bus, const char *layer,
                      const char *what, const char *scope, size_t count, int bits,
                      struct error *err);

/* Those of the layer's outputs in one of its normalisers, `at_once` at a time. */
int compare_add_values(struct compare *compare, struct sim_bus *bus, int l, const char *what,
                       const char *instance, const char *leaf, int at_once, int bits,
                       struct error *err);

#endif
