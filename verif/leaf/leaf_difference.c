/* leaf_difference.c : engram_difference against P - F (E10), every class and label.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/softmax.h"

enum { CLASS_BITS }; /* parameter */
enum { IN_CLASS = 0, IN_LABEL = 8, IN_PROBABILITY = 16, OUT = 0 };
enum { DIFFERENCE_BITS = SOFTMAX_FRAC + 2, ROUNDS = 20 };

static void try_all_classes(struct bench *bench, int c, int32_t probability) {
  int classes = 1 << bench_parameter(bench, c, CLASS_BITS);
  bench_set(bench, c, IN_PROBABILITY, 16, (uint64_t)probability);
  for (int class = 0; class < classes; class ++)
    for (int label = 0; label < classes; label++) {
      bench_set(bench, c, IN_CLASS, 8, (uint64_t) class);
      bench_set(bench, c, IN_LABEL, 8, (uint64_t)label);
      bench_settle(bench);
      int32_t one_hot = class == label ? SOFTMAX_ONE : 0;
      bench_check(bench, c, "difference", bench_get_signed(bench, c, OUT, DIFFERENCE_BITS),
                  probability - one_hot);
    }
}

static void test_difference(void **state) {
  struct bench *bench = *state;
  const int32_t corners[] = {0, 1, SOFTMAX_ONE / 2, SOFTMAX_ONE - 1, SOFTMAX_ONE};
  for (int c = 0; c < bench->cases; c++) {
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++)
      try_all_classes(bench, c, corners[i]);
    for (int i = 0; i < ROUNDS; i++)
      try_all_classes(bench, c, bench_below(bench, SOFTMAX_ONE + 1));
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "difference");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_difference, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
