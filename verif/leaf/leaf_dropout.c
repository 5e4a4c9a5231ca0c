/* leaf_dropout.c : engram_dropout, all its inputs.
 * SPDX-License-Identifier: MIT
 *
 * Training keeps unit 2k+1 of pair k where the pair's bit is 1 and unit 2k where it is 0
 * (random_dropout); inference keeps all units and halves them.
 */
#include "bench.h"

enum { INDEX_BITS }; /* parameter */
enum { IN_TRAIN, IN_VALID, IN_PAIR_BIT, IN_INDEX = 16, OUT_KEEP = 0, OUT_HALVE, OUT_PAIR_NEXT };

static void try_one(struct bench *bench, int c, int unit, int pins) {
  bool train = pins & 1, valid = pins & 2, bit = pins & 4;
  bench_set(bench, c, IN_TRAIN, 1, train);
  bench_set(bench, c, IN_VALID, 1, valid);
  bench_set(bench, c, IN_PAIR_BIT, 1, bit);
  bench_set(bench, c, IN_INDEX, 16, (uint64_t)unit);
  bench_settle(bench);
  int kept = unit / 2 * 2 + bit;
  bool second = unit % 2 == 1;
  bench_check(bench, c, "keep", (int64_t)bench_get(bench, c, OUT_KEEP, 1), !train || unit == kept);
  bench_check(bench, c, "halve", (int64_t)bench_get(bench, c, OUT_HALVE, 1), !train);
  bench_check(bench, c, "pair_next", (int64_t)bench_get(bench, c, OUT_PAIR_NEXT, 1),
              valid && train && second);
}

static void test_dropout(void **state) {
  struct bench *bench = *state;
  for (int c = 0; c < bench->cases; c++)
    for (int unit = 0; unit < 1 << bench_parameter(bench, c, INDEX_BITS); unit++)
      for (int pins = 0; pins < 8; pins++)
        try_one(bench, c, unit, pins);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "dropout");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_dropout, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
