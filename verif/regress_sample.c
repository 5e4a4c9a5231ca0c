/* regress_sample.c : random cases of the regression, and simpler ones.
 * SPDX-License-Identifier: MIT
 *
 * A description is drawn in three parts: shapes; words whose binary points follow from how large
 * values will be, so that most are neither zero nor cut; and the layout.
 */
#include "net/plan.h"
#include "sample_parts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
  STEPS = 10,
  INFER = 4,
  LAYOUT_TRIES = 40,
  MULTIPLIERS_USUAL = 64, /* what is compiled in about a second */
  MULTIPLIERS_MOST = 250,
  CYCLES_MOST = 5000, /* of a training step */
  LINE_PIXELS = 64,   /* the longest side there is */
  KERNEL_MOST = 8 * 8,
  FRAC_MOST = 31,
};

#define KIND(NAME, name) &name##_sample,
static const struct sample_kind *const kinds[] = {LAYER_KINDS(KIND)};
#undef KIND

static int clamp(int value, int low, int high) {
  return value < low ? low : value > high ? high : value;
}

/* ---------------------------------------------------------------- shapes */

/* Fewer bits of a byte, and of the offset and the binary point as many fewer. */
static void draw_depth(struct net *net, uint64_t *random) {
  int left_out = sample_between(random, 1, NET_PIXEL_DEPTH_MAX - 1);
  net->pixel_depth -= left_out;
  net->pixel_threshold = net->pixel_depth == 1 ? sample_between(random, 1, 255) : 0;
  net->pixel_offset >>= left_out;
  net->pixel_frac = clamp(net->pixel_frac - left_out, 0, FRAC_MOST);
}

static void draw_picture(struct net *net, uint64_t *random) {
  static const int offsets[] = {128, 0, 255};
  int most = sample_one_in(random, 4) ? 20 : 9;
  net->height = sample_between(random, 1, most);
  net->width = sample_between(random, 1, most);
  if (sample_one_in(random, 10)) {
    int *side = sample_one_in(random, 2) ? &net->height : &net->width;
    net->height = net->width = sample_between(random, 1, 4);
    *side = LINE_PIXELS;
  }
  int offset = sample_between(random, 0, 3);
  net->pixel_offset = offset < 3 ? offsets[offset] : sample_between(random, 1, 254);
  net->pixel_frac =
      sample_one_in(random, 8) ? sample_between(random, 0, 12) : sample_between(random, 5, 8);
  net->pixel_depth = NET_PIXEL_DEPTH_MAX;
  if (sample_one_in(random, 6))
    draw_depth(net, random);
}

static void draw_shape(struct net *net, uint64_t *random) {
  *net = (struct net){.name = "regress"};
  draw_picture(net, random);
  for (int kind = 0; kind < LAYER_KIND_COUNT; kind++)
    for (int left = kinds[kind]->count(random); left > 0; left--) {
      if (net->layer_count >= NET_LAYERS_MAX - !kinds[kind]->needed)
        break;
      struct layer *layer = &net->layer[net->layer_count++];
      layer->kind = (enum layer_kind)kind;
      kinds[kind]->draw(net, layer, random);
    }
  for (int l = 0; l < net->layer_count; l++)
    net->layer[l].freeze = sample_one_in(random, 6);
}

/* ---------------------------------------------------------------- words */

/* Words that suit every shape. */
static void plain_words(struct net *net) {
  for (int l = 0; l < net->layer_count; l++) {
    struct layer *layer = &net->layer[l];
    layer->word = (struct format){16, 12};
    layer->activation = (struct format){16, 10};
    layer->gradient = (struct format){16, 12};
    layer->init = -2;
    layer->bias.word = (struct format){16, 10};
    layer->bias.init = NET_INIT_ZERO;
  }
}

static int draw_bits(uint64_t *random, int usual) {
  return sample_one_in(random, 6) ? sample_between(random, 4, 24)
                                  : clamp(usual + sample_between(random, -3, 3), 4, 24);
}

