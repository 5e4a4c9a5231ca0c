/* twin.h : the golden model's equations in double precision: what the integers approximate.
 * SPDX-License-Identifier: MIT
 *
 * The same pictures, dropout decisions and order of layers as model.h, but nothing is rounded or
 * saturated and softmax is the real one. Numbers are real numbers, not integers on a grid. Nothing
 * is allocated in a step; every tensor of the last step stays readable until the next one.
 *
 *   twin_new(&twin, &net, seed);
 *   twin_forward(&twin, picture, true);    // E8, FC, E9
 *   twin_backward(&twin, label);           // E10..E15: gradients; the weights stay
 *   twin_update(&twin);                    // E16
 *   twin_free(&twin);
 */
#ifndef ENGRAM_MODEL_TWIN_H
#define ENGRAM_MODEL_TWIN_H

#include "model/device_state.h"
#include "net/weights.h"

/* What a layer holds and computed. `outputs` = positions * units, units innermost. */
struct twin_tensors {
  double *weights;         /* [weight_count] as in struct weights: K_M, W_L, W_OUT */
  double *sum;             /* [outputs] forward sum; 0 for dropped units */
  double *activation;      /* [outputs] C, D, logits */
  uint8_t *kept;           /* [outputs] 0: dropped in this step */
  uint8_t *gate;           /* [outputs] 1: the gradient passes */
  double *gradient;        /* [outputs] of the loss by the sum: G_L, G_OUT, G_S; 0 behind a gate */
  double *weight_gradient; /* [weight_count] of the loss by the weights */
};

struct twin {
  const struct net *net; /* not owned */
  struct device_state state;
  double *pixels; /* [height * width], (byte - offset) / 2^pixel_frac */
  struct twin_tensors layer[NET_LAYERS_MAX];
  double probability[NET_CLASSES_MAX]; /* P */
  int best;                            /* class of the largest logit, the lowest of equal ones */
  uint8_t *dropout;                    /* [dropout_bits] the step's */
};

/* Random state, initial weights and learning rate as model_new's of the same seed. `net` must
 * outlive the twin. Release with twin_free. */
void twin_new(struct twin *twin, const struct net *net, uint64_t seed);
void twin_free(struct twin *twin);

/* Takes the real numbers where there are any, else the integers, exactly; and back: integers
 * rounded to the nearest of each tensor's grid (half up) and saturated, and beside them the real
 * numbers in single precision. `weights` were made by weights_new for the same net. */
void twin_set_weights(struct twin *twin, const struct weights *weights);
void twin_get_weights(const struct twin *twin, struct weights *weights);

/* E8, FC, E9: `picture` has height * width bytes. With `train` dropout layers drop units by the
 * random state's bits, else all take part, times the share that is kept. */
void twin_forward(struct twin *twin, const uint8_t *picture, bool train);

/* The layers from `first` on, and softmax, from the activations of the layer in front of it (the
 * pixels where first = 0); first = layer_count: softmax alone. The dropout bits stay. */
void twin_forward_from(struct twin *twin, int first, bool train);

/* The loss of the last forward, -log P[label], in nats. */
double twin_loss(const struct twin *twin, int label);

/* E10..E15 for the picture of the last twin_forward(..., train = true), from its probabilities:
 * fills every gradient and weight_gradient, changes nothing else. */
void twin_backward(struct twin *twin, int label);

/* E16: w <- w - 2^-rate * weight_gradient, but for frozen layers; then the random state and the
 * step count move on. */
void twin_update(struct twin *twin);

/* twin_backward and twin_update in one, several times as fast: the same weights, but no
 * weight_gradient of dense layers. */
void twin_learn(struct twin *twin, int label);

#endif
