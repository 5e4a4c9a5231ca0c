/* conv/cost.c : what a convolution takes of a device.
 * SPDX-License-Identifier: MIT
 */
#include "net/bias_cost.h"
#include "net/cost_logic.h"
#include "net/cost_parts.h"

#include <stdio.h>

/* ---- leaves: parameters are the leaf's own ---- */

struct cost_im2col {
  int width, pixel_bits, kernel_height, across, down;
  bool rotates; /* more than one step in a line */
};

struct cost_conv {
  int filters, filters_at_once, positions, taps;
  int weight_bits, stored_bits, gradient_bits, update_bits;
  int forward_levels, back_levels, word_bits, rows_at_once;
  bool training;
};

struct cost_window {
  int height, width, kernel_height, kernel_width, pixel_bits, taps_at_once;
};

struct cost_conv_serial {
  int filters, taps, taps_at_once;
  int weight_bits, stored_bits, gradient_bits, sum_bits, update_bits, update_shift;
  int forward_levels, round_bits;
  int hash_bits; /* of a position, up to the tap's; 0: no hash */
  bool training;
};

static struct cost cost_im2col(enum family family, const struct cost_im2col *p) {
  struct cost cost = {0};
  int lines = p->kernel_height + p->down - 1, line = p->width * p->pixel_bits;
  cost_registers(&cost, lines * line + 30);
  /* A line's bit comes from the left, from below, or from below and back. */
  cost_luts(&cost, (lines - 1) * line * (p->rotates ? 2 : 1) + line);
  cost_luts(&cost, 4 * cost_adder(family, 7) + 30);
  return cost;
}

static struct cost cost_conv(enum family family, const struct cost_conv *p) {
  struct cost cost = {0};
  int weights = p->taps * p->filters,
      place_bits = plan_index_bits(p->taps) + plan_index_bits(p->filters);
  int groups = p->filters / p->filters_at_once, values = p->positions * p->filters_at_once;
  int group_bits = plan_index_bits(groups);
  /* Kernel: a decoder a weight, a multiplexer in two steps; a weight's groups for each multiplier.
   */
  cost_bare_registers(&cost, family, weights * p->stored_bits);
  cost_luts(&cost, weights * 2 + 2 * p->stored_bits);
  cost_luts(&cost, p->stored_bits * cost_multiplexer(family, weights));
  cost_registers(&cost, p->stored_bits * (1 + (weights + 7) / 8) + 2 * place_bits - 3);
  cost_luts(&cost,
            p->taps * p->filters_at_once * p->stored_bits * cost_multiplexer(family, groups));
  /* Schedule: sums' word, valid bits. */
  cost_registers(&cost, 2 + group_bits + p->word_bits);
  cost_bare_registers(&cost, family, 3 * (2 + p->forward_levels));
  cost_luts(&cost, cost_adder(family, p->word_bits) + 20);
  if (!p->training)
    return cost;
  /* Each multiplier takes the weight or a gradient, gathered from those that come one by one. */
  cost_luts(&cost, values * p->taps * cost_larger(p->weight_bits, p->gradient_bits));
  cost_registers(&cost, values * p->gradient_bits + 2);
  cost_luts(&cost, values * p->gradient_bits * p->rows_at_once + 2 * values);
  /* Gradients: a register a weight, an adder and a way round for those at a time. */
  int adders = p->taps * p->filters_at_once;
  cost_registers(&cost, weights * p->update_bits);
  cost_luts(&cost, adders * cost_adder(family, p->update_bits));
  cost_luts(&cost, (p->filters_at_once > 1 ? weights : p->taps) * p->update_bits + 5);
  cost_bare_registers(&cost, family, 2 * (2 + p->back_levels));
  /* Update: a weight and its gradient. */
  cost_registers(&cost, 5 + 3 * place_bits + p->stored_bits + 2 * p->update_bits);
  cost_bare_registers(&cost, family, 4 + 3 * place_bits);
  cost_luts(&cost, 3 * cost_adder(family, place_bits) + 10);
  return cost;
}

