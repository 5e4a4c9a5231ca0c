/* twin.c : the golden model's equations in double precision, layer by layer like model.c.
 * SPDX-License-Identifier: MIT
 */
#include "model/twin.h"

#include "base/file.h"
#include "model/fixed.h"
#include "model/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Vectors as wide as the processor has them; no sum changes its order, and none is contracted
 * (-ffp-contract=off in the Makefile), so that the twin has the same bits on every machine. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define TWIN_VECTORS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TWIN_VECTORS
#endif

void twin_new(struct twin *twin, const struct net *net, uint64_t seed) {
  *twin = (struct twin){.net = net};
  twin->state = device_state_fresh(net, seed);
  twin->pixels = memory_new((size_t)(net->height * net->width), sizeof *twin->pixels);
  twin->dropout = memory_new((size_t)net->pair_count + 1, sizeof *twin->dropout);
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    struct twin_tensors *t = &twin->layer[l];
    size_t outputs = (size_t)layer->outputs;
    size_t weights = (size_t)(layer->rows * layer->units);
    t->weights = memory_new(weights, sizeof *t->weights);
    t->sum = memory_new(outputs, sizeof *t->sum);
    t->activation = memory_new(outputs, sizeof *t->activation);
    t->kept = memory_new(outputs, sizeof *t->kept);
    t->gate = memory_new(outputs, sizeof *t->gate);
    t->gradient = memory_new(outputs, sizeof *t->gradient);
    t->weight_gradient = memory_new(weights, sizeof *t->weight_gradient);
  }
  struct weights weights;
  weights_new(&weights, net);
  random_weights(net, seed, &weights);
  twin_set_weights(twin, &weights);
  weights_free(&weights);
}

void twin_free(struct twin *twin) {
  for (int l = 0; l < twin->net->layer_count; l++) {
    struct twin_tensors *t = &twin->layer[l];
    free(t->weights);
    free(t->sum);
    free(t->activation);
    free(t->kept);
    free(t->gate);
    free(t->gradient);
    free(t->weight_gradient);
  }
  free(twin->pixels);
  free(twin->dropout);
}

void twin_set_weights(struct twin *twin, const struct weights *weights) {
  for (int l = 0; l < weights->layer_count; l++)
    for (size_t i = 0; i < weights->count[l]; i++)
      twin->layer[l].weights[i] =
          weights->real[l] ? (double)weights->real[l][i]
                           : ldexp((double)weights->layer[l][i], -twin->net->layer[l].weight.frac);
}

void twin_get_weights(const struct twin *twin, struct weights *weights) {
  weights_add_real(weights);
  for (int l = 0; l < weights->layer_count; l++) {
    struct format format = twin->net->layer[l].weight;
    double low = (double)fixed_low(format.bits), high = (double)fixed_high(format.bits);
    for (size_t i = 0; i < weights->count[l]; i++) {
      double rounded = floor(ldexp(twin->layer[l].weights[i], format.frac) + 0.5);
      weights->layer[l][i] = (int32_t)fmin(fmax(rounded, low), high);
      weights->real[l][i] = (float)twin->layer[l].weights[i];
    }
  }
}

/* ---- E8: C_M = S_M K_M. sum[position][filter]; tap (i, j) of position (y, x) is pixel
 * (y + i, x + j). Row by row and filter by filter, so that positions are made side by side. */
TWIN_VECTORS
static void conv_forward(const struct net *net, const struct layer *layer, const double *pixels,
                         const double *weights, double *sum) {
  double row[NET_SIDE_MAX];
  for (int y = 0; y < layer->out_height; y++, sum += layer->out_width * layer->units)
    for (int r = 0; r < layer->units; r++) {
      memset(row, 0, sizeof row);
      for (int i = 0; i < layer->kernel_height; i++)
        for (int j = 0; j < layer->kernel_width; j++) {
          const double *pixel = pixels + (y + i) * net->width + j;
          double weight = weights[(i * layer->kernel_width + j) * layer->units + r];
          for (int x = 0; x < layer->out_width; x++)
            row[x] += pixel[x] * weight;
        }
      for (int x = 0; x < layer->out_width; x++)
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
    for (int y = 0; y < layer->out_height; y++)
      for (int x = 0; x < layer->out_width; x++) {
        double value = gradient[(y * layer->out_width + x) * layer->units + r];
        for (int i = 0; i < layer->kernel_height; i++)
          for (int j = 0; j < layer->kernel_width; j++)
            taps[i][j] += pixels[(y + i) * net->width + x + j] * value;
      }
    for (int i = 0; i < layer->kernel_height; i++)
      for (int j = 0; j < layer->kernel_width; j++)
        weight_gradient[(i * layer->kernel_width + j) * layer->units + r] = taps[i][j];
  }
}

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
static int active_units(const struct layer *layer, const double *gradient, int *units) {
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
  int active[NET_UNITS_MAX], count = active_units(layer, gradient, active);
  for (int n = 0; n < layer->rows; n++, weights += layer->units) {
    double sum = 0;
    for (int k = 0; k < count && front_gate[n]; k++)
      sum += weights[active[k]] * gradient[active[k]];
    front_gradient[n] = sum;
  }
}

/* ---- E11 to E14 and E16 at once, row by row: a row's weights are used before they change, and
 * most of their gradients are 0. front_gate and front_gradient are NULL for the first layer; with a
 * rate of 0 the layer does not learn. */
