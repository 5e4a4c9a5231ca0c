/* sound.h : any sound file as mono samples at one rate (E1, E3).
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_SOUND_SOUND_H
#define ENGRAM_SOUND_SOUND_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
  SOUND_RATE_HZ = 22050,           /* f_s of E1, of everything behind sound_load */
  SOUND_FILE_RATE_MIN_HZ = 1000,   /* what sound_load takes */
  SOUND_FILE_RATE_MAX_HZ = 768000, /* ditto */
  SOUND_SECONDS_MAX = 4 * 3600,    /* ditto */
};

/* Mono, +-1 is full scale (float files may exceed it). */
struct sound {
  float *samples; /* [count], at SOUND_RATE_HZ */
  size_t count;   /* file's frames * SOUND_RATE_HZ / file's rate, to the nearest */
  int file_rate_hz;
  int file_channels;
};

/* Reads any file that libsndfile knows (WAV, FLAC, OGG, ...), of any rate and number of channels.
 * Channels are averaged, for stereo (left + right) / 2 (E3); another rate is converted with
 * libsoxr: linear phase, its delay taken out, 24 bits, flat up to 0.931 of half the lower rate and
 * nothing above that half. Refuses what is not a regular sound file, is empty or shorter than its
 * header says, is longer than SOUND_SECONDS_MAX, and samples that are not finite or exceed 1e6.
 * Returns 0 and memory to be released with sound_free, or -1 and nothing to release. */
int sound_load(struct sound *sound, const char *path, struct error *err);

void sound_free(struct sound *sound);

/* Writes mono 16-bit samples at SOUND_RATE_HZ as a WAV file, whole or not at all. Returns 0 or -1.
 */
int sound_save(const char *path, const int16_t *samples, size_t count, struct error *err);

#endif
