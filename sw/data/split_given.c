/* split_given.c : parts that a manifest or a table gives.
 * SPDX-License-Identifier: MIT
 */
#include "data/split_parts.h"

#include "base/file.h"
#include "data/csv.h"

#include <stdlib.h>
#include <string.h>

/* How many folds 1..N are named; 0: parts are; -1: both, or a fold is missing. */
static int count_folds(const struct dataset *data, const char *const *given, const char *where,
                       struct error *err) {
  bool named = false, seen[ROTATIONS_MAX + 1] = {false};
  int most = 0, missing = 0;
  for (size_t i = 0; i < data->count; i++) {
    int fold = split_fold(given[i]);
    named = named || fold == 0;
    seen[fold] = true;
    most = fold > most ? fold : most;
  }
  for (int fold = 1; fold <= most; fold++)
    if (!seen[fold] && !missing)
      missing = fold;
  if (most > 0 && named)
    return error_set(err, "%s: found names of parts and the fold %d, expected either", where, most);
  if (missing)
    return error_set(err, "%s: found folds up to %d but no picture of fold %d", where, most,
                     missing);
  return most;
}

/* Folds become the parts of the rotation. */
static int take_folds(const struct dataset *data, const char *const *given, int folds,
                      const struct rotation *rotation, const char *where, enum part *parts,
                      struct error *err) {
  if (folds < ROTATIONS_MIN)
    return error_set(err, "%s: found %d folds, expected at least %d", where, folds, ROTATIONS_MIN);
  if (rotation->count != folds)
    return error_set(err,
                     "%s: found the folds 1 to %d: expected --rotation K/%d, which tests the K-th",
                     where, folds, folds);
  for (size_t i = 0; i < data->count; i++)
    parts[i] = split_fold_part(split_fold(given[i]), rotation);
  return 0;
}

/* given [count]: each picture's part as split_part_name has it. */
static int take_given(const struct dataset *data, const char *const *given, uint64_t seed,
                      const struct rotation *rotation, const char *where, enum part *parts,
                      struct error *err) {
  int folds = count_folds(data, given, where, err);
  if (folds != 0)
    return folds < 0 ? -1 : take_folds(data, given, folds, rotation, where, parts, err);
  if (rotation->count > 0)
    return error_set(err, "--rotation: found parts that %s names, allowed folds or none", where);
  size_t count[PARTS] = {0};
  for (size_t i = 0; i < data->count; i++) {
    parts[i] = PART_TRAIN;
    while (strcmp(given[i], part_name(parts[i])) != 0)
      parts[i]++;
    count[parts[i]]++;
  }
  if (count[PART_TRAIN] == 0 || count[PART_TEST] == 0)
    return error_set(err, "%s: no picture of the part '%s'", where,
                     part_name(count[PART_TRAIN] == 0 ? PART_TRAIN : PART_TEST));
  if (count[PART_VALIDATION] > 0)
    return 0;
  for (size_t i = 0; i < data->count; i++)
    if (parts[i] == PART_TRAIN)
      parts[i] = (enum part)PART_OPEN;
  return split_deal(data, split_recording, PARTS - 1, seed, rotation, parts, err);
}

int split_take_column(const struct dataset *data, uint64_t seed, const struct rotation *rotation,
                      enum part *parts, struct error *err) {
  const struct dataset_column *column = split_column(data, split_part);
  const char **given = memory_new(data->count, sizeof *given);
  int result = 0;
  for (size_t i = 0; i < data->count && result == 0; i++) {
    int file = data->file[i], value = file < 0 ? -1 : column->value[file];
    if (value < 0)
      result = error_set(err, "column 'part': says nothing of %s", data->file_names[file]);
    else if (!(given[i] = split_part_name(column->values[value])))
      result = error_set(err,
                         "column 'part': found '%s', allowed train, validation, test or the "
                         "number of a fold",
                         column->values[value]);
  }
  if (result == 0)
    result = take_given(data, given, seed, rotation, "column 'part'", parts, err);
  free(given);
  return result;
}

/* ---- tables of parts ---- */

static int by_file(const void *a, const void *b, void *data) {
  const struct dataset *set = data;
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  int order = set->file[x] == set->file[y] || set->file[x] < 0 || set->file[y] < 0
                  ? (set->file[x] > set->file[y]) - (set->file[x] < set->file[y])
                  : strcmp(set->file_names[set->file[x]], set->file_names[set->file[y]]);
  return order ? order : (x > y) - (x < y);
}

static int set_given(const struct csv *csv, size_t row, const char *part, size_t picture,
                     const char **given, struct error *err) {
  if (given[picture])
    return error_set(err, "%s:%d: picture %zu has a part already", csv->path, csv->lines[row],
                     picture);
  given[picture] = part;
  return 0;
}

