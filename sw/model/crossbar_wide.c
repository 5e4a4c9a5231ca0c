/* crossbar_wide.c : a dense layer or the output as the equations have it.
 * SPDX-License-Identifier: MIT
 */
#include "model/crossbar.h"

#include <string.h>

/* ---- FC: sum[unit] = sum over inputs of input * W[input][unit]; 0 for units that are dropped. */
void crossbar_wide_forward(struct model *model, int l, const int32_t *input, bool train) {
  const struct layer *layer = &model->net->layer[l];
  const int32_t *weights = model->exchange.layer[l];
  const uint8_t *dropout = layer_dropout(model, l, train);
  int64_t *sum = model->layer[l].sum;
  int units[NET_UNITS_MAX];
  int64_t kept_sum[NET_UNITS_MAX] = {0};
  int count = kept_units(layer, dropout, units);
  for (int n = 0; n < layer->rows; n++, weights += layer->units) {
    int64_t x = input[n];
    if (x != 0)
      for (int k = 0; k < count; k++)
        kept_sum[k] += x * weights[units[k]];
  }
  memset(sum, 0, (size_t)layer->units * sizeof *sum);
  for (int k = 0; k < count; k++)
    sum[units[k]] = kept_sum[k];
}

/* ---- E12, E14: the gradient with respect to the input, through the gates of the layer in front.
 */
void crossbar_wide_backward(struct model *model, const struct random_step *random, int l,
                            const int32_t *input) {
  (void)random, (void)input;
  if (l == 0)
    return;
  const struct layer *layer = &model->net->layer[l], *front = &model->net->layer[l - 1];
  struct layer_tensors *front_tensors = &model->layer[l - 1];
  const int32_t *gradient = model->layer[l].gradient, *weights = model->exchange.layer[l];
  uint32_t *cut = &model->counters.count[COUNT_CUT_GRADIENTS][l - 1];
  int units[NET_UNITS_MAX];
  int count = active_units(layer, gradient, units);
  for (int n = 0; n < layer->rows; n++, weights += layer->units) {
    int64_t sum = 0;
    if (front_tensors->gate[n])
      for (int k = 0; k < count; k++)
        sum += (int64_t)weights[units[k]] * gradient[units[k]];
    front_tensors->gradient[n] =
        fixed_normalise(sum, layer->back_shift, front->gradient.bits, false, cut);
  }
}

/* ---- E11, E13: dW = input * gradient'. */
void crossbar_wide_update(struct model *model, const struct random_step *random, int l,
                          const int32_t *input) {
  const struct net *net = model->net;
  const struct layer *layer = &net->layer[l];
  const int32_t *gradient = model->layer[l].gradient;
  int32_t *weights = model->exchange.layer[l];
  struct update update = update_of(model, l);
  int units[NET_UNITS_MAX];
  uint32_t column[NET_UNITS_MAX], lost = 0;
  int count = active_units(layer, gradient, units);
  for (int k = 0; k < count; k++)
    column[k] = update_column(&update, net, random, units[k]);
  for (int n = 0; n < layer->rows; n++, weights += layer->units) {
    if (input[n] == 0)
      continue;
    uint32_t row = update_row(&update, net, random, layer->first_tensor, n);
    for (int k = 0; k < count; k++) {
      int32_t *weight = &weights[units[k]];
      *weight = update_weight(&update, *weight, (int64_t)input[n] * gradient[units[k]],
                              row ^ column[k], &lost);
    }
  }
  model->counters.count[COUNT_LOST][l] += lost;
}
