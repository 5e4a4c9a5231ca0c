/* bandwidth.h : up to which frequency a sound has content, whatever its file's rate is.
 * SPDX-License-Identifier: MIT
 *
 * A recording that once went through a lower rate, a telephone or a coder's low-pass filter ends in
 * a cliff; above it there are only rounding noise and what clipping scatters. Natural sounds fall
 * slowly. The cliff is told by its steepness, not by a level, since both lie between 30 and 100 dB
 * under the loudest.
 *
 *   P(k) = mean over windows of 10 log10( median over the 16 bins of band k of |X|^2 ),  k = 0..63
 *
 * with Hann windows of 2,048 samples, so that a band is 172 Hz wide and band k ends at
 * 172.3 (k + 1) Hz. The median leaves single tones out, the mean of decibels what clips now and
 * then. A cliff's foot is the lowest band k at 1 kHz or above with
 *
 *   P(k) >= P(j) + 22 dB  for every j >= 6/5 k + 1 below the end of resample.h's passband
 *
 * and the bandwidth is the end of the highest band that is at most 11 dB under P(k). Of 160
 * recordings of vehicles at 16 kHz none falls by more than 19 dB below the end of its own rate; 40
 * of them at 8 kHz fall by 30 to 110 dB, also converted up again, clipped, or coded as MP3, AAC or
 * Vorbis. At 16 kHz converted up to 44.1 kHz the faintest falls by 23 dB, into the rounding noise
 * of 16 bits. A sound that clips all the time, or lies in that noise, has no edge that could be
 * seen.
 */
#ifndef ENGRAM_SOUND_BANDWIDTH_H
#define ENGRAM_SOUND_BANDWIDTH_H

#include <stddef.h>

enum {
  BANDWIDTH_WINDOW_SAMPLES = 2048,
  BANDWIDTH_WINDOWS = 64, /* at most, evenly spread over the sound */
  BANDWIDTH_LEFT_OUT = 2, /* windows at least between two that are measured */
  BANDWIDTH_BAND_BINS = 16,
  BANDWIDTH_BANDS = BANDWIDTH_WINDOW_SAMPLES / 2 / BANDWIDTH_BAND_BINS,
};

/* Bandwidth in Hz of samples at SOUND_RATE_HZ: SOUND_RATE_HZ / 2 where there is no cliff between 1
 * and about 9 kHz; 0, which is unknown, for silence and for less than a window. Windows that are
 * more than 30 dB under the mean power are left out. */
int bandwidth_measure(const float *samples, size_t count);

#endif
