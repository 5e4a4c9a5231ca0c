/* leaf_multiplier.c : engram_multiplier against C's product, two cycles later.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

enum { A_BITS, B_BITS };               /* parameters */
enum { IN_A = 0, IN_B = 32, OUT = 0 }; /* pins */
enum { CYCLES = 20000, LATENCY = 2, CASES_MAX = 16 };

static void test_product(void **state) {
  struct bench *bench = *state;
  int64_t expected[CASES_MAX][LATENCY] = {{0}};
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    int64_t product[CASES_MAX];
    for (int c = 0; c < bench->cases; c++) {
      int a_bits = bench_parameter(bench, c, A_BITS), b_bits = bench_parameter(bench, c, B_BITS);
      int64_t a = bench_signed(bench, a_bits), b = bench_signed(bench, b_bits);
      bench_set(bench, c, IN_A, a_bits, (uint64_t)a);
      bench_set(bench, c, IN_B, b_bits, (uint64_t)b);
      product[c] = a * b;
    }
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      int bits = bench_parameter(bench, c, A_BITS) + bench_parameter(bench, c, B_BITS);
      if (cycle >= LATENCY)
        bench_check(bench, c, "product", bench_get_signed(bench, c, OUT, bits),
                    expected[c][cycle % LATENCY]);
      expected[c][cycle % LATENCY] = product[c];
    }
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "multiplier");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_product, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
