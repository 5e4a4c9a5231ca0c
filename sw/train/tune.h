/* tune.h : binary points for a network and its data: from the floating-point twin's ranges, then by
 * trainings.
 * SPDX-License-Identifier: MIT
 *
 * Bits, `init` and all else stay as described. A proposal's figure is its validation loss after
 * short trainings of several seeds on one split; two proposals are compared seed by seed. The test
 * part is never looked at.
 */
#ifndef ENGRAM_TRAIN_TUNE_H
#define ENGRAM_TRAIN_TUNE_H

#include "train/train.h"

enum { TUNE_SEEDS_MAX = 32 };

/* A layer's word with a binary point. */
enum tune_word { TUNE_WEIGHTS, TUNE_ACTIVATIONS, TUNE_GRADIENTS, TUNE_WORDS };
extern const char *const tune_word_names[TUNE_WORDS];

/* Of the last quarter of the epochs, on validation. */
struct tune_score {
  double loss, accuracy;         /* means over the seeds; accuracy 0..1 */
  double losses[TUNE_SEEDS_MAX]; /* by seed */
};

/* How far a proposal's loss is above another one's: mean and standard error over the seeds. */
struct tune_difference {
  double mean, error;
};

struct tune;

/* Called while the work goes on; may be NULL. */
struct tune_watch {
  void *context;
  /* Before a training. */
  void (*training)(void *context, int done);
  /* After a trial of layer l's word at `frac` instead of that of `best`. */
  void (*trial)(void *context, const struct net *best, int l, enum tune_word word, int frac,
                const struct tune_score *score, const struct tune_difference *difference,
                bool kept);
};

struct tune {
  /* set by the caller, not owned */
  const struct dataset *data;
  const enum part *parts; /* [data->count] */
  uint64_t seed;          /* trainings have seed, seed + 1, ... */
  int seeds;              /* 2..TUNE_SEEDS_MAX */
  uint32_t epochs;
  int rounds; /* over all words, at most */
  struct tune_watch watch;

  int trainings; /* done so far */
};

/* Trains `net` on the device ("golden", "twin") once a seed. Returns 0, or -1 with the error set.
 */
int tune_measure(struct tune *tune, const struct net *net, const char *device,
                 struct tune_score *score, struct error *err);

struct tune_difference tune_compare(const struct tune *tune, const struct tune_score *score,
                                    const struct tune_score *with);

/* Whether a difference is an improvement that more than chance explains: below 0 by more than its
 * standard error. */
bool tune_is_better(const struct tune_difference *difference);

/* Sets every binary point of `net` so that of the numbers in a training of the twin, at its begin
 * and at its end, at most one in a thousand is beyond its word, as far as that can be built.
 * Returns 0, or -1 with the error set. */
int tune_from_ranges(struct tune *tune, struct net *net, struct error *err);

/* Moves one binary point after the other by one place, as long as that makes it better; `score` is
 * that of `net`, and both follow. Returns 0, or -1 with the error set. */
int tune_search(struct tune *tune, struct net *net, struct tune_score *score, struct error *err);

/* A word's binary point, and the net with another one: false where that cannot be built. */
int tune_frac(const struct net *net, int l, enum tune_word word);
bool tune_move(const struct net *net, int l, enum tune_word word, int frac, struct net *moved);

#endif
