/* leaf_pick.c : engram_pick against an array's elements, and zero behind the last one.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

enum { VALUE_BITS, VALUES, INDEX_BITS }; /* parameters */
enum { IN_INDEX = 0, IN_VALUE = 64, STRIDE = 32, OUT = 0, TRIES = 100, VALUES_MAX = 36 };

static void try_all(struct bench *bench, int c) {
  int bits = bench_parameter(bench, c, VALUE_BITS), values = bench_parameter(bench, c, VALUES);
  uint32_t value[VALUES_MAX];
  for (int v = 0; v < values; v++) {
    value[v] = (uint32_t)bench_random(bench, bits);
    bench_set(bench, c, IN_VALUE + STRIDE * v, bits, value[v]);
  }
  for (int index = 0; index < 1 << bench_parameter(bench, c, INDEX_BITS); index++) {
    bench_set(bench, c, IN_INDEX, 8, (uint64_t)index);
    bench_settle(bench);
    bench_check(bench, c, "value", (int64_t)bench_get(bench, c, OUT, bits),
                index < values ? value[index] : 0);
  }
}

static void test_pick(void **state) {
  struct bench *bench = *state;
  for (int i = 0; i < TRIES; i++)
    for (int c = 0; c < bench->cases; c++)
      try_all(bench, c);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "pick");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_pick, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
