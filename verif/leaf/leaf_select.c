/* leaf_select.c : engram_select against an array's elements.
 * SPDX-License-Identifier: MIT
 *
 * The places that the last read asked for hold until the next; what stands on the word's pins one
 * cycle after a read comes out of them one cycle later, in each copy.
 */
#include "bench.h"

enum { VALUE_BITS, VALUES, SLOT_BITS, SELECTED, COPIES }; /* parameters */
enum { IN_READ, IN_SLOT = 8, IN_VALUE = 64, SLOT_STRIDE = 8, VALUE_STRIDE = 32, OUT_VALUE = 0 };
enum { CYCLES = 20000, CASES_MAX = 8, VALUES_MAX = 36, SELECTED_MAX = 2 };

struct model {
  bool read; /* at least once */
  int slot[SELECTED_MAX];
  int64_t expected[SELECTED_MAX]; /* in this cycle; -1 for anything */
  int64_t next[SELECTED_MAX];
};

static void drive(struct bench *bench, int c, struct model *model) {
  int bits = bench_parameter(bench, c, VALUE_BITS), values = bench_parameter(bench, c, VALUES);
  uint32_t value[VALUES_MAX];
  for (int v = 0; v < values; v++) {
    value[v] = (uint32_t)bench_random(bench, bits);
    bench_set(bench, c, IN_VALUE + VALUE_STRIDE * v, bits, value[v]);
  }
  bool read = bench_chance(bench, 60);
  bench_set(bench, c, IN_READ, 1, read);
  for (int s = 0; s < bench_parameter(bench, c, SELECTED); s++) {
    model->expected[s] = model->next[s];
    model->next[s] = model->read ? (int64_t)value[model->slot[s]] : -1;
    int slot = bench_below(bench, values);
    bench_set(bench, c, IN_SLOT + SLOT_STRIDE * s, SLOT_STRIDE, (uint64_t)slot);
    if (read)
      model->slot[s] = slot;
  }
  model->read |= read;
}

static void test_select(void **state) {
  struct bench *bench = *state;
  struct model models[CASES_MAX];
  for (int c = 0; c < bench->cases; c++)
    models[c] = (struct model){.next = {-1, -1}};
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    for (int c = 0; c < bench->cases; c++)
      drive(bench, c, &models[c]);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      int bits = bench_parameter(bench, c, VALUE_BITS);
      int selected = bench_parameter(bench, c, SELECTED);
      for (int s = 0; s < selected * bench_parameter(bench, c, COPIES); s++)
        if (models[c].expected[s % selected] >= 0)
          bench_check(bench, c, "value", (int64_t)bench_get(bench, c, OUT_VALUE + bits * s, bits),
                      models[c].expected[s % selected]);
    }
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "select");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_select, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
