/* votes.h : one decision for each file of sound, from what was said about its pictures.
 * SPDX-License-Identifier: MIT
 *
 * A file's class is the one with the largest mean probability (the lowest of equal ones), as in
 * `engram infer`.
 */
#ifndef ENGRAM_DATA_VOTES_H
#define ENGRAM_DATA_VOTES_H

#include "data/dataset.h"
#include "data/metrics.h"

struct votes;

/* Nothing yet. The data set stays the caller's and must outlive the votes. Never NULL; release with
 * votes_free. */
struct votes *votes_new(const struct dataset *data);

void votes_free(struct votes *votes);

/* One picture: probability [data->class_count] in units of 2^-15. Pictures without a file do not
 * count. */
void votes_add(struct votes *votes, size_t picture, const int32_t *probability);

/* The decisions about all files that had a picture; the loss is -ln of the mean probability of the
 * label, at most that of 2^-15. The label is that of a file's first picture. */
void votes_count(const struct votes *votes, struct metrics *metrics);

#endif
