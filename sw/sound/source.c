/* source.c : where a sound's samples come from: libsndfile, libmpg123 or the program ffmpeg.
 * SPDX-License-Identifier: MIT
 */
#include "sound/source.h"

#include "base/file.h"
#include "sound/ffmpeg.h"
#include "sound/mpeg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REASON_BYTES = 200, LOG_BYTES = 1 << 14 };

/* Programs that do not know the length yet put nearly 2^31 or 2^32 bytes there. */
static const long long placeholder_bytes = 0x7fff0000;

struct source {
  const char *path;
  int fd;            /* the file */
  struct mpeg *mpeg; /* one of these reads it, libsndfile ffmpeg's pipe, too */
  SNDFILE *file;
  struct ffmpeg *ffmpeg;
  struct source_format format;
  long long frames_read;
};

/* sf_open_fd and its reason for a refusal, which libsndfile keeps once for all threads. It gets a
 * descriptor of its own, since it closes what it refuses even when told not to. */
static SNDFILE *open_sndfile(int fd, SF_INFO *info, char reason[REASON_BYTES]) {
  static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&one_at_a_time);
  SNDFILE *file = sf_open_fd(fcntl(fd, F_DUPFD_CLOEXEC, 0), SFM_READ, info, SF_TRUE);
  const char *text = file ? "" : sf_strerror(NULL);
  snprintf(reason, REASON_BYTES, "%.*s", (int)strcspn(text, ".\n"), text);
  pthread_mutex_unlock(&one_at_a_time);
  return file;
}

/* How many samples of its header a file lacks. libsndfile takes what there is instead, and says so
 * only in its log. What a program wrote that did not know the length lacks none. */
static double missing_frames(SNDFILE *file, const SF_INFO *info, const char *log) {
  static const char *const lines[] = {" data : %lld (should be %lld",
                                      " SSND : %lld (should be %lld",
                                      " Data Size : %lld (should be %lld", /* AU */
                                      " riff : %lld (should be %lld" /* W64 */};
  static const char rf64[] = " *** Calculated frame count %lld does not match value from 'ds64' "
                             "chunk of %lld";
  for (const char *line = log; line; line = strchr(line, '\n')) {
    line += *line == '\n';
    long long promised, found;
    if (sscanf(line, rf64, &found, &promised) == 2)
      return (double)promised - (double)found;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
      if (sscanf(line, lines[i], &promised, &found) == 2) {
        int bytes_per_second = sf_current_byterate(file);
        bool known = promised < placeholder_bytes && bytes_per_second > 0;
        return known ? ((double)promised - (double)found) * info->samplerate / bytes_per_second : 0;
      }
  }
  return 0;
}

static int check_whole(const char *path, SNDFILE *file, const SF_INFO *info, struct error *err) {
  char *log = memory_new(LOG_BYTES, 1);
  sf_command(file, SFC_GET_LOG_INFO, log, LOG_BYTES);
  double missing = missing_frames(file, info, log);
  free(log);
  if (missing < 1)
    return 0;
  return error_set(err, "%s: ends or breaks after %lld of the %.0f samples of its header", path,
                   (long long)info->frames, (double)info->frames + missing);
}

/* Returns 0; -1 with the error set; or 1 and a reason for what is not libsndfile's. */
static int open_file(struct source *source, char reason[REASON_BYTES], struct error *err) {
  SF_INFO info = {0};
  source->file = open_sndfile(source->fd, &info, reason);
  if (!source->file)
    return 1;
  if (check_whole(source->path, source->file, &info, err) != 0)
    return -1;
  bool known = info.frames != SF_COUNT_MAX;
  source->format = (struct source_format){.rate_hz = info.samplerate,
                                          .channels = info.channels,
                                          .frames = known ? info.frames : SOURCE_LENGTH_UNKNOWN};
  int coding = info.format & SF_FORMAT_SUBMASK; /* of MPEG in WAV */
  if (coding < SF_FORMAT_MPEG_LAYER_I || coding > SF_FORMAT_MPEG_LAYER_III)
    return 0;
  sf_close(source->file);
  source->file = NULL;
  lseek(source->fd, 0, SEEK_SET);
  source->mpeg = mpeg_open(source->fd, &source->format);
  snprintf(reason, REASON_BYTES, "no MPEG audio in it");
  return source->mpeg ? 0 : 1;
}

