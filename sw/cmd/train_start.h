/* train_start.h : what a training begins with.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_TRAIN_START_H
#define ENGRAM_CMD_TRAIN_START_H

#include "cmd/train_log.h"
#include "cmd/train_options.h"
#include "data/augment.h"

enum { TRAINING_SPLITS = 2 };

/* What a training begins with. */
struct training {
  const struct train_options *options;
  struct net net;
  struct augment augment;
  struct dataset data;
  enum part *parts[TRAINING_SPLITS]; /* [data.count] */
  const char *by[TRAINING_SPLITS];   /* split.h, or a table's path */
  int split_count;
  struct device_state loaded; /* what the file of --load has */
  struct trained_classes classes;
  struct checkpoint start, best; /* best: of the epochs before start */
  bool has_best;
  struct device *device;
  struct train_log log;
};

/* Loads and checks all that the options name, before long work, and opens device and log.
 * `training` has its options, and zeros. Returns 0 or -1; training_free is due either way. */
int training_prepare(struct training *training, struct error *err);

/* Says on stderr what the user may not expect, when all is well. */
void training_say(const struct training *training);

void training_free(struct training *training);

#endif
