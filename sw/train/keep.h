/* keep.h : the files of a training run: W, its last state, and W.best, the best on validation.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_TRAIN_KEEP_H
#define ENGRAM_TRAIN_KEEP_H

#include "model/checkpoint.h"

#include <stdbool.h>

/* Writes `last` to `path` and `best` to "path.best": both are written out before either takes its
 * place, so that a full disk leaves neither. Returns 0 or -1. */
int keep_save(const char *path, const struct net *net, const struct checkpoint *last,
              const struct checkpoint *best, struct error *err);

/* Whether keep_save could work, for use before long training: does all of it but the last step,
 * with `any` for both, and leaves no file. Returns 0 or -1. */
int keep_check(const char *path, const struct net *net, const struct checkpoint *any,
               struct error *err);

/* Loads "path.best" (weights of the net's shapes are there) when it is the best of the run that
 * `last` stands in: the same seed and pictures, the end of an epoch, none that `last` has not
 * finished. Returns whether it was. */
bool keep_load_best(const char *path, const struct net *net, const struct checkpoint *last,
                    struct checkpoint *best);

#endif
