/* test_modulation.c : the picture of how a second beats, against a direct computation in double
 * precision, and what it must show.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "scratch.h"
#include "sound/features.h"
#include "sound/modulation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

enum { WINDOW = 512, HOP = 169, WINDOWS = 128, BANDS = 40, BINS = 257, SEGMENT = 21975 };

static double uniform(uint64_t *state) {
  return (double)(scratch_random(state) >> 11) * 0x1p-53;
}

static double noise(uint64_t *state) {
  double sum = 0;
  for (int i = 0; i < 12; i++)
    sum += uniform(state);
  return sum - 6;
}

/* Frequency of a corner of the bands: Slaney's mel from 0 to 11,025 Hz in 41 steps. */
static double corner(int index) {
  double mel = (15 + 27 * log(11.025) / log(6.4)) * index / (BANDS + 1);
  return mel < 15 ? mel / 0.015 : 1000 * pow(6.4, (mel - 15) / 27);
}

/* Level of every band in window m by the definitions (E2, E4, E6). */
static void reference_window(const float *samples, int m, double *level) {
  static double turn[WINDOW], power[BINS];
  for (int i = 0; i < WINDOW; i++)
    turn[i] = cos(2 * M_PI * i / WINDOW);
  for (int k = 0; k < BINS; k++) {
    double re = 0, im = 0;
    for (int l = 0; l < WINDOW; l++) {
      double x = samples[m * HOP + l] * (0.5 - 0.5 * turn[l]);
      re += x * turn[k * l % WINDOW];
      im += x * turn[(k * l + WINDOW / 4) % WINDOW];
    }
    power[k] = re * re + im * im;
  }
  for (int b = 0; b < BANDS; b++) {
    double low = corner(b), centre = corner(b + 1), high = corner(b + 2), sum = 0;
    for (int k = 0; k < BINS; k++) {
      double hz = k * 22050.0 / WINDOW;
      double rise = (hz - low) / (centre - low), fall = (high - hz) / (high - centre);
      sum += power[k] * fmax(0, fmin(rise, fall)) * 2 / (high - low);
    }
    level[b] = 10 * log10(fmax(sum, 1e-10));
  }
}

/* What the beats of one band look like in `width` columns. */
static void reference_band(const double (*level)[BANDS], int b, int width, double *column) {
  double mean = 0;
  for (int m = 0; m < WINDOWS; m++)
    mean += level[m][b] / WINDOWS;
  column[0] = mean;
  for (int j = 1; j < width; j++) {
    double re = 0, im = 0;
    for (int m = 0; m < WINDOWS; m++) {
      double x = (level[m][b] - mean) * (0.5 - 0.5 * cos(2 * M_PI * m / WINDOWS));
      re += x * cos(2 * M_PI * j * m / WINDOWS);
      im += x * sin(2 * M_PI * j * m / WINDOWS);
    }
    column[j] = 10 * log10((re * re + im * im) / 1024 + 0.1);
  }
}

static void reference_picture(const float *samples, int height, int width, double *picture) {
  static double level[WINDOWS][BANDS], column[BANDS][64];
  double highest = -100, mean[2] = {0};
  for (int m = 0; m < WINDOWS; m++) {
    reference_window(samples, m, level[m]);
    for (int b = 0; b < BANDS; b++)
      highest = fmax(highest, level[m][b]);
  }
  for (int m = 0; m < WINDOWS; m++)
    for (int b = 0; b < BANDS; b++)
      level[m][b] = fmax(level[m][b], highest - 80);
  for (int b = 0; b < BANDS; b++)
    reference_band((const double(*)[BANDS])level, b, width, column[b]);
  for (int i = 0; i < height * width; i++) {
    double at = fmin(40.0 / height * (i / width), BANDS - 1);
    int low = (int)floor(at), high = low < BANDS - 1 ? low + 1 : low, v = i % width;
    picture[i] = column[low][v] * (1 - (at - low)) + column[high][v] * (at - low);
    mean[v > 0] += picture[i] / height / (v > 0 ? width - 1 : 1);
  }
  for (int i = 0; i < height * width; i++)
    picture[i] -= mean[i % width > 0];
}

