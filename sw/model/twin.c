/* twin.c : the golden model's equations in double precision, layer by layer like model.c.
 * SPDX-License-Identifier: MIT
 */
#include "model/twin_parts.h"

#include "base/file.h"
#include "model/synapse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KIND(NAME, name) &name##_twin,
static const struct twin_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

void twin_new(struct twin *twin, const struct net *net, uint64_t seed) {
  *twin = (struct twin){.net = net};
  twin->state = device_state_fresh(net, seed);
  twin->pixels = memory_new((size_t)(net->height * net->width), sizeof *twin->pixels);
  twin->dropout = memory_new((size_t)net->dropout_bits + 1, sizeof *twin->dropout);
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    struct twin_tensors *t = &twin->layer[l];
    size_t outputs = (size_t)layer->outputs;
    t->weights = memory_new(layer->weight_count, sizeof *t->weights);
    t->sum = memory_new(outputs, sizeof *t->sum);
    t->activation = memory_new(outputs, sizeof *t->activation);
    t->kept = memory_new(outputs, sizeof *t->kept);
    t->gate = memory_new(outputs, sizeof *t->gate);
    t->gradient = memory_new(outputs, sizeof *t->gradient);
    t->weight_gradient = memory_new(layer->weight_count, sizeof *t->weight_gradient);
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
  for (int n = 0; n < twin->net->tensor_count; n++) {
    const struct tensor *tensor = &twin->net->tensor[n];
    const int32_t *from = weights_of(weights, tensor);
    const float *real = weights_real(weights, tensor);
    double *to = twin->layer[tensor->layer].weights + tensor->first;
    for (size_t i = 0; i < net_tensor_size(tensor); i++)
      to[i] = real ? (double)real[i] : ldexp((double)from[i], -tensor->format.frac);
  }
}

void twin_get_weights(const struct twin *twin, struct weights *weights) {
  weights_add_real(weights);
  for (int n = 0; n < twin->net->tensor_count; n++) {
    const struct tensor *tensor = &twin->net->tensor[n];
    struct format format = tensor->format;
    double low = (double)fixed_low(format.bits), high = (double)fixed_high(format.bits);
    const double *from = twin->layer[tensor->layer].weights + tensor->first;
    for (size_t i = 0; i < net_tensor_size(tensor); i++) {
      double rounded = floor(ldexp(from[i], format.frac) + 0.5);
      weights_of(weights, tensor)[i] = (int32_t)fmin(fmax(rounded, low), high);
      weights_real(weights, tensor)[i] = (float)from[i];
    }
  }
}

/* What the layer's kind has summed, and its biases. */
static void add_biases(struct twin *twin, int l) {
  const struct layer *layer = &twin->net->layer[l];
  const struct tensor *tensor = net_bias(twin->net, l);
  if (!tensor)
    return;
  const double *bias = twin->layer[l].weights + tensor->first;
  for (int n = 0; n < layer->outputs; n++)
    twin->layer[l].sum[n] += bias[n % layer->units];
}

/* The loss by a bias: the sum of its unit's gradients over all positions. */
static void backward_biases(struct twin *twin, int l) {
  const struct layer *layer = &twin->net->layer[l];
  const struct tensor *tensor = net_bias(twin->net, l);
  if (!tensor)
    return;
  double *bias_gradient = twin->layer[l].weight_gradient + tensor->first;
  memset(bias_gradient, 0, (size_t)layer->units * sizeof *bias_gradient);
  for (int n = 0; n < layer->outputs; n++)
    bias_gradient[n % layer->units] += twin->layer[l].gradient[n];
}

/* Sums to activations: dropout, or the share that it keeps; ReLU. */
static void layer_activate(struct twin *twin, int l, bool train) {
  const struct layer *layer = &twin->net->layer[l];
  struct twin_tensors *t = &twin->layer[l];
  double scale = train ? 1 : ldexp(layer->keep_factor, -layer->keep_shift);
  for (int n = 0; n < layer->outputs; n++) {
    t->kept[n] = !layer->dropout || !train || random_keeps(layer, twin->dropout, n);
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
    twin->pixels[i] = net_pixel(net, picture[i]) * unit;
  if (train)
    random_dropout(net, twin->state.random, twin->dropout);
  twin_forward_from(twin, 0, train);
}

void twin_forward_from(struct twin *twin, int first, bool train) {
  const struct net *net = twin->net;
  for (int l = first; l < net->layer_count; l++) {
    const double *input = l > 0 ? twin->layer[l - 1].activation : twin->pixels;
    kinds[net->layer[l].kind]->forward(twin, l, input);
    add_biases(twin, l);
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
static void update_tensor(struct twin *twin, const struct tensor *tensor, double rate) {
  const struct layer *layer = &twin->net->layer[tensor->layer];
  struct twin_tensors *t = &twin->layer[tensor->layer];
  int columns[NET_UNITS_MAX];
  for (int c = 0; c < tensor->columns; c++)
    columns[c] = c;
  struct synapse_slopes slopes = {.rows = tensor->rows,
                                  .count = tensor->columns,
                                  .columns = columns,
                                  .terms = t->weight_gradient + tensor->first,
                                  .stride = tensor->columns,
                                  .width = tensor->columns};
  synapse_twin(layer)->update(layer, rate, &slopes, t->weights + tensor->first);
}

void twin_update_weights(struct twin *twin, int l, double rate) {
  for (int i = 0; i < twin->net->layer[l].tensor_count; i++)
    update_tensor(twin, net_matrix(twin->net, l) + i, rate);
}

void twin_update_biases(struct twin *twin, int l, double rate) {
  const struct tensor *tensor = net_bias(twin->net, l);
  if (tensor)
    update_tensor(twin, tensor, rate);
}

/* From the output's gradient to the first layer's. With `learn` weights change, but for frozen
 * ones. */
static void backward(struct twin *twin, int label, bool learn) {
  const struct net *net = twin->net;
  for (int c = 0; c < net->classes; c++) /* E10 */
    twin->layer[net->layer_count - 1].gradient[c] = twin->probability[c] - (c == label);
  for (int l = net->layer_count - 1; l >= 0; l--) {
    const double *input = l > 0 ? twin->layer[l - 1].activation : twin->pixels;
    const struct twin_kind *kind = kinds[net->layer[l].kind];
    backward_biases(twin, l);
    if (learn)
      kind->learn(twin, l, input, twin->state.freeze >> l & 1 ? 0 : ldexp(1, -twin->state.rate));
    else
      kind->backward(twin, l, input);
  }
}

static void finish_step(struct twin *twin) {
  twin->state.random = random_advance(twin->state.random, RANDOM_STEP_SHIFTS);
  twin->state.steps++;
}

void twin_backward(struct twin *twin, int label) {
  backward(twin, label, false);
}

void twin_update(struct twin *twin) {
  const struct net *net = twin->net;
  double rate = ldexp(1, -twin->state.rate);
  for (int l = 0; l < net->layer_count; l++)
    if (!(twin->state.freeze >> l & 1))
      twin_update_weights(twin, l, rate);
  finish_step(twin);
}

void twin_learn(struct twin *twin, int label) {
  backward(twin, label, true);
  finish_step(twin);
}
