/* leaf_adder_tree.c : engram_adder_tree against C's sum, one cycle later for each level.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

enum { TERMS, TERM_BITS, SUM_BITS, LEVELS }; /* parameters */
enum { IN_TERM = 0, TERM_STRIDE = 32, OUT = 0 };
enum { CYCLES = 4000, CASES_MAX = 32, LEVELS_MAX = 16 };

enum stimulus { ALL_LOWEST, ALL_HIGHEST, RANDOM_TERMS };

/* New terms for one case; returns their sum. */
static int64_t drive_terms(struct bench *bench, int c) {
  int bits = bench_parameter(bench, c, TERM_BITS);
  int choice = bench_below(bench, 8);
  int64_t sum = 0;
  for (int i = 0; i < bench_parameter(bench, c, TERMS); i++) {
    int64_t low = -(INT64_C(1) << (bits - 1));
    int64_t term = choice == ALL_LOWEST    ? low
                   : choice == ALL_HIGHEST ? ~low
                                           : bench_signed(bench, bits);
    bench_set(bench, c, IN_TERM + TERM_STRIDE * i, bits, (uint64_t)term);
    sum += term;
  }
  return sum;
}

/* The tree is as deep as its number of terms asks for. */
static void test_levels(void **state) {
  struct bench *bench = *state;
  for (int c = 0; c < bench->cases; c++) {
    int levels = 0;
    for (int reach = 1; reach < bench_parameter(bench, c, TERMS); reach *= 2)
      levels++;
    bench_check(bench, c, "levels", bench_parameter(bench, c, LEVELS), levels);
  }
  assert_int_equal(bench->mismatches, 0);
}

static void test_sum(void **state) {
  struct bench *bench = *state;
  int64_t sums[CASES_MAX][LEVELS_MAX] = {{0}}; /* of the last cycles */
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    for (int c = 0; c < bench->cases; c++)
      sums[c][cycle % LEVELS_MAX] = drive_terms(bench, c);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      int levels = bench_parameter(bench, c, LEVELS);
      if (cycle >= levels)
        bench_check(bench, c, "sum",
                    bench_get_signed(bench, c, OUT, bench_parameter(bench, c, SUM_BITS)),
                    sums[c][(cycle - levels) % LEVELS_MAX]);
    }
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "adder_tree");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_prestate(test_levels, &bench),
      cmocka_unit_test_prestate(test_sum, &bench),
  };
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
