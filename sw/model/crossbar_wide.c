/* crossbar_wide.c : a dense layer or the output as the equations have it.
 * SPDX-License-Identifier: MIT
 */
#include "model/crossbar.h"

#include <string.h>

/* ---- FC: sum[unit] = sum over inputs of input * W[input][unit]; 0 for units that are dropped. */
void crossbar_wide_forward(struct model *model, int l, const int32_t *input, bool train) {
  const struct layer *layer = &model->net->layer[l];
  const int32_t *weights = layer_weights(model, l);
  int64_t *sum = model->layer[l].sum;
  int units[NET_UNITS_MAX];
  int64_t kept_sum[NET_UNITS_MAX] = {0};
  int count = kept_units(model, l, train, units);
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
  const int32_t *gradient = model->layer[l].gradient, *weights = layer_weights(model, l);
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
  const int32_t *gradient = model->layer[l].gradient;
  struct synapse_step step = synapse_begin(model, random, net_matrix(model->net, l));
  int units[NET_UNITS_MAX];
  int64_t active[NET_UNITS_MAX];
  struct synapse_terms terms = {.x = input, .columns = units, .terms = active};
  terms.count = active_units(step.layer, gradient, units);
  for (int k = 0; k < terms.count; k++)
    active[k] = gradient[units[k]];
  synapse_update(model, &step, &terms);
}
