/* net_derive.c : shapes, widths and shifts that follow from a network's description.
 * SPDX-License-Identifier: MIT
 *
 * Widths are exact: the largest magnitude of each factor times the number of terms
 * (docs/formats.md).
 */
#include "net/describe_parts.h"
#include "net/synapse_parts.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SUM_BITS_MAX = 63, SHIFT_MAX = 47, KEY_BITS_MAX = 63 };

int problem_set(struct problem *problem, const struct net *net, int layer, const char *field,
                const char *format, ...) {
  if (layer >= 0)
    snprintf(problem->where, sizeof problem->where, "layers[%d].%s.%s", layer,
             net_kind_name(&net->layer[layer]), field);
  else
    snprintf(problem->where, sizeof problem->where, "%s", field);
  char text[sizeof problem->what.message];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return error_set(&problem->what, "%s", text);
}

int net_bits_for(uint64_t magnitude) {
  int bits = 1;
  while (bits < 64 && (UINT64_C(1) << (bits - 1)) - 1 < magnitude)
    bits++;
  return bits;
}

/* Largest magnitude of a word: that of its most negative value. */
static uint64_t word_magnitude(int bits) {
  return UINT64_C(1) << (bits - 1);
}

/* Bits that index 0..count-1, at least 1. */
static int index_bits(int count) {
  int bits = 1;
  while ((count - 1) >> bits)
    bits++;
  return bits;
}

static uint64_t pixel_magnitude(const struct net *net) {
  int low = net->pixel_offset, high = (1 << net->pixel_depth) - 1 - net->pixel_offset;
  return (uint64_t)(low > high ? low : high);
}

static int check_pixels(const struct net *net, struct problem *problem) {
  if (net->pixel_threshold > 0 && net->pixel_depth != 1)
    return problem_set(problem, net, -1, "input.threshold",
                       "found %d, allowed with bits: 1 only, or without bits",
                       net->pixel_threshold);
  if (net->pixel_offset >> net->pixel_depth)
    return problem_set(problem, net, -1, "input.offset", "found %d, allowed 0..%d in %d bit%s",
                       net->pixel_offset, (1 << net->pixel_depth) - 1, net->pixel_depth,
                       net->pixel_depth > 1 ? "s" : "");
  return 0;
}

static uint64_t input_magnitude(const struct net *net, int layer) {
  return layer == 0 ? pixel_magnitude(net) : word_magnitude(net->layer[layer].input.bits);
}

static int check_name(const struct net *net, struct problem *problem) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  const char *name = net->name;
  if (!*name || !strchr(letters, *name) || name[strspn(name, others)])
    return problem_set(problem, net, -1, "name",
                       "found %s, allowed a letter, then letters, digits and '_'", name);
  return 0;
}

static int check_order(const struct net *net, struct problem *problem) {
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    const struct describe_kind *kind = describe_kind(layer);
    if (kind->first && l > 0)
      return problem_set(problem, net, l, kind->units,
                         "found behind another layer, allowed first only");
    if (kind->last != (l == net->layer_count - 1))
      return problem_set(problem, net, l, kind->units,
                         "found %s as layer %d of %d, allowed one output, as the last layer",
                         kind->name, l + 1, net->layer_count);
    if (layer->number > kind->most)
      return problem_set(problem, net, l, kind->units, "found a %s layer too many, allowed 0..%d",
                         kind->name, kind->most);
  }
  return 0;
}

/* Where there may be several of a kind they are numbered. */
static void name_layers(struct net *net) {
  int count[LAYER_KIND_COUNT] = {0};
  for (int l = 0; l < net->layer_count; l++) {
    struct layer *layer = &net->layer[l];
    const struct describe_kind *kind = describe_kind(layer);
    layer->number = ++count[layer->kind];
    snprintf(layer->name, sizeof layer->name, kind->most > 1 ? "%s%d" : "%s", kind->name,
             layer->number);
  }
}

