/* cmd_train.c : `engram train`: trains a network on the model, the simulated RTL or a board.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/net_options.h"
#include "net/plan.h"
#include "train/train.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEY_EPOCHS = 0x200, KEY_STEPS, KEY_RATE, KEY_FREEZE, KEY_SPLIT, KEY_RESTART };
enum { EPOCHS_MAX = 100000, SPLITS_MAX = 2 };

struct options {
  struct net_options net;
  struct data_options data;
  struct weights_options weights;
  const char *save, *freeze;
  uint32_t epochs;
  uint64_t steps; /* 0: no limit */
  uint64_t seed;
  bool seed_given;
  int rate;                        /* -1: not given */
  enum split_by splits[SPLITS_MAX]; /* [split_count], 0: not given */
  int split_count;
  bool restart, json;
};

/* One training with one split, and what came of it. */
struct run {
  enum split_by by;
  enum part *parts; /* [data.count] */
  struct train train;
  struct checkpoint last;
  struct metrics test;
};

/* The whole command. */
struct job_of_training {
  const struct options *options;
  struct net net;
  struct dataset data;
  struct device *device;
  struct checkpoint start, best; /* best: of the epochs before start, when has_best */
  bool has_best;
  struct run run[SPLITS_MAX];
  int run_count;
  double seconds;
};
