/* narrow.c : the layers on vectors of 16-bit words; forward beside backward, as in wide.c.
 * SPDX-License-Identifier: MIT
 *
 * The weights lie unit by unit, so that only those units are touched that take part. A convolution
 * works on the picture as one long vector: position (y, x) is element y * width + x, tap (i, j) the
 * same vector i * width + j further on, and what stands between the rows' ends and the next rows'
 * begins is computed and thrown away.
 *
 * Where a sum of whole products could overflow 32 bits, one factor is split into two halves of 8
 * bits (kernels.h).
 */
#include "model/model_parts.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_BITS = 16, WHOLE_SHIFT_MAX = 31 };

/* Numbers as they are and split. Padded with zeros. */
struct values {
  size_t length;
  int16_t *whole, *low, *high;
};

struct narrow_layer {
  size_t stride;    /* of a unit's weights */
  int16_t *weights; /* [units][stride] */
  int16_t *gate;    /* [outputs] -1 or 0, padded with zeros */
  struct values output;
  int16_t *gradient; /* [outputs], padded with zeros */
};

struct narrow {
  const struct net *net;
  const struct kernels *kernels;
  bool view; /* the weights are another's */
  struct values pixels;
  struct narrow_layer layer[NET_LAYERS_MAX];
  uint16_t *rows; /* [most rows of a layer] rho's part; 0 where it is not random */

  /* convolution only: one filter's */
  struct values plane; /* activations, then gradients */
  int16_t *valid;      /* [plane] -1 where a position is */
  int32_t *sums;       /* [plane] */
};

/* ---- whether, and memory ---- */

/* The gradient for the layer in front, a sum over units. */
static bool back_fits(const struct layer *layer) {
  if (layer->back_bits <= KERNEL_WHOLE_BITS)
    return layer->back_shift <= WHOLE_SHIFT_MAX;
  return layer->units <= KERNEL_TERMS_MAX && layer->back_shift >= KERNEL_SPLIT_SHIFT &&
         layer->back_shift <= KERNEL_SPLIT_SHIFT_MAX;
}

static bool narrow_fits(const struct net *net) {
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    if (layer->input.bits > WORD_BITS || layer->weight.bits > WORD_BITS ||
        layer->activation.bits > WORD_BITS || layer->gradient.bits > WORD_BITS ||
        (l > 0 && !back_fits(layer)))
      return false;
    if (layer->kind == LAYER_CONV &&
        (layer->sum_bits > KERNEL_WHOLE_BITS || layer->sum_shift > WHOLE_SHIFT_MAX))
      return false;
  }
  return true;
}

/* `slack` more elements can be read, and are 0. */
static struct values values_new(size_t count, size_t slack) {
  size_t length = kernel_length(count);
  return (struct values){length, memory_new(length + slack, sizeof(int16_t)),
                         memory_new(length + slack, sizeof(int16_t)),
                         memory_new(length + slack, sizeof(int16_t))};
}

static void values_free(struct values *values) {
  free(values->whole);
  free(values->low);
  free(values->high);
}

static void values_split(struct values *values) {
  for (size_t i = 0; i < values->length; i++) {
    values->low[i] = values->whole[i] & ((1 << KERNEL_SPLIT_BITS) - 1);
    values->high[i] = (int16_t)(values->whole[i] >> KERNEL_SPLIT_BITS);
  }
}

static struct kernel_factor values_factor(const struct values *values, bool whole) {
  return whole ? (struct kernel_factor){values->whole, NULL}
               : (struct kernel_factor){values->low, values->high};
}

static void widen(int32_t *restrict to, const int16_t *restrict from, int count) {
  for (int i = 0; i < count; i++)
    to[i] = from[i];
}

static void conv_new(struct narrow *narrow, const struct layer *layer) {
  const struct net *net = narrow->net;
  size_t count = (size_t)((layer->out_height - 1) * net->width + layer->out_width);
  narrow->plane = values_new(count, 0);
  narrow->valid = memory_new(narrow->plane.length, sizeof *narrow->valid);
  narrow->sums = memory_new(narrow->plane.length, sizeof *narrow->sums);
  for (size_t i = 0; i < count; i++)
    narrow->valid[i] = i % (size_t)net->width < (size_t)layer->out_width ? -1 : 0;
}

