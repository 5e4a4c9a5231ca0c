/* scan_manifest.c : what manifests, and the caller, say of sound files.
 * SPDX-License-Identifier: MIT
 */
#include "data/scan_parts.h"

#include "base/file.h"
#include "data/manifest.h"
#include "data/split.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

const char scan_manifest_name[] = "manifest.csv";

/* Index of a column, which is added when it is new; the values of all sounds grow with it. */
static int column_index(struct scan *scan, const char *name) {
  for (int i = 0; i < scan->column_count; i++)
    if (strcasecmp(scan->columns[i], name) == 0)
      return i;
  size_t count = (size_t)scan->column_count;
  scan->columns = memory_grow(scan->columns, count, sizeof *scan->columns);
  scan->columns[count] = text_copy(name);
  for (size_t i = 0; i < scan->count; i++) {
    scan->sounds[i].values = memory_grow(scan->sounds[i].values, count, sizeof(char *));
    scan->sounds[i].values[count] = NULL;
  }
  return scan->column_count++;
}

/* Keeps what a row says of a sound. columns [csv.column_count] are the scan's, or -1. */
static int read_row(const struct manifest *manifest, size_t row, const int *columns,
                    struct scan_sound *sound, struct scan *scan, struct error *err) {
  const struct csv *csv = &manifest->csv;
  const char *recording = manifest->recording < 0 ? "" : csv_field(csv, row, manifest->recording);
  if (recording[0])
    sound->recording = text_copy(recording);
  for (int i = 0; i < (int)csv->column_count; i++) {
    const char *value = csv_field(csv, row, i);
    if (columns[i] < 0 || value[0] == '\0')
      continue;
    if (strcmp(scan->columns[columns[i]], split_part) == 0 && !(value = split_part_name(value)))
      return error_set(err,
                       "%s:%d: part: found '%s', allowed train, validation, test or the number of "
                       "a fold",
                       csv->path, csv->lines[row], csv_field(csv, row, i));
    sound->values[columns[i]] = text_copy(value);
  }
  return 0;
}

/* Gives the sounds of one folder what its manifest says. */
static int apply_manifest(struct scan *scan, const struct manifest *manifest, const char *folder,
                          int index, struct error *err) {
  const struct csv *csv = &manifest->csv;
  int *columns = memory_new(csv->column_count, sizeof *columns);
  for (int i = 0; i < (int)csv->column_count; i++)
    columns[i] =
        i == manifest->path || i == manifest->recording
            ? -1
            : column_index(scan,
                           strcasecmp(csv->names[i], split_part) == 0 ? split_part : csv->names[i]);
  size_t found = 0;
  int result = 0;
  for (size_t i = 0; i < scan->count && result == 0; i++) {
    struct scan_sound *sound = &scan->sounds[i];
    long row = sound->folder == index ? manifest_find(manifest, sound->name) : -1;
    if (row < 0)
      continue;
    sound->listed = true;
    found++;
    result = read_row(manifest, (size_t)row, columns, sound, scan, err);
  }
  free(columns);
  if (result == 0 && found == 0)
    result =
        error_set(err, "%s: its column 'path' names no sound of %s, which has '%s' for example",
                  csv->path, folder, scan->sounds[0].name);
  return result;
}

int scan_read_manifest(struct scan *scan, const char *folder, int index, struct error *err) {
  char *path = path_join(folder, scan_manifest_name);
  struct manifest manifest;
  int result = 0;
  if (access(path, F_OK) == 0) {
    result = manifest_read(&manifest, path, folder, err);
    if (result == 0) {
      result = apply_manifest(scan, &manifest, folder, index, err);
      manifest_free(&manifest);
      scan->listed = memory_grow(scan->listed, scan->listed_count, sizeof *scan->listed);
      scan->listed[scan->listed_count++] = (struct scan_listed){text_copy(path), index, 0, 0};
    }
  }
  free(path);
  return result;
}

/* ---- parts ---- */

int scan_name_parts(struct scan *scan, const struct scan_folder *folders, size_t folder_count,
                    struct error *err) {
  bool named = false;
  for (size_t i = 0; i < folder_count; i++)
    named = named || folders[i].part;
  if (!named)
    return 0;
  for (int i = 0; i < scan->column_count; i++)
    if (strcmp(scan->columns[i], split_part) == 0)
      return error_set(err,
                       "--test, --validation: found a column 'part' in %s too, expected the "
                       "parts from one of them",
                       scan_manifest_name);
  int column = column_index(scan, split_part);
  for (size_t i = 0; i < scan->count; i++) {
    const char *part = folders[scan->sounds[i].folder].part;
    scan->sounds[i].values[column] = text_copy(part ? part : split_train_name);
  }
  return 0;
}
