/* conv/narrow.c : a convolution on vectors of 16-bit words.
 * SPDX-License-Identifier: MIT
 *
 * It works on the picture as one long vector: position (y, x) is element y * width + x, tap (i, j)
 * the same vector i * width + j further on, and what stands between the rows' ends and the next
 * rows' begins is computed and thrown away.
 */
#include "model/narrow_parts.h"

#include "base/file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct plane {
  struct values values; /* a filter's activations, then its gradients */
  int16_t *valid;       /* [values] -1 where a position is */
  int32_t *sums;        /* [filters][values] */
};

static void *make(const struct narrow *narrow, int l) {
  const struct net *net = narrow->net;
  const struct layer *layer = &net->layer[l];
  struct plane *plane = memory_new(1, sizeof *plane);
  size_t count = (size_t)((layer->conv.out_height - 1) * net->width + layer->conv.out_width);
  plane->values = values_new(count, 0);
  plane->valid = memory_new(plane->values.length, sizeof *plane->valid);
  plane->sums = memory_new((size_t)layer->units * plane->values.length, sizeof *plane->sums);
  for (size_t i = 0; i < count; i++)
    plane->valid[i] = i % (size_t)net->width < (size_t)layer->conv.out_width ? -1 : 0;
  return plane;
}

static void release(void *own) {
  struct plane *plane = own;
  values_free(&plane->values);
  free(plane->valid);
  free(plane->sums);
  free(plane);
}

/* ---- E8 ---- */

/* Where each tap's vector begins. Returns their count, made even by a pointer to any. */
static int list_taps(const struct narrow *narrow, const struct layer *layer, const int16_t **taps) {
  int count = 0;
  for (int i = 0; i < layer->conv.kernel_height; i++)
    for (int j = 0; j < layer->conv.kernel_width; j++)
      taps[count++] = narrow->pixels.whole + i * narrow->net->width + j;
  taps[count] = narrow->pixels.whole;
  return count + count % 2;
}

/* One filter's outputs to their places among all. */
static void scatter(const struct narrow *narrow, const struct plane *plane,
                    const struct layer *layer, int16_t *restrict outputs) {
  int units = layer->units, width = layer->conv.out_width;
  for (int y = 0; y < layer->conv.out_height; y++) {
    const int16_t *value = plane->values.whole + y * narrow->net->width;
    for (int x = 0; x < width; x++, outputs += units)
      *outputs = value[x];
  }
}

/* All filters' sums likewise. */
static void sums(const struct model *model, int l) {
  const struct layer *layer = &model->net->layer[l];
  const struct plane *plane = model->narrow->layer[l].own;
  int64_t *to = model->layer[l].sum;
  for (int y = 0; y < layer->conv.out_height; y++)
    for (int x = 0; x < layer->conv.out_width; x++)
      for (int r = 0; r < layer->units; r++)
        *to++ = plane->sums[(size_t)r * plane->values.length + (size_t)(y * model->net->width + x)];
}

static void forward(struct model *model, int l, struct values *input, bool train) {
  (void)input, (void)train;
  struct narrow *narrow = model->narrow;
  const struct layer *layer = &model->net->layer[l];
  struct narrow_layer *n = &narrow->layer[l];
  struct plane *plane = n->own;
  struct layer_tensors *t = &model->layer[l];
  const int16_t *taps[64 + 1];
  const struct tensor *tensor = net_bias(narrow->net, l);
  const int32_t *bias = tensor ? weights_of(&model->exchange, tensor) : NULL;
  assert(layer->sum_bits <= KERNEL_WHOLE_BITS); /* 64 taps, pixels of 9 bits, weights of 16 */
  struct kernel_combine combine = {.count = list_taps(narrow, layer, taps),
                                   .vectors = taps,
                                   .length = plane->values.length,
                                   .gate = plane->valid,
                                   .shift = layer->sum_shift,
                                   .bits = layer->activation.bits,
                                   .out = plane->values.whole};
  for (int r = 0; r < layer->units; r++) {
    combine.factor.low = n->values + (size_t)r * n->stride;
    combine.base = bias ? bias[r] * (1 << layer->bias.sum_shift) : 0;
    combine.sums = plane->sums + (size_t)r * plane->values.length;
    model->counters.count[COUNT_CUT_ACTIVATIONS][l] += narrow->kernels->combine(&combine);
    scatter(narrow, plane, layer, n->output.whole + r);
  }
  widen(t->activation, n->output.whole, layer->outputs);
}

/* ---- E15 ---- */

/* One filter's gradients as a plane, with 0 where there is no position. */
static void gather(struct narrow *narrow, struct plane *plane, const struct layer *layer,
                   int filter, const int32_t *gradient) {
  int units = layer->units, width = layer->conv.out_width;
  size_t unused = (size_t)(narrow->net->width - width);
  gradient += filter;
  for (int y = 0; y < layer->conv.out_height; y++) {
    int16_t *value = plane->values.whole + y * narrow->net->width;
    for (int x = 0; x < width; x++, gradient += units)
      value[x] = (int16_t)*gradient;
    memset(value + width, 0, (y + 1 < layer->conv.out_height ? unused : 0) * sizeof *value);
  }
}

static void backward(struct model *model, int l) {
  struct narrow *narrow = model->narrow;
  const struct layer *layer = &model->net->layer[l];
  struct plane *plane = narrow->layer[l].own;
  const int16_t *taps[64 + 1];
  int64_t sums[64];
  list_taps(narrow, layer, taps);
  for (int r = 0; r < layer->units; r++) {
    gather(narrow, plane, layer, r, model->layer[l].gradient);
    bool whole =
        layer->update_bits <= KERNEL_WHOLE_BITS || values_fit(&plane->values, layer->input.bits);
    if (!whole)
      values_split(&plane->values);
    narrow->kernels->dots(taps, layer->rows, values_factor(&plane->values, whole),
                          plane->values.length, sums);
    for (int t = 0; t < layer->rows; t++)
      model->layer[l].update_sum[t * layer->units + r] = sums[t];
  }
}

/* ---- E16: few weights, for which the words of all widths do. */
static void update(struct model *model, const struct random_step *random, int l,
                   const struct values *input) {
  (void)input;
  narrow_get_layer(model->narrow, &model->exchange, l);
  conv_wide.update(model, random, l, NULL);
  narrow_set_layer(model->narrow, &model->exchange, l);
}

const struct narrow_kind conv_narrow = {.make = make,
                                        .release = release,
                                        .whole_sums = true,
                                        .forward = forward,
                                        .sums = sums,
                                        .backward = backward,
                                        .update = update};
