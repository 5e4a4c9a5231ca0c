/* test_features.c : pictures against a direct computation in double precision, and what they must
 * show.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "scratch.h"
#include "sound/features.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

enum {
  SEGMENT = 6615,
  WINDOW = 2048,
  HOP = 529,
  PAD = 97,
  BANDS = 128,
  WINDOWS = 10,
  BINS = 1025,
};

static double uniform(uint64_t *state) {
  return (double)(scratch_random(state) >> 11) * 0x1p-53;
}

static double noise(uint64_t *state) {
  double sum = 0;
  for (int i = 0; i < 12; i++)
    sum += uniform(state);
  return sum - 6;
}

/* |DFT|^2 of window m by its definition (E2, E4). */
static void reference_power(const float *samples, int m, double *power) {
  static double turn[WINDOW];
  for (int i = 0; i < WINDOW; i++)
    turn[i] = cos(2 * M_PI * i / WINDOW);
  double x[WINDOW];
  for (int l = 0; l < WINDOW; l++) {
    int at = m * HOP + l - PAD;
    double hann = sin(M_PI * l / WINDOW) * sin(M_PI * l / WINDOW);
    x[l] = at >= 0 && at < SEGMENT ? (double)samples[at] * hann : 0;
  }
  for (int k = 0; k < BINS; k++) {
    double real = 0, imaginary = 0;
    for (int l = 0; l < WINDOW; l++) {
      real += x[l] * turn[k * l % WINDOW];
      imaginary += x[l] * turn[(k * l + WINDOW / 4) % WINDOW];
    }
    power[k] = real * real + imaginary * imaginary;
  }
}

/* Slaney's scale by its steps: 66.67 Hz a mel to 1 kHz, then 27 mel for each factor of 6.4. */
static double corner(int index) {
  double top = 15 + 27 * log(11.025) / log(6.4), mel = top * index / 129;
  return mel <= 15 ? mel * 1000 / 15 : 1000 * pow(6.4, (mel - 15) / 27);
}

/* Mel power of one band: bins on the rising and on the falling side, over half the triangle's base.
 */
static double reference_band(const double *power, int band) {
  double low = corner(band), centre = corner(band + 1), high = corner(band + 2), sum = 0;
  for (int k = 0; k < BINS; k++) {
    double hz = k * 22050.0 / 2048;
    if (hz > low && hz <= centre)
      sum += power[k] * (hz - low) / (centre - low);
    else if (hz > centre && hz < high)
      sum += power[k] * (high - hz) / (high - centre);
  }
  return sum / ((high - low) / 2);
}

static void reference_spectrum(const float *samples, double *decibels) {
  double power[BINS], maximum = -100;
  for (int m = 0; m < WINDOWS; m++) {
    reference_power(samples, m, power);
    for (int b = 0; b < BANDS; b++) {
      double band = reference_band(power, b);
      double level = band > 1e-10 ? 10 * log10(band) : -100;
      decibels[b * WINDOWS + m] = level;
      maximum = level > maximum ? level : maximum;
    }
  }
  for (int i = 0; i < BANDS * WINDOWS; i++)
    if (decibels[i] < maximum - 80)
      decibels[i] = maximum - 80;
}

/* Bilinear interpolation as a sum of tents over all points (E7). */
static double tent(double x) {
  return fabs(x) < 1 ? 1 - fabs(x) : 0;
}

static void reference_picture(const float *samples, int height, int width, uint8_t *picture) {
  double decibels[BANDS * WINDOWS], level[64 * 64], mean = 0;
  reference_spectrum(samples, decibels);
  for (int u = 0; u < height; u++)
    for (int v = 0; v < width; v++) {
      double y = fmin(128.0 / height * u, 127), x = fmin(10.0 / width * v, 9), sum = 0;
      for (int b = 0; b < BANDS; b++)
        for (int m = 0; m < WINDOWS; m++)
          sum += decibels[b * WINDOWS + m] * tent(y - b) * tent(x - m);
      level[u * width + v] = sum;
      mean += sum / (height * width);
    }
  for (int i = 0; i < height * width; i++) {
    long byte = lround(128 + (level[i] - mean) / 40 * 64);
    picture[i] = (uint8_t)(byte < 0 ? 0 : byte > 255 ? 255 : byte);
  }
}

/* Noise of a random colour, some tones, a click, silence at random places; levels from loud to
 * under the dB floor. */
static void random_segment(uint64_t *state, float *samples) {
  double colour = uniform(state), filtered = 0, level = pow(10, -5 * uniform(state));
  double hz[3], strength[3];
  for (int t = 0; t < 3; t++) {
    hz[t] = 30 * pow(350, uniform(state));
    strength[t] = 3 * uniform(state);
  }
  for (int i = 0; i < SEGMENT; i++) {
    filtered = colour * filtered + (1 - colour) * noise(state);
    double sample = filtered;
    for (int t = 0; t < 3; t++)
      sample += strength[t] * sin(2 * M_PI * hz[t] * i / 22050);
    samples[i] = (float)(0.1 * level * sample);
  }
  samples[scratch_random(state) % SEGMENT] += (float)uniform(state);
  if (uniform(state) < 0.4)
    memset(samples + scratch_random(state) % SEGMENT / 2, 0, SEGMENT / 2 * sizeof *samples);
}

