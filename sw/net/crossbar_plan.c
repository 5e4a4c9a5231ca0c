/* crossbar_plan.c : layout and cycles of engram_crossbar.
 * SPDX-License-Identifier: MIT
 */
#include "net/crossbar_plan.h"

enum {
  FLUSH = 3,             /* last row's issue to the first drained sum, less one, and one more for
                            each row at a time */
  LATE_PICK_LANES = 16,  /* of more lanes a sum is picked in two cycles */
  DRAIN_LATENCY = 1,     /* drained sum to its register */
  BACK_LATENCY = 5,      /* issue to the sum, without the tree */
  UPDATE_LATENCY = 6,    /* issue to the weight's write */
  SINGLE_PORT_BITS = 16, /* of a word of the iCE40's SPRAM */
  LANES_A_COPY = 8       /* times the rows at once */
};

/* ---- cycles ---- */

/* A pass over the rows, from its start to the first drained sum, less one. */
static int pass_cycles(const struct plan_crossbar *p) {
  return p->issues + FLUSH + p->rows_at_once + (p->lanes > LATE_PICK_LANES);
}

/* A forward, from its start to the last drained sum; `passes` over the rows. */
static int forward_cycles(const struct plan_crossbar *p, int passes, int units) {
  return passes * pass_cycles(p) + units;
}

/* Sums that are drained in the last pass: the layer behind starts with the first of them. */
static int last_drained(const struct plan_crossbar *p, bool train) {
  return p->paired && train ? 2 * p->last_lanes : p->last_lanes;
}

static int train_passes(const struct plan_crossbar *p) {
  return p->paired ? p->groups / 2 : p->groups;
}

void crossbar_forward(const struct plan *plan, const struct net *net, int l, bool train,
                      struct plan_times *times) {
  const struct plan_crossbar *p = &plan->layer[l].crossbar;
  int passes = train ? train_passes(p) : p->groups;
  int written = DRAIN_LATENCY + plan->layer[l].biased + p->scaled + NORMALISE_LATENCY;
  times->first = times->start + pass_cycles(p) + 1 + written;
  times->last = times->start + forward_cycles(p, passes, net->layer[l].units) + written;
  times->ready = times->last - (last_drained(p, train) - 1);
}

int crossbar_interval(const struct plan *plan, const struct net *net, int l,
                      const struct plan_times *times) {
  const struct plan_crossbar *p = &plan->layer[l].crossbar;
  int cycles = forward_cycles(p, p->groups, net->layer[l].units) + 1;
  if (l == 0)
    return cycles;
  /* The layer's last read of a value, and the first value written over it. */
  int read = times[l].start + (p->groups - 1) * (pass_cycles(p) + p->lanes) + p->issues;
  return plan_largest(cycles, read - times[l - 1].first + 1);
}

int crossbar_backward(const struct plan *plan, const struct net *net, int l) {
  (void)net;
  const struct plan_crossbar *p = &plan->layer[l].crossbar;
  int cycles = p->issues * train_passes(p) * (p->shared ? 2 : 1);
  if (l > 0)
    return cycles + BACK_LATENCY + p->back_levels + NORMALISE_LATENCY;
  return cycles + UPDATE_LATENCY - (p->shared ? 1 : 0) + (p->early < p->trained);
}

/* ---- layout ---- */

struct plan_place crossbar_weight_place(const struct plan *plan, const struct net *net,
                                        const struct tensor *tensor, int row, int unit) {
  const struct plan_crossbar *p = &plan->layer[tensor->layer].crossbar;
  if (tensor == net_bias(net, tensor->layer))
    return (struct plan_place){.memory = p->rows_at_once * p->banks, .word = unit};
  int column = p->paired ? unit % 2 : 0, place = p->paired ? unit / 2 : unit;
  int lane = place % p->lanes, group = place / p->lanes;
  if (p->paired)
    group = 2 * group + column;
  return (struct plan_place){.memory = row % p->rows_at_once * p->banks + lane / p->bank_lanes,
                             .word = row / p->rows_at_once * p->groups + group,
                             .bit = lane % p->bank_lanes * tensor->format.bits};
}

void crossbar_take_picture(struct plan *plan, const struct net *net, const struct layer *layer) {
  (void)layer;
  plan_lay_out_picture(plan, net, 1, "pixels");
}

