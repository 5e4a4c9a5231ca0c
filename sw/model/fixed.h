/* fixed.h : every shift, rounding and saturation of Engram's integers.
 * SPDX-License-Identifier: MIT
 *
 * The RTL's engram_normaliser, engram_value_word and engram_update mirror these lines bit by bit.
 * Right shifts of negative numbers are arithmetic (gcc and clang define them so).
 */
#ifndef ENGRAM_MODEL_FIXED_H
#define ENGRAM_MODEL_FIXED_H

#include "net/net.h"

#include <stdbool.h>
#include <stdint.h>

static inline int64_t fixed_high(int bits) {
  return (INT64_C(1) << (bits - 1)) - 1;
}

static inline int64_t fixed_low(int bits) {
  return -(INT64_C(1) << (bits - 1));
}

/* The nearest of the values a word of `bits` bits can hold. */
static inline int64_t fixed_saturate(int64_t value, int bits) {
  return value > fixed_high(bits)  ? fixed_high(bits)
         : value < fixed_low(bits) ? fixed_low(bits)
                                   : value;
}

/* floor(value * 2^-shift), shift may be negative. */
static inline int64_t fixed_floor(int64_t value, int shift) {
  return shift >= 0 ? value >> (shift < 63 ? shift : 63) : (int64_t)((uint64_t)value << -shift);
}

/* value * 2^-shift, rounded to nearest, half up; shift >= 0. */
static inline int64_t fixed_round(int64_t value, int shift) {
  return shift == 0 ? value : (fixed_floor(value, shift - 1) + 1) >> 1;
}

/* A number without its last `unused` bits, as one of `bits` bits: rounded to nearest, half away
 * from zero, so that -x gives what x gives, and saturated. */
static inline int32_t fixed_used(int32_t word, int unused, int bits) {
  if (unused == 0)
    return word;
  int32_t high = (1 << (bits - 1)) - 1, value = (word + (1 << (unused - 1)) - (word < 0)) >> unused;
  return value > high ? high : value;
}

/* The normaliser: an exact sum to a word of `bits` bits, rounded to nearest and saturated. *cut
 * grows by one when the word could not hold it; with `relu`, what is negative becomes 0 and is not
 * cut. */
static inline int32_t fixed_normalise(int64_t sum, int shift, int bits, bool relu, uint32_t *cut) {
  int64_t rounded = fixed_round(sum, shift);
  if (relu && rounded < 0)
    return 0;
  int64_t value = fixed_saturate(rounded, bits);
  *cut += value != rounded;
  return (int32_t)value;
}

/* E16: w <- sat(w - floor((u + rho) / 2^shift)). `fine_bits` bits behind the weight's grid take
 * part, and what u has below is cut off; rho stands on them. *lost grows by one when u is not zero
 * and the weight did not change.
 */
static inline int32_t fixed_update(int32_t weight, int64_t u, int shift, int fine_bits,
                                   uint32_t rho, int weight_bits, uint32_t *lost) {
  int64_t step = (fixed_floor(u, shift - fine_bits) + (int64_t)rho) >> fine_bits;
  int32_t updated = (int32_t)fixed_saturate(weight - step, weight_bits);
  *lost += u != 0 && updated == weight;
  return updated;
}

#endif