static void dense_learn(const struct layer *layer, const double *input, const double *gradient,
                        double rate, const uint8_t *front_gate, double *front_gradient,
                        double *weights) {
  int active[NET_UNITS_MAX], count = active_units(layer, gradient, active);
  double step[NET_UNITS_MAX];
  for (int k = 0; k < count; k++)
    step[k] = gradient[active[k]];
  for (int n = 0; n < layer->rows; n++, weights += layer->units) {
    double value = input[n], sum = 0;
    for (int k = 0; k < count && front_gate && front_gate[n]; k++)
      sum += weights[active[k]] * step[k];
    if (front_gradient)
      front_gradient[n] = sum;
    for (int k = 0; k < count && value != 0 && rate != 0; k++)
      weights[active[k]] -= rate * (value * step[k]);
  }
}

/* Sums to activations: dropout (a pair's bit keeps its second unit, else its first) or halving,
 * ReLU. */
static void layer_activate(struct twin *twin, int l, bool train) {
  const struct layer *layer = &twin->net->layer[l];
  struct twin_tensors *t = &twin->layer[l];
  double scale = layer->dropout && !train ? 0.5 : 1;
  for (int n = 0; n < layer->outputs; n++) {
    t->kept[n] = !layer->dropout || !train || twin->dropout[layer->first_pair + n / 2] == n % 2;
    if (!t->kept[n])
      t->sum[n] = 0;
    t->activation[n] = layer->relu && t->sum[n] < 0 ? 0 : t->sum[n] * scale;
    t->gate[n] = t->kept[n] && (!layer->relu || t->activation[n] > 0);
  }
}

/* ---- E9: P_c = exp(logit_c) / sum of all, from the largest logit down. */
static void softmax_forward(struct twin *twin) {
  int classes = twin->net->classes;
  const double *logits = twin->layer[twin->net->layer_count - 1].activation;
  twin->best = 0;
  for (int c = 1; c < classes; c++)
    if (logits[c] > logits[twin->best])
      twin->best = c;
  double sum = 0;
  for (int c = 0; c < classes; c++)
    sum += twin->probability[c] = exp(logits[c] - logits[twin->best]);
  for (int c = 0; c < classes; c++)
    twin->probability[c] /= sum;
}

void twin_forward(struct twin *twin, const uint8_t *picture, bool train) {
  const struct net *net = twin->net;
  double unit = ldexp(1, -net->pixel_frac);
  for (int i = 0; i < net->height * net->width; i++)
    twin->pixels[i] = (picture[i] - net->pixel_offset) * unit;
  if (train)
    random_dropout(net, twin->state.random, twin->dropout);
  twin_forward_from(twin, 0, train);
}

void twin_forward_from(struct twin *twin, int first, bool train) {
  const struct net *net = twin->net;
  for (int l = first; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    struct twin_tensors *t = &twin->layer[l];
    const double *input = l > 0 ? twin->layer[l - 1].activation : twin->pixels;
    if (layer->kind == LAYER_CONV)
      conv_forward(net, layer, input, t->weights, t->sum);
    else
      dense_forward(layer, input, t->weights, t->sum);
    layer_activate(twin, l, train);
  }
  softmax_forward(twin);
}

double twin_loss(const struct twin *twin, int label) {
  const double *logits = twin->layer[twin->net->layer_count - 1].activation;
  double sum = 0;
  for (int c = 0; c < twin->net->classes; c++)
    sum += exp(logits[c] - logits[twin->best]);
  return log(sum) + logits[twin->best] - logits[label];
}

/* ---- E16. */
static void update_weights(const struct layer *layer, struct twin_tensors *t, double rate) {
  for (int i = 0; i < layer->rows * layer->units; i++)
    t->weights[i] -= rate * t->weight_gradient[i];
}

/* From the output's gradient to the first layer's; each layer's weights are used before they
 * change. With `learn` they do, but for frozen ones, without a weight_gradient of dense layers. */
static void backward(struct twin *twin, int label, bool learn) {
  const struct net *net = twin->net;
  double rate = ldexp(1, -twin->state.rate);
  for (int c = 0; c < net->classes; c++) /* E10 */
    twin->layer[net->layer_count - 1].gradient[c] = twin->probability[c] - (c == label);
  for (int l = net->layer_count - 1; l >= 0; l--) {
    const struct layer *layer = &net->layer[l];
    struct twin_tensors *t = &twin->layer[l];
    const double *input = l > 0 ? twin->layer[l - 1].activation : twin->pixels;
    bool frozen = twin->state.freeze >> l & 1;
    uint8_t *front_gate = l > 0 ? twin->layer[l - 1].gate : NULL;
    double *front_gradient = l > 0 ? twin->layer[l - 1].gradient : NULL;
    if (l > 0 && !learn)
      dense_backward_input(layer, t->gradient, t->weights, front_gate, front_gradient);
    if (layer->kind == LAYER_CONV)
      conv_backward(net, layer, input, t->gradient, t->weight_gradient);
    else if (!learn)
      dense_backward_weights(layer, input, t->gradient, t->weight_gradient);
    else
      dense_learn(layer, input, t->gradient, frozen ? 0 : rate, front_gate, front_gradient,
                  t->weights);
    if (layer->kind == LAYER_CONV && learn && !frozen)
      update_weights(layer, t, rate);
  }
}

static void finish_step(struct twin *twin) {
  twin->state.random = random_advance(twin->state.random, net_step_shifts(twin->net));
  twin->state.steps++;
}

void twin_backward(struct twin *twin, int label) {
  backward(twin, label, false);
}

void twin_update(struct twin *twin) {
  const struct net *net = twin->net;
  double rate = ldexp(1, -twin->state.rate);
  for (int l = 0; l < net->layer_count; l++) {
    struct twin_tensors *t = &twin->layer[l];
    if (!(twin->state.freeze >> l & 1))
      update_weights(&net->layer[l], t, rate);
  }
  finish_step(twin);
}

void twin_learn(struct twin *twin, int label) {
  backward(twin, label, true);
  finish_step(twin);
}
