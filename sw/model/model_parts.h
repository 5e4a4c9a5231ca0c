/* model_parts.h : what the two ways to compute a step share.
 * SPDX-License-Identifier: MIT
 *
 * wide.c takes any layer of the family; narrow.c those with words of at most 16 bits, in vectors.
 * Both give the same bits and leave the same layer_tensors, so that a net may have layers of both.
 */
#ifndef ENGRAM_MODEL_PARTS_H
#define ENGRAM_MODEL_PARTS_H

#include "model/synapse.h"

/* ---- units ---- */

/* The units that take part, ascending: all, or in training those that dropout keeps, maybe none. */
static inline int kept_units(const struct model *model, int l, bool train, int *units) {
  const struct layer *layer = &model->net->layer[l];
  bool drops = train && layer->dropout;
  int count = 0;
  for (int u = 0; u < layer->units; u++) {
    units[count] = u;
    count += !drops || random_keeps(layer, model->dropout, u);
  }
  return count;
}

/* The units through which a gradient goes back, ascending. */
static inline int active_units(const struct layer *layer, const int32_t *gradient, int *units) {
  int count = 0;
  for (int u = 0; u < layer->units; u++)
    if (gradient[u] != 0)
      units[count++] = u;
  return count;
}

/* Whether the layer's weights change in this step. */
static inline bool layer_learns(const struct model *model, int l) {
  return !(model->state.freeze >> l & 1);
}

/* Adds the layer's biases, where it has some, to its sums at all positions of these units. */
void layer_add_biases(struct model *model, int l, const int *units, int count);

/* E16 of the biases, where the layer has some: u is the sum of a unit's gradients over all
 * positions. */
void layer_update_biases(struct model *model, const struct random_step *random, int l);

/* Sums to activations: normaliser, at inference with the share that dropout keeps; ReLU. */
void layer_activate(struct model *model, int l, bool train);

/* The layer's weights, in the order of weights.layer[l]: its words, or what they mean where that is
 * another number. For wide.c; up to date from wide_forward on until the layer's update. */
static inline const int32_t *layer_weights(const struct model *model, int l) {
  return model->layer[l].value ? model->layer[l].value : model->exchange.layer[l];
}

/* ---- the two ways ---- */

/* What a kind of layer does in the first of them. */
struct wide_kind {
  /* Sums, from the values in front. */
  void (*forward)(struct model *model, int l, const int32_t *input, bool train);

  /* Gradients for the layer in front, and sums that the update takes; then the update. */
  void (*backward)(struct model *model, const struct random_step *random, int l,
                   const int32_t *input);
  void (*update)(struct model *model, const struct random_step *random, int l,
                 const int32_t *input);

  bool sums_updates; /* layer_tensors.update_sum is there */
};

#define KIND(NAME, name) extern const struct wide_kind name##_wide;
LAYER_KINDS(KIND)
#undef KIND

bool wide_sums_updates(const struct layer *layer);

/* A layer's sums and activations, from what is in front. narrow_ only where model_in_vectors. */
void wide_forward(struct model *model, int l, bool train);
void narrow_forward(struct model *model, int l, bool train);

/* E11 .. E16: from the layer's gradients those in front; then, where the layer learns, its update.
 */
void wide_backward(struct model *model, const struct random_step *random, int l);
void narrow_backward(struct model *model, const struct random_step *random, int l);

/* layer_tensors.sum is up to date. Only where model_in_vectors. */
void narrow_sums(const struct model *model, int l);

/* NULL where no layer of the net is for narrow.c. With `owner` not NULL its weights are used, not
 * copied. */
struct narrow *narrow_new(const struct net *net, const struct kernels *kernels,
                          const struct narrow *owner);
void narrow_free(struct narrow *narrow);

/* A layer's words out of the weights, and back. Only where model_in_vectors. */
void narrow_set_layer(struct narrow *narrow, const struct weights *weights, int l);
void narrow_get_layer(const struct narrow *narrow, struct weights *weights, int l);

#endif
