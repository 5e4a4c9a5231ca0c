/* model.h : the golden model: the network and its training in the same bits as the RTL.
 * SPDX-License-Identifier: MIT
 *
 * One step takes one picture. Every tensor of the last step stays readable until the next one;
 * nothing is allocated in a step. Shapes in brackets; formats are those of net.h.
 */
#ifndef ENGRAM_MODEL_H
#define ENGRAM_MODEL_H

#include "model/device_state.h"
#include "model/random.h"
#include "net/net.h"

/* What a layer computed. `outputs` = positions * units, units innermost (algorithm: flatten). */
struct layer_tensors {
  int64_t *sum;        /* [outputs] model_sums */
  int32_t *activation; /* [outputs] C, D, logits */
  uint8_t *kept;       /* [outputs] 0: dropped in this step */
  uint8_t *gate; /* [outputs] 1: the gradient passes (kept, and above zero where there is a ReLU) */
  int32_t *gradient;   /* [outputs] G_L, G_OUT, G_S */
  int64_t *update_sum; /* [rows][units] convolution only: G_C */
  int32_t *value;      /* of each word, in their order; NULL: the words are the values */
};

/* 32-bit counters that wrap, as the chip's. */
struct counters {
  uint32_t pictures; /* inferences */
  uint32_t correct;  /* pictures of either kind whose class was their label */
  uint32_t count[NET_COUNTERS_MAX][NET_LAYERS_MAX]; /* by net_counter: enum net_count and the
                                                       kind's own */
};

struct kernels;
struct narrow;

struct model {
  const struct net *net; /* not owned */
  struct device_state state;
  struct counters counters;
  int32_t *pixels; /* [height * width], byte - offset */
  struct layer_tensors layer[NET_LAYERS_MAX];
  int32_t probability[NET_CLASSES_MAX]; /* P, 15 fraction bits */
  int best;                             /* class of the largest logit */
  uint8_t *dropout;                     /* [dropout_bits] the step's */
  uint16_t *exp_table;

  /* The weights: `exchange`, or of layers in vectors the narrow ones, which then are copied there
   * and back when one of them is behind. */
  struct weights exchange;
  bool exchange_behind, narrow_behind;
  struct narrow *narrow;
  bool view; /* of another model's weights */
};

/* Initial weights from `seed`, and the state that a run begins with (device_state_fresh).
 * `net` must outlive the model. Release with model_free. */
void model_new(struct model *model, const struct net *net, uint64_t seed);
void model_free(struct model *model);

/* The same with given kernels instead of kernels_choose's; NULL: in plain C alone, as the equations
 * have it. The bits are the same. */
void model_new_with(struct model *model, const struct net *net, uint64_t seed,
                    const struct kernels *kernels);

/* Whether layer `l` is computed with kernels: its words and values, and the gradients it hands on,
 * have at most 16 bits. */
bool model_in_vectors(const struct model *model, int l);

/* A second model with the weights of `model` and counters of its own, for inference in another
 * thread. Meanwhile `model` may infer, but not train, be edited or be freed. */
void model_view(struct model *view, struct model *model);

/* The exact forward sums of layer `l` in the last step, [outputs]; 0 for dropped units. */
const int64_t *model_sums(const struct model *model, int l);

/* All weights as they are; good until the next step. */
const struct weights *model_weights(struct model *model);

/* The same, to be changed before the next step. */
struct weights *model_edit(struct model *model);

/* E8, FC, E9: `picture` has height * width bytes. With `train` dropout layers drop units by the
 * random state's bits, else all take part, times the share that is kept. Counts saturations, and
 * the picture as correct when its class is `label`. */
void model_forward(struct model *model, const uint8_t *picture, int label, bool train);

/* E10..E16 for the picture of the last model_forward(..., train = true), then the random state and
 * step count move on. Gradients use the weights from before the step. */
void model_backward(struct model *model, int label);

#endif
