/* manifest.h : a folder's manifest.csv, which says what recording a sound file was cut from.
 * SPDX-License-Identifier: MIT
 *
 * CSV with a header line that has the columns `path` (relative to the folder) and `recording`;
 * others are not looked at. Fields may be quoted ("" for a quote inside), lines may end in CR LF.
 */
#ifndef ENGRAM_DATA_MANIFEST_H
#define ENGRAM_DATA_MANIFEST_H

#include "base/error.h"

#include <stddef.h>

struct manifest_row {
  const char *path, *recording; /* within `text` */
};

struct manifest {
  size_t count;
  struct manifest_row *rows; /* [count], by path */
  char *text;
};

/* Reads a file. One without a column `recording` has no rows. Refuses a line with too few fields,
 * an open quote, a path that comes twice. Returns 0 and memory for manifest_free, or -1 and nothing
 * to release. */
int manifest_read(struct manifest *manifest, const char *path, struct error *err);

/* The recording of a sound file, or NULL when it has none. */
const char *manifest_find(const struct manifest *manifest, const char *path);

void manifest_free(struct manifest *manifest);

#endif
