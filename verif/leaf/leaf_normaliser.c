/* leaf_normaliser.c : engram_normaliser against fixed_normalise.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/fixed.h"

enum { VALUES, INDEX_BITS, SUM_BITS, SHIFT, VALUE_BITS, RELU, COUNT_LEVELS, COUNT_BITS };
enum { IN_INDEX = 0, IN_VALID = 16, IN_HALVE, IN_KEEP, IN_CLEAR, IN_RESET, IN_SUM = 64 };
enum { OUT_GATES = 0, OUT_COUNT = 32, OUT_VALID = 64, OUT_INDEX = 65, OUT_VALUE = 96 };
enum { SUM_STRIDE = 64, VALUE_STRIDE = 32 };
enum { CYCLES = 12000, FILL = 12, CASES_MAX = 16, VALUES_MAX = 17, DELAY_MAX = 8 };

/* What C says about the sums of one cycle, and the count so far. */
struct model {
  bool valid;
  uint32_t index, gates;
  int32_t value[VALUES_MAX];
  uint32_t cut[DELAY_MAX]; /* of the last cycles */
  uint32_t count;
};

/* A sum near an end of the value's range or near a tie, or a random one. */
static int64_t choose_sum(struct bench *bench, int c, int shift) {
  int bits = bench_parameter(bench, c, SUM_BITS);
  int value_bits = bench_parameter(bench, c, VALUE_BITS);
  int choice = bench_below(bench, 4);
  if (choice == 0 && shift + value_bits < bits) {
    int64_t end = bench_chance(bench, 50) ? fixed_high(value_bits) : fixed_low(value_bits);
    return fixed_saturate(end * (INT64_C(1) << shift) + bench_signed(bench, shift + 2), bits);
  }
  if (choice == 1 && shift > 0 && shift < bits) {
    int64_t tie =
        bench_signed(bench, bits - shift) * (INT64_C(1) << shift) + (INT64_C(1) << (shift - 1));
    return fixed_saturate(tie - bench_below(bench, 2), bits);
  }
  return bench_signed(bench, bits);
}

static void drive(struct bench *bench, int c, int cycle, struct model *model) {
  bool halve = bench_chance(bench, 30), keep = bench_chance(bench, 80);
  bool valid = cycle > FILL && bench_chance(bench, 70), reset = bench_chance(bench, 2);
  bool clear = cycle == FILL || bench_chance(bench, 1);
  bool relu = bench_parameter(bench, c, RELU) != 0;
  int shift = bench_parameter(bench, c, SHIFT) + halve;
  int index_bits = bench_parameter(bench, c, INDEX_BITS);
  model->valid = valid && !reset;
  model->index = (uint32_t)bench_random(bench, index_bits);
  model->gates = 0;
  uint32_t cut = 0;
  for (int v = 0; v < bench_parameter(bench, c, VALUES); v++) {
    int64_t sum = choose_sum(bench, c, shift);
    bench_set(bench, c, IN_SUM + SUM_STRIDE * v, bench_parameter(bench, c, SUM_BITS),
              (uint64_t)sum);
    int bits = bench_parameter(bench, c, VALUE_BITS);
    model->value[v] = keep ? fixed_normalise(sum, shift, bits, relu, &cut) : 0;
    model->gates |= (uint32_t)(keep && (!relu || model->value[v] > 0)) << v;
  }
  int delay = bench_parameter(bench, c, COUNT_LEVELS) + 1;
  model->count += model->cut[(cycle + DELAY_MAX - delay) % DELAY_MAX];
  model->count = clear ? 0 : model->count;
  model->cut[cycle % DELAY_MAX] = model->valid ? cut : 0;
  bench_set(bench, c, IN_INDEX, index_bits, model->index);
  bench_set(bench, c, IN_VALID, 1, valid);
  bench_set(bench, c, IN_HALVE, 1, halve);
  bench_set(bench, c, IN_KEEP, 1, keep);
  bench_set(bench, c, IN_CLEAR, 1, clear);
  bench_set(bench, c, IN_RESET, 1, reset);
}

static void check(struct bench *bench, int c, const struct model *model) {
  bench_check(bench, c, "valid", (int64_t)bench_get(bench, c, OUT_VALID, 1), model->valid);
  bench_check(bench, c, "cut count", (int64_t)bench_get(bench, c, OUT_COUNT, 32), model->count);
  if (!model->valid)
    return;
  int bits = bench_parameter(bench, c, VALUE_BITS), values = bench_parameter(bench, c, VALUES);
  bench_check(bench, c, "index",
              (int64_t)bench_get(bench, c, OUT_INDEX, bench_parameter(bench, c, INDEX_BITS)),
              model->index);
  bench_check(bench, c, "gates", (int64_t)bench_get(bench, c, OUT_GATES, values), model->gates);
  for (int v = 0; v < values; v++)
    bench_check(bench, c, "value", bench_get_signed(bench, c, OUT_VALUE + VALUE_STRIDE * v, bits),
                model->value[v]);
}

static void test_normalise(void **state) {
  struct bench *bench = *state;
  struct model models[CASES_MAX] = {{.valid = false}};
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    struct model before[CASES_MAX];
    for (int c = 0; c < bench->cases; c++) {
      before[c] = models[c];
      drive(bench, c, cycle, &models[c]);
    }
    bench_settle(bench);
    for (int c = 0; cycle > FILL && c < bench->cases; c++)
      check(bench, c, &before[c]);
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "normaliser");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_normalise, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
