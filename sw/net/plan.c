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
  for (long capacity = 1; capacity < terms; capacity *= 2)
    levels++;
  return levels;
}

/* Cycles between two visits of a register of engram_counters, at most, and those of the visits of
 * all but the layers' registers and of a layer's. */
enum { VISIT_CYCLES = 112, VISITS = 2 * 32, LAYER_VISITS = 2 * 4 };

int plan_count_bits(int flags) {
  return net_bits_for((uint64_t)(VISIT_CYCLES * flags)) - 1; /* unsigned */
}

/* Latencies of the RTL's leaves, in cycles (their headers say the stages). */
enum {
  WINDOW_LATENCY = 2,      /* engram_im2col: start to the first row taken, less one */
  MULTIPLY_LATENCY = 2,    /* engram_multiplier */
  NORMALISE_LATENCY = 1,   /* engram_normaliser */
  FLUSH = 3,               /* engram_crossbar: last row's issue to the first drained sum, less one,
                              and one more for each row at a time */
  LATE_PICK_LANES = 16,    /* engram_crossbar: of more lanes a sum is picked in two cycles */
  DRAIN_LATENCY = 1,       /* engram_crossbar: drained sum to its register */
  BACK_LATENCY = 5,        /* engram_crossbar: issue to the sum, without the tree */
  UPDATE_LATENCY = 6,      /* engram_crossbar: issue to the weight's write */
  EXPONENT_LATENCY = 3,    /* engram_softmax: last table entry to the first division, less one */
  DIVISION = 18,           /* engram_softmax: a probability */
  ARGMAX_LATENCY = 1,      /* engram_argmax: last logit to the class */
  REPLY_HEAD = 9,          /* end of a step to its reply's last word, without the classes' */
  GATHER_LATENCY = 1,      /* engram_conv: gradient to its word */
  CONV_UPDATE_LATENCY = 4, /* engram_conv: weight and gradient in two steps, update unit */
  SERIAL_LATENCY = 3, /* engram_conv_serial: a value's last chunk to its sum, without the tree */
  SERIAL_UPDATE = 7   /* engram_conv_serial: cycles to update a weight, without its bits */
};

static int divide_up(int a, int b) {
  return (a + b - 1) / b;
}

static int largest(int a, int b) {
  return a > b ? a : b;
}

/* Cycles from engram_conv_serial's start to a position's first chunk. */
static int serial_position(const struct net *net, const struct plan_layer *p, int position) {
  const struct layer *conv = &net->layer[0];
  int chunks = conv->rows / p->taps;
  int y = position / conv->out_width, x = position % conv->out_width;
  int fill = (conv->kernel_width - 1) * largest(chunks, conv->kernel_height);
  int step = largest(conv->units * chunks, conv->kernel_height);
  return conv->kernel_height + 1 + y * (fill + conv->out_width * step) + fill + x * step;
}

/* Cycle in which engram_conv_serial's value is written. */
static int serial_written(const struct net *net, const struct plan_layer *p, int value) {
  int units = net->layer[0].units, chunks = net->layer[0].rows / p->taps;
  return serial_position(net, p, value / units) + (value % units + 1) * chunks + SERIAL_LATENCY +
         p->forward_levels + NORMALISE_LATENCY;
}

/* The earliest value with which a layer that reads one value a cycle may start, so that it does not
 * overtake: the convolution takes a cycle or more for each. */
static int serial_ready(const struct net *net, const struct plan_layer *p) {
  int last = net->layer[0].outputs - 1;
  int earliest = serial_written(net, p, last) - last;
  int value = 0;
  while (serial_written(net, p, value) < earliest)
    value++;
  return value;
}

/* Cycles from engram_conv_serial's backward start to the last weight's write. */
static int serial_backward(const struct net *net, const struct plan_layer *p) {
  const struct layer *conv = &net->layer[0];
  int bits = largest(net->random_bits, 1) +
             largest(conv->weight.bits, conv->update_bits - conv->update_shift + 1);
  return serial_position(net, p, conv->positions - 1) + conv->units * (conv->rows / p->taps) - 1 +
         (SERIAL_UPDATE + bits) * conv->rows * conv->units;
}

