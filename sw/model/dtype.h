/* dtype.h : numbers as safetensors files hold them.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_MODEL_DTYPE_H
#define ENGRAM_MODEL_DTYPE_H

#include <stddef.h>
#include <stdint.h>

/* A floating-point type of IEEE 754, little endian; BF16 is the upper half of F32. */
struct dtype {
  const char *name;
  int bytes, exponent_bits, fraction_bits; /* and a sign */
};

#define DTYPE_NAMES "F16, BF16, F32 or F64"

/* NULL where there is none of this name (which may be NULL). */
const struct dtype *dtype_find(const char *name);

/* The number whose bytes begin at `from`, exactly; infinities and NaN as they are. */
double dtype_value(const struct dtype *type, const uint8_t *from);

#endif
