/* wide.c : the layers as the equations have them, for words of any width.
 * SPDX-License-Identifier: MIT
 */
#include "model/model_parts.h"

#include <string.h>

/* ---- E8: C_M = S_M K_M. sum[position][filter]; tap (i, j) of position (y, x) is pixel (y + i, x +
 * j). */
static void conv_forward(const struct net *net, const struct layer *layer, const int32_t *pixels,
                         const int32_t *weights, int64_t *sum) {
  memset(sum, 0, (size_t)layer->outputs * sizeof *sum);
  for (int y = 0; y < layer->out_height; y++, sum += layer->out_width * layer->units)
    for (int t = 0; t < layer->rows; t++) {
      int i = t / layer->kernel_width, j = t % layer->kernel_width;
      const int32_t *row = pixels + (y + i) * net->width + j;
      for (int r = 0; r < layer->units; r++) {
        int64_t weight = weights[t * layer->units + r];
        for (int x = 0; x < layer->out_width; x++)
          sum[x * layer->units + r] += row[x] * weight;
      }
    }
}

/* ---- E15: G_C = S_M' G_LM, the exact sum over all positions. */
static void conv_backward(const struct net *net, const struct layer *layer, const int32_t *pixels,
                          const int32_t *gradient, int64_t *update_sum) {
  memset(update_sum, 0, (size_t)(layer->rows * layer->units) * sizeof *update_sum);
  for (int y = 0; y < layer->out_height; y++, gradient += layer->out_width * layer->units)
    for (int t = 0; t < layer->rows; t++) {
      int i = t / layer->kernel_width, j = t % layer->kernel_width;
      const int32_t *row = pixels + (y + i) * net->width + j;
      for (int r = 0; r < layer->units; r++) {
        int64_t sum = 0;
        for (int x = 0; x < layer->out_width; x++)
          sum += (int64_t)row[x] * gradient[x * layer->units + r];
        update_sum[t * layer->units + r] += sum;
      }
    }
}

/* ---- FC: sum[unit] = sum over inputs of input * W[input][unit]; 0 for units that are dropped. */
static void dense_forward(const struct layer *layer, const int32_t *input, const int32_t *weights,
                          const uint8_t *dropout, int64_t *sum) {
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
static void dense_backward(const struct layer *layer, const struct layer *front,
                           struct layer_tensors *front_tensors, const int32_t *gradient,
                           const int32_t *weights, uint32_t *cut) {
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
static void dense_update(struct model *model, const struct random_step *random, int l,
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
    uint32_t row = update_row(&update, net, random, l, n);
    for (int k = 0; k < count; k++) {
      int32_t *weight = &weights[units[k]];
      *weight = update_weight(&update, *weight, (int64_t)input[n] * gradient[units[k]],
                              row ^ column[k], &lost);
    }
  }
  model->counters.lost[l] += lost;
}

static void conv_update(struct model *model, const struct random_step *random, int l) {
  const struct net *net = model->net;
  const struct layer *layer = &net->layer[l];
  const int64_t *sum = model->layer[l].update_sum;
  int32_t *weights = model->exchange.layer[l];
  struct update update = update_of(model, l);
  for (int t = 0; t < layer->rows; t++, weights += layer->units, sum += layer->units) {
    uint32_t row = update_row(&update, net, random, l, t);
    for (int r = 0; r < layer->units; r++)
      weights[r] =
          update_weight(&update, weights[r], sum[r], row ^ update_column(&update, net, random, r),
                        &model->counters.lost[l]);
  }
}

void wide_forward(struct model *model, bool train) {
  const struct net *net = model->net;
  const int32_t *input = model->pixels;
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    if (layer->kind == LAYER_CONV)
      conv_forward(net, layer, input, model->exchange.layer[l], model->layer[l].sum);
    else
      dense_forward(layer, input, model->exchange.layer[l], layer_dropout(model, l, train),
                    model->layer[l].sum);
    layer_activate(model, l, train);
    input = model->layer[l].activation;
  }
}

void wide_backward(struct model *model, const struct random_step *random) {
  const struct net *net = model->net;
  for (int l = net->layer_count - 1; l >= 0; l--) {
    const struct layer *layer = &net->layer[l];
    const int32_t *input = l > 0 ? model->layer[l - 1].activation : model->pixels;
    bool frozen = model->state.freeze >> l & 1;
    if (layer->kind == LAYER_CONV) {
      conv_backward(net, layer, input, model->layer[l].gradient, model->layer[l].update_sum);
      if (!frozen)
        conv_update(model, random, l);
      continue;
    }
    if (l > 0)
      dense_backward(layer, &net->layer[l - 1], &model->layer[l - 1], model->layer[l].gradient,
                     model->exchange.layer[l], &model->counters.cut_gradients[l - 1]);
    if (!frozen)
      dense_update(model, random, l, input);
  }
}