struct narrow *narrow_new(const struct net *net, const struct kernels *kernels,
                          const struct narrow *owner) {
  if (!narrow_fits(net))
    return NULL;
  struct narrow *narrow = memory_new(1, sizeof *narrow);
  *narrow = (struct narrow){
      .net = net, .kernels = owner ? owner->kernels : kernels, .view = owner != NULL};
  size_t most = 0;
  narrow->pixels = values_new((size_t)(net->height * net->width), KERNEL_BLOCK);
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    struct narrow_layer *n = &narrow->layer[l];
    size_t outputs = (size_t)layer->outputs;
    n->stride = kernel_length((size_t)layer->rows);
    most = n->stride > most ? n->stride : most;
    n->weights = owner ? owner->layer[l].weights
                       : memory_new((size_t)layer->units * n->stride, sizeof *n->weights);
    n->output = values_new(outputs, 0);
    n->gate = memory_new(n->output.length, sizeof *n->gate);
    n->gradient = memory_new(n->output.length, sizeof *n->gradient);
    for (size_t i = 0; i < outputs; i++)
      n->gate[i] = -1;
    if (layer->kind == LAYER_CONV)
      conv_new(narrow, layer);
  }
  narrow->rows = memory_new(most, sizeof *narrow->rows);
  return narrow;
}

void narrow_free(struct narrow *narrow) {
  if (!narrow)
    return;
  for (int l = 0; l < narrow->net->layer_count; l++) {
    struct narrow_layer *n = &narrow->layer[l];
    if (!narrow->view)
      free(n->weights);
    values_free(&n->output);
    free(n->gate);
    free(n->gradient);
  }
  values_free(&narrow->pixels);
  values_free(&narrow->plane);
  free(narrow->valid);
  free(narrow->sums);
  free(narrow->rows);
  free(narrow);
}

void narrow_set_weights(struct narrow *narrow, const struct weights *weights) {
  for (int l = 0; l < narrow->net->layer_count; l++) {
    int rows = narrow->net->layer[l].rows, units = narrow->net->layer[l].units;
    const int32_t *from = weights->layer[l];
    for (int row = 0; row < rows; row++)
      for (int u = 0; u < units; u++)
        narrow->layer[l].weights[(size_t)u * narrow->layer[l].stride + (size_t)row] =
            (int16_t)*from++;
  }
}

void narrow_get_weights(const struct narrow *narrow, struct weights *weights) {
  for (int l = 0; l < narrow->net->layer_count; l++) {
    int rows = narrow->net->layer[l].rows, units = narrow->net->layer[l].units;
    int32_t *to = weights->layer[l];
    for (int row = 0; row < rows; row++)
      for (int u = 0; u < units; u++)
        *to++ = narrow->layer[l].weights[(size_t)u * narrow->layer[l].stride + (size_t)row];
  }
}

/* ---- E8 ---- */

/* Where each tap's vector begins. Returns their count, made even by a pointer to any. */
static int conv_taps(const struct narrow *narrow, const struct layer *layer, const int16_t **taps) {
  int count = 0;
  for (int i = 0; i < layer->kernel_height; i++)
    for (int j = 0; j < layer->kernel_width; j++)
      taps[count++] = narrow->pixels.whole + i * narrow->net->width + j;
  taps[count] = narrow->pixels.whole;
  return count + count % 2;
}

/* One filter's outputs to their places among all. */
static void conv_scatter(const struct narrow *narrow, const struct layer *layer,
                         int64_t *restrict sums, int16_t *restrict outputs) {
  int units = layer->units;
  for (int y = 0; y < layer->out_height; y++) {
    const int16_t *value = narrow->plane.whole + y * narrow->net->width;
    const int32_t *sum = narrow->sums + y * narrow->net->width;
    for (int x = 0; x < layer->out_width; x++, outputs += units, sums += units) {
      *outputs = value[x];
      *sums = sum[x];
    }
  }
}

static void conv_forward(struct model *model, int l) {
  struct narrow *narrow = model->narrow;
  const struct layer *layer = &model->net->layer[l];
  struct narrow_layer *n = &narrow->layer[l];
  struct layer_tensors *t = &model->layer[l];
  const int16_t *taps[64 + 1];
  struct kernel_combine combine = {.count = conv_taps(narrow, layer, taps),
                                   .vectors = taps,
                                   .length = narrow->plane.length,
                                   .gate = narrow->valid,
                                   .shift = layer->sum_shift,
                                   .bits = layer->activation.bits,
                                   .sums = narrow->sums,
                                   .out = narrow->plane.whole};
  for (int r = 0; r < layer->units; r++) {
    combine.factor.low = n->weights + (size_t)r * n->stride;
    model->counters.cut_activations[l] += narrow->kernels->combine(&combine);
    conv_scatter(narrow, layer, t->sum + r, n->output.whole + r);
  }
  widen(t->activation, n->output.whole, layer->outputs);
}