static struct cost cost_window(enum family family, const struct cost_window *p) {
  struct cost cost = {0};
  int pixels = plan_index_bits(p->height * p->width), taps = p->kernel_height * p->kernel_width;
  int across = plan_index_bits(p->width) + 1;
  cost_registers(&cost, 4 + pixels + plan_index_bits(p->kernel_height) + across);
  cost_luts(&cost, cost_adder(family, pixels) + cost_adder(family, across) + 20);
  if (p->kernel_width > 1 && p->kernel_height % p->taps_at_once == 0) { /* columns in a memory */
    int address = plan_index_bits((p->kernel_width + 1) * (p->kernel_height / p->taps_at_once));
    struct memory columns = {PORTS_TWO, 1 << address, p->taps_at_once, p->pixel_bits};
    struct cost memory = cost_ram(family, &columns);
    cost_add(&cost, &memory, 1);
    cost_registers(&cost, 1 + 2 * address + plan_index_bits(p->taps_at_once));
    cost_luts(&cost, 3 * cost_adder(family, address) + p->taps_at_once + 4);
    return cost;
  }
  cost_bare_registers(&cost, family, (p->kernel_height - 1) * p->pixel_bits);
  cost_registers(&cost, taps * p->pixel_bits); /* the ring: as it was, or with the next column */
  cost_luts(&cost, taps * p->pixel_bits);
  return cost;
}

/* What the serial convolution has for its way back: sums over positions, their update. */
static struct cost serial_training(enum family family, const struct cost_conv_serial *p, int words,
                                   int address) {
  struct cost cost = {0};
  int line = p->taps_at_once * p->update_bits;
  struct memory sums = {PORTS_TWO, words, 1, line};
  if (p->filters * p->taps / p->taps_at_once > 2) {
    struct cost memory = cost_ram(family, &sums);
    cost_add(&cost, &memory, 1);
    cost_bare_registers(&cost, family, 1 + address);
    cost_registers(&cost, line);
  } else {
    cost_bare_registers(&cost, family, 2 * line);
    cost_luts(&cost, line);
  }
  cost_luts(&cost, p->taps_at_once * cost_adder(family, p->update_bits));
  cost_bare_registers(&cost, family, 3 * address);
  cost_luts(&cost, cost_larger(p->weight_bits, p->gradient_bits) * p->taps_at_once);
  /* A lane's sum, a bit of it; whether it is zero; the weight, shifted and saturated. */
  int fine = p->update_bits + cost_larger(p->round_bits - p->update_shift, 0);
  cost_luts(&cost, p->update_bits * cost_multiplexer(family, p->taps_at_once) +
                       cost_multiplexer(family, fine));
  cost_luts(&cost,
            cost_tree(p->update_bits) + 2 * p->stored_bits + cost_tree(2 * p->stored_bits) + 40);
  cost_registers(&cost, 12);
  if (p->hash_bits > 0) { /* base and key, which are shifted */
    cost_registers(&cost, p->hash_bits + 2 * p->round_bits - 1);
    cost_luts(&cost, p->hash_bits + 2 * p->round_bits - 1);
    cost_luts(&cost, cost_hash(plan_index_bits(p->taps) + plan_index_bits(p->filters), 1));
  }
  return cost;
}

static struct cost cost_conv_serial(enum family family, const struct cost_conv_serial *p) {
  struct cost cost = {0};
  int chunks = p->taps / p->taps_at_once;
  int address = plan_index_bits(p->filters) + plan_index_bits(chunks), words = 1 << address;
  int lane = plan_index_bits(p->taps_at_once);
  struct memory kernel = {PORTS_TWO, words, p->taps_at_once, p->stored_bits};
  struct cost memory = cost_ram(family, &kernel);
  cost_add(&cost, &memory, 1);
  cost_registers(&cost,
                 4 + address + lane + p->stored_bits + p->sum_bits + plan_index_bits(chunks));
  cost_bare_registers(&cost, family, 3 + p->forward_levels);
  cost_luts(&cost,
            p->stored_bits * (cost_multiplexer(family, p->taps_at_once) + 1) + p->taps_at_once);
  cost_luts(&cost, p->sum_bits + cost_adder(family, p->sum_bits));
  cost_luts(&cost, 3 * (address + lane) + p->taps / 4 + 5);
  if (p->training) {
    struct cost back = serial_training(family, p, words, address);
    cost_add(&cost, &back, 1);
  }
  return cost;
}

/* ---- a layer ---- */

/* The activations on their way into the memory, and out of it again. */
static void place_activations(struct cost_core *core, int l, int tag_bits) {
  const struct layer *layer = &core->net->layer[l];
  const struct plan_conv *p = &core->plan->layer[l].conv;
  cost_place_normaliser(core, l, tag_bits, false);
  cost_place_activations(core, l, layer->activation.bits,
                         p->serial ? 1 : core->plan->edge[l + 1].copies);
}

