/* weights.h : a net's weights.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_WEIGHTS_H
#define ENGRAM_NET_WEIGHTS_H

#include "net/net.h"

/* All weights of a net, each layer's [rows][columns]. */
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

/* Makes room for the real numbers, which the caller fills in; and forgets them. */
void weights_add_real(struct weights *weights);
void weights_drop_real(struct weights *weights);

/* Both of one net's shapes. Copies the integers alone: `to` then has no real numbers. */
void weights_copy(struct weights *to, const struct weights *from);

#endif
