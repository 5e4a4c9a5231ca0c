/* features.c : sound segments as pictures of one byte a pixel (E2, E4 to E7).
 * SPDX-License-Identifier: MIT
 */
#include "sound/features.h"

#include "base/file.h"
#include "sound/mel.h"
#include "sound/modulation.h"
#include "sound/transform.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double steps_a_decibel = 64.0 / 40; /* of a byte */

static const char *const view_names[FEATURES_VIEWS] = {"spectrum", "modulation"};

struct features {
  enum features_view view;
  int height, width;
  size_t step_samples;                                   /* between the beginnings of pictures */
  double picture[FEATURES_SIDE_MAX * FEATURES_SIDE_MAX]; /* work space */

  struct modulation *modulation; /* the view of that name has nothing else */

  struct transform *transform;
  struct mel_band band[FEATURES_BANDS];
  struct mel_place row[FEATURES_SIDE_MAX], column[FEATURES_SIDE_MAX];

  /* work space */
  float padded[FEATURES_SPECTRUM_SAMPLES + 2 * FEATURES_PAD_SAMPLES];
  float power[FEATURES_BINS];
  double decibels[FEATURES_BANDS * FEATURES_WINDOWS];
};

static_assert((FEATURES_WINDOWS - 1) * FEATURES_HOP_SAMPLES + FEATURES_WINDOW_SAMPLES ==
                  FEATURES_SPECTRUM_SAMPLES + 2 * FEATURES_PAD_SAMPLES,
              "the windows fill the padded segment");

static_assert((int)FEATURES_SIDE_MAX <= (int)MODULATION_WIDTH_MAX, "any picture has its beats");

bool features_find_view(const char *name, enum features_view *view) {
  for (int i = 0; i < FEATURES_VIEWS; i++)
    if (strcmp(name, view_names[i]) == 0) {
      *view = (enum features_view)i;
      return true;
    }
  return false;
}

const char *features_view_name(enum features_view view) {
  return view_names[view];
}

size_t features_segment_samples(enum features_view view) {
  return view == FEATURES_MODULATION ? MODULATION_SEGMENT_SAMPLES : FEATURES_SPECTRUM_SAMPLES;
}

int features_segment_ms(enum features_view view) {
  return (int)lround(1000.0 * (double)features_segment_samples(view) / SOUND_RATE_HZ);
}

struct features *features_new(enum features_view view, int height, int width) {
  assert(height >= FEATURES_SIDE_MIN && height <= FEATURES_SIDE_MAX);
  assert(width >= FEATURES_SIDE_MIN && width <= FEATURES_SIDE_MAX);
  struct features *features = memory_new(1, sizeof *features);
  features->view = view;
  features->height = height;
  features->width = width;
  features->step_samples = features_segment_samples(view);
  if (view == FEATURES_MODULATION) {
    features->modulation = modulation_new(height, width);
    return features;
  }
  features->transform = transform_new(FEATURES_WINDOW_SAMPLES);
  mel_fill_bands(features->band, FEATURES_BANDS, FEATURES_WINDOW_SAMPLES);
  mel_fill_places(features->row, height, FEATURES_BANDS);
  mel_fill_places(features->column, width, FEATURES_WINDOWS);
  return features;
}

void features_free(struct features *features) {
  if (!features)
    return;
  transform_free(features->transform);
  modulation_free(features->modulation);
  free(features);
}

void features_spectrum(struct features *features, const float *samples, double *decibels) {
  assert(features->view == FEATURES_SPECTRUM);
  memcpy(features->padded + FEATURES_PAD_SAMPLES, samples,
         FEATURES_SPECTRUM_SAMPLES * sizeof(float));
  for (int m = 0; m < FEATURES_WINDOWS; m++) {
    transform_power(features->transform, features->padded + m * FEATURES_HOP_SAMPLES,
                    features->power);
    for (int b = 0; b < FEATURES_BANDS; b++)
      decibels[b * FEATURES_WINDOWS + m] = mel_level(&features->band[b], features->power);
  }
  mel_raise(decibels, FEATURES_BANDS * FEATURES_WINDOWS);
}

/* S[alpha u, beta v] of E7. */
static double spectrum_at(const double *decibels, struct mel_place row, struct mel_place column) {
  const double *low = decibels + row.low * FEATURES_WINDOWS;
  const double *high = decibels + row.high * FEATURES_WINDOWS;
  double at_low = low[column.low] + (low[column.high] - low[column.low]) * column.part;
  double at_high = high[column.low] + (high[column.high] - high[column.low]) * column.part;
  return at_low + (at_high - at_low) * row.part;
}

/* The pixels of E7, less their mean. */
static void resize_spectrum(struct features *features) {
  int pixels = features->height * features->width;
  double sum = 0;
  for (int i = 0; i < pixels; i++) {
    features->picture[i] = spectrum_at(features->decibels, features->row[i / features->width],
                                       features->column[i % features->width]);
    sum += features->picture[i];
  }
  double mean = sum / pixels;
  for (int i = 0; i < pixels; i++)
    features->picture[i] -= mean;
}

void features_picture(struct features *features, const float *samples, uint8_t *picture) {
  if (features->view == FEATURES_MODULATION) {
    modulation_picture(features->modulation, samples, features->picture);
  } else {
    features_spectrum(features, samples, features->decibels);
    resize_spectrum(features);
  }
  for (int i = 0; i < features->height * features->width; i++) {
    double byte = FEATURES_BYTE_OFFSET + floor(features->picture[i] * steps_a_decibel + 0.5);
    picture[i] = (uint8_t)fmin(fmax(byte, 0), 255);
  }
}

bool features_is_flat(const uint8_t *picture, size_t pixels) {
  return memcmp(picture, picture + 1, pixels - 1) == 0;
}

void features_set_step(struct features *features, size_t samples) {
  assert(samples > 0);
  features->step_samples = samples;
}

int features_load(struct features *features, const char *path, struct features_file *file,
                  struct error *err) {
  struct sound sound;
  *file = (struct features_file){0};
  if (sound_load(&sound, path, err) != 0)
    return -1;
  size_t pixels = (size_t)(features->height * features->width);
  size_t segment = features_segment_samples(features->view);
  if (sound.count >= segment)
    file->count = (sound.count - segment) / features->step_samples + 1;
  file->pictures = memory_new(file->count + 1, pixels);
  for (size_t i = 0; i < file->count; i++)
    features_picture(features, sound.samples + i * features->step_samples,
                     file->pictures + i * pixels);
  file->rate_hz = sound.file_rate_hz;
  file->bandwidth_hz = sound.bandwidth_hz;
  sound_free(&sound);
  return 0;
}