/* A binary point for values of about this size, so that few are cut, of `base` fraction bits at
 * most. */
static int draw_frac(uint64_t *random, int bits, double size, int base) {
  int above = (int)ceil(log2(size)) + 1 + sample_between(random, -1, 1);
  return clamp(bits - 1 - above, base > 47 ? base - 47 : 0, base < FRAC_MOST ? base : FRAC_MOST);
}

static int unused_bits(const struct layer *layer) {
  return layer->used ? layer->word.bits - layer->used : 0;
}

/* Some layers' sums take a part of the word, which has a binary point; returns how many bits they
 * leave. */
static int draw_used(struct layer *layer, uint64_t *random) {
  int most = layer->word.bits - 4 < layer->word.frac ? layer->word.bits - 4 : layer->word.frac;
  layer->used = 0;
  if (most > 0 && sample_one_in(random, 4))
    layer->used = layer->word.bits - sample_between(random, 1, most);
  return unused_bits(layer);
}

/* The root mean square of initial weights. */
static double weight_size(const struct layer *layer) {
  return ldexp(sqrt(1.0 / 3), layer->init);
}

/* From the picture on; `input` is the size of what enters each layer. Needs the derived shapes. */
static void draw_forward(struct net *net, int usual, double *input, uint64_t *random) {
  double size = ldexp(100, -net->pixel_frac);
  int frac = net->pixel_frac;
  for (int l = 0; l < net->layer_count; l++) {
    struct layer *layer = &net->layer[l];
    input[l] = size;
    layer->init = -sample_between(random, 0, 4);
    layer->word.bits = draw_bits(random, usual);
    layer->word.frac = clamp(layer->word.bits - 1 - layer->init - sample_between(random, 0, 2),
                             -layer->init, FRAC_MOST);
    int unused = draw_used(layer, random);
    size *= weight_size(layer) * sqrt(layer->rows);
    layer->activation.bits = draw_bits(random, usual);
    layer->activation.frac =
        draw_frac(random, layer->activation.bits, size, frac + layer->word.frac - unused);
    frac = layer->activation.frac;
    size = fmin(size, ldexp(1, layer->activation.bits - 1 - frac));
  }
}

/* From the output's difference back to the first layer; then a learning rate at which the weights
 * of one of the layers move by some of their last places. */
static void draw_backward(struct net *net, int usual, const double *input, uint64_t *random) {
  double size = 0.5;
  int base = NET_PROBABILITY_FRAC, moves = sample_between(random, 0, net->layer_count - 1);
  for (int l = net->layer_count - 1; l >= 0; l--) {
    struct layer *layer = &net->layer[l];
    layer->gradient.bits = draw_bits(random, usual);
    layer->gradient.frac = draw_frac(random, layer->gradient.bits, size, base);
    if (l == moves) {
      double update = input[l] * size * sqrt(layer->positions);
      net->rate = clamp((int)log2(ldexp(update, layer->word.frac)) - sample_between(random, 0, 5),
                        0, NET_RATE_MAX);
    }
    base = layer->word.frac - unused_bits(layer) + layer->gradient.frac;
    size *= weight_size(layer) * sqrt(layer->units);
  }
}

/* Biases of some layers, about as large as the activations, and as fine as can be built. */
static void draw_biases(struct net *net, uint64_t *random) {
  int input = net->pixel_frac;
  for (int l = 0; l < net->layer_count; l++) {
    struct layer *layer = &net->layer[l];
    struct bias *bias = &layer->bias;
    double size = ldexp(0.25, layer->activation.bits - 1 - layer->activation.frac);
    int sum = input + layer->word.frac - unused_bits(layer), gradient = layer->gradient.frac;
    bias->there = sample_one_in(random, 3);
    bias->word.bits = draw_bits(random, layer->word.bits);
    bias->word.frac = draw_frac(random, bias->word.bits, size, sum < gradient ? sum : gradient);
    bias->init = NET_INIT_ZERO;
    if (sample_one_in(random, 2))
      bias->init = clamp(bias->word.bits - 1 - bias->word.frac - sample_between(random, 0, 2),
                         -bias->word.frac, 0);
    input = layer->activation.frac;
  }
}

