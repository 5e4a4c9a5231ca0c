/* test_pace.c : how fast pictures go, and how long the rest will take.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

static void assert_about(double value, double expected) {
  if (!(fabs(value - expected) <= 1e-9 * (fabs(expected) + 1)))
    fail_msg("%.12g, expected %.12g", value, expected);
}

static void test_unknown_at_first(void **state) {
  (void)state;
  struct pace pace = {0};
  const struct pace_work work = {{10, 20}}, nothing = {{0, 0}};
  assert_true(pace_left(&pace, &work) < 0);
  assert_true(pace_left(&pace, &nothing) == 0);
  pace_add(&pace, 100, "training", PACE_TRAINING, 32);
  assert_true(pace_rate(&pace, PACE_TRAINING) == 0); /* when it began is not known */
  assert_true(pace_left(&pace, &work) < 0);
}

/* 32 pictures in 2 s, then inference at 60 in 1 s: 16/s and 60/s. */
static void test_two_speeds(void **state) {
  (void)state;
  struct pace pace = {0};
  const struct pace_work work = {{120, 160}};
  pace_add(&pace, 100, "training", PACE_TRAINING, 500);
  pace_add(&pace, 102, "training", PACE_TRAINING, 532);
  assert_about(pace_rate(&pace, PACE_TRAINING), 16);
  assert_about(pace_left(&pace, &work), 280 / 16.0); /* inference is not known yet */
  pace_add(&pace, 103, "validation", PACE_INFERENCE, 60);
  assert_about(pace_rate(&pace, PACE_INFERENCE), 60);
  assert_about(pace_left(&pace, &work), 120 / 60.0 + 160 / 16.0);
}

/* The next epoch begins at 0 again; so does a phase of the same name. */
static void test_phases(void **state) {
  (void)state;
  struct pace pace = {0};
  pace_add(&pace, 0, "epoch 1", PACE_TRAINING, 10);
  pace_add(&pace, 1, "epoch 1", PACE_TRAINING, 30);
  pace_add(&pace, 2, "epoch 2", PACE_TRAINING, 20);
  pace_add(&pace, 3, "epoch 2", PACE_TRAINING, 40);
  pace_add(&pace, 4, "epoch 2", PACE_TRAINING, 20);
  assert_about(pace.pictures[PACE_TRAINING], 20 + 20 + 20 + 20);
  assert_about(pace_rate(&pace, PACE_TRAINING), 20);
}

static void test_duration(void **state) {
  (void)state;
  char text[PACE_DURATION_BYTES];
  static const struct {
    double seconds;
    const char *text;
  } cases[] = {{0, "0:00"},        {0.2, "0:01"},         {59, "0:59"},          {59.5, "1:00"},
               {60, "1:00"},       {723, "12:03"},        {3599, "59:59"},       {3600, "1:00:00"},
               {11045, "3:04:05"}, {360000, "100:00:00"}, {1e30, "277777:46:40"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_string_equal(pace_duration(text, cases[i].seconds), cases[i].text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_unknown_at_first),
      cmocka_unit_test(test_two_speeds),
      cmocka_unit_test(test_phases),
      cmocka_unit_test(test_duration),
  };
  return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