static void equals_the_direct_computation(void **unused) {
  (void)unused;
  static const int sizes[][2] = {{28, 28}, {28, 28}, {28, 28}, {16, 40}, {64, 64}, {2, 2}, {5, 64}};
  uint64_t state = scratch_seed() * 2 + 1;
  size_t pixels = 0, unequal = 0;
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    int height = sizes[s][0], width = sizes[s][1];
    struct features *features = features_new(FEATURES_SPECTRUM, height, width);
    for (int repeat = 0; repeat < 2; repeat++) {
      float samples[SEGMENT];
      uint8_t picture[64 * 64], expected[64 * 64];
      random_segment(&state, samples);
      features_picture(features, samples, picture);
      reference_picture(samples, height, width, expected);
      for (int i = 0; i < height * width; i++) {
        assert_in_range(picture[i] + 1, expected[i], expected[i] + 2);
        unequal += picture[i] != expected[i];
      }
      pixels += (size_t)(height * width);
    }
    features_free(features);
  }
  print_message("%zu of %zu pixels differ by one\n", unequal, pixels);
  assert_true(unequal * 500 < pixels);
}

static void spectrum_is_right_in_absolute_terms(void **unused) {
  (void)unused;
  uint64_t state = scratch_seed() * 2 + 1;
  struct features *features = features_new(FEATURES_SPECTRUM, 28, 28);
  float samples[SEGMENT];
  double decibels[BANDS * WINDOWS], expected[BANDS * WINDOWS];
  random_segment(&state, samples);
  features_spectrum(features, samples, decibels);
  reference_spectrum(samples, expected);
  for (int i = 0; i < BANDS * WINDOWS; i++)
    assert_true(fabs(decibels[i] - expected[i]) < 0.02);
  features_free(features);
}

/* Index of the strongest band in the middle of the segment. */
static int strongest_band(struct features *features, const float *samples) {
  double decibels[BANDS * WINDOWS];
  int strongest = 0;
  features_spectrum(features, samples, decibels);
  for (int b = 0; b < BANDS; b++)
    if (decibels[b * WINDOWS + 5] > decibels[strongest * WINDOWS + 5])
      strongest = b;
  return strongest;
}

static void a_tone_lights_its_band_and_row(void **unused) {
  (void)unused;
  struct features *features = features_new(FEATURES_SPECTRUM, BANDS / 2, 28);
  for (int band = 4; band < 126; band += 6) {
    float samples[SEGMENT];
    uint8_t picture[BANDS / 2 * 28];
    double hz = corner(band + 1);
    for (int i = 0; i < SEGMENT; i++)
      samples[i] = (float)(0.3 * sin(2 * M_PI * hz * i / 22050));
    assert_int_equal(strongest_band(features, samples), band);
    features_picture(features, samples, picture);
    int row = 0; /* every second band is a row here */
    for (int u = 0; u < BANDS / 2; u++)
      if (picture[u * 28 + 14] > picture[row * 28 + 14])
        row = u;
    assert_int_equal(row, band / 2);
  }
  features_free(features);
}

static void silence_is_flat(void **unused) {
  (void)unused;
  struct features *features = features_new(FEATURES_SPECTRUM, 28, 28);
  float samples[SEGMENT] = {0};
  uint8_t picture[28 * 28];
  double decibels[BANDS * WINDOWS];
  features_spectrum(features, samples, decibels);
  for (int i = 0; i < BANDS * WINDOWS; i++)
    assert_true(decibels[i] == -100);
  features_picture(features, samples, picture);
  for (int i = 0; i < 28 * 28; i++)
    assert_int_equal(picture[i], 128);
  for (int i = 0; i < SEGMENT; i++) /* so quiet that every band is under the floor of the powers */
    samples[i] = (float)(1e-9 * sin(i));
  features_picture(features, samples, picture);
  for (int i = 0; i < 28 * 28; i++)
    assert_int_equal(picture[i], 128);
  features_free(features);
}

static void level_does_not_matter(void **unused) {
  (void)unused;
  uint64_t state = scratch_seed() * 2 + 1;
  struct features *features = features_new(FEATURES_SPECTRUM, 28, 28);
  float samples[SEGMENT];
  uint8_t loud[28 * 28], quiet[28 * 28];
  for (int i = 0; i < SEGMENT; i++)
    samples[i] = (float)(0.2 * noise(&state));
  features_picture(features, samples, loud);
  for (int i = 0; i < SEGMENT; i++)
    samples[i] /= 64;
  features_picture(features, samples, quiet);
  assert_memory_equal(loud, quiet, sizeof loud);
  features_free(features);
}

