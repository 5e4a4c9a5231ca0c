/* model.c : the golden model: what surrounds the layers.
 * SPDX-License-Identifier: MIT
 */
#include "model/model_parts.h"

#include "base/file.h"
#include "model/softmax.h"

#include <stdlib.h>
#include <string.h>

static void tensors_new(struct model *model) {
  const struct net *net = model->net;
  model->pixels = memory_new((size_t)(net->height * net->width), sizeof *model->pixels);
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    struct layer_tensors *t = &model->layer[l];
    size_t outputs = (size_t)layer->outputs;
    t->sum = memory_new(outputs, sizeof *t->sum);
    t->activation = memory_new(outputs, sizeof *t->activation);
    t->kept = memory_new(outputs, sizeof *t->kept);
    t->gate = memory_new(outputs, sizeof *t->gate);
    t->gradient = memory_new(outputs, sizeof *t->gradient);
    memset(t->kept, 1, outputs); /* a convolution's stay so */
    memset(t->gate, 1, outputs);
    if (layer->decodes)
      t->value = memory_new(layer->weight_count, sizeof *t->value);
    if (wide_sums_updates(layer))
      t->update_sum = memory_new((size_t)layer->rows * (size_t)layer->units, sizeof *t->update_sum);
  }
  model->dropout = memory_new((size_t)net->dropout_bits + 1, sizeof *model->dropout);
  model->exp_table = memory_new(SOFTMAX_ENTRIES, sizeof *model->exp_table);
  softmax_table(model->exp_table);
}

void model_new_with(struct model *model, const struct net *net, uint64_t seed,
                    const struct kernels *kernels) {
  *model = (struct model){.net = net, .state = device_state_fresh(net, seed)};
  tensors_new(model);
  weights_new(&model->exchange, net);
  random_weights(net, seed, &model->exchange);
  model->narrow = kernels ? narrow_new(net, kernels, NULL) : NULL;
  model->narrow_behind = true;
}

void model_new(struct model *model, const struct net *net, uint64_t seed) {
  model_new_with(model, net, seed, kernels_choose());
}

void model_free(struct model *model) {
  for (int l = 0; l < model->net->layer_count; l++) {
    struct layer_tensors *t = &model->layer[l];
    free(t->sum);
    free(t->activation);
    free(t->kept);
    free(t->gate);
    free(t->gradient);
    free(t->update_sum);
    free(t->value);
  }
  free(model->pixels);
  free(model->dropout);
  free(model->exp_table);
  narrow_free(model->narrow);
  if (!model->view)
    weights_free(&model->exchange);
}

/* ---- weights ---- */

/* The narrow weights are up to date. */
static void catch_up(struct model *model) {
  for (int l = 0; model->narrow_behind && l < model->net->layer_count; l++)
    if (model_in_vectors(model, l))
      narrow_set_layer(model->narrow, &model->exchange, l);
  model->narrow_behind = false;
}

void model_view(struct model *view, struct model *model) {
  catch_up(model);
  *view = (struct model){
      .net = model->net, .state = model->state, .exchange = model->exchange, .view = true};
  tensors_new(view);
  if (model->narrow)
    view->narrow = narrow_new(model->net, NULL, model->narrow);
}

const struct weights *model_weights(struct model *model) {
  for (int l = 0; model->exchange_behind && l < model->net->layer_count; l++)
    if (model_in_vectors(model, l))
      narrow_get_layer(model->narrow, &model->exchange, l);
  model->exchange_behind = false;
  return &model->exchange;
}

struct weights *model_edit(struct model *model) {
  model_weights(model);
  model->narrow_behind = true;
  return &model->exchange;
}

/* ---- a step ---- */

