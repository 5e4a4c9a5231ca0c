/* sound.c : any sound file as mono samples at one rate (E1, E3).
 * SPDX-License-Identifier: MIT
 */
#include "sound/sound.h"

#include "base/file.h"
#include "sound/bandwidth.h"
#include "sound/resample.h"
#include "sound/source.h"

#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SAMPLES = 1 << 16, CHANNELS_MAX = 256 };
static const float sample_max = 1e6F;

static int check_format(const char *path, const struct source_format *format, struct error *err) {
  if (format->rate_hz < SOUND_FILE_RATE_MIN_HZ || format->rate_hz > SOUND_FILE_RATE_MAX_HZ)
    return error_set(err, "%s: %d samples a second, expected %d to %d", path, format->rate_hz,
                     SOUND_FILE_RATE_MIN_HZ, SOUND_FILE_RATE_MAX_HZ);
  if (format->channels < 1 || format->channels > CHANNELS_MAX)
    return error_set(err, "%s: %d channels, expected 1 to %d", path, format->channels,
                     CHANNELS_MAX);
  if (format->frames == 0)
    return error_set(err, "%s: holds no samples", path);
  if (format->frames / format->rate_hz >= SOUND_SECONDS_MAX)
    return error_set(err, "%s: %lld s long, expected less than %d s", path,
                     format->frames / format->rate_hz, SOUND_SECONDS_MAX);
  return 0;
}

/* The mean of each frame's channels (E3): interleaved [frames][channels] -> mono [frames]. `first`
 * is the number of the first frame. */
static int average(const float *interleaved, int channels, float *mono, long frames,
                   long long first, const char *path, struct error *err) {
  for (long i = 0; i < frames; i++) {
    double sum = 0;
    for (int c = 0; c < channels; c++) {
      float sample = interleaved[i * channels + c];
      if (!(fabsf(sample) <= sample_max))
        return error_set(err, "%s: sample %lld is %g, expected -1 to 1 (at most +-%g)", path,
                         first + i, (double)sample, (double)sample_max);
      sum += (double)sample;
    }
    mono[i] = (float)(sum / channels);
  }
  return 0;
}

/* Reads a source to its end: as mono samples into `resample`. */
static int read_all(struct source *source, const struct source_format *format,
                    struct resample *resample, const char *path, struct error *err) {
  float *interleaved = memory_new(BLOCK_SAMPLES, sizeof *interleaved);
  float *mono = memory_new(BLOCK_SAMPLES, sizeof *mono);
  long long read = 0;
  long frames;
  int result = 0;
  while (result == 0 &&
         (frames = source_read(source, interleaved, BLOCK_SAMPLES / format->channels, err)) != 0) {
    result =
        frames < 0 ? -1 : average(interleaved, format->channels, mono, frames, read, path, err);
    if (result == 0)
      result = resample_put(resample, mono, (size_t)frames, err);
    read += frames;
    if (result == 0 && read / format->rate_hz >= SOUND_SECONDS_MAX)
      result = error_set(err, "%s: longer than %d s", path, SOUND_SECONDS_MAX);
  }
  if (result == 0 && read == 0)
    result = error_set(err, "%s: holds no samples", path);
  free(interleaved);
  free(mono);
  return result;
}

/* Not more than half the file's rate, whatever a filter leaves above. */
static int limited_bandwidth(const struct sound *sound, int rate_hz) {
  int measured_hz = bandwidth_measure(sound->samples, sound->count);
  return measured_hz < rate_hz / 2 ? measured_hz : rate_hz / 2;
}

int sound_load(struct sound *sound, const char *path, struct error *err) {
  *sound = (struct sound){0};
  struct source_format format;
  struct source *source = source_open(path, &format, err);
  if (!source)
    return -1;
  struct resample *resample = NULL;
  int result = check_format(path, &format, err);
  if (result == 0) {
    resample = resample_new(format.rate_hz, err);
    result = resample ? read_all(source, &format, resample, path, err) : -1;
  }
  if (result == 0)
    result = resample_end(resample, &sound->samples, &sound->count, err);
  if (result == 0)
    sound->bandwidth_hz = limited_bandwidth(sound, format.rate_hz);
  sound->file_rate_hz = format.rate_hz;
  sound->file_channels = format.channels;
  if (resample)
    resample_free(resample);
  source_close(source);
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
