/* test_softmax.c : integer softmax against the real one.
 * SPDX-License-Identifier: MIT
 *
 * The bound. With d_c the distance to the largest logit, e_c = exp(-d_c) and t_c the table's value
 * (both 1 for the largest), the table's error is at most
 *   delta_c = e_c (exp(1/64) - 1) + 2^-16     index rounded by 1/64, entry rounded by 2^-16;
 *   delta_c = exp(-255/32) + 2^-16            beyond the last entry.
 * From t/T - e/E = ((t - e) - p (T - E)) / T with p = e/E and T >= 1 follows
 *   |t_c/T - p_c| <= delta_c + p_c * sum of delta,
 * and the division rounds by 2^-16.
 */
#include "model/softmax.h"

#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { CLASSES_MAX = 16, ROUNDS = 400 };

static const double HALF_ULP = 1.0 / 65536;

/* Returns how many probabilities are outside the bound. */
static int outside(const int32_t *logits, int classes, int frac, const int32_t *found) {
  int32_t largest = logits[0];
  for (int c = 1; c < classes; c++)
    largest = logits[c] > largest ? logits[c] : largest;
  double e[CLASSES_MAX], delta[CLASSES_MAX], e_sum = 0, delta_sum = 0;
  for (int c = 0; c < classes; c++) {
    double distance = ldexp((double)largest - logits[c], -frac);
    e[c] = exp(-distance);
    delta[c] = distance == 0               ? 0
               : distance * 32 + 0.5 < 256 ? e[c] * (exp(1.0 / 64) - 1) + HALF_ULP
                                           : exp(-255.0 / 32) + HALF_ULP;
    e_sum += e[c];
    delta_sum += delta[c];
  }
  int count = 0;
  for (int c = 0; c < classes; c++) {
    double p = e[c] / e_sum;
    double bound = delta[c] + p * delta_sum + HALF_ULP;
    count += fabs(found[c] / 32768.0 - p) > bound + 1e-12;
  }
  return count;
}

static void draw_logits(int32_t *logits, int classes, int frac, uint64_t *random) {
  int bits = frac + (int)(scratch_random(random) >> 40) % 6; /* a spread of up to 2^5 */
  bits = bits < 2 ? 2 : bits > 24 ? 24 : bits;
  for (int c = 0; c < classes; c++)
    logits[c] = (int32_t)(scratch_random(random) >> (64 - bits)) - (1 << (bits - 1));
}

static void test_table(void **state) {
  (void)state;
  uint16_t table[SOFTMAX_ENTRIES];
  softmax_table(table);
  assert_int_equal(table[0], 32768);
  assert_int_equal(table[32], 12055); /* 32768 / e = 12054.7 */
  assert_int_equal(table[255], 11);   /* 32768 exp(-7.96875) = 11.34 */
  long double step = expl(-1.0L / 32), value = 32768;
  for (int i = 0; i < SOFTMAX_ENTRIES; i++, value *= step)
    assert_true(fabsl(table[i] - value) <= 0.5L + 1e-9L);
}

static void test_bound(void **state) {
  uint64_t random = *(uint64_t *)*state;
  uint16_t table[SOFTMAX_ENTRIES];
  softmax_table(table);
  for (int classes = 2; classes <= CLASSES_MAX; classes++)
    for (int frac = 0; frac <= 20; frac++)
      for (int round = 0; round < ROUNDS; round++) {
        int32_t logits[CLASSES_MAX], p[CLASSES_MAX];
        draw_logits(logits, classes, frac, &random);
        int best = softmax_probabilities(table, logits, classes, frac, p);
        assert_int_equal(outside(logits, classes, frac, p), 0);

        int64_t sum = 0;
        for (int c = 0; c < classes; c++) {
          sum += p[c];
          assert_in_range(p[c], 0, 32768);
          assert_true(c < best ? logits[c] < logits[best] : logits[c] <= logits[best]);
          for (int k = 0; k < c; k++) /* the order of the logits is the order of P */
            assert_true(logits[c] < logits[k] ? p[c] <= p[k] : p[c] >= p[k]);
        }
        assert_true(2 * labs((long)sum - 32768) <= classes); /* half a unit for each */

        int worst = best == 0 ? 1 : 0; /* the bound is not idle: it notices one off by 2 % */
        p[worst] += p[worst] > 16384 ? -1600 : 1600;
        assert_true(outside(logits, classes, frac, p) >= 1);
      }
}

