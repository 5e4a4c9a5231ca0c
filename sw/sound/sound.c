/* sound.c : any sound file as mono samples at one rate (E1, E3).
 * SPDX-License-Identifier: MIT
 */
#include "sound/sound.h"

#include "base/file.h"

#include <math.h>
#include <pthread.h>
#include <sndfile.h>
#include <soxr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BLOCK_SAMPLES = 1 << 16, CHANNELS_MAX = 256 };
static const float sample_max = 1e6F;

/* Of half the lower rate; what the best of libsamplerate has, with which Engram began. */
static const double passband_end = 0.931;

/* soxr_create sets up tables that all converters share. */
static pthread_mutex_t once_at_a_time = PTHREAD_MUTEX_INITIALIZER;

/* A file being read, block by block. */
struct reader {
  const char *path;
  SNDFILE *file;
  SF_INFO info;
  float *interleaved; /* [block_frames][channels] */
  float *mono;        /* [block_frames] */
  sf_count_t block_frames;
  sf_count_t frames_read;
};

static int check_info(const char *path, const SF_INFO *info, struct error *err) {
  if (info->samplerate < SOUND_FILE_RATE_MIN_HZ || info->samplerate > SOUND_FILE_RATE_MAX_HZ)
    return error_set(err, "%s: %d samples a second, expected %d to %d", path, info->samplerate,
                     SOUND_FILE_RATE_MIN_HZ, SOUND_FILE_RATE_MAX_HZ);
  if (info->channels < 1 || info->channels > CHANNELS_MAX)
    return error_set(err, "%s: %d channels, expected 1 to %d", path, info->channels, CHANNELS_MAX);
  if (info->frames <= 0)
    return error_set(err, "%s: holds no samples", path);
  if (info->frames / info->samplerate >= SOUND_SECONDS_MAX)
    return error_set(err, "%s: %lld s long, expected less than %d s", path,
                     (long long)(info->frames / info->samplerate), SOUND_SECONDS_MAX);
  return 0;
}

static int reader_open(struct reader *reader, const char *path, struct error *err) {
  struct stat status;
  if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
    return error_set(err, "%s: not a regular file, expected a sound file", path);
  *reader = (struct reader){.path = path};
  reader->file = sf_open(path, SFM_READ, &reader->info);
  if (!reader->file) {
    const char *reason = sf_strerror(NULL);
    return error_set(err, "%s: not readable as a sound: %.*s", path, (int)strcspn(reason, "\n"),
                     reason);
  }
  if (check_info(path, &reader->info, err) != 0) {
    sf_close(reader->file);
    return -1;
  }
  reader->block_frames = BLOCK_SAMPLES / reader->info.channels;
  reader->interleaved = memory_new(BLOCK_SAMPLES, sizeof(float));
  reader->mono = memory_new((size_t)reader->block_frames, sizeof(float));
  return 0;
}

static void reader_close(struct reader *reader) {
  free(reader->interleaved);
  free(reader->mono);
  sf_close(reader->file);
}

/* Fills `mono` with the next frames, each the mean of its channels (E3). Returns how many, at least
 * 1, or -1. */
static long read_block(struct reader *reader, struct error *err) {
  int channels = reader->info.channels;
  sf_count_t left = reader->info.frames - reader->frames_read;
  sf_count_t wanted = left < reader->block_frames ? left : reader->block_frames;
  sf_count_t frames = sf_readf_float(reader->file, reader->interleaved, wanted);
  if (frames < wanted)
    return error_set(err, "%s: ends or breaks after %lld of the %lld samples of its header",
                     reader->path, (long long)(reader->frames_read + frames),
                     (long long)reader->info.frames);
  for (sf_count_t i = 0; i < frames; i++) {
    double sum = 0;
    for (int c = 0; c < channels; c++) {
      float sample = reader->interleaved[i * channels + c];
      if (!(fabsf(sample) <= sample_max))
        return error_set(err, "%s: sample %lld is %g, expected -1 to 1 (at most +-%g)",
                         reader->path, (long long)(reader->frames_read + i), (double)sample,
                         (double)sample_max);
      sum += (double)sample;
    }
    reader->mono[i] = (float)(sum / channels);
  }
  reader->frames_read += frames;
  return (long)frames;
}