/* Cycles, counted from the step's start as 0, in which the convolution's first value is written,
 * and its last one. */
static int conv_first(const struct net *net, const struct plan *plan) {
  const struct plan_layer *p = &plan->layer[0];
  if (p->serial)
    return serial_written(net, p, 0);
  return WINDOW_LATENCY + net->layer[0].kernel_height + plan->layer[0].down - 1 + MULTIPLY_LATENCY +
         p->forward_levels + NORMALISE_LATENCY;
}

static int conv_last(const struct net *net, const struct plan *plan) {
  const struct plan_layer *p = &plan->layer[0];
  if (p->serial)
    return serial_written(net, p, net->layer[0].outputs - 1);
  if (plan->layer[0].down == 1)
    return conv_first(net, plan) + plan->edge[1].order.words - 1;
  int groups = net->layer[0].units / plan->edge[1].order.filters_at_once;
  int steps_down = net->layer[0].out_height / plan->layer[0].down;
  return conv_first(net, plan) + (steps_down - 1) * (groups - 1 + plan->layer[0].down) + groups - 1;
}

/* The cycle in which the first value that the layer behind may read is written. */
static int conv_ready(const struct net *net, const struct plan *plan) {
  const struct plan_layer *p = &plan->layer[0];
  if (p->serial)
    return serial_written(net, p, p->ready_word);
  return plan->layer[0].down == 1 ? conv_first(net, plan) : conv_last(net, plan);
}

/* Cycles of a dense layer's pass over the rows, from its start to the first drained sum, less one.
 */
static int pass_cycles(const struct plan_layer *p) {
  return p->issues + FLUSH + p->rows_at_once + (p->lanes > LATE_PICK_LANES);
}

/* Cycles of a dense layer's forward, from its start to the last drained sum; `passes` over the
 * rows. */
static int forward_cycles(const struct plan_layer *p, int passes, int units) {
  return passes * pass_cycles(p) + units;
}

/* Sums that are drained in the last pass: the layer behind starts with the first of them. */
static int last_drained(const struct plan_layer *p, bool train) {
  return p->paired && train ? 2 * p->last_lanes : p->last_lanes;
}

/* The way forward, in cycles from the step's start as 0. */
struct schedule {
  int start[NET_LAYERS_MAX]; /* of a dense layer */
  int first[NET_LAYERS_MAX]; /* a layer's first value is written */
  int last[NET_LAYERS_MAX];  /* and its last one */
  int predicted;             /* the last probability is there; with argmax the class */
};

static struct schedule schedule_of(const struct net *net, const struct plan *plan, bool train) {
  enum { WRITTEN = DRAIN_LATENCY + NORMALISE_LATENCY };
  struct schedule s = {.predicted = 0};
  bool has_conv = net->layer[0].kind == LAYER_CONV;
  if (has_conv) {
    s.first[0] = conv_first(net, plan);
    s.last[0] = conv_last(net, plan);
  }
  int now = has_conv ? conv_ready(net, plan) : 0; /* the next layer's start */
  for (int l = has_conv; l < net->layer_count; l++) {
    const struct plan_layer *p = &plan->layer[l];
    int passes = p->paired && train ? p->groups / 2 : p->groups;
    s.start[l] = now;
    s.first[l] = now + pass_cycles(p) + 1 + WRITTEN;
    s.last[l] = now + forward_cycles(p, passes, net->layer[l].units) + WRITTEN;
    now = s.last[l] - (last_drained(p, train) - 1);
  }
  s.predicted = s.last[net->layer_count - 1] +
                (net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX
                     ? ARGMAX_LATENCY
                     : net->classes + EXPONENT_LATENCY + net->classes * DIVISION);
  return s;
}

/* Cycles from an inference's start to the next one's, back to back: until each part has done what
 * the next picture would overtake. */
