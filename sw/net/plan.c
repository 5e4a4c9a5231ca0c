/* plan.c : what a layout costs: cycles (exact), multipliers and memories.
 * SPDX-License-Identifier: MIT
 */
#include "net/plan.h"

#include <stdio.h>

int plan_index_bits(int count) {
  int bits = 1;
  while (1 << bits < count)
    bits++;
  return bits;
}

int plan_tree_levels(int terms) {
  int levels = 0;
  for (long capacity = 1; capacity < terms; capacity *= 4)
    levels++;
  return levels;
}

/* Latencies of the RTL's leaves, in cycles (their headers say the stages). */
enum {
  WINDOW_LATENCY = 2,     /* engram_im2col: start to the first row taken, less one */
  MULTIPLY_LATENCY = 2,   /* engram_multiplier */
  NORMALISE_LATENCY = 1,  /* engram_normaliser */
  FLUSH = 4,              /* engram_crossbar: last row's issue to the first drained sum, less one */
  DRAIN_LATENCY = 1,      /* engram_crossbar: drained sum to its register */
  BACK_LATENCY = 5,       /* engram_crossbar: issue to the sum, without the tree */
  EXPONENT_LATENCY = 3,   /* engram_softmax: last table entry to the first division, less one */
  DIVISION = 18,          /* engram_softmax: a probability */
  GATHER_LATENCY = 1,     /* engram_conv: gradient to its word */
  CONV_UPDATE_LATENCY = 3 /* engram_conv: weight and gradient, update unit */
};

/* Cycle, counted from the step's start as 0, in which the first value that the layer behind may
 * read is written. */
static int conv_ready(const struct net *net, const struct plan *plan) {
  const struct layer *conv = &net->layer[0];
  const struct plan_layer *p = &plan->layer[0];
  int groups = conv->units / p->filters_at_once;
  int first = WINDOW_LATENCY + conv->kernel_height + plan->down - 1;
  int written = MULTIPLY_LATENCY + p->forward_levels + NORMALISE_LATENCY;
  if (plan->down == 1)
    return first + written;
  int steps_down = conv->out_height / plan->down;
  return first + (steps_down - 1) * (groups - 1 + plan->down) + groups - 1 + written;
}

/* Fills infer_cycles and train_cycles. */
static void count_cycles(struct plan *plan, const struct net *net) {
  int last = net->layer_count - 1;
  bool has_conv = net->layer[0].kind == LAYER_CONV;
  int now = has_conv ? conv_ready(net, plan) : 0; /* forward_start of the next layer */
  for (int l = has_conv; l <= last; l++) {
    const struct plan_layer *p = &plan->layer[l];
    int drained = now + p->groups * (net->layer[l].rows + FLUSH + p->lanes); /* the last sum */
    int written = drained + DRAIN_LATENCY + NORMALISE_LATENCY;
    now = l < last ? written - (p->lanes - 1) : written;
  }
  now += net->classes + EXPONENT_LATENCY + net->classes * DIVISION;
  plan->infer_cycles = now + 1;

  now += NORMALISE_LATENCY; /* G_S */
  for (int l = last; l >= has_conv; l--) {
    const struct plan_layer *p = &plan->layer[l];
    now += net->layer[l].rows * p->groups;
    now += l > 0 ? BACK_LATENCY + p->back_levels + NORMALISE_LATENCY : BACK_LATENCY + 1;
  }
  if (has_conv)
    now += GATHER_LATENCY + MULTIPLY_LATENCY + plan->layer[0].back_levels +
           net->layer[0].rows * net->layer[0].units + CONV_UPDATE_LATENCY;
  plan->train_cycles = now + 1;
}

static void add_memory(struct plan *plan, const char *owner, const char *holds, int count,
                       int words, int bits) {
  struct plan_memory *memory = &plan->memory[plan->memory_count++];
  *memory = (struct plan_memory){.count = count, .words = words, .bits = bits};
  snprintf(memory->what, sizeof memory->what, "%s %s", owner, holds);
  plan->memory_bits += (long)count * words * bits;
}

static void lay_out_conv(struct plan *plan, const struct net *net) {
  const struct layer *layer = &net->layer[0];
  struct plan_layer *p = &plan->layer[0];
  plan->across = net->fold_positions < layer->out_width ? net->fold_positions : layer->out_width;
  plan->down = net->fold_positions / plan->across;
  p->positions = net->fold_positions;
  p->filters_at_once = net->fold_filters;
  p->values = p->positions * p->filters_at_once;
  p->forward_levels = plan_tree_levels(layer->rows);
  p->back_levels = plan_tree_levels(p->positions);
  p->multipliers = p->values * layer->rows;
  add_memory(plan, "picture", "rows", 1, 2 << plan_index_bits(net->height),
             net->width * net->pixel_bits);
}

static void lay_out_dense(struct plan *plan, const struct net *net, int l) {
  const struct layer *layer = &net->layer[l];
  struct plan_layer *p = &plan->layer[l];
  p->lanes = layer->kind == LAYER_OUTPUT ? net->fold_output_lanes : net->fold_lanes;
  p->groups = layer->units / p->lanes;
  p->address_bits = plan_index_bits(layer->rows * p->groups);
  p->filters_at_once = p->positions = p->values = 1;
  p->back_levels = plan_tree_levels(p->lanes);
  p->multipliers = 2 * p->lanes;
  add_memory(plan, p->name, "weights", p->lanes, layer->rows * p->groups, layer->weight.bits);
}

void plan_make(struct plan *plan, const struct net *net) {
  *plan = (struct plan){.memory_count = 0};
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    struct plan_layer *p = &plan->layer[l];
    if (layer->kind == LAYER_CONV)
      snprintf(p->name, sizeof p->name, "conv");
    else if (layer->kind == LAYER_OUTPUT)
      snprintf(p->name, sizeof p->name, "output");
    else
      snprintf(p->name, sizeof p->name, "dense%d", l + (net->layer[0].kind == LAYER_CONV ? 0 : 1));
    if (layer->kind == LAYER_CONV)
      lay_out_conv(plan, net);
    else
      lay_out_dense(plan, net, l);
    p->words = layer->outputs / p->values;
    p->word_bits = plan_index_bits(p->words);
    p->slot_bits = plan_index_bits(p->values);
    if (layer->kind != LAYER_OUTPUT)
      add_memory(plan, p->name, "activations", 1, p->words,
                 p->values * layer->activation.bits + (layer->kind == LAYER_DENSE));
    plan->multipliers += p->multipliers;
  }
  count_cycles(plan, net);
}

static int blocks(const struct plan_memory *memory, const int *widths, const int *depths,
                  int count) {
  int best = 0;
  for (int i = 0; i < count; i++) {
    int n = ((memory->bits + widths[i] - 1) / widths[i]) *
            ((memory->words + depths[i] - 1) / depths[i]);
    if (i == 0 || n < best)
      best = n;
  }
  return best * memory->count;
}

int plan_blocks_ecp5(const struct plan_memory *memory) {
  static const int widths[] = {36, 18, 9, 4, 2, 1};
  static const int depths[] = {512, 1024, 2048, 4096, 8192, 16384};
  return blocks(memory, widths, depths, 6);
}

int plan_blocks_ice40(const struct plan_memory *memory) {
  static const int widths[] = {16, 8, 4, 2};
  static const int depths[] = {256, 512, 1024, 2048};
  return blocks(memory, widths, depths, 4);
}
