/* describe_parts.h : what each kind of layer says of its description, and the words of the grammar.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_DESCRIBE_PARTS_H
#define ENGRAM_NET_DESCRIBE_PARTS_H

#include "net/net_parts.h"
#include "net/schema.h"

#include <stddef.h>
#include <stdio.h>

/* Products of an output's sum (input * weight), of one for the layer in front (weight * gradient)
 * and of a weight's update (input * gradient). */
struct terms {
  int sum, back, update;
};

struct describe_kind {
  const char *name;  /* in a description */
  const char *units; /* the field that says how many columns */

  /* Places: first and nowhere else; last and nowhere else (its values are the classes); and at most
   * so many in a net, numbered where they may be several. */
  bool first, last;
  int most;

  /* Where nothing is said (net_defaults.c): activations are within 2^range, and initial weights
   * within 2^gain over the square root of the rows. */
  int range, gain;
  bool has_storage; /* of its weights, which the description may choose */
  bool few_weights; /* not worth a whole single-ported RAM */

  /* Its RTL leaves what a weight is to engram_value and engram_synapse; else it has the first
   * synapse in itself, and no other is allowed. */
  bool any_synapse;

  /* Rows, positions and what is the kind's own, from the picture; NULL: a row for each value in
   * front, one position. */
  int (*derive_shape)(const struct net *net, struct layer *layer, struct problem *problem);

  /* How many products the widest of its exact sums have. NULL: rows, units and positions. */
  struct terms (*terms)(const struct layer *layer);

  /* The kind's own fields in the normal form, each behind ", "; NULL: none. */
  void (*write_fields)(FILE *to, const struct layer *layer);

  /* As people read it: "3 filters of 5x5". */
  void (*show)(FILE *to, const struct layer *layer);

  /* States its tensors, without biases; returns how many, with them NET_TENSORS_MAX at most. NULL:
   * one, describe_matrix. */
  int (*state_tensors)(const struct layer *layer, struct tensor *tensors);

  /* Counters of the kind's own, behind those that every layer has; NET_COUNTERS_MAX in all. */
  const struct counter *counters;
  int counter_count;

  /* Where each column of the first is a picture, such as a filter; NULL: they are none. */
  void (*column_shape)(const struct layer *layer, int *height, int *width);

  /* Folds that are numbers: the largest value that the layer makes sense of, 0 where the fold is
   * none of its (NULL: none is); whether a value up to that is legal (NULL: each), and worth a try
   * in a search (NULL: 1 alone). */
  int (*fold_most)(const struct layer *layer, enum fold fold);
  bool (*fold_legal)(const struct layer *layer, enum fold fold, int value);
  bool (*fold_worth)(const struct layer *layer, enum fold fold, int value);

  /* Takes two rows a cycle with step: fast; NULL: never. The layer in front must write words of
   * several values, as a picture may. */
  bool (*steps_fast)(const struct net *net, int l);
  bool writes_words;

  /* Refuses legal folds that do not go together. NULL: all do. */
  int (*check_layout)(const struct net *net, int l, struct problem *problem);
};

#define KIND(NAME, name)                                                                           \
  extern const struct describe_kind name##_describe;                                               \
  extern const struct schema_field name##_fields[]; /* of its description */                       \
  extern const struct layer name##_defaults;
LAYER_KINDS(KIND)
#undef KIND

const struct describe_kind *describe_kind(const struct layer *layer);

/* "weight" [units][rows] of a layer that has a row for each value in front. */
struct tensor describe_matrix(const struct layer *layer);

/* Whether `value` is the smallest that makes as few groups of `things` as it does; a step of two
 * rows takes `by` 2 of them at a time. */
bool describe_is_smallest(int things, int value, int by);

/* Weights of a layer that says where they lie: one port reads and writes in turn only where
 * gradient and update do. */
int describe_check_storage(const struct net *net, int l, struct problem *problem);

/* ---- the grammar ---- */

enum {
  BITS_MIN = 4,
  BITS_MAX = 24,
  BITS_USUAL = 16,
  INIT_OPEN = 1, /* the description leaves the range of the initial weights to Engram */
  BITS_OPEN = 0,
  FRAC_OPEN = -1,
  PIXEL_OPEN = -1, /* likewise what a byte of a picture stands for */
};

#define INT(name, structure, member, least, most)                                                  \
  {                                                                                                \
    .key = name, .type = SCHEMA_INT, .offset = offsetof(structure, member), .low = (least),        \
    .high = (most)                                                                                 \
  }
#define INT_NEEDED(name, structure, member, least, most)                                           \
  {                                                                                                \
    .key = name, .type = SCHEMA_INT, .required = true, .offset = offsetof(structure, member),      \
    .low = (least), .high = (most)                                                                 \
  }
#define BOOL(name, structure, member)                                                              \
  { .key = name, .type = SCHEMA_BOOL, .offset = offsetof(structure, member) }
#define ENUM(name, structure, member, words)                                                       \
  { .key = name, .type = SCHEMA_ENUM, .offset = offsetof(structure, member), .names = words }
#define MAP(name, at, table)                                                                       \
  { .key = name, .type = SCHEMA_MAP, .offset = (at), .fields = table }
#define END                                                                                        \
  { .key = NULL }

/* Of a layer's formats; of its weights without and with their storage; of its biases. */
extern const struct schema_field describe_format_fields[], describe_weight_fields[],
    describe_stored_fields[], describe_bias_fields[];

/* bias: true or false into a struct bias; for schema_field's read. */
int describe_read_bias(const char *text, void *target);

/* The field of kinds that may have biases. */
#define BIAS                                                                                       \
  {                                                                                                \
    .key = "bias", .type = SCHEMA_MAP, .offset = offsetof(struct layer, bias),                     \
    .fields = describe_bias_fields, .read = describe_read_bias, .allowed = "true, false"           \
  }

#define FORMATS(weights)                                                                           \
  MAP("weights", 0, weights), BOOL("freeze", struct layer, freeze),                                \
      MAP("activations", offsetof(struct layer, activation), describe_format_fields),              \
      MAP("gradients", offsetof(struct layer, gradient), describe_format_fields)

#define FORMATS_OPEN                                                                               \
  .word = {BITS_USUAL, FRAC_OPEN}, .activation = {BITS_USUAL, FRAC_OPEN},                          \
  .gradient = {BITS_USUAL, FRAC_OPEN}, .init = INIT_OPEN, .storage = STORAGE_OPEN,                 \
  .bias = {.word = {BITS_OPEN, FRAC_OPEN}, .init = NET_INIT_ZERO}

#endif