/* Cycles of a pass over the rows: a row, or two neighbours of a word, a cycle. */
static int row_issues(const struct plan_order *order, int at_once, int rows) {
  if (at_once == 1)
    return rows;
  int blocks = plan_divide_up(order->line, order->positions);
  int rest = order->line - (blocks - 1) * order->positions;
  int lines = order->words / (blocks * (order->filters / order->filters_at_once));
  return lines * (order->filters / order->filters_at_once) *
         ((blocks - 1) * plan_divide_up(order->values, 2) +
          plan_divide_up(rest * order->filters_at_once, 2));
}

/* Lanes that share what they train with. A bank's lanes are all early or all late. */
static void lay_out_training(struct plan_crossbar *p, bool train, bool pairs) {
  bool turns = p->shared && p->rows_at_once == 1;
  p->coupled = train && pairs && p->rows_at_once == 1 && p->lanes % 2 == 0;
  if (p->coupled && p->bank_lanes > 2)
    p->bank_lanes -= p->bank_lanes % 2;
  int columns = p->coupled ? 2 : 1;
  p->trained = p->early = p->lanes / columns;
  if (turns) {
    int bank = p->bank_lanes > columns ? p->bank_lanes / columns : 1;
    p->early = plan_divide_up(plan_divide_up(p->trained, 2), bank) * bank;
    p->early = p->early < p->trained ? p->early : p->trained;
  }
}

/* The weights' words, in as many banks as there are lanes and rows at once. */
static void lay_out_banks(struct plan_crossbar *p, const struct layer *layer) {
  bool side_by_side =
      layer->storage == STORAGE_SINGLE_PORT && !p->paired && layer->word.bits <= SINGLE_PORT_BITS;
  p->weight_words = plan_divide_up(layer->rows, p->rows_at_once) * p->groups;
  p->address_bits = plan_index_bits(p->weight_words);
  p->bank_lanes = side_by_side ? SINGLE_PORT_BITS / layer->word.bits : 1;
}

/* Values are written one by one. */
static void lay_out_behind(struct plan_order *order, int units) {
  *order = (struct plan_order){.filters = 1, .filters_at_once = 1, .positions = 1, .line = 1};
  plan_lay_out_order(order, units);
}

void crossbar_lay_out(struct plan *plan, const struct net *net, int l, enum fold lanes, bool fast) {
  const struct layer *layer = &net->layer[l];
  struct plan_crossbar *p = &plan->layer[l].crossbar;
  struct plan_edge *edge = &plan->edge[l];
  bool train = net->fold[FOLD_MODE] == MODE_TRAINING;
  int most = net->fold[lanes] < layer->units ? net->fold[lanes] : layer->units;
  p->paired = fast;
  p->rows_at_once = edge->at_once = fast ? 2 : 1;
  p->lanes = fast ? most / 2 : most;
  p->copies = edge->copies = plan_divide_up(p->lanes * p->rows_at_once, LANES_A_COPY);
  p->shared = train && net->fold[FOLD_MULTIPLIERS] == MULTIPLIERS_SHARED;
  int units = fast ? layer->units / 2 : layer->units;
  int passes = plan_divide_up(units, p->lanes);
  p->groups = fast ? 2 * passes : passes;
  p->group_bits = plan_index_bits(p->groups);
  p->last_lanes = units - (passes - 1) * p->lanes;
  p->issues = row_issues(&edge->order, p->rows_at_once, layer->rows);
  p->dropout_bits = net_drops_units(layer) ? NET_DRAW_BITS * layer->units : (layer->units + 1) / 2;
  p->scaled = layer->scale_bits > 0;
  lay_out_banks(p, layer);
  lay_out_training(p, train, net_drops_pairs(layer));
  p->banks = plan_divide_up(p->lanes, p->bank_lanes);
  lay_out_behind(&plan->edge[l + 1].order, layer->units);
  p->back_levels = plan_tree_levels(p->early) + (p->early < p->trained);
  plan->layer[l].multipliers =
      p->rows_at_once * (p->lanes + (train && !p->shared ? p->trained : 0));
  plan->layer[l].updates = p->early * p->rows_at_once;
  plan_add_memory(plan, layer->name, "weights", p->lanes * p->rows_at_once, p->weight_words,
                  layer->word.bits);
  if (layer->bias.there)
    plan_add_memory(plan, layer->name, "biases", 1, layer->units, layer->bias.word.bits);
}
