/* manifest.c : a folder's manifest.csv, which says what its sound files are.
 * SPDX-License-Identifier: MIT
 */
#include "data/manifest.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "car/c-001.wav" of ".\car\c-001.wav" or "./car//c-001.wav", in place. */
static void normalise(char *path) {
  char *to = path;
  if (!strchr(path, '/'))
    for (char *c = path; *c; c++)
      *c = *c == '\\' ? '/' : *c;
  for (const char *from = path; *from;) {
    while (*from == '/' || (from[0] == '.' && from[1] == '/'))
      from += *from == '/' ? 1 : 2;
    while (*from && *from != '/')
      *to++ = *from++;
    if (*from)
      *to++ = '/';
  }
  *to = '\0';
}

static char *path_of(const struct manifest *manifest, size_t row) {
  return (char *)csv_field(&manifest->csv, row, manifest->path);
}

static int by_path(const void *a, const void *b, void *manifest) {
  return strcmp(path_of(manifest, *(const size_t *)a), path_of(manifest, *(const size_t *)b));
}

/* Refuses a row whose file is not there. */
static int check_files(const struct manifest *manifest, const char *folder, struct error *err) {
  const char *path = manifest->csv.path;
  size_t missing = 0, first = 0;
  for (size_t row = manifest->csv.row_count; row-- > 0;) {
    char *file = path_join(folder, path_of(manifest, row));
    if (access(file, F_OK) != 0) {
      missing++;
      first = row;
    }
    free(file);
  }
  if (missing == 0)
    return 0;
  return error_set(err,
                   "%s:%d: '%.200s' names nothing in %.200s, nor do %zu other rows: expected paths "
                   "such as 'car/c-001.wav'",
                   path, manifest->csv.lines[first], path_of(manifest, first), folder, missing - 1);
}

/* Orders the rows by path and refuses one that comes twice. */
static int order_rows(struct manifest *manifest, struct error *err) {
  size_t count = manifest->csv.row_count;
  manifest->order = memory_new(count, sizeof *manifest->order);
  for (size_t row = 0; row < count; row++)
    manifest->order[row] = row;
  qsort_r(manifest->order, count, sizeof *manifest->order, by_path, manifest);
  for (size_t i = 1; i < count; i++) {
    size_t one = manifest->order[i - 1], other = manifest->order[i];
    if (by_path(&one, &other, manifest) == 0)
      return error_set(err, "%s:%d: '%s' is listed twice, first in line %d", manifest->csv.path,
                       manifest->csv.lines[one > other ? one : other], path_of(manifest, one),
                       manifest->csv.lines[one < other ? one : other]);
  }
  return 0;
}

static int check_columns(struct manifest *manifest, struct error *err) {
  const struct csv *csv = &manifest->csv;
  manifest->path = csv_column(csv, "path");
  manifest->recording = csv_column(csv, "recording");
  if (manifest->path >= 0)
    return 0;
  char names[256];
  size_t length = 0;
  for (size_t i = 0; i < csv->column_count && length < sizeof names; i++)
    length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", i ? ", " : "",
                               csv->names[i]);
  return error_set(err, "%s:1: found the columns %s, expected one that is called 'path'", csv->path,
                   names);
}

int manifest_read(struct manifest *manifest, const char *path, const char *folder,
                  struct error *err) {
  *manifest = (struct manifest){0};
  if (csv_read(&manifest->csv, path, err) != 0)
    return -1;
  int result = check_columns(manifest, err);
  for (size_t row = 0; row < manifest->csv.row_count && result == 0; row++)
    normalise(path_of(manifest, row));
  if (result != 0 || order_rows(manifest, err) != 0 || check_files(manifest, folder, err) != 0) {
    manifest_free(manifest);
    return -1;
  }
  return 0;
}

long manifest_find(const struct manifest *manifest, const char *name) {
  size_t low = 0, high = manifest->csv.row_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = strcmp(path_of(manifest, manifest->order[middle]), name);
    if (order == 0)
      return (long)manifest->order[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

void manifest_free(struct manifest *manifest) {
  csv_free(&manifest->csv);
  free(manifest->order);
  *manifest = (struct manifest){0};
}
