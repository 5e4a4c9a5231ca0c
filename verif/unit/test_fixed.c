/* test_fixed.c : shifts, roundings and saturations against 128-bit floor division.
 * SPDX-License-Identifier: MIT
 */
#include "model/fixed.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef __int128 wide;

enum { RANDOM_CASES = 300000 };

static wide power(int exponent) {
  return (wide)1 << exponent;
}

/* floor(a / b), b > 0. */
static wide floor_divide(wide a, wide b) {
  wide quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}

/* floor(v / 2^shift + 1/2). */
static wide nearest(wide v, int shift) {
  return floor_divide(2 * v + power(shift), 2 * power(shift));
}

static wide clamp(wide v, int bits) {
  wide high = power(bits) / 2 - 1, low = -power(bits) / 2;
  return v > high ? high : v < low ? low : v;
}

/* A number of any magnitude below 2^bits, either sign. */
static int64_t draw(uint64_t *random, int bits) {
  int width = 1 + (int)(scratch_random(random) >> 40) % bits;
  int64_t magnitude = (int64_t)(scratch_random(random) >> (64 - width));
  return scratch_random(random) >> 63 ? -magnitude : magnitude;
}

static int draw_between(uint64_t *random, int low, int high) {
  return low + (int)(scratch_random(random) >> 40) % (high - low + 1);
}

static void check_normalise(int64_t sum, int shift, int bits) {
  wide rounded = nearest(sum, shift), value = clamp(rounded, bits);
  uint32_t cut = 7;
  assert_true(fixed_round(sum, shift) == rounded);
  assert_int_equal(fixed_normalise(sum, shift, bits, false, &cut), (int)value);
  assert_int_equal(cut, 7 + (value != rounded));

  cut = UINT32_MAX; /* a counter wraps */
  assert_int_equal(fixed_normalise(sum, shift, bits, true, &cut), value < 0 ? 0 : (int)value);
  assert_int_equal(cut, UINT32_MAX + (rounded > value));
}

static void test_normalise_small(void **state) {
  (void)state;
  for (int bits = 4; bits <= 7; bits++)
    for (int shift = 0; shift <= 7; shift++)
      for (int sum = -1500; sum <= 1500; sum++)
        check_normalise(sum, shift, bits);
}

/* Sums of up to 63 bits, shifts of up to 47 and one for the halving. */
static void test_normalise_wide(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int i = 0; i < RANDOM_CASES; i++)
    check_normalise(draw(&random, 62), draw_between(&random, 0, 48), draw_between(&random, 4, 24));
  for (int shift = 0; shift <= 48; shift++)
    for (int bits = 4; bits <= 24; bits++) {
      const int64_t edge = INT64_C(1) << 62, high = (INT64_C(1) << (bits - 1)) - 1;
      check_normalise(edge - 1, shift, bits);
      check_normalise(-edge, shift, bits);
      if (bits + shift > 62)
        continue;
      for (int64_t step = -1; step <= 1; step++) { /* around the last value that fits */
        int64_t half = shift > 0 ? (INT64_C(1) << shift) / 2 : 0;
        check_normalise(high * (INT64_C(1) << shift) + half + step, shift, bits);
        check_normalise((-high - 1) * (INT64_C(1) << shift) - half + step, shift, bits);
      }
    }
}

static void test_floor_saturate(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int i = 0; i < RANDOM_CASES; i++) {
    int64_t value = draw(&random, 46);
    int shift = draw_between(&random, -16, 70), bits = draw_between(&random, 1, 60);
    wide expected = shift < 0 ? value * power(-shift) : floor_divide(value, power(shift));
    assert_true(fixed_floor(value, shift) == expected);
    assert_true(fixed_saturate(value, bits) == clamp(value, bits));
  }
}

/* The nearest of fewer bits; of two the one farther from 0; the sign changes nothing but at the
 * limit. */
static void test_used(void **state) {
  (void)state;
  for (int bits = 4; bits <= 8; bits++)
    for (int unused = 0; unused <= 6; unused++)
      for (int32_t word = -(1 << (bits + unused - 1)); word < 1 << (bits + unused - 1); word++) {
        wide size = floor_divide(2 * abs(word) + power(unused), power(unused + 1));
        assert_int_equal(fixed_used(word, unused, bits), (int)clamp(word < 0 ? -size : size, bits));
      }
}

