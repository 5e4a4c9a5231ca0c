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
#include <pthread.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

/* The file at `path`, to be freed. */
static uint8_t *bytes_of(const char *path, size_t *size) {
  struct error err = {""};
  uint8_t *bytes = file_read(path, 1 << 24, size, &err);
  assert_non_null(bytes);
  return bytes;
}

static void write_bytes(const char *path, const void *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

static void assert_frames(const char *path, size_t least, size_t most) {
  struct sound sound;
  struct error err = {""};
  if (sound_load(&sound, path, &err) != 0)
    fail_msg("%s", err.message);
  assert_in_range(sound.count, least, most);
  sound_free(&sound);
}

/* libsndfile takes what there is of these, without a word. */
static void files_cut_short_are_refused(void **state) {
  const char *path = ((struct place *)*state)->path;
  static const int formats[] = {WAV_16,
                                WAV_FLOAT,
                                SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
                                SF_FORMAT_AU | SF_FORMAT_PCM_24,
                                SF_FORMAT_W64 | SF_FORMAT_PCM_16,
                                SF_FORMAT_RF64 | SF_FORMAT_PCM_16};
  float *samples = tone(SOUND_RATE_HZ, 2 * 30000);
  for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
    write_sound(path, formats[f], SOUND_RATE_HZ, 2, samples, 30000);
    assert_frames(path, 30000, 30000);
    size_t size;
    free(bytes_of(path, &size));
    assert_int_equal(truncate(path, (off_t)size - 1000), 0);
    assert_refused(path, "of the 30000 samples of its header");
  }
  free(samples);
}

/* What is written to a pipe has no length in its header. */
static void unknown_lengths_are_read_to_the_end(void **state) {
  const char *path = ((struct place *)*state)->path;
  float *samples = tone(SOUND_RATE_HZ, 60000);
  write_sound(path, WAV_16, SOUND_RATE_HZ, 1, samples, 60000);
  for (long byte = 40; byte < 44; byte++)
    put_byte(path, byte, 0xff); /* bytes of the data chunk */
  assert_frames(path, 60000, 60000);
  for (size_t i = 0; i < 60000; i++)
    samples[i] = (float)((i * i * 7919) % 1000) / 1000 - 0.5F; /* nothing to compress */
  write_sound(path, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, SOUND_RATE_HZ, 1, samples, 60000);
  for (long byte = 22; byte < 26; byte++)
    put_byte(path, byte, 0); /* number of samples */
  assert_frames(path, 60000, 60000);
  for (long byte = 30000; byte < 30100; byte++)
    put_byte(path, byte, 0);
  assert_refused(path, "breaks after");
  free(samples);
}

/* Noise and then silence as MP3 of variable bit rate, the frame with its length blanked. */
static void write_mp3(const char *path, size_t frames, bool with_length) {
  float *samples = memory_new(frames, sizeof *samples);
  for (size_t i = 0; i < frames / 4; i++)
    samples[i] = (float)((i * 7919) % 1000) / 2000 - 0.25F;
  SF_INFO info = {.samplerate = SOUND_RATE_HZ,
                  .channels = 1,
                  .format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III};
  SNDFILE *file = sf_open(path, SFM_WRITE, &info);
  assert_non_null(file);
  sf_command(file, SFC_SET_BITRATE_MODE, &(int){SF_BITRATE_MODE_VARIABLE}, sizeof(int));
  assert_int_equal(sf_writef_float(file, samples, (sf_count_t)frames), frames);
  assert_int_equal(sf_close(file), 0);
  free(samples);
  size_t size;
  uint8_t *bytes = bytes_of(path, &size);
  uint8_t *length = memmem(bytes, 500, "Xing", 4);
  assert_non_null(length);
  if (!with_length)
    memset(length, 0, 4);
  write_bytes(path, bytes, size);
  free(bytes);
}

static void mp3_is_read_to_the_end(void **state) {
  const char *path = ((struct place *)*state)->path;
  write_mp3(path, 200000, true);
  assert_frames(path, 200000, 200000);
  size_t size;
  uint8_t *bytes = bytes_of(path, &size);
  write_bytes(path, bytes, size / 2);
  assert_refused(path, "of the 200000 samples of its header");
  write_mp3(path, 200000, false);
  assert_frames(path, 200000, 204000);
  free(bytes);
  bytes = bytes_of(path, &size);
  memset(bytes + size / 2, 0, 3000);
  write_bytes(path, bytes, size);
  assert_refused(path, "breaks after");
  free(bytes);
}

/* A program "ffmpeg" in front of PATH, which does what `script` says. Returns the PATH before, to
 * be given to remove_ffmpeg. */
static char *install_ffmpeg(const char *folder, const char *script) {
  char *before = strdup(getenv("PATH"));
  char *program = path_join(folder, "ffmpeg");
  FILE *file = fopen(program, "w");
  assert_non_null(file);
  fprintf(file, "#!/bin/sh\nPATH='%s'\n%s\n", before, script);
  assert_int_equal(fclose(file), 0);
  assert_int_equal(chmod(program, 0700), 0);
  free(program);
  assert_int_equal(setenv("PATH", folder, 1), 0);
  return before;
}