/* The convolution with some taps at a time. */
static void place_serial(struct cost_core *core, int l) {
  const struct net *net = core->net;
  const struct layer *layer = &net->layer[l];
  const struct plan_conv *p = &core->plan->layer[l].conv;
  const struct plan_order *order = &core->plan->edge[l + 1].order;
  int taps = p->taps, operand = layer->weight.bits;
  struct cost_window window = {
      net->height,     net->width, layer->conv.kernel_height, layer->conv.kernel_width,
      net->pixel_bits, taps};
  struct cost_conv_serial conv = {.filters = layer->units,
                                  .taps = layer->rows,
                                  .taps_at_once = taps,
                                  .weight_bits = layer->weight.bits,
                                  .stored_bits = layer->word.bits,
                                  .gradient_bits = layer->gradient.bits,
                                  .sum_bits = layer->sum_bits,
                                  .update_bits = layer->update_bits,
                                  .update_shift = layer->update_shift,
                                  .forward_levels = p->forward_levels,
                                  .round_bits = core->plan->layer[l].round_bits,
                                  .training = core->trains};
  if (net->rounding == ROUND_STOCHASTIC)
    conv.hash_bits = net->column_bits + core->plan->layer[l].row_bits;
  cost_place(core, layer->name, "window", 1, cost_window(core->family, &window));
  cost_place(core, layer->name, "", 1, cost_conv_serial(core->family, &conv));
  if (core->trains && layer->gradient.bits > operand)
    operand = layer->gradient.bits;
  cost_place_values(core, l, "value", taps);
  cost_place_multipliers(core, layer->name, "multiplier", net->pixel_bits, operand, taps,
                         core->plan->layer[l].logic_multipliers, true);
  struct cost_adder_tree tree = {taps, net->pixel_bits + layer->weight.bits, layer->sum_bits,
                                 p->forward_levels};
  cost_place(core, layer->name, "tree", 1, cost_adder_tree(core->family, &tree));
  char word[COST_NAME_MAX];
  snprintf(word, sizeof word, "%s_word", layer->name);
  cost_place(core, word, "", 1, cost_ordinal(core->family, order->word_bits));
  place_activations(core, l, 0);
}

static void place_parallel(struct cost_core *core, int l) {
  const struct net *net = core->net;
  const struct plan *plan = core->plan;
  const struct layer *layer = &net->layer[l];
  const struct plan_conv *p = &plan->layer[l].conv;
  const struct plan_order *order = &plan->edge[l + 1].order;
  struct cost_im2col im2col = {net->width, net->pixel_bits, layer->conv.kernel_height,
                               p->across,  p->down,         layer->conv.out_width > p->across};
  cost_place(core, "im2col", "", 1, cost_im2col(core->family, &im2col));
  struct cost_conv conv = {.filters = layer->units,
                           .filters_at_once = order->filters_at_once,
                           .positions = order->positions,
                           .taps = layer->rows,
                           .weight_bits = layer->weight.bits,
                           .stored_bits = layer->word.bits,
                           .gradient_bits = layer->gradient.bits,
                           .update_bits = layer->update_bits,
                           .forward_levels = p->forward_levels,
                           .back_levels = p->back_levels,
                           .word_bits = order->word_bits,
                           .rows_at_once = plan->edge[l + 1].at_once,
                           .training = core->trains};
  cost_place(core, layer->name, "", 1, cost_conv(core->family, &conv));
  int operand = layer->weight.bits;
  if (core->trains && layer->gradient.bits > operand)
    operand = layer->gradient.bits;
  cost_place_values(core, l, "value", layer->rows * order->filters_at_once);
  cost_place_multipliers(core, layer->name, "multiplier", net->pixel_bits, operand,
                         plan->layer[l].multipliers, plan->layer[l].logic_multipliers, false);
  struct cost_adder_tree forward = {layer->rows, net->pixel_bits + layer->weight.bits,
                                    layer->sum_bits, p->forward_levels};
  cost_place(core, layer->name, "tree", order->values, cost_adder_tree(core->family, &forward));
  if (core->trains) {
    struct cost_adder_tree back = {order->positions, net->pixel_bits + layer->gradient.bits,
                                   layer->update_bits, p->back_levels};
    cost_place(core, layer->name, "tree", layer->rows * order->filters_at_once,
               cost_adder_tree(core->family, &back));
    cost_place_update(core, l, "update", 1, layer->update_bits, RATE_BITS);
  }
  place_activations(core, l, order->word_bits);
}

static void place(struct cost_core *core, int l) {
  if (core->plan->layer[l].conv.serial)
    place_serial(core, l);
  else
    place_parallel(core, l);
  if (core->net->layer[l].bias.there)
    cost_place_conv_bias(core, l);
}

const struct cost_kind conv_cost = {.place = place, .place_gradient = cost_place_gradient};
