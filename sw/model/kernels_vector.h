/* kernels_vector.h : the kernels on vectors of any width; kernels_avx2.c and kernels_avx512.c say
 * which.
 * SPDX-License-Identifier: MIT
 *
 * They define TARGET (the attribute that lets the compiler use the instructions), VECTOR (its
 * type), LANES (of 32 bits), I(name) (an intrinsic of that width), and the functions below.
 */
#ifndef ENGRAM_MODEL_KERNELS_VECTOR_H
#define ENGRAM_MODEL_KERNELS_VECTOR_H

#include "model/fixed.h"
#include "model/kernels_parts.h"

/* What differs:
 * load, store             LANES * 2 words, unaligned
 * both, either_not_both   and, exclusive or
 * dot_add(sum, a, b)      sum + a[2i] * b[2i] + a[2i+1] * b[2i+1], for 32-bit lanes i
 * total(v)                the exact sum of the 32-bit lanes
 * different(a, b)         how many 32-bit lanes differ
 * lost(x, a, b)           in how many 16-bit lanes x is not 0 and a = b
 * store_sums(to, a, b)    lanes that unpacklo and unpackhi have made, in their order from before
 */

enum {
  WORDS = 2 * LANES,
  SIDE_BY_SIDE = KERNEL_BLOCK / WORDS,      /* vectors of a block, which is combined at a time */
  COLUMNS = 4,                              /* summed at a time */
  SHIFT_MAX = 31,                           /* of a whole sum: with more it is 0 all the same */
  SPLIT_SHIFT_MIN = KERNEL_SPLIT_BITS + 1,  /* in 32 bits: half a unit is of the high sum; */
  SPLIT_SHIFT_MAX = KERNEL_SPLIT_BITS + 30, /* its largest sum and half a unit fit */
};

/* ---- sums ---- */

/* A constant `split` says whether x.high is there: then both halves take one reading of a column.
 */
TARGET static inline void dots_of(const int16_t *const *columns, struct kernel_factor x, size_t at,
                                  size_t length, bool split, int64_t *sums) {
  VECTOR low[COLUMNS], high[COLUMNS];
  for (int k = 0; k < COLUMNS; k++)
    low[k] = high[k] = I(set1_epi32)(0);
  for (size_t i = at; i < at + length; i += WORDS) {
    VECTOR x_low = load(x.low + i), x_high = split ? load(x.high + i) : x_low;
    for (int k = 0; k < COLUMNS; k++) {
      VECTOR weights = load(columns[k] + i);
      low[k] = dot_add(low[k], weights, x_low);
      if (split)
        high[k] = dot_add(high[k], weights, x_high);
    }
  }
  for (int k = 0; k < COLUMNS; k++)
    sums[k] += total(low[k]) + (split ? total(high[k]) * (1 << KERNEL_SPLIT_BITS) : 0);
}

TARGET static void dots(const int16_t *const *columns, int count, struct kernel_factor x,
                        size_t length, int64_t *sums) {
  size_t terms = x.high ? KERNEL_TERMS_MAX : x.terms > 0 ? x.terms : length; /* of a lane */
  for (int first = 0; first < count; first += COLUMNS) {
    const int16_t *column[COLUMNS];
    int64_t sum[COLUMNS] = {0};
    int some = count - first < COLUMNS ? count - first : COLUMNS;
    for (int k = 0; k < COLUMNS; k++)
      column[k] = columns[first + (k < some ? k : 0)];
    for (size_t at = 0; at < length; at += terms * LANES) {
      size_t chunk = length - at < terms * LANES ? length - at : terms * LANES;
      if (x.high)
        dots_of(column, x, at, chunk, true, sum);
      else
        dots_of(column, x, at, chunk, false, sum);
    }
    for (int k = 0; k < some; k++)
      sums[first + k] = sum[k];
  }
}

/* ---- combinations ---- */

/* A sum's lanes in the order of unpacklo and unpackhi. */
struct lanes {
  VECTOR a, b;
};

/* factor[k], factor[k + 1] in each 32-bit lane. */
TARGET static inline VECTOR pair_of(const int16_t *factor) {
  return I(set1_epi32)((int32_t)((uint32_t)(uint16_t)factor[0] | (uint32_t)factor[1] << 16));
}

