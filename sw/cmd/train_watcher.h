/* train_watcher.h : what happens while `engram train` trains: progress, log, files, signals.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_TRAIN_WATCHER_H
#define ENGRAM_CMD_TRAIN_WATCHER_H

#include "cmd/pace.h"
#include "cmd/train_log.h"
#include "cmd/train_options.h"
#include "cmd/train_report.h"
#include "cmd/train_save.h"

struct train_watcher {
  const struct train_options *options;
  struct train *train;
  struct train_result *result;
  struct train_log *log;
  struct train_save save;
  struct report_mistakes *mistakes; /* NULL: not wanted */
  struct place start;
  uint32_t epoch; /* the one that is being trained */
  int trainings;  /* that come behind this one, as long as it */
  struct pace pace;
};

/* The functions that struct train calls, for a watcher that stays where it is. */
struct train_watch train_watcher_watch(struct train_watcher *watcher);

#endif
