/* features.c : sound segments of 300 ms as pictures of one byte a pixel (E2, E4 to E7).
 * SPDX-License-Identifier: MIT
 */
#include "sound/features.h"

#include "base/file.h"

#include <assert.h>
#include <kiss_fftr.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double power_floor = 1e-10;         /* -100 dB */
static const double range_decibels = 80;         /* kept under the segment's maximum */
static const double steps_a_decibel = 64.0 / 40; /* of a byte */

/* A triangle of E6: its weights from bin `first` on. */
struct band {
  int first, count;
  float weight[FEATURES_BINS];
};

/* Where a picture's row or column falls between two bands or windows (E7). */
struct place {
  int low, high;
  double part; /* of `high` */
};

struct features {
  int height, width;
  kiss_fftr_cfg fft;
  float window[FEATURES_WINDOW_SAMPLES];
  struct band band[FEATURES_BANDS];
  struct place row[FEATURES_SIDE_MAX], column[FEATURES_SIDE_MAX];

  /* work space */
  float padded[FEATURES_SEGMENT_SAMPLES + 2 * FEATURES_PAD_SAMPLES];
  float frame[FEATURES_WINDOW_SAMPLES];
  kiss_fft_cpx bins[FEATURES_BINS];
  float power[FEATURES_BINS];
  double decibels[FEATURES_BANDS * FEATURES_WINDOWS];
  double picture[FEATURES_SIDE_MAX * FEATURES_SIDE_MAX];
};

static_assert((FEATURES_WINDOWS - 1) * FEATURES_HOP_SAMPLES + FEATURES_WINDOW_SAMPLES ==
                  FEATURES_SEGMENT_SAMPLES + 2 * FEATURES_PAD_SAMPLES,
              "the windows fill the padded segment");

/* Slaney's mel scale: linear up to 1 kHz (15 mel), logarithmic above (27 mel for a factor of 6.4).
 */
static double hz_from_mel(double mel) {
  return mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * log(6.4) / 27);
}

static double mel_from_hz(double hz) {
  return hz < 1000 ? hz * 3 / 200 : 15 + log(hz / 1000) * 27 / log(6.4);
}

/* Frequency of corner `index`, 0..FEATURES_BANDS+1: equally spaced in mel from 0 Hz to half the
 * rate. */
static double corner_hz(int index) {
  return hz_from_mel(mel_from_hz(SOUND_RATE_HZ / 2.0) * index / (FEATURES_BANDS + 1));
}

/* Phi_b of E6: a triangle over corners b, b+1, b+2 with an area of 1 Hz. */
static void fill_band(struct band *band, int index) {
  double low = corner_hz(index), centre = corner_hz(index + 1), high = corner_hz(index + 2);
  for (int k = 0; k < FEATURES_BINS; k++) {
    double hz = (double)SOUND_RATE_HZ * k / FEATURES_WINDOW_SAMPLES;
    double height = fmin((hz - low) / (centre - low), (high - hz) / (high - centre));
    if (height <= 0)
      continue;
    if (band->count == 0)
      band->first = k;
    band->weight[band->count++] = (float)(height * 2 / (high - low));
  }
}

/* Position of each of `count` pixels on an axis of `length` points: ratio length/count, clamped at
 * the last (E7). */
static void fill_places(struct place *places, int count, int length) {
  for (int i = 0; i < count; i++) {
    double at = fmin((double)length / count * i, length - 1);
    int low = (int)at;
    places[i] = (struct place){low, low + 1 < length ? low + 1 : low, at - low};
  }
}

struct features *features_new(int height, int width) {
  assert(height >= FEATURES_SIDE_MIN && height <= FEATURES_SIDE_MAX);
  assert(width >= FEATURES_SIDE_MIN && width <= FEATURES_SIDE_MAX);
  struct features *features = memory_new(1, sizeof *features);
  features->height = height;
  features->width = width;
  size_t fft_bytes = 0;
  kiss_fftr_alloc(FEATURES_WINDOW_SAMPLES, 0, NULL, &fft_bytes);
  features->fft = kiss_fftr_alloc(FEATURES_WINDOW_SAMPLES, 0, memory_new(1, fft_bytes), &fft_bytes);
  for (int l = 0; l < FEATURES_WINDOW_SAMPLES; l++)
    features->window[l] = (float)(0.5 - 0.5 * cos(2 * M_PI * l / FEATURES_WINDOW_SAMPLES));
  for (int b = 0; b < FEATURES_BANDS; b++)
    fill_band(&features->band[b], b);
  fill_places(features->row, height, FEATURES_BANDS);
  fill_places(features->column, width, FEATURES_WINDOWS);
  return features;
}

