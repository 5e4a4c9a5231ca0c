/* leaf_rounding.c : engram_rounding, whole and row before column, and engram_rounding_serial,
 * against random_at and the constants of E16.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/random.h"

/* parameters */
enum { ROUNDING, LAYER, LAYER_BITS, ROW_BITS, COLUMN_BITS, ROUND_BITS, OWN_ROW_BITS };
enum { NEAREST, STOCHASTIC, TRUNCATE };
enum {
  IN_KEY = 0,
  IN_BASE = 64,
  IN_ROW = 80,
  IN_COLUMN = 96,
  IN_LOAD = 112,
  IN_BITS_DUE = 113,
  IN_LAST = 114,
  OUT_WHOLE = 0,
  OUT_PARTS = 32,
  OUT_BIT = 63
};
enum { ROUNDS = 2000 };

static uint32_t expect(struct bench *bench, int c) {
  int bits = bench_parameter(bench, c, ROUND_BITS), layer = bench_parameter(bench, c, LAYER);
  int row_bits = bench_parameter(bench, c, OWN_ROW_BITS);
  int column_bits = bench_parameter(bench, c, COLUMN_BITS);
  struct net net = {.layer_bits = bench_parameter(bench, c, LAYER_BITS),
                    .row_bits = bench_parameter(bench, c, ROW_BITS),
                    .column_bits = column_bits,
                    .hash_bits = bits};
  net.position_bits = net.layer_bits + net.row_bits + net.column_bits;
  int key_bits = net.position_bits + bits - 1;
  struct random_step step = {.base = (uint32_t)bench_random(bench, bits),
                             .key = bench_random(bench, key_bits)};
  int row = (int)bench_random(bench, row_bits), column = (int)bench_random(bench, column_bits);
  bench_set(bench, c, IN_KEY, key_bits, step.key);
  bench_set(bench, c, IN_BASE, bits, step.base);
  bench_set(bench, c, IN_ROW, row_bits, (uint64_t)row);
  bench_set(bench, c, IN_COLUMN, column_bits, (uint64_t)column);
  switch (bench_parameter(bench, c, ROUNDING)) {
  case STOCHASTIC:
    return random_at(&net, &step, layer, row, column);
  case NEAREST:
    return 1u << (bits - 1);
  default:
    return 0;
  }
}

static void set_serial(struct bench *bench, int c, bool load, bool due, bool last) {
  bench_set(bench, c, IN_LOAD, 1, load);
  bench_set(bench, c, IN_BITS_DUE, 1, due);
  bench_set(bench, c, IN_LAST, 1, last);
}

/* A place, base and key for each case: at once, and then a bit a cycle and one behind the last. */
static void try_one(struct bench *bench) {
  uint32_t expected[16];
  int longest = 0;
  for (int c = 0; c < bench->cases; c++) {
    int bits = bench_parameter(bench, c, ROUND_BITS);
    longest = bits > longest ? bits : longest;
    expected[c] = expect(bench, c);
    set_serial(bench, c, true, false, false);
  }
  bench_settle(bench);
  for (int c = 0; c < bench->cases; c++) {
    int bits = bench_parameter(bench, c, ROUND_BITS);
    bench_check(bench, c, "rho", (int64_t)bench_get(bench, c, OUT_WHOLE, bits), expected[c]);
    bench_check(bench, c, "rho in parts", (int64_t)bench_get(bench, c, OUT_PARTS, bits),
                expected[c]);
  }
  bench_edge(bench);
  for (int i = 0; i <= longest; i++) {
    for (int c = 0; c < bench->cases; c++) {
      int bits = bench_parameter(bench, c, ROUND_BITS);
      set_serial(bench, c, false, i < bits, i == bits - 1);
    }
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++)
      bench_check(bench, c, "bit of rho", (int64_t)bench_get(bench, c, OUT_BIT, 1),
                  i < bench_parameter(bench, c, ROUND_BITS) ? expected[c] >> i & 1 : 0);
    bench_edge(bench);
  }
}

static void test_rounding(void **state) {
  struct bench *bench = *state;
  assert_in_range(bench->cases, 1, 16);
  for (int i = 0; i < ROUNDS; i++)
    try_one(bench);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "rounding");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_rounding, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
