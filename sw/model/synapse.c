/* synapse.c : the words of a layer, as its synapse has them.
 * SPDX-License-Identifier: MIT
 */
#include "model/synapse.h"

#define SYNAPSE(NAME, name) &name##_wide,
static const struct synapse_wide *const wide[] = {SYNAPSES(SYNAPSE)};
#undef SYNAPSE
#define SYNAPSE(NAME, name) &name##_narrow,
static const struct synapse_narrow *const narrow[] = {SYNAPSES(SYNAPSE)};
#undef SYNAPSE
#define SYNAPSE(NAME, name) &name##_twin,
static const struct synapse_twin *const twin[] = {SYNAPSES(SYNAPSE)};
#undef SYNAPSE

const struct synapse_wide *synapse_wide(const struct layer *layer) {
  return wide[layer->synapse];
}

const struct synapse_narrow *synapse_narrow(const struct layer *layer) {
  return narrow[layer->synapse];
}

const struct synapse_twin *synapse_twin(const struct layer *layer) {
  return twin[layer->synapse];
}

struct synapse_step synapse_begin(const struct model *model, const struct random_step *random,
                                  const struct tensor *tensor) {
  const struct layer *layer = &model->net->layer[tensor->layer];
  return (struct synapse_step){.net = model->net,
                               .layer = layer,
                               .tensor = tensor,
                               .random = random,
                               .shift = tensor->update_shift + model->state.rate,
                               .mask = (UINT32_C(1) << layer->update_random_bits) - 1};
}

void synapse_update(struct model *model, const struct synapse_step *step,
                    struct synapse_terms *terms) {
  uint32_t bits[NET_UNITS_MAX];
  for (int k = 0; k < terms->count; k++)
    bits[k] = synapse_column_bits(step, terms->columns[k]);
  terms->column_bits = bits;
  model->counters.count[COUNT_LOST][step->tensor->layer] +=
      synapse_wide(step->layer)->update(step, terms, weights_of(&model->exchange, step->tensor));
}