/* What libsndfile refused for a reason. */
static int open_ffmpeg(struct source *source, const char *reason, struct error *err) {
  int fd;
  source->ffmpeg = ffmpeg_start(source->path, &fd);
  if (!source->ffmpeg)
    return error_set(err,
                     "%s: not readable as a sound by libsndfile (%s); with ffmpeg installed more "
                     "formats are read",
                     source->path, reason);
  struct pollfd output = {.fd = fd, .events = POLLIN};
  while (poll(&output, 1, -1) < 0 && errno == EINTR)
    ; /* not while libsndfile is locked */
  SF_INFO info = {0};
  char pipe_reason[REASON_BYTES], complaint[FFMPEG_REASON_BYTES];
  source->file = open_sndfile(fd, &info, pipe_reason);
  if (source->file) {
    source->format = (struct source_format){info.samplerate, info.channels, SOURCE_LENGTH_UNKNOWN};
    return 0;
  }
  bool content = ffmpeg_end(source->ffmpeg, complaint) == 0;
  return error_set(err, "%s: not readable as a sound by libsndfile (%s) or ffmpeg (%s)",
                   source->path, reason, content ? pipe_reason : complaint);
}

static int open_any(struct source *source, struct error *err) {
  unsigned char head[4] = {0};
  if (pread(source->fd, head, sizeof head, 0) == sizeof head && mpeg_begins(head)) {
    source->mpeg = mpeg_open(source->fd, &source->format);
    if (source->mpeg)
      return 0;
    lseek(source->fd, 0, SEEK_SET);
  }
  char reason[REASON_BYTES];
  int result = open_file(source, reason, err);
  return result > 0 ? open_ffmpeg(source, reason, err) : result;
}

struct source *source_open(const char *path, struct source_format *format, struct error *err) {
  struct source *source = memory_new(1, sizeof *source);
  source->path = path;
  /* Not blocking, so that opening a pipe nobody writes to returns and is refused below. */
  source->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  if (source->fd < 0 || fstat(source->fd, &status) != 0)
    error_set(err, "%s: not readable as a sound: %s", path, strerror(errno));
  else if (!S_ISREG(status.st_mode))
    error_set(err, "%s: not a regular file, expected a sound file", path);
  else if (open_any(source, err) == 0) {
    *format = source->format;
    return source;
  }
  source_close(source);
  return NULL;
}

static int breaks(const struct source *source, const char *reason, struct error *err) {
  return error_set(err, "%s: breaks after %lld samples: %s", source->path, source->frames_read,
                   reason);
}

/* No more samples came. Returns 0 where that is the end. */
static int check_end(const struct source *source, struct error *err) {
  char complaint[FFMPEG_REASON_BYTES];
  if (source->format.frames > source->frames_read)
    return error_set(err, "%s: ends or breaks after %lld of the %lld samples of its header",
                     source->path, source->frames_read, source->format.frames);
  if (source->ffmpeg)
    return ffmpeg_end(source->ffmpeg, complaint) == 0 ? 0 : breaks(source, complaint, err);
  if (source->mpeg)
    return 0;
  if (sf_error(source->file) != SF_ERR_NO_ERROR)
    return breaks(source, sf_strerror(source->file), err);
  /* Where only the end tells the length, libsndfile must have come to it. */
  struct stat status;
  if (source->format.frames == SOURCE_LENGTH_UNKNOWN && fstat(source->fd, &status) == 0 &&
      lseek(source->fd, 0, SEEK_CUR) < status.st_size)
    return breaks(source, "what follows cannot be decoded", err);
  return 0;
}

long source_read(struct source *source, float *samples, long frames, struct error *err) {
  const char *reason = NULL;
  long got = source->mpeg ? mpeg_read(source->mpeg, samples, frames, &reason)
                          : (long)sf_readf_float(source->file, samples, frames);
  if (got < 0)
    return breaks(source, reason ? reason : sf_strerror(source->file), err);
  source->frames_read += got;
  return got > 0 ? got : check_end(source, err);
}

void source_close(struct source *source) {
  if (source->mpeg)
    mpeg_close(source->mpeg);
  if (source->file)
    sf_close(source->file);
  if (source->ffmpeg)
    ffmpeg_free(source->ffmpeg);
  if (source->fd >= 0)
    close(source->fd);
  free(source);
}
