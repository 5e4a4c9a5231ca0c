/* mpeg.c : MPEG audio of all layers (MP3, MP2) to its last sample.
 * SPDX-License-Identifier: MIT
 */
#include "sound/mpeg.h"

#include "base/file.h"

#include <mpg123.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct mpeg {
  mpg123_handle *handle;
  int fd;
  int channels;
  int code;        /* MPG123_OK until the end or what breaks it */
  bool unreadable; /* the operating system could not read on */
};

bool mpeg_begins(const unsigned char head[4]) {
  bool tag = head[0] == 'I' && head[1] == 'D' && head[2] == '3';
  return tag || (head[0] == 0xff && (head[1] & 0xe0) == 0xe0 && (head[1] & 0x06) != 0);
}

static ssize_t read_bytes(void *context, void *bytes, size_t count) {
  struct mpeg *mpeg = context;
  ssize_t got = read(mpeg->fd, bytes, count);
  mpeg->unreadable |= got < 0;
  return got;
}

/* Without a way to the file's end there is no estimate of the length. */
static off_t no_seeking(void *context, off_t offset, int whence) {
  (void)context, (void)offset, (void)whence;
  return -1;
}

static void init_library(void) {
  mpg123_init();
}

static int open_handle(struct mpeg *mpeg, struct source_format *format) {
  long rate_hz;
  int encoding;
  if (mpg123_param(mpeg->handle, MPG123_ADD_FLAGS,
                   MPG123_QUIET | MPG123_FORCE_FLOAT | MPG123_SKIP_ID3V2, 0) != MPG123_OK ||
      mpg123_replace_reader_handle(mpeg->handle, read_bytes, no_seeking, NULL) != MPG123_OK ||
      mpg123_open_handle(mpeg->handle, mpeg) != MPG123_OK ||
      mpg123_getformat(mpeg->handle, &rate_hz, &mpeg->channels, &encoding) != MPG123_OK)
    return -1;
  off_t frames = mpg123_length(mpeg->handle);
  *format = (struct source_format){.rate_hz = (int)rate_hz,
                                   .channels = mpeg->channels,
                                   .frames = frames > 0 ? frames : SOURCE_LENGTH_UNKNOWN};
  return 0;
}

struct mpeg *mpeg_open(int fd, struct source_format *format) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, init_library);
  struct mpeg *mpeg = memory_new(1, sizeof *mpeg);
  mpeg->fd = fd;
  mpeg->code = MPG123_OK;
  mpeg->handle = mpg123_new(NULL, NULL);
  if (mpeg->handle && open_handle(mpeg, format) == 0)
    return mpeg;
  mpeg_close(mpeg);
  return NULL;
}

/* Whether there are frames behind what is none: a tag at the end is only searched through. */
static bool goes_on(struct mpeg *mpeg) {
  float samples[2];
  size_t bytes = 0;
  mpg123_param(mpeg->handle, MPG123_RESYNC_LIMIT, -1, 0);
  mpg123_read(mpeg->handle, (unsigned char *)samples, (size_t)mpeg->channels * sizeof *samples,
              &bytes);
  return bytes > 0;
}

long mpeg_read(struct mpeg *mpeg, float *samples, long frames, const char **reason) {
  size_t frame_bytes = (size_t)mpeg->channels * sizeof *samples;
  size_t bytes = 0;
  if (mpeg->code == MPG123_OK) /* the samples in front of an end come with it */
    mpeg->code =
        mpg123_read(mpeg->handle, (unsigned char *)samples, (size_t)frames * frame_bytes, &bytes);
  if (bytes > 0)
    return (long)(bytes / frame_bytes);
  int cause = mpeg->code == MPG123_ERR ? mpg123_errcode(mpeg->handle) : mpeg->code;
  if (cause == MPG123_OK || cause == MPG123_DONE ||
      (cause == MPG123_ERR_READER && !mpeg->unreadable) ||
      (cause == MPG123_RESYNC_FAIL && !goes_on(mpeg)))
    return 0;
  *reason = cause == MPG123_NEW_FORMAT    ? "another rate or number of channels follows"
            : cause == MPG123_RESYNC_FAIL ? "what follows is no MPEG audio"
                                          : mpg123_plain_strerror(cause);
  return -1;
}

void mpeg_close(struct mpeg *mpeg) {
  mpg123_delete(mpeg->handle);
  free(mpeg);
}
