/* media.h : pictures and sounds inside a page.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_REPORT_MEDIA_H
#define ENGRAM_REPORT_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* pixels [height][width] as the data URI of a grey PNG; `flip`: row 0 at the bottom, as sound
 * pictures are looked at. */
void media_png(FILE *to, const uint8_t *pixels, int height, int width, bool flip);

/* samples [count], mono at SOUND_RATE_HZ, full scale +-1 (what is beyond is cut), as the data URI
 * of a 16-bit WAV file. */
void media_wav(FILE *to, const float *samples, size_t count);

#endif
