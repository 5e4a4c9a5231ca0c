/* model.c : the golden model: forward beside backward, layer by layer.
 * SPDX-License-Identifier: MIT
 */
#include "model/model.h"

#include "base/file.h"
#include "model/fixed.h"
#include "model/softmax.h"

#include <stdlib.h>
#include <string.h>

void model_new(struct model *model, const struct net *net, uint64_t seed) {
  *model = (struct model){.net = net};
  weights_new(&model->weights, net);
  random_weights(net, seed, &model->weights);
  model->state = device_state_fresh(net, seed);
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
    if (layer->kind == LAYER_CONV)
      t->update_sum = memory_new((size_t)(layer->rows * layer->units), sizeof *t->update_sum);
  }
  model->dropout = memory_new((size_t)net->pair_count + 1, sizeof *model->dropout);
  model->exp_table = memory_new(SOFTMAX_ENTRIES, sizeof *model->exp_table);
  softmax_table(model->exp_table);
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
  }
  free(model->pixels);
  free(model->dropout);
  free(model->exp_table);
  weights_free(&model->weights);
}

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

/* The units that take part, ascending: all, or with the layer's dropout bits one of each pair. */
static int kept_units(const struct layer *layer, const uint8_t *dropout, int *units) {
  int count = dropout ? layer->units / 2 : layer->units;
  for (int k = 0; k < count; k++)
    units[k] = dropout ? 2 * k + dropout[k] : k;
  return count;
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

/* The units through which a gradient goes back, ascending. */
static int active_units(const struct layer *layer, const int32_t *gradient, int *units) {
  int count = 0;
  for (int u = 0; u < layer->units; u++)
    if (gradient[u] != 0)
      units[count++] = u;
  return count;
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

/* What the updates of a layer share in a step. */
struct update {
  int shift, weight_bits;
  int fine_bits;                  /* behind the weight's grid */
  bool random;                    /* rho is */
  uint32_t column[NET_UNITS_MAX]; /* rho of E16, up to an exclusive or with its row's part */
};

/* The rounding's hash is linear: what it makes of {layer, row, column} is what it makes of {layer,
 * row, 0} xor what it makes of {0, 0, column}, with the base once. */
static void update_begin(struct update *update, const struct model *model,
                         const struct random_step *random, int l) {
  const struct net *net = model->net;
  const struct layer *layer = &net->layer[l];
  update->random = net->rounding == ROUND_STOCHASTIC;
  update->shift = layer->update_shift + model->state.rate;
  update->weight_bits = layer->weight.bits;
  update->fine_bits = update->random ? net->random_bits : 1;
  for (int u = 0; u < layer->units; u++)
    update->column[u] = update->random ? random_at(net, random, 0, 0, u) ^ random->base
                                       : net->rounding == ROUND_NEAREST;
}

static uint32_t update_row(const struct update *update, const struct net *net,
                           const struct random_step *random, int l, int row) {
  return update->random ? random_at(net, random, l, row, 0) : 0;
}

/* ---- E16 for one weight. */
static inline void update_weight(const struct update *update, int32_t *weight, int64_t u,
                                 uint32_t rho, uint32_t *lost) {
  if (u != 0) /* floor((0 + rho) / 2^s) = 0 for every rho < 2^s */
    *weight =
        fixed_update(*weight, u, update->shift, update->fine_bits, rho, update->weight_bits, lost);
}

/* ---- E11, E13: dW = input * gradient'. */
static void dense_update(struct model *model, const struct random_step *random, int l,
                         const int32_t *input) {
  const struct layer *layer = &model->net->layer[l];
  const int32_t *gradient = model->layer[l].gradient;
  int32_t *weights = model->weights.layer[l];
  struct update update;
  int units[NET_UNITS_MAX];
  int count = active_units(layer, gradient, units);
  uint32_t lost = 0;
  update_begin(&update, model, random, l);
  for (int n = 0; n < layer->rows; n++, weights += layer->units) {
    if (input[n] == 0)
      continue;
    uint32_t row = update_row(&update, model->net, random, l, n);
    for (int k = 0; k < count; k++)
      update_weight(&update, &weights[units[k]], (int64_t)input[n] * gradient[units[k]],
                    row ^ update.column[units[k]], &lost);
  }
  model->counters.lost[l] += lost;
}

static void conv_update(struct model *model, const struct random_step *random, int l) {
  const struct layer *layer = &model->net->layer[l];
  const int64_t *sum = model->layer[l].update_sum;
  int32_t *weights = model->weights.layer[l];
  struct update update;
  update_begin(&update, model, random, l);
  for (int t = 0; t < layer->rows; t++, weights += layer->units, sum += layer->units) {
    uint32_t row = update_row(&update, model->net, random, l, t);
    for (int r = 0; r < layer->units; r++)
      update_weight(&update, &weights[r], sum[r], row ^ update.column[r], &model->counters.lost[l]);
  }
}

/* Sums to activations: normaliser, ReLU, dropout (a pair's bit keeps its second unit, else its
 * first). */
static void layer_activate(struct model *model, int l, bool train) {
  const struct layer *layer = &model->net->layer[l];
  struct layer_tensors *t = &model->layer[l];
  bool halve = layer->dropout && !train;
  for (int n = 0; n < layer->outputs; n++) {
    t->kept[n] = !layer->dropout || !train || model->dropout[layer->first_pair + n / 2] == n % 2;
    t->activation[n] = fixed_normalise(t->sum[n], layer->sum_shift + halve, layer->activation.bits,
                                       layer->relu, &model->counters.cut_activations[l]);
    t->gate[n] = t->kept[n] && (!layer->relu || t->activation[n] > 0);
  }
}

void model_forward(struct model *model, const uint8_t *picture, int label, bool train) {
  const struct net *net = model->net;
  for (int i = 0; i < net->height * net->width; i++)
    model->pixels[i] = picture[i] - net->pixel_offset;
  if (train)
    random_dropout(net, model->state.random, model->dropout);
  const int32_t *input = model->pixels;
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    if (layer->kind == LAYER_CONV)
      conv_forward(net, layer, input, model->weights.layer[l], model->layer[l].sum);
    else
      dense_forward(layer, input, model->weights.layer[l],
                    train && layer->dropout ? model->dropout + layer->first_pair : NULL,
                    model->layer[l].sum);
    layer_activate(model, l, train);
    input = model->layer[l].activation;
  }
  model->best =
      softmax_probabilities(model->exp_table, input, net->classes,
                            net->layer[net->layer_count - 1].activation.frac, model->probability);
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
        &model->counters.cut_gradients[last]);
  for (int l = last; l >= 0; l--) {
    const struct layer *layer = &net->layer[l];
    const int32_t *input = l > 0 ? model->layer[l - 1].activation : model->pixels;
    bool frozen = model->state.freeze >> l & 1;
    if (layer->kind == LAYER_CONV) {
      conv_backward(net, layer, input, model->layer[l].gradient, model->layer[l].update_sum);
      if (!frozen)
        conv_update(model, &random, l);
      continue;
    }
    if (l > 0)
      dense_backward(layer, &net->layer[l - 1], &model->layer[l - 1], model->layer[l].gradient,
                     model->weights.layer[l], &model->counters.cut_gradients[l - 1]);
    if (!frozen)
      dense_update(model, &random, l, input);
  }
  model->state.random = random_advance(model->state.random, random_step_shifts(net));
  model->state.steps++;
}
