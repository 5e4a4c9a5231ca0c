/* rival.h : the net in plain float C, one picture a step: what the golden model's speed is compared
 * with.
 * SPDX-License-Identifier: MIT
 *
 * The twin's equations in single precision, written to be fast: units that dropout switched off are
 * not computed, and those that no gradient goes through are neither read on the way back nor
 * updated. For nets with a convolution in front.
 *
 *   rival_new(&rival, &twin);
 *   rival_forward(&rival, picture, true);
 *   rival_learn(&rival, label);
 *   rival_free(&rival);
 */
#ifndef ENGRAM_VERIF_RIVAL_H
#define ENGRAM_VERIF_RIVAL_H

#include "model/twin.h"

struct rival_layer {
  float *weights;  /* [units][rows], those of a layer behind the convolution by filter and place */
  float *value;    /* [outputs] the convolution's by filter and place */
  float *gradient; /* [outputs] of the loss by the sum; 0 behind a gate */
};

struct rival {
  const struct net *net; /* not owned */
  struct random_state random;
  float rate;
  float *pixels; /* [height * width] */
  float *plane;  /* [height * width] a filter's values where the pixels are */
  struct rival_layer layer[NET_LAYERS_MAX];
  float probability[NET_CLASSES_MAX];
  uint8_t *dropout; /* [pair_count] */
};

/* Weights, random state and rate are the twin's, whose net begins with a convolution. Release with
 * rival_free. */
void rival_new(struct rival *rival, const struct twin *twin);
void rival_free(struct rival *rival);

/* `picture` has height * width bytes. With `train` half of the dropout layers' units is dropped,
 * else all take part and are halved. */
void rival_forward(struct rival *rival, const uint8_t *picture, bool train);

/* The step of plain gradient descent for the picture of the last rival_forward(..., true); then the
 * random state moves on. */
void rival_learn(struct rival *rival, int label);

/* The largest difference of any weight from the twin's. */
double rival_difference(const struct rival *rival, const struct twin *twin);

#endif