static void draw_words(struct net *net, uint64_t *random) {
  double input[NET_LAYERS_MAX];
  int usual = sample_between(random, 4, 24);
  draw_forward(net, usual, input, random);
  draw_backward(net, usual, input, random);
  draw_biases(net, random);
  net->rounding = (enum rounding)sample_between(random, ROUND_NEAREST, ROUND_TRUNCATE);
  net->random_bits = net->rounding == ROUND_STOCHASTIC ? sample_between(random, 1, 16) : 0;
}

/* ---------------------------------------------------------------- layout */

/* Derives all, with every number of the layout left open. */
static bool derive_open(struct net *net) {
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++)
    if (!net_fold_words(fold) || fold == FOLD_STEP)
      net->fold[fold] = 0;
  struct error err = {""};
  return net_derive(net, &err) == 0;
}

static bool any_steps_fast(const struct net *net) {
  bool any = false;
  for (int l = 0; l < net->layer_count; l++)
    any |= net_steps_fast(net, l);
  return any;
}

/* One of the extremes now and then, else any legal value. */
static int draw_fold(const struct net *net, enum fold fold, uint64_t *random) {
  int most = net_fold_most(net, fold), value;
  if (sample_one_in(random, 5))
    return sample_one_in(random, 2) ? 1 : most;
  do
    value = sample_between(random, 1, most);
  while (!net_fold_legal(net, fold, value));
  return value;
}

/* Needs the derived shapes. */
static void draw_layout(struct net *net, uint64_t *random) {
  static const enum fold drawn[] = {FOLD_POSITIONS, FOLD_FILTERS, FOLD_LANES, FOLD_OUTPUT_LANES};
  for (size_t i = 0; i < sizeof drawn / sizeof drawn[0]; i++)
    net->fold[drawn[i]] = draw_fold(net, drawn[i], random);
  if (sample_one_in(random, 3))
    net->fold[FOLD_FILTERS] = 1;
  if (sample_one_in(random, 4)) {
    net->fold[FOLD_TAPS] = sample_one_in(random, 2) ? 1 : draw_fold(net, FOLD_TAPS, random);
    net->fold[FOLD_POSITIONS] = net->fold[FOLD_FILTERS] = 1;
  }
  net->fold[FOLD_LOGIC_MULTIPLIERS] =
      sample_one_in(random, 3) ? sample_between(random, 1, MULTIPLIERS_USUAL) : 0;
  net->fold[FOLD_MODE] = sample_one_in(random, 8) ? MODE_INFERENCE : MODE_TRAINING;
  net->fold[FOLD_OUTPUT] = net->fold[FOLD_MODE] == MODE_INFERENCE && sample_one_in(random, 2)
                               ? OUTPUT_ARGMAX
                               : OUTPUT_SOFTMAX;
  net->fold[FOLD_MULTIPLIERS] =
      sample_one_in(random, 2) ? MULTIPLIERS_SHARED : MULTIPLIERS_SEPARATE;
  bool one_port =
      net->fold[FOLD_MODE] == MODE_INFERENCE || net->fold[FOLD_MULTIPLIERS] == MULTIPLIERS_SHARED;
  int most = one_port ? STORAGE_SINGLE_PORT : STORAGE_REGISTER;
  net->fold[FOLD_STORAGE] = sample_between(random, STORAGE_RAM, most);
  for (int l = 0; l < net->layer_count; l++)
    if (net_has_storage(&net->layer[l]))
      net->layer[l].storage = (enum storage)sample_between(random, 0, most);
  net->fold[FOLD_STEP] = STEP_NORMAL;
  if (net->fold[FOLD_MODE] == MODE_TRAINING && any_steps_fast(net) && !sample_one_in(random, 3)) {
    net->fold[FOLD_STEP] = STEP_FAST;
    net->fold[FOLD_LANES] += net->fold[FOLD_LANES] % 2;
  }
}

