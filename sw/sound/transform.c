/* transform.c : the power spectrum of a Hann window (E2, E4).
 * SPDX-License-Identifier: MIT
 */
#include "sound/transform.h"

#include "base/file.h"

#include <kiss_fftr.h>
#include <math.h>
#include <stdlib.h>

struct transform {
  int count;
  kiss_fftr_cfg fft;
  float *window, *frame; /* [count] */
  kiss_fft_cpx *bins;    /* [count/2 + 1] */
};

struct transform *transform_new(int count) {
  struct transform *transform = memory_new(1, sizeof *transform);
  size_t fft_bytes = 0;
  kiss_fftr_alloc(count, 0, NULL, &fft_bytes);
  transform->count = count;
  transform->fft = kiss_fftr_alloc(count, 0, memory_new(1, fft_bytes), &fft_bytes);
  transform->window = memory_new((size_t)count, sizeof *transform->window);
  transform->frame = memory_new((size_t)count, sizeof *transform->frame);
  transform->bins = memory_new((size_t)count / 2 + 1, sizeof *transform->bins);
  for (int l = 0; l < count; l++)
    transform->window[l] = (float)(0.5 - 0.5 * cos(2 * M_PI * l / count));
  return transform;
}

void transform_free(struct transform *transform) {
  if (!transform)
    return;
  free(transform->fft);
  free(transform->window);
  free(transform->frame);
  free(transform->bins);
  free(transform);
}

void transform_power(struct transform *transform, const float *values, float *power) {
  for (int l = 0; l < transform->count; l++)
    transform->frame[l] = values[l] * transform->window[l];
  kiss_fftr(transform->fft, transform->frame, transform->bins);
  for (int k = 0; k <= transform->count / 2; k++) {
    kiss_fft_cpx x = transform->bins[k];
    power[k] = x.r * x.r + x.i * x.i;
  }
}
