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
 * (y + i, x + j). */
static void conv_forward(const struct net *net, const struct layer *layer, const double *pixels,
                         const double *weights, double *sum) {
  memset(sum, 0, (size_t)layer->outputs * sizeof *sum);
  for (int y = 0; y < layer->out_height; y++)
    for (int x = 0; x < layer->out_width; x++, sum += layer->units)
      for (int i = 0; i < layer->kernel_height; i++)
        for (int j = 0; j < layer->kernel_width; j++) {
          double pixel = pixels[(y + i) * net->width + x + j];
          if (pixel == 0)
            continue;
          const double *row = weights + (i * layer->kernel_width + j) * layer->units;
          for (int r = 0; r < layer->units; r++)
            sum[r] += pixel * row[r];
        }
}

/* ---- E15: G_C = S_M' G_LM. */
static void conv_backward(const struct net *net, const struct layer *layer, const double *pixels,
                          const double *gradient, double *weight_gradient) {
  memset(weight_gradient, 0, (size_t)(layer->rows * layer->units) * sizeof *weight_gradient);
  for (int y = 0; y < layer->out_height; y++)
    for (int x = 0; x < layer->out_width; x++, gradient += layer->units)
      for (int i = 0; i < layer->kernel_height; i++)
        for (int j = 0; j < layer->kernel_width; j++) {
          double pixel = pixels[(y + i) * net->width + x + j];
          if (pixel == 0)
            continue;
          double *row = weight_gradient + (i * layer->kernel_width + j) * layer->units;
          for (int r = 0; r < layer->units; r++)
            row[r] += pixel * gradient[r];
        }
}

/* ---- FC: sum[unit] = sum over inputs of input * W[input][unit]. */
static void dense_forward(const struct layer *layer, const double *input, const double *weights,
                          double *sum) {
  memset(sum, 0, (size_t)layer->units * sizeof *sum);
  for (int n = 0; n < layer->rows; n++, weights += layer->units) {
    double value = input[n];
    for (int u = 0; u < layer->units && value != 0; u++)
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

/* ---- E11, E13 and E16 at once: most of a weight's gradients are 0. */
static void dense_learn(const struct layer *layer, const double *input, const double *gradient,
                        double rate, double *weights) {
  int active[NET_UNITS_MAX], count = active_units(layer, gradient, active);
  for (int n = 0; n < layer->rows; n++, weights += layer->units) {
    double value = input[n];
    for (int k = 0; k < count && value != 0; k++)
      weights[active[k]] -= rate * (value * gradient[active[k]]);
  }
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
  for (int i = 0; i < net->height * net->width; i++)
    twin->pixels[i] = ldexp((double)(picture[i] - net->pixel_offset), -net->pixel_frac);
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
    if (l > 0)
      dense_backward_input(layer, t->gradient, t->weights, twin->layer[l - 1].gate,
                           twin->layer[l - 1].gradient);
    if (layer->kind == LAYER_CONV)
      conv_backward(net, layer, input, t->gradient, t->weight_gradient);
    else if (!learn)
      dense_backward_weights(layer, input, t->gradient, t->weight_gradient);
    else if (!frozen)
      dense_learn(layer, input, t->gradient, rate, t->weights);
    if (layer->kind == LAYER_CONV && learn && !frozen)
      update_weights(layer, t, rate);
  }
}

static void finish_step(struct twin *twin) {
  twin->state.random = random_advance(twin->state.random, random_step_shifts(twin->net));
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