/* Whether the core is compiled and run in seconds. */
static bool small_enough(const struct net *net, int multipliers_most) {
  struct plan plan;
  plan_make(&plan, net);
  return plan.multipliers <= multipliers_most && plan.train_cycles <= CYCLES_MOST &&
         plan.infer_cycles <= CYCLES_MOST;
}

static bool draw_legal_layout(struct net *net, uint64_t *random, struct draws *draws) {
  int multipliers_most = sample_one_in(random, 16) ? MULTIPLIERS_MOST : MULTIPLIERS_USUAL;
  for (int try = 0; try < LAYOUT_TRIES; try++) {
    struct net laid_out = *net;
    struct error err = {""};
    draw_layout(&laid_out, random);
    draws->layouts++;
    if (net_derive(&laid_out, &err))
      draws->refused_layouts++;
    else if (small_enough(&laid_out, multipliers_most)) {
      *net = laid_out;
      return true;
    }
  }
  return false;
}

static bool draw_net(struct net *net, uint64_t *random, struct draws *draws) {
  draw_shape(net, random);
  plain_words(net);
  draws->descriptions++;
  bool legal = derive_open(net);
  if (legal) {
    draw_words(net, random);
    legal = derive_open(net);
  }
  draws->refused_descriptions += !legal;
  return legal && draw_legal_layout(net, random, draws);
}

void sample_draw(struct sample *sample, uint64_t seed, struct draws *draws) {
  uint64_t random = seed;
  *sample = (struct sample){.seed = seed, .steps = STEPS, .infer = INFER};
  while (!draw_net(&sample->net, &random, draws))
    ;
  sample->stall = sample_one_in(&random, 2) ? 0 : sample_between(&random, 1, 200);
  sample->faults = sample_one_in(&random, 2);
  sample->settings = sample_one_in(&random, 4);
}

/* ---------------------------------------------------------------- features */

/* What holds of any of the layers. */
struct any {
  bool dropout, freeze, used, biases, frozen_biases, short_words, long_words;
  bool storage[STORAGE_SINGLE_PORT + 1];
};

static struct any any_of(const struct net *net) {
  struct any any = {.dropout = false};
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    const int bits[] = {layer->word.bits, layer->activation.bits, layer->gradient.bits};
    for (int i = 0; i < 3; i++) {
      any.short_words |= bits[i] <= 6;
      any.long_words |= bits[i] >= 20;
    }
    any.dropout |= layer->dropout;
    any.freeze |= layer->freeze;
    any.used |= layer->decodes;
    any.biases |= layer->bias.there;
    any.frozen_biases |= layer->bias.there && layer->freeze;
    if (net_has_storage(layer))
      any.storage[layer->storage] = true;
  }
  return any;
}

