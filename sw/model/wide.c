/* wide.c : the layers as the equations have them, for words of any width.
 * SPDX-License-Identifier: MIT
 */
#include "model/model_parts.h"

#define KIND(NAME, name) &name##_wide,
static const struct wide_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

bool wide_sums_updates(const struct layer *layer) {
  return kinds[layer->kind]->sums_updates;
}

static const int32_t *layer_input(const struct model *model, int l) {
  return l > 0 ? model->layer[l - 1].activation : model->pixels;
}

void wide_forward(struct model *model, int l, bool train) {
  const struct layer *layer = &model->net->layer[l];
  if (model->layer[l].value)
    synapse_wide(layer)->read(layer, model->exchange.layer[l], model->exchange.count[l],
                              model->layer[l].value);
  kinds[layer->kind]->forward(model, l, layer_input(model, l), train);
  if (layer->bias.there) {
    int units[NET_UNITS_MAX];
    layer_add_biases(model, l, units, kept_units(model, l, train, units));
  }
  layer_activate(model, l, train);
}

void wide_backward(struct model *model, const struct random_step *random, int l) {
  const struct wide_kind *kind = kinds[model->net->layer[l].kind];
  kind->backward(model, random, l, layer_input(model, l));
  if (!layer_learns(model, l))
    return;
  kind->update(model, random, l, layer_input(model, l));
  layer_update_biases(model, random, l);
}