/* Of the layer's dropout: its random bits behind those of the layers in front, and the share of
 * units that training keeps. */
static void derive_dropout(struct net *net, struct layer *layer) {
  layer->first_dropout_bit = net->dropout_bits;
  if (layer->dropout)
    net->dropout_bits += net_drops_pairs(layer) ? layer->units / 2 : NET_DRAW_BITS * layer->units;
  layer->keep_factor = net_drops_units(layer) ? NET_DRAWS - layer->dropped
                       : layer->dropout       ? NET_DRAWS / 2
                                              : NET_DRAWS;
  layer->keep_shift = NET_DRAW_BITS;
  for (; layer->keep_factor % 2 == 0; layer->keep_factor /= 2)
    layer->keep_shift--;
  layer->scale_bits = layer->keep_shift > 1 ? layer->keep_shift : 0;
}

static int derive_shapes(struct net *net, struct problem *problem) {
  net->classes = net->layer[net->layer_count - 1].units;
  /* The most negative value has no positive one beside it. */
  net->pixel_bits =
      net->pixel_depth + (net->pixel_depth == 1 || net->pixel_offset << 1 != 1 << net->pixel_depth);
  net->dropout_bits = 0;
  int inputs = net->height * net->width;
  for (int l = 0; l < net->layer_count; l++) {
    struct layer *layer = &net->layer[l];
    layer->rows = inputs;
    layer->positions = 1;
    const struct describe_kind *kind = describe_kind(layer);
    if (kind->derive_shape && kind->derive_shape(net, layer, problem) != 0)
      return -1;
    if (net_drops_pairs(layer) && layer->units % 2 != 0)
      return problem_set(problem, net, l, "units",
                         "found %d, allowed an even number, because dropout keeps one of each pair",
                         layer->units);
    layer->outputs = layer->positions * layer->units;
    derive_dropout(net, layer);
    inputs = layer->outputs;
  }
  return 0;
}

static void derive_inputs(struct net *net) {
  struct format input = {net->pixel_bits, net->pixel_frac};
  for (int l = 0; l < net->layer_count; l++) {
    net->layer[l].input = input;
    input = net->layer[l].activation;
  }
}

/* A shift of `base - found` bits must be 0..SHIFT_MAX. */
static int check_shift(const struct net *net, int layer, const char *field, int base, int found,
                       const char *why, struct problem *problem) {
  int low = base > SHIFT_MAX ? base - SHIFT_MAX : 0;
  int high = base < FRAC_MAX ? base : FRAC_MAX;
  if (found >= low && found <= high)
    return 0;
  return problem_set(problem, net, layer, field,
                     "found %d, allowed %d..%d: %s has %d fraction bits", found, low, high, why,
                     base);
}

static int derive_shifts(struct net *net, int l, struct problem *problem) {
  struct layer *layer = &net->layer[l];
  if (describe_kind(layer)->last && layer->gradient.frac > NET_PROBABILITY_FRAC)
    return problem_set(problem, net, l, "gradients.frac",
                       "found %d, allowed 0..%d: softmax's probabilities have %d fraction bits",
                       layer->gradient.frac, NET_PROBABILITY_FRAC, NET_PROBABILITY_FRAC);
  int sum_frac = layer->input.frac + layer->weight.frac;
  if (check_shift(net, l, "activations.frac", sum_frac, layer->activation.frac,
                  "the product of input and weight", problem) != 0)
    return -1;
  layer->sum_shift = sum_frac - layer->activation.frac;

  int update_frac = layer->input.frac + layer->gradient.frac;
  if (check_shift(net, l, "weights.frac", update_frac, layer->word.frac,
                  "the update, the product of input and gradient,", problem) != 0)
    return -1;
  layer->update_shift = update_frac - layer->word.frac;
  if (layer->bias.there) {
    struct bias *bias = &layer->bias;
    if (check_shift(net, l, "bias.frac", sum_frac, bias->word.frac,
                    "the product of input and weight", problem) != 0 ||
        check_shift(net, l, "bias.frac", layer->gradient.frac, bias->word.frac,
                    "the update, the gradient,", problem) != 0)
      return -1;
    bias->sum_shift = sum_frac - bias->word.frac;
    bias->update_shift = layer->gradient.frac - bias->word.frac;
  }

  layer->back_shift = 0;
  if (l == 0)
    return 0;
  int back_frac = layer->weight.frac + layer->gradient.frac;
  int before = net->layer[l - 1].gradient.frac;
  if (check_shift(net, l - 1, "gradients.frac", back_frac, before,
                  "the next layer's product of weight and gradient", problem) != 0)
    return -1;
  layer->back_shift = back_frac - before;
  return 0;
}

