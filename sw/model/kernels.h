/* kernels.h : the inner loops over words of at most 16 bits, for the processor at hand.
 * SPDX-License-Identifier: MIT
 *
 * Each set of kernels gives the same bits (verif/unit/test_kernels.c); "portable" is what the
 * others are compared with. All sums are exact: nothing here rounds but where it says so.
 *
 * Vectors are of 16-bit words; their lengths are multiples of KERNEL_BLOCK, and what a vector has
 * beyond its last value is 0. They need no alignment.
 */
#ifndef ENGRAM_MODEL_KERNELS_H
#define ENGRAM_MODEL_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  KERNEL_BLOCK = 32,
  KERNEL_SPLIT_BITS = 8,  /* of `low` */
  KERNEL_TERMS_MAX = 256, /* of split products in 32 bits: 256 * 255 * 2^15 < 2^31 */
  KERNEL_WHOLE_BITS = 31, /* a sum of so few bits and half a unit of its last place fit 32 */
  KERNEL_COARSE_MAX = 30, /* half a unit beside a product fits 32 bits: 2^30 + 2^29 < 2^31 */
  KERNEL_STEP_BITS = 15,  /* an update's step fits 16 bits with its sign, whatever its rho */
};

static inline size_t kernel_length(size_t count) {
  return (count + KERNEL_BLOCK - 1) / KERNEL_BLOCK * KERNEL_BLOCK;
}

/* One factor of a sum of products. `high` NULL: `low` is the value, and the sum of all products'
 * magnitudes fits KERNEL_WHOLE_BITS, or for dots that of any `terms` of them 32 bits. Else the
 * value is high * 2^8 + low, 0 <= low < 2^8. */
struct kernel_factor {
  const int16_t *low, *high;
  size_t terms; /* even; 0: all */
};

/* out[i] = the normaliser of base + sum over k of factor[k] * vector[k][i]; 0 where gate[i] is 0.
 */
struct kernel_combine {
  int count;                     /* even */
  const int16_t *const *vectors; /* [count] */
  struct kernel_factor factor;   /* [count] */
  int32_t base; /* with it a sum has KERNEL_WHOLE_BITS still. Not for split factors */
  size_t length;
  const int16_t *gate; /* 0 or -1 */
  int shift, bits;     /* of fixed_normalise */
  int32_t *sums;       /* the exact sums, gate or not; NULL: not wanted. Not for split factors */
  int16_t *out;
};

/* E16 for a column of weights: u = x[i] * gradient, rho = rows[i] xor column. */
struct kernel_update {
  int16_t gradient; /* not 0 */
  int shift, fine_bits;
  bool halves; /* what is below the fine bits is rounded to the nearest of them, not cut off */
  uint16_t column;
  int bits; /* of a weight */
};

struct kernels {
  const char *name;

  /* sums[k] = sum over i of columns[k][i] * x[i], exactly, for k < count. */
  void (*dots)(const int16_t *const *columns, int count, struct kernel_factor x, size_t length,
               int64_t *sums);

  /* Returns how many values were cut. */
  uint32_t (*combine)(const struct kernel_combine *combine);

  /* weights[i] -= step; returns how many updates were not zero and changed nothing. Only where
   * kernel_updates says so. */
  uint32_t (*update)(const struct kernel_update *update, int16_t *weights, const int16_t *x,
                     const uint16_t *rows, size_t length);
};

/* Whether `update` can do it when |x| <= 2^(x_bits-1) and |gradient| <= 2^(gradient_bits-1). */
static inline bool kernel_updates(const struct kernel_update *update, int x_bits,
                                  int gradient_bits) {
  return update->shift >= update->fine_bits &&
         update->shift - update->fine_bits <= KERNEL_COARSE_MAX &&
         x_bits + gradient_bits - 2 - update->shift < KERNEL_STEP_BITS;
}

extern const struct kernels kernels_portable;

/* The sets that this processor has, "portable" first, the fastest last, then NULL. */
const struct kernels *const *kernels_all(void);

/* The fastest, or the one that the environment's ENGRAM_KERNELS names. NULL: it says "plain", which
 * stands for the model without kernels. */
const struct kernels *kernels_choose(void);

#endif
