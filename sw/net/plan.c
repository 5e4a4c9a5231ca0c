/* plan.c : what a layout costs: cycles (exact), multipliers and memories.
 * SPDX-License-Identifier: MIT
 */
#include "net/map.h"
#include "net/plan_parts.h"

#include <stdio.h>

#define KIND(NAME, name) &name##_plan,
static const struct plan_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

static const struct plan_kind *kind_of(const struct net *net, int l) {
  return kinds[net->layer[l].kind];
}

int plan_index_bits(int count) {
  int bits = 1;
  while (1 << bits < count)
    bits++;
  return bits;
}

int plan_tree_levels(int terms) {
  int levels = 0;
  for (long capacity = 1; capacity < terms; capacity *= 2)
    levels++;
  return levels;
}

/* Cycles in which engram_counters visits all registers, two a word, and at most between two visits
 * of one: with few layers as with five of 4 words, and eight for visits put in. */
static int visits_of(const struct net *net) {
  return 2 * (MAP_LAYERS / MAP_WORD + net_counter_words(net) * net->layer_count);
}
static int visit_cycles(const struct net *net) {
  enum { PUT_IN = 8, LEAST = 2 * (MAP_LAYERS / MAP_WORD + 4 * NET_LAYERS_MAX) };
  return plan_largest(visits_of(net), LEAST) + PUT_IN;
}

/* ---- cycles ---- */

/* Latencies of what stands behind the layers (the leaves' headers say the stages). */
enum {
  EXPONENT_LATENCY = 3, /* engram_softmax: last table entry to the first division, less one */
  DIVISION = 18,        /* engram_softmax: a probability */
  ARGMAX_LATENCY = 1,   /* engram_argmax: last logit to the class */
  REPLY_HEAD = 9        /* end of a step to its reply's last word, without the classes' */
};

/* The way forward. */
struct schedule {
  struct plan_times layer[NET_LAYERS_MAX];
  int predicted; /* the last probability is there; with argmax the class */
};

static struct schedule schedule_of(const struct net *net, const struct plan *plan, bool train) {
  struct schedule s = {.predicted = 0};
  int last = net->layer_count - 1;
  for (int l = 0; l <= last; l++) {
    s.layer[l].start = l > 0 ? s.layer[l - 1].ready : 0;
    kind_of(net, l)->forward(plan, net, l, train, &s.layer[l]);
  }
  s.predicted =
      s.layer[last].last + (net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX
                                ? ARGMAX_LATENCY
                                : net->classes + EXPONENT_LATENCY + net->classes * DIVISION);
  return s;
}

/* Cycles from an inference's start to the next one's, back to back: until each part has done what
 * the next picture would overtake. */
static int interval_of(const struct net *net, const struct plan *plan, const struct schedule *s) {
  int last = net->layer_count - 1, reply = REPLY_HEAD + net->classes, interval = 0;
  for (int l = 0; l <= last; l++)
    interval = plan_largest(interval, kind_of(net, l)->interval(plan, net, l, s->layer));
  /* Two replies at most are on their way. */
  interval = plan_largest(interval, plan_divide_up(s->predicted + reply + 1, 2));
  int divisions = net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX ? 0 : net->classes * DIVISION;
  interval = plan_largest(interval, divisions + reply + 1);
  if (divisions > 0)
    interval = plan_largest(interval, s->predicted - s->layer[last].first + 1);
  /* Each reply puts a visit in. */
  while (visits_of(net) * interval > visit_cycles(net) * (interval - 2))
    interval++;
  return interval;
}

struct plan_place plan_weight_place(const struct plan *plan, const struct net *net,
                                    const struct tensor *tensor, int row, int column) {
  return kind_of(net, tensor->layer)->weight_place(plan, net, tensor, row, column);
}

int plan_picture_cycles(const struct plan *plan, const struct net *net) {
  return plan_largest(plan->interval, net->height * net->width);
}

/* Fills infer_cycles, interval and train_cycles. */
static void count_cycles(struct plan *plan, const struct net *net) {
  struct schedule infer = schedule_of(net, plan, false);
  plan->infer_cycles = plan->interval = infer.predicted + 1;
  if (net->fold[FOLD_MODE] == MODE_INFERENCE) {
    plan->interval = interval_of(net, plan, &infer);
    plan->train_cycles = 0;
    return;
  }
  int now = schedule_of(net, plan, true).predicted + NORMALISE_LATENCY; /* G_S */
  for (int l = net->layer_count - 1; l >= 0; l--)
    now += kind_of(net, l)->backward(plan, net, l);
  plan->train_cycles = now + 1;
}

/* ---- layout ---- */

void plan_add_memory(struct plan *plan, const char *owner, const char *holds, int count, int words,
                     int bits) {
  struct plan_memory *memory = &plan->memory[plan->memory_count++];
  *memory = (struct plan_memory){.count = count, .words = words, .bits = bits};
  snprintf(memory->what, sizeof memory->what, "%s %s", owner, holds);
  plan->memory_bits += (long)count * words * bits;
}