/* w - floor((u + rho) / 2^shift), rho = `rho` * 2^(shift - fine_bits), on a common denominator. */
static void check_update(int32_t weight, int64_t u, int shift, int fine_bits, uint32_t rho,
                         int weight_bits) {
  wide step = floor_divide(u * power(fine_bits) + rho * power(shift), power(shift + fine_bits));
  wide expected = clamp(weight - step, weight_bits);
  uint32_t lost = UINT32_MAX;
  assert_int_equal(fixed_update(weight, u, shift, fine_bits, rho, weight_bits, &lost),
                   (int)expected);
  assert_int_equal(lost, UINT32_MAX + (u != 0 && expected == weight));
}

static void test_update_small(void **state) {
  (void)state;
  for (int shift = 0; shift <= 6; shift++)
    for (int fine_bits = 1; fine_bits <= 4; fine_bits++)
      for (uint32_t rho = 0; rho < UINT32_C(1) << fine_bits; rho++)
        for (int u = -150; u <= 150; u++)
          for (int weight = -8; weight <= 7; weight++)
            check_update(weight, u, shift, fine_bits, rho, 4);
}

/* Products of two 24-bit words, shifts of up to 47 and a rate of up to 15. */
static void test_update_wide(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int i = 0; i < RANDOM_CASES; i++) {
    int bits = draw_between(&random, 4, 24), fine_bits = draw_between(&random, 1, 16);
    int32_t weight = (int32_t)clamp(draw(&random, bits - 1), bits);
    uint32_t rho = (uint32_t)(scratch_random(&random) >> (64 - fine_bits));
    check_update(weight, draw(&random, 46), draw_between(&random, 0, 62), fine_bits, rho, bits);
  }
  for (int fine_bits = 1; fine_bits <= 16; fine_bits++)
    for (int shift = 0; shift <= 62; shift++) {
      check_update(0, INT64_C(1) << 46, shift, fine_bits, (UINT32_C(1) << fine_bits) - 1, 24);
      check_update(0, -(INT64_C(1) << 46), shift, fine_bits, 0, 24);
    }
}

/* Over one period of u, the steps of nearest exceed u / 2^shift by half a bit of u on average,
 * those of truncation fall short by half a step less half a bit. */
static void test_mean_of_fixed_roundings(void **state) {
  (void)state;
  for (int shift = 1; shift <= 12; shift++) {
    int64_t period = INT64_C(1) << shift, up = 0, down = 0;
    for (int64_t u = -period; u < 0; u++) {
      uint32_t lost = 0;
      up += -fixed_update(0, u, shift, 1, 1, 24, &lost) * period - u;
      down += -fixed_update(0, u, shift, 1, 0, 24, &lost) * period - u;
    }
    assert_int_equal(2 * up, period);
    assert_int_equal(2 * down, period - period * period);
  }
}

/* Over all random numbers the mean step is u, cut to the bits that take part: no bias at all where
 * none is cut. */
static void test_mean_of_stochastic_rounding(void **state) {
  (void)state;
  for (int fine_bits = 1; fine_bits <= 8; fine_bits++)
    for (int shift = 0; shift <= 10; shift++)
      for (int u = -300; u <= 300; u++) {
        int64_t sum = 0, numbers = INT64_C(1) << fine_bits;
        uint32_t lost = 0;
        for (uint32_t rho = 0; rho < numbers; rho++)
          sum -= fixed_update(0, u, shift, fine_bits, rho, 24, &lost);
        /* the mean step, sum / 2^fine, in units of 2^-fine */
        assert_true(sum == floor_divide(u * power(fine_bits), power(shift)));
        if (shift <= fine_bits)
          assert_true(sum * power(shift) == u * power(fine_bits));
      }
}

int main(void) {
  uint64_t seed = scratch_seed();
  seed = seed ? seed : 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_normalise_small),
      cmocka_unit_test_prestate(test_normalise_wide, &seed),
      cmocka_unit_test_prestate(test_floor_saturate, &seed),
      cmocka_unit_test(test_used),
      cmocka_unit_test(test_update_small),
      cmocka_unit_test_prestate(test_update_wide, &seed),
      cmocka_unit_test(test_mean_of_fixed_roundings),
      cmocka_unit_test(test_mean_of_stochastic_rounding),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
