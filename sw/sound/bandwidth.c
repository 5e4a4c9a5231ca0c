/* bandwidth.c : up to which frequency a sound has content, whatever its file's rate is.
 * SPDX-License-Identifier: MIT
 */
#include "sound/bandwidth.h"

#include "base/file.h"
#include "sound/resample.h"
#include "sound/sound.h"
#include "sound/transform.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { WINDOW = BANDWIDTH_WINDOW_SAMPLES, BINS = BANDWIDTH_BAND_BINS, BANDS = BANDWIDTH_BANDS };

static const double cliff_db = 22;
static const double edge_db = 11;       /* the end of what is above a cliff: halfway down */
static const double quiet = 1e-3;       /* of the mean power */
static const float silence = 1e-12F;    /* power of a bin that is as good as none */
static const int lowest_foot_hz = 1000; /* hum and rumble below may tower over everything */

/* One window's decibels by band. */
struct levels {
  double power; /* of the whole window */
  float bands[BANDS];
};

/* By insertion: there are few, and each is moved little. */
static float median(float values[BINS]) {
  for (int i = 1; i < BINS; i++) {
    float value = values[i];
    int place = i;
    for (; place > 0 && values[place - 1] > value; place--)
      values[place] = values[place - 1];
    values[place] = value;
  }
  return (values[BINS / 2 - 1] + values[BINS / 2]) / 2;
}

static void measure_window(struct transform *transform, const float *samples, float *power,
                           struct levels *levels) {
  transform_power(transform, samples, power);
  levels->power = 0;
  for (int bin = 1; bin <= WINDOW / 2; bin++)
    levels->power += (double)power[bin];
  for (int k = 0; k < BANDS; k++)
    levels->bands[k] = 10 * log10f(median(power + 1 + k * BINS) + silence);
}

/* Measures windows evenly spread over the sound, each put where its stretch begins to be anything
 * but zeros. Returns how many there are. */
static int measure_windows(const float *samples, size_t count, struct levels *levels) {
  struct transform *transform = transform_new(WINDOW);
  float *power = memory_new(WINDOW / 2 + 1, sizeof *power);
  size_t last = count - WINDOW;
  size_t stretches = 1 + (count - WINDOW) / ((1 + BANDWIDTH_LEFT_OUT) * WINDOW);
  if (stretches > BANDWIDTH_WINDOWS)
    stretches = BANDWIDTH_WINDOWS;
  int windows = 0;
  for (size_t i = 0; i < stretches; i++) {
    size_t start = i * (count / stretches), end = start + count / stretches;
    while (start < end && samples[start] == 0)
      start++;
    if (start < end)
      measure_window(transform, samples + (start < last ? start : last), power, &levels[windows++]);
  }
  free(power);
  transform_free(transform);
  return windows;
}

/* P(k). Returns whether there is anything to be heard. */
static bool average(const struct levels *levels, int windows, double bands[BANDS]) {
  double power = 0;
  for (int w = 0; w < windows; w++)
    power += levels[w].power / windows;
  int taken = 0;
  for (int w = 0; w < windows; w++)
    if (levels[w].power >= quiet * power) {
      taken++;
      for (int k = 0; k < BANDS; k++)
        bands[k] += (double)levels[w].bands[k];
    }
  for (int k = 0; k < BANDS; k++)
    bands[k] /= taken;
  return power > (double)silence * BANDS * BINS;
}

/* The frequency at which band k ends. */
static int end_hz(int k) {
  return (k + 1) * BINS * SOUND_RATE_HZ / WINDOW;
}

static int find_edge(const double bands[BANDS]) {
  /* What sound_load's own conversion takes away is no edge of the file's. */
  int used = (int)(RESAMPLE_PASSBAND * BANDS);
  double beyond[BANDS]; /* the highest from there on */
  for (int k = used - 1; k >= 0; k--)
    beyond[k] = k == used - 1 ? bands[k] : fmax(bands[k], beyond[k + 1]);
  for (int k = 0; k * 6 / 5 + 1 < used; k++) {
    if (end_hz(k) < lowest_foot_hz || bands[k] < beyond[k * 6 / 5 + 1] + cliff_db)
      continue;
    int edge = used - 1;
    while (bands[edge] < bands[k] - edge_db)
      edge--;
    return end_hz(edge);
  }
  return SOUND_RATE_HZ / 2;
}

int bandwidth_measure(const float *samples, size_t count) {
  struct levels levels[BANDWIDTH_WINDOWS];
  double bands[BANDS] = {0};
  int windows = count < WINDOW ? 0 : measure_windows(samples, count, levels);
  if (windows == 0 || !average(levels, windows, bands))
    return 0;
  return find_edge(bands);
}
