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
  int bandwidth_hz; /* up to where there is content (sound/bandwidth.h); 0: unknown, silence */
};

/* Reads a sound file of any kind that sound/source.h knows (WAV, FLAC, Ogg, MP3, ...), of any rate
 * and number of channels. Channels are averaged, for stereo (left + right) / 2 (E3); another rate
 * is converted (sound/resample.h), the delay taken out. A file whose header does not know its
 * length is read to its end.
 *
 * Refuses what is not a regular sound file, is empty or shorter than its header says, breaks off,
 * is as long as SOUND_SECONDS_MAX, and samples that are not finite or exceed 1e6. Returns 0 and
 * memory to be released with sound_free, or -1 and nothing to release. Several threads may load at
 * once. */
int sound_load(struct sound *sound, const char *path, struct error *err);

void sound_free(struct sound *sound);

/* Writes mono 16-bit samples at SOUND_RATE_HZ as a WAV file, whole or not at all. Returns 0 or -1.
 */
int sound_save(const char *path, const int16_t *samples, size_t count, struct error *err);

#endif
