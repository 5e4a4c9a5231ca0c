/* crossbar_narrow.c : a dense layer or the output on vectors of 16-bit words.
 * SPDX-License-Identifier: MIT
 */
#include "model/crossbar.h"

#include <string.h>

/* ---- FC ---- */

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
  bool whole = layer->sum_bits <= KERNEL_WHOLE_BITS || values_fit(input, layer->weight.bits);
  if (!whole)
    values_split(input);
  narrow->kernels->dots(columns, count, values_factor(input, whole), n->length, sums);
  memset(t->sum, 0, (size_t)layer->units * sizeof *t->sum);
  for (int k = 0; k < count; k++)
    t->sum[units[k]] = sums[k];
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
                                   .factor = {low, whole ? NULL : high},
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
  const struct narrow_layer *n = &narrow->layer[l];
  struct synapse_step step = synapse_begin(model, random, net_matrix(model->net, l));
  struct synapse_product product = {.x = input->whole,
                                    .gradient = model->layer[l].gradient,
                                    .rows = narrow->rows,
                                    .words = n->weights,
                                    .values = n->values == n->weights ? NULL : n->values,
                                    .stride = n->stride};
  narrow_rows(narrow, &step);
  model->counters.count[COUNT_LOST][l] +=
      synapse_narrow(layer)->update(&step, narrow->kernels, &product);
}