void plan_lay_out_order(struct plan_order *order, int lines) {
  order->values = order->positions * order->filters_at_once;
  order->words = lines * plan_divide_up(order->line, order->positions) *
                 (order->filters / order->filters_at_once);
  order->word_bits = plan_index_bits(order->words);
  order->slot_bits = plan_index_bits(order->values);
}

void plan_lay_out_picture(struct plan *plan, const struct net *net, int pixels, const char *holds) {
  struct plan_order *order = &plan->edge[0].order;
  *order = (struct plan_order){
      .filters = 1, .filters_at_once = 1, .positions = pixels, .line = net->width};
  plan_lay_out_order(order, net->height);
  plan->picture_row_bits = plan_index_bits(net->height);
  plan->picture_column_bits = plan_index_bits(net->width);
  plan_add_memory(plan, "picture", holds, 1, 2 << order->word_bits, pixels * net->pixel_bits);
}

/* Makes as many multipliers of logic as are left; returns how many that leaves. Products of inputs
 * of two bits are an adder each, for which no block is spent. */
static int place_multipliers(struct plan_layer *p, const struct layer *layer, int left) {
  enum { ADDER_BITS = 2 };
  bool add = layer->input.bits <= ADDER_BITS;
  p->logic_multipliers = left < p->multipliers && !add ? left : p->multipliers;
  return add ? left : left - p->logic_multipliers;
}

/* Those that take pixels are the narrowest; of the others the last layer has the fewest. */
static void place_all_multipliers(struct plan *plan, const struct net *net) {
  int left = net->fold[FOLD_LOGIC_MULTIPLIERS];
  for (int first = 1; first >= 0; first--)
    for (int l = net->layer_count - 1; l >= 0; l--)
      if (kind_of(net, l)->logic_first == first)
        left = place_multipliers(&plan->layer[l], &net->layer[l], left);
}

/* As many values pass at a time as a word holds, and as many gradients as the layer behind reads.
 */
static void lay_out_counts(struct plan *plan, const struct net *net) {
  /* One that trains takes 51 cycles at least: at most three between two visits. */
  plan->step_bits = net->fold[FOLD_MODE] == MODE_TRAINING ? 2 : 4;
  for (int l = 0; l < net->layer_count; l++) {
    struct plan_layer *p = &plan->layer[l];
    const struct plan_edge *behind = &plan->edge[l + 1];
    p->count[COUNT_CUT_ACTIVATIONS].flags = behind->order.values;
    p->count[COUNT_CUT_GRADIENTS].flags = behind->at_once;
    p->count[COUNT_LOST].flags = p->updates + net->layer[l].bias.there;
    for (int i = 0; net_counter(&net->layer[l], i); i++) {
      struct plan_count *count = &p->count[i];
      count->levels = plan_tree_levels(count->flags);
      count->sum_bits = net_bits_for((uint64_t)count->flags);
      count->bits = net_bits_for((uint64_t)(visit_cycles(net) * count->flags)) - 1; /* unsigned */
      plan->count_bits = plan_largest(plan->count_bits, count->bits);
    }
  }
}

static void lay_out_random(struct plan_random *random, const struct net *net) {
  int drawn = net_drawn_bits(net);
  random->drawn_bits = plan_largest(drawn, 1);
  random->round_bits = plan_largest(net->hash_bits, 1);
  random->key_bits = net->position_bits + random->round_bits - 1;
  random->dropout_offset = drawn;
  random->dropout_bits = plan_largest(net->dropout_bits, 1);
}

static void lay_out_classes(struct plan *plan, const struct net *net) {
  const struct layer *output = &net->layer[net->layer_count - 1];
  plan->class_bits = plan_index_bits(net->classes);
  plan->index_shift = output->activation.frac - NET_EXPONENT_FRAC;
  plan->probability_bits = NET_PROBABILITY_FRAC + 2; /* 0..1 */
  plan->difference_shift = NET_PROBABILITY_FRAC - output->gradient.frac;
}

void plan_make(struct plan *plan, const struct net *net) {
  *plan = (struct plan){.memory_count = 0};
  for (int l = 0; l <= net->layer_count; l++)
    plan->edge[l] = (struct plan_edge){.at_once = 1, .copies = 1};
  lay_out_classes(plan, net);
  lay_out_random(&plan->random, net);
  kind_of(net, 0)->take_picture(plan, net, &net->layer[0]);
  for (int l = 0; l < net->layer_count; l++) {
    struct plan_layer *p = &plan->layer[l];
    p->row_bits = plan_index_bits(net->layer[l].rows);
    p->unit_bits = plan_index_bits(net->layer[l].units);
    p->back_bits = net->layer[l].back_bits > 0
                       ? net->layer[l].back_bits
                       : net->layer[l].weight.bits + net->layer[l].gradient.bits;
    p->round_bits = plan_largest(net->layer[l].update_random_bits, 1);
    p->biased = net->layer[l].bias.there;
    kind_of(net, l)->lay_out(plan, net, l);
    struct plan_edge *edge = &plan->edge[l];
    edge->tag_bits = edge->at_once * (p->row_bits + edge->order.slot_bits) + 1;
    plan->multipliers += p->multipliers;
  }
  place_all_multipliers(plan, net);
  lay_out_counts(plan, net);
  count_cycles(plan, net);
}
