/* split_parts.h : what the files of a split share.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DATA_SPLIT_PARTS_H
#define ENGRAM_DATA_SPLIT_PARTS_H

#include "data/split.h"

enum { PARTS = 3 };
enum { PART_OPEN = PARTS }; /* instead of a part: still to be dealt out */

/* The column of a name, in any case, or NULL. */
const struct dataset_column *split_column(const struct dataset *data, const char *name);

/* The number of a fold, 1..ROTATIONS_MAX, or 0. */
int split_fold(const char *text);

/* The part of a group or fold, 1..rotation->count. */
enum part split_fold_part(int fold, const struct rotation *rotation);

/* Deals out the pictures that are PART_OPEN by split_segment, split_recording or a column: into
 * `wanted` parts (3; 2 where the test is given) or into the rotation's groups. Returns 0 or -1. */
int split_deal(const struct dataset *data, const char *by, size_t wanted, uint64_t seed,
               const struct rotation *rotation, enum part *parts, struct error *err);

/* Takes the parts that the column `part` gives. Returns 0 or -1. */
int split_take_column(const struct dataset *data, uint64_t seed, const struct rotation *rotation,
                      enum part *parts, struct error *err);

#endif
