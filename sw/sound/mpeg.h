/* mpeg.h : MPEG audio of all layers (MP3, MP2) to its last sample.
 * SPDX-License-Identifier: MIT
 *
 * libsndfile takes the length that libmpg123 estimates from a file's size and the first frames, and
 * stops there. Here libmpg123 reads the file as a stream, whose length it does not guess.
 */
#ifndef ENGRAM_SOUND_MPEG_H
#define ENGRAM_SOUND_MPEG_H

#include "sound/source.h"

#include <stdbool.h>

struct mpeg;

/* Whether a file that begins like this can be MPEG audio: a tag (ID3) or a frame of layer 1 to 3.
 */
bool mpeg_begins(const unsigned char head[4]);

/* Reads from a descriptor at its beginning, which stays the caller's. The length is known where a
 * Xing frame has it. Returns NULL where it is not MPEG audio after all. */
struct mpeg *mpeg_open(int fd, struct source_format *format);

/* Like source_read: returns 0 at the end, also where that is in the midst of a frame, or -1 and
 * what is wrong in *reason. */
long mpeg_read(struct mpeg *mpeg, float *samples, long frames, const char **reason);

void mpeg_close(struct mpeg *mpeg);

#endif
