/* conv/plan.c : a convolution's layout and cycles.
 * SPDX-License-Identifier: MIT
 */
#include "net/plan_parts.h"

/* Cycles (the leaves' headers say the stages). */
enum {
  WINDOW_LATENCY = 2,      /* engram_im2col: start to the first row taken, less one */
  GATHER_LATENCY = 1,      /* engram_conv: gradient to its word */
  CONV_UPDATE_LATENCY = 4, /* engram_conv: weight and gradient in two steps, update unit */
  SERIAL_LATENCY = 3, /* engram_conv_serial: a value's last chunk to its sum, without the tree */
  SERIAL_UPDATE = 7   /* engram_conv_serial: cycles to update a weight, without its bits */
};

/* ---- one value at a time ---- */

/* Cycles from engram_conv_serial's start to a position's first chunk. */
static int serial_position(const struct layer *layer, const struct plan_conv *p, int position) {
  int chunks = layer->rows / p->taps;
  int y = position / layer->conv.out_width, x = position % layer->conv.out_width;
  int fill = (layer->conv.kernel_width - 1) * plan_largest(chunks, layer->conv.kernel_height);
  int step = plan_largest(layer->units * chunks, layer->conv.kernel_height);
  return layer->conv.kernel_height + 1 + y * (fill + layer->conv.out_width * step) + fill +
         x * step;
}

/* Cycle in which engram_conv_serial's value is written. */
static int serial_written(const struct layer *layer, const struct plan_conv *p, int value) {
  int units = layer->units, chunks = layer->rows / p->taps;
  return serial_position(layer, p, value / units) + (value % units + 1) * chunks + SERIAL_LATENCY +
         p->forward_levels + layer->bias.there + NORMALISE_LATENCY;
}

/* The earliest value with which a layer that reads one value a cycle may start, so that it does not
 * overtake: the convolution takes a cycle or more for each. */
static int serial_ready(const struct layer *layer, const struct plan_conv *p) {
  int last = layer->outputs - 1;
  int earliest = serial_written(layer, p, last) - last;
  int value = 0;
  while (serial_written(layer, p, value) < earliest)
    value++;
  return value;
}

/* Cycles from engram_conv_serial's backward start to the last weight's write. */
static int serial_backward(const struct layer *layer, const struct plan_layer *plan) {
  const struct plan_conv *p = &plan->conv;
  int bits = plan->round_bits +
             plan_largest(layer->word.bits, layer->update_bits - layer->update_shift + 1);
  return serial_position(layer, p, layer->positions - 1) + layer->units * (layer->rows / p->taps) -
         1 + (SERIAL_UPDATE + bits) * layer->rows * layer->units;
}

/* ---- whole words at a time ---- */

static int parallel_first(const struct layer *layer, const struct plan_conv *p) {
  return WINDOW_LATENCY + layer->conv.kernel_height + p->down - 1 + MULTIPLY_LATENCY +
         p->forward_levels + layer->bias.there + NORMALISE_LATENCY;
}

static int parallel_last(const struct layer *layer, const struct plan_conv *p,
                         const struct plan_order *order) {
  int first = parallel_first(layer, p);
  if (p->down == 1)
    return first + order->words - 1;
  int groups = layer->units / order->filters_at_once;
  int steps_down = layer->conv.out_height / p->down;
  return first + (steps_down - 1) * (groups - 1 + p->down) + groups - 1;
}

/* ---- both ---- */

static void forward(const struct plan *plan, const struct net *net, int l, bool train,
                    struct plan_times *times) {
  (void)train;
  const struct layer *layer = &net->layer[l];
  const struct plan_conv *p = &plan->layer[l].conv;
  int start = times->start;
  if (p->serial) {
    times->first = start + serial_written(layer, p, 0);
    times->last = start + serial_written(layer, p, layer->outputs - 1);
    times->ready = start + serial_written(layer, p, p->ready_word);
    return;
  }
  times->first = start + parallel_first(layer, p);
  times->last = start + parallel_last(layer, p, &plan->edge[l + 1].order);
  times->ready = p->down == 1 ? times->first : times->last;
}

static int interval(const struct plan *plan, const struct net *net, int l,
                    const struct plan_times *times) {
  (void)plan, (void)net;
  return times[l].last - times[l].start + 1;
}

