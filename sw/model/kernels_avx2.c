/* kernels_avx2.c : the kernels for x86 with AVX2.
 * SPDX-License-Identifier: MIT
 */
#include "model/kernels_parts.h"

#ifdef KERNELS_X86
#include <immintrin.h>

#define TARGET  __attribute__((target("avx2,popcnt")))
#define VECTOR  __m256i
#define I(name) _mm256_##name
enum { LANES = 8 };

TARGET static inline VECTOR load(const int16_t *from) {
  return _mm256_loadu_si256((const __m256i_u *)from);
}

TARGET static inline void store(int16_t *to, VECTOR v) {
  _mm256_storeu_si256((__m256i_u *)to, v);
}

TARGET static inline VECTOR both(VECTOR a, VECTOR b) {
  return _mm256_and_si256(a, b);
}

TARGET static inline VECTOR either_not_both(VECTOR a, VECTOR b) {
  return _mm256_xor_si256(a, b);
}

TARGET static inline VECTOR dot_add(VECTOR sum, VECTOR a, VECTOR b) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}

TARGET static inline int64_t total(VECTOR v) {
  VECTOR half = _mm256_add_epi64(_mm256_cvtepi32_epi64(_mm256_castsi256_si128(v)),
                                 _mm256_cvtepi32_epi64(_mm256_extracti128_si256(v, 1)));
  __m128i two = _mm_add_epi64(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  return _mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1);
}

TARGET static inline uint32_t different(VECTOR a, VECTOR b) {
  int same = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b)));
  return (uint32_t)(LANES - __builtin_popcount((unsigned)same));
}

TARGET static inline uint32_t lost(VECTOR x, VECTOR a, VECTOR b) {
  VECTOR none = _mm256_cmpeq_epi16(x, _mm256_setzero_si256());
  int bytes = _mm256_movemask_epi8(_mm256_andnot_si256(none, _mm256_cmpeq_epi16(a, b)));
  return (uint32_t)__builtin_popcount((unsigned)bytes) / 2;
}

TARGET static inline void store_sums(int32_t *to, VECTOR a, VECTOR b) {
  _mm256_storeu_si256((__m256i_u *)to, _mm256_permute2x128_si256(a, b, 0x20));
  _mm256_storeu_si256((__m256i_u *)(to + LANES), _mm256_permute2x128_si256(a, b, 0x31));
}

#include "model/kernels_vector.h"

const struct kernels kernels_avx2 = {"avx2", dots, combine, update};
#endif
