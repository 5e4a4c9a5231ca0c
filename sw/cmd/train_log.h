/* train_log.h : --log: a line of CSV for each epoch, on the disk as soon as the epoch ends.
 * SPDX-License-Identifier: MIT
 *
 * epoch,pictures,loss,accuracy,validation_loss,validation_accuracy,saturations,lost_updates,best,
 * rate,split: the table's figures; accuracies are 0..1, best is 1 or 0, the learning rate is
 * 2^-rate, split is what --split says, or the table of --use-parts.
 */
#ifndef ENGRAM_CMD_TRAIN_LOG_H
#define ENGRAM_CMD_TRAIN_LOG_H

#include "train/train.h"

#include <stdio.h>

struct train_log {
  const char *path; /* NULL: no log is kept; not owned */
  char *kept;       /* what the file begins with: its header, and the lines of epochs before */
  FILE *file;
  struct error err; /* the first line that could not be written */
};

/* Reads what is at `path` (NULL: no log) and checks that it can be written, without changing it. A
 * training from the beginning (`epoch` 0) keeps no lines. One that goes on keeps those up to
 * `epoch`, which must be among them; what follows it is said on stderr and will be dropped. A file
 * that is not such a log is refused. Returns 0 or -1; train_log_close is due either way. */
int train_log_prepare(struct train_log *log, const char *path, uint32_t epoch, struct error *err);

/* Writes what is kept and opens the file for more. Returns 0 or -1. */
int train_log_open(struct train_log *log, struct error *err);

/* Adds a line. A failure is kept for train_log_close: training goes on. */
void train_log_epoch(struct train_log *log, const struct train_epoch *epoch, const char *split);

/* Returns 0, or -1 when a line could not be written. */
int train_log_close(struct train_log *log, struct error *err);

#endif
