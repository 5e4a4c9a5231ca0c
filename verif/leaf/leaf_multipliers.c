/* leaf_multipliers.c : engram_multipliers against C's products, two cycles after each was wanted.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

enum { COUNT, A_BITS, B_BITS }; /* parameters */
enum { IN_A = 0, IN_B = 16, IN_STRIDE = 32, IN_ENABLE = 192, IN_NONZERO = 208 };
enum { CYCLES = 20000, LATENCY = 2, CASES_MAX = 8, COUNT_MAX = 5 };

struct product {
  bool wanted;
  int64_t value;
};

static struct product drive(struct bench *bench, int c, int i) {
  int a_bits = bench_parameter(bench, c, A_BITS), b_bits = bench_parameter(bench, c, B_BITS);
  int64_t a = bench_chance(bench, 20) ? 0 : bench_signed(bench, a_bits);
  int64_t b = bench_signed(bench, b_bits);
  bool wanted = bench_chance(bench, 60);
  bench_set(bench, c, i * IN_STRIDE + IN_A, a_bits, (uint64_t)a);
  bench_set(bench, c, i * IN_STRIDE + IN_B, b_bits, (uint64_t)b);
  bench_set(bench, c, IN_ENABLE + i, 1, wanted);
  bench_set(bench, c, IN_NONZERO + i, 1, a != 0);
  return (struct product){wanted, a * b};
}

static void test_products(void **state) {
  struct bench *bench = *state;
  static struct product old[CASES_MAX][COUNT_MAX][LATENCY];
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    static struct product now[CASES_MAX][COUNT_MAX];
    for (int c = 0; c < bench->cases; c++)
      for (int i = 0; i < bench_parameter(bench, c, COUNT); i++)
        now[c][i] = drive(bench, c, i);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      int bits = bench_parameter(bench, c, A_BITS) + bench_parameter(bench, c, B_BITS);
      for (int i = 0; i < bench_parameter(bench, c, COUNT); i++) {
        struct product *expected = &old[c][i][cycle % LATENCY];
        if (expected->wanted)
          bench_check(bench, c, "product", bench_get_signed(bench, c, i * 32, bits),
                      expected->value);
        *expected = now[c][i];
      }
    }
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "multipliers");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_products, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
