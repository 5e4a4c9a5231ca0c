/* resample.c : mono samples of any rate as samples at SOUND_RATE_HZ (E1).
 * SPDX-License-Identifier: MIT
 */
#include "sound/resample.h"

#include "base/file.h"
#include "sound/sound.h"

#include <pthread.h>
#include <soxr.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_SAMPLES = 1 << 15 };

struct resample {
  soxr_t converter; /* NULL: nothing to convert */
  int rate_hz;
  unsigned long long taken;
  float *samples; /* [capacity], the first `count` filled */
  size_t count, capacity;
};

struct resample *resample_new(int rate_hz, struct error *err) {
  /* libsoxr sets up tables for all converters when it makes the first. */
  static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
  soxr_quality_spec_t quality = soxr_quality_spec(SOXR_24_BITQ | SOXR_LINEAR_PHASE, 0);
  quality.passband_end = RESAMPLE_PASSBAND;
  struct resample *resample = memory_new(1, sizeof *resample);
  resample->rate_hz = rate_hz;
  if (rate_hz == SOUND_RATE_HZ)
    return resample;
  soxr_error_t failed = NULL;
  pthread_mutex_lock(&one_at_a_time);
  resample->converter = soxr_create(rate_hz, SOUND_RATE_HZ, 1, &failed, NULL, &quality, NULL);
  pthread_mutex_unlock(&one_at_a_time);
  if (resample->converter)
    return resample;
  error_set(err, "conversion from %d to %d samples a second: %s", rate_hz, SOUND_RATE_HZ,
            soxr_strerror(failed));
  resample_free(resample);
  return NULL;
}

static void make_room(struct resample *resample, size_t count) {
  if (resample->capacity - resample->count >= count)
    return;
  resample->capacity = 2 * resample->capacity + count;
  float *samples = memory_new(resample->capacity, sizeof *samples);
  if (resample->count > 0)
    memcpy(samples, resample->samples, resample->count * sizeof *samples);
  free(resample->samples);
  resample->samples = samples;
}

/* Gives the converter samples, or NULL for the end, and takes what it has ready. */
static int convert(struct resample *resample, const float *samples, size_t count,
                   struct error *err) {
  size_t used, made;
  do {
    make_room(resample, ROOM_SAMPLES);
    soxr_error_t failed = soxr_process(resample->converter, samples, count, &used,
                                       resample->samples + resample->count, ROOM_SAMPLES, &made);
    if (failed)
      return error_set(err, "conversion of the rate: %s", failed);
    resample->count += made;
    count -= used;
    samples = samples ? samples + used : NULL;
  } while (count > 0 || made > 0);
  return 0;
}

int resample_put(struct resample *resample, const float *samples, size_t count, struct error *err) {
  resample->taken += count;
  if (resample->converter)
    return convert(resample, samples, count, err);
  make_room(resample, count);
  memcpy(resample->samples + resample->count, samples, count * sizeof *samples);
  resample->count += count;
  return 0;
}

int resample_end(struct resample *resample, float **samples, size_t *count, struct error *err) {
  if (resample->converter && convert(resample, NULL, 0, err) != 0)
    return -1;
  unsigned long long rate_hz = (unsigned long long)resample->rate_hz;
  *count = (size_t)((resample->taken * SOUND_RATE_HZ + rate_hz / 2) / rate_hz);
  if (*count > resample->count) { /* libsoxr rounds by itself */
    make_room(resample, *count - resample->count);
    memset(resample->samples + resample->count, 0, (*count - resample->count) * sizeof **samples);
  }
  make_room(resample, 1); /* never NULL */
  *samples = resample->samples;
  resample->samples = NULL;
  return 0;
}

void resample_free(struct resample *resample) {
  soxr_delete(resample->converter);
  free(resample->samples);
  free(resample);
}
