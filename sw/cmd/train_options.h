/* train_options.h : the command line of `engram train`.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_TRAIN_OPTIONS_H
#define ENGRAM_CMD_TRAIN_OPTIONS_H

#include "cmd/data_options.h"
#include "cmd/net_options.h"
#include "cmd/report_options.h"

enum { TRAIN_EPOCHS_MAX = 100000, TRAIN_HALVES_MAX = NET_RATE_MAX };

struct train_options {
  struct net_options net;
  struct data_options data;
  struct weights_options weights;
  struct report_options report;
  const char *save, *freeze, *parts, *augment, *log;
  uint32_t epochs, patience; /* patience 0: none */
  uint64_t steps;            /* 0: no limit */
  uint64_t seed;
  int rate;                         /* -1: not given */
  uint32_t halve[TRAIN_HALVES_MAX]; /* ascending */
  size_t halve_count;
  bool untrained; /* --steps 0 */
  bool seed_given, restart, balance, json;
};

/* The input is a `struct train_options` with the defaults. */
extern const struct argp train_options_argp;

/* Whether --split both is given: a training by segment, and one by recording. */
bool train_options_both(const struct train_options *options);

/* What --on names, "golden" without. */
const char *train_options_device(const struct train_options *options);

#endif
