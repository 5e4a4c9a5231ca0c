/* split.h : the parts of a data set for training, validation and test.
 * SPDX-License-Identifier: MIT
 *
 * A split is called by what it deals out whole: "segment" (pictures one by one), "recording", or a
 * column of the manifest such as "author": all pictures of one value share a part. "part" is the
 * manifest's own split. Splits do not depend on the labels, that is, on the order in which classes
 * were named.
 */
#ifndef ENGRAM_DATA_SPLIT_H
#define ENGRAM_DATA_SPLIT_H

#include "data/dataset.h"

enum part { PART_TRAIN, PART_VALIDATION, PART_TEST };

extern const char split_segment[], split_recording[], split_part[];
extern const char split_train_name[];

/* One of the rotations of a cross-validation: the data in `count` groups, `index` 1..count tested;
 * count 0: none. */
struct rotation {
  int index, count;
};

enum { ROTATIONS_MIN = 3, ROTATIONS_MAX = 1000 };

/* "train", "validation", "test" (also of "training", "val", "valid", "dev", "testing", in any
 * case), or a fold's number 1..ROTATIONS_MAX as it is; NULL for what is none of these. */
const char *split_part_name(const char *text);

/* "train", "validation" or "test". */
const char *part_name(enum part part);

/* Whether the data have this split: segment, recording or one of their columns. If not, says which
 * they have. Returns 0 or -1. */
int split_check(const struct dataset *data, const char *by, struct error *err);

/* Fills parts [data->count].
 *
 * Without a rotation: 80 % train, 10 % validation, 10 % test, class by class, from the seed; the
 * same data and seed give the same split on any machine. With a test_count the last pictures are
 * the test, and of the others a tenth is for validation. Each class has something to deal out in
 * each part; fails when it has too little (3) for that, or when a recording or value is in the test
 * and out of it.
 *
 * With one: from the seed what is dealt out is put, class by class, into rotation->count groups of
 * as many pictures as can be; group `index` is the test, the next one (after the last the first)
 * validation, the others are trained on. Over all rotations of a seed every picture is tested once.
 * Refused where the data name their test (test_count).
 *
 * "part": as the column says. Without a validation there, a tenth of what is to be trained on, by
 * recording, from the seed. Folds want a rotation of as many as there are: the index-th is the
 * test, the next one validation.
 *
 * By segment pictures that overlap are refused. Something that holds several classes counts as the
 * one with most of its pictures, the first by name of equal ones. */
int split_make(const struct dataset *data, const char *by, uint64_t seed,
               const struct rotation *rotation, enum part *parts, struct error *err);

/* The same as "part", from a table (data/csv.h) with a column `part` and either `picture`, the
 * picture's number from 0, or `path`, its file's name. Every picture must be listed. */
int split_read(const struct dataset *data, const char *path, uint64_t seed,
               const struct rotation *rotation, enum part *parts, struct error *err);

/* Writes such a table: picture, label, file's number (or -1), part, file's name. */
int split_write(const struct dataset *data, const enum part *parts, const char *path,
                struct error *err);

/* Whether all pictures of each file are in one part. */
bool split_keeps_files(const struct dataset *data, const enum part *parts);

/* How many recordings have pictures in more than one part. */
int split_shared_recordings(const struct dataset *data, const enum part *parts);

/* Indices of the pictures of one part, ascending; *count of them, owned by the caller. */
size_t *split_pictures(const struct dataset *data, const enum part *parts, enum part part,
                       size_t *count);

#endif