/* Written out: e = 32768, 12055 (d = 1), 11 (d = 100). */
static void test_known(void **state) {
  (void)state;
  uint16_t table[SOFTMAX_ENTRIES];
  softmax_table(table);
  int32_t p[4];
  assert_int_equal(softmax_probabilities(table, (const int32_t[]){-5, -4}, 2, 0, p), 1);
  assert_int_equal(p[0], 8813);  /* 32768 * 12055 / 44823 = 8812.8 */
  assert_int_equal(p[1], 23955); /* 32768 * 32768 / 44823 = 23955.2 */
  assert_int_equal(softmax_probabilities(table, (const int32_t[]){200, 0}, 2, 1, p), 0);
  assert_int_equal(p[0], 32757); /* 32768 * 32768 / 32779 = 32757.004 */
  assert_int_equal(p[1], 11);
  /* d * 32 = 0.5 rounds up to entry 1, 31759; 32768 * 31759 / 64527 = 16127.8 */
  assert_int_equal(softmax_probabilities(table, (const int32_t[]){0, -1}, 2, 6, p), 0);
  assert_int_equal(p[1], 16128);
  /* just less than half rounds down: the same probability for both */
  assert_int_equal(softmax_probabilities(table, (const int32_t[]){-1, 0}, 2, 7, p), 1);
  assert_int_equal(p[0], 16384);
  assert_int_equal(p[1], 16384);
  /* sum 98304: a third, 10922.67, rounds up, and the sum is one unit too large */
  softmax_probabilities(table, (const int32_t[]){3, 3, 3}, 3, 9, p);
  for (int c = 0; c < 3; c++)
    assert_int_equal(p[c], 10923);
}

static void test_ties(void **state) {
  (void)state;
  uint16_t table[SOFTMAX_ENTRIES];
  softmax_table(table);
  for (int classes = 2; classes <= CLASSES_MAX; classes++)
    for (int first = 0; first < classes; first++)
      for (int second = first + 1; second < classes; second++) {
        int32_t logits[CLASSES_MAX], p[CLASSES_MAX];
        for (int c = 0; c < classes; c++)
          logits[c] = c == first || c == second ? -7 : -1000 - c;
        assert_int_equal(softmax_probabilities(table, logits, classes, 4, p), first);
        assert_int_equal(p[first], p[second]);
      }
}

/* The two ends of a 24-bit word, at each binary point. */
static void test_largest_distance(void **state) {
  (void)state;
  uint16_t table[SOFTMAX_ENTRIES];
  softmax_table(table);
  for (int frac = 0; frac <= 31; frac++)
    for (int classes = 2; classes <= CLASSES_MAX; classes++) {
      int32_t logits[CLASSES_MAX], p[CLASSES_MAX];
      for (int c = 0; c < classes; c++)
        logits[c] = -(1 << 23);
      logits[classes - 1] = (1 << 23) - 1;
      assert_int_equal(softmax_probabilities(table, logits, classes, frac, p), classes - 1);
      assert_int_equal(outside(logits, classes, frac, p), 0);
      assert_true(p[0] > 0); /* the last entry, not 0 */
    }
}

int main(void) {
  uint64_t seed = scratch_seed();
  seed = seed ? seed : 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_table),
      cmocka_unit_test_prestate(test_bound, &seed),
      cmocka_unit_test(test_known),
      cmocka_unit_test(test_ties),
      cmocka_unit_test(test_largest_distance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
