/* nets.h : small networks for the tests of the arithmetic, fixed or drawn.
 * SPDX-License-Identifier: MIT
 *
 * Include after cmocka.h and scratch.h.
 */
#ifndef ENGRAM_UNIT_NETS_H
#define ENGRAM_UNIT_NETS_H

#include "net/net.h"

/* A kind by its name in a description, and whether a layer is of it. */
static inline enum layer_kind nets_kind(const char *name) {
  struct layer layer = {.kind = 0};
  while (strcmp(net_kind_name(&layer), name) != 0)
    layer.kind++;
  return layer.kind;
}

static inline bool nets_is(const struct layer *layer, const char *kind) {
  return strcmp(net_kind_name(layer), kind) == 0;
}

/* `low`..`high`, both included. */
static inline int nets_between(uint64_t *random, int low, int high) {
  return low + (int)(scratch_random(random) >> 33) % (high - low + 1);
}

struct nets_hidden {
  int units;
  bool relu;
  int dropout; /* false; true: of pairs; -5: of units one by one, 5/16 of them */
};

struct nets_shape {
  int height, width;
  int filters; /* 0: no convolution */
  int kernel_height, kernel_width;
  int hidden_count;
  struct nets_hidden hidden[3];
  int classes;
};

/* One set of formats for all layers; the output's gradients get at most 15 fraction bits. */
struct nets_words {
  int bits, weight_frac, activation_frac, gradient_frac;
  int init;
};

/* So fine and so wide that a small net neither saturates nor loses much. */
static const struct nets_words nets_wide = {24, 20, 16, 20, -1};

static inline void nets_add(struct net *net, struct layer layer, const struct nets_words *words) {
  layer.word = (struct format){words->bits, words->weight_frac};
  layer.activation = (struct format){words->bits, words->activation_frac};
  layer.gradient = (struct format){words->bits, words->gradient_frac};
  layer.init = words->init;
  if (nets_is(&layer, "output") && layer.gradient.frac > 15)
    layer.gradient.frac = 15;
  net->layer[net->layer_count++] = layer;
}

/* Everything but the derived fields. Rounds to nearest at a rate of 2^-4. */
static inline void nets_describe(struct net *net, const struct nets_shape *shape,
                                 const struct nets_words *words) {
  *net = (struct net){.name = "test", .height = shape->height, .width = shape->width};
  net->pixel_depth = NET_PIXEL_DEPTH_MAX;
  net->pixel_offset = 128;
  net->pixel_frac = 6;
  net->rate = 4;
  if (shape->filters)
    nets_add(net,
             (struct layer){.kind = nets_kind("conv"),
                            .units = shape->filters,
                            .conv = {.kernel_height = shape->kernel_height,
                                     .kernel_width = shape->kernel_width}},
             words);
  for (int h = 0; h < shape->hidden_count; h++)
    nets_add(
        net,
        (struct layer){.kind = nets_kind("dense"),
                       .units = shape->hidden[h].units,
                       .relu = shape->hidden[h].relu,
                       .dropout = shape->hidden[h].dropout != 0,
                       .dropped = shape->hidden[h].dropout < 0 ? -shape->hidden[h].dropout : 0},
        words);
  nets_add(net, (struct layer){.kind = nets_kind("output"), .units = shape->classes}, words);
}

/* Biases in every layer, as fine as the gradients and as far as the activations reach. */
static inline void nets_add_biases(struct net *net, int init) {
  for (int l = 0; l < net->layer_count; l++) {
    struct layer *layer = &net->layer[l];
    int frac = layer->gradient.frac < 20 ? layer->gradient.frac : 20;
    layer->bias = (struct bias){.there = true, .word = {24, frac}, .init = init};
  }
}

static inline void nets_derive(struct net *net) {
  struct error err = {{0}};
  if (net_derive(net, &err) != 0)
    fail_msg("%s", err.message);
}

static inline void nets_make(struct net *net, const struct nets_shape *shape,
                             const struct nets_words *words) {
  nets_describe(net, shape, words);
  nets_derive(net);
}

/* Any family member of at most 8x8 pixels: with or without convolution, 0..3 hidden layers. */
static inline struct nets_shape nets_random_shape(uint64_t *random) {
  struct nets_shape shape = {.height = nets_between(random, 2, 8),
                             .width = nets_between(random, 2, 8),
                             .filters = nets_between(random, 0, 4),
                             .hidden_count = nets_between(random, 0, 3),
                             .classes = nets_between(random, 2, 6)};
  shape.kernel_height = nets_between(random, 1, shape.height < 4 ? shape.height : 4);
  shape.kernel_width = nets_between(random, 1, shape.width < 4 ? shape.width : 4);
  for (int h = 0; h < shape.hidden_count; h++) {
    struct nets_hidden *hidden = &shape.hidden[h];
    hidden->units = nets_between(random, 1, 9);
    hidden->relu = nets_between(random, 0, 3) != 0;
    hidden->dropout = nets_between(random, 0, 3) != 0;
    if (hidden->dropout && (hidden->units % 2 != 0 || nets_between(random, 0, 1)))
      hidden->dropout = -nets_between(random, 1, NET_DRAWS - 1);
  }
  return shape;
}

/* A net that can be built, with formats of `bits` - 2 to `bits` + 2 bits drawn around those that
 * learn. */
static inline void nets_random(struct net *net, int bits, uint64_t *random) {
  struct error err;
  do {
    struct nets_shape shape = nets_random_shape(random);
    struct nets_words words = {bits, bits - 2, bits - 5, bits - 1, -2};
    nets_describe(net, &shape, &words);
    net->pixel_offset = nets_between(random, 0, 2) == 0 ? nets_between(random, 0, 255) : 128;
    net->pixel_frac = nets_between(random, 5, 8);
    net->rate = nets_between(random, 0, 8);
    net->rounding = (enum rounding)nets_between(random, ROUND_NEAREST, ROUND_TRUNCATE);
    net->random_bits = net->rounding == ROUND_STOCHASTIC ? nets_between(random, 1, 16) : 0;
    for (int l = 0; l < net->layer_count; l++) {
      struct layer *layer = &net->layer[l];
      bool output = nets_is(layer, "output");
      layer->word.bits += nets_between(random, -2, 2);
      layer->activation.bits += nets_between(random, -2, 2);
      layer->gradient.bits += nets_between(random, -2, 2);
      layer->word.frac += nets_between(random, -2, 2);
      layer->used = nets_between(random, 0, 2) ? 0 : nets_between(random, 4, layer->word.bits);
      layer->activation.frac += nets_between(random, -1, 4);
      layer->gradient.frac += nets_between(random, -2, output ? 0 : 4);
      layer->init = nets_between(random, -4, 0);
      layer->bias.there = nets_between(random, 0, 1);
      layer->bias.word.bits = nets_between(random, 4, 16);
      layer->bias.word.frac = layer->bias.word.bits - 1 - nets_between(random, -2, 2);
      layer->bias.init = nets_between(random, 0, 3) ? nets_between(random, -3, 0) : NET_INIT_ZERO;
    }
    err.message[0] = 0;
  } while (net_derive(net, &err) != 0);
}

static inline void nets_picture(const struct net *net, uint8_t *picture, uint64_t *random) {
  for (int i = 0; i < net->height * net->width; i++)
    picture[i] = (uint8_t)(scratch_random(random) >> 56);
}

#endif
