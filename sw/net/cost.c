/* cost.c : what a core takes of a device, before synthesis: which leaves stand in it, in the order
 * of the data's way. SPDX-License-Identifier: MIT
 */
#include "net/cost.h"

#include "net/cost_leaf.h"
#include "net/map.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A core under way. */
struct core {
  const struct net *net;
  const struct plan *plan;
  enum family family;
  struct cost_parts *parts;
  bool trains;
  int random_bits; /* the RTL's ROUND_BITS */
};

/* Adds `count` instances to the part "owner.leaf" (or "owner"), which comes into being with them.
 */
static void add(struct core *core, const char *owner, const char *leaf, int count,
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

static void add_ram(struct core *core, const char *owner, const char *leaf, int words, int bits) {
  struct memory memory = {PORTS_TWO, words, 1, bits};
  add(core, owner, leaf, 1, cost_ram(core->family, &memory));
}

static void add_control(struct core *core) {
  const struct net *net = core->net;
  const struct plan_order *picture = &core->plan->edge[0].order;
  const struct plan_random *random = &core->plan->random;
  add(core, "control", "", 1, cost_control(core->family, net, map_address_bits(net)));
  add(core, "pictures", "", 1, cost_picture_buffer(core->family, net, picture));
  add_ram(core, "pictures", "words", 2 << picture->word_bits, picture->values * net->pixel_bits);
  int class_bits = core->plan->class_bits;
  add(core, "sequencer", "", 1,
      core->trains ? cost_sequencer(core->family, class_bits, net->layer_count)
                   : cost_overlap_sequencer(core->family, class_bits, core->plan->interval));
  add(core, "random", "", 1,
      cost_random(core->family, core->trains, random->pair_offset, random->pairs,
                  random->step_shifts));
}

static void add_counts(struct core *core) {
  static const char *const names[PLAN_COUNTS] = {"cuts", "gradient_cuts", "lost"};
  int bits = 0;
  for (int l = 0; l < core->net->layer_count; l++)
    for (int i = 0; i < (core->trains ? PLAN_COUNTS : 1); i++) {
      const struct plan_count *count = &core->plan->layer[l].count[i];
      char name[40];
      snprintf(name, sizeof name, "%s_%s", core->net->layer[l].name, names[i]);
      add(core, name, "", 1, cost_event_counter(core->family, count->flags, count->bits));
      bits += count->bits;
    }
  add(core, "counters", "", 1, cost_counters(core->family, bits));
}

/* A layer's activations on their way into the memory, and out of it again. */
static void add_activations(struct core *core, int l) {
  const struct layer *layer = &core->net->layer[l];
  const struct plan_layer *p = &core->plan->layer[l];
  const struct plan_edge *behind = &core->plan->edge[l + 1];
  const struct plan_order *order = &behind->order;
  bool conv = layer->kind == LAYER_CONV, dense = layer->kind == LAYER_DENSE;
  struct cost_normaliser normaliser = {.values = order->values,
                                       .tag_bits = p->serial ? 0
                                                   : conv    ? order->word_bits
                                                             : plan_index_bits(layer->units),
                                       .sum_bits = layer->sum_bits,
                                       .shift = layer->sum_shift,
                                       .value_bits = layer->activation.bits,
                                       .halve = dense && layer->dropout,
                                       .gates = dense && core->trains};
  char name[40];
  snprintf(name, sizeof name, "%s_normaliser", layer->name);
  add(core, name, "", 1, cost_normaliser(core->family, &normaliser));
  if (layer->kind == LAYER_OUTPUT)
    return;
  int bits = layer->activation.bits + (dense && core->trains);
  snprintf(name, sizeof name, "%s_activations", layer->name);
  add_ram(core, name, "ram", order->words, order->values * bits);
  int copies = conv && !p->serial ? behind->copies : 1;
  add(core, name, "select", 1,
      cost_select(core->family, bits, order->values, behind->at_once, copies));
}

/* The unit that updates weights. */
static void add_update(struct core *core, int l, const char *leaf, int count, int u_bits,
                       int rate_bits) {
  const struct layer *layer = &core->net->layer[l];
  struct cost_update update = {layer->weight.bits, u_bits, layer->update_shift, rate_bits,
                               core->random_bits};
  add(core, layer->name, leaf, count, cost_update(core->family, &update));
}

/* One by one, or in pairs that share a block where they are small (engram_multipliers). */
static void add_multipliers(struct core *core, const char *owner, const char *leaf, int a_bits,
                            int b_bits, int count, int of_logic, bool pairs) {
  struct cost_multiplier block = {a_bits, b_bits, false}, logic = {a_bits, b_bits, true};
  struct cost pair = {.multipliers = 1};
  if (pairs && cost_multiplier_pairs(core->family, a_bits, b_bits))
    add(core, owner, leaf, (count - of_logic + 1) / 2, pair);
  else
    add(core, owner, leaf, count - of_logic, cost_multiplier(core->family, &block));
  add(core, owner, leaf, of_logic, cost_multiplier(core->family, &logic));
}

/* The convolution with some taps at a time. */
static void add_conv_serial(struct core *core) {
  const struct net *net = core->net;
  const struct layer *layer = &net->layer[0];
  const struct plan_layer *p = &core->plan->layer[0];
  const struct plan_order *order = &core->plan->edge[1].order;
  int taps = net->fold[FOLD_TAPS], operand = layer->weight.bits;
  struct cost_window window = {net->height,         net->width,      layer->kernel_height,
                               layer->kernel_width, net->pixel_bits, taps};
  struct cost_conv_serial conv = {.filters = layer->units,
                                  .taps = layer->rows,
                                  .taps_at_once = taps,
                                  .weight_bits = layer->weight.bits,
                                  .gradient_bits = layer->gradient.bits,
                                  .sum_bits = layer->sum_bits,
                                  .update_bits = layer->update_bits,
                                  .update_shift = layer->update_shift,
                                  .forward_levels = plan_tree_levels(taps),
                                  .round_bits = core->random_bits,
                                  .training = core->trains};
  if (net->rounding == ROUND_STOCHASTIC)
    conv.hash_bits = net->column_bits + plan_index_bits(layer->rows);
  add(core, layer->name, "window", 1, cost_window(core->family, &window));
  add(core, layer->name, "", 1, cost_conv_serial(core->family, &conv));
  if (core->trains && layer->gradient.bits > operand)
    operand = layer->gradient.bits;
  add_multipliers(core, layer->name, "multiplier", net->pixel_bits, operand, taps,
                  p->logic_multipliers, true);
  struct cost_adder_tree tree = {taps, net->pixel_bits + layer->weight.bits, layer->sum_bits,
                                 plan_tree_levels(taps)};
  add(core, layer->name, "tree", 1, cost_adder_tree(core->family, &tree));
  add(core, "conv_word", "", 1, cost_ordinal(core->family, order->word_bits));
  add_activations(core, 0);
}

static void add_conv(struct core *core) {
  const struct net *net = core->net;
  const struct plan *plan = core->plan;
  const struct layer *layer = &net->layer[0];
  const struct plan_layer *p = &plan->layer[0];
  const struct plan_order *order = &plan->edge[1].order;
  struct cost_im2col im2col = {net->width, net->pixel_bits, layer->kernel_height,
                               p->across,  p->down,         layer->out_width > p->across};
  add(core, "im2col", "", 1, cost_im2col(core->family, &im2col));
  struct cost_conv conv = {.filters = layer->units,
                           .filters_at_once = order->filters_at_once,
                           .positions = order->positions,
                           .taps = layer->rows,
                           .weight_bits = layer->weight.bits,
                           .gradient_bits = layer->gradient.bits,
                           .update_bits = layer->update_bits,
                           .forward_levels = p->forward_levels,
                           .back_levels = p->back_levels,
                           .word_bits = order->word_bits,
                           .rows_at_once = plan->edge[1].at_once,
                           .training = core->trains};
  add(core, layer->name, "", 1, cost_conv(core->family, &conv));
  int operand = layer->weight.bits;
  if (core->trains && layer->gradient.bits > operand)
    operand = layer->gradient.bits;
  add_multipliers(core, layer->name, "multiplier", net->pixel_bits, operand, p->multipliers,
                  p->logic_multipliers, false);
  struct cost_adder_tree forward = {layer->rows, net->pixel_bits + layer->weight.bits,
                                    layer->sum_bits, p->forward_levels};
  add(core, layer->name, "tree", order->values, cost_adder_tree(core->family, &forward));
  if (core->trains) {
    struct cost_adder_tree back = {order->positions, net->pixel_bits + layer->gradient.bits,
                                   layer->update_bits, p->back_levels};
    add(core, layer->name, "tree", layer->rows * order->filters_at_once,
        cost_adder_tree(core->family, &back));
    add_update(core, 0, "update", 1, layer->update_bits, RATE_BITS);
  }
  add_activations(core, 0);
}

static struct cost_crossbar crossbar_of(const struct core *core, int l) {
  const struct net *net = core->net;
  const struct layer *layer = &net->layer[l];
  const struct plan_layer *p = &core->plan->layer[l];
  const struct plan_order *order = &core->plan->edge[l].order;
  return (struct cost_crossbar){.row_bits = plan_index_bits(layer->rows),
                                .rows_at_once = p->rows_at_once,
                                .units = layer->units,
                                .unit_bits = plan_index_bits(layer->units),
                                .lanes = p->lanes,
                                .trained = p->trained,
                                .early = p->early,
                                .copies = p->copies,
                                .passes = p->paired ? p->groups / 2 : p->groups,
                                .groups = p->groups,
                                .group_bits = plan_index_bits(p->groups),
                                .address_bits = p->address_bits,
                                .gradient_bits = layer->gradient.bits,
                                .x_bits = layer->input.bits,
                                .weight_bits = layer->weight.bits,
                                .sum_bits = layer->sum_bits,
                                .back_bits = layer->back_bits,
                                .back_levels = p->back_levels,
                                .slot_bits = order->slot_bits,
                                .round_bits = core->random_bits,
                                .column_bits = net->column_bits,
                                .position_bits = net->position_bits,
                                .paired = p->paired,
                                .coupled = p->coupled,
                                .shared = p->shared,
                                .straight = order->positions * order->filters_at_once == 1,
                                .dropout = layer->dropout,
                                .training = core->trains,
                                .first = l == 0,
                                .hash = net->rounding == ROUND_STOCHASTIC};
}

static void add_weights(struct core *core, int l) {
  static const enum ports ports[] = {[STORAGE_RAM] = PORTS_TWO,
                                     [STORAGE_REGISTER] = PORTS_REGISTERS,
                                     [STORAGE_SINGLE_PORT] = PORTS_ONE};
  const struct layer *layer = &core->net->layer[l];
  const struct plan_layer *p = &core->plan->layer[l];
  int whole = p->lanes / p->bank_lanes, rest = p->lanes % p->bank_lanes;
  struct memory bank = {ports[layer->storage], p->weight_words, p->bank_lanes, layer->weight.bits};
  add(core, layer->name, "weights", p->rows_at_once * whole, cost_ram(core->family, &bank));
  bank.lanes = rest;
  if (rest > 0)
    add(core, layer->name, "weights", p->rows_at_once, cost_ram(core->family, &bank));
}

static void add_lanes(struct core *core, int l) {
  const struct layer *layer = &core->net->layer[l];
  const struct plan_layer *p = &core->plan->layer[l];
  int x = layer->input.bits, weight = layer->weight.bits, gradient = layer->gradient.bits;
  struct cost_lane lane = {p->rows_at_once, p->lanes / p->trained, x,         weight,
                           gradient,        layer->sum_bits,       p->shared, core->trains};
  add(core, layer->name, "lane", p->trained, cost_lane(core->family, &lane));
  int operand = core->trains && gradient > x ? gradient : x;
  int partner = p->shared && x > weight ? x : weight;
  bool outer = core->trains && !p->shared;
  /* Lane by lane, each lane's first ones before its second ones. */
  int firsts = p->rows_at_once * p->lanes / p->trained, seconds = outer ? p->rows_at_once : 0;
  int left = p->logic_multipliers;
  for (int i = 0; i < p->trained; i++) {
    int first = left < firsts ? left : firsts,
        second = left - first < seconds ? left - first : seconds;
    add_multipliers(core, layer->name, "lane.multiplier", operand, partner, firsts, first, true);
    if (outer)
      add_multipliers(core, layer->name, "lane.outer_product", gradient, x, seconds, second, true);
    left -= first + second;
  }
  if (core->trains)
    add_update(core, l, "update", p->early * p->rows_at_once, x + gradient, RATE_BITS);
}

static void add_dense(struct core *core, int l) {
  const struct layer *layer = &core->net->layer[l];
  const struct plan_layer *p = &core->plan->layer[l];
  const struct plan_order *order = &core->plan->edge[l].order;
  struct cost_row_order rows = {.row_bits = plan_index_bits(layer->rows),
                                .word_bits = order->word_bits,
                                .slot_bits = order->slot_bits,
                                .rows_at_once = p->rows_at_once,
                                .positions = order->positions > 1,
                                .straight = order->positions * order->filters_at_once == 1};
  struct cost_crossbar crossbar = crossbar_of(core, l);
  add(core, layer->name, "rows", 1, cost_row_order(core->family, &rows));
  add(core, layer->name, "", 1, cost_crossbar(core->family, &crossbar));
  add(core, layer->name, "", p->trained, cost_lane_control(core->family, &crossbar));
  if (core->trains)
    add(core, layer->name, "", p->early * p->rows_at_once,
        cost_update_turns(core->family, &crossbar));
  add_weights(core, l);
  add_lanes(core, l);
  if (core->trains && l > 0) {
    int late = p->trained - p->early;
    struct cost_adder_tree tree = {p->early, layer->weight.bits + layer->gradient.bits,
                                   layer->back_bits, p->back_levels - (late > 0)};
    add(core, layer->name, "tree", p->rows_at_once, cost_adder_tree(core->family, &tree));
    tree.terms = late;
    if (late > 0)
      add(core, layer->name, "tree", 1, cost_adder_tree(core->family, &tree));
  }
  add_activations(core, l);
}

/* The gradients with respect to the outputs of layer `l`, on their way back. */
static void add_gradient(struct core *core, int l) {
  const struct layer *layer = &core->net->layer[l];
  char name[40];
  snprintf(name, sizeof name, "%s_gradient_normaliser", layer->name);
  struct cost_normaliser normaliser = {.values = 1, .value_bits = layer->gradient.bits};
  if (layer->kind == LAYER_OUTPUT) {
    normaliser.tag_bits = plan_index_bits(layer->units);
    normaliser.sum_bits = 17; /* of P - F (engram_difference), 15 of them a fraction */
    normaliser.shift = 15 - layer->gradient.frac;
  } else {
    const struct plan_edge *behind = &core->plan->edge[l + 1];
    normaliser.values = behind->at_once;
    normaliser.tag_bits = behind->placed ? behind->at_once * behind->order.slot_bits + 1 : 0;
    normaliser.sum_bits = layer[1].back_bits;
    normaliser.shift = layer[1].back_shift;
  }
  add(core, name, "", 1, cost_normaliser(core->family, &normaliser));
  if (layer->kind != LAYER_DENSE)
    return;
  snprintf(name, sizeof name, "%s_gradient_unit", layer->name);
  add(core, name, "", 1, cost_ordinal(core->family, plan_index_bits(layer->units)));
}

/* From the logits to the reply. */
static void add_reply(struct core *core) {
  enum { TABLE_FRAC = 5 };
  const struct layer *output = &core->net->layer[core->net->layer_count - 1];
  int class_bits = core->plan->class_bits;
  if (core->net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX) {
    add(core, "argmax", "", 1, cost_argmax(core->family, class_bits, output->activation.bits));
    add_ram(core, "argmax", "logits", 2 << class_bits, output->activation.bits);
    return;
  }
  add(core, "softmax", "", 1,
      cost_softmax(core->family, class_bits, output->activation.bits,
                   output->activation.frac - TABLE_FRAC));
  add(core, "result", "", 1, cost_result(core->family, core->net->classes));
}

void cost_estimate_parts(struct cost_parts *parts, const struct net *net, const struct plan *plan,
                         enum family family) {
  struct core core = {.net = net,
                      .plan = plan,
                      .family = family,
                      .parts = parts,
                      .trains = net->fold[FOLD_MODE] == MODE_TRAINING,
                      .random_bits = plan->random.round_bits};
  parts->count = 0;
  add_control(&core);
  add_counts(&core);
  if (net->layer[0].kind == LAYER_CONV && net->fold[FOLD_TAPS] < net->layer[0].rows)
    add_conv_serial(&core);
  else if (net->layer[0].kind == LAYER_CONV)
    add_conv(&core);
  else
    add(&core, "pixels", "", 1,
        cost_select(family, net->pixel_bits, plan->edge[0].order.values, plan->edge[0].at_once,
                    plan->edge[0].copies));
  for (int l = net->layer[0].kind == LAYER_CONV; l < net->layer_count; l++)
    add_dense(&core, l);
  for (int l = net->layer_count - 1; core.trains && l >= 0; l--)
    add_gradient(&core, l);
  add_reply(&core);
}

void cost_estimate(struct cost *cost, const struct net *net, const struct plan *plan,
                   enum family family) {
  struct cost_parts parts;
  cost_estimate_parts(&parts, net, plan, family);
  *cost = (struct cost){0};
  for (int i = 0; i < parts.count; i++)
    cost_add(cost, &parts.part[i].cost, 1);
}