/* A burst one hop later is the same spectrum one window later. */
static void time_runs_along_the_columns(void **unused) {
  (void)unused;
  struct features *features = features_new(FEATURES_SPECTRUM, 28, 28);
  float early[SEGMENT] = {0}, late[SEGMENT] = {0};
  double before[BANDS * WINDOWS], after[BANDS * WINDOWS];
  uint64_t state = scratch_seed() * 2 + 1;
  for (int i = 0; i < 300; i++)
    early[1500 + i] = late[1500 + HOP + i] = (float)noise(&state);
  features_spectrum(features, early, before);
  features_spectrum(features, late, after);
  int moved = 0;
  for (int b = 0; b < BANDS; b++) {
    for (int m = 0; m + 1 < WINDOWS; m++)
      assert_true(fabs(before[b * WINDOWS + m] - after[b * WINDOWS + m + 1]) < 1e-3);
    moved += fabs(before[b * WINDOWS + 3] - after[b * WINDOWS + 3]) > 1;
  }
  assert_true(moved > BANDS / 2);
  features_free(features);
}

/* A file's pictures are those of its segments; the short last segment is dropped. */
static void files_are_cut_into_segments(void **unused) {
  (void)unused;
  char *folder = scratch_make();
  assert_non_null(folder);
  char *path = path_join(folder, "sound.wav");
  struct features *features = features_new(FEATURES_SPECTRUM, 28, 28);
  uint64_t state = scratch_seed() * 2 + 1;
  static const size_t lengths[] = {1, SEGMENT - 1, SEGMENT, 3 * SEGMENT - 1, 3 * SEGMENT};
  for (size_t c = 0; c < 5; c++) {
    int16_t samples[3 * SEGMENT];
    for (size_t i = 0; i < lengths[c]; i++)
      samples[i] = (int16_t)(1000 * noise(&state));
    struct error err = {""};
    assert_int_equal(sound_save(path, samples, lengths[c], &err), 0);
    uint8_t expected[28 * 28];
    struct features_file loaded;
    assert_int_equal(features_load(features, path, &loaded, &err), 0);
    assert_int_equal(loaded.count, lengths[c] / SEGMENT);
    for (size_t s = 0; s < loaded.count; s++) {
      float segment[SEGMENT];
      for (int i = 0; i < SEGMENT; i++)
        segment[i] = (float)samples[s * SEGMENT + (size_t)i] / 32768;
      features_picture(features, segment, expected);
      assert_memory_equal(loaded.pictures + s * 28 * 28, expected, sizeof expected);
    }
    free(loaded.pictures);
  }
  struct error err = {""};
  struct features_file loaded;
  assert_int_equal(features_load(features, folder, &loaded, &err), -1);
  assert_non_null(strstr(err.message, folder));
  features_free(features);
  free(path);
  assert_int_equal(scratch_remove(folder), 0);
}

/* With a step, pictures begin there: each is that of the samples from there on. */
static void pictures_can_overlap(void **unused) {
  (void)unused;
  enum { STEP = 1000, COUNT = 3 };
  struct features *features = features_new(FEATURES_SPECTRUM, 28, 28);
  static int16_t sound[SEGMENT + COUNT * STEP - 1]; /* one sample too few for a fourth */
  static float samples[SEGMENT];
  uint64_t state = scratch_seed() * 2 + 1;
  struct error err = {""};
  for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++)
    sound[i] = (int16_t)(3000 * noise(&state));
  char *folder = scratch_make(), *path = path_join(folder, "a.wav");
  assert_int_equal(sound_save(path, sound, sizeof sound / sizeof sound[0], &err), 0);
  uint8_t expected[28 * 28];
  features_set_step(features, STEP);
  struct features_file loaded;
  assert_int_equal(features_load(features, path, &loaded, &err), 0);
  assert_int_equal(loaded.count, COUNT);
  for (size_t p = 0; p < loaded.count; p++) {
    for (int i = 0; i < SEGMENT; i++)
      samples[i] = (float)sound[p * STEP + (size_t)i] / 32768;
    features_picture(features, samples, expected);
    assert_memory_equal(loaded.pictures + p * 28 * 28, expected, sizeof expected);
  }
  free(loaded.pictures);
  free(path);
  scratch_remove(folder);
  features_free(features);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equals_the_direct_computation),
      cmocka_unit_test(spectrum_is_right_in_absolute_terms),
      cmocka_unit_test(a_tone_lights_its_band_and_row),
      cmocka_unit_test(silence_is_flat),
      cmocka_unit_test(level_does_not_matter),
      cmocka_unit_test(time_runs_along_the_columns),
      cmocka_unit_test(files_are_cut_into_segments),
      cmocka_unit_test(pictures_can_overlap),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