int sample_features(const struct sample *sample, struct feature features[FEATURES_MAX]) {
  const struct net *net = &sample->net;
  const int *fold = net->fold;
  const struct any any = any_of(net);
  const struct feature list[] = {
      {"side of 64", net->height == LINE_PIXELS || net->width == LINE_PIXELS},
      {"side of 1", net->height == 1 || net->width == 1},
      {"pixel offset 128", net->pixel_offset == 128},
      {"pixel offset 0", net->pixel_offset == 0},
      {"other pixel offset", net->pixel_offset != 128 && net->pixel_offset != 0},
      {"pixels of 2 to 7 bits", net->pixel_depth > 1 && net->pixel_depth < NET_PIXEL_DEPTH_MAX},
      {"pixels of 1 bit", net->pixel_depth == 1},
      {"words of 4 to 6 bits", any.short_words},
      {"words of 20 to 24 bits", any.long_words},
      {"dropout", any.dropout},
      {"frozen layer", any.freeze},
      {"words used in part", any.used},
      {"biases", any.biases},
      {"biases of a frozen layer", any.frozen_biases},
      {"biases and step fast", any.biases && fold[FOLD_STEP] == STEP_FAST},
      {"rounding nearest", net->rounding == ROUND_NEAREST},
      {"rounding stochastic", net->rounding == ROUND_STOCHASTIC},
      {"rounding truncate", net->rounding == ROUND_TRUNCATE},
      {"step fast", fold[FOLD_STEP] == STEP_FAST},
      {"shared multipliers", fold[FOLD_MULTIPLIERS] == MULTIPLIERS_SHARED},
      {"fast and shared",
       fold[FOLD_STEP] == STEP_FAST && fold[FOLD_MULTIPLIERS] == MULTIPLIERS_SHARED},
      {"multipliers of logic", fold[FOLD_LOGIC_MULTIPLIERS] > 0},
      {"storage ram", any.storage[STORAGE_RAM]},
      {"storage register", any.storage[STORAGE_REGISTER]},
      {"storage single_port", any.storage[STORAGE_SINGLE_PORT]},
      {"inference only", fold[FOLD_MODE] == MODE_INFERENCE},
      {"logits in the replies", fold[FOLD_OUTPUT] == OUTPUT_ARGMAX},
      {"no stalls: cycles exact", sample->stall == 0},
      {"stalls", sample->stall > 0},
      {"wrong pictures", sample->faults},
      {"changed settings", sample->settings},
  };
  struct features all = {features, sizeof list / sizeof list[0]};
  memcpy(features, list, sizeof list);
  for (int kind = 0; kind < LAYER_KIND_COUNT; kind++)
    kinds[kind]->add_features(&all, sample);
  assert(all.count <= FEATURES_MAX);
  return all.count;
}

/* ---------------------------------------------------------------- simpler */

static const struct knob sample_knobs[] = {
    KNOB(struct sample, stall, 0),
    KNOB(struct sample, faults, false),
    KNOB(struct sample, settings, false),
    KNOB(struct sample, infer, 0),
    KNOB(struct sample, steps, 1),
    KNOB(struct sample, net.fold[FOLD_OUTPUT], OUTPUT_SOFTMAX),
    KNOB(struct sample, net.fold[FOLD_MODE], MODE_TRAINING),
    KNOB(struct sample, net.fold[FOLD_STEP], STEP_NORMAL),
    KNOB(struct sample, net.fold[FOLD_MULTIPLIERS], MULTIPLIERS_SEPARATE),
    KNOB(struct sample, net.fold[FOLD_LOGIC_MULTIPLIERS], 0),
    KNOB(struct sample, net.fold[FOLD_STORAGE], STORAGE_RAM),
    KNOB(struct sample, net.rounding, ROUND_NEAREST),
    KNOB(struct sample, net.fold[FOLD_TAPS], KERNEL_MOST), /* settles at all there are */
    KNOB(struct sample, net.height, 1),
    KNOB(struct sample, net.width, 1),
    KNOB(struct sample, net.fold[FOLD_POSITIONS], 1),
    KNOB(struct sample, net.fold[FOLD_FILTERS], 1),
    KNOB(struct sample, net.fold[FOLD_LANES], 1),
    KNOB(struct sample, net.fold[FOLD_OUTPUT_LANES], 1),
    KNOB(struct sample, net.pixel_depth, NET_PIXEL_DEPTH_MAX),
    KNOB(struct sample, net.pixel_offset, 128),
    KNOB(struct sample, net.pixel_frac, 6),
};
static const struct knob layer_knobs[] = {
    KNOB(struct layer, used, 0),       KNOB(struct layer, storage, STORAGE_RAM),
    KNOB(struct layer, freeze, false), KNOB(struct layer, dropout, false),
    KNOB(struct layer, dropped, 0),    KNOB(struct layer, relu, false),
    KNOB(struct layer, units, 1),      KNOB(struct layer, bias.there, false),
};

