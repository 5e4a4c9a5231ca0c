/* leaf_multiplier.c : engram_multiplier against C's product, two cycles later.
 * SPDX-License-Identifier: MIT
 *
 * Without enable_i both operands stay, without nonzero_i the second one does; it is low in cycles
 * with another a than zero as well here, so that the operand that stayed shows in the product. (Not
 * in a netlist: a family's own cell may take both.)
 */
#include "bench.h"

#include <string.h>

enum { A_BITS, B_BITS, LOGIC }; /* parameters */
enum { IN_A = 0, IN_B = 32, IN_ENABLE = 64, IN_NONZERO, OUT = 0 };
enum { CYCLES = 20000, LATENCY = 2, CASES_MAX = 16 };

struct operands {
  int64_t a, b;
  bool a_known, b_known; /* taken at least once */
};

/* Made of the ECP5's own cell, which always takes both. */
static bool always_takes(struct bench *bench, int c) {
  const char *family = getenv("ENGRAM_LEAF_FAMILY");
  return family && strcmp(family, "ecp5") == 0 && bench_parameter(bench, c, A_BITS) <= 18 &&
         bench_parameter(bench, c, B_BITS) <= 18 && bench_parameter(bench, c, LOGIC) == 0;
}

static void drive(struct bench *bench, int c, struct operands *held) {
  int a_bits = bench_parameter(bench, c, A_BITS), b_bits = bench_parameter(bench, c, B_BITS);
  int64_t a = bench_signed(bench, a_bits), b = bench_signed(bench, b_bits);
  bool enable = bench_chance(bench, 70);
  bool nonzero = a != 0 && (bench_chance(bench, 80) || getenv("ENGRAM_LEAF_FAMILY"));
  bench_set(bench, c, IN_A, a_bits, (uint64_t)a);
  bench_set(bench, c, IN_B, b_bits, (uint64_t)b);
  bench_set(bench, c, IN_ENABLE, 1, enable);
  bench_set(bench, c, IN_NONZERO, 1, nonzero);
  if (enable || always_takes(bench, c)) {
    held->a = a;
    held->a_known = true;
  }
  if ((enable && nonzero) || always_takes(bench, c)) {
    held->b = b;
    held->b_known = true;
  }
}

static void test_product(void **state) {
  struct bench *bench = *state;
  struct operands held[CASES_MAX] = {{0, 0, false, false}}, old[CASES_MAX][LATENCY] = {{held[0]}};
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    for (int c = 0; c < bench->cases; c++)
      drive(bench, c, &held[c]);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      int bits = bench_parameter(bench, c, A_BITS) + bench_parameter(bench, c, B_BITS);
      struct operands *expected = &old[c][cycle % LATENCY];
      if (expected->a_known && expected->b_known)
        bench_check(bench, c, "product", bench_get_signed(bench, c, OUT, bits),
                    expected->a * expected->b);
      *expected = held[c];
    }
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "multiplier");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_product, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
