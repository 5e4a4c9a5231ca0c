/* mel.c : power in mel bands (E6), their level, and pixels between them (E7).
 * SPDX-License-Identifier: MIT
 */
#include "sound/mel.h"

#include "sound/sound.h"

#include <math.h>

static const double power_floor = 1e-10; /* -100 dB */
static const double range_decibels = 80; /* kept under the segment's maximum */

/* Slaney's mel scale: linear up to 1 kHz (15 mel), logarithmic above (27 mel for a factor of 6.4).
 */
static double hz_from_mel(double mel) {
  return mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * log(6.4) / 27);
}

static double mel_from_hz(double hz) {
  return hz < 1000 ? hz * 3 / 200 : 15 + log(hz / 1000) * 27 / log(6.4);
}

/* Frequency of corner `index`, 0..bands+1. */
static double corner_hz(int index, int bands) {
  return hz_from_mel(mel_from_hz(SOUND_RATE_HZ / 2.0) * index / (bands + 1));
}

/* Phi_b of E6: a triangle over corners b, b+1, b+2. */
static void fill_band(struct mel_band *band, int index, int bands, int window_samples) {
  double low = corner_hz(index, bands), centre = corner_hz(index + 1, bands);
  double high = corner_hz(index + 2, bands);
  for (int k = 0; k <= window_samples / 2; k++) {
    double hz = (double)SOUND_RATE_HZ * k / window_samples;
    double height = fmin((hz - low) / (centre - low), (high - hz) / (high - centre));
    if (height <= 0)
      continue;
    if (band->count == 0)
      band->first = k;
    band->weight[band->count++] = (float)(height * 2 / (high - low));
  }
}

void mel_fill_bands(struct mel_band *band, int count, int window_samples) {
  for (int b = 0; b < count; b++)
    fill_band(&band[b], b, count, window_samples);
}

double mel_level(const struct mel_band *band, const float *power) {
  double sum = 0;
  for (int i = 0; i < band->count; i++)
    sum += (double)band->weight[i] * (double)power[band->first + i];
  return 10 * log10(fmax(sum, power_floor));
}

void mel_raise(double *levels, int count) {
  double maximum = 10 * log10(power_floor);
  for (int i = 0; i < count; i++)
    maximum = fmax(maximum, levels[i]);
  for (int i = 0; i < count; i++)
    levels[i] = fmax(levels[i], maximum - range_decibels);
}

void mel_fill_places(struct mel_place *places, int count, int length) {
  for (int i = 0; i < count; i++) {
    double at = fmin((double)length / count * i, length - 1);
    int low = (int)at;
    places[i] = (struct mel_place){low, low + 1 < length ? low + 1 : low, at - low};
  }
}