/* Width of a sum of `terms` products of words of `word_bits` bits together, refused above
 * SUM_BITS_MAX; no less than what one product has. */
static int derive_bits(const struct net *net, int l, uint64_t left, uint64_t right, int word_bits,
                       int terms, const char *what, int *bits, struct problem *problem) {
  *bits = net_bits_for(left * right * (uint64_t)terms); /* < 2^63: words of 24 bits, 2^16 terms */
  if (*bits < word_bits)
    *bits = word_bits;
  if (*bits <= SUM_BITS_MAX)
    return 0;
  return problem_set(
      problem, net, l, "weights.bits",
      "found %d, which makes %s a sum of %d products that needs %d bits, allowed %d: "
      "use fewer bits or a smaller layer",
      net->layer[l].weight.bits, what, terms, *bits, SUM_BITS_MAX);
}

/* Of a sum to which a bias is added as one more term, and of the bias's update; `products` is the
 * magnitude of the others. */
static int derive_bias_widths(struct net *net, int l, uint64_t products, struct problem *problem) {
  struct layer *layer = &net->layer[l];
  struct bias *bias = &layer->bias;
  int shifted = bias->word.bits + bias->sum_shift;
  uint64_t gradient = word_magnitude(layer->gradient.bits);
  if (shifted < SUM_BITS_MAX) {
    int bits = net_bits_for(products + word_magnitude(shifted));
    layer->sum_bits = bits > layer->sum_bits ? bits : layer->sum_bits;
  }
  if (shifted >= SUM_BITS_MAX || layer->sum_bits > SUM_BITS_MAX)
    return problem_set(problem, net, l, "bias.bits",
                       "found %d, which makes a sum of more than %d bits with %d fraction bits of "
                       "%d, allowed %d: use fewer bits or more fraction bits",
                       bias->word.bits, SUM_BITS_MAX - 1, bias->word.frac,
                       layer->input.frac + layer->weight.frac, SUM_BITS_MAX);
  bias->update_bits = net_bits_for(gradient * (uint64_t)layer->positions); /* > gradient.bits */
  return 0;
}

static int derive_widths(struct net *net, int l, struct problem *problem) {
  struct layer *layer = &net->layer[l];
  uint64_t input = input_magnitude(net, l);
  uint64_t weight = word_magnitude(layer->weight.bits);
  uint64_t gradient = word_magnitude(layer->gradient.bits);
  struct terms terms = {layer->rows, layer->units, layer->positions};
  if (describe_kind(layer)->terms)
    terms = describe_kind(layer)->terms(layer);
  layer->back_bits = 0;
  /* E8, E9: rows products of input and weight, and the bias. */
  if (derive_bits(net, l, input, weight, layer->input.bits + layer->weight.bits, terms.sum,
                  "the output", &layer->product_bits, problem) != 0)
    return -1;
  layer->sum_bits = layer->product_bits;
  if (layer->bias.there &&
      derive_bias_widths(net, l, input * weight * (uint64_t)terms.sum, problem) != 0)
    return -1;
  if (layer->sum_bits + layer->scale_bits > SUM_BITS_MAX)
    return problem_set(problem, net, l, "dropout",
                       "found %d/%d, which scales a sum of %d bits by %d/%d, allowed %d bits: use "
                       "fewer bits or a smaller layer",
                       layer->dropped, NET_DRAWS, layer->sum_bits, layer->keep_factor,
                       1 << layer->keep_shift, SUM_BITS_MAX - layer->scale_bits);
  /* E12, E14: units products of weight and gradient; dropout only makes some of them 0. */
  if (l > 0 && derive_bits(net, l, weight, gradient, layer->weight.bits + layer->gradient.bits,
                           terms.back, "the gradient", &layer->back_bits, problem) != 0)
    return -1;
  /* E11, E13: one product of input and gradient; E15: one for each position. */
  return derive_bits(net, l, input, gradient, layer->input.bits + layer->gradient.bits,
                     terms.update, "the update", &layer->update_bits, problem);
}

