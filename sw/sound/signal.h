/* signal.h : what synthetic sounds are made of: noise, slow wandering, filters, harmonic stacks.
 * SPDX-License-Identifier: MIT
 *
 * All at SOUND_RATE_HZ, one sample a call; everything random comes from a splitmix64 state that the
 * caller owns.
 */
#ifndef ENGRAM_SOUND_SIGNAL_H
#define ENGRAM_SOUND_SIGNAL_H

#include <stddef.h>
#include <stdint.h>

enum { STACK_HARMONICS_MAX = 64 };

/* Uniform in [low, high). */
double signal_uniform(uint64_t *random, double low, double high);

/* Uniform in the logarithm, in [low, high), low > 0. */
double signal_spread(uint64_t *random, double low, double high);

/* Noise of mean 0 and variance 1: the sum of four uniform numbers, within +-3.5. */
double signal_noise(uint64_t *random);

/* A smooth random course in [-1, 1] with a new aim `rate_hz` times a second. */
struct wander {
  double step, at, from, to;
};

struct wander wander_new(uint64_t *random, double rate_hz);
double wander_next(struct wander *wander, uint64_t *random);

/* Second-order filter, direct form 1. Designed by the bilinear transform of its analogue prototype
 * with unit gain in the pass band; hz is kept inside 10 Hz .. 0.45 of the rate. */
struct filter {
  double b0, b1, b2, a1, a2;
  double x1, x2, y1, y2;
};

struct filter filter_low(double hz, double q);
struct filter filter_high(double hz, double q);
struct filter filter_band(double hz, double q);
double filter_next(struct filter *filter, double x);

/* Harmonics 1..count of one phase. Harmonics beyond 0.45 of the rate are left out. */
struct stack {
  int count;
  double phase;                                                  /* turns, 0..1 */
  double cosine[STACK_HARMONICS_MAX], sine[STACK_HARMONICS_MAX]; /* of harmonic k at [k-1] */
};

/* Amplitude k^-slope with a random factor of 1/2..1, and a random phase, for each of `count`
 * harmonics. */
struct stack stack_new(uint64_t *random, int count, double slope);

/* Next sample at a fundamental of `hz`. */
double stack_next(struct stack *stack, double hz);

/* Scales to a root mean square of 1; silence is left as it is. */
void signal_normalise(double *samples, size_t count);

#endif
