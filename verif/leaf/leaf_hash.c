/* leaf_hash.c : engram_hash, whole and in two parts, against random_at.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/random.h"

enum { LAYER_BITS, ROW_BITS, COLUMN_BITS, ROUND_BITS }; /* parameters */
enum { IN_KEY = 0, IN_LAYER = 64, IN_ROW = 80, IN_COLUMN = 96, OUT_WHOLE = 0, OUT_PARTS = 32 };
enum { ROUNDS = 20000 };

static struct net net_of(const struct bench *bench, int c) {
  struct net net = {
      .layer_bits = bench_parameter(bench, c, LAYER_BITS),
      .row_bits = bench_parameter(bench, c, ROW_BITS),
      .column_bits = bench_parameter(bench, c, COLUMN_BITS),
      .hash_bits = bench_parameter(bench, c, ROUND_BITS),
  };
  net.position_bits = net.layer_bits + net.row_bits + net.column_bits;
  return net;
}

/* Random, one bit or all bits. */
static int choose_index(struct bench *bench, int bits) {
  switch (bench_below(bench, 4)) {
  case 0:
    return 1 << bench_below(bench, bits);
  case 1:
    return (int)bench_mask(bits);
  default:
    return (int)bench_random(bench, bits);
  }
}

static void try_one(struct bench *bench, int c, const struct net *net) {
  int bits = net->hash_bits, key_bits = net->position_bits + bits - 1;
  struct random_step step = {.base = (uint32_t)bench_random(bench, bits)};
  step.key = bench_random(bench, key_bits);
  int layer = choose_index(bench, net->layer_bits);
  int row = choose_index(bench, net->row_bits);
  int column = choose_index(bench, net->column_bits);
  bench_set(bench, c, IN_KEY, key_bits, step.key);
  bench_set(bench, c, IN_LAYER, net->layer_bits, (uint64_t)layer);
  bench_set(bench, c, IN_ROW, net->row_bits, (uint64_t)row);
  bench_set(bench, c, IN_COLUMN, net->column_bits, (uint64_t)column);
  bench_settle(bench);
  uint32_t expected = random_at(net, &step, layer, row, column);
  bench_check(bench, c, "hash", (int64_t)bench_get(bench, c, OUT_WHOLE, bits) ^ step.base,
              expected);
  bench_check(bench, c, "hash in parts", (int64_t)bench_get(bench, c, OUT_PARTS, bits) ^ step.base,
              expected);
}

static void test_hash(void **state) {
  struct bench *bench = *state;
  for (int c = 0; c < bench->cases; c++) {
    struct net net = net_of(bench, c);
    for (int i = 0; i < ROUNDS; i++)
      try_one(bench, c, &net);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "hash");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_hash, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
