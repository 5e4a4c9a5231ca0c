/* crossbar_narrow.c : a dense layer or the output on vectors of 16-bit words.
 * SPDX-License-Identifier: MIT
 */
#include "model/crossbar.h"

#include <string.h>

/* The gradient for the layer in front, a sum over units. */
static bool back_fits(const struct layer *layer) {
  if (layer->back_bits <= KERNEL_WHOLE_BITS)
    return layer->back_shift <= WHOLE_SHIFT_MAX;
  return layer->units <= KERNEL_TERMS_MAX && layer->back_shift >= KERNEL_SPLIT_SHIFT &&
         layer->back_shift <= KERNEL_SPLIT_SHIFT_MAX;
}

bool crossbar_narrow_fits(const struct net *net, int l) {
  return l == 0 || back_fits(&net->layer[l]);
}

/* ---- FC ---- */

void crossbar_narrow_forward(struct model *model, int l, struct values *input, bool train) {
  struct narrow *narrow = model->narrow;
  const struct layer *layer = &model->net->layer[l];
  struct narrow_layer *n = &narrow->layer[l];
  struct layer_tensors *t = &model->layer[l];
  const int16_t *columns[NET_UNITS_MAX];
  int units[NET_UNITS_MAX];
  int64_t sums[NET_UNITS_MAX];
  int count = kept_units(layer, layer_dropout(model, l, train), units);
  for (int k = 0; k < count; k++)
    columns[k] = n->weights + (size_t)units[k] * n->stride;
  bool whole = layer->sum_bits <= KERNEL_WHOLE_BITS;
  if (!whole)
    values_split(input);
  narrow->kernels->dots(columns, count, values_factor(input, whole), n->stride, sums);
  memset(t->sum, 0, (size_t)layer->units * sizeof *t->sum);
  for (int k = 0; k < count; k++)
    t->sum[units[k]] = sums[k];
  layer_activate(model, l, train);
  for (int u = 0; u < layer->units; u++) {
    n->output.whole[u] = (int16_t)t->activation[u];
    n->gate[u] = (int16_t)-t->gate[u];
  }
}

/* ---- E12, E14 ---- */

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
  bool whole = layer->back_bits <= KERNEL_WHOLE_BITS;
  for (int k = 0; k < count + count % 2; k++) {
    int unit = k < count ? units[k] : 0, factor = k < count ? gradient[unit] : 0;
    columns[k] = n->weights + (size_t)unit * n->stride;
    low[k] = (int16_t)(whole ? factor : factor & ((1 << KERNEL_SPLIT_BITS) - 1));
    high[k] = (int16_t)(factor >> KERNEL_SPLIT_BITS);
  }
  struct kernel_combine combine = {.count = count + count % 2,
                                   .vectors = columns,
                                   .factor = {low, whole ? NULL : high},
                                   .length = n->stride,
                                   .gate = front->gate,
                                   .shift = layer->back_shift,
                                   .bits = model->net->layer[l - 1].gradient.bits,
                                   .out = front->gradient};
  model->counters.count[COUNT_CUT_GRADIENTS][l - 1] += narrow->kernels->combine(&combine);
  widen(model->layer[l - 1].gradient, front->gradient, layer->rows);
}

/* ---- E11, E13 ---- */

/* A unit's weights where the kernels do not fit. */
static uint32_t update_plainly(const struct update *update, const struct layer *layer,
                               int16_t *weights, const int16_t *input, int64_t gradient,
                               const uint16_t *rows, uint32_t column) {
  uint32_t lost = 0;
  for (int i = 0; i < layer->rows; i++)
    weights[i] =
        (int16_t)update_weight(update, weights[i], input[i] * gradient, rows[i] ^ column, &lost);
  return lost;
}

/* How many of rho's last bits stand behind the last place of u, where they change nothing:
 * floor((u 2^d + rho) / 2^(s+d)) = floor((u + floor(rho / 2^d)) / 2^s). The kernels want none. */
static int idle_bits(const struct update *update) {
  return update->fine_bits > update->shift ? update->fine_bits - update->shift : 0;
}

void crossbar_narrow_update(struct model *model, const struct random_step *random, int l,
                            const struct values *input) {
  const struct net *net = model->net;
  const struct layer *layer = &net->layer[l];
  struct narrow *narrow = model->narrow;
  struct narrow_layer *n = &narrow->layer[l];
  const int32_t *gradient = model->layer[l].gradient;
  struct update update = update_of(model, l);
  int idle = idle_bits(&update);
  update.fine_bits -= idle;
  if (update.random)
    random_rows(net, random, layer->first_tensor, layer->rows, narrow->rows);
  for (int i = 0; idle > 0 && i < layer->rows; i++)
    narrow->rows[i] = (uint16_t)(narrow->rows[i] >> idle);
  for (int u = 0; u < layer->units; u++) {
    if (gradient[u] == 0)
      continue;
    int16_t *weights = n->weights + (size_t)u * n->stride;
    uint32_t column = update_column(&update, net, random, u) >> idle;
    struct kernel_update rule = {(int16_t)gradient[u], update.shift, update.fine_bits,
                                 (uint16_t)column, update.weight_bits};
    model->counters.count[COUNT_LOST][l] +=
        kernel_updates(&rule, layer->input.bits, layer->gradient.bits)
            ? narrow->kernels->update(&rule, weights, input->whole, narrow->rows, n->stride)
            : update_plainly(&update, layer, weights, input->whole, gradient[u], narrow->rows,
                             column);
  }
}
