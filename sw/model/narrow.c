/* narrow.c : the layers on vectors of 16-bit words.
 * SPDX-License-Identifier: MIT
 */
#include "model/narrow_parts.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

#define KIND(NAME, name) &name##_narrow,
static const struct narrow_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

/* ---- whether, and memory ---- */

static bool layer_fits(const struct net *net, int l) {
  const struct layer *layer = &net->layer[l];
  if (l > 0 && net->layer[l - 1].gradient.bits > WORD_BITS) /* which the layer computes */
    return false;
  if (kinds[layer->kind]->whole_sums && layer->sum_bits > KERNEL_WHOLE_BITS)
    return false;
  const struct synapse_narrow *synapse = synapse_narrow(layer);
  return layer->input.bits <= WORD_BITS && layer->word.bits <= WORD_BITS &&
         layer->activation.bits <= WORD_BITS && layer->gradient.bits <= WORD_BITS &&
         layer->tensor_count - layer->bias.there == 1 && kinds[layer->kind]->forward &&
         synapse->update && (synapse->read || !layer->decodes) &&
         layer->update_random_bits <= WORD_BITS;
}

static bool any_fits(const struct net *net) {
  bool any = false;
  for (int l = 0; l < net->layer_count; l++)
    any |= layer_fits(net, l);
  return any;
}

struct values values_new(size_t count, size_t slack) {
  size_t length = kernel_length(count);
  return (struct values){length, memory_new_lines(length + slack, sizeof(int16_t)),
                         memory_new_lines(length + slack, sizeof(int16_t)),
                         memory_new_lines(length + slack, sizeof(int16_t))};
}

void values_free(struct values *values) {
  free(values->whole);
  free(values->low);
  free(values->high);
}

struct narrow *narrow_new(const struct net *net, const struct kernels *kernels,
                          const struct narrow *owner) {
  if (!any_fits(net))
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
    n->output = values_new(outputs, KERNEL_BLOCK);
    n->gate = memory_new(n->output.length, sizeof *n->gate);
    n->gradient = memory_new(n->output.length, sizeof *n->gradient);
    for (size_t i = 0; i < outputs; i++)
      n->gate[i] = -1;
    n->used = layer_fits(net, l);
    if (!n->used)
      continue;
    n->length = kernel_length((size_t)layer->rows);
    n->stride = n->length + (n->length / KERNEL_BLOCK % 2 == 0 ? KERNEL_BLOCK : 0);
    most = n->stride > most ? n->stride : most;
    n->weights = owner ? owner->layer[l].weights
                       : memory_new_lines((size_t)layer->units * n->stride, sizeof *n->weights);
    n->values = n->weights;
    if (layer->decodes)
      n->values = owner ? owner->layer[l].values
                        : memory_new_lines((size_t)layer->units * n->stride, sizeof *n->values);
    if (kinds[layer->kind]->make)
      n->own = kinds[layer->kind]->make(narrow, l);
  }
  narrow->rows = memory_new(most, sizeof *narrow->rows);
  return narrow;
}

void narrow_free(struct narrow *narrow) {
  if (!narrow)
    return;
  for (int l = 0; l < narrow->net->layer_count; l++) {
    struct narrow_layer *n = &narrow->layer[l];
    if (!narrow->view && n->values != n->weights)
      free(n->values);
    if (!narrow->view)
      free(n->weights);
    values_free(&n->output);
    free(n->gate);
    free(n->gradient);
    if (n->own)
      kinds[narrow->net->layer[l].kind]->release(n->own);
  }
  values_free(&narrow->pixels);
  free(narrow->rows);
  free(narrow);
}

void narrow_set_layer(struct narrow *narrow, const struct weights *weights, int l) {
  const struct layer *layer = &narrow->net->layer[l];
  int rows = layer->rows, units = layer->units;
  struct narrow_layer *n = &narrow->layer[l];
  const int32_t *from = weights->layer[l];
  n->largest = 0;
  for (int row = 0; row < rows; row++)
    for (int u = 0; u < units; u++)
      n->weights[(size_t)u * n->stride + (size_t)row] = (int16_t)*from++;
  if (layer->decodes)
    synapse_narrow(layer)->read(layer, n->weights, (size_t)units * n->stride, n->values);
}

void narrow_get_layer(const struct narrow *narrow, struct weights *weights, int l) {
  int rows = narrow->net->layer[l].rows, units = narrow->net->layer[l].units;
  const struct narrow_layer *n = &narrow->layer[l];
  int32_t *to = weights->layer[l];
  for (int row = 0; row < rows; row++)
    for (int u = 0; u < units; u++)
      *to++ = n->weights[(size_t)u * n->stride + (size_t)row];
}

void narrow_rows(struct narrow *narrow, const struct synapse_step *step) {
  int rows = step->layer->rows;
  if (step->mask == 0) {
    memset(narrow->rows, 0, (size_t)rows * sizeof *narrow->rows);
    return;
  }
  random_rows(step->net, step->random, net_tensor_number(step->net, step->tensor), rows,
              narrow->rows);
  if (step->layer->update_random_bits < step->net->hash_bits)
    for (int i = 0; i < rows; i++)
      narrow->rows[i] &= (uint16_t)step->mask;
}

/* ---- a layer ---- */

static struct values *layer_input(struct narrow *narrow, int l) {
  return l > 0 ? &narrow->layer[l - 1].output : &narrow->pixels;
}

void narrow_outputs(struct model *model, int l) {
  const struct layer_tensors *t = &model->layer[l];
  struct narrow_layer *n = &model->narrow->layer[l];
  int outputs = model->net->layer[l].outputs;
  shorten(n->output.whole, t->activation, outputs);
  for (int o = 0; o < outputs; o++)
    n->gate[o] = (int16_t)-t->gate[o];
}

bool model_in_vectors(const struct model *model, int l) {
  return model->narrow && model->narrow->layer[l].used;
}

void narrow_forward(struct model *model, int l, bool train) {
  const struct net *net = model->net;
  struct narrow *narrow = model->narrow;
  if (l == 0)
    shorten(narrow->pixels.whole, model->pixels, net->height * net->width);
  else if (!narrow->layer[l - 1].used)
    narrow_outputs(model, l - 1);
  kinds[net->layer[l].kind]->forward(model, l, layer_input(narrow, l), train);
}

void narrow_sums(const struct model *model, int l) {
  const struct narrow_kind *kind = kinds[model->net->layer[l].kind];
  if (kind->sums)
    kind->sums(model, l);
}

void narrow_backward(struct model *model, const struct random_step *random, int l) {
  const struct narrow_kind *kind = kinds[model->net->layer[l].kind];
  kind->backward(model, l);
  if (!layer_learns(model, l))
    return;
  kind->update(model, random, l, layer_input(model->narrow, l));
  layer_update_biases(model, random, l);
}
