/* crossbar_twin.c : a dense layer or the output in double precision.
 * SPDX-License-Identifier: MIT
 */
#include "model/crossbar.h"
#include "model/synapse.h"

#include <string.h>

/* ---- FC: sum[unit] = sum over inputs of input * W[input][unit]. */
TWIN_VECTORS
static void dense_forward(const struct layer *layer, const double *input, const double *weights,
                          double *sum) {
  memset(sum, 0, (size_t)layer->units * sizeof *sum);
  for (int n = 0; n < layer->rows; n++, weights += layer->units) {
    double value = input[n];
    if (value == 0)
      continue;
    for (int u = 0; u < layer->units; u++)
      sum[u] += value * weights[u];
  }
}

/* ---- E11, E13: dW = input * gradient'. */
static void dense_backward_weights(const struct layer *layer, const double *input,
                                   const double *gradient, double *weight_gradient) {
  for (int n = 0; n < layer->rows; n++, weight_gradient += layer->units)
    for (int u = 0; u < layer->units; u++)
      weight_gradient[u] = input[n] * gradient[u];
}

/* The units through which a gradient goes back, ascending. */
static int learning_units(const struct layer *layer, const double *gradient, int *units) {
  int count = 0;
  for (int u = 0; u < layer->units; u++)
    if (gradient[u] != 0)
      units[count++] = u;
  return count;
}

/* ---- E12, E14: the gradient with respect to the input, through the gates of the layer in front.
 */
static void dense_backward_input(const struct layer *layer, const double *gradient,
                                 const double *weights, const uint8_t *front_gate,
                                 double *front_gradient) {
  int active[NET_UNITS_MAX], count = learning_units(layer, gradient, active);
  for (int n = 0; n < layer->rows; n++, weights += layer->units) {
    double sum = 0;
    for (int k = 0; k < count && front_gate[n]; k++)
      sum += weights[active[k]] * gradient[active[k]];
    front_gradient[n] = sum;
  }
}

/* ---- E11 to E14 and E16 at once, some rows after the other: their weights are used before they
 * change, and most of their gradients are 0. front_gate and front_gradient are NULL for the first
 * layer; with a rate of 0 the layer does not learn. */
static void dense_learn(const struct layer *layer, const double *input, const double *gradient,
                        double rate, const uint8_t *front_gate, double *front_gradient,
                        double *weights) {
  enum { ROWS = 16 };
  int active[NET_UNITS_MAX], count = learning_units(layer, gradient, active);
  double step[NET_UNITS_MAX];
  for (int k = 0; k < count; k++)
    step[k] = gradient[active[k]];
  struct synapse_slopes slopes = {
      .count = count, .columns = active, .terms = step, .width = layer->units};
  for (int first = 0; first < layer->rows; first += ROWS) {
    slopes.rows = layer->rows - first < ROWS ? layer->rows - first : ROWS;
    slopes.x = input + first;
    double *row = weights + first * layer->units;
    for (int n = first; front_gradient && n < first + slopes.rows; n++, row += layer->units) {
      double sum = 0;
      for (int k = 0; k < count && front_gate[n]; k++)
        sum += row[active[k]] * step[k];
      front_gradient[n] = sum;
    }
    if (rate != 0)
      synapse_twin(layer)->update(layer, rate, &slopes, weights + first * layer->units);
  }
}

/* ---- */

void crossbar_twin_forward(struct twin *twin, int l, const double *input) {
  struct twin_tensors *t = &twin->layer[l];
  dense_forward(&twin->net->layer[l], input, t->weights, t->sum);
}

void crossbar_twin_backward(struct twin *twin, int l, const double *input) {
  const struct layer *layer = &twin->net->layer[l];
  struct twin_tensors *t = &twin->layer[l];
  if (l > 0)
    dense_backward_input(layer, t->gradient, t->weights, t[-1].gate, t[-1].gradient);
  dense_backward_weights(layer, input, t->gradient, t->weight_gradient);
}

void crossbar_twin_learn(struct twin *twin, int l, const double *input, double rate) {
  struct twin_tensors *t = &twin->layer[l];
  dense_learn(&twin->net->layer[l], input, t->gradient, rate, l > 0 ? t[-1].gate : NULL,
              l > 0 ? t[-1].gradient : NULL, t->weights);
  if (rate != 0)
    twin_update_biases(twin, l, rate);
}
