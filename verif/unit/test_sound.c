/* test_sound.c : sound files of all kinds, whole and broken.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "scratch.h"
#include "sound/sound.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAV_FLOAT = SF_FORMAT_WAV | SF_FORMAT_FLOAT, WAV_16 = SF_FORMAT_WAV | SF_FORMAT_PCM_16 };

struct place {
  char *folder;
  char *path; /* of the one file of a test */
};

static int make_place(void **state) {
  struct place *place = memory_new(1, sizeof *place);
  place->folder = scratch_make();
  if (!place->folder)
    return -1;
  place->path = path_join(place->folder, "sound");
  *state = place;
  return 0;
}

static int remove_place(void **state) {
  struct place *place = *state;
  int result = scratch_remove(place->folder);
  free(place->path);
  free(place);
  return result;
}

static void write_sound(const char *path, int format, int rate, int channels, const float *samples,
                        sf_count_t frames) {
  SF_INFO info = {.samplerate = rate, .channels = channels, .format = format};
  SNDFILE *file = sf_open(path, SFM_WRITE, &info);
  assert_non_null(file);
  assert_int_equal(sf_writef_float(file, samples, frames), frames);
  assert_int_equal(sf_close(file), 0);
}

static void assert_refused(const char *path, const char *expected) {
  struct sound sound;
  struct error err = {""};
  assert_int_equal(sound_load(&sound, path, &err), -1);
  assert_null(sound.samples);
  assert_non_null(strstr(err.message, path));
  if (!strstr(err.message, expected))
    fail_msg("\"%s\" does not say \"%s\"", err.message, expected);
  assert_null(strchr(err.message, '\n'));
}

static void channels_are_averaged(void **state) {
  const char *path = ((struct place *)*state)->path;
  const float stereo[] = {0.5F, 0.25F, -1, 1, 0.75F, 0.25F, 0, -0.5F};
  const float left_and_right[] = {0.375F, 0, 0.5F, -0.25F};
  const float five[] = {0.5F, 0.5F, 0.5F, 0.5F, -2};
  struct sound sound;
  struct error err = {""};
  write_sound(path, WAV_FLOAT, SOUND_RATE_HZ, 2, stereo, 4);
  assert_int_equal(sound_load(&sound, path, &err), 0);
  assert_int_equal(sound.count, 4);
  assert_int_equal(sound.file_channels, 2);
  assert_memory_equal(sound.samples, left_and_right, sizeof left_and_right);
  sound_free(&sound);
  write_sound(path, WAV_FLOAT, SOUND_RATE_HZ, 5, five, 1);
  assert_int_equal(sound_load(&sound, path, &err), 0);
  assert_int_equal(sound.count, 1);
  assert_float_equal(sound.samples[0], 0, 1e-7);
  sound_free(&sound);
}

/* A sine of 440 Hz under a slow envelope that begins and ends at 0. */
static float tone_at(double seconds, double length) {
  double envelope = sin(M_PI * seconds / length);
  return (float)(0.5 * envelope * envelope * sin(2 * M_PI * 440 * seconds));
}

static float *tone(int rate, size_t count) {
  float *samples = memory_new(count, sizeof *samples);
  for (size_t i = 0; i < count; i++)
    samples[i] = tone_at((double)i / rate, (double)count / rate);
  return samples;
}

/* Every rate gives the same sound at the same time, and as many samples as its length asks for. */
static void rates_are_converted(void **state) {
  const char *path = ((struct place *)*state)->path;
  static const struct {
    int rate;
    size_t frames, expected;
  } cases[] = {
      {22050, 22050, 22050},   {44100, 44100, 22050},  {48000, 14400, 6615},
      {16000, 4800, 6615},     {16000, 80000, 110250}, {8000, 2400, 6615},
      {11025, 7001, 14002},    {96000, 100000, 22969}, {192000, 192000, 22050},
      {768000, 400000, 11484}, {1000, 5000, 110250},
  };
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    float *samples = tone(cases[c].rate, cases[c].frames);
    write_sound(path, WAV_FLOAT, cases[c].rate, 1, samples, (sf_count_t)cases[c].frames);
    free(samples);
    struct sound sound;
    struct error err = {""};
    assert_int_equal(sound_load(&sound, path, &err), 0);
    assert_int_equal(sound.count, cases[c].expected);
    assert_int_equal(sound.file_rate_hz, cases[c].rate);
    double length = (double)cases[c].frames / cases[c].rate;
    for (size_t i = 0; i < sound.count; i++)
      assert_float_equal(sound.samples[i], tone_at((double)i / SOUND_RATE_HZ, length), 2e-3);
    sound_free(&sound);
  }
}

