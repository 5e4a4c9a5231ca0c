/* net_parts.h : what the files of net.h share among themselves.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_NET_PARTS_H
#define ENGRAM_NET_NET_PARTS_H

#include "net/net.h"

#include <limits.h>

enum {
  FOLD_COUNT = 4,
  FOLD_CHOOSE = INT_MIN, /* the description leaves this fold to Engram */
  FRAC_MAX = 31,
  PROBABILITY_FRAC = 15, /* fraction bits of softmax's probabilities, so the most of G_S (E10) */
};

/* What cannot be built, and which value of the description says so. */
struct problem {
  char where[64]; /* such as "layers[1].dense.weights.frac" */
  struct error what;
};

/* Fills in a problem; always -1. `layer` is -1 for a field that is not a layer's. */
int problem_set(struct problem *problem, const struct net *net, int layer, const char *field,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

/* net_derive, with the problem in parts and folds of FOLD_CHOOSE chosen. */
int net_derive_parts(struct net *net, struct problem *problem);

/* Chooses the folds that are left open and refuses illegal ones. Needs the derived shapes. */
int net_check_folds(struct net *net, struct problem *problem);

/* Names of the folds in the order of struct net, and a pointer to a net's value. */
const char *net_fold_name(int fold);
int *net_fold(struct net *net, int fold);

/* Fills net_hash and core_hash; every other field is there. */
void net_hash_fill(struct net *net);

const char *net_kind_name(enum layer_kind kind);
const char *net_rounding_name(enum rounding rounding);

#endif
