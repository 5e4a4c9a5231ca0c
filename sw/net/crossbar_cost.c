/* crossbar_cost.c : what engram_crossbar and its leaves take of a device.
 * SPDX-License-Identifier: MIT
 */
#include "net/crossbar_cost.h"

#include "net/bias_cost.h"
#include "net/cost_logic.h"

/* ---- leaves: parameters are the leaf's own ---- */

struct cost_crossbar {
  int row_bits, rows_at_once, units, unit_bits, lanes, trained, early, passes;
  int groups, group_bits, address_bits, gradient_bits, x_bits;
  int word_bits, sum_bits, back_bits, back_levels, slot_bits, round_bits;
  int column_bits, position_bits, copies;
  bool paired, coupled, shared, straight, dropout, draws, training, first, hash;
};

struct cost_lane {
  int rows_at_once, columns, x_bits, weight_bits, word_bits, gradient_bits, sum_bits;
  bool shared, training;
};

/* What stands for two cycles with shared multipliers moves on every second one. */
static void stages(struct cost *cost, const struct cost_crossbar *p, enum family family, int count,
                   int bits) {
  cost_bare_registers(cost, family, (p->shared ? cost_divide_up(count, 2) : count) * bits);
}

/* Schedule and stages. */
static void add_schedule(struct cost *cost, enum family family, const struct cost_crossbar *p) {
  int rows = p->rows_at_once;
  int lane_bits = plan_index_bits(p->lanes);
  cost_registers(cost, 8 + p->group_bits + lane_bits + p->unit_bits * (p->paired ? 2 : 1));
  cost_bare_registers(cost, family, p->training ? 22 : 12);
  cost_bare_registers(cost, family, rows * p->row_bits + p->group_bits);
  cost_bare_registers(cost, family, (p->copies - 1) * (rows * p->row_bits + p->group_bits + 1));
  cost_bare_registers(cost, family, p->dropout ? p->copies : 0);
  cost_bare_registers(cost, family,
                      (p->copies - 1) * (lane_bits + 3) + p->copies * (lane_bits + 2));
  cost_bare_registers(cost, family,
                      p->copies > 1 ? p->copies * (1 + p->unit_bits + p->gradient_bits) : 0);
  cost_bare_registers(cost, family, p->copies > 1 && !p->shared ? p->copies * p->word_bits : 0);
  cost_bare_registers(cost, family,
                      p->training ? RATE_BITS * (p->copies > 1 ? p->copies + p->early : 1) : 0);
  cost_luts(cost, 40 + cost_adder(family, lane_bits + 1) + cost_adder(family, p->unit_bits) +
                      2 * p->group_bits);
}

/* Addresses: row times groups, the host's or the schedule's, the update's. */
static void add_addresses(struct cost *cost, enum family family, const struct cost_crossbar *p) {
  int rows = p->rows_at_once;
  bool late = p->early < p->trained;
  for (int bits = p->groups & (p->groups - 1); bits; bits &= bits - 1)
    cost_luts(cost, p->copies * rows * cost_adder(family, p->address_bits));
  cost_luts(cost, rows * p->row_bits);
  if (p->training) {
    cost_bare_registers(cost, family, rows * p->address_bits);
    stages(cost, p, family, 4, rows * p->address_bits);
    cost_bare_registers(cost, family, p->shared ? 0 : (p->copies - 1) * rows * p->address_bits);
    cost_luts(cost, rows * (late ? 2 : 1) * p->address_bits);
  }
}

/* The random bits of a place. */
static void add_rounding(struct cost *cost, enum family family, const struct cost_crossbar *p) {
  int rows = p->rows_at_once;
  cost_luts(cost,
            rows * cost_hash(p->position_bits - p->column_bits + plan_index_bits(p->passes) - 1,
                             p->round_bits));
  cost_registers(cost, rows * p->round_bits);
  stages(cost, p, family, 2, rows * p->round_bits);
}

/* Gradients of the units that train. */
static void add_gradients(struct cost *cost, enum family family, const struct cost_crossbar *p) {
  bool late = p->early < p->trained;
  if (p->training && p->passes == 1) {
    cost_bare_registers(cost, family, p->trained * (p->gradient_bits + 1));
  } else if (p->training) {
    struct memory half = {PORTS_TWO, p->passes, p->early, p->gradient_bits};
    struct cost memory = cost_ram(family, &half);
    cost_add(cost, &memory, 1);
    half.lanes = p->trained - p->early;
    memory = cost_ram(family, &half);
    cost_add(cost, &memory, late);
  }
  cost_bare_registers(cost, family, late ? p->x_bits + 1 : 0);
}

