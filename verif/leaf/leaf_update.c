/* leaf_update.c : engram_update against fixed_update, two cycles later.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/fixed.h"

enum { WEIGHT_BITS, U_BITS, SHIFT, ROUND_BITS, ROUNDING }; /* parameters */
enum { STOCHASTIC = 1 };
enum {
  IN_WEIGHT = 0,
  IN_RATE = 32,
  IN_U = 64,
  IN_ROUND = 128,
  OUT_WEIGHT = 0,
  OUT_LOST = 32,
  OUT_CHANGED
};
enum { CYCLES = 30000, LATENCY = 2, CASES_MAX = 16 };

struct expected {
  int32_t weight;
  uint32_t lost;
  bool changed;
};

static uint32_t choose_rho(struct bench *bench, int round_bits) {
  switch (bench_below(bench, 4)) {
  case 0:
    return 0; /* truncate */
  case 1:
    return UINT32_C(1) << (round_bits - 1); /* nearest */
  default:
    return (uint32_t)bench_random(bench, round_bits);
  }
}

static struct expected drive(struct bench *bench, int c) {
  int weight_bits = bench_parameter(bench, c, WEIGHT_BITS);
  int u_bits = bench_parameter(bench, c, U_BITS);
  int round_bits = bench_parameter(bench, c, ROUND_BITS);
  int rate = bench_below(bench, NET_RATE_MAX + 1);
  int shift = bench_parameter(bench, c, SHIFT) + rate;
  int32_t weight = (int32_t)bench_signed(bench, weight_bits);
  uint32_t rho = choose_rho(bench, round_bits);
  int64_t u = bench_signed(bench, u_bits);
  if (shift > 0 && shift < u_bits - 1 && bench_chance(bench, 40)) /* a step of a few grid places */
    u = fixed_saturate(bench_signed(bench, shift + 3 < u_bits ? shift + 3 : u_bits), u_bits);
  bench_set(bench, c, IN_WEIGHT, weight_bits, (uint32_t)weight);
  bench_set(bench, c, IN_U, u_bits, (uint64_t)u);
  bench_set(bench, c, IN_RATE, 4, (uint64_t)rate);
  bench_set(bench, c, IN_ROUND, round_bits, rho);
  struct expected expected = {0, 0, false};
  if (bench_parameter(bench, c, ROUNDING) == STOCHASTIC) /* half a unit of its last place */
    rho = rho << 1 | 1, round_bits++;
  expected.weight = fixed_update(weight, u, shift, round_bits, rho, weight_bits, &expected.lost);
  expected.changed = expected.weight != weight;
  return expected;
}

static void test_update(void **state) {
  struct bench *bench = *state;
  struct expected pipe[CASES_MAX][LATENCY] = {{{0, 0, false}}};
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    struct expected fresh[CASES_MAX];
    for (int c = 0; c < bench->cases; c++)
      fresh[c] = drive(bench, c);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      struct expected *old = &pipe[c][cycle % LATENCY];
      if (cycle >= LATENCY) {
        bench_check(bench, c, "weight",
                    bench_get_signed(bench, c, OUT_WEIGHT, bench_parameter(bench, c, WEIGHT_BITS)),
                    old->weight);
        bench_check(bench, c, "changed", (int64_t)bench_get(bench, c, OUT_CHANGED, 1),
                    old->changed);
        bench_check(bench, c, "lost", (int64_t)bench_get(bench, c, OUT_LOST, 1), old->lost);
      }
      *old = fresh[c];
    }
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "update");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_update, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
