/* device_state.h : what a device holds beside the weights.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_MODEL_DEVICE_STATE_H
#define ENGRAM_MODEL_DEVICE_STATE_H

#include "model/random.h"

/* What a device must hold beside the weights so that training goes on with the same bits. */
struct device_state {
  struct random_state random;
  uint32_t steps;  /* training steps since the weights were initialised */
  int rate;        /* current learning rate 2^-rate */
  uint32_t freeze; /* bit l: layer l is not updated */
};

/* The state that a run begins with: random state from the seed, the description's learning rate and
 * frozen layers. */
struct device_state device_state_fresh(const struct net *net, uint64_t seed);

#endif
