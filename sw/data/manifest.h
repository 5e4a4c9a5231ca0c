/* manifest.h : a folder's manifest.csv, which says what its sound files are.
 * SPDX-License-Identifier: MIT
 *
 * A table (data/csv.h) with a column `path`, relative to the folder, such as "car/c-001.wav". Where
 * it has them, `recording` says what recording a file was cut from, and `part` in which part of the
 * data it is: train, validation, test, or the number of a fold. Any other column is something to
 * split by.
 */
#ifndef ENGRAM_DATA_MANIFEST_H
#define ENGRAM_DATA_MANIFEST_H

#include "data/csv.h"

struct manifest {
  struct csv csv;
  int path;      /* index of that column */
  int recording; /* ditto, or -1 */
  size_t *order; /* [csv.row_count], rows by path */
};

/* Reads a file; "./" in front of a path, "//" in it and "\" for "/" do not count. Refuses what
 * csv_read refuses, a file without a column `path`, a path that comes twice and one that names no
 * file under `folder`. Returns 0 and memory for manifest_free, or -1 and nothing to release. */
int manifest_read(struct manifest *manifest, const char *path, const char *folder,
                  struct error *err);

/* The row of a file, named as in the column, or -1 when there is none. */
long manifest_find(const struct manifest *manifest, const char *name);

void manifest_free(struct manifest *manifest);

#endif
