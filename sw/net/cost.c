/* cost.c : what a core takes of a device before synthesis, leaf by leaf on the data's way.
 * SPDX-License-Identifier: MIT
 */
#include "net/cost_parts.h"

#include "net/cost_logic.h"
#include "net/map.h"
#include "net/synapse_parts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define KIND(NAME, name) &name##_cost,
static const struct cost_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

#define SYNAPSE(NAME, name) &name##_cost,
static const struct synapse_cost *const synapses[] = {SYNAPSES(SYNAPSE)};
#undef SYNAPSE

/* ---- instances ---- */

void cost_place(struct cost_core *core, const char *owner, const char *leaf, int count,
                struct cost cost) {
  struct cost_parts *parts = core->parts;
  char name[sizeof parts->part[0].name];
  snprintf(name, sizeof name, "%s%s%s", owner, *leaf ? "." : "", leaf);
  int i = 0;
  while (i < parts->count && strcmp(parts->part[i].name, name) != 0)
    i++;
  assert(i < COST_PARTS_MAX);
  if (i == parts->count) {
    parts->part[parts->count++] = (struct cost_part){.count = 0};
    snprintf(parts->part[i].name, sizeof parts->part[i].name, "%s", name);
  }
  parts->part[i].count += count;
  cost_add(&parts->part[i].cost, &cost, count);
}

void cost_place_ram(struct cost_core *core, const char *owner, const char *leaf, int words,
                    int bits) {
  struct memory memory = {PORTS_TWO, words, 1, bits};
  cost_place(core, owner, leaf, 1, cost_ram(core->family, &memory));
}

/* Of words of so many bits, and the shift to their grid. */
static void place_update(struct cost_core *core, int l, const char *leaf, int count, int word_bits,
                         int shift, int u_bits, int rate_bits) {
  const struct layer *layer = &core->net->layer[l];
  struct cost_update update = {word_bits,
                               u_bits,
                               shift,
                               rate_bits,
                               core->plan->layer[l].round_bits,
                               core->net->rounding == ROUND_STOCHASTIC};
  cost_place(core, layer->name, leaf, count,
             synapses[layer->synapse]->update(core->family, layer, &update));
}

void cost_place_update(struct cost_core *core, int l, const char *leaf, int count, int u_bits,
                       int rate_bits) {
  const struct layer *layer = &core->net->layer[l];
  place_update(core, l, leaf, count, layer->word.bits, layer->update_shift, u_bits, rate_bits);
}

void cost_place_bias_update(struct cost_core *core, int l, const char *leaf, int u_bits) {
  const struct bias *bias = &core->net->layer[l].bias;
  place_update(core, l, leaf, 1, bias->word.bits, bias->update_shift, u_bits, RATE_BITS);
}

void cost_place_values(struct cost_core *core, int l, const char *leaf, int count) {
  const struct layer *layer = &core->net->layer[l];
  if (layer->decodes)
    cost_place(core, layer->name, leaf, count,
               synapses[layer->synapse]->value(core->family, layer));
}

void cost_place_multipliers(struct cost_core *core, const char *owner, const char *leaf, int a_bits,
                            int b_bits, int count, int of_logic, bool pairs) {
  struct cost_multiplier block = {a_bits, b_bits, false}, logic = {a_bits, b_bits, true};
  struct cost pair = {.multipliers = 1};
  if (pairs && cost_multiplier_pairs(core->family, a_bits, b_bits))
    cost_place(core, owner, leaf, (count - of_logic + 1) / 2, pair);
  else
    cost_place(core, owner, leaf, count - of_logic, cost_multiplier(core->family, &block));
  cost_place(core, owner, leaf, of_logic, cost_multiplier(core->family, &logic));
}

/* ---- values ---- */

void cost_place_normaliser(struct cost_core *core, int l, int tag_bits, bool gates) {
  const struct layer *layer = &core->net->layer[l];
  struct cost_normaliser normaliser = {.values = core->plan->edge[l + 1].order.values,
                                       .tag_bits = tag_bits,
                                       .sum_bits = layer->sum_bits,
                                       .shift = layer->sum_shift,
                                       .value_bits = layer->activation.bits,
                                       .halve = layer->dropout && layer->scale_bits == 0,
                                       .gates = gates,
                                       .more_bits = layer->scale_bits,
                                       .more_terms = cost_terms(layer->keep_factor) - 1};
  char name[COST_NAME_MAX];
  snprintf(name, sizeof name, "%s_normaliser", layer->name);
  cost_place(core, name, "", 1, cost_normaliser(core->family, &normaliser));
}