static int backward(const struct plan *plan, const struct net *net, int l) {
  const struct layer *layer = &net->layer[l];
  const struct plan_conv *p = &plan->layer[l].conv;
  if (p->serial)
    return serial_backward(layer, &plan->layer[l]);
  return GATHER_LATENCY + MULTIPLY_LATENCY + p->back_levels + layer->rows * layer->units +
         CONV_UPDATE_LATENCY;
}

static bool is_serial(const struct net *net, const struct layer *layer) {
  return net->fold[FOLD_TAPS] < layer->rows;
}

/* Whole rows of the picture at a time; a serial one takes its pixels. */
static void take_picture(struct plan *plan, const struct net *net, const struct layer *layer) {
  if (is_serial(net, layer))
    plan_lay_out_picture(plan, net, 1, "pixels");
  else
    plan_lay_out_picture(plan, net, net->width, "rows");
}

/* Taps of a filter at a time; column by column of the kernel where a column is whole numbers of
 * them (engram_conv_serial). */
static struct plan_place weight_place(const struct plan *plan, const struct net *net,
                                      const struct tensor *tensor, int tap, int filter) {
  const struct layer *layer = &net->layer[tensor->layer];
  const struct plan_conv *p = &plan->layer[tensor->layer].conv;
  int bits = layer->word.bits, height = layer->conv.kernel_height;
  int width = layer->conv.kernel_width;
  if (tensor == net_bias(net, tensor->layer))
    return (struct plan_place){.memory = 1, .bit = filter * layer->bias.word.bits};
  if (!p->serial)
    return (struct plan_place){.bit = (tap * layer->units + filter) * bits};
  int k = width > 1 && height % p->taps == 0 ? tap % width * height + tap / width : tap;
  return (struct plan_place){.word = filter << p->chunk_bits | k / p->taps,
                             .bit = k % p->taps * bits};
}

/* A core that only infers stores activations alone. */
static void lay_out_serial(struct plan_conv *p, const struct net *net, const struct layer *layer) {
  int activation = layer->activation.bits, gradient = layer->gradient.bits;
  p->ready_word = serial_ready(layer, p);
  p->filter_bits = plan_index_bits(layer->units);
  p->chunk_bits = plan_index_bits(layer->rows / p->taps);
  p->kernel_words = 1 << (p->filter_bits + p->chunk_bits);
  p->kernel_bits = p->taps * layer->word.bits;
  p->shared_bits =
      net->fold[FOLD_MODE] == MODE_TRAINING ? plan_largest(activation, gradient) : activation;
}

/* All weights are one word. */
static void lay_out_parallel(struct plan_conv *p, const struct layer *layer, int words) {
  p->busy_cycles = words;
  p->kernel_words = 1;
  p->kernel_bits = layer->rows * layer->units * layer->word.bits;
}

static void lay_out(struct plan *plan, const struct net *net, int l) {
  const struct layer *layer = &net->layer[l];
  struct plan_conv *p = &plan->layer[l].conv;
  struct plan_edge *behind = &plan->edge[l + 1];
  struct plan_order *order = &behind->order;
  int positions = net->fold[FOLD_POSITIONS];
  p->across = positions < layer->conv.out_width ? positions : layer->conv.out_width;
  p->down = positions / p->across;
  int line = plan_largest(positions, layer->conv.out_width);
  *order = (struct plan_order){.filters = layer->units,
                               .filters_at_once = net->fold[FOLD_FILTERS],
                               .positions = positions,
                               .line = line};
  plan_lay_out_order(order, layer->positions / line);
  p->rest = (line - 1) % positions + 1;
  p->taps = net->fold[FOLD_TAPS];
  p->serial = is_serial(net, layer);
  p->forward_levels = plan_tree_levels(p->taps);
  p->back_levels = plan_tree_levels(positions);
  behind->placed = !p->serial;
  plan->layer[l].multipliers = order->values * p->taps;
  plan->layer[l].updates = 1;
  if (p->serial)
    lay_out_serial(p, net, layer);
  else
    lay_out_parallel(p, layer, order->words);
  plan_add_memory(plan, layer->name, "activations", 1, order->words,
                  order->values * layer->activation.bits);
}

const struct plan_kind conv_plan = {.take_picture = take_picture,
                                    .lay_out = lay_out,
                                    .forward = forward,
                                    .interval = interval,
                                    .backward = backward,
                                    .weight_place = weight_place,
                                    .logic_first = true};