void layer_activate(struct model *model, int l, bool train) {
  const struct layer *layer = &model->net->layer[l];
  struct layer_tensors *t = &model->layer[l];
  int factor = train ? 1 : layer->keep_factor;
  int shift = layer->sum_shift + (train ? 0 : layer->keep_shift);
  for (int n = 0; n < layer->outputs; n++) {
    t->kept[n] = !layer->dropout || !train || random_keeps(layer, model->dropout, n);
    t->activation[n] =
        fixed_normalise(t->sum[n] * factor, shift, layer->activation.bits, layer->relu,
                        &model->counters.count[COUNT_CUT_ACTIVATIONS][l]);
    t->gate[n] = t->kept[n] && (!layer->relu || t->activation[n] > 0);
  }
}

void layer_add_biases(struct model *model, int l, const int *units, int count) {
  const struct layer *layer = &model->net->layer[l];
  const struct tensor *tensor = net_bias(model->net, l);
  if (!tensor)
    return;
  const int32_t *bias = weights_of(&model->exchange, tensor);
  int64_t *sum = model->layer[l].sum, unit = INT64_C(1) << layer->bias.sum_shift;
  for (int p = 0; p < layer->positions; p++, sum += layer->units)
    for (int k = 0; k < count; k++)
      sum[units[k]] += bias[units[k]] * unit;
}

void layer_update_biases(struct model *model, const struct random_step *random, int l) {
  const struct layer *layer = &model->net->layer[l];
  const struct tensor *tensor = net_bias(model->net, l);
  if (!tensor)
    return;
  const int32_t *gradient = model->layer[l].gradient;
  int64_t u[NET_UNITS_MAX] = {0};
  int units[NET_UNITS_MAX];
  for (int p = 0; p < layer->positions; p++, gradient += layer->units)
    for (int unit = 0; unit < layer->units; unit++)
      u[unit] += gradient[unit];
  for (int unit = 0; unit < layer->units; unit++)
    units[unit] = unit;
  struct synapse_step step = synapse_begin(model, random, tensor);
  struct synapse_terms terms = {.count = layer->units, .columns = units, .terms = u};
  synapse_update(model, &step, &terms);
}

const int64_t *model_sums(const struct model *model, int l) {
  if (model_in_vectors(model, l))
    narrow_sums(model, l);
  return model->layer[l].sum;
}

static void set_pixels(const struct net *net, int32_t *restrict pixels,
                       const uint8_t *restrict picture) {
  for (int i = 0; i < net->height * net->width; i++)
    pixels[i] = net_pixel(net, picture[i]);
}

void model_forward(struct model *model, const uint8_t *picture, int label, bool train) {
  const struct net *net = model->net;
  catch_up(model);
  set_pixels(net, model->pixels, picture);
  if (train)
    random_dropout(net, model->state.random, model->dropout);
  for (int l = 0; l < net->layer_count; l++)
    (model_in_vectors(model, l) ? narrow_forward : wide_forward)(model, l, train);
  const struct layer *last = &net->layer[net->layer_count - 1];
  model->best =
      softmax_probabilities(model->exp_table, model->layer[net->layer_count - 1].activation,
                            net->classes, last->activation.frac, model->probability);
  model->counters.correct += model->best == label;
  model->counters.pictures += !train;
}

void model_backward(struct model *model, int label) {
  const struct net *net = model->net;
  struct random_step random = random_begin_step(net, model->state.random);
  int last = net->layer_count - 1;
  for (int c = 0; c < net->classes; c++) /* E10 */
    model->layer[last].gradient[c] = fixed_normalise(
        model->probability[c] - (c == label ? SOFTMAX_ONE : 0),
        SOFTMAX_FRAC - net->layer[last].gradient.frac, net->layer[last].gradient.bits, false,
        &model->counters.count[COUNT_CUT_GRADIENTS][last]);
  catch_up(model);
  for (int l = last; l >= 0; l--)
    (model_in_vectors(model, l) ? narrow_backward : wide_backward)(model, &random, l);
  model->exchange_behind = true;
  model->state.random = random_advance(model->state.random, RANDOM_STEP_SHIFTS);
  model->state.steps++;
}