void cost_place_activations(struct cost_core *core, int l, int bits, int copies) {
  const struct plan_edge *behind = &core->plan->edge[l + 1];
  const struct plan_order *order = &behind->order;
  char name[COST_NAME_MAX];
  snprintf(name, sizeof name, "%s_activations", core->net->layer[l].name);
  cost_place_ram(core, name, "ram", order->words, order->values * bits);
  cost_place(core, name, "select", 1,
             cost_select(core->family, bits, order->values, behind->at_once, copies));
}

void cost_place_gradient(struct cost_core *core, int l) {
  const struct layer *layer = &core->net->layer[l], *next = layer + 1;
  const struct plan_edge *behind = &core->plan->edge[l + 1];
  struct cost_normaliser normaliser = {
      .values = behind->at_once,
      .tag_bits = behind->placed ? behind->at_once * behind->order.slot_bits + 1 : 0,
      .sum_bits = next->back_bits,
      .shift = next->back_shift,
      .value_bits = layer->gradient.bits};
  char name[COST_NAME_MAX];
  snprintf(name, sizeof name, "%s_gradient_normaliser", layer->name);
  cost_place(core, name, "", 1, cost_normaliser(core->family, &normaliser));
}

/* ---- what surrounds the layers ---- */

static void place_control(struct cost_core *core) {
  const struct net *net = core->net;
  const struct plan_order *picture = &core->plan->edge[0].order;
  const struct plan_random *random = &core->plan->random;
  cost_place(core, "control", "", 1, cost_control(core->family, net, map_address_bits(net)));
  cost_place(core, "pictures", "", 1, cost_picture_buffer(core->family, net, picture));
  cost_place_ram(core, "pictures", "words", 2 << picture->word_bits,
                 picture->values * net->pixel_bits);
  int class_bits = core->plan->class_bits;
  cost_place(core, "sequencer", "", 1,
             core->trains ? cost_sequencer(core->family, class_bits, net->layer_count)
                          : cost_overlap_sequencer(core->family, class_bits, core->plan->interval));
  cost_place(core, "random", "", 1,
             cost_random(core->family, core->trains, random->dropout_offset, random->dropout_bits));
}

static void place_counts(struct cost_core *core) {
  int bits = 0;
  for (int l = 0; l < core->net->layer_count; l++)
    for (int i = 0; i < core->net->counters; i++) {
      const struct counter *counter = net_counter(&core->net->layer[l], i);
      if (!counter || (counter->trains && !core->trains))
        continue;
      const struct plan_count *count = &core->plan->layer[l].count[i];
      char name[40];
      snprintf(name, sizeof name, "%s_%s", core->net->layer[l].name, counter->wires);
      cost_place(core, name, "", 1, cost_event_counter(core->family, count->flags, count->bits));
      bits += count->bits;
    }
  cost_place(core, "counters", "", 1, cost_counters(core->family, bits));
}

/* From the logits to the reply. */
static void place_reply(struct cost_core *core) {
  const struct layer *output = &core->net->layer[core->net->layer_count - 1];
  int class_bits = core->plan->class_bits;
  if (core->net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX) {
    cost_place(core, "argmax", "", 1,
               cost_argmax(core->family, class_bits, output->activation.bits));
    cost_place_ram(core, "argmax", "logits", 2 << class_bits, output->activation.bits);
    return;
  }
  cost_place(
      core, "softmax", "", 1,
      cost_softmax(core->family, class_bits, output->activation.bits, core->plan->index_shift));
  cost_place(core, "result", "", 1, cost_result(core->family, core->net->classes));
}

void cost_estimate_parts(struct cost_parts *parts, const struct net *net, const struct plan *plan,
                         enum family family) {
  struct cost_core core = {.net = net,
                           .plan = plan,
                           .family = family,
                           .parts = parts,
                           .trains = net->fold[FOLD_MODE] == MODE_TRAINING};
  parts->count = 0;
  place_control(&core);
  place_counts(&core);
  for (int l = 0; l < net->layer_count; l++)
    kinds[net->layer[l].kind]->place(&core, l);
  for (int l = net->layer_count - 1; core.trains && l >= 0; l--)
    kinds[net->layer[l].kind]->place_gradient(&core, l);
  place_reply(&core);
}

void cost_estimate(struct cost *cost, const struct net *net, const struct plan *plan,
                   enum family family) {
  struct cost_parts parts;
  cost_estimate_parts(&parts, net, plan, family);
  *cost = (struct cost){0};
  for (int i = 0; i < parts.count; i++)
    cost_add(cost, &parts.part[i].cost, 1);
}
