/* source.h : where a sound's samples come from: libsndfile, libmpg123 or the program ffmpeg.
 * SPDX-License-Identifier: MIT
 *
 *   struct source_format format;
 *   struct source *source = source_open(path, &format, err);
 *   if (!source) return -1;
 *   while ((frames = source_read(source, samples, frames_max, err)) > 0)
 *     ...
 *   source_close(source);                 // frames is 0 at the end, -1 where it breaks
 */
#ifndef ENGRAM_SOUND_SOURCE_H
#define ENGRAM_SOUND_SOURCE_H

#include "base/error.h"

struct source;

enum { SOURCE_LENGTH_UNKNOWN = -1 };

struct source_format {
  int rate_hz, channels;
  long long frames; /* samples of each channel, or SOURCE_LENGTH_UNKNOWN */
};

/* Opens a regular file. MPEG audio (MP3, MP2) goes to libmpg123, everything else to libsndfile, and
 * what that cannot read to ffmpeg where it is installed.
 *
 * format->frames is what the file's header says. It is unknown where there is none, or one that was
 * written before the end was known (MPEG audio without a Xing frame, what was written to a pipe),
 * and of what ffmpeg reads; nothing is estimated from the file's size. Neither rate nor length nor
 * channels are checked. Several threads may have a source each.
 *
 * Returns NULL with the error set, also when the header of a file says more than the file holds.
 * `path` must outlive the source. */
struct source *source_open(const char *path, struct source_format *format, struct error *err);

/* The next frames: samples [at most `frames`][channels]. Returns how many, 0 at the end, or -1 with
 * the error set: the samples break off, or end before the length of the header, or ffmpeg says that
 * some of them are lost. */
long source_read(struct source *source, float *samples, long frames, struct error *err);

/* Also before the end. Nothing of it goes on running. */
void source_close(struct source *source);

#endif
