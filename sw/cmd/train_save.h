/* train_save.h : --save: the files of a training, after each epoch and at its end.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_TRAIN_SAVE_H
#define ENGRAM_CMD_TRAIN_SAVE_H

#include "train/train.h"

/* Where a simulated core or a board must be read for it, what is not the best is saved only when
 * saving takes at most this part of the time. */
enum { TRAIN_SAVE_PART = 10 };

struct train_save {
  const char *path;            /* NULL: nothing is saved; not owned */
  const struct origin *origin; /* of the pictures; not owned */
  bool slow;                   /* weights come over a bus or a line */
  double ended, seconds;       /* of the last time: when (cmd_seconds), how long; 0: never */
};

/* Saves `last` and the best of the run so far, which `last` is when no epoch was finished. Returns
 * 0 or -1. */
int train_save(const struct train_save *save, struct train *train, struct checkpoint *last,
               struct error *err);

/* Saves the run where it stands, behind an epoch, into `last` (weights of the net's shapes) and the
 * files. What cannot be written is said on stderr, and is tried again behind the next epoch.
 * Returns 0, or -1 when the device failed. */
int train_save_epoch(struct train_save *save, struct train *train, const struct train_epoch *epoch,
                     struct checkpoint *last, struct error *err);

#endif
