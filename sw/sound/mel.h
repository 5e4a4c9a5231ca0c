/* mel.h : power in mel bands (E6), their level, and pixels between them (E7).
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_SOUND_MEL_H
#define ENGRAM_SOUND_MEL_H

enum { MEL_WINDOW_SAMPLES_MAX = 2048 };

/* A triangle of E6: its weights from bin `first` on. */
struct mel_band {
  int first, count;
  float weight[MEL_WINDOW_SAMPLES_MAX / 2 + 1];
};

/* Where a pixel falls between two points of an axis. */
struct mel_place {
  int low, high;
  double part; /* of `high` */
};

/* Fills band [count], zeroed, for the spectra of windows of `window_samples`: triangles with an
 * area of 1 Hz whose corners are equally spaced on Slaney's mel scale from 0 Hz to half the rate.
 */
void mel_fill_bands(struct mel_band *band, int count, int window_samples);

/* Level of one band in dB: 10 log10 of the weighted sum of power [window_samples/2 + 1], at least
 * -100 dB. */
double mel_level(const struct mel_band *band, const float *power);

/* Raises levels [count] that are more than 80 dB under the highest of them to that floor. */
void mel_raise(double *levels, int count);

/* Positions of `count` pixels on an axis of `length` points: pixel i stands at length/count * i,
 * clamped at the last point (E7). */
void mel_fill_places(struct mel_place *places, int count, int length);

#endif
