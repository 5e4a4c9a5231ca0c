/* leaf_late_pick.c : engram_late_pick against an array's elements of the cycle before, and zero
 * behind the last one.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

enum { VALUE_BITS, VALUES, INDEX_BITS }; /* parameters */
enum { IN_INDEX = 0, IN_VALUE = 64, STRIDE = 32, OUT = 0, CYCLES = 2000, CASES_MAX = 8 };

/* Sets random inputs; returns what they make of the output a cycle later. */
static uint32_t drive(struct bench *bench, int c) {
  int bits = bench_parameter(bench, c, VALUE_BITS), values = bench_parameter(bench, c, VALUES);
  int index = (int)bench_random(bench, bench_parameter(bench, c, INDEX_BITS));
  uint32_t picked = 0;
  for (int v = 0; v < values; v++) {
    uint32_t value = (uint32_t)bench_random(bench, bits);
    bench_set(bench, c, IN_VALUE + STRIDE * v, bits, value);
    if (v == index)
      picked = value;
  }
  bench_set(bench, c, IN_INDEX, 8, (uint64_t)index);
  return picked;
}

static void test_late_pick(void **state) {
  struct bench *bench = *state;
  uint32_t expected[CASES_MAX];
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    uint32_t next[CASES_MAX];
    for (int c = 0; c < bench->cases; c++)
      next[c] = drive(bench, c);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      int bits = bench_parameter(bench, c, VALUE_BITS);
      if (cycle > 0)
        bench_check(bench, c, "value", (int64_t)bench_get(bench, c, OUT, bits), expected[c]);
      expected[c] = next[c];
    }
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "late_pick");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_late_pick, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
