/* peak.c : the most multiply-accumulates that one core does.
 * SPDX-License-Identifier: MIT
 */
#include "peak.h"

#include "model/kernels_parts.h"

#include <time.h>

enum { TURNS = 100000 /* between looks at the clock */ };

#ifdef KERNELS_X86
#include <immintrin.h>

/* As many sums as there are registers, so that none waits for another. The empty assembly makes
 * the compiler take each product anew. */
__attribute__((target("avx2"))) static double turns_avx2(void) {
  enum { SUMS = 12, PRODUCTS = 16 };
  __m256i sum[SUMS] = {{0}}, a = _mm256_set1_epi16(3), b = _mm256_set1_epi16(5);
  for (int turn = 0; turn < TURNS; turn++)
#pragma GCC unroll 12
    for (int i = 0; i < SUMS; i++) {
      __asm__ volatile("" : "+x"(a));
      sum[i] = _mm256_add_epi32(sum[i], _mm256_madd_epi16(a, b));
    }
#pragma GCC unroll 12
  for (int i = 0; i < SUMS; i++)
    __asm__ volatile("" : : "x"(sum[i]));
  return (double)TURNS * SUMS * PRODUCTS;
}

__attribute__((target("avx512f,avx512bw,avx512vnni"))) static double turns_avx512(void) {
  enum { SUMS = 16, PRODUCTS = 32 };
  __m512i sum[SUMS] = {{0}}, a = _mm512_set1_epi16(3), b = _mm512_set1_epi16(5);
  for (int turn = 0; turn < TURNS; turn++)
#pragma GCC unroll 16
    for (int i = 0; i < SUMS; i++) {
      __asm__ volatile("" : "+v"(a));
      sum[i] = _mm512_dpwssd_epi32(sum[i], a, b);
    }
#pragma GCC unroll 16
  for (int i = 0; i < SUMS; i++)
    __asm__ volatile("" : : "v"(sum[i]));
  return (double)TURNS * SUMS * PRODUCTS;
}
#endif

static double cpu_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double peak_rate(const struct kernels *kernels, double seconds) {
  double (*turns)(void) = NULL;
#ifdef KERNELS_X86
  turns = kernels == &kernels_avx2 ? turns_avx2 : kernels == &kernels_avx512 ? turns_avx512 : NULL;
#endif
  if (!turns)
    return 0;
  double products = 0, begin = cpu_seconds(), end = begin;
  for (; end - begin < seconds; end = cpu_seconds())
    products += turns();
  return products / (end - begin);
}
