/* net_text.c : the normal form of a description, and the hashes of it.
 * SPDX-License-Identifier: MIT
 *
 * The normal form is a description itself: net_load reads it back to the same network.
 */
#include "net/describe_parts.h"
#include "net/synapse_parts.h"

#include <stdio.h>
#include <stdlib.h>

/* What a text is about: all, or what the weights mean. */
enum scope { SCOPE_ALL, SCOPE_MEANING };

const char *net_kind_name(const struct layer *layer) {
  return describe_kind(layer)->name;
}

const char *const net_rounding_names[] = {"nearest", "stochastic", "truncate", NULL};
const char *const net_storage_names[] = {"ram", "register", "single_port", NULL};
const char *const net_step_names[] = {"normal", "fast", NULL};
const char *const net_multipliers_names[] = {"separate", "shared", NULL};
const char *const net_mode_names[] = {"training", "inference", NULL};
const char *const net_output_names[] = {"softmax", "argmax", NULL};
#define SYNAPSE(NAME, name) #name,
const char *const net_synapse_names[] = {SYNAPSES(SYNAPSE) NULL};
#undef SYNAPSE

static void write_layer(FILE *to, const struct layer *layer, enum scope scope) {
  const struct describe_kind *kind = describe_kind(layer);
  fprintf(to, "  - %s: {%s: %d", kind->name, kind->units, layer->units);
  if (kind->write_fields)
    kind->write_fields(to, layer);
  fprintf(to, ", weights: {bits: %d, frac: %d", layer->word.bits, layer->word.frac);
  if (synapse_of(layer)->write_fields)
    synapse_of(layer)->write_fields(to, layer);
  if (scope == SCOPE_ALL)
    fprintf(to, ", init: %d", layer->init);
  if (scope == SCOPE_ALL && kind->has_storage)
    fprintf(to, ", storage: %s", net_storage_names[layer->storage]);
  fprintf(to, "}, activations: {bits: %d, frac: %d}, gradients: {bits: %d, frac: %d}",
          layer->activation.bits, layer->activation.frac, layer->gradient.bits,
          layer->gradient.frac);
  if (layer->bias.there) {
    fprintf(to, ", bias: {bits: %d, frac: %d", layer->bias.word.bits, layer->bias.word.frac);
    if (scope == SCOPE_ALL && layer->bias.init != NET_INIT_ZERO)
      fprintf(to, ", init: %d", layer->bias.init);
    fprintf(to, "}");
  }
  if (scope == SCOPE_ALL)
    fprintf(to, ", freeze: %s", layer->freeze ? "true" : "false");
  fprintf(to, "}\n");
}

static void write_layout(FILE *to, const struct net *net) {
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++) {
    const char *const *words = net_fold_words(fold);
    fprintf(to, "%s%s: ", fold ? ", " : "layout: {", net_fold_name(fold));
    if (words)
      fprintf(to, "%s", words[net->fold[fold]]);
    else
      fprintf(to, "%d", net->fold[fold]);
  }
  fprintf(to, "}\n");
}

static char *text_of(const struct net *net, enum scope scope) {
  char *text = NULL;
  size_t size;
  FILE *to = open_memstream(&text, &size);
  if (!to)
    abort();
  bool all = scope == SCOPE_ALL;
  if (all)
    fprintf(to, "name: %s\n", net->name);
  fprintf(to, "input: {height: %d, width: %d, ", net->height, net->width);
  if (net->pixel_threshold > 0)
    fprintf(to, "threshold: %d, ", net->pixel_threshold);
  else if (net->pixel_depth < NET_PIXEL_DEPTH_MAX)
    fprintf(to, "bits: %d, ", net->pixel_depth);
  fprintf(to, "offset: %d, frac: %d}\nlayers:\n", net->pixel_offset, net->pixel_frac);
  for (int l = 0; l < net->layer_count; l++)
    write_layer(to, &net->layer[l], scope);
  fprintf(to, "training: {");
  if (all)
    fprintf(to, "rate: %d, ", net->rate);
  fprintf(to, "rounding: %s", net_rounding_names[net->rounding]);
  if (net->rounding == ROUND_STOCHASTIC)
    fprintf(to, ", random_bits: %d", net->random_bits);
  fprintf(to, "}\n");
  if (all)
    write_layout(to, net);
  else
    fprintf(to, "random: %d\n", NET_RANDOM_SCHEME);
  if (fclose(to) != 0)
    abort();
  return text;
}

char *net_text(const struct net *net) {
  return text_of(net, SCOPE_ALL);
}

void net_show_layer(FILE *to, const struct layer *layer) {
  describe_kind(layer)->show(to, layer);
}

bool net_has_storage(const struct layer *layer) {
  return describe_kind(layer)->has_storage;
}

const struct counter *net_counter_shared(int which) {
  static const struct counter shared[NET_COUNTERS_SHARED] = {
      {"cut_activations", "cuts", "saturated_activations", "saturated activations of ", "", false},
      {"cut_gradients", "gradient_cuts", "saturated_gradients", "saturated gradients of ", "",
       true},
      {"lost", "lost", "lost_updates", "updates of ", " that were not zero and changed nothing",
       true}};
  return &shared[which];
}

const struct counter *net_counter(const struct layer *layer, int which) {
  const struct describe_kind *kind = describe_kind(layer);
  if (which < NET_COUNTERS_SHARED)
    return net_counter_shared(which);
  which -= NET_COUNTERS_SHARED;
  return which < kind->counter_count ? &kind->counters[which] : NULL;
}

void net_tensor_name(const struct net *net, const struct tensor *tensor,
                     char name[NET_TENSOR_NAME_MAX]) {
  snprintf(name, NET_TENSOR_NAME_MAX, "%s.%s", net->layer[tensor->layer].name, tensor->name);
}

void net_tensor_title(const struct net *net, const struct tensor *tensor,
                      char title[NET_TENSOR_NAME_MAX]) {
  const struct layer *layer = &net->layer[tensor->layer];
  if (layer->tensor_count > 1)
    net_tensor_name(net, tensor, title);
  else
    snprintf(title, NET_TENSOR_NAME_MAX, "%s", layer->name);
}

bool net_column_shape(const struct layer *layer, int *height, int *width) {
  const struct describe_kind *kind = describe_kind(layer);
  if (kind->column_shape)
    kind->column_shape(layer, height, width);
  return kind->column_shape != NULL;
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
