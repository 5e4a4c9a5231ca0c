/* wide.c : the layers as the equations have them, for words of any width.
 * SPDX-License-Identifier: MIT
 */
#include "model/model_parts.h"

#include "net/synapse_parts.h"

#define KIND(NAME, name) &name##_wide,
static const struct wide_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

bool wide_sums_updates(const struct layer *layer) {
  return kinds[layer->kind]->sums_updates;
}

void wide_forward(struct model *model, bool train) {
  const struct net *net = model->net;
  const int32_t *input = model->pixels;
  for (int l = 0; l < net->layer_count; l++) {
    if (model->layer[l].value)
      synapse_of(&net->layer[l])
          ->read(&net->layer[l], model->exchange.layer[l], model->exchange.count[l],
                 model->layer[l].value);
    kinds[net->layer[l].kind]->forward(model, l, input, train);
    layer_activate(model, l, train);
    input = model->layer[l].activation;
  }
}

void wide_backward(struct model *model, const struct random_step *random) {
  const struct net *net = model->net;
  for (int l = net->layer_count - 1; l >= 0; l--) {
    const int32_t *input = l > 0 ? model->layer[l - 1].activation : model->pixels;
    kinds[net->layer[l].kind]->backward(model, random, l, input);
    if (!(model->state.freeze >> l & 1))
      kinds[net->layer[l].kind]->update(model, random, l, input);
  }
}
