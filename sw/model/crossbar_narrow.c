/* crossbar_narrow.c : a dense layer or the output on vectors of 16-bit words.
 * SPDX-License-Identifier: MIT
 */
#include "model/crossbar.h"

#include <string.h>

/* ---- FC ---- */

/* Products that are summed in 32 bits before 64 take over: with fewer the split is faster. */
enum { TERMS_LEAST = 16 };

static int largest_magnitude(const int16_t *words, size_t count) {
  int16_t most = 0, least = 0;
  for (size_t i = 0; i < count; i++) {
    most = words[i] > most ? words[i] : most;
    least = words[i] < least ? words[i] : least;
  }
  return most > -least ? most : -least;
}

/* The input for sums with each unit's weights: whole where all products of words of these widths
 * fit, or some at a time of those that there are. Training, which changes the weights with each
 * step, does not look for that. */
static struct kernel_factor forward_factor(const struct layer *layer, struct narrow_layer *n,
                                           struct values *input, bool train) {
  if (layer->product_bits <= KERNEL_WHOLE_BITS || values_fit(input, layer->weight.bits))
    return values_factor(input, true);
  if (!train && n->largest == 0)
    n->largest = largest_magnitude(n->values, (size_t)layer->units * n->stride);
  int64_t product = train ? 0 : (int64_t)n->largest * largest_magnitude(input->whole, n->length);
  if (product > 0 && INT32_MAX / product >= TERMS_LEAST)
    return (struct kernel_factor){input->whole, NULL, (size_t)(INT32_MAX / product / 2 * 2)};
  values_split(input);
  return values_factor(input, false);
}

void crossbar_narrow_forward(struct model *model, int l, struct values *input, bool train) {
  struct narrow *narrow = model->narrow;
  const struct layer *layer = &model->net->layer[l];
  struct narrow_layer *n = &narrow->layer[l];
  struct layer_tensors *t = &model->layer[l];
  const int16_t *columns[NET_UNITS_MAX];
  int units[NET_UNITS_MAX];
  int64_t sums[NET_UNITS_MAX];
  int count = kept_units(model, l, train, units);
  for (int k = 0; k < count; k++)
    columns[k] = n->values + (size_t)units[k] * n->stride;
  narrow->kernels->dots(columns, count, forward_factor(layer, n, input, train), n->length, sums);
  memset(t->sum, 0, (size_t)layer->units * sizeof *t->sum);
  for (int k = 0; k < count; k++)
    t->sum[units[k]] = sums[k];
  layer_add_biases(model, l, units, count);
  layer_activate(model, l, train);
  narrow_outputs(model, l);
}

/* ---- E12, E14 ---- */

/* As values_fit, of the step's gradients; most are small, and many 0. */
static bool gradients_fit(const struct layer *layer, const int32_t *gradient) {
  int32_t sum = 0;
  for (int u = 0; u < layer->units; u++)
    sum += abs(gradient[u]);
  return sum < 1 << (KERNEL_WHOLE_BITS - layer->weight.bits);
}

void crossbar_narrow_backward(struct model *model, int l) {
  if (l == 0)
    return;
  struct narrow *narrow = model->narrow;
  const struct layer *layer = &model->net->layer[l];
  const struct narrow_layer *n = &narrow->layer[l];
  struct narrow_layer *front = &narrow->layer[l - 1];
  const int32_t *gradient = model->layer[l].gradient;
  const int16_t *columns[NET_UNITS_MAX + 1];
  int16_t low[NET_UNITS_MAX + 1], high[NET_UNITS_MAX + 1];
  int units[NET_UNITS_MAX];
  int count = active_units(layer, gradient, units);
  bool whole = gradients_fit(layer, gradient);
  for (int k = 0; k < count + count % 2; k++) {
    int unit = k < count ? units[k] : 0, factor = k < count ? gradient[unit] : 0;
    columns[k] = n->values + (size_t)unit * n->stride;
    low[k] = (int16_t)(whole ? factor : factor & ((1 << KERNEL_SPLIT_BITS) - 1));
    high[k] = (int16_t)(factor >> KERNEL_SPLIT_BITS);
  }
  struct kernel_combine combine = {.count = count + count % 2,
                                   .vectors = columns,
                                   .factor = {low, whole ? NULL : high, 0},
                                   .length = n->length,
                                   .gate = front->gate,
                                   .shift = layer->back_shift,
                                   .bits = model->net->layer[l - 1].gradient.bits,
                                   .out = front->gradient};
  model->counters.count[COUNT_CUT_GRADIENTS][l - 1] += narrow->kernels->combine(&combine);
  widen(model->layer[l - 1].gradient, front->gradient, layer->rows);
}

/* ---- E11, E13 ---- */

void crossbar_narrow_update(struct model *model, const struct random_step *random, int l,
                            const struct values *input) {
  const struct layer *layer = &model->net->layer[l];
  struct narrow *narrow = model->narrow;
  struct narrow_layer *n = &narrow->layer[l];
  struct synapse_step step = synapse_begin(model, random, net_matrix(model->net, l));
  struct synapse_product product = {.x = input->whole,
                                    .gradient = model->layer[l].gradient,
                                    .rows = narrow->rows,
                                    .words = n->weights,
                                    .values = n->values == n->weights ? NULL : n->values,
                                    .stride = n->stride};
  n->largest = 0;
  narrow_rows(narrow, &step);
  model->counters.count[COUNT_LOST][l] +=
      synapse_narrow(layer)->update(&step, narrow->kernels, &product);
}
