/* rival.c : the net in plain float C, one picture a step.
 * SPDX-License-Identifier: MIT
 */
#include "rival.h"

#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

/* The twin's place of a weight that has this one here. */
static size_t twin_place(const struct net *net, int l, int unit, int row) {
  const struct layer *layer = &net->layer[l];
  if (l == 1) /* from filter and place to place and filter */
    row = row % layer[-1].positions * layer[-1].units + row / layer[-1].positions;
  return (size_t)row * (size_t)layer->units + (size_t)unit;
}

void rival_new(struct rival *rival, const struct twin *twin) {
  const struct net *net = twin->net;
  size_t pixels = (size_t)(net->height * net->width);
  *rival = (struct rival){
      .net = net, .random = twin->state.random, .rate = (float)ldexp(1, -twin->state.rate)};
  rival->pixels = memory_new(pixels, sizeof *rival->pixels);
  rival->plane = memory_new(pixels, sizeof *rival->plane);
  rival->dropout = memory_new((size_t)net->dropout_bits + 1, sizeof *rival->dropout);
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    struct rival_layer *own = &rival->layer[l];
    own->weights = memory_new(layer->weight_count, sizeof *own->weights);
    own->value = memory_new((size_t)layer->outputs, sizeof *own->value);
    own->gradient = memory_new((size_t)layer->outputs, sizeof *own->gradient);
    float *to = own->weights;
    for (int u = 0; u < layer->units; u++)
      for (int row = 0; row < layer->rows; row++)
        *to++ = (float)twin->layer[l].weights[twin_place(net, l, u, row)];
  }
}

void rival_free(struct rival *rival) {
  for (int l = 0; l < rival->net->layer_count; l++) {
    free(rival->layer[l].weights);
    free(rival->layer[l].value);
    free(rival->layer[l].gradient);
  }
  free(rival->pixels);
  free(rival->plane);
  free(rival->dropout);
}

double rival_difference(const struct rival *rival, const struct twin *twin) {
  double most = 0;
  for (int l = 0; l < twin->net->layer_count; l++) {
    const struct layer *layer = &twin->net->layer[l];
    const float *own = rival->layer[l].weights;
    for (int u = 0; u < layer->units; u++)
      for (int row = 0; row < layer->rows; row++)
        most = fmax(most, fabs(*own++ - twin->layer[l].weights[twin_place(twin->net, l, u, row)]));
  }
  return most;
}

/* ---- inner loops ---- */

/* In so many sums side by side, which become vectors, and none of which waits for another. */
enum { SIDE_BY_SIDE = 32 };

static float dot(const float *restrict a, const float *restrict b, int count) {
  float part[SIDE_BY_SIDE] = {0}, sum = 0;
  int i = 0;
  for (; i + SIDE_BY_SIDE <= count; i += SIDE_BY_SIDE)
    for (int j = 0; j < SIDE_BY_SIDE; j++)
      part[j] += a[i + j] * b[i + j];
  for (; i < count; i++)
    sum += a[i] * b[i];
  for (int j = 0; j < SIDE_BY_SIDE; j++)
    sum += part[j];
  return sum;
}

/* to += factor * from */
static void add(float *restrict to, const float *restrict from, float factor, int count) {
  for (int i = 0; i < count; i++)
    to[i] += factor * from[i];
}

/* ---- the convolution: a filter's outputs are sums of shifted pictures, in which the rows' ends
 * stay unused ---- */

static int plane_length(const struct net *net) {
  return (net->layer[0].conv.out_height - 1) * net->width + net->layer[0].conv.out_width;
}

static const float *shifted(const struct rival *rival, int tap) {
  int width = rival->net->layer[0].conv.kernel_width;
  return rival->pixels + tap / width * rival->net->width + tap % width;
}

static void conv_forward(struct rival *rival) {
  const struct net *net = rival->net;
  const struct layer *layer = &net->layer[0];
  size_t width = (size_t)layer->conv.out_width;
  float *out = rival->layer[0].value;
  for (int r = 0; r < layer->units; r++) {
    memset(rival->plane, 0, (size_t)plane_length(net) * sizeof *rival->plane);
    for (int t = 0; t < layer->rows; t++)
      add(rival->plane, shifted(rival, t), rival->layer[0].weights[r * layer->rows + t],
          plane_length(net));
    for (int y = 0; y < layer->conv.out_height; y++, out += width)
      memcpy(out, rival->plane + y * net->width, width * sizeof *out);
  }
}

