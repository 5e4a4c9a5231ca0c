/* narrow_parts.h : what each kind of layer does on vectors of 16-bit words.
 * SPDX-License-Identifier: MIT
 *
 * The weights lie unit by unit, so that only those units are touched that take part. Where a sum of
 * whole products could overflow 32 bits, one factor is split into two halves of 8 bits (kernels.h).
 */
#ifndef ENGRAM_MODEL_NARROW_PARTS_H
#define ENGRAM_MODEL_NARROW_PARTS_H

#include "model/model_parts.h"

#include <stdlib.h>

enum { WORD_BITS = 16 };

/* Numbers as they are and split. Padded with zeros. */
struct values {
  size_t length;
  int16_t *whole, *low, *high;
};

/* What a layer in vectors takes from one in front that is not, it has here as well. */
struct narrow_layer {
  bool used;        /* the layer is computed in vectors; else there are no weights and no `own` */
  size_t length;    /* of a unit's weights */
  size_t stride;    /* from one unit's to the next one's: an odd number of blocks, so that the same
                       place of all units does not fall on the same few lines of a cache */
  int16_t *weights; /* words: [units][stride], padded with zeros */
  int16_t *values;  /* the same of their values: the words, or memory of its own */
  int largest;      /* the largest magnitude of values; 0: not known */
  int16_t *gate;    /* [outputs] -1 or 0, padded with zeros */
  struct values output; /* and a block of slack, as long as the next layer's stride */
  int16_t *gradient;    /* [outputs], padded with zeros */
  void *own;            /* the kind's, of its make */
};

struct narrow {
  const struct net *net;
  const struct kernels *kernels;
  bool view; /* the weights are another's */
  struct values pixels;
  struct narrow_layer layer[NET_LAYERS_MAX];
  uint16_t *rows; /* [most rows of a layer] narrow_rows */
};

struct narrow_kind {
  /* Memory of the kind's own, and its end; NULL where there is none. */
  void *(*make)(const struct narrow *narrow, int l);
  void (*release)(void *own);

  /* Sums and activations, which it leaves in layer_tensors too, of words of 16 bits at most and of
   * one tensor. NULL: the kind has no such form, and wide.c does such a layer. */
  void (*forward)(struct model *model, int l, struct values *input, bool train);

  bool whole_sums; /* it wants KERNEL_WHOLE_BITS for all of a sum, its bias included */

  /* Fills layer_tensors.sum behind a forward that leaves it as it was; NULL where it does not. */
  void (*sums)(const struct model *model, int l);

  /* Gradients for the layer in front, and sums that the update takes; then the update. */
  void (*backward)(struct model *model, int l);
  void (*update)(struct model *model, const struct random_step *random, int l,
                 const struct values *input);
};

#define KIND(NAME, name) extern const struct narrow_kind name##_narrow;
LAYER_KINDS(KIND)
#undef KIND

/* narrow->rows: synapse_row_bits of each row of the layer. */
void narrow_rows(struct narrow *narrow, const struct synapse_step *step);

/* `slack` more elements can be read, and are 0. */
struct values values_new(size_t count, size_t slack);
void values_free(struct values *values);

/* The layer's outputs and gates, out of its tensors. */
void narrow_outputs(struct model *model, int l);

/* Whether the sum of products' magnitudes of these values with words of `bits` bits fits
 * KERNEL_WHOLE_BITS: sum |value| 2^(bits-1) < 2^30. */
static inline bool values_fit(const struct values *values, int bits) {
  int32_t limit = 1 << (KERNEL_WHOLE_BITS - bits), sum = 0;
  for (size_t at = 0; at < values->length && sum < limit; at += KERNEL_BLOCK)
    for (size_t i = at; i < at + KERNEL_BLOCK; i++)
      sum += abs(values->whole[i]);
  return sum < limit;
}

static inline void values_split(struct values *values) {
  for (size_t i = 0; i < values->length; i++) {
    values->low[i] = values->whole[i] & ((1 << KERNEL_SPLIT_BITS) - 1);
    values->high[i] = (int16_t)(values->whole[i] >> KERNEL_SPLIT_BITS);
  }
}

static inline struct kernel_factor values_factor(const struct values *values, bool whole) {
  return whole ? (struct kernel_factor){values->whole, NULL, 0}
               : (struct kernel_factor){values->low, values->high, 0};
}

/* Words that have 16 bits at most. */
static inline void shorten(int16_t *restrict to, const int32_t *restrict from, int count) {
  for (int i = 0; i < count; i++)
    to[i] = (int16_t)from[i];
}

static inline void widen(int32_t *restrict to, const int16_t *restrict from, int count) {
  for (int i = 0; i < count; i++)
    to[i] = from[i];
}

#endif
