/* twin_parts.h : what each kind of layer does in double precision, and what the kinds share.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_MODEL_TWIN_PARTS_H
#define ENGRAM_MODEL_TWIN_PARTS_H

#include "model/twin.h"

/* Vectors as wide as the processor has them; no sum changes its order, and none is contracted
 * (-ffp-contract=off in the Makefile), so that the twin has the same bits on every machine. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define TWIN_VECTORS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TWIN_VECTORS
#endif

struct twin_kind {
  void (*forward)(struct twin *twin, int l, const double *input);

  /* Gradients of its weights, and with respect to its input. Those of its biases are there, which
   * forward and backward leave to others. */
  void (*backward)(struct twin *twin, int l, const double *input);

  /* The same and E16, of the biases too; weights are used before they change. The weights' gradient
   * may be left out. With a rate of 0 they do not change. */
  void (*learn)(struct twin *twin, int l, const double *input, double rate);
};

#define KIND(NAME, name) extern const struct twin_kind name##_twin;
LAYER_KINDS(KIND)
#undef KIND

/* E16 with the weights' gradients: of all of the layer's tensors, or of its biases, where it has
 * some. */
void twin_update_weights(struct twin *twin, int l, double rate);
void twin_update_biases(struct twin *twin, int l, double rate);

#endif
