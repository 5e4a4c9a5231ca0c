/* resample.h : mono samples of any rate as samples at SOUND_RATE_HZ (E1).
 * SPDX-License-Identifier: MIT
 *
 *   struct resample *resample = resample_new(rate_hz, err);
 *   if (!resample) return -1;
 *   if (resample_put(resample, samples, count, err) != 0) ...      // as often as needed
 *   if (resample_end(resample, &all, &all_count, err) != 0) ...    // once
 *   resample_free(resample);
 *
 * libsoxr converts with 24 bits and linear phase: flat up to RESAMPLE_PASSBAND of half the lower
 * rate, nothing (-144 dB) above that half. Its delay is taken out: sample j of the result is at the
 * time of sample j * rate / SOUND_RATE_HZ that was put in. SOUND_RATE_HZ itself passes unchanged.
 */
#ifndef ENGRAM_SOUND_RESAMPLE_H
#define ENGRAM_SOUND_RESAMPLE_H

#include "base/error.h"

#include <stddef.h>

#define RESAMPLE_PASSBAND 0.931 /* that of libsamplerate's best, which Engram had before */

struct resample;

/* Returns NULL where libsoxr refuses the rate, which it does not between SOUND_FILE_RATE_MIN_HZ and
 * SOUND_FILE_RATE_MAX_HZ. Several threads may have one each; no threads are started. */
struct resample *resample_new(int rate_hz, struct error *err);

/* Takes the next samples. Returns 0 or -1. */
int resample_put(struct resample *resample, const float *samples, size_t count, struct error *err);

/* Takes nothing more, and gives all: *count is what was put in * SOUND_RATE_HZ / rate, to the
 * nearest. Returns 0 and samples that the caller frees, or -1. */
int resample_end(struct resample *resample, float **samples, size_t *count, struct error *err);

void resample_free(struct resample *resample);

#endif
