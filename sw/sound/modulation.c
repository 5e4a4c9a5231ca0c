/* modulation.c : how a second of sound swells and fades, as real numbers in dB.
 * SPDX-License-Identifier: MIT
 */
#include "sound/modulation.h"

#include "base/file.h"
#include "sound/mel.h"
#include "sound/transform.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* Squared depth that is added to every beat's: what is under 0.3 dB does not show. */
static const double least_depth = 0.1;

struct modulation {
  int height, width;
  struct transform *sound, *beat;
  struct mel_band band[MODULATION_BANDS];
  struct mel_place row[MODULATION_WIDTH_MAX];

  /* work space */
  float power[MODULATION_WINDOW_SAMPLES / 2 + 1];
  double level[MODULATION_BANDS * MODULATION_WINDOWS];
  double column[MODULATION_BANDS][MODULATION_WIDTH_MAX]; /* a picture's, before E7 */
};

struct modulation *modulation_new(int height, int width) {
  assert(height >= 2 && height <= MODULATION_WIDTH_MAX);
  assert(width >= 2 && width <= MODULATION_WIDTH_MAX);
  struct modulation *modulation = memory_new(1, sizeof *modulation);
  modulation->height = height;
  modulation->width = width;
  modulation->sound = transform_new(MODULATION_WINDOW_SAMPLES);
  modulation->beat = transform_new(MODULATION_WINDOWS);
  mel_fill_bands(modulation->band, MODULATION_BANDS, MODULATION_WINDOW_SAMPLES);
  mel_fill_places(modulation->row, height, MODULATION_BANDS);
  return modulation;
}

void modulation_free(struct modulation *modulation) {
  if (!modulation)
    return;
  transform_free(modulation->sound);
  transform_free(modulation->beat);
  free(modulation);
}

/* Levels of all bands and windows: level [band][window]. */
static void follow_levels(struct modulation *modulation, const float *samples) {
  for (int m = 0; m < MODULATION_WINDOWS; m++) {
    transform_power(modulation->sound, samples + m * MODULATION_HOP_SAMPLES, modulation->power);
    for (int b = 0; b < MODULATION_BANDS; b++)
      modulation->level[b * MODULATION_WINDOWS + m] =
          mel_level(&modulation->band[b], modulation->power);
  }
  mel_raise(modulation->level, MODULATION_BANDS * MODULATION_WINDOWS);
}

/* Mean level and beats of one band. */
static void measure_band(struct modulation *modulation, int b) {
  const double *level = modulation->level + b * MODULATION_WINDOWS;
  double *column = modulation->column[b], mean = 0;
  float swing[MODULATION_WINDOWS], power[MODULATION_WINDOWS / 2 + 1];
  for (int m = 0; m < MODULATION_WINDOWS; m++)
    mean += level[m] / MODULATION_WINDOWS;
  for (int m = 0; m < MODULATION_WINDOWS; m++)
    swing[m] = (float)(level[m] - mean);
  transform_power(modulation->beat, swing, power);
  column[0] = mean;
  for (int j = 1; j < modulation->width; j++) /* a sine of 1 dB has |DFT| = 128/2 * 1/2 */
    column[j] = 10 * log10((double)power[j] / (32.0 * 32.0) + least_depth);
}

/* Takes the mean of columns from..to-1 from them. */
static void centre(const struct modulation *modulation, double *picture, int from, int to) {
  double sum = 0;
  for (int u = 0; u < modulation->height; u++)
    for (int v = from; v < to; v++)
      sum += picture[u * modulation->width + v];
  double mean = sum / modulation->height / (to - from);
  for (int u = 0; u < modulation->height; u++)
    for (int v = from; v < to; v++)
      picture[u * modulation->width + v] -= mean;
}

void modulation_picture(struct modulation *modulation, const float *samples, double *picture) {
  follow_levels(modulation, samples);
  for (int b = 0; b < MODULATION_BANDS; b++)
    measure_band(modulation, b);
  for (int u = 0; u < modulation->height; u++) {
    struct mel_place row = modulation->row[u];
    const double *low = modulation->column[row.low], *high = modulation->column[row.high];
    for (int v = 0; v < modulation->width; v++)
      picture[u * modulation->width + v] = low[v] + (high[v] - low[v]) * row.part;
  }
  centre(modulation, picture, 0, 1);
  centre(modulation, picture, 1, modulation->width);
}