/* Initial numbers must fit their word and not all be zero. */
static int check_range(const struct net *net, int l, const char *field, struct format word,
                       int init, struct problem *problem) {
  int low = -word.frac;
  int high = word.bits - 1 - word.frac;
  if (high > 0)
    high = 0;
  if (init >= low && init <= high)
    return 0;
  return problem_set(problem, net, l, field,
                     "found %d, allowed %d..%d with %d bits, %d of them fraction", init, low, high,
                     word.bits, word.frac);
}

static int check_init(const struct net *net, int l, struct problem *problem) {
  const struct layer *layer = &net->layer[l];
  const struct bias *bias = &layer->bias;
  if (bias->there && bias->init != NET_INIT_ZERO &&
      check_range(net, l, "bias.init", bias->word, bias->init, problem) != 0)
    return -1;
  return check_range(net, l, "weights.init", layer->word, layer->init, problem);
}

struct tensor describe_matrix(const struct layer *layer) {
  return (struct tensor){.name = "weight",
                         .rows = layer->rows,
                         .columns = layer->units,
                         .inputs = true,
                         .format = layer->word,
                         .initial_bits = layer->word.frac + layer->init + 1,
                         .dimension_count = 2,
                         .dimension = {layer->units, layer->rows}};
}

/* A number for each unit, as PyTorch has them. */
static struct tensor bias_tensor(const struct layer *layer) {
  const struct bias *bias = &layer->bias;
  return (struct tensor){.name = "bias",
                         .rows = 1,
                         .columns = layer->units,
                         .format = bias->word,
                         .initial_bits =
                             bias->init == NET_INIT_ZERO ? 0 : bias->word.frac + bias->init + 1,
                         .dimension_count = 1,
                         .dimension = {layer->units},
                         .update_shift = bias->update_shift};
}

/* The layer's tensors, behind those of the layers in front. */
static void derive_tensors(struct net *net, int l) {
  struct layer *layer = &net->layer[l];
  const struct describe_kind *kind = describe_kind(layer);
  struct tensor *tensors = &net->tensor[net->tensor_count];
  layer->first_tensor = net->tensor_count;
  layer->tensor_count = 1;
  if (kind->state_tensors)
    layer->tensor_count = kind->state_tensors(layer, tensors);
  else
    tensors[0] = describe_matrix(layer);
  for (int i = 0; i < layer->tensor_count; i++)
    tensors[i].update_shift = layer->update_shift;
  if (layer->bias.there)
    tensors[layer->tensor_count++] = bias_tensor(layer);
  assert(layer->tensor_count <= NET_TENSORS_MAX);
  layer->weight_count = 0;
  for (int i = 0; i < layer->tensor_count; i++) {
    tensors[i].layer = l;
    tensors[i].first = layer->weight_count;
    layer->weight_count += net_tensor_size(&tensors[i]);
  }
  net->tensor_count += layer->tensor_count;
  net->weight_count += layer->weight_count;
}