/* Drain, and the host's read. */
static void add_drain(struct cost *cost, enum family family, const struct cost_crossbar *p) {
  cost_registers(cost, p->sum_bits + p->word_bits + 2);
  cost_bare_registers(cost, family, p->unit_bits + 1);
  cost_luts(cost, p->sum_bits * cost_multiplexer(family, p->lanes));
  cost_luts(cost, p->word_bits * cost_multiplexer(family, p->trained * p->rows_at_once));
  cost_luts(cost, p->dropout && !p->coupled ? cost_multiplexer(family, p->units) : 0);
  cost_luts(cost, p->draws && p->training ? p->units : 0);
}

/* Sums for the layer in front, with what goes beside them. */
static void add_back(struct cost *cost, enum family family, const struct cost_crossbar *p) {
  int rows = p->rows_at_once;
  bool late = p->early < p->trained;
  int beside = rows * p->slot_bits + 1 + (p->groups > 1 ? 2 : 0);
  if (p->straight) {
    beside = p->groups > 1 ? 2 : 0;
    cost_registers(cost, p->row_bits);
    cost_luts(cost, cost_adder(family, p->row_bits));
  }
  stages(cost, p, family, 5 + p->back_levels, beside);
  cost_bare_registers(cost, family, rows * (5 + 2 * p->back_levels));
  cost_registers(cost, rows * p->back_bits);
  cost_luts(cost, late ? p->back_bits : 0);
  cost_luts(cost, p->passes > 1 || late ? rows * cost_adder(family, p->back_bits) : 0);
}

static struct cost cost_crossbar(enum family family, const struct cost_crossbar *p) {
  struct cost cost = {0};
  add_schedule(&cost, family, p);
  add_addresses(&cost, family, p);
  if (p->hash && p->training)
    add_rounding(&cost, family, p);
  add_gradients(&cost, family, p);
  add_drain(&cost, family, p);
  if (p->training && !p->first)
    add_back(&cost, family, p);
  return cost;
}

/* What the crossbar has beside each update unit of a row: the rounding's place, two lanes' turns.
 */
static struct cost cost_update_turns(enum family family, const struct cost_crossbar *p) {
  struct cost cost = {0};
  bool late = p->early < p->trained, pairs = p->paired || p->coupled;
  cost_bare_registers(&cost, family, late ? 0 : p->word_bits * (p->shared ? 1 : 2));
  cost_registers(&cost, late ? p->word_bits : 0);
  cost_luts(&cost, late ? p->word_bits + p->x_bits + p->gradient_bits : 0);
  if (p->hash)
    cost_luts(&cost, p->lanes > 1 ? p->round_bits * (1 + (late || pairs)) : 0);
  cost_luts(&cost, p->word_bits); /* written by the host or the update */
  return cost;
}

/* What the crossbar has beside each lane. */
static struct cost cost_lane_control(enum family family, const struct cost_crossbar *p) {
  struct cost cost = {0};
  int rows = p->rows_at_once;
  cost_bare_registers(&cost, family, p->dropout ? 3 : 1);
  cost_luts(&cost, p->dropout ? cost_multiplexer(family, p->passes) + 1 : 0);
  if (p->paired || p->coupled)
    cost_bare_registers(&cost, family, 4);
  cost_luts(&cost, rows * ((p->paired ? p->address_bits : 0) + 2 * p->lanes / p->trained));
  return cost;
}

static struct cost cost_lane(enum family family, const struct cost_lane *p) {
  struct cost cost = {0};
  int rows = p->rows_at_once;
  if (p->training) {
    cost_luts(&cost, rows * cost_larger(p->x_bits, p->gradient_bits) + 2);
    cost_luts(&cost, p->shared ? rows * cost_larger(p->x_bits, p->weight_bits) : 0);
    cost_luts(&cost, p->columns > 1 ? p->word_bits : 0);
  }
  cost_registers(&cost, p->columns * p->sum_bits);
  cost_luts(&cost, p->columns * cost_adder(family, p->sum_bits));
  if (rows > 1) {
    cost_registers(&cost, p->sum_bits);
    cost_bare_registers(&cost, family, 2);
    cost_luts(&cost, cost_adder(family, p->sum_bits));
  }
  return cost;
}

/* ---- a layer ---- */

