/* train.h : a training run on any device: shuffled epochs, validation, the best weights, exact
 * resume.
 * SPDX-License-Identifier: MIT
 *
 *   struct train train = {.net = &net, .device = device, .data = &data, .parts = parts};
 *   if (train_begin(&train, &start, NULL, &err) == 0 && train_run(&train, 30, 0, &err) == 0 &&
 *       train_state(&train, &last, &err) == 0 && train_test(&train, &metrics, NULL, &err) == 0) ...
 *   train_end(&train);
 *
 * Steps take one picture each, in an order that depends on the seed and the epoch alone, as does
 * what `augment` makes of each picture. What the run does next follows from the device's weights
 * and state and from `place`: a run that is stopped after any step and goes on later, on the same
 * kind of device or another, has the same bits as one that was not stopped.
 */
#ifndef ENGRAM_TRAIN_H
#define ENGRAM_TRAIN_H

#include "data/augment.h"
#include "data/dataset.h"
#include "data/metrics.h"
#include "data/split.h"
#include "data/votes.h"
#include "device/device.h"
#include "model/checkpoint.h"

enum {
  TRAIN_CHUNK = 32, /* pictures to train on that are given to the device at once */
  TRAIN_PARTS = 3,  /* of enum part */
};

/* What training steps counted, by layer. */
struct train_counts {
  uint64_t count[NET_COUNTERS_MAX][NET_LAYERS_MAX]; /* as in struct counters */
};

/* One epoch, as one call of train_run saw it. */
struct train_epoch {
  uint32_t epoch;             /* 1, 2, ... */
  size_t pictures;            /* trained on; fewer than all when it began inside the epoch */
  double loss, accuracy;      /* means of each step's picture before its update, with dropout */
  double validation_loss;     /* after the epoch, without dropout */
  double validation_accuracy; /* 0..1 */
  struct train_counts counters;
  int rate;  /* the learning rate was 2^-rate */
  bool best; /* better on validation than all epochs before */
};

/* Called while the run works. Members may be NULL. */
struct train_watch {
  void *context;
  /* After each chunk: `done` of `total` pictures of "training", "validation" or "test". Returning
   * false while training stops the run behind this chunk. */
  bool (*chunk)(void *context, const char *what, size_t done, size_t total);
  /* After each epoch. Returning -1 with the error set ends the run as failed. */
  int (*epoch)(void *context, const struct train_epoch *epoch, struct error *err);
  /* What the device said of a picture (index into data) of "validation", "test" or whatever
   * train_measure was called with; in the order in which they are measured. */
  void (*reply)(void *context, const char *what, size_t picture, const struct reply *reply);
};

struct train {
  /* set by the caller, not owned */
  const struct net *net;
  struct device *device;
  const struct dataset *data; /* pictures and classes of the net's sizes */
  const enum part *parts;     /* [data->count] */
  struct train_watch watch;
  const uint32_t *halve; /* [halve_count] when these epochs are finished the learning rate is
                            halved, but not below 2^-NET_RATE_MAX; NULL: never */
  size_t halve_count;
  bool balance;           /* each class is drawn equally often: train_order_balanced */
  uint32_t patience;      /* so many epochs in a row that were not the best end the run; 0: never */
  struct augment augment; /* of pictures to train on; what comes in at the border stands for 0. A
                             picture that the epoch shows for the k-th time more has another number
                             for augment_draw: its own + k * data->count */
  bool fresh; /* the weights to begin with are the seed's (random_weights): a board makes them */

  /* the run's */
  size_t *pictures[TRAIN_PARTS]; /* indices into data by part */
  size_t count[TRAIN_PARTS];
  size_t *order;          /* [count[PART_TRAIN]] of the current epoch */
  uint8_t *ranks;         /* ditto, of their classes by name */
  struct place place;     /* where the device's weights stand */
  int rate;               /* the present learning rate is 2^-rate */
  struct checkpoint best; /* weights and state of the best epoch so far */
  double best_loss;       /* its figures on validation */
  double best_accuracy;
  uint32_t best_epoch;        /* 0: no epoch was finished yet */
  struct train_epoch *epochs; /* [epoch_count] finished in this run */
  size_t epoch_count;
  struct train_epoch current; /* the one that is not finished; pictures = 0 when there is none */
  bool stopped;               /* by watch.chunk */
};

/* -ln of the probability (15 fraction bits) that the label got, in nats. A probability of 0 counts
 * as 2^-15, so that the loss of a picture is at most 10.40. */
double train_loss(int32_t probability);

/* The order of an epoch (0, 1, ...): order [count] gets a permutation of 0 .. count-1, by Fisher
 * and Yates with splitmix64. A pure function of its arguments. */
void train_order(uint64_t seed, uint32_t epoch, size_t count, size_t *order);

/* The order of an epoch in which each class is drawn equally often: order [count] gets entries
 * t + k * count, where t is a picture's number among those to train on, 0 .. count-1, and k how
 * often the epoch has drawn it before. A pure function of its arguments; ranks [count] are the
 * places of the pictures' classes in byte order of the names. docs/order.md, "Balanced drawing",
 * has the algorithm. With classes of equal size every epoch has each picture once. */
void train_order_balanced(uint64_t seed, uint32_t epoch, const uint8_t *ranks, size_t count,
                          size_t *order);

/* A number that changes with any picture, label or part, and with their order; never 0. */
uint64_t train_digest(const struct dataset *data, const enum part *parts);

/* Infers pictures [count] (indices into data) and adds them to `metrics`, which the caller began,
 * and to `votes` where that is not NULL. Returns 0, or -1 when the device failed. */
int train_measure(struct device *device, const struct dataset *data, const size_t *pictures,
                  size_t count, const char *what, const struct train_watch *watch,
                  struct metrics *metrics, struct votes *votes, struct error *err);

/* Puts `start` (weights, state, place) into the device. `best` is the best of the epochs before
 * `start` and is measured on validation again, or NULL. Returns 0, or -1 when the device failed or
 * the place is not one of these pictures'; train_end is due either way. */
int train_begin(struct train *train, const struct checkpoint *start, const struct checkpoint *best,
                struct error *err);

/* Trains until `epochs` epochs are finished in all, at most `steps` steps now (0: no limit), until
 * patience ends it or the watch stops it. After each epoch the weights are measured on validation
 * and kept when they are the best: highest accuracy, then lowest loss, then earliest. */
int train_run(struct train *train, uint32_t epochs, uint64_t steps, struct error *err);

/* Whether the run stands between two epochs and the last `patience` ones were not better on
 * validation than the best before them, train.best_epoch. */
bool train_is_spent(const struct train *train);

/* Copies out the device's weights and state and the place: what resumes the run. `last` has weights
 * of the net's shapes. */
int train_state(struct train *train, struct checkpoint *last, struct error *err);

/* Infers the test part with the best weights, or with the current ones when no epoch was finished;
 * where `files` is not NULL, also one decision for each file (votes_count). The device keeps those
 * weights: the run is over. */
int train_test(struct train *train, struct metrics *metrics, struct metrics *files,
               struct error *err);

void train_end(struct train *train);

#endif