static void equals_the_direct_computation(void **unused) {
  (void)unused;
  static const int sizes[][2] = {{28, 28}, {64, 64}, {40, 7}, {2, 2}};
  uint64_t state = scratch_seed() * 2 + 1;
  static float samples[SEGMENT];
  static double picture[64 * 64], expected[64 * 64];
  assert_int_equal(MODULATION_SEGMENT_SAMPLES, SEGMENT);
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    int height = sizes[s][0], width = sizes[s][1];
    struct modulation *modulation = modulation_new(height, width);
    double hz = 1 + 30 * uniform(&state), depth = uniform(&state), tone = 3 * uniform(&state);
    for (int i = 0; i < SEGMENT; i++)
      samples[i] = (float)(0.1 * (1 + depth * sin(2 * M_PI * hz * i / 22050)) *
                           (noise(&state) + tone * sin(0.3 * i)));
    if (s == 1) /* half is silent: the floor under the maximum */
      memset(samples, 0, SEGMENT / 2 * sizeof *samples);
    modulation_picture(modulation, samples, picture);
    reference_picture(samples, height, width, expected);
    for (int i = 0; i < height * width; i++)
      assert_true(fabs(picture[i] - expected[i]) < 0.02);
    modulation_free(modulation);
  }
}

/* Noise whose level swings by `depth` dB at 1.02 * beat Hz. */
static void swing(float *samples, int beat, double depth, double phase, uint64_t seed) {
  for (int i = 0; i < SEGMENT; i++) {
    double angle = 2 * M_PI * beat * i / (HOP * WINDOWS) + phase;
    samples[i] = (float)(0.01 * pow(10, depth * sin(angle) / 20) * noise(&seed));
  }
}

/* Mean of a column's pixels. */
static double column_mean(const double *picture, int column) {
  double sum = 0;
  for (int u = 0; u < 28; u++)
    sum += picture[u * 28 + column] / 28;
  return sum;
}

/* The beat's column is the brightest, wherever the beat begins. */
static void a_beat_lights_its_column(void **unused) {
  (void)unused;
  struct modulation *modulation = modulation_new(28, 28);
  static float samples[SEGMENT];
  double picture[28 * 28];
  for (int beat = 2; beat < 28; beat += 5)
    for (double phase = 0; phase < 6; phase += 2) {
      swing(samples, beat, 8, phase, scratch_seed() + (uint64_t)beat);
      modulation_picture(modulation, samples, picture);
      int brightest = 1;
      for (int v = 2; v < 28; v++)
        if (column_mean(picture, v) > column_mean(picture, brightest))
          brightest = v;
      assert_int_equal(brightest, beat);
    }
  modulation_free(modulation);
}

/* Bytes: silence is 128 everywhere, and how loud a sound is does not show. */
static void silence_is_flat_and_level_does_not_matter(void **unused) {
  (void)unused;
  struct features *features = features_new(FEATURES_MODULATION, 28, 28);
  static float samples[SEGMENT];
  uint8_t loud[28 * 28], quiet[28 * 28];
  assert_int_equal(features_segment_samples(FEATURES_MODULATION), SEGMENT);
  assert_int_equal(features_segment_ms(FEATURES_MODULATION), 997);
  features_picture(features, samples, quiet);
  for (int i = 0; i < 28 * 28; i++)
    assert_int_equal(quiet[i], 128);
  swing(samples, 7, 5, 0, scratch_seed());
  features_picture(features, samples, loud);
  assert_memory_not_equal(loud, quiet, sizeof loud);
  for (int i = 0; i < SEGMENT; i++)
    samples[i] /= 16;
  features_picture(features, samples, quiet);
  assert_memory_equal(loud, quiet, sizeof loud);
  features_free(features);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equals_the_direct_computation),
      cmocka_unit_test(a_beat_lights_its_column),
      cmocka_unit_test(silence_is_flat_and_level_does_not_matter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