static void conv_learn(struct rival *rival) {
  const struct net *net = rival->net;
  const struct layer *layer = &net->layer[0];
  size_t width = (size_t)layer->conv.out_width;
  const float *gradient = rival->layer[0].gradient;
  memset(rival->plane, 0, (size_t)plane_length(net) * sizeof *rival->plane);
  for (int r = 0; r < layer->units; r++) {
    for (int y = 0; y < layer->conv.out_height; y++, gradient += width)
      memcpy(rival->plane + y * net->width, gradient, width * sizeof *gradient);
    for (int t = 0; t < layer->rows; t++)
      rival->layer[0].weights[r * layer->rows + t] -=
          rival->rate * dot(rival->plane, shifted(rival, t), plane_length(net));
  }
}

/* ---- dense layers ---- */

static void dense_forward(struct rival *rival, int l, bool train) {
  const struct layer *layer = &rival->net->layer[l];
  struct rival_layer *own = &rival->layer[l];
  float scale = layer->dropout && !train ? 0.5F : 1;
  for (int u = 0; u < layer->units; u++) {
    own->value[u] = 0;
    if (layer->dropout && train && rival->dropout[layer->first_dropout_bit + u / 2] != u % 2)
      continue;
    float sum = dot(own->weights + (size_t)u * (size_t)layer->rows, own[-1].value, layer->rows);
    own->value[u] = layer->relu && sum < 0 ? 0 : sum * scale;
  }
}

/* Unit by unit: gradients in front, of the weights from before, then the update. */
static void dense_learn(struct rival *rival, int l) {
  const struct layer *layer = &rival->net->layer[l], *front = layer - 1;
  struct rival_layer *own = &rival->layer[l];
  memset(own[-1].gradient, 0, (size_t)layer->rows * sizeof *own->gradient);
  for (int u = 0; u < layer->units; u++) {
    float *weights = own->weights + (size_t)u * (size_t)layer->rows;
    if (own->gradient[u] == 0)
      continue;
    add(own[-1].gradient, weights, own->gradient[u], layer->rows);
    add(weights, own[-1].value, -rival->rate * own->gradient[u], layer->rows);
  }
  for (int n = 0; (front->relu || front->dropout) && n < layer->rows; n++)
    if (own[-1].value[n] == 0) /* dropped, or not above zero */
      own[-1].gradient[n] = 0;
}

/* ---- a step ---- */

static void softmax(struct rival *rival) {
  const struct net *net = rival->net;
  const float *logits = rival->layer[net->layer_count - 1].value;
  float largest = logits[0], sum = 0;
  for (int c = 1; c < net->classes; c++)
    largest = fmaxf(largest, logits[c]);
  for (int c = 0; c < net->classes; c++)
    sum += rival->probability[c] = expf(logits[c] - largest);
  for (int c = 0; c < net->classes; c++)
    rival->probability[c] /= sum;
}

void rival_forward(struct rival *rival, const uint8_t *picture, bool train) {
  const struct net *net = rival->net;
  float unit = ldexpf(1, -net->pixel_frac);
  for (int i = 0; i < net->height * net->width; i++)
    rival->pixels[i] = (float)(picture[i] - net->pixel_offset) * unit;
  if (train)
    random_dropout(net, rival->random, rival->dropout);
  conv_forward(rival);
  for (int l = 1; l < net->layer_count; l++)
    dense_forward(rival, l, train);
  softmax(rival);
}

void rival_learn(struct rival *rival, int label) {
  const struct net *net = rival->net;
  for (int c = 0; c < net->classes; c++)
    rival->layer[net->layer_count - 1].gradient[c] = rival->probability[c] - (float)(c == label);
  for (int l = net->layer_count - 1; l > 0; l--)
    dense_learn(rival, l);
  conv_learn(rival);
  rival->random = random_advance(rival->random, RANDOM_STEP_SHIFTS);
}
