/* transform.h : the power spectrum of a Hann window (E2, E4).
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_SOUND_TRANSFORM_H
#define ENGRAM_SOUND_TRANSFORM_H

struct transform;

/* Tables and work space for windows of `count` values, an even number. Never NULL; release with
 * transform_free. */
struct transform *transform_new(int count);

void transform_free(struct transform *transform);

/* |DFT|^2 of values [count] weighted by the periodic Hann window: power [count/2 + 1]. */
void transform_power(struct transform *transform, const float *values, float *power);

#endif
