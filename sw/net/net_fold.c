/* net_fold.c : which layouts a network can have.
 * SPDX-License-Identifier: MIT
 */
#include "net/net_parts.h"

#include <stdio.h>
#include <stdlib.h>

enum { LANES_USUAL = 64, LOGIC_MULTIPLIERS_MOST = 9999 /* more than a net has are all */ };

const char *net_fold_name(enum fold fold) {
  static const char *const names[FOLD_COUNT] = {
      [FOLD_POSITIONS] = "positions", [FOLD_FILTERS] = "filters",
      [FOLD_TAPS] = "taps",           [FOLD_LANES] = "lanes",
      [FOLD_STEP] = "step",           [FOLD_OUTPUT_LANES] = "output_lanes",
      [FOLD_STORAGE] = "storage",     [FOLD_MULTIPLIERS] = "multipliers",
      [FOLD_MODE] = "mode",           [FOLD_LOGIC_MULTIPLIERS] = "logic_multipliers",
      [FOLD_OUTPUT] = "output",
  };
  return names[fold];
}

const char *const *net_fold_words(enum fold fold) {
  switch (fold) {
  case FOLD_STEP:
    return net_step_names;
  case FOLD_MULTIPLIERS:
    return net_multipliers_names;
  case FOLD_STORAGE:
    return net_storage_names;
  case FOLD_MODE:
    return net_mode_names;
  case FOLD_OUTPUT:
    return net_output_names;
  default:
    return NULL;
  }
}

/* The convolution, or NULL. */
static const struct layer *conv_of(const struct net *net) {
  return net->layer[0].kind == LAYER_CONV ? &net->layer[0] : NULL;
}

static const struct layer *first_dense(const struct net *net) {
  return &net->layer[net->layer[0].kind == LAYER_CONV];
}

/* Units of the largest hidden dense layer; 1 when there is none. */
static int units_most(const struct net *net) {
  int most = 1;
  for (int l = 0; l < net->layer_count; l++)
    if (net->layer[l].kind == LAYER_DENSE && net->layer[l].units > most)
      most = net->layer[l].units;
  return most;
}

int net_fold_most(const struct net *net, enum fold fold) {
  const struct layer *conv = conv_of(net);
  switch (fold) {
  case FOLD_POSITIONS:
    return conv ? conv->positions : 1;
  case FOLD_FILTERS:
    return conv ? conv->units : 1;
  case FOLD_TAPS:
    return conv ? conv->rows : 1;
  case FOLD_LANES:
    return units_most(net);
  case FOLD_OUTPUT_LANES:
    return net->classes;
  case FOLD_LOGIC_MULTIPLIERS:
    return LOGIC_MULTIPLIERS_MOST;
  default:;
    int most = 0;
    while (net_fold_words(fold)[most + 1])
      most++;
    return most;
  }
}

bool net_fold_legal(const struct net *net, enum fold fold, int value) {
  const struct layer *conv = conv_of(net);
  if (net_fold_words(fold) || fold == FOLD_LOGIC_MULTIPLIERS)
    return value >= 0 && value <= net_fold_most(net, fold);
  if (value < 1 || value > net_fold_most(net, fold))
    return false;
  if (!conv)
    return true;
  switch (fold) {
  case FOLD_POSITIONS: /* part of a row of C, or whole rows that divide its height */
    return value <= conv->out_width ||
           (value % conv->out_width == 0 && conv->out_height % (value / conv->out_width) == 0);
  case FOLD_FILTERS:
    return conv->units % value == 0;
  case FOLD_TAPS:
    return conv->rows % value == 0;
  default:
    return true;
  }
}

char *net_fold_text(const struct net *net, enum fold fold) {
  char *text = NULL;
  size_t size;
  FILE *f = open_memstream(&text, &size);
  if (!f)
    abort();
  const char *const *words = net_fold_words(fold);
  int most = net_fold_most(net, fold);
  for (int value = 0, first = 1; value <= most; value++) {
    if (!net_fold_legal(net, fold, value))
      continue;
    int last = value;
    while (!words && net_fold_legal(net, fold, last + 1))
      last++;
    fputs(first ? "" : ", ", f);
    first = 0;
    if (words)
      fputs(words[value], f);
    else if (last > value + 1)
      fprintf(f, "%d..%d", value, last);
    else
      fprintf(f, "%d", last = value);
    value = last;
  }
  fclose(f);
  return text;
}

