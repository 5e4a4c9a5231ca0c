/* dataset.h : labelled pictures in memory and on disk (IDX and one JSON sidecar).
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

enum { DATASET_VIEW_BYTES = 16 };

/* What a column of the manifests says of the files. */
struct dataset_column {
  char *name;
  char **values; /* [value_count], distinct, in byte order */
  int value_count;
  int *value; /* [file_count], index into values, or -1: nothing */
};

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
  int *recording;     /* [count], 0 .. recording_count-1 */
  int *file;          /* [count], index into file_names, or -1 */
  int *segment;       /* [count], index of the segment in its file, 0 for plain IDX */
  size_t test_count;  /* the last pictures are the test; 0: the split chooses it */
  int recording_count, file_count;
  char **recording_names; /* [recording_count] */
  char **file_names;      /* [file_count], relative to the folder the sounds came from */
  int *rate_hz;           /* [file_count] the files' sample rates; NULL: not known */
  int *bandwidth_hz;      /* [file_count] sound/bandwidth.h, 0: not known; NULL with rate_hz */
  int column_count;
  struct dataset_column *columns; /* [column_count], of the manifests, but for path and recording */
};

/* Reads a folder. `classes` is NULL for all, else a list of class names (data/classes.h) that are
 * kept, in that order (label 0 is the first); an unknown one is an error that lists what is there.
 * Returns 0 or -1; on success the caller releases with dataset_free. */
int dataset_load(struct dataset *data, const char *folder, const char *classes, struct error *err);

/* Keeps of a data set that was loaded from `folder` the classes of a list, as dataset_load does.
 * Returns 0, or -1, and then the data set can only be released. */
int dataset_select(struct dataset *data, const char *folder, const char *classes,
                   struct error *err);

/* The labels [class_count] in byte order of their classes' names, owned by the caller: what is
 * drawn goes by it, so that it does not depend on the order in which classes were named. */
int *dataset_order_classes(const struct dataset *data);

/* Makes the folder where it is missing and checks that dataset_save could write there, for use
 * before long work. Leaves no file. Returns 0 or -1. */
int dataset_prepare(const char *folder, struct error *err);

/* Writes images, labels and sidecar, each whole or not at all. */
int dataset_save(const struct dataset *data, const char *folder, struct error *err);

void dataset_free(struct dataset *data);

#endif
