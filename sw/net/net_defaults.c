/* net_defaults.c : formats, initial ranges and rounding that a description leaves out.
 * SPDX-License-Identifier: MIT
 *
 * docs/description.md has the rule. It was chosen on validation pictures, so that every net of the
 * family learns (`make defaults`), and gives the paper's net its own binary points.
 */
#include "net/describe_parts.h"

enum {
  RANDOM_BITS_USUAL = 10,
  NARROW = 11,       /* bits at most: half the range, because resolution is worth more than that */
  NEAREST_LEAST = 16 /* bits of weights that do not lose most updates where these are rounded */
};

static int bit_length(int number) {
  int bits = 0;
  while (number >> bits)
    bits++;
  return bits;
}

/* Learned weights are mostly within 2^range, four times the cube root of 1 / rows, and so are the
 * gradients that they hand on: the errors that these begin with are within 1. */
static int weight_range(int rows) {
  return 2 - bit_length(rows) / 3;
}

/* 2^gain / sqrt(rows that dropout in front leaves), and twice that before a ReLU, so that signals
 * of deep nets keep their size. */
static int initial_range(const struct layer *layer, const struct layer *front) {
  int rows = front ? layer->rows * front->keep_factor >> front->keep_shift : layer->rows;
  int range = describe_kind(layer)->gain + layer->relu - bit_length(rows) / 2;
  return range < 0 ? range : 0;
}

static int most(int a, int b) {
  return a > b ? a : b;
}

static int clamp(int value, int low, int high) {
  return value < low ? low : value > high ? high : value;
}

static void settle_point(struct format *format, int range, int lowest, int highest) {
  if (format->frac == FRAC_OPEN)
    format->frac = clamp(format->bits - 1 - range, lowest, highest < FRAC_MAX ? highest : FRAC_MAX);
}

/* Biases reach what a value is, which is what the normaliser makes of a sum, and are as fine as the
 * gradients that change them. `highest` is the finest binary point that can be built. */
static void settle_bias(struct layer *layer, int highest) {
  struct format *word = &layer->bias.word;
  int range = layer->activation.bits - 1 - layer->activation.frac;
  bool open = word->bits == BITS_OPEN;
  if (open)
    word->bits =
        word->frac == FRAC_OPEN ? BITS_MAX : clamp(word->frac + range + 1, BITS_MIN, BITS_MAX);
  if (word->frac != FRAC_OPEN)
    return;
  settle_point(word, range, 0, highest);
  if (open)
    word->bits = clamp(word->frac + range + 1, BITS_MIN, BITS_MAX);
}

static int narrow(int bits) {
  return bits <= NARROW;
}

/* Signed values within 2; one bit is 0 or 1. */
void net_settle_pixels(struct net *net) {
  bool threshold = net->pixel_threshold != PIXEL_OPEN;
  if (net->pixel_depth == PIXEL_OPEN)
    net->pixel_depth = threshold ? 1 : NET_PIXEL_DEPTH_MAX;
  int last = net->pixel_depth - 1; /* bit of what is taken */
  if (!threshold)
    net->pixel_threshold = last == 0 ? 1 << (NET_PIXEL_DEPTH_MAX - 1) : 0;
  if (net->pixel_offset == PIXEL_OPEN)
    net->pixel_offset = last == 0 ? 0 : 1 << last;
  if (net->pixel_frac == PIXEL_OPEN)
    net->pixel_frac = most(last - 1, 0);
}

/* As far as what is described, or settled in front, can be built with it. */
static void settle_layer(struct net *net, int l) {
  struct layer *layer = &net->layer[l];
  const struct describe_kind *kind = describe_kind(layer);
  const struct layer *front = l > 0 ? layer - 1 : NULL, *behind = kind->last ? NULL : layer + 1;
  int input_frac = front ? front->activation.frac : net->pixel_frac;
  int usual = initial_range(layer, front), init = layer->init == INIT_OPEN ? usual : layer->init;
  int unused = net_unused_bits(layer);
  settle_point(&layer->gradient, behind ? weight_range(behind->rows) : 0, 0,
               behind ? FRAC_MAX : NET_PROBABILITY_FRAC);
  settle_point(&layer->word,
               most(weight_range(layer->rows) - narrow(layer->word.bits - unused), init + 1),
               most(unused, 0), input_frac + layer->gradient.frac);
  settle_point(&layer->activation, kind->range - narrow(layer->activation.bits), 0,
               input_frac + layer->word.frac - unused);
  int highest = layer->word.bits - 1 - layer->word.frac;
  if (layer->init == INIT_OPEN)
    layer->init = clamp(usual, -layer->word.frac, highest < 0 ? highest : 0);
  int sum_frac = input_frac + layer->word.frac - unused;
  if (layer->bias.there)
    settle_bias(layer, sum_frac < layer->gradient.frac ? sum_frac : layer->gradient.frac);
}

/* Where the layout says. */
static enum storage usual_storage(const struct net *net, const struct describe_kind *kind) {
  int said = net->fold[FOLD_STORAGE];
  if (said == FOLD_CHOOSE || (said == STORAGE_SINGLE_PORT && kind->few_weights))
    return STORAGE_RAM;
  return (enum storage)said;
}

void net_settle_defaults(struct net *net) {
  bool nearest = true;
  for (int l = 0; l < net->layer_count; l++) {
    struct layer *layer = &net->layer[l];
    settle_layer(net, l);
    nearest = nearest && layer->word.bits >= NEAREST_LEAST;
    if (layer->storage == STORAGE_OPEN)
      layer->storage = usual_storage(net, describe_kind(layer));
  }
  if (net->rounding == ROUND_OPEN)
    net->rounding = nearest ? ROUND_NEAREST : ROUND_STOCHASTIC;
  if (net->rounding == ROUND_STOCHASTIC && net->random_bits == 0)
    net->random_bits = RANDOM_BITS_USUAL;
}
