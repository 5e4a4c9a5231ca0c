/* ffmpeg.h : the program ffmpeg as a decoder: a child that writes an AU file into a pipe.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_SOUND_FFMPEG_H
#define ENGRAM_SOUND_FFMPEG_H

struct ffmpeg;

enum { FFMPEG_REASON_BYTES = 200 };

/* Starts decoding a file's first sound track to floats of its own rate and channels. *fd is the end
 * of the pipe that the AU file (of unknown length) is to be read from; it belongs to the child and
 * is closed with it. Only local files are opened, whatever the file refers to. Returns NULL where
 * ffmpeg is not installed or cannot be started. Several threads may have one each. */
struct ffmpeg *ffmpeg_start(const char *path, int *fd);

/* After the last byte was read: waits for the child. Returns 0 where it was content to the end, or
 * -1 and the first thing that it complained of, in one line. */
int ffmpeg_end(struct ffmpeg *ffmpeg, char reason[FFMPEG_REASON_BYTES]);

/* Ends the child where it still runs, and releases all. */
void ffmpeg_free(struct ffmpeg *ffmpeg);

#endif
