/* leaf_value_word.c : engram_value_word against fixed_used, all words or many.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"
#include "model/fixed.h"

enum { WORD_BITS, VALUE_BITS }; /* parameters */
enum { IN_WORD = 0, OUT = 0, TRIES = 1 << 12 };

static void check(struct bench *bench, int c, int64_t word) {
  int bits = bench_parameter(bench, c, WORD_BITS), value = bench_parameter(bench, c, VALUE_BITS);
  bench_set(bench, c, IN_WORD, bits, (uint64_t)word & ((UINT64_C(1) << bits) - 1));
  bench_settle(bench);
  uint64_t expected = (uint64_t)fixed_used((int32_t)word, bits - value, value);
  bench_check(bench, c, "value", (int64_t)bench_get(bench, c, OUT, value),
              (int64_t)(expected & ((UINT64_C(1) << value) - 1)));
}

static void test_value(void **state) {
  struct bench *bench = *state;
  for (int c = 0; c < bench->cases; c++) {
    int bits = bench_parameter(bench, c, WORD_BITS);
    int64_t low = fixed_low(bits), high = fixed_high(bits);
    if (bits <= 12)
      for (int64_t word = low; word <= high; word++)
        check(bench, c, word);
    for (int i = 0; i < TRIES && bits > 12; i++) /* both ends, and any */
      check(bench, c, i < 64 ? low + i : i < 128 ? high - (i - 64) : bench_signed(bench, bits));
    for (int64_t middle = 0; middle < 64; middle++) { /* halves among them */
      check(bench, c, fixed_saturate(middle - 32, bits));
      int64_t half = INT64_C(1) << (bits - bench_parameter(bench, c, VALUE_BITS)) >> 1;
      check(bench, c, fixed_saturate(half * (2 * middle - 63), bits));
    }
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "value_word");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_value, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