/* The counters' registers lie in the upper half of 64 words (map.h). */
static int derive_counters(struct net *net, struct problem *problem) {
  enum { COUNTER_WORDS = 32 };
  net->counters = 0;
  for (int l = 0; l < net->layer_count; l++) {
    int count = NET_COUNTERS_SHARED + describe_kind(&net->layer[l])->counter_count;
    net->counters = count > net->counters ? count : net->counters;
  }
  assert(net->counters <= NET_COUNTERS_MAX);
  int most = COUNTER_WORDS / net_counter_words(net);
  if (net->layer_count > most)
    return problem_set(problem, net, -1, "layers",
                       "found %d, allowed 1..%d where one of them has %d counters",
                       net->layer_count, most, net->counters);
  return 0;
}

static int derive_random(struct net *net, struct problem *problem) {
  bool stochastic = net->rounding == ROUND_STOCHASTIC;
  if (stochastic != (net->random_bits > 0))
    return problem_set(problem, net, -1, "training.random_bits",
                       "found %d, allowed with rounding: stochastic only, and needed there",
                       net->random_bits);
  int rows = 1, columns = 1;
  net->hash_bits = 0;
  for (int l = 0; l < net->layer_count; l++) {
    int bits = net->layer[l].update_random_bits;
    net->hash_bits = bits > net->hash_bits ? bits : net->hash_bits;
  }
  for (int i = 0; i < net->tensor_count; i++) {
    rows = net->tensor[i].rows > rows ? net->tensor[i].rows : rows;
    columns = net->tensor[i].columns > columns ? net->tensor[i].columns : columns;
  }
  net->layer_bits = index_bits(net->tensor_count);
  net->row_bits = index_bits(rows);
  net->column_bits = index_bits(columns);
  net->position_bits = net->layer_bits + net->row_bits + net->column_bits;
  if (net->position_bits + net->hash_bits - 1 > KEY_BITS_MAX)
    return problem_set(problem, net, -1, "training.random_bits",
                       "found %d, allowed at most %d with a weight's position of %d bits",
                       net->random_bits,
                       KEY_BITS_MAX + 1 - net->position_bits - (net->hash_bits - net->random_bits),
                       net->position_bits);
  return 0;
}

static int derive_word(const struct net *net, struct layer *layer, int l, struct problem *problem) {
  const struct describe_kind *kind = describe_kind(layer);
  if (layer->synapse != 0 && !kind->any_synapse)
    return problem_set(problem, net, l, "weights.synapse", "found %s, allowed %s in a %s layer",
                       net_synapse_names[layer->synapse], net_synapse_names[0], kind->name);
  return synapse_of(layer)->derive(net, layer, problem);
}

int net_derive_parts(struct net *net, struct problem *problem) {
  name_layers(net);
  net_settle_pixels(net);
  if (check_name(net, problem) != 0 || check_pixels(net, problem) != 0 ||
      check_order(net, problem) != 0 || derive_shapes(net, problem) != 0)
    return -1;
  net_settle_defaults(net);
  derive_inputs(net);
  for (int l = 0; l < net->layer_count; l++)
    if (derive_word(net, &net->layer[l], l, problem) != 0 || derive_shifts(net, l, problem) != 0 ||
        derive_widths(net, l, problem) != 0 || check_init(net, l, problem) != 0)
      return -1;
  net->tensor_count = 0;
  net->weight_count = 0;
  for (int l = 0; l < net->layer_count; l++)
    derive_tensors(net, l);
  if (derive_counters(net, problem) != 0 || derive_random(net, problem) != 0 ||
      net_check_layout(net, problem) != 0)
    return -1;
  net_hash_fill(net);
  return 0;
}

int net_derive(struct net *net, struct error *err) {
  struct problem problem = {{0}, {{0}}};
  for (int fold = 0; fold < FOLD_COUNT; fold++)
    if (net->fold[fold] == 0)
      net->fold[fold] = FOLD_CHOOSE;
  if (net_derive_parts(net, &problem) == 0)
    return 0;
  return error_set(err, "%s: %s", problem.where, problem.what.message);
}
