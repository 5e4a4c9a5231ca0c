/* conv/wide.c : a convolution as the equations have it.
 * SPDX-License-Identifier: MIT
 */
#include "model/model_parts.h"

#include <string.h>

/* ---- E8: C_M = S_M K_M. sum[position][filter]; tap (i, j) of position (y, x) is pixel (y + i, x +
 * j). */
static void forward(struct model *model, int l, const int32_t *pixels, bool train) {
  (void)train;
  const struct net *net = model->net;
  const struct layer *layer = &net->layer[l];
  const int32_t *weights = layer_weights(model, l);
  int64_t *sum = model->layer[l].sum;
  memset(sum, 0, (size_t)layer->outputs * sizeof *sum);
  for (int y = 0; y < layer->conv.out_height; y++, sum += layer->conv.out_width * layer->units)
    for (int t = 0; t < layer->rows; t++) {
      int i = t / layer->conv.kernel_width, j = t % layer->conv.kernel_width;
      const int32_t *row = pixels + (y + i) * net->width + j;
      for (int r = 0; r < layer->units; r++) {
        int64_t weight = weights[t * layer->units + r];
        for (int x = 0; x < layer->conv.out_width; x++)
          sum[x * layer->units + r] += row[x] * weight;
      }
    }
}

/* ---- E15: G_C = S_M' G_LM, the exact sum over all positions. */
static void backward(struct model *model, const struct random_step *random, int l,
                     const int32_t *pixels) {
  (void)random;
  const struct net *net = model->net;
  const struct layer *layer = &net->layer[l];
  const int32_t *gradient = model->layer[l].gradient;
  int64_t *update_sum = model->layer[l].update_sum;
  memset(update_sum, 0, (size_t)(layer->rows * layer->units) * sizeof *update_sum);
  for (int y = 0; y < layer->conv.out_height; y++, gradient += layer->conv.out_width * layer->units)
    for (int t = 0; t < layer->rows; t++) {
      int i = t / layer->conv.kernel_width, j = t % layer->conv.kernel_width;
      const int32_t *row = pixels + (y + i) * net->width + j;
      for (int r = 0; r < layer->units; r++) {
        int64_t sum = 0;
        for (int x = 0; x < layer->conv.out_width; x++)
          sum += (int64_t)row[x] * gradient[x * layer->units + r];
        update_sum[t * layer->units + r] += sum;
      }
    }
}

/* ---- E16. */
static void update(struct model *model, const struct random_step *random, int l,
                   const int32_t *pixels) {
  (void)pixels;
  struct synapse_step step = synapse_begin(model, random, net_matrix(model->net, l));
  int units = step.layer->units, columns[NET_UNITS_MAX];
  struct synapse_terms terms = {
      .count = units, .columns = columns, .terms = model->layer[l].update_sum, .stride = units};
  for (int r = 0; r < units; r++)
    columns[r] = r;
  synapse_update(model, &step, &terms);
}

const struct wide_kind conv_wide = {
    .forward = forward, .backward = backward, .update = update, .sums_updates = true};
