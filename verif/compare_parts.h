/* compare_parts.h : what each kind of layer has in a simulated core that is compared.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_VERIF_COMPARE_PARTS_H
#define ENGRAM_VERIF_COMPARE_PARTS_H

#include "compare.h"

/* What is compared of any layer are the tensors of its probes (gen/probes.h: input, sum, kept,
 * activation, gradient, update_sum, as far as there are such), its weights, counts and writes. */
struct compare_kind {
  /* Finds what compare_cycles reads. Returns 0 or -1. NULL: nothing. */
  int (*find)(struct compare *compare, struct sim_bus *bus, int l, struct error *err);

  /* At a step's end; NULL: nothing is counted. */
  void (*compare_cycles)(struct compare *compare, int l, bool train, uint64_t now);
};

#define KIND(NAME, name) extern const struct compare_kind name##_compare;
LAYER_KINDS(KIND)
#undef KIND

/* The 32 bits of a counter. */
int64_t compare_word(const struct sim_signal *signal);

/* The signal or memory of the probe "layer.what" with the number. Returns 0 or -1. */
int compare_find(struct compare *compare, struct sim_bus *bus, struct sim_signal *signal,
                 const char *layer, const char *what, int number, struct error *err);

#endif
