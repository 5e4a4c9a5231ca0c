/* test_synth.c : synthetic sounds are repeatable, sane and tell their classes apart.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "scratch.h"
#include "sound/features.h"
#include "sound/signal.h"
#include "sound/synth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

enum { SECOND = SOUND_RATE_HZ, PIXELS = 28 * 28 };

static void the_seed_decides(void **unused) {
  (void)unused;
  static int16_t sounds[4][SECOND];
  for (int c = 0; c < SYNTH_CLASS_COUNT; c++) {
    enum synth_class class = (enum synth_class)c;
    synth_render(class, 5, 2, sounds[0], SECOND);
    synth_render(class, 5, 2, sounds[1], SECOND);
    synth_render(class, 6, 2, sounds[2], SECOND);
    synth_render(class, 5, 3, sounds[3], SECOND);
    assert_memory_equal(sounds[0], sounds[1], sizeof sounds[0]);
    assert_memory_not_equal(sounds[0], sounds[2], sizeof sounds[0]);
    assert_memory_not_equal(sounds[0], sounds[3], sizeof sounds[0]);
  }
}

static void levels_are_sane(void **unused) {
  (void)unused;
  uint64_t seed = scratch_seed();
  static int16_t sound[SECOND];
  for (int c = 0; c < SYNTH_CLASS_COUNT; c++) {
    int clipping = 0;
    for (uint64_t recording = 0; recording < 20; recording++) {
      synth_render((enum synth_class)c, seed, recording, sound, SECOND);
      double sum = 0, squares = 0;
      int clipped = 0;
      for (int i = 0; i < SECOND; i++) {
        sum += sound[i];
        squares += (double)sound[i] * sound[i];
        clipped += sound[i] == 32767 || sound[i] == -32767;
      }
      double level = sqrt(squares / SECOND) / 32767;
      assert_true(level > 0.01 && level < 0.9);
      assert_true(fabs(sum / SECOND) / 32767 < 0.05);
      assert_true(clipped < SECOND / 2);
      clipping += clipped > SECOND / 1000;
    }
    assert_true(clipping < 15);
  }
}

static void names_are_distinct(void **unused) {
  (void)unused;
  for (int a = 0; a < SYNTH_CLASS_COUNT; a++)
    for (int b = 0; b < a; b++)
      assert_string_not_equal(synth_class_name((enum synth_class)a),
                              synth_class_name((enum synth_class)b));
}

/* Mean picture of recordings first..first+count-1. */
static void mean_picture(struct features *features, enum synth_class class, uint64_t first,
                         uint64_t count, double *mean) {
  static int16_t sound[SECOND];
  uint8_t picture[PIXELS];
  float segment[FEATURES_SPECTRUM_SAMPLES];
  memset(mean, 0, PIXELS * sizeof *mean);
  for (uint64_t r = first; r < first + count; r++) {
    synth_render(class, 1, r, sound, SECOND);
    for (size_t s = 0; s < 3; s++) {
      for (size_t i = 0; i < FEATURES_SPECTRUM_SAMPLES; i++)
        segment[i] = (float)sound[s * FEATURES_SPECTRUM_SAMPLES + i] / 32768;
      features_picture(features, segment, picture);
      for (int i = 0; i < PIXELS; i++)
        mean[i] += picture[i] / (double)(3 * count);
    }
  }
}

static double distance(const double *a, const double *b) {
  double sum = 0;
  for (int i = 0; i < PIXELS; i++)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt(sum / PIXELS);
}

/* The mean over 24 recordings is nearer to that of 24 others of its class than to any other
 * class's. */
static void classes_differ(void **unused) {
  (void)unused;
  static double first[SYNTH_CLASS_COUNT][PIXELS], second[SYNTH_CLASS_COUNT][PIXELS];
  struct features *features = features_new(FEATURES_SPECTRUM, 28, 28);
  for (int c = 0; c < SYNTH_CLASS_COUNT; c++) {
    mean_picture(features, (enum synth_class)c, 0, 24, first[c]);
    mean_picture(features, (enum synth_class)c, 24, 24, second[c]);
  }
  for (int a = 0; a < SYNTH_CLASS_COUNT; a++)
    for (int b = 0; b < SYNTH_CLASS_COUNT; b++)
      if (a != b)
        assert_true(distance(first[a], second[a]) < distance(first[a], second[b]));
  features_free(features);
}

/* Amplitude of what a filter makes of a sine, once it has settled. */
static double gain(struct filter filter, double hz) {
  double peak = 0;
  for (int i = 0; i < SECOND; i++) {
    double y = filter_next(&filter, sin(2 * M_PI * hz * i / SOUND_RATE_HZ));
    if (i > SECOND / 2)
      peak = fmax(peak, fabs(y));
  }
  return peak;
}

static void filters_pass_their_band(void **unused) {
  (void)unused;
  double q = sqrt(0.5);
  assert_true(fabs(gain(filter_low(500, q), 20) - 1) < 0.01);
  assert_true(fabs(gain(filter_low(500, q), 500) - q) < 0.01);
  assert_true(gain(filter_low(500, q), 5000) < 0.02);
  assert_true(fabs(gain(filter_high(500, q), 500) - q) < 0.01);
  assert_true(gain(filter_high(500, q), 50) < 0.02);
  assert_true(fabs(gain(filter_high(500, q), 5000) - 1) < 0.02);
  assert_true(fabs(gain(filter_band(1000, 4), 1000) - 1) < 0.01);
  assert_true(gain(filter_band(1000, 4), 250) < 0.1);
}

static void noise_is_white_and_normal(void **unused) {
  (void)unused;
  uint64_t random = scratch_seed();
  double sum = 0, squares = 0, products = 0, last = 0;
  int count = 200000;
  for (int i = 0; i < count; i++) {
    double x = signal_noise(&random);
    sum += x;
    squares += x * x;
    products += x * last;
    last = x;
  }
  double tolerance = 5 / sqrt(count); /* five standard errors or more of each */
  assert_true(fabs(sum / count) < tolerance);
  assert_true(fabs(squares / count - 1) < 1.5 * tolerance);
  assert_true(fabs(products / count) < tolerance);
}

/* A stack of one harmonic is a sine of the given frequency: count its periods. */
static void stacks_keep_their_pitch(void **unused) {
  (void)unused;
  uint64_t random = scratch_seed();
  struct stack stack = stack_new(&random, 1, 0);
  int periods = 0;
  double last = stack_next(&stack, 100);
  for (int i = 1; i < SECOND; i++) {
    double x = stack_next(&stack, 100);
    periods += last < 0 && x >= 0;
    last = x;
  }
  assert_in_range(periods, 99, 101);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_seed_decides),        cmocka_unit_test(levels_are_sane),
      cmocka_unit_test(names_are_distinct),      cmocka_unit_test(classes_differ),
      cmocka_unit_test(filters_pass_their_band), cmocka_unit_test(noise_is_white_and_normal),
      cmocka_unit_test(stacks_keep_their_pitch),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