/* Gives one block to the converter, or NULL for the end; what comes out goes behind
 * samples[*filled]. */
static int convert_block(soxr_t converter, const float *block, size_t frames, struct sound *sound,
                         size_t *filled, const char *path, struct error *err) {
  size_t used, made;
  do {
    soxr_error_t failed = soxr_process(converter, block, frames, &used, sound->samples + *filled,
                                       sound->count - *filled, &made);
    if (failed)
      return error_set(err, "%s: rate conversion: %s", path, failed);
    block = block ? block + used : NULL;
    frames -= used;
    *filled += made;
  } while (*filled < sound->count && (frames > 0 || made > 0));
  return 0;
}

static int read_converted(struct reader *reader, struct sound *sound, struct error *err) {
  soxr_error_t failed = NULL;
  soxr_quality_spec_t quality = soxr_quality_spec(SOXR_24_BITQ | SOXR_LINEAR_PHASE, 0);
  quality.passband_end = passband_end;
  pthread_mutex_lock(&once_at_a_time);
  soxr_t converter =
      soxr_create(reader->info.samplerate, SOUND_RATE_HZ, 1, &failed, NULL, &quality, NULL);
  pthread_mutex_unlock(&once_at_a_time);
  if (!converter)
    return error_set(err, "%s: rate conversion: %s", reader->path, failed);
  size_t filled = 0;
  int result = 0;
  while (result == 0 && reader->frames_read < reader->info.frames) {
    long frames = read_block(reader, err);
    result = frames < 0 ? -1
                        : convert_block(converter, reader->mono, (size_t)frames, sound, &filled,
                                        reader->path, err);
  }
  if (result == 0)
    result = convert_block(converter, NULL, 0, sound, &filled, reader->path, err);
  soxr_delete(converter);
  return result;
}

static int read_direct(struct reader *reader, struct sound *sound, struct error *err) {
  while (reader->frames_read < reader->info.frames) {
    sf_count_t at = reader->frames_read;
    long frames = read_block(reader, err);
    if (frames < 0)
      return -1;
    memcpy(sound->samples + at, reader->mono, (size_t)frames * sizeof(float));
  }
  return 0;
}

int sound_load(struct sound *sound, const char *path, struct error *err) {
  *sound = (struct sound){0};
  struct reader reader;
  if (reader_open(&reader, path, err) != 0)
    return -1;
  long long rate = reader.info.samplerate;
  sound->file_rate_hz = reader.info.samplerate;
  sound->file_channels = reader.info.channels;
  sound->count = (size_t)((reader.info.frames * SOUND_RATE_HZ + rate / 2) / rate);
  sound->samples = memory_new(sound->count + 1, sizeof(float));
  int result = rate == SOUND_RATE_HZ ? read_direct(&reader, sound, err)
                                     : read_converted(&reader, sound, err);
  reader_close(&reader);
  if (result != 0)
    sound_free(sound);
  return result;
}

void sound_free(struct sound *sound) {
  free(sound->samples);
  *sound = (struct sound){0};
}

int sound_save(const char *path, const int16_t *samples, size_t count, struct error *err) {
  struct output out;
  FILE *stream = output_open(&out, path, err);
  if (!stream)
    return -1;
  SF_INFO info = {
      .samplerate = SOUND_RATE_HZ, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
  SNDFILE *file = sf_open_fd(fileno(stream), SFM_WRITE, &info, 0);
  if (!file || sf_write_short(file, samples, (sf_count_t)count) != (sf_count_t)count)
    error_set(err, "%s: not all of it could be written: %s", path, sf_strerror(file));
  if (file && sf_close(file) != 0)
    error_set(err, "%s: not all of it could be written", path);
  if (err->message[0] != '\0') {
    output_abort(&out);
    return -1;
  }
  return output_commit(&out, err);
}
