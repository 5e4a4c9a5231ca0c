/* kernels.c : the kernels in portable C, and the choice among all.
 * SPDX-License-Identifier: MIT
 */
#include "model/kernels_parts.h"

#include "model/fixed.h"

#include <stdlib.h>
#include <string.h>

/* ---- sums ---- */

/* So few products that their sum fits 32 bits. */
static int32_t dot_block(const int16_t *column, const int16_t *x, size_t length) {
  int32_t sum = 0;
  for (size_t i = 0; i < length; i++)
    sum += column[i] * x[i];
  return sum;
}

static int64_t dot(const int16_t *column, struct kernel_factor x, size_t length) {
  int64_t sum = 0;
  size_t terms = x.high ? KERNEL_TERMS_MAX : x.terms > 0 ? x.terms : length;
  for (size_t at = 0; at < length; at += terms) {
    size_t block = length - at < terms ? length - at : terms;
    sum += dot_block(column + at, x.low + at, block);
    if (x.high)
      sum += (int64_t)dot_block(column + at, x.high + at, block) * (1 << KERNEL_SPLIT_BITS);
  }
  return sum;
}

static void dots(const int16_t *const *columns, int count, struct kernel_factor x, size_t length,
                 int64_t *sums) {
  for (int k = 0; k < count; k++)
    sums[k] = dot(columns[k], x, length);
}

/* ---- combinations ---- */

/* sums += scale * the sums over the terms from `first` to before `end`, KERNEL_TERMS_MAX at most.
 */
static void combine_terms(int64_t *sums, const struct kernel_combine *c, const int16_t *factor,
                          int first, int end, size_t at, int64_t scale) {
  int32_t part[KERNEL_BLOCK] = {0};
  for (int k = first; k < end; k++) {
    const int16_t *vector = c->vectors[k] + at;
    for (int i = 0; i < KERNEL_BLOCK; i++)
      part[i] += factor[k] * vector[i];
  }
  for (int i = 0; i < KERNEL_BLOCK; i++)
    sums[i] += part[i] * scale;
}

static uint32_t combine(const struct kernel_combine *c) {
  uint32_t cut = 0;
  for (size_t at = 0; at < c->length; at += KERNEL_BLOCK) {
    int64_t sums[KERNEL_BLOCK];
    for (int i = 0; i < KERNEL_BLOCK; i++)
      sums[i] = c->base;
    for (int first = 0; first < c->count; first += KERNEL_TERMS_MAX) {
      int end = c->count - first < KERNEL_TERMS_MAX ? c->count : first + KERNEL_TERMS_MAX;
      combine_terms(sums, c, c->factor.low, first, end, at, 1);
      if (c->factor.high)
        combine_terms(sums, c, c->factor.high, first, end, at, 1 << KERNEL_SPLIT_BITS);
    }
    for (size_t i = 0; i < KERNEL_BLOCK; i++) {
      if (c->sums)
        c->sums[at + i] = (int32_t)sums[i];
      c->out[at + i] =
          (int16_t)fixed_normalise(c->gate[at + i] ? sums[i] : 0, c->shift, c->bits, false, &cut);
    }
  }
  return cut;
}

/* ---- updates ---- */

static uint32_t update(const struct kernel_update *u, int16_t *weights, const int16_t *x,
                       const uint16_t *rows, size_t length) {
  uint32_t lost = 0;
  int coarse = u->shift - u->fine_bits;
  int32_t high = (int32_t)fixed_high(u->bits), low = (int32_t)fixed_low(u->bits);
  int32_t half = u->halves && coarse > 0 ? INT32_C(1) << (coarse - 1) : 0;
  for (size_t i = 0; i < length; i++) { /* fixed_update in 32 bits */
    int32_t step =
        (((x[i] * u->gradient + half) >> coarse) + (rows[i] ^ u->column)) >> u->fine_bits;
    int32_t updated = weights[i] - step;
    updated = updated > high ? high : updated < low ? low : updated;
    lost += x[i] != 0 && updated == weights[i];
    weights[i] = (int16_t)updated;
  }
  return lost;
}

const struct kernels kernels_portable = {"portable", dots, combine, update};

/* ---- the choice ---- */

const struct kernels *const *kernels_all(void) {
  static const struct kernels *const sets[][4] = {
      {&kernels_portable, NULL},
#ifdef KERNELS_X86
      {&kernels_portable, &kernels_avx2, NULL},
      {&kernels_portable, &kernels_avx2, &kernels_avx512, NULL},
#endif
  };
  int set = 0;
#ifdef KERNELS_X86
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt"))
    set = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vnni") ? 2 : 1;
#endif
  return sets[set];
}

const struct kernels *kernels_choose(void) {
  const char *wanted = getenv("ENGRAM_KERNELS");
  if (wanted && strcmp(wanted, "plain") == 0)
    return NULL;
  const struct kernels *fastest = NULL;
  for (const struct kernels *const *set = kernels_all(); *set; set++) {
    fastest = *set;
    if (wanted && strcmp(wanted, fastest->name) == 0)
      break;
  }
  return fastest;
}
