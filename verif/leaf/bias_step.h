/* bias_step.h : what the benches of leaves with biases share: a step's settings and E16.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_VERIF_BIAS_STEP_H
#define ENGRAM_VERIF_BIAS_STEP_H

#include "bench.h"

#include "model/fixed.h"
#include "model/random.h"

enum { HASH_LAYER_BITS = 2, HASH_ROW_BITS = 4, HASH_COLUMN_BITS = 6 };

/* A leaf's parameters, and what stands still in a step. */
struct bias_step {
  int bias_bits, update_shift, rounding, round_bits, tensor;
  int rate;
  bool freeze, train;
  struct random_step random;
};

/* Draws what stands still; `train` only where the leaf can. */
static inline void bias_step_draw(struct bench *bench, struct bias_step *step, bool trains) {
  int key_bits = HASH_LAYER_BITS + HASH_ROW_BITS + HASH_COLUMN_BITS + step->round_bits - 1;
  step->rate = bench_below(bench, bench_chance(bench, 60) ? 3 : NET_RATE_MAX + 1);
  step->freeze = bench_chance(bench, 20);
  step->train = trains && bench_chance(bench, 70);
  step->random.base = (uint32_t)bench_random(bench, step->round_bits);
  step->random.key = bench_random(bench, key_bits);
}

/* The bias of unit `unit` behind an update, counted in *lost where it is lost. */
static inline int32_t bias_step_update(const struct bias_step *step, int unit, int32_t bias,
                                       int64_t u, uint32_t *lost) {
  enum { NEAREST, STOCHASTIC };
  struct net net = {.layer_bits = HASH_LAYER_BITS,
                    .row_bits = HASH_ROW_BITS,
                    .column_bits = HASH_COLUMN_BITS,
                    .position_bits = HASH_LAYER_BITS + HASH_ROW_BITS + HASH_COLUMN_BITS,
                    .hash_bits = step->round_bits};
  int fine = 1, shift = step->update_shift + step->rate;
  uint32_t rho = step->rounding == NEAREST;
  if (step->rounding == STOCHASTIC) {
    rho = random_at(&net, &step->random, step->tensor, 0, unit) << 1 | 1;
    fine = step->round_bits + 1;
  }
  if (step->freeze || u == 0)
    return bias;
  return fixed_update(bias, u, shift, fine, rho, step->bias_bits, lost);
}

#endif