/* The terms from `first` to before `end`, of a block; a constant `split` says whether factor.high
 * is there. */
TARGET static inline void combine_sums(const struct kernel_combine *c, int first, int end,
                                       size_t at, bool split, struct lanes *low,
                                       struct lanes *high) {
  for (int v = 0; v < SIDE_BY_SIDE; v++) {
    low[v].a = low[v].b = I(set1_epi32)(split ? 0 : c->base);
    high[v].a = high[v].b = I(set1_epi32)(0);
  }
  for (int k = first; k < end; k += 2) {
    const int16_t *one = c->vectors[k] + at, *other = c->vectors[k + 1] + at;
    VECTOR low_factor = pair_of(c->factor.low + k);
    VECTOR high_factor = split ? pair_of(c->factor.high + k) : low_factor;
    for (int v = 0; v < SIDE_BY_SIDE; v++) {
      VECTOR x = load(one + v * WORDS), y = load(other + v * WORDS);
      VECTOR a = I(unpacklo_epi16)(x, y), b = I(unpackhi_epi16)(x, y);
      low[v].a = dot_add(low[v].a, a, low_factor);
      low[v].b = dot_add(low[v].b, b, low_factor);
      if (split) {
        high[v].a = dot_add(high[v].a, a, high_factor);
        high[v].b = dot_add(high[v].b, b, high_factor);
      }
    }
  }
}

/* What the rounding of all values shares: of whole sums floor((low + half) / 2^shift), of split
 * ones floor((high + floor(low / 2^8) + half / 2^8) / 2^(shift - 8)), which is the same of the sum.
 */
struct normaliser {
  bool split;
  VECTOR half, lowest, highest;
  __m128i shift;
};

TARGET static inline struct normaliser normaliser_of(const struct kernel_combine *c) {
  bool split = c->factor.high != NULL;
  int shift = split ? c->shift - KERNEL_SPLIT_BITS : c->shift < SHIFT_MAX ? c->shift : SHIFT_MAX;
  return (struct normaliser){.split = split,
                             .half = I(set1_epi32)(shift > 0 ? 1 << (shift - 1) : 0),
                             .lowest = I(set1_epi32)((int32_t)fixed_low(c->bits)),
                             .highest = I(set1_epi32)((int32_t)fixed_high(c->bits)),
                             .shift = _mm_cvtsi32_si128(shift)};
}

TARGET static inline VECTOR normalise(const struct normaliser *r, VECTOR low, VECTOR high,
                                      VECTOR gate, uint32_t *cut) {
  VECTOR sum = r->split ? I(add_epi32)(high, I(srai_epi32)(low, KERNEL_SPLIT_BITS)) : low;
  VECTOR rounded = both(I(sra_epi32)(I(add_epi32)(sum, r->half), r->shift), gate);
  VECTOR value = I(max_epi32)(I(min_epi32)(rounded, r->highest), r->lowest);
  *cut += different(value, rounded);
  return value;
}

/* Sums that fit 32 bits, or as two halves. */
TARGET static inline uint32_t combine_short(const struct kernel_combine *c, bool split) {
  struct normaliser r = normaliser_of(c);
  uint32_t cut = 0;
  for (size_t block = 0; block < c->length; block += KERNEL_BLOCK) {
    struct lanes low[SIDE_BY_SIDE], high[SIDE_BY_SIDE];
    combine_sums(c, 0, c->count, block, split, low, high);
    for (int v = 0; v < SIDE_BY_SIDE; v++) {
      size_t at = block + (size_t)(v * WORDS);
      VECTOR gate = load(c->gate + at);
      VECTOR a = normalise(&r, low[v].a, high[v].a, I(unpacklo_epi16)(gate, gate), &cut);
      VECTOR b = normalise(&r, low[v].b, high[v].b, I(unpackhi_epi16)(gate, gate), &cut);
      store(c->out + at, I(packs_epi32)(a, b));
      if (c->sums)
        store_sums(c->sums + at, low[v].a, low[v].b);
    }
  }
  return cut;
}

/* sums += a block's lanes, in their order, times scale. */
TARGET static inline void add_lanes(int64_t *sums, const struct lanes *lanes, int64_t scale) {
  int32_t ordered[KERNEL_BLOCK];
  for (int v = 0; v < SIDE_BY_SIDE; v++)
    store_sums(ordered + v * WORDS, lanes[v].a, lanes[v].b);
  for (int i = 0; i < KERNEL_BLOCK; i++)
    sums[i] += ordered[i] * scale;
}

