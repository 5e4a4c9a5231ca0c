/* signal.c : what synthetic sounds are made of: noise, slow wandering, filters, harmonic stacks.
 * SPDX-License-Identifier: MIT
 */
#include "sound/signal.h"

#include "model/random.h"
#include "sound/sound.h"

#include <assert.h>
#include <math.h>

static const double highest_hz = 0.45 * SOUND_RATE_HZ;

double signal_uniform(uint64_t *random, double low, double high) {
  return low + (high - low) * ((double)(random_splitmix(random) >> 11) * 0x1p-53);
}

double signal_spread(uint64_t *random, double low, double high) {
  return low * pow(high / low, signal_uniform(random, 0, 1));
}

double signal_noise(uint64_t *random) {
  uint64_t bits = random_splitmix(random);
  double sum = (double)(bits & 0xffff) + (double)(bits >> 16 & 0xffff) +
               (double)(bits >> 32 & 0xffff) + (double)(bits >> 48);
  return (sum * 0x1p-16 - 2) * 1.7320508075688772; /* variance 4/12 before */
}

struct wander wander_new(uint64_t *random, double rate_hz) {
  struct wander wander = {.step = rate_hz / SOUND_RATE_HZ};
  wander.at = signal_uniform(random, 0, 1);
  wander.from = signal_uniform(random, -1, 1);
  wander.to = signal_uniform(random, -1, 1);
  return wander;
}

double wander_next(struct wander *wander, uint64_t *random) {
  wander->at += wander->step;
  if (wander->at >= 1) {
    wander->at -= 1;
    wander->from = wander->to;
    wander->to = signal_uniform(random, -1, 1);
  }
  double t = wander->at;
  return wander->from + (wander->to - wander->from) * t * t * (3 - 2 * t);
}

struct prototype {
  double cosine, alpha, scale; /* of the angular frequency; scale = 1 / a0 */
};

static struct prototype design(double hz, double q) {
  double angle = 2 * M_PI * fmin(fmax(hz, 10), highest_hz) / SOUND_RATE_HZ;
  double alpha = sin(angle) / (2 * q);
  return (struct prototype){cos(angle), alpha, 1 / (1 + alpha)};
}

static struct filter from_prototype(struct prototype p, double b0, double b1, double b2) {
  return (struct filter){.b0 = b0 * p.scale,
                         .b1 = b1 * p.scale,
                         .b2 = b2 * p.scale,
                         .a1 = -2 * p.cosine * p.scale,
                         .a2 = (1 - p.alpha) * p.scale};
}

struct filter filter_low(double hz, double q) {
  struct prototype p = design(hz, q);
  double b = 1 - p.cosine;
  return from_prototype(p, b / 2, b, b / 2);
}

struct filter filter_high(double hz, double q) {
  struct prototype p = design(hz, q);
  double b = 1 + p.cosine;
  return from_prototype(p, b / 2, -b, b / 2);
}

struct filter filter_band(double hz, double q) {
  struct prototype p = design(hz, q);
  return from_prototype(p, p.alpha, 0, -p.alpha);
}

double filter_next(struct filter *f, double x) {
  double y = f->b0 * x + f->b1 * f->x1 + f->b2 * f->x2 - f->a1 * f->y1 - f->a2 * f->y2;
  f->x2 = f->x1;
  f->x1 = x;
  f->y2 = f->y1;
  f->y1 = y;
  return y;
}

struct stack stack_new(uint64_t *random, int count, double slope) {
  assert(count <= STACK_HARMONICS_MAX);
  struct stack stack = {.count = count, .phase = signal_uniform(random, 0, 1)};
  for (int k = 0; k < count; k++) {
    double amplitude = pow(k + 1, -slope) * signal_uniform(random, 0.5, 1);
    double angle = signal_uniform(random, 0, 2 * M_PI);
    stack.cosine[k] = amplitude * cos(angle);
    stack.sine[k] = amplitude * sin(angle);
  }
  return stack;
}

double stack_next(struct stack *stack, double hz) {
  stack->phase += hz / SOUND_RATE_HZ;
  stack->phase -= floor(stack->phase);
  double c = cos(2 * M_PI * stack->phase), s = sin(2 * M_PI * stack->phase);
  double real = 1, imaginary = 0, sum = 0; /* e^(i k phase), by one rotation a harmonic */
  for (int k = 0; k < stack->count && (k + 1) * hz < highest_hz; k++) {
    double next = real * c - imaginary * s;
    imaginary = real * s + imaginary * c;
    real = next;
    sum += stack->cosine[k] * real + stack->sine[k] * imaginary;
  }
  return sum;
}

void signal_normalise(double *samples, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += samples[i] * samples[i];
  if (sum <= 0)
    return;
  double scale = 1 / sqrt(sum / (double)count);
  for (size_t i = 0; i < count; i++)
    samples[i] *= scale;
}
