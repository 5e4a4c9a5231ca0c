/* test_bandwidth.c : up to which frequency a sound has content.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "model/random.h"
#include "scratch.h"
#include "sound/bandwidth.h"
#include "sound/sound.h"

#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS = 3, COUNT = SECONDS * SOUND_RATE_HZ };

/* White noise, +-amplitude. To be freed. */
static float *noise(size_t count, double amplitude) {
  float *samples = memory_new(count, sizeof *samples);
  uint64_t state = 1;
  for (size_t i = 0; i < count; i++)
    samples[i] = (float)(amplitude * ((double)(random_splitmix(&state) >> 11) * 0x1p-52 - 1));
  return samples;
}

/* What a file of noise at some rate gives, loaded; clipped to +-clip and in 16 bits as a file of
 * 22,050 Hz. */
static struct sound load_noise(const char *folder, int rate_hz, float clip) {
  char *path = path_join(folder, "sound.wav");
  size_t frames = (size_t)(SECONDS * rate_hz);
  float *samples = noise(frames, 0.9);
  SF_INFO info = {.samplerate = rate_hz, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
  SNDFILE *file = sf_open(path, SFM_WRITE, &info);
  assert_non_null(file);
  assert_int_equal(sf_writef_float(file, samples, (sf_count_t)frames), frames);
  assert_int_equal(sf_close(file), 0);
  free(samples);
  struct sound sound;
  struct error err = {""};
  assert_int_equal(sound_load(&sound, path, &err), 0);
  if (clip > 0) {
    int16_t *words = memory_new(sound.count, sizeof *words);
    for (size_t i = 0; i < sound.count; i++)
      words[i] = (int16_t)(32767 * fmaxf(-clip, fminf(clip, sound.samples[i])));
    assert_int_equal(sound_save(path, words, sound.count, &err), 0);
    free(words);
    sound_free(&sound);
    assert_int_equal(sound_load(&sound, path, &err), 0);
  }
  free(path);
  return sound;
}

static void lower_rates_are_seen(void **state) {
  static const struct {
    int rate_hz;
    float clip; /* 0: as it is loaded; else saved again at 22,050 Hz */
    int least, most;
  } cases[] = {{8000, 0, 3700, 4000},    {8000, 1, 3700, 4200},       {9000, 1, 4100, 4700},
               {11025, 1, 5100, 5700},   {16000, 0, 7300, 8000},      {16000, 1, 7300, 8300},
               {22050, 0, 11025, 11025}, {22050, 0.8F, 11025, 11025}, {44100, 1, 10000, 11025},
               {4000, 1, 1800, 2100},    {96000, 0, 10000, 11025}};
  (void)state;
  char *folder = scratch_make();
  assert_non_null(folder);
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    struct sound sound = load_noise(folder, cases[c].rate_hz, cases[c].clip);
    if (sound.bandwidth_hz < cases[c].least || sound.bandwidth_hz > cases[c].most)
      fail_msg("case %zu: %d Hz", c, sound.bandwidth_hz);
    sound_free(&sound);
  }
  assert_int_equal(scratch_remove(folder), 0);
}

/* Slopes of 6 and 12 dB an octave, with hum and a whistle far above the rest. */
static void slopes_and_tones_are_no_edge(void **state) {
  (void)state;
  float *samples = noise(COUNT, 0.5);
  for (int pole = 0; pole < 2; pole++) {
    float low = 0;
    for (int i = 0; i < COUNT; i++)
      samples[i] = low += 0.2F * (samples[i] - low);
    assert_int_equal(bandwidth_measure(samples, COUNT), SOUND_RATE_HZ / 2);
  }
  for (int i = 0; i < COUNT; i++)
    samples[i] += (float)(0.5 * sin(2 * M_PI * 100 * i / SOUND_RATE_HZ) +
                          0.5 * sin(2 * M_PI * 2100 * i / SOUND_RATE_HZ));
  assert_int_equal(bandwidth_measure(samples, COUNT), SOUND_RATE_HZ / 2);
  free(samples);
}

/* A little of a narrow sound between much silence, digital and nearly so. */
static void silence_is_left_out(void **state) {
  (void)state;
  char *folder = scratch_make();
  assert_non_null(folder);
  struct sound sound = load_noise(folder, 8000, 0);
  size_t count = 60 * SOUND_RATE_HZ;
  float *samples = noise(count, 1e-7);
  memset(samples, 0, count / 2 * sizeof *samples);
  assert_int_equal(bandwidth_measure(samples, count / 2), 0);
  memcpy(samples + count / 3, sound.samples, sound.count * sizeof *samples);
  assert_in_range(bandwidth_measure(samples, count), 3700, 4200);
  assert_int_equal(bandwidth_measure(sound.samples, BANDWIDTH_WINDOW_SAMPLES - 1), 0);
  assert_in_range(bandwidth_measure(sound.samples, BANDWIDTH_WINDOW_SAMPLES), 3500, 4200);
  sound_free(&sound);
  free(samples);
  assert_int_equal(scratch_remove(folder), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lower_rates_are_seen),
      cmocka_unit_test(slopes_and_tones_are_no_edge),
      cmocka_unit_test(silence_is_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