/* ---- E15 ---- */

/* One filter's gradients as a plane, with 0 where there is no position. */
static void conv_gather(struct narrow *narrow, const struct layer *layer, int filter,
                        const int16_t *gradient) {
  int units = layer->units, from = filter;
  for (int y = 0; y < layer->out_height; y++) {
    int16_t *value = narrow->plane.whole + y * narrow->net->width;
    for (int x = 0; x < layer->out_width; x++, from += units)
      value[x] = gradient[from];
    memset(value + layer->out_width, 0,
           (size_t)(y + 1 < layer->out_height ? narrow->net->width - layer->out_width : 0) *
               sizeof *value);
  }
}

static void conv_backward(struct model *model, int l) {
  struct narrow *narrow = model->narrow;
  const struct layer *layer = &model->net->layer[l];
  const int16_t *taps[64 + 1];
  int64_t sums[64];
  bool whole = layer->update_bits <= KERNEL_WHOLE_BITS;
  conv_taps(narrow, layer, taps);
  for (int r = 0; r < layer->units; r++) {
    conv_gather(narrow, layer, r, narrow->layer[l].gradient);
    if (!whole)
      values_split(&narrow->plane);
    narrow->kernels->dots(taps, layer->rows, values_factor(&narrow->plane, whole),
                          narrow->plane.length, sums);
    for (int t = 0; t < layer->rows; t++)
      model->layer[l].update_sum[t * layer->units + r] = sums[t];
  }
}

static void conv_update(struct model *model, const struct random_step *random, int l) {
  const struct net *net = model->net;
  const struct layer *layer = &net->layer[l];
  const struct narrow_layer *n = &model->narrow->layer[l];
  struct update update = update_of(model, l);
  for (int r = 0; r < layer->units; r++) {
    int16_t *weights = n->weights + (size_t)r * n->stride;
    uint32_t column = update_column(&update, net, random, r);
    for (int t = 0; t < layer->rows; t++)
      weights[t] = (int16_t)update_weight(
          &update, weights[t], model->layer[l].update_sum[t * layer->units + r],
          update_row(&update, net, random, l, t) ^ column, &model->counters.lost[l]);
  }
}

/* ---- FC ---- */

static void dense_forward(struct model *model, int l, const struct values *input, bool train) {
  struct narrow *narrow = model->narrow;
  const struct layer *layer = &model->net->layer[l];
  struct narrow_layer *n = &narrow->layer[l];
  struct layer_tensors *t = &model->layer[l];
  const int16_t *columns[NET_UNITS_MAX];
  int units[NET_UNITS_MAX];
  int64_t sums[NET_UNITS_MAX];
  int count = kept_units(layer, layer_dropout(model, l, train), units);
  for (int k = 0; k < count; k++)
    columns[k] = n->weights + (size_t)units[k] * n->stride;
  bool whole = layer->sum_bits <= KERNEL_WHOLE_BITS;
  narrow->kernels->dots(columns, count, values_factor(input, whole), n->stride, sums);
  memset(t->sum, 0, (size_t)layer->units * sizeof *t->sum);
  for (int k = 0; k < count; k++)
    t->sum[units[k]] = sums[k];
  layer_activate(model, l, train);
  for (int u = 0; u < layer->units; u++) {
    n->output.whole[u] = (int16_t)t->activation[u];
    n->gate[u] = (int16_t)-t->gate[u];
  }
}

/* ---- E12, E14 ---- */

static void dense_backward(struct model *model, int l) {
  struct narrow *narrow = model->narrow;
  const struct layer *layer = &model->net->layer[l];
  const struct narrow_layer *n = &narrow->layer[l];
  struct narrow_layer *front = &narrow->layer[l - 1];
  const int32_t *gradient = model->layer[l].gradient;
  const int16_t *columns[NET_UNITS_MAX + 1];
  int16_t low[NET_UNITS_MAX + 1], high[NET_UNITS_MAX + 1];
  int units[NET_UNITS_MAX];
  int count = active_units(layer, gradient, units);
  bool whole = layer->back_bits <= KERNEL_WHOLE_BITS;
  for (int k = 0; k < count + count % 2; k++) {
    int unit = k < count ? units[k] : 0, factor = k < count ? gradient[unit] : 0;
    columns[k] = n->weights + (size_t)unit * n->stride;
    low[k] = (int16_t)(whole ? factor : factor & ((1 << KERNEL_SPLIT_BITS) - 1));
    high[k] = (int16_t)(factor >> KERNEL_SPLIT_BITS);
  }
  struct kernel_combine combine = {.count = count + count % 2,
                                   .vectors = columns,
                                   .factor = {low, whole ? NULL : high},
                                   .length = n->stride,
                                   .gate = front->gate,
                                   .shift = layer->back_shift,
                                   .bits = model->net->layer[l - 1].gradient.bits,
                                   .out = front->gradient};
  model->counters.cut_gradients[l - 1] += narrow->kernels->combine(&combine);
  widen(model->layer[l - 1].gradient, front->gradient, layer->rows);
}