static struct cost_crossbar crossbar_of(const struct cost_core *core, int l) {
  const struct net *net = core->net;
  const struct layer *layer = &net->layer[l];
  const struct plan_crossbar *p = &core->plan->layer[l].crossbar;
  const struct plan_order *order = &core->plan->edge[l].order;
  return (struct cost_crossbar){.row_bits = core->plan->layer[l].row_bits,
                                .rows_at_once = p->rows_at_once,
                                .units = layer->units,
                                .unit_bits = core->plan->layer[l].unit_bits,
                                .lanes = p->lanes,
                                .trained = p->trained,
                                .early = p->early,
                                .copies = p->copies,
                                .passes = p->paired ? p->groups / 2 : p->groups,
                                .groups = p->groups,
                                .group_bits = p->group_bits,
                                .address_bits = p->address_bits,
                                .gradient_bits = layer->gradient.bits,
                                .x_bits = layer->input.bits,
                                .word_bits = layer->word.bits,
                                .sum_bits = layer->sum_bits,
                                .back_bits = layer->back_bits,
                                .back_levels = p->back_levels,
                                .slot_bits = order->slot_bits,
                                .round_bits = core->plan->layer[l].round_bits,
                                .column_bits = net->column_bits,
                                .position_bits = net->position_bits,
                                .paired = p->paired,
                                .coupled = p->coupled,
                                .shared = p->shared,
                                .straight = order->positions * order->filters_at_once == 1,
                                .dropout = layer->dropout,
                                .draws = net_drops_units(layer),
                                .training = core->trains,
                                .first = l == 0,
                                .hash = net->rounding == ROUND_STOCHASTIC};
}

static void place_weights(struct cost_core *core, int l) {
  static const enum ports ports[] = {[STORAGE_RAM] = PORTS_TWO,
                                     [STORAGE_REGISTER] = PORTS_REGISTERS,
                                     [STORAGE_SINGLE_PORT] = PORTS_ONE};
  const struct layer *layer = &core->net->layer[l];
  const struct plan_crossbar *p = &core->plan->layer[l].crossbar;
  int whole = p->lanes / p->bank_lanes, rest = p->lanes % p->bank_lanes;
  struct memory bank = {ports[layer->storage], p->weight_words, p->bank_lanes, layer->word.bits};
  cost_place(core, layer->name, "weights", p->rows_at_once * whole, cost_ram(core->family, &bank));
  bank.lanes = rest;
  if (rest > 0)
    cost_place(core, layer->name, "weights", p->rows_at_once, cost_ram(core->family, &bank));
}

static void place_lanes(struct cost_core *core, int l) {
  const struct layer *layer = &core->net->layer[l];
  const struct plan_crossbar *p = &core->plan->layer[l].crossbar;
  int x = layer->input.bits, weight = layer->weight.bits, gradient = layer->gradient.bits;
  struct cost_lane lane = {
      p->rows_at_once, p->lanes / p->trained, x,         weight,      layer->word.bits,
      gradient,        layer->sum_bits,       p->shared, core->trains};
  cost_place(core, layer->name, "lane", p->trained, cost_lane(core->family, &lane));
  cost_place_values(core, l, "lane.value", p->rows_at_once * p->lanes);
  int operand = core->trains && gradient > x ? gradient : x;
  int partner = p->shared && x > weight ? x : weight;
  bool outer = core->trains && !p->shared;
  /* Lane by lane, each lane's first ones before its second ones. */
  int firsts = p->rows_at_once * p->lanes / p->trained, seconds = outer ? p->rows_at_once : 0;
  int left = core->plan->layer[l].logic_multipliers;
  for (int i = 0; i < p->trained; i++) {
    int first = left < firsts ? left : firsts,
        second = left - first < seconds ? left - first : seconds;
    cost_place_multipliers(core, layer->name, "lane.multiplier", operand, partner, firsts, first,
                           true);
    if (outer)
      cost_place_multipliers(core, layer->name, "lane.outer_product", gradient, x, seconds, second,
                             true);
    left -= first + second;
  }
  if (core->trains)
    cost_place_update(core, l, "update", p->early * p->rows_at_once, x + gradient, RATE_BITS);
}

void crossbar_place(struct cost_core *core, int l) {
  const struct layer *layer = &core->net->layer[l];
  const struct plan_crossbar *p = &core->plan->layer[l].crossbar;
  struct cost_crossbar crossbar = crossbar_of(core, l);
  cost_place_front(core, l);
  cost_place(core, layer->name, "", 1, cost_crossbar(core->family, &crossbar));
  cost_place(core, layer->name, "", p->trained, cost_lane_control(core->family, &crossbar));
  if (core->trains)
    cost_place(core, layer->name, "", p->early * p->rows_at_once,
               cost_update_turns(core->family, &crossbar));
  place_weights(core, l);
  place_lanes(core, l);
  if (layer->bias.there)
    cost_place_bias(core, l);
  if (core->trains && l > 0) {
    int late = p->trained - p->early;
    struct cost_adder_tree tree = {p->early, layer->weight.bits + layer->gradient.bits,
                                   layer->back_bits, p->back_levels - (late > 0)};
    cost_place(core, layer->name, "tree", p->rows_at_once, cost_adder_tree(core->family, &tree));
    tree.terms = late;
    if (late > 0)
      cost_place(core, layer->name, "tree", 1, cost_adder_tree(core->family, &tree));
  }
}
