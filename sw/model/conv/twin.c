/* conv/twin.c : a convolution in double precision.
 * SPDX-License-Identifier: MIT
 */
#include "model/twin_parts.h"

#include <string.h>

/* ---- E8: C_M = S_M K_M. sum[position][filter]; tap (i, j) of position (y, x) is pixel
 * (y + i, x + j). Row by row and filter by filter, so that positions are made side by side. */
TWIN_VECTORS
static void conv_forward(const struct net *net, const struct layer *layer, const double *pixels,
                         const double *weights, double *sum) {
  double row[NET_SIDE_MAX];
  for (int y = 0; y < layer->conv.out_height; y++, sum += layer->conv.out_width * layer->units)
    for (int r = 0; r < layer->units; r++) {
      memset(row, 0, sizeof row);
      for (int i = 0; i < layer->conv.kernel_height; i++)
        for (int j = 0; j < layer->conv.kernel_width; j++) {
          const double *pixel = pixels + (y + i) * net->width + j;
          double weight = weights[(i * layer->conv.kernel_width + j) * layer->units + r];
          for (int x = 0; x < layer->conv.out_width; x++)
            row[x] += pixel[x] * weight;
        }
      for (int x = 0; x < layer->conv.out_width; x++)
        sum[x * layer->units + r] = row[x];
    }
}

/* ---- E15: G_C = S_M' G_LM. Filter by filter, so that taps are made side by side. */
TWIN_VECTORS
static void conv_backward(const struct net *net, const struct layer *layer, const double *pixels,
                          const double *gradient, double *weight_gradient) {
  double taps[NET_KERNEL_MAX][NET_KERNEL_MAX];
  for (int r = 0; r < layer->units; r++) {
    memset(taps, 0, sizeof taps);
    for (int y = 0; y < layer->conv.out_height; y++)
      for (int x = 0; x < layer->conv.out_width; x++) {
        double value = gradient[(y * layer->conv.out_width + x) * layer->units + r];
        for (int i = 0; i < layer->conv.kernel_height; i++)
          for (int j = 0; j < layer->conv.kernel_width; j++)
            taps[i][j] += pixels[(y + i) * net->width + x + j] * value;
      }
    for (int i = 0; i < layer->conv.kernel_height; i++)
      for (int j = 0; j < layer->conv.kernel_width; j++)
        weight_gradient[(i * layer->conv.kernel_width + j) * layer->units + r] = taps[i][j];
  }
}

/* ---- */

static void forward(struct twin *twin, int l, const double *input) {
  struct twin_tensors *t = &twin->layer[l];
  conv_forward(twin->net, &twin->net->layer[l], input, t->weights, t->sum);
}

static void backward(struct twin *twin, int l, const double *input) {
  struct twin_tensors *t = &twin->layer[l];
  conv_backward(twin->net, &twin->net->layer[l], input, t->gradient, t->weight_gradient);
}

static void learn(struct twin *twin, int l, const double *input, double rate) {
  backward(twin, l, input);
  if (rate != 0)
    twin_update_weights(twin, l, rate);
}

const struct twin_kind conv_twin = {.forward = forward, .backward = backward, .learn = learn};
