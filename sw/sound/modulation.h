/* modulation.h : how a second of sound swells and fades, as real numbers in dB.
 * SPDX-License-Identifier: MIT
 *
 * Rotors, propellers and pistons beat: the level of the sound rises and falls some ten times a
 * second. 128 windows of 23 ms follow it in 40 mel bands, and a Fourier transform along time says
 * how deep each band is modulated at 1, 2, 3, ... beats a second, whenever the beats begin.
 */
#ifndef ENGRAM_SOUND_MODULATION_H
#define ENGRAM_SOUND_MODULATION_H

enum {
  MODULATION_WINDOW_SAMPLES = 512, /* 23.2 ms */
  MODULATION_HOP_SAMPLES = 169,    /* 7.66 ms: 130.5 windows a second */
  MODULATION_WINDOWS = 128,        /* beats of 1.02 Hz and multiples of it up to 65 Hz */
  MODULATION_SEGMENT_SAMPLES =
      (MODULATION_WINDOWS - 1) * MODULATION_HOP_SAMPLES + MODULATION_WINDOW_SAMPLES, /* 997 ms */
  MODULATION_BANDS = 40,
  MODULATION_WIDTH_MAX = MODULATION_WINDOWS / 2,
};

struct modulation;

/* Tables and work space for pictures of height x width, each 2..MODULATION_WIDTH_MAX. Never NULL;
 * release with modulation_free. */
struct modulation *modulation_new(int height, int width);

void modulation_free(struct modulation *modulation);

/* One segment: samples [MODULATION_SEGMENT_SAMPLES], picture [height][width], row 0 the lowest
 * frequency. With L(b, m) the level in dB of band b in window m, floored 80 dB under the segment's
 * maximum, and depth(b, j) the amplitude in dB of its beat at 1.02 j Hz, that is |DFT(j)| / 32 of
 * L(b, m) - mean of L(b) over m, weighted by the periodic Hann window of 128:
 *   column 0: the mean of L(b), less the mean of the column;
 *   column j: 10 log10(depth(b, j)^2 + 0.1), less the mean of the columns from 1 on.
 * Rows lie between bands as in E7. Silence gives 0 everywhere. */
void modulation_picture(struct modulation *modulation, const float *samples, double *picture);

#endif