/* All other split sums: KERNEL_TERMS_MAX terms at a time, which then meet in 64 bits. */
TARGET static uint32_t combine_long(const struct kernel_combine *c) {
  uint32_t cut = 0;
  for (size_t at = 0; at < c->length; at += KERNEL_BLOCK) {
    int64_t sums[KERNEL_BLOCK] = {0};
    for (int first = 0; first < c->count; first += KERNEL_TERMS_MAX) {
      struct lanes low[SIDE_BY_SIDE], high[SIDE_BY_SIDE];
      int rest = c->count - first;
      combine_sums(c, first, rest < KERNEL_TERMS_MAX ? c->count : first + KERNEL_TERMS_MAX, at,
                   true, low, high);
      add_lanes(sums, low, 1);
      add_lanes(sums, high, 1 << KERNEL_SPLIT_BITS);
    }
    for (size_t i = 0; i < KERNEL_BLOCK; i++)
      c->out[at + i] =
          (int16_t)fixed_normalise(c->gate[at + i] ? sums[i] : 0, c->shift, c->bits, false, &cut);
  }
  return cut;
}

TARGET static uint32_t combine(const struct kernel_combine *c) {
  if (!c->factor.high)
    return combine_short(c, false);
  return c->count <= KERNEL_TERMS_MAX && c->shift >= SPLIT_SHIFT_MIN && c->shift <= SPLIT_SHIFT_MAX
             ? combine_short(c, true)
             : combine_long(c);
}

/* ---- updates ---- */

/* What all words of an update share. */
struct shifts {
  VECTOR half;
  __m128i coarse, fine;
};

/* (((u + half) >> coarse) + rho) >> fine; a constant `drawn` says whether there is a rho, of `fine`
 * bits. */
TARGET static inline VECTOR step_of(const struct shifts *s, VECTOR u, VECTOR rho, bool drawn) {
  VECTOR step = I(sra_epi32)(I(add_epi32)(u, s->half), s->coarse);
  return drawn ? I(sra_epi32)(I(add_epi32)(step, rho), s->fine) : step;
}

TARGET static inline uint32_t update_of(const struct kernel_update *u, int16_t *weights,
                                        const int16_t *x, const uint16_t *rows, size_t length,
                                        bool drawn) {
  VECTOR gradient = I(set1_epi16)(u->gradient), column = I(set1_epi16)((int16_t)u->column);
  VECTOR lowest = I(set1_epi16)((int16_t)fixed_low(u->bits));
  VECTOR highest = I(set1_epi16)((int16_t)fixed_high(u->bits)), zero = I(set1_epi16)(0);
  int below = u->shift - u->fine_bits;
  struct shifts s = {I(set1_epi32)(u->halves && below > 0 ? 1 << (below - 1) : 0),
                     _mm_cvtsi32_si128(below), _mm_cvtsi32_si128(u->fine_bits)};
  uint32_t count = 0;
  for (size_t i = 0; i < length; i += WORDS) {
    VECTOR value = load(x + i), weight = load(weights + i), rho = zero;
    if (drawn)
      rho = either_not_both(load((const int16_t *)rows + i), column);
    VECTOR low = I(mullo_epi16)(value, gradient), high = I(mulhi_epi16)(value, gradient);
    VECTOR a = step_of(&s, I(unpacklo_epi16)(low, high), I(unpacklo_epi16)(rho, zero), drawn);
    VECTOR b = step_of(&s, I(unpackhi_epi16)(low, high), I(unpackhi_epi16)(rho, zero), drawn);
    VECTOR updated = I(subs_epi16)(weight, I(packs_epi32)(a, b));
    updated = I(max_epi16)(I(min_epi16)(updated, highest), lowest);
    count += lost(value, weight, updated);
    store(weights + i, updated);
  }
  return count;
}

TARGET static uint32_t update(const struct kernel_update *u, int16_t *weights, const int16_t *x,
                              const uint16_t *rows, size_t length) {
  return u->fine_bits > 0 ? update_of(u, weights, x, rows, length, true)
                          : update_of(u, weights, x, rows, length, false);
}

#endif
