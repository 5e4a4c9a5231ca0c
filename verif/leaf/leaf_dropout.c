/* leaf_dropout.c : engram_dropout against random_keeps: all bits where they are few, else drawn
 * ones. SPDX-License-Identifier: MIT
 *
 * Inference keeps all units.
 */
#include "bench.h"

#include "model/random.h"

enum { UNITS, DROPPED }; /* parameters */
enum { IN_TRAIN, IN_BITS = 32, OUT_KEEP = 0, TRIES = 400, BITS_MAX = 4096 };

/* Every pattern of the first bits once, then drawn ones. */
static void try_one(struct bench *bench, int c, int number, bool train) {
  const struct layer layer = {.dropout = true, .dropped = bench_parameter(bench, c, DROPPED)};
  int units = bench_parameter(bench, c, UNITS);
  int count = net_drops_units(&layer) ? NET_DRAW_BITS * units : units / 2;
  uint8_t bit[BITS_MAX];
  bench_set(bench, c, IN_TRAIN, 1, train);
  for (int i = 0; i < count; i++) {
    bit[i] = i < 8 ? number >> i & 1 : bench_chance(bench, 50);
    bench_set(bench, c, IN_BITS + i, 1, bit[i]);
  }
  bench_settle(bench);
  for (int unit = 0; unit < units; unit++)
    bench_check(bench, c, "keep", (int64_t)bench_get(bench, c, OUT_KEEP + unit, 1),
                !train || random_keeps(&layer, bit, unit));
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