void features_free(struct features *features) {
  if (features)
    free(features->fft);
  free(features);
}

/* Power of one window's bins (E2, E4). */
static void transform_window(struct features *features, const float *samples) {
  for (int l = 0; l < FEATURES_WINDOW_SAMPLES; l++)
    features->frame[l] = samples[l] * features->window[l];
  kiss_fftr(features->fft, features->frame, features->bins);
  for (int k = 0; k < FEATURES_BINS; k++) {
    kiss_fft_cpx x = features->bins[k];
    features->power[k] = x.r * x.r + x.i * x.i;
  }
}

/* M of E6 for one band. */
static double band_power(const struct band *band, const float *power) {
  double sum = 0;
  for (int i = 0; i < band->count; i++)
    sum += (double)band->weight[i] * (double)power[band->first + i];
  return sum;
}

void features_spectrum(struct features *features, const float *samples, double *decibels) {
  memcpy(features->padded + FEATURES_PAD_SAMPLES, samples,
         FEATURES_SEGMENT_SAMPLES * sizeof(float));
  double maximum = 10 * log10(power_floor);
  for (int m = 0; m < FEATURES_WINDOWS; m++) {
    transform_window(features, features->padded + m * FEATURES_HOP_SAMPLES);
    for (int b = 0; b < FEATURES_BANDS; b++) {
      double power = band_power(&features->band[b], features->power);
      double level = 10 * log10(fmax(power, power_floor));
      decibels[b * FEATURES_WINDOWS + m] = level;
      maximum = fmax(maximum, level);
    }
  }
  for (int i = 0; i < FEATURES_BANDS * FEATURES_WINDOWS; i++)
    decibels[i] = fmax(decibels[i], maximum - range_decibels);
}

/* S[alpha u, beta v] of E7. */
static double spectrum_at(const double *decibels, struct place row, struct place column) {
  const double *low = decibels + row.low * FEATURES_WINDOWS;
  const double *high = decibels + row.high * FEATURES_WINDOWS;
  double at_low = low[column.low] + (low[column.high] - low[column.low]) * column.part;
  double at_high = high[column.low] + (high[column.high] - high[column.low]) * column.part;
  return at_low + (at_high - at_low) * row.part;
}

void features_picture(struct features *features, const float *samples, uint8_t *picture) {
  features_spectrum(features, samples, features->decibels);
  int pixels = features->height * features->width;
  double sum = 0;
  for (int i = 0; i < pixels; i++) {
    features->picture[i] = spectrum_at(features->decibels, features->row[i / features->width],
                                       features->column[i % features->width]);
    sum += features->picture[i];
  }
  double mean = sum / pixels;
  for (int i = 0; i < pixels; i++) {
    double byte =
        FEATURES_BYTE_OFFSET + floor((features->picture[i] - mean) * steps_a_decibel + 0.5);
    picture[i] = (uint8_t)fmin(fmax(byte, 0), 255);
  }
}

int features_load(struct features *features, const char *path, uint8_t **pictures, size_t *count,
                  struct error *err) {
  struct sound sound;
  if (sound_load(&sound, path, err) != 0)
    return -1;
  size_t pixels = (size_t)(features->height * features->width);
  *count = sound.count / FEATURES_SEGMENT_SAMPLES;
  *pictures = memory_new(*count + 1, pixels);
  for (size_t i = 0; i < *count; i++)
    features_picture(features, sound.samples + i * FEATURES_SEGMENT_SAMPLES,
                     *pictures + i * pixels);
  sound_free(&sound);
  return 0;
}
