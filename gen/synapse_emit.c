/* synapse_emit.c : the RTL leaves of each synapse.
 * SPDX-License-Identifier: MIT
 */
#include "synapse_emit.h"

#include "text.h"

#define SYNAPSE(NAME, name) &name##_emit,
static const struct synapse_emit *const synapses[] = {SYNAPSES(SYNAPSE)};
#undef SYNAPSE

bool synapse_another(const struct net *net) {
  for (int l = 0; l < net->layer_count; l++)
    if (net->layer[l].synapse != 0)
      return true;
  return false;
}

void synapse_write(FILE *update, FILE *value, struct emit *emit) {
  struct text updates, values;
  text_open(&updates);
  text_open(&values);
  for (int l = 0; l < emit->net->layer_count; l++) {
    const struct layer *layer = &emit->net->layer[l];
    marks_set(emit->marks, "update_leaf", "%s", synapses[layer->synapse]->update);
    marks_set(emit->marks, "value_leaf", "%s", synapses[layer->synapse]->value);
    for (int i = 0; i < layer->tensor_count; i++) {
      marks_set(emit->marks, "tensor", "%d", layer->first_tensor + i);
      template_write(updates.file, "synapse_choice.v.in", emit->marks);
      template_write(values.file, "value_choice.v.in", emit->marks);
    }
  }
  text_to_mark(&updates, emit->marks, "synapse_choice");
  text_to_mark(&values, emit->marks, "value_choice");
  template_write(update, "synapse.v.in", emit->marks);
  template_write(value, "value.v.in", emit->marks);
}
