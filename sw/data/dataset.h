/* dataset.h : labelled pictures in memory and on disk (IDX and one JSON sidecar), and their splits.
 * SPDX-License-Identifier: MIT
 *
 * On disk, in one folder: images-idx3-ubyte and labels-idx1-ubyte (or MNIST's train-... names,
 * plain or gzipped, also with a dot: train-images.idx3-ubyte; MNIST's t10k-... beside them are then
 * the test) and dataset.json (class names;
 * each picture's sound file, segment and recording). The sidecar may be missing: classes are then
 * called "0", "1", ... and each picture is a recording of its own.
 */
#ifndef ENGRAM_DATA_DATASET_H
#define ENGRAM_DATA_DATASET_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum part { PART_TRAIN, PART_VALIDATION, PART_TEST };
enum split_by { SPLIT_BY_RECORDING, SPLIT_BY_SEGMENT };

/* One of the rotations of a cross-validation: the data in `count` groups, `index` 1..count tested.
 */
struct rotation {
  int index, count;
};

enum { ROTATIONS_MIN = 3, ROTATIONS_MAX = 1000 };

enum { DATASET_VIEW_BYTES = 16 };

struct dataset {
  char note[1024]; /* which of several files were loaded, for the user; "": there was no choice */
  bool named;      /* there was a dataset.json: classes have names, not only numbers */
  /* What pictures of sounds show (features_view_name); "": unknown. */
  char view[DATASET_VIEW_BYTES];
  bool overlapping; /* neighbouring pictures of a file share some of its sound */
  size_t count;
  int height, width;
  int class_count;
  char **class_names; /* [class_count] */
  uint8_t *pictures;  /* [count][height][width] */
  uint8_t *labels;    /* [count], < class_count */
  int *recording;     /* [count], 0 .. recording_count-1: pictures of one recording never part under
                         SPLIT_BY_RECORDING */
  int *file;          /* [count], index into file_names, or -1 */
  int *segment;       /* [count], index of the segment in its file, 0 for plain IDX */
  size_t test_count;  /* the last pictures are the test; 0: the split chooses it */
  int recording_count, file_count;
  char **recording_names; /* [recording_count] */
  char **file_names;      /* [file_count], relative to the folder the sounds came from */
};

/* Reads a folder. `classes` is NULL for all, else a list of class names (data/classes.h) that are
 * kept, in that order (label 0 is the first); an unknown one is an error that lists what is there.
 * Returns 0 or -1; on success the caller releases with dataset_free. */
int dataset_load(struct dataset *data, const char *folder, const char *classes, struct error *err);

/* Keeps of a data set that was loaded from `folder` the classes of a list, as dataset_load does.
 * Returns 0, or -1, and then the data set can only be released. */
int dataset_select(struct dataset *data, const char *folder, const char *classes,
                   struct error *err);

/* Makes the folder where it is missing and checks that dataset_save could write there, for use
 * before long work. Leaves no file. Returns 0 or -1. */
int dataset_prepare(const char *folder, struct error *err);

/* Writes images, labels and sidecar, each whole or not at all. */
int dataset_save(const struct dataset *data, const char *folder, struct error *err);

void dataset_free(struct dataset *data);

/* Deals out 80 % train, 10 % validation, 10 % test, class by class, from the seed; the same data
 * and seed give the same split on any machine. With a test_count the last pictures are the test,
 * and of the others a tenth is for validation. `parts` has [count] entries, owned by the caller. By
 * recording, all pictures of one recording share a part and each class has at least one recording
 * in each part; fails when a class has too few (3) for that, or one is in the test and out of it.
 * By segment pictures that overlap are refused. */
int dataset_split(const struct dataset *data, enum split_by by, uint64_t seed, enum part *parts,
                  struct error *err);

/* One rotation of a cross-validation. From the seed the recordings or pictures of each class are
 * dealt out into rotation->count groups of as many pictures as whole recordings allow; group
 * `index` is the test, the next one (after the last the first) validation, the others are trained
 * on. Over all rotations of a seed every picture is tested once. 1 <= index <= count,
 * ROTATIONS_MIN <= count <= ROTATIONS_MAX; the data set has no test_count; `parts` as above. Fails
 * when a class has fewer recordings or pictures than groups. */
int dataset_rotate(const struct dataset *data, enum split_by by, uint64_t seed,
                   const struct rotation *rotation, enum part *parts, struct error *err);

/* Indices of the pictures of one part, ascending; *count of them, owned by the caller. */
size_t *dataset_part(const struct dataset *data, const enum part *parts, enum part part,
                     size_t *count);

#endif