static const char *file_name(const struct dataset *data, size_t picture) {
  return data->file[picture] < 0 ? "" : data->file_names[data->file[picture]];
}

/* A row that names a picture by its number; the file that it may name too (NULL: none) must be that
 * picture's, or the table is of other pictures. */
static int give_picture(const struct dataset *data, const struct csv *csv, size_t row,
                        const char *text, const char *path, const char *part, const char **given,
                        struct error *err) {
  char *end;
  unsigned long long number = strtoull(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end || number >= data->count)
    return error_set(err, "%s:%d: picture: found '%s', allowed 0..%zu", csv->path, csv->lines[row],
                     text, data->count - 1);
  if (path && strcmp(path, file_name(data, (size_t)number)) != 0)
    return error_set(err, "%s:%d: found picture %s of '%s', which is of '%s' here: other pictures",
                     csv->path, csv->lines[row], text, path, file_name(data, (size_t)number));
  return set_given(csv, row, part, (size_t)number, given, err);
}

/* A row that names all pictures of a file; one of a class that was not chosen, or a file without
 * pictures, is none of ours. */
static int give_file(const struct dataset *data, const size_t *order, const struct csv *csv,
                     size_t row, const char *path, const char *part, const char **given,
                     struct error *err) {
  size_t low = 0, high = data->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    int file = data->file[order[middle]];
    if (file < 0 || strcmp(data->file_names[file], path) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  int result = 0;
  for (; low < data->count && result == 0; low++) {
    if (strcmp(data->file_names[data->file[order[low]]], path) != 0)
      break;
    result = set_given(csv, row, part, order[low], given, err);
  }
  return result;
}

static int read_given(const struct dataset *data, const struct csv *csv, const char **given,
                      struct error *err) {
  int part = csv_column(csv, "part"), picture = csv_column(csv, "picture");
  int path = csv_column(csv, "path"), result = 0;
  if (part < 0 || (picture < 0 && path < 0))
    return error_set(err, "%s:1: expected a column 'part', and 'picture' or 'path'", csv->path);
  size_t *order = memory_new(data->count, sizeof *order);
  for (size_t i = 0; i < data->count; i++)
    order[i] = i;
  qsort_r(order, data->count, sizeof *order, by_file, (void *)(uintptr_t)data);
  for (size_t row = 0; row < csv->row_count && result == 0; row++) {
    const char *name = split_part_name(csv_field(csv, row, part));
    if (!name)
      result = error_set(err,
                         "%s:%d: part: found '%s', allowed train, validation, test or the number "
                         "of a fold",
                         csv->path, csv->lines[row], csv_field(csv, row, part));
    else if (picture >= 0)
      result = give_picture(data, csv, row, csv_field(csv, row, picture),
                            path < 0 ? NULL : csv_field(csv, row, path), name, given, err);
    else
      result = give_file(data, order, csv, row, csv_field(csv, row, path), name, given, err);
  }
  free(order);
  return result;
}

static int check_given(const struct dataset *data, const char *const *given, const char *path,
                       struct error *err) {
  size_t missing = 0, first = 0;
  for (size_t i = data->count; i-- > 0;)
    if (!given[i]) {
      missing++;
      first = i;
    }
  if (missing == 0)
    return 0;
  return error_set(err, "%s: %zu of %zu pictures have no part, the first is picture %zu (%s)", path,
                   missing, data->count, first, file_name(data, first));
}

int split_read(const struct dataset *data, const char *path, uint64_t seed,
               const struct rotation *rotation, enum part *parts, struct error *err) {
  struct csv csv;
  if (data->test_count > 0)
    return error_set(err, "%s: found a test that is named already (--test or t10k-...)", path);
  if (csv_read(&csv, path, err) != 0)
    return -1;
  const char **given = memory_new(data->count, sizeof *given);
  int result = read_given(data, &csv, given, err);
  if (result == 0)
    result = check_given(data, given, path, err);
  if (result == 0)
    result = take_given(data, given, seed, rotation, path, parts, err);
  free(given);
  csv_free(&csv);
  return result;
}

int split_write(const struct dataset *data, const enum part *parts, const char *path,
                struct error *err) {
  struct output out;
  FILE *file = output_open(&out, path, err);
  if (!file)
    return -1;
  fprintf(file, "picture,label,file,part,path\n");
  for (size_t i = 0; i < data->count; i++) {
    fprintf(file, "%zu,%d,%d,%s,", i, data->labels[i], data->file[i], part_name(parts[i]));
    csv_write(file, file_name(data, i));
    fputc('\n', file);
  }
  return output_commit(&out, err);
}