static int usual(const struct net *net, enum fold fold) {
  int most = net_fold_most(net, fold);
  switch (fold) {
  case FOLD_TAPS:
  case FOLD_OUTPUT_LANES:
    return most;
  case FOLD_LANES:
    return most < LANES_USUAL ? most : LANES_USUAL;
  case FOLD_POSITIONS:
  case FOLD_FILTERS:
    return 1;
  default:
    return 0;
  }
}

static int check_fold(struct net *net, enum fold fold, struct problem *problem) {
  if (net->fold[fold] == FOLD_CHOOSE)
    net->fold[fold] = usual(net, fold);
  if (net_fold_legal(net, fold, net->fold[fold]))
    return 0;
  char where[32];
  snprintf(where, sizeof where, "layout.%s", net_fold_name(fold));
  char *legal = net_fold_text(net, fold);
  problem_set(problem, net, -1, where, "found %d, allowed %s", net->fold[fold], legal);
  free(legal);
  return -1;
}

/* Two rows a cycle come as neighbours of a word of the memory in front; one of them must be even
 * and one odd, for they lie in two banks. */
static int check_fast(const struct net *net, struct problem *problem) {
  const struct layer *dense = first_dense(net), *conv = conv_of(net);
  const int *fold = net->fold;
  static const char where[] = "layout.step", found[] = "found fast, allowed normal";
  if (fold[FOLD_MODE] != MODE_TRAINING)
    return problem_set(problem, net, -1, where, "%s with mode: inference", found);
  if (!dense->dropout)
    return problem_set(problem, net, -1, where, "%s: the first dense layer has no dropout", found);
  int lanes = fold[FOLD_LANES] < dense->units ? fold[FOLD_LANES] : dense->units;
  if (lanes % 2 != 0)
    return problem_set(problem, net, -1, "layout.lanes",
                       "found %d, allowed an even number with step: fast", fold[FOLD_LANES]);
  if (!conv)
    return 0;
  if (fold[FOLD_POSITIONS] * fold[FOLD_FILTERS] < 2)
    return problem_set(problem, net, -1, where,
                       "%s with one position and one filter at a time: two rows a cycle need two",
                       found);
  if (fold[FOLD_POSITIONS] > 1 && fold[FOLD_FILTERS] % 2 == 1 && conv->units % 2 == 0)
    return problem_set(
        problem, net, -1, where,
        "%s with %d of %d filters at a time: an even number of filters needs an even "
        "number at a time, or one position",
        found, fold[FOLD_FILTERS], conv->units);
  return 0;
}

static int check_taps(const struct net *net, struct problem *problem) {
  const struct layer *conv = conv_of(net);
  const int *fold = net->fold;
  if (!conv || fold[FOLD_TAPS] == conv->rows ||
      (fold[FOLD_POSITIONS] == 1 && fold[FOLD_FILTERS] == 1))
    return 0;
  return problem_set(problem, net, -1, "layout.taps",
                     "found %d, allowed %d (all) with more than one position or filter at a time",
                     fold[FOLD_TAPS], conv->rows);
}

/* One port reads and writes in turn only where gradient and update do. */
static int check_storage(const struct net *net, struct problem *problem) {
  for (int l = 0; l < net->layer_count; l++)
    if (net->layer[l].kind != LAYER_CONV && net->layer[l].storage == STORAGE_SINGLE_PORT &&
        net->fold[FOLD_MODE] == MODE_TRAINING && net->fold[FOLD_MULTIPLIERS] != MULTIPLIERS_SHARED)
      return problem_set(problem, net, l, "weights.storage",
                         "found single_port, allowed ram, register with multipliers: separate");
  return 0;
}

static int check_output(const struct net *net, struct problem *problem) {
  if (net->fold[FOLD_OUTPUT] == OUTPUT_SOFTMAX || net->fold[FOLD_MODE] == MODE_INFERENCE)
    return 0;
  return problem_set(problem, net, -1, "layout.output",
                     "found argmax, allowed softmax with mode: training, which learns from the "
                     "probabilities");
}

int net_check_layout(struct net *net, struct problem *problem) {
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++)
    if (check_fold(net, fold, problem) != 0)
      return -1;
  if (check_taps(net, problem) != 0 || check_storage(net, problem) != 0 ||
      check_output(net, problem) != 0)
    return -1;
  return net->fold[FOLD_STEP] == STEP_FAST ? check_fast(net, problem) : 0;
}