/* ---- E11, E13 ---- */

/* A unit's weights where the kernels do not fit. */
static uint32_t update_plainly(const struct update *update, const struct layer *layer,
                               int16_t *weights, const int16_t *input, int64_t gradient,
                               const uint16_t *rows, uint32_t column) {
  uint32_t lost = 0;
  for (int i = 0; i < layer->rows; i++)
    weights[i] =
        (int16_t)update_weight(update, weights[i], input[i] * gradient, rows[i] ^ column, &lost);
  return lost;
}

/* How many of rho's last bits stand behind the last place of u, where they change nothing:
 * floor((u 2^d + rho) / 2^(s+d)) = floor((u + floor(rho / 2^d)) / 2^s). The kernels want none. */
static int idle_bits(const struct update *update) {
  return update->fine_bits > update->shift ? update->fine_bits - update->shift : 0;
}

static void dense_update(struct model *model, const struct random_step *random, int l,
                         const struct values *input) {
  const struct net *net = model->net;
  const struct layer *layer = &net->layer[l];
  struct narrow *narrow = model->narrow;
  struct narrow_layer *n = &narrow->layer[l];
  const int32_t *gradient = model->layer[l].gradient;
  struct update update = update_of(model, l);
  int idle = idle_bits(&update);
  update.fine_bits -= idle;
  if (update.random)
    random_rows(net, random, l, layer->rows, narrow->rows);
  for (int i = 0; idle > 0 && i < layer->rows; i++)
    narrow->rows[i] = (uint16_t)(narrow->rows[i] >> idle);
  for (int u = 0; u < layer->units; u++) {
    if (gradient[u] == 0)
      continue;
    int16_t *weights = n->weights + (size_t)u * n->stride;
    uint32_t column = update_column(&update, net, random, u) >> idle;
    struct kernel_update rule = {(int16_t)gradient[u], update.shift, update.fine_bits,
                                 (uint16_t)column, update.weight_bits};
    model->counters.lost[l] +=
        kernel_updates(&rule, layer->input.bits, layer->gradient.bits)
            ? narrow->kernels->update(&rule, weights, input->whole, narrow->rows, n->stride)
            : update_plainly(&update, layer, weights, input->whole, gradient[u], narrow->rows,
                             column);
  }
}

/* ---- all layers ---- */

void narrow_forward(struct model *model, bool train) {
  const struct net *net = model->net;
  struct narrow *narrow = model->narrow;
  for (int i = 0; i < net->height * net->width; i++)
    narrow->pixels.whole[i] = (int16_t)model->pixels[i];
  struct values *input = &narrow->pixels;
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    if (layer->kind == LAYER_CONV) {
      conv_forward(model, l);
    } else {
      if (layer->sum_bits > KERNEL_WHOLE_BITS)
        values_split(input);
      dense_forward(model, l, input, train);
    }
    input = &narrow->layer[l].output;
  }
}

void narrow_backward(struct model *model, const struct random_step *random) {
  const struct net *net = model->net;
  struct narrow *narrow = model->narrow;
  int last = net->layer_count - 1;
  for (int c = 0; c < net->classes; c++)
    narrow->layer[last].gradient[c] = (int16_t)model->layer[last].gradient[c];
  for (int l = last; l >= 0; l--) {
    bool frozen = model->state.freeze >> l & 1;
    if (net->layer[l].kind == LAYER_CONV) {
      conv_backward(model, l);
      if (!frozen)
        conv_update(model, random, l);
      continue;
    }
    if (l > 0)
      dense_backward(model, l);
    if (!frozen)
      dense_update(model, random, l, l > 0 ? &narrow->layer[l - 1].output : &narrow->pixels);
  }
}
