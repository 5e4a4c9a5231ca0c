/* net_text.c : the normal form of a description, and the hashes of it.
 * SPDX-License-Identifier: MIT
 *
 * The normal form is a description itself: net_load reads it back to the same network.
 */
#include "net/net_parts.h"

#include "base/file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_BYTES = 4096, /* more than six lines of headings and five of layers take */ };

/* What a text is about: all, or what the weights mean. */
enum scope { SCOPE_ALL, SCOPE_MEANING };

struct text {
  char *bytes;
  size_t length;
  enum scope scope;
};

const char *net_kind_name(enum layer_kind kind) {
  static const char *const names[] = {"conv", "dense", "output"};
  return names[kind];
}

const char *const net_rounding_names[] = {"nearest", "stochastic", "truncate", NULL};
const char *const net_storage_names[] = {"ram", "register", "single_port", NULL};
const char *const net_step_names[] = {"normal", "fast", NULL};
const char *const net_multipliers_names[] = {"separate", "shared", NULL};
const char *const net_mode_names[] = {"training", "inference", NULL};
const char *const net_output_names[] = {"softmax", "argmax", NULL};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int length = vsnprintf(text->bytes + text->length, TEXT_BYTES - text->length, format, args);
  va_end(args);
  text->length += (size_t)length;
}

static void add_layer(struct text *text, const struct layer *layer) {
  static const char *const units[] = {"filters", "units", "classes"};
  add(text, "  - %s: {%s: %d", net_kind_name(layer->kind), units[layer->kind], layer->units);
  if (layer->kind == LAYER_CONV)
    add(text, ", kernel: [%d, %d]", layer->kernel_height, layer->kernel_width);
  if (layer->kind == LAYER_DENSE)
    add(text, ", relu: %s, dropout: %s", layer->relu ? "true" : "false",
        layer->dropout ? "true" : "false");
  add(text, ", weights: {bits: %d, frac: %d", layer->weight.bits, layer->weight.frac);
  if (text->scope == SCOPE_ALL)
    add(text, ", init: %d", layer->init);
  if (text->scope == SCOPE_ALL && layer->kind != LAYER_CONV)
    add(text, ", storage: %s", net_storage_names[layer->storage]);
  add(text, "}, activations: {bits: %d, frac: %d}, gradients: {bits: %d, frac: %d}",
      layer->activation.bits, layer->activation.frac, layer->gradient.bits, layer->gradient.frac);
  if (text->scope == SCOPE_ALL)
    add(text, ", freeze: %s", layer->freeze ? "true" : "false");
  add(text, "}\n");
}

static char *text_of(const struct net *net, enum scope scope) {
  struct text text = {memory_new(TEXT_BYTES, 1), 0, scope};
  bool all = scope == SCOPE_ALL;
  if (all)
    add(&text, "name: %s\n", net->name);
  add(&text, "input: {height: %d, width: %d, offset: %d, frac: %d}\nlayers:\n", net->height,
      net->width, net->pixel_offset, net->pixel_frac);
  for (int l = 0; l < net->layer_count; l++)
    add_layer(&text, &net->layer[l]);
  add(&text, "training: {");
  if (all)
    add(&text, "rate: %d, ", net->rate);
  add(&text, "rounding: %s", net_rounding_names[net->rounding]);
  if (net->rounding == ROUND_STOCHASTIC)
    add(&text, ", random_bits: %d", net->random_bits);
  add(&text, "}\n");
  for (enum fold fold = 0; all && fold < FOLD_COUNT; fold++) {
    const char *const *words = net_fold_words(fold);
    add(&text, "%s%s: ", fold ? ", " : "layout: {", net_fold_name(fold));
    if (words)
      add(&text, "%s", words[net->fold[fold]]);
    else
      add(&text, "%d", net->fold[fold]);
  }
  if (all)
    add(&text, "}\n");
  return text.bytes;
}

char *net_text(const struct net *net) {
  return text_of(net, SCOPE_ALL);
}

/* FNV-1a, 64 bits, carried on from `hash`. */
static uint64_t hash_text(uint64_t hash, const char *text) {
  for (; *text; text++)
    hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
  return hash;
}

void net_hash_fill(struct net *net) {
  const uint64_t start = UINT64_C(0xcbf29ce484222325);
  char *meaning = text_of(net, SCOPE_MEANING);
  char *all = text_of(net, SCOPE_ALL);
  net->net_hash = hash_text(start, meaning);
  net->core_hash = hash_text(hash_text(start, all), "engram: " ENGRAM_VERSION "\n");
  free(meaning);
  free(all);
}