static void formats_are_read(void **state) {
  const char *path = ((struct place *)*state)->path;
  static const struct {
    int format;
    double tolerance;
  } cases[] = {{WAV_16, 4e-5},
               {SF_FORMAT_WAV | SF_FORMAT_PCM_24, 1e-6},
               {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 4e-5},
               {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 4e-5},
               {SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0.05}};
  float *samples = tone(SOUND_RATE_HZ, 30000);
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    write_sound(path, cases[c].format, SOUND_RATE_HZ, 1, samples, 30000);
    struct sound sound;
    struct error err = {""};
    assert_int_equal(sound_load(&sound, path, &err), 0);
    assert_int_equal(sound.count, 30000);
    for (size_t i = 0; i < sound.count; i++)
      assert_float_equal(sound.samples[i], samples[i], cases[c].tolerance);
    sound_free(&sound);
  }
  free(samples);
}

static void saved_sounds_come_back(void **state) {
  const char *path = ((struct place *)*state)->path;
  const int16_t samples[] = {0, 1, -1, 32767, -32768, 12345};
  struct sound sound;
  struct error err = {""};
  assert_int_equal(sound_save(path, samples, 6, &err), 0);
  assert_int_equal(sound_load(&sound, path, &err), 0);
  assert_int_equal(sound.count, 6);
  for (int i = 0; i < 6; i++)
    assert_true(sound.samples[i] * 32768 == (float)samples[i]);
  sound_free(&sound);
  char nowhere[400];
  snprintf(nowhere, sizeof nowhere, "%s.d/no/sound.wav", path);
  assert_int_equal(sound_save(nowhere, samples, 6, &err), -1);
  assert_non_null(strstr(err.message, nowhere));
}

static void files_without_sound_are_refused(void **state) {
  struct place *place = *state;
  assert_refused(place->path, "not readable as a sound");
  assert_refused(place->folder, "not a regular file");
  FILE *file = fopen(place->path, "wb");
  assert_non_null(file);
  assert_int_equal(fclose(file), 0);
  assert_refused(place->path, "not readable as a sound");
  file = fopen(place->path, "wb");
  fputs("RIFF is what this text begins with, but a sound it is not.\n", file);
  assert_int_equal(fclose(file), 0);
  assert_refused(place->path, "not readable as a sound");
  write_sound(place->path, WAV_16, SOUND_RATE_HZ, 1, NULL, 0);
  assert_refused(place->path, "holds no samples");
}

static void wild_samples_are_refused(void **state) {
  const char *path = ((struct place *)*state)->path;
  const float wild[] = {NAN, INFINITY, -INFINITY, 2e6F};
  for (int rate = SOUND_RATE_HZ; rate <= 2 * SOUND_RATE_HZ; rate += SOUND_RATE_HZ)
    for (int w = 0; w < 4; w++) {
      float *samples = tone(rate, 10000);
      samples[7777] = wild[w];
      write_sound(path, WAV_FLOAT, rate, 1, samples, 10000);
      free(samples);
      assert_refused(path, "sample 7777 is");
    }
}

static void wild_rates_are_refused(void **state) {
  const char *path = ((struct place *)*state)->path;
  const int rates[] = {1, 999, 768001, 2000000000};
  const float samples[4] = {0};
  for (int r = 0; r < 4; r++) {
    write_sound(path, WAV_FLOAT, rates[r], 1, samples, 4);
    assert_refused(path, "samples a second, expected 1000 to 768000");
  }
}

static void put_byte(const char *path, long offset, int byte) {
  FILE *file = fopen(path, "r+b");
  assert_non_null(file);
  assert_int_equal(fseek(file, offset, SEEK_SET), 0);
  fputc(byte, file);
  assert_int_equal(fclose(file), 0);
}

/* A FLAC file that is cut short, and ones whose header promises more than is there or than anyone
 * records. */
static void lying_headers_are_refused(void **state) {
  const char *path = ((struct place *)*state)->path;
  const int format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
  float *samples = tone(SOUND_RATE_HZ, 60000);
  write_sound(path, format, SOUND_RATE_HZ, 1, samples, 60000);
  assert_int_equal(truncate(path, 5000), 0);
  assert_refused(path, "ends or breaks after");
  write_sound(path, format, SOUND_RATE_HZ, 1, samples, 60000);
  put_byte(path, 23, 1); /* bits 16..23 of the number of samples */
  assert_refused(path, "ends or breaks after");
  put_byte(path, 22, 255); /* bits 24..31 */
  assert_refused(path, "s long, expected less than");
  free(samples);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(channels_are_averaged, make_place, remove_place),
      cmocka_unit_test_setup_teardown(rates_are_converted, make_place, remove_place),
      cmocka_unit_test_setup_teardown(formats_are_read, make_place, remove_place),
      cmocka_unit_test_setup_teardown(saved_sounds_come_back, make_place, remove_place),
      cmocka_unit_test_setup_teardown(files_without_sound_are_refused, make_place, remove_place),
      cmocka_unit_test_setup_teardown(wild_samples_are_refused, make_place, remove_place),
      cmocka_unit_test_setup_teardown(wild_rates_are_refused, make_place, remove_place),
      cmocka_unit_test_setup_teardown(lying_headers_are_refused, make_place, remove_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
