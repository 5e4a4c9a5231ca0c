/* regress.h : a random case of the regression: drawn from a seed, and made simpler.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_VERIF_REGRESS_H
#define ENGRAM_VERIF_REGRESS_H

#include "net/net.h"

/* A description and how the bench drives its core. */
struct sample {
  uint64_t seed;  /* drawn from it; the bench takes it too */
  struct net net; /* derived */
  int steps;      /* of training */
  int infer;      /* inferences after them */
  int stall;      /* handshakes held back in so many of 256 cycles */
  bool faults;    /* wrong pictures between the others */
  bool settings;  /* another learning rate and other frozen layers than described */
};

/* What was drawn until something could be built. */
struct draws {
  long descriptions, refused_descriptions;
  long layouts, refused_layouts;
};

/* A thing that cases should show, and whether this one does. */
struct feature {
  const char *name;
  bool there;
};

enum { FEATURES_MAX = 64 };

/* Draws a case that can be built and is small enough to be compiled in seconds. The same seed gives
 * the same case anywhere. Adds to `draws`. */
void sample_draw(struct sample *sample, uint64_t seed, struct draws *draws);

/* The features of a case; returns how many there are, in the same order for each case. */
int sample_features(const struct sample *sample, struct feature features[FEATURES_MAX]);

/* The first way to make a case simpler, from number *way on, that leaves something that can be
 * built: fills `simpler` and *way. False when there is none. */
bool sample_simplify(const struct sample *sample, int *way, struct sample *simpler);

#endif
