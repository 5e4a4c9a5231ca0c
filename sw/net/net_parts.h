/* net_parts.h : what the files of net.h share among themselves.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_NET_PARTS_H
#define ENGRAM_NET_NET_PARTS_H

#include "net/net.h"

#include <limits.h>

enum {
  FOLD_CHOOSE = INT_MIN, /* the description leaves this fold to Engram */
  FRAC_MAX = 31,
};

/* What cannot be built, and which value of the description says so. */
struct problem {
  char where[64]; /* such as "layers[1].dense.weights.frac" */
  struct error what;
};

/* Fills in a problem; always -1. `layer` is -1 for a field that is not a layer's. */
int problem_set(struct problem *problem, const struct net *net, int layer, const char *field,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Bits at a word's end that no sum takes; negative where the description has more used than there
 * are. */
static inline int net_unused_bits(const struct layer *layer) {
  return layer->used ? layer->word.bits - layer->used : 0;
}

/* net_derive, with the problem in parts and folds of FOLD_CHOOSE chosen. */
int net_derive_parts(struct net *net, struct problem *problem);

/* Fills what a description leaves open of what a picture's bytes stand for. */
void net_settle_pixels(struct net *net);

/* The same of layers and training, but for folds. Needs the derived shapes. */
void net_settle_defaults(struct net *net);

/* Chooses the folds that are left open and refuses illegal ones and those that do not go together.
 * Needs the derived shapes. */
int net_check_layout(struct net *net, struct problem *problem);

/* Fills net_hash and core_hash; every other field is there. */
void net_hash_fill(struct net *net);

/* Words of the description, each by its enum, ended by NULL. */
extern const char *const net_rounding_names[],
    *const net_storage_names[], *const net_step_names[], *const net_multipliers_names[],
                                                             *const net_mode_names[],
                                                                 *const net_output_names[],
                                                                     *const net_synapse_names[];

#endif
