/* sample_parts.h : what each kind of layer has in a random case of the regression.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_VERIF_SAMPLE_PARTS_H
#define ENGRAM_VERIF_SAMPLE_PARTS_H

#include "model/random.h"
#include "regress.h"

#include <stddef.h>

/* A number (or, of one byte, a truth value) that a case becomes simpler by when it comes nearer to
 * `simplest`. */
struct knob {
  size_t offset, size;
  int simplest;
};

#define KNOB(structure, member, simplest)                                                          \
  { offsetof(structure, member), sizeof(((structure *)0)->member), simplest }

struct features {
  struct feature *list;
  int count;
};

static inline void sample_feature(struct features *features, const char *name, bool there) {
  features->list[features->count++] = (struct feature){name, there};
}

struct sample_kind {
  /* Kinds are drawn in their order: how many layers of this one, and a layer. */
  int (*count)(uint64_t *random);
  void (*draw)(const struct net *net, struct layer *layer, uint64_t *random);
  int units_least;
  bool needed; /* by each net: layers of other kinds leave room */

  /* What cases should show of the kind: the same names in the same order for each case. */
  void (*add_features)(struct features *features, const struct sample *sample);

  const struct knob *knobs; /* of what is the kind's own in struct layer */
  int knob_count;
};

enum { SAMPLE_KNOBS_MAX = 4 /* of a kind */ };

#define KIND(NAME, name) extern const struct sample_kind name##_sample;
LAYER_KINDS(KIND)
#undef KIND

/* `low`..`high`, both included. */
static inline int sample_between(uint64_t *random, int low, int high) {
  return low + (int)((random_splitmix(random) >> 32) % (uint64_t)(high - low + 1));
}

static inline bool sample_one_in(uint64_t *random, int n) {
  return sample_between(random, 1, n) == 1;
}

#endif
