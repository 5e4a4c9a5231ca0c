/* weights.h : a net's weights.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_WEIGHTS_H
#define ENGRAM_NET_WEIGHTS_H

#include "net/net.h"

/* All weights of a net: a layer's tensors one behind the other, each [rows][columns]. */
struct weights {
  int layer_count;
  size_t count[NET_LAYERS_MAX];
  int32_t *layer[NET_LAYERS_MAX];
  float *real[NET_LAYERS_MAX]; /* the numbers that these integers were rounded from, for the twin;
                                  NULL: the integers are exact */
};

/* Zeroed weights of the net's shapes, without real numbers; release with weights_free. */
void weights_new(struct weights *weights, const struct net *net);
void weights_free(struct weights *weights);

/* Where a tensor's begin, and its real numbers (NULL: none). */
static inline int32_t *weights_of(const struct weights *weights, const struct tensor *tensor) {
  return weights->layer[tensor->layer] + tensor->first;
}
static inline float *weights_real(const struct weights *weights, const struct tensor *tensor) {
  float *real = weights->real[tensor->layer];
  return real ? real + tensor->first : NULL;
}

/* Makes room for the real numbers, which the caller fills in; and forgets them. */
void weights_add_real(struct weights *weights);
void weights_drop_real(struct weights *weights);

/* Both of one net's shapes. Copies the integers alone: `to` then has no real numbers. */
void weights_copy(struct weights *to, const struct weights *from);

#endif
