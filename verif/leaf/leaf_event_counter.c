/* leaf_event_counter.c : engram_event_counter against a count in C.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

enum { FLAGS, LEVELS, SUM_BITS, COUNT_BITS }; /* parameters */
enum { IN_FLAGS = 0, IN_TAKE = 96, OUT = 0 };
enum { CYCLES = 20000, FILL = 16, CASES_MAX = 16, LEVELS_MAX = 16, PART_BITS = 64 };

struct counter {
  int flags[LEVELS_MAX]; /* up in the last cycles */
  uint32_t count;
};

/* Random flags for one case, all or none of them at times; returns how many are up. */
static int drive_flags(struct bench *bench, int c) {
  int up = 0, choice = bench_below(bench, 6);
  for (int left = bench_parameter(bench, c, FLAGS), at = IN_FLAGS; left > 0; left -= PART_BITS) {
    int bits = left < PART_BITS ? left : PART_BITS;
    uint64_t flags = choice == 0   ? 0
                     : choice == 1 ? bench_mask(bits)
                                   : bench_random(bench, PART_BITS) & bench_mask(bits);
    bench_set(bench, c, at, bits, flags);
    up += __builtin_popcountll(flags);
    at += bits;
  }
  return up;
}

static void test_count(void **state) {
  struct bench *bench = *state;
  struct counter counters[CASES_MAX] = {{{0}, 0}};
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    bool take[CASES_MAX];
    for (int c = 0; c < bench->cases; c++) {
      counters[c].flags[cycle % LEVELS_MAX] = drive_flags(bench, c);
      take[c] = cycle == FILL || bench_chance(bench, 1);
      bench_set(bench, c, IN_TAKE, 1, take[c]);
    }
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      struct counter *counter = &counters[c];
      if (cycle > FILL)
        bench_check(bench, c, "count", (int64_t)bench_get(bench, c, OUT, 32), counter->count);
      int levels = bench_parameter(bench, c, LEVELS);
      counter->count = take[c] ? 0 : counter->count;
      counter->count += (uint32_t)counter->flags[(cycle + LEVELS_MAX - levels) % LEVELS_MAX];
      counter->count &= (uint32_t)bench_mask(bench_parameter(bench, c, COUNT_BITS));
    }
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "event_counter");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_count, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