static void remove_ffmpeg(char *before) {
  assert_int_equal(setenv("PATH", before, 1), 0);
  free(before);
}

static void ffmpeg_reads_what_libsndfile_does_not(void **state) {
  struct place *place = *state;
  char *sound = path_join(place->folder, "sound.au"), *script = NULL;
  float *samples = tone(SOUND_RATE_HZ, 2 * 300000);
  write_sound(sound, SF_FORMAT_AU | SF_FORMAT_FLOAT, SOUND_RATE_HZ, 2, samples, 300000);
  write_bytes(place->path, "what nobody knows", 17);
  static const struct {
    const char *script, *refused; /* %s: a sound; NULL: it is read */
  } cases[] = {
      {"cat '%s'", NULL},
      {"cat '%s'; exit 3", "breaks after 300000 samples: it ended without a word"},
      {"cat '%s'; echo '[aac @ 0x1234] no more' >&2; echo twice >&2",
       "breaks after 300000 samples: no more"},
      {"head -c 1000000 '%s'; echo partial file >&2", "samples: partial file"},
      {"echo \"$7: [no] good\" >&2; exit 1 # %s", "(Format not recognised) or ffmpeg ([no] good)"},
      {"echo \"Stream map '0:a:0' matches no streams.\" >&2; exit 1 # %s", "it holds no sound"},
      {"exit 1 # %s", "it ended without a word"},
      {"exit 0 # %s", "Format not recognised"},
      {"kill -9 $$ # %s", "it ended without a word"},
      /* More messages than a pipe holds, and samples without end that are wrong. */
      {"head -c 1000000 /dev/zero | tr '\\0' x >&2; cat '%s'", "xxx"},
      {"head -c 24 '%s'; yes", "expected -1 to 1"},
  };
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    assert_true(asprintf(&script, cases[c].script, sound) > 0);
    char *before = install_ffmpeg(place->folder, script);
    if (cases[c].refused)
      assert_refused(place->path, cases[c].refused);
    else
      assert_frames(place->path, 300000, 300000);
    remove_ffmpeg(before);
    free(script);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
  }
  char *before = strdup(getenv("PATH"));
  assert_int_equal(setenv("PATH", "/nowhere", 1), 0);
  assert_refused(place->path,
                 "(Format not recognised); with ffmpeg installed more formats are read");
  remove_ffmpeg(before);
  free(samples);
  free(sound);
}

enum { THREADS = 4, KINDS = 5, ROUNDS = 12 };

static void *load_often(void *context) {
  char *const *paths = context;
  struct sound sound;
  for (int i = 0; i < ROUNDS * KINDS; i++) {
    struct error err = {""};
    int result = sound_load(&sound, paths[i % KINDS], &err);
    bool right = i % KINDS == 0 ? strstr(err.message, "with ffmpeg installed") != NULL
                                : result == 0 && sound.count >= 30000;
    if (!right)
      return "wrong";
    sound_free(&sound);
  }
  return NULL;
}

static void threads_load_at_once(void **state) {
  struct place *place = *state;
  static const char *const names[KINDS] = {"nothing", "a.wav", "b.flac", "c.mp3", "d.wav"};
  char *paths[KINDS];
  for (int k = 0; k < KINDS; k++)
    paths[k] = path_join(place->folder, names[k]);
  float *samples = tone(48000, 90000);
  write_bytes(paths[0], "nothing of the sort", 19);
  write_sound(paths[1], WAV_16, SOUND_RATE_HZ, 1, samples, 90000);
  write_sound(paths[2], SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 48000, 1, samples, 90000);
  write_mp3(paths[3], 90000, false);
  write_sound(paths[4], WAV_16, 11025, 1, samples, 90000);
  free(samples);
  char *before = strdup(getenv("PATH"));
  assert_int_equal(setenv("PATH", "/nowhere", 1), 0);
  pthread_t threads[THREADS];
  for (int t = 0; t < THREADS; t++)
    assert_int_equal(pthread_create(&threads[t], NULL, load_often, paths), 0);
  for (int t = 0; t < THREADS; t++) {
    void *wrong;
    assert_int_equal(pthread_join(threads[t], &wrong), 0);
    assert_null(wrong);
  }
  remove_ffmpeg(before);
  for (int k = 0; k < KINDS; k++)
    free(paths[k]);
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
      cmocka_unit_test_setup_teardown(files_cut_short_are_refused, make_place, remove_place),
      cmocka_unit_test_setup_teardown(unknown_lengths_are_read_to_the_end, make_place,
                                      remove_place),
      cmocka_unit_test_setup_teardown(mp3_is_read_to_the_end, make_place, remove_place),
      cmocka_unit_test_setup_teardown(ffmpeg_reads_what_libsndfile_does_not, make_place,
                                      remove_place),
      cmocka_unit_test_setup_teardown(threads_load_at_once, make_place, remove_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
