/* dtype.c : numbers as safetensors files hold them.
 * SPDX-License-Identifier: MIT
 */
#include "model/dtype.h"

#include <math.h>
#include <string.h>

static const struct dtype types[] = {
    {"F16", 2, 5, 10}, {"BF16", 2, 8, 7}, {"F32", 4, 8, 23}, {"F64", 8, 11, 52}};

const struct dtype *dtype_find(const char *name) {
  for (size_t i = 0; name && i < sizeof types / sizeof types[0]; i++)
    if (strcmp(types[i].name, name) == 0)
      return &types[i];
  return NULL;
}

double dtype_value(const struct dtype *type, const uint8_t *from) {
  uint64_t bits = 0;
  for (int i = 0; i < type->bytes; i++)
    bits |= (uint64_t)from[i] << 8 * i;
  int most = (1 << type->exponent_bits) - 1, bias = most / 2;
  int exponent = (int)(bits >> type->fraction_bits) & most;
  uint64_t fraction = bits & ((UINT64_C(1) << type->fraction_bits) - 1);
  double value;
  if (exponent == most)
    value = fraction ? (double)NAN : (double)INFINITY;
  else if (exponent == 0) /* subnormal */
    value = ldexp((double)fraction, 1 - bias - type->fraction_bits);
  else
    value = ldexp((double)(fraction | UINT64_C(1) << type->fraction_bits),
                  exponent - bias - type->fraction_bits);
  return bits >> (8 * type->bytes - 1) ? -value : value;
}
