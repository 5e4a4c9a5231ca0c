/* kernels_avx512.c : the kernels for x86 with AVX-512 (BW and VNNI).
 * SPDX-License-Identifier: MIT
 */
#include "model/kernels_parts.h"

#ifdef KERNELS_X86
#include <immintrin.h>

#define TARGET  __attribute__((target("avx512f,avx512bw,avx512vnni,popcnt")))
#define VECTOR  __m512i
#define I(name) _mm512_##name
enum { LANES = 16 };

TARGET static inline VECTOR load(const int16_t *from) {
  return _mm512_loadu_si512(from);
}

TARGET static inline void store(int16_t *to, VECTOR v) {
  _mm512_storeu_si512(to, v);
}

TARGET static inline VECTOR both(VECTOR a, VECTOR b) {
  return _mm512_and_si512(a, b);
}

TARGET static inline VECTOR either_not_both(VECTOR a, VECTOR b) {
  return _mm512_xor_si512(a, b);
}

TARGET static inline VECTOR dot_add(VECTOR sum, VECTOR a, VECTOR b) {
  return _mm512_dpwssd_epi32(sum, a, b);
}

TARGET static inline int64_t total(VECTOR v) {
  return _mm512_reduce_add_epi64(
      _mm512_add_epi64(_mm512_cvtepi32_epi64(_mm512_castsi512_si256(v)),
                       _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(v, 1))));
}

TARGET static inline uint32_t different(VECTOR a, VECTOR b) {
  return (uint32_t)__builtin_popcount(_mm512_cmpneq_epi32_mask(a, b));
}

TARGET static inline uint32_t lost(VECTOR x, VECTOR a, VECTOR b) {
  return (uint32_t)__builtin_popcount(
      _mm512_mask_cmpeq_epi16_mask(_mm512_test_epi16_mask(x, x), a, b));
}

TARGET static inline void store_sums(int32_t *to, VECTOR a, VECTOR b) {
  const VECTOR first = _mm512_setr_epi32(0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const VECTOR second =
      _mm512_setr_epi32(8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  _mm512_storeu_si512(to, _mm512_permutex2var_epi32(a, first, b));
  _mm512_storeu_si512(to + LANES, _mm512_permutex2var_epi32(a, second, b));
}

#include "model/kernels_vector.h"

const struct kernels kernels_avx512 = {"avx512", dots, combine, update};
#endif
