/* net_fold.c : which layouts a network can have.
 * SPDX-License-Identifier: MIT
 */
#include "net/net_parts.h"

#include <stdio.h>
#include <string.h>

enum {
  VALUES_MAX = 64,
  /* more than any fold has: 1024 has 11 divisors, 840 has 32 */ LANES_USUAL = 64
};
enum fold { FOLD_POSITIONS, FOLD_FILTERS, FOLD_LANES, FOLD_OUTPUT_LANES };

const char *net_fold_name(int fold) {
  static const char *const names[FOLD_COUNT] = {"positions", "filters", "lanes", "output_lanes"};
  return names[fold];
}

int *net_fold(struct net *net, int fold) {
  int *const values[FOLD_COUNT] = {&net->fold_positions, &net->fold_filters, &net->fold_lanes,
                                   &net->fold_output_lanes};
  return values[fold];
}

struct values {
  int *value;
  int count, capacity;
};

/* Appends factor * d for every divisor d of `whole`, ascending, leaving out what is not above the
 * last value. */
static void add_divisors(struct values *values, int whole, int factor) {
  for (int divisor = 1; divisor <= whole; divisor++) {
    int value = factor * divisor;
    bool above = values->count == 0 || value > values->value[values->count - 1];
    if (whole % divisor == 0 && above && values->count < values->capacity)
      values->value[values->count++] = value;
  }
}

static int greatest_common_divisor(int a, int b) {
  while (b) {
    int rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* The convolution, or NULL. */
static const struct layer *conv_of(const struct net *net) {
  return net->layer[0].kind == LAYER_CONV ? &net->layer[0] : NULL;
}

/* Largest number of lanes that divides the units of every hidden dense layer; 1 when there is none.
 */
static int lanes_max(const struct net *net) {
  int common = 0;
  for (int l = 0; l < net->layer_count; l++)
    if (net->layer[l].kind == LAYER_DENSE)
      common = greatest_common_divisor(net->layer[l].units, common);
  return common ? common : 1;
}

int net_fold_values(const struct net *net, const char *fold, int *values, int capacity) {
  struct values legal = {values, 0, capacity};
  const struct layer *conv = conv_of(net);
  if (!strcmp(fold, net_fold_name(FOLD_POSITIONS))) {
    add_divisors(&legal, conv ? conv->out_width : 1, 1);
    if (conv && conv->out_width >= 2)
      add_divisors(&legal, conv->out_height, conv->out_width); /* whole rows */
  } else if (!strcmp(fold, net_fold_name(FOLD_FILTERS))) {
    add_divisors(&legal, conv ? conv->units : 1, 1);
  } else if (!strcmp(fold, net_fold_name(FOLD_LANES))) {
    add_divisors(&legal, lanes_max(net), 1);
  } else if (!strcmp(fold, net_fold_name(FOLD_OUTPUT_LANES))) {
    add_divisors(&legal, net->classes, 1);
  }
  return legal.count;
}

static int choose(int fold, const int *values, int count) {
  if (fold == FOLD_POSITIONS || fold == FOLD_FILTERS)
    return values[0];
  if (fold == FOLD_OUTPUT_LANES)
    return values[count - 1];
  int best = values[0];
  for (int i = 0; i < count && values[i] <= LANES_USUAL; i++)
    best = values[i];
  return best;
}

static int check_fold(struct net *net, int fold, struct problem *problem) {
  int values[VALUES_MAX];
  int count = net_fold_values(net, net_fold_name(fold), values, VALUES_MAX);
  int *found = net_fold(net, fold);
  if (*found == FOLD_CHOOSE)
    *found = choose(fold, values, count);
  char list[VALUES_MAX * 8] = "";
  size_t length = 0;
  for (int i = 0; i < count; i++) {
    if (values[i] == *found)
      return 0;
    length +=
        (size_t)snprintf(list + length, sizeof list - length, "%s%d", i ? ", " : "", values[i]);
  }
  char where[32];
  snprintf(where, sizeof where, "layout.%s", net_fold_name(fold));
  return problem_set(problem, net, -1, where, "found %d, allowed %s", *found, list);
}

int net_check_folds(struct net *net, struct problem *problem) {
  for (int fold = 0; fold < FOLD_COUNT; fold++)
    if (check_fold(net, fold, problem) != 0)
      return -1;
  return 0;
}