static int interval_of(const struct net *net, const struct plan *plan, const struct schedule *s) {
  int last = net->layer_count - 1, reply = REPLY_HEAD + net->classes;
  bool has_conv = net->layer[0].kind == LAYER_CONV;
  int interval = has_conv ? s->last[0] + 1 : 0;
  for (int l = has_conv; l <= last; l++) {
    const struct plan_layer *p = &plan->layer[l];
    interval = largest(interval, forward_cycles(p, p->groups, net->layer[l].units) + 1);
    /* The layer's last read of a value, and the first value written over it. */
    int read = s->start[l] + (p->groups - 1) * (pass_cycles(p) + p->lanes) + p->issues;
    if (l > 0)
      interval = largest(interval, read - s->first[l - 1] + 1);
  }
  /* Two replies at most are on their way. */
  interval = largest(interval, divide_up(s->predicted + reply + 1, 2));
  int divisions = net->fold[FOLD_OUTPUT] == OUTPUT_ARGMAX ? 0 : net->classes * DIVISION;
  interval = largest(interval, divisions + reply + 1);
  if (divisions > 0)
    interval = largest(interval, s->predicted - s->first[last] + 1);
  /* Each reply puts a visit in. */
  int visits = VISITS + LAYER_VISITS * net->layer_count;
  while (visits * interval > VISIT_CYCLES * (interval - 2))
    interval++;
  return interval;
}

int plan_picture_cycles(const struct plan *plan, const struct net *net) {
  return largest(plan->interval, net->height * net->width);
}