enum {
  SAMPLE_KNOBS = sizeof sample_knobs / sizeof sample_knobs[0],
  SHARED_KNOBS = sizeof layer_knobs / sizeof layer_knobs[0],
  LAYER_KNOBS = SHARED_KNOBS + SAMPLE_KNOBS_MAX,
  MOVES = 3,                  /* all the way, half of it, one */
  WAY_WORDS = NET_LAYERS_MAX, /* below: the layer that goes */
  WAY_SAMPLE = WAY_WORDS + 1,
  WAY_LAYER = WAY_SAMPLE + MOVES * SAMPLE_KNOBS,
  WAYS = WAY_LAYER + MOVES * LAYER_KNOBS * NET_LAYERS_MAX
};

static void turn(void *structure, const struct knob *knob, int move) {
  unsigned char *place = (unsigned char *)structure + knob->offset;
  int value = *place; /* of a truth value */
  if (knob->size == sizeof value)
    memcpy(&value, place, sizeof value);
  int way = knob->simplest - value;
  value += move == 0 ? way : move == 1 ? way / 2 : (way > 0) - (way < 0);
  if (knob->size == sizeof value)
    memcpy(place, &value, sizeof value);
  else
    *place = value != 0;
}

/* One that layers of all kinds have, or one of the layer's kind. */
static void turn_layer(struct layer *layer, int knob, int move) {
  const struct sample_kind *kind = kinds[layer->kind];
  if (knob < SHARED_KNOBS)
    turn(layer, &layer_knobs[knob], move);
  else if (knob - SHARED_KNOBS < kind->knob_count)
    turn(layer, &kind->knobs[knob - SHARED_KNOBS], move);
}

static void remove_layer(struct net *net, int l) {
  if (l >= net->layer_count - 1)
    return;
  net->layer_count--;
  memmove(&net->layer[l], &net->layer[l + 1],
          (size_t)(net->layer_count - l) * sizeof net->layer[0]);
}

/* Brings what depends on the shapes back to what is legal, as near as can be, and derives all. */
static bool settle(struct net *net) {
  int wanted[FOLD_COUNT];
  memcpy(wanted, net->fold, sizeof wanted);
  if (net->rounding != ROUND_STOCHASTIC)
    net->random_bits = 0;
  for (int l = 0; l < net->layer_count; l++) {
    struct layer *layer = &net->layer[l];
    if (layer->units < kinds[layer->kind]->units_least)
      layer->units = kinds[layer->kind]->units_least;
    if (net_drops_pairs(layer) && layer->units % 2 != 0)
      layer->units += layer->units == 1 ? 1 : -1;
  }
  if (!derive_open(net))
    return false;
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++) {
    while (!net_fold_legal(net, fold, wanted[fold]))
      wanted[fold]--;
    net->fold[fold] = wanted[fold];
  }
  if (net->fold[FOLD_STEP] == STEP_FAST)
    net->fold[FOLD_LANES] += net->fold[FOLD_LANES] % 2;
  struct error err = {""};
  return net_derive(net, &err) == 0;
}

static bool same(const struct sample *a, const struct sample *b) {
  return a->net.core_hash == b->net.core_hash && a->steps == b->steps && a->infer == b->infer &&
         a->stall == b->stall && a->faults == b->faults && a->settings == b->settings;
}

bool sample_simplify(const struct sample *sample, int *way, struct sample *simpler) {
  for (; *way < WAYS; ++*way) {
    *simpler = *sample;
    struct net *net = &simpler->net;
    int knob = (*way - WAY_SAMPLE) / MOVES, move = (*way - WAY_SAMPLE) % MOVES;
    int layer = (knob - SAMPLE_KNOBS) / LAYER_KNOBS;
    if (*way < WAY_WORDS)
      remove_layer(net, *way);
    else if (*way == WAY_WORDS)
      plain_words(net);
    else if (*way < WAY_LAYER)
      turn(simpler, &sample_knobs[knob], move);
    else if (layer < net->layer_count)
      turn_layer(&net->layer[layer], (knob - SAMPLE_KNOBS) % LAYER_KNOBS, move);
    if (settle(net) && !same(sample, simpler))
      return true;
  }
  return false;
}
