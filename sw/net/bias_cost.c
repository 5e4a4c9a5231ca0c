/* bias_cost.c : what biases at a layer's edge take of a device.
 * SPDX-License-Identifier: MIT
 */
#include "net/bias_cost.h"

#include "net/cost_logic.h"

/* Sums with their biases, whose last bits go on as they are. */
static void add_sum(struct cost *cost, enum family family, int sum_bits, int shift, int count) {
  cost_registers(cost, count * (sum_bits - shift));
  cost_bare_registers(cost, family, count * shift);
  cost_luts(cost, count * cost_adder(family, sum_bits - shift));
}

struct cost cost_bias(enum family family, const struct cost_bias *p) {
  struct cost cost = {0};
  int unit_bits = plan_index_bits(p->units);
  struct memory biases = {PORTS_TWO, p->units, 1, p->bias_bits};
  struct cost memory = cost_ram(family, &biases);
  cost_add(&cost, &memory, 1);
  add_sum(&cost, family, p->sum_bits, p->shift, 1);
  cost_bare_registers(&cost, family, unit_bits + 2 + p->bias_bits);
  /* The next unit; who reads. */
  cost_luts(&cost, cost_adder(family, unit_bits) + unit_bits * (p->training ? 2 : 1) + 2);
  if (p->paired) {
    cost_registers(&cost, unit_bits);
    cost_bare_registers(&cost, family, unit_bits + 1);
    cost_luts(&cost, 2 * cost_adder(family, unit_bits) + 2 * unit_bits);
  }
  if (!p->training)
    return cost;
  cost_bare_registers(&cost, family, p->gradient_bits + 1 + unit_bits + 2 * (1 + unit_bits));
  cost_registers(&cost, 1);
  cost_luts(&cost, p->bias_bits + unit_bits + 3); /* the host writes, or the update */
  if (p->hash)
    cost_luts(&cost, cost_hash(unit_bits + 1, p->round_bits));
  return cost;
}

/* Sums of a filter's gradients, and the way through the filters. */
static void add_conv_training(struct cost *cost, enum family family,
                              const struct cost_conv_bias *p) {
  int filter_bits = plan_index_bits(p->filters), groups = p->filters / p->filters_at_once;
  int place_bits = plan_index_bits(groups) + p->at_once * plan_index_bits(p->filters_at_once);
  cost_registers(cost, p->filters * p->update_bits + filter_bits + 2);
  cost_luts(cost, p->filters * (p->at_once * cost_adder(family, p->update_bits) + p->update_bits));
  cost_bare_registers(cost, family, p->at_once * (p->gradient_bits + 1) + place_bits + 1);
  struct cost word = cost_ordinal(family, p->word_bits);
  cost_add(cost, &word, 1);
  if (groups > 1) {
    struct cost group = cost_ordinal(family, plan_index_bits(groups));
    cost_add(cost, &group, 1);
  }
  if (p->filters_at_once > 1) {
    cost_registers(cost, plan_index_bits(p->filters_at_once));
    cost_luts(cost, 2 * p->at_once * plan_index_bits(p->filters_at_once));
  }
  cost_luts(cost, p->update_bits * cost_multiplexer(family, p->filters) + 2 * filter_bits + 4);
  cost_registers(cost, p->update_bits + p->round_bits + 1);
  cost_bare_registers(cost, family, 3 * (1 + filter_bits));
  cost_luts(cost, p->bias_bits + filter_bits);
  if (p->hash)
    cost_luts(cost, cost_hash(filter_bits + 1, p->round_bits));
}

struct cost cost_conv_bias(enum family family, const struct cost_conv_bias *p) {
  struct cost cost = {0};
  int groups = p->filters / p->filters_at_once, values = p->positions * p->filters_at_once;
  cost_bare_registers(&cost, family, p->filters * p->bias_bits);
  cost_luts(&cost, p->filters);
  cost_luts(&cost,
            p->bias_bits * cost_multiplexer(family, p->filters) + plan_index_bits(p->filters));
  cost_registers(&cost, p->bias_bits);
  cost_bare_registers(&cost, family, p->bias_bits + values + p->tag_bits);
  if (groups > 1) {
    struct cost group = cost_ordinal(family, plan_index_bits(groups));
    cost_add(&cost, &group, 1);
    cost_luts(&cost, p->filters_at_once * p->bias_bits * cost_multiplexer(family, groups));
  }
  add_sum(&cost, family, p->sum_bits, p->shift, values);
  if (p->training)
    add_conv_training(&cost, family, p);
  return cost;
}

/* ---- a layer ---- */

void cost_place_bias(struct cost_core *core, int l) {
  const struct layer *layer = &core->net->layer[l];
  const struct bias *bias = &layer->bias;
  struct cost_bias p = {.units = layer->units,
                        .bias_bits = bias->word.bits,
                        .gradient_bits = layer->gradient.bits,
                        .sum_bits = layer->sum_bits,
                        .shift = bias->sum_shift,
                        .round_bits = core->plan->layer[l].round_bits,
                        .paired = core->plan->layer[l].crossbar.paired,
                        .training = core->trains,
                        .hash = core->net->rounding == ROUND_STOCHASTIC};
  cost_place(core, layer->name, "bias", 1, cost_bias(core->family, &p));
  if (core->trains)
    cost_place_bias_update(core, l, "bias.update", layer->gradient.bits);
}

void cost_place_conv_bias(struct cost_core *core, int l) {
  const struct layer *layer = &core->net->layer[l];
  const struct bias *bias = &layer->bias;
  const struct plan_edge *behind = &core->plan->edge[l + 1];
  struct cost_conv_bias p = {.filters = layer->units,
                             .filters_at_once = behind->order.filters_at_once,
                             .positions = behind->order.positions,
                             .tag_bits =
                                 core->plan->layer[l].conv.serial ? 0 : behind->order.word_bits + 1,
                             .at_once = behind->at_once,
                             .bias_bits = bias->word.bits,
                             .gradient_bits = layer->gradient.bits,
                             .sum_bits = layer->sum_bits,
                             .shift = bias->sum_shift,
                             .update_bits = bias->update_bits,
                             .word_bits = behind->order.word_bits,
                             .round_bits = core->plan->layer[l].round_bits,
                             .training = core->trains,
                             .hash = core->net->rounding == ROUND_STOCHASTIC};
  cost_place(core, layer->name, "bias", 1, cost_conv_bias(core->family, &p));
  if (core->trains)
    cost_place_bias_update(core, l, "bias.update", bias->update_bits);
}