/* Fills infer_cycles, interval and train_cycles. */
static void count_cycles(struct plan *plan, const struct net *net) {
  bool has_conv = net->layer[0].kind == LAYER_CONV;
  struct schedule infer = schedule_of(net, plan, false);
  plan->infer_cycles = plan->interval = infer.predicted + 1;
  if (net->fold[FOLD_MODE] == MODE_INFERENCE) {
    plan->interval = interval_of(net, plan, &infer);
    plan->train_cycles = 0;
    return;
  }
  int now = schedule_of(net, plan, true).predicted + NORMALISE_LATENCY; /* G_S */
  for (int l = net->layer_count - 1; l >= has_conv; l--) {
    const struct plan_layer *p = &plan->layer[l];
    int passes = p->paired ? p->groups / 2 : p->groups;
    now += p->issues * passes * (p->shared ? 2 : 1);
    now += l > 0 ? BACK_LATENCY + p->back_levels + NORMALISE_LATENCY
                 : UPDATE_LATENCY - (p->shared ? 1 : 0) + (p->early < p->trained);
  }
  if (plan->layer[0].serial)
    now += serial_backward(net, &plan->layer[0]);
  else if (has_conv)
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

/* Words of `positions` x `filters_at_once` for `lines` lines. */
static void lay_out_order(struct plan_order *order, int lines) {
  order->values = order->positions * order->filters_at_once;
  order->words =
      lines * divide_up(order->line, order->positions) * (order->filters / order->filters_at_once);
  order->word_bits = plan_index_bits(order->words);
  order->slot_bits = plan_index_bits(order->values);
}

/* A core that only infers stores activations alone. */
static void lay_out_serial(struct plan_layer *p, const struct net *net) {
  const struct layer *layer = &net->layer[0];
  int activation = layer->activation.bits, gradient = layer->gradient.bits;
  p->ready_word = serial_ready(net, p);
  p->filter_bits = plan_index_bits(layer->units);
  p->chunk_bits = plan_index_bits(layer->rows / p->taps);
  p->stored_bits =
      net->fold[FOLD_MODE] == MODE_TRAINING ? largest(activation, gradient) : activation;
}

static void lay_out_conv(struct plan *plan, const struct net *net) {
  const struct layer *layer = &net->layer[0];
  struct plan_layer *p = &plan->layer[0];
  struct plan_order *order = &plan->edge[1].order;
  int positions = net->fold[FOLD_POSITIONS];
  p->across = positions < layer->out_width ? positions : layer->out_width;
  p->down = positions / p->across;
  int line = positions > layer->out_width ? positions : layer->out_width;
  *order = (struct plan_order){.filters = layer->units,
                               .filters_at_once = net->fold[FOLD_FILTERS],
                               .positions = positions,
                               .line = line};
  lay_out_order(order, layer->positions / line);
  p->rest = (line - 1) % positions + 1;
  p->taps = net->fold[FOLD_TAPS];
  p->serial = p->taps < layer->rows;
  plan->edge[1].placed = !p->serial;
  p->forward_levels = plan_tree_levels(p->taps);
  p->back_levels = plan_tree_levels(positions);
  p->multipliers = order->values * p->taps;
  if (p->serial)
    lay_out_serial(p, net);
  else
    plan->conv_forward_cycles = plan->conv_backward_cycles = order->words;
}

/* Cycles of a pass over the rows: a row, or two neighbours of a word, a cycle. */
static int row_issues(const struct plan_order *order, int at_once, int rows) {
  if (at_once == 1)
    return rows;
  int blocks = divide_up(order->line, order->positions);
  int rest = order->line - (blocks - 1) * order->positions;
  int lines = order->words / (blocks * (order->filters / order->filters_at_once));
  return lines * (order->filters / order->filters_at_once) *
         ((blocks - 1) * divide_up(order->values, 2) + divide_up(rest * order->filters_at_once, 2));
}

enum {
  SINGLE_PORT_BITS = 16, /* of a word of the iCE40's SPRAM */
  LANES_A_COPY = 8       /* times the rows at once */
};

/* Lanes that share what they train with. A bank's lanes are all early or all late. */
static void lay_out_training(struct plan_layer *p, bool train, bool dropout) {
  bool turns = p->shared && p->rows_at_once == 1;
  p->coupled = train && dropout && p->rows_at_once == 1 && p->lanes % 2 == 0;
  if (p->coupled && p->bank_lanes > 2)
    p->bank_lanes -= p->bank_lanes % 2;
  int columns = p->coupled ? 2 : 1;
  p->trained = p->early = p->lanes / columns;
  if (turns) {
    int bank = p->bank_lanes > columns ? p->bank_lanes / columns : 1;
    p->early = divide_up(divide_up(p->trained, 2), bank) * bank;
    p->early = p->early < p->trained ? p->early : p->trained;
  }
}

static void lay_out_dense(struct plan *plan, const struct net *net, int l) {
  const struct layer *layer = &net->layer[l];
  struct plan_layer *p = &plan->layer[l];
  bool output = layer->kind == LAYER_OUTPUT, train = net->fold[FOLD_MODE] == MODE_TRAINING;
  bool first = l == (net->layer[0].kind == LAYER_CONV);
  struct plan_edge *edge = &plan->edge[l];
  int lanes = net->fold[output ? FOLD_OUTPUT_LANES : FOLD_LANES];
  lanes = lanes < layer->units ? lanes : layer->units;
  p->paired = first && !output && net->fold[FOLD_STEP] == STEP_FAST;
  p->rows_at_once = edge->at_once = p->paired ? 2 : 1;
  p->lanes = p->paired ? lanes / 2 : lanes;
  p->copies = edge->copies = divide_up(p->lanes * p->rows_at_once, LANES_A_COPY);
  p->shared = train && net->fold[FOLD_MULTIPLIERS] == MULTIPLIERS_SHARED;
  int units = p->paired ? layer->units / 2 : layer->units;
  int passes = divide_up(units, p->lanes);
  p->groups = p->paired ? 2 * passes : passes;
  p->group_bits = plan_index_bits(p->groups);
  p->last_lanes = units - (passes - 1) * p->lanes;
  p->issues = row_issues(&edge->order, p->rows_at_once, layer->rows);
  p->back_tag_bits = p->rows_at_once * (p->row_bits + edge->order.slot_bits) + 1;
  p->weight_words = divide_up(layer->rows, p->rows_at_once) * p->groups;
  p->address_bits = plan_index_bits(p->weight_words);
  bool side_by_side =
      layer->storage == STORAGE_SINGLE_PORT && !p->paired && layer->weight.bits <= SINGLE_PORT_BITS;
  p->bank_lanes = side_by_side ? SINGLE_PORT_BITS / layer->weight.bits : 1;
  lay_out_training(p, train, layer->dropout);
  struct plan_order *order = &plan->edge[l + 1].order;
  *order = (struct plan_order){.filters = 1, .filters_at_once = 1, .positions = 1, .line = 1};
  lay_out_order(order, layer->units);
  p->back_levels = plan_tree_levels(p->early) + (p->early < p->trained);
  p->multipliers = p->rows_at_once * (p->lanes + (train && !p->shared ? p->trained : 0));
  add_memory(plan, layer->name, "weights", p->lanes * p->rows_at_once, p->weight_words,
             layer->weight.bits);
}

/* A convolution takes whole rows of the picture at a time, a serial one or a dense layer its
 * pixels.
 */
static void lay_out_picture(struct plan *plan, const struct net *net) {
  bool rows = net->layer[0].kind == LAYER_CONV && net->fold[FOLD_TAPS] == net->layer[0].rows;
  int pixels = rows ? net->width : net->fold[FOLD_STEP] == STEP_FAST ? 2 : 1;
  struct plan_order *order = &plan->edge[0].order;
  *order = (struct plan_order){
      .filters = 1, .filters_at_once = 1, .positions = pixels, .line = net->width};
  lay_out_order(order, net->height);
  plan->picture_row_bits = plan_index_bits(net->height);
  plan->picture_column_bits = plan_index_bits(net->width);
  add_memory(plan, "picture", rows ? "rows" : "pixels", 1, 2 << order->word_bits,
             pixels * net->pixel_bits);
}

/* The first layer's multipliers are the narrowest when they take pixels, the hidden ones the most.
 */
static void place_multipliers(struct plan *plan, const struct net *net) {
  int left = net->fold[FOLD_LOGIC_MULTIPLIERS];
  bool conv = net->layer[0].kind == LAYER_CONV;
  for (int i = 0; i < net->layer_count; i++) {
    int l = conv ? (net->layer_count - i) % net->layer_count : net->layer_count - 1 - i;
    struct plan_layer *p = &plan->layer[l];
    p->logic_multipliers = left < p->multipliers ? left : p->multipliers;
    left -= p->logic_multipliers;
  }
}

static struct plan_count count_of(int flags) {
  return (struct plan_count){.flags = flags,
                             .levels = plan_tree_levels(flags),
                             .sum_bits = net_bits_for((uint64_t)flags),
                             .bits = plan_count_bits(flags)};
}

/* A dense layer's values pass one at a time, and as many gradients as the layer behind reads. */
static void lay_out_counts(struct plan *plan, const struct net *net) {
  for (int l = 0; l < net->layer_count; l++) {
    struct plan_layer *p = &plan->layer[l];
    bool conv = net->layer[l].kind == LAYER_CONV;
    p->count[0] = count_of(plan->edge[l + 1].order.values);
    p->count[1] = count_of(plan->edge[l + 1].at_once);
    p->count[2] = count_of(conv ? 1 : p->early * p->rows_at_once);
    for (int i = 0; i < PLAN_COUNTS; i++)
      plan->count_bits = largest(plan->count_bits, p->count[i].bits);
  }
}

static void lay_out_random(struct plan_random *random, const struct net *net) {
  int drawn = net_drawn_bits(net);
  random->drawn_bits = largest(drawn, 1);
  random->round_bits = largest(net->random_bits, 1);
  random->key_bits = net->position_bits + random->round_bits - 1;
  random->pair_offset = drawn;
  random->pairs = largest(net->pair_count, 1);
  random->step_shifts = net_step_shifts(net);
}

void plan_make(struct plan *plan, const struct net *net) {
  *plan = (struct plan){.memory_count = 0};
  for (int l = 0; l <= net->layer_count; l++)
    plan->edge[l] = (struct plan_edge){.at_once = 1, .copies = 1};
  plan->class_bits = plan_index_bits(net->classes);
  lay_out_random(&plan->random, net);
  lay_out_picture(plan, net);
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    struct plan_layer *p = &plan->layer[l];
    const struct plan_order *order = &plan->edge[l + 1].order;
    p->row_bits = plan_index_bits(layer->rows);
    p->unit_bits = plan_index_bits(layer->units);
    if (layer->kind == LAYER_CONV)
      lay_out_conv(plan, net);
    else
      lay_out_dense(plan, net, l);
    if (layer->kind != LAYER_OUTPUT)
      add_memory(plan, layer->name, "activations", 1, order->words,
                 order->values * layer->activation.bits + (layer->kind == LAYER_DENSE));
    plan->multipliers += p->multipliers;
  }
  place_multipliers(plan, net);
  lay_out_counts(plan, net);
  count_cycles(plan, net);
}
