/* leaf_dropout.c : engram_dropout: all pair bits where they are few, else drawn ones.
 * SPDX-License-Identifier: MIT
 *
 * Training keeps unit 2k+1 of pair k where the pair's bit is 1 and unit 2k where it is 0
 * (random_dropout); inference keeps all units.
 */
#include "bench.h"

enum { UNITS }; /* parameter */
enum { IN_TRAIN, IN_BITS = 32, OUT_KEEP = 0, TRIES = 400, PAIRS_MAX = 512 };

/* Every pattern of the first pairs once, then drawn ones. */
static void try_one(struct bench *bench, int c, int number, bool train) {
  int units = bench_parameter(bench, c, UNITS), pairs = units / 2;
  bool bit[PAIRS_MAX];
  bench_set(bench, c, IN_TRAIN, 1, train);
  for (int p = 0; p < pairs; p++) {
    bit[p] = p < 8 ? number >> p & 1 : bench_chance(bench, 50);
    bench_set(bench, c, IN_BITS + p, 1, bit[p]);
  }
  bench_settle(bench);
  for (int unit = 0; unit < units; unit++)
    bench_check(bench, c, "keep", (int64_t)bench_get(bench, c, OUT_KEEP + unit, 1),
                !train || unit % 2 == bit[unit / 2]);
}

static void test_dropout(void **state) {
  struct bench *bench = *state;
  for (int c = 0; c < bench->cases; c++)
    for (int number = 0; number < TRIES; number++) {
      try_one(bench, c, number, true);
      try_one(bench, c, number, false);
    }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "dropout");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_dropout, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
