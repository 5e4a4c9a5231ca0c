/* features.h : sound segments as pictures of one byte a pixel (E2, E4 to E7).
 * SPDX-License-Identifier: MIT
 *
 *   struct features *features = features_new(FEATURES_SPECTRUM, 28, 28);
 *   features_picture(features, samples, picture);     // as often as needed
 *   features_free(features);
 *
 * Conventions where the paper is silent are librosa's: periodic Hann window; mel scale of Slaney's
 * Auditory Toolbox from 0 Hz to half the rate, triangles normalised to equal area; dB floor 80 dB
 * under the segment's maximum.
 */
#ifndef ENGRAM_SOUND_FEATURES_H
#define ENGRAM_SOUND_FEATURES_H

#include "base/error.h"
#include "sound/sound.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a picture shows. */
enum features_view {
  FEATURES_SPECTRUM,   /* of 300 ms: the paper's mel spectrogram */
  FEATURES_MODULATION, /* of a second: how it beats (sound/modulation.h) */
};

enum {
  FEATURES_VIEWS = 2,
  FEATURES_SPECTRUM_SAMPLES = 6615, /* a segment of that view: 300 ms */
  FEATURES_WINDOW_SAMPLES = 2048,   /* N_m of E2: 92.9 ms */
  FEATURES_HOP_SAMPLES = 529,       /* 24.0 ms: neighbours overlap by 68.9 ms */
  FEATURES_WINDOWS = 10,
  FEATURES_PAD_SAMPLES = 97, /* zeros on each side: 9 hops + 1 window = 6809 = 6615 + 2 * 97 */
  FEATURES_BINS = FEATURES_WINDOW_SAMPLES / 2 + 1,
  FEATURES_BANDS = 128,
  FEATURES_SIDE_MIN = 2, /* a picture's height and width */
  FEATURES_SIDE_MAX = 64,
  FEATURES_BYTE_OFFSET = 128, /* (byte - 128) / 64 = (dB - mean dB) / 40 */
};

struct features;

/* Finds a view by its name, "spectrum" or "modulation". Returns whether there is one. */
bool features_find_view(const char *name, enum features_view *view);

const char *features_view_name(enum features_view view);

/* Samples that one picture is made of. */
size_t features_segment_samples(enum features_view view);

/* The same in ms, to the nearest. */
int features_segment_ms(enum features_view view);

/* Tables and work space for pictures of height x width pixels, each
 * FEATURES_SIDE_MIN..FEATURES_SIDE_MAX. Not to be used by two threads at once. Never NULL; release
 * with features_free. */
struct features *features_new(enum features_view view, int height, int width);

void features_free(struct features *features);

/* Mel spectrogram in dB of one segment (FEATURES_SPECTRUM): samples [FEATURES_SPECTRUM_SAMPLES],
 * decibels [FEATURES_BANDS][FEATURES_WINDOWS], band 0 the lowest. The segment, 97 zeros on each
 * side, is cut into windows and weighted (E2), transformed (E4) and its power summed over the bands
 * (E6); dB = 10 log10(max(power, 1e-10)), then everything more than 80 dB under the segment's
 * maximum is raised to that floor. (E5 takes the logarithm before the bands; its 20 log10|X| is the
 * same scale.) Digital silence is -100 dB everywhere. */
void features_spectrum(struct features *features, const float *samples, double *decibels);

/* One segment's picture: samples [features_segment_samples], picture [height][width], row 0 the
 * lowest frequency. FEATURES_MODULATION: modulation_picture's numbers as bytes, 64/40 a dB above
 * or below 128. FEATURES_SPECTRUM: column 0 is the earliest; pixel (u, v) is the spectrogram at
 * (128/height * u, 10/width * v), bilinear between bands and windows, clamped at the last of each
 * (E7); `mean` is that of the picture before rounding; byte = clamp(128 + floor((dB - mean) * 64/40
 * + 1/2), 0, 255). Silence gives 128 everywhere. */
void features_picture(struct features *features, const float *samples, uint8_t *picture);

/* Whether all pixels are the same byte: digital silence. A net without biases says class 0 of it,
 * always. */
bool features_is_flat(const uint8_t *picture, size_t pixels);

/* A picture of a file begins every `samples` (1 or more) instead of where the one before ends. */
void features_set_step(struct features *features, size_t samples);

/* What a sound file gives. */
struct features_file {
  uint8_t *pictures;         /* [count][height][width], to be freed by the caller */
  size_t count;              /* 0: the sound is shorter than a segment */
  int rate_hz, bandwidth_hz; /* struct sound */
};

/* All pictures of a sound file, one for each whole segment; a short last one is dropped. Returns 0,
 * or -1 and nothing to free for a file that sound_load refuses. */
int features_load(struct features *features, const char *path, struct features_file *file,
                  struct error *err);

#endif
