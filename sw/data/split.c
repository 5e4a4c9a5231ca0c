/* split.c : the parts of a data set for training, validation and test.
 * SPDX-License-Identifier: MIT
 */
#include "data/split.h"

#include "base/file.h"
#include "data/csv.h"
#include "model/random.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char split_segment[] = "segment", split_recording[] = "recording", split_part[] = "part";
const char split_train_name[] = "train";

enum { PARTS = 3, HELD_OUT = 10 }; /* one in ten for validation, one in ten for test */
enum { OPEN = PARTS };             /* instead of a part: still to be dealt out */

static const char *const part_names[PARTS] = {
    [PART_TRAIN] = split_train_name, [PART_VALIDATION] = "validation", [PART_TEST] = "test"};

const char *part_name(enum part part) {
  return part_names[part];
}

/* The number of a fold, or 0. */
static int fold_number(const char *text) {
  char *end;
  long number = text[0] >= '1' && text[0] <= '9' ? strtol(text, &end, 10) : 0;
  return number >= 1 && number <= ROTATIONS_MAX && *end == '\0' ? (int)number : 0;
}

const char *split_part_name(const char *text) {
  static const struct {
    const char *said, *meant;
  } names[] = {{"train", split_train_name},
               {"training", split_train_name},
               {"validation", "validation"},
               {"valid", "validation"},
               {"val", "validation"},
               {"dev", "validation"},
               {"test", "test"},
               {"testing", "test"}};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcasecmp(text, names[i].said) == 0)
      return names[i].meant;
  return fold_number(text) ? text : NULL;
}

/* ---- what is dealt out whole ---- */

/* The groups of pictures that a split keeps together. */
struct groups {
  int *of; /* [data->count], 0 .. count-1 */
  size_t count;
  char what[64]; /* "recordings", for messages */
};

static const struct dataset_column *find_column(const struct dataset *data, const char *name) {
  for (int i = 0; i < data->column_count; i++)
    if (strcasecmp(data->columns[i].name, name) == 0)
      return &data->columns[i];
  return NULL;
}

int split_check(const struct dataset *data, const char *by, struct error *err) {
  if (!strcmp(by, split_segment) || !strcmp(by, split_recording) || find_column(data, by))
    return 0;
  char names[512] = "";
  for (int i = 0, length = 0; i < data->column_count && length < (int)sizeof names; i++)
    length +=
        snprintf(names + length, sizeof names - (size_t)length, ", %s", data->columns[i].name);
  return error_set(err, "--split: found '%s', allowed segment, recording%s%s", by, names,
                   data->column_count > 0 ? "" : " or a column of the manifest (there is none)");
}

/* By a column: its values in their order, then each file that has none. */
static int group_of(const struct dataset *data, const struct dataset_column *column, size_t i) {
  int value = column->value[data->file[i]];
  return value >= 0 ? value : column->value_count + data->file[i];
}

static struct groups groups_of(const struct dataset *data, const char *by) {
  struct groups groups = {memory_new(data->count, sizeof(int)), data->count, "pictures"};
  const struct dataset_column *column = NULL;
  bool recordings = strcmp(by, split_recording) == 0;
  if (recordings) {
    groups.count = (size_t)data->recording_count;
    strcpy(groups.what, "recordings");
  } else if (strcmp(by, split_segment) != 0) {
    column = find_column(data, by);
    groups.count = (size_t)(column->value_count + data->file_count);
    snprintf(groups.what, sizeof groups.what, "values of '%.40s'", column->name);
  }
  for (size_t i = 0; i < data->count; i++)
    groups.of[i] = recordings ? data->recording[i] : column ? group_of(data, column, i) : (int)i;
  return groups;
}

/* A group while it is dealt out. */
struct unit {
  size_t index;    /* of the group */
  size_t pictures; /* that are to be dealt out */
  int class;
  size_t place; /* in the shuffled order */
};

/* Pictures of each class in each group that are to be dealt out: [groups->count][class_count]. */
static size_t *count_pictures(const struct dataset *data, const struct groups *groups,
                              const enum part *parts) {
  size_t class_count = (size_t)data->class_count;
  size_t *pictures = memory_new(groups->count * class_count, sizeof *pictures);
  for (size_t i = 0; i < data->count; i++)
    pictures[(size_t)groups->of[i] * class_count + data->labels[i]] += (int)parts[i] == OPEN;
  return pictures;
}

/* One for each group; a group that holds several classes counts as the one with most of its
 * pictures. */
static struct unit *units_of(const struct dataset *data, const struct groups *groups,
                             const size_t *pictures, const int *classes) {
  size_t class_count = (size_t)data->class_count;
  struct unit *units = memory_new(groups->count, sizeof *units);
  for (size_t g = 0; g < groups->count; g++) {
    units[g] = (struct unit){.index = g, .class = classes[0]};
    const size_t *of_class = pictures + g * class_count;
    for (size_t c = 0; c < class_count; c++) {
      units[g].pictures += of_class[c];
      if (of_class[classes[c]] > of_class[units[g].class])
        units[g].class = classes[c];
    }
  }
  return units;
}

/* ---- dealing out ---- */

static void swap(struct unit *a, struct unit *b) {
  struct unit c = *a;
  *a = *b;
  *b = c;
}

/* In random order, but the largest last. */
static void shuffle(struct unit *units, size_t count, uint64_t *random) {
  for (size_t i = count - 1; i > 0; i--)
    swap(&units[i], &units[random_splitmix(random) % (i + 1)]);
  size_t largest = count - 1;
  for (size_t i = 0; i < count; i++)
    if (units[i].pictures > units[largest].pictures)
      largest = i;
  swap(&units[largest], &units[count - 1]);
}

/* Whether one more unit brings `have` nearer to a tenth of `total`. */
static bool brings_nearer(size_t have, size_t more, size_t total) {
  size_t now = have * HELD_OUT, then = (have + more) * HELD_OUT;
  return then <= total || (now < total && then - total < total - now);
}

/* Deals out the units of one class to validation, test (with three parts) and training: at least
 * one to each, the first two as near to a tenth of the pictures as whole units allow, and the
 * largest unit to training. count >= parts. */
static void deal(struct unit *units, size_t count, size_t parts, uint64_t *random,
                 enum part *part_of_unit) {
  size_t total = 0, next = 0;
  for (size_t i = 0; i < count; i++)
    total += units[i].pictures;
  shuffle(units, count, random);
  for (size_t held = 1; held < parts; held++) {
    enum part part = held == 1 ? PART_VALIDATION : PART_TEST;
    size_t have = 0, limit = count - (parts - held);
    while (next < limit && (have == 0 || brings_nearer(have, units[next].pictures, total))) {
      have += units[next].pictures;
      part_of_unit[units[next++].index] = part;
    }
  }
  while (next < count)
    part_of_unit[units[next++].index] = PART_TRAIN;
}

static int by_pictures(const void *a, const void *b) {
  const struct unit *x = a, *y = b;
  if (x->pictures != y->pictures)
    return x->pictures > y->pictures ? -1 : 1;
  return x->place < y->place ? -1 : 1;
}

/* The part of a group, or fold, 1..rotation->count. */
static enum part part_of_fold(int fold, const struct rotation *rotation) {
  return fold == rotation->index                         ? PART_TEST
         : fold == rotation->index % rotation->count + 1 ? PART_VALIDATION
                                                         : PART_TRAIN;
}

/* Deals the units of one class out into groups, each to the one that has the fewest pictures so
 * far, the largest first; then gives the groups their parts. count >= rotation->count. */
static void deal_folds(struct unit *units, size_t count, const struct rotation *rotation,
                       uint64_t *random, enum part *part_of_unit) {
  size_t pictures[ROTATIONS_MAX] = {0};
  assert(rotation->count >= ROTATIONS_MIN && rotation->count <= ROTATIONS_MAX);
  assert(rotation->index >= 1 && rotation->index <= rotation->count);
  shuffle(units, count, random);
  for (size_t i = 0; i < count; i++)
    units[i].place = i;
  qsort(units, count, sizeof *units, by_pictures);
  for (size_t i = 0; i < count; i++) {
    int fold = 0;
    for (int f = 1; f < rotation->count; f++)
      if (pictures[f] < pictures[fold])
        fold = f;
    pictures[fold] += units[i].pictures;
    part_of_unit[units[i].index] = part_of_fold(fold + 1, rotation);
  }
}

/* What is dealt out, and into what. */
struct dealing {
  const struct dataset *data;
  struct groups groups;
  int *classes;       /* [data->class_count], labels in the order of their names */
  struct unit *units; /* [groups.count] */
  size_t *pictures;   /* of each class in each group */
  const struct rotation *rotation;
  size_t parts; /* without a rotation: 3, or 2 where the test is given */
  enum part *part_of_unit;
};

/* At least so many units are wanted. */
static size_t least_units(const struct dealing *dealing) {
  return dealing->rotation->count > 0 ? (size_t)dealing->rotation->count : dealing->parts;
}

/* The units of a class (-1: of all) that have something to deal out, copied; *count of them. */
static struct unit *list_units(const struct dealing *dealing, int class, size_t *count) {
  struct unit *units = memory_new(dealing->groups.count, sizeof *units);
  *count = 0;
  for (size_t i = 0; i < dealing->groups.count; i++)
    if (dealing->units[i].pictures > 0 && (class < 0 || dealing->units[i].class == class))
      units[(*count)++] = dealing->units[i];
  return units;
}

/* Deals the units of a class, or of all (-1), out. */
static void deal_units(const struct dealing *dealing, int class, uint64_t *random) {
  size_t count;
  struct unit *units = list_units(dealing, class, &count);
  if (dealing->rotation->count > 0)
    deal_folds(units, count, dealing->rotation, random, dealing->part_of_unit);
  else
    deal(units, count, dealing->parts, random, dealing->part_of_unit);
  free(units);
}

/* Whether the units do for dealing each class out by itself (*together is false), or all together
 * since classes share them: rooms or sessions that hold them all. */
static int check_units(const struct dealing *dealing, bool *together, struct error *err) {
  const struct dataset *data = dealing->data;
  *together = false;
  for (int i = 0; i < data->class_count; i++) {
    int c = dealing->classes[i];
    size_t have = 0, own = 0, least = least_units(dealing);
    for (size_t g = 0; g < dealing->groups.count; g++) {
      bool has = dealing->pictures[g * (size_t)data->class_count + (size_t)c] > 0;
      have += has;
      own += has && dealing->units[g].class == c;
    }
    if (have < least)
      return error_set(err, "class '%s' has %zu %s, expected at least %zu for the %s",
                       data->class_names[c], have, dealing->groups.what, least,
                       dealing->rotation->count > 0 ? "rotations" : "split");
    *together = *together || own < least;
  }
  return 0;
}

/* Each class must have been dealt something to each part. */
static int check_classes(const struct dealing *dealing, const enum part *parts, struct error *err) {
  const struct dataset *data = dealing->data;
  for (int c = 0; c < data->class_count; c++) {
    size_t pictures[PARTS] = {0};
    for (size_t i = 0; i < data->count; i++)
      if (data->labels[i] == c && (int)parts[i] == OPEN)
        pictures[dealing->part_of_unit[dealing->groups.of[i]]]++;
    size_t wanted = dealing->rotation->count > 0 ? PARTS : dealing->parts;
    for (size_t part = 0; part < wanted; part++)
      if (pictures[part] == 0)
        return error_set(err,
                         "class '%s' has no picture in the part '%s' of this split: its %s "
                         "are shared with other classes (another --seed may do)",
                         data->class_names[c], part_names[part], dealing->groups.what);
  }
  return 0;
}

/* Class by class, or all together where classes share what is dealt out. */
static int deal_all(const struct dealing *dealing, const enum part *parts, uint64_t seed,
                    struct error *err) {
  bool together;
  if (check_units(dealing, &together, err) != 0)
    return -1;
  if (together)
    deal_units(dealing, -1, &seed);
  for (int i = 0; i < dealing->data->class_count && !together; i++)
    deal_units(dealing, dealing->classes[i], &seed);
  return together ? check_classes(dealing, parts, err) : 0;
}

/* None of what is dealt out may have pictures in the given test too. */
static int check_test(const struct dealing *dealing, const enum part *parts, struct error *err) {
  const struct dataset *data = dealing->data;
  for (size_t i = 0; i < data->count; i++)
    if (parts[i] == PART_TEST && dealing->units[dealing->groups.of[i]].pictures > 0)
      return error_set(err,
                       "recording '%s' is in the test, and others of the %s are not: not to be "
                       "split so",
                       data->recording_names[data->recording[i]], dealing->groups.what);
  return 0;
}

/* Deals out the pictures that are OPEN. */
static int deal_open(const struct dataset *data, const char *by, size_t wanted, uint64_t seed,
                     const struct rotation *rotation, enum part *parts, struct error *err) {
  struct dealing dealing = {.data = data,
                            .groups = groups_of(data, by),
                            .classes = dataset_order_classes(data),
                            .rotation = rotation,
                            .parts = wanted};
  dealing.pictures = count_pictures(data, &dealing.groups, parts);
  dealing.units = units_of(data, &dealing.groups, dealing.pictures, dealing.classes);
  dealing.part_of_unit = memory_new(dealing.groups.count, sizeof *dealing.part_of_unit);
  int result = check_test(&dealing, parts, err);
  if (result == 0)
    result = deal_all(&dealing, parts, seed, err);
  for (size_t i = 0; i < data->count && result == 0; i++)
    if ((int)parts[i] == OPEN)
      parts[i] = dealing.part_of_unit[dealing.groups.of[i]];
  free(dealing.part_of_unit);
  free(dealing.units);
  free(dealing.pictures);
  free(dealing.classes);
  free(dealing.groups.of);
  return result;
}

/* ---- parts that are given ---- */

/* How many folds 1..N are named; 0: parts are; -1: both, or a fold is missing. */
static int count_folds(const struct dataset *data, const char *const *given, const char *where,
                       struct error *err) {
  bool named = false, seen[ROTATIONS_MAX + 1] = {false};
  int most = 0, missing = 0;
  for (size_t i = 0; i < data->count; i++) {
    int fold = fold_number(given[i]);
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
    parts[i] = part_of_fold(fold_number(given[i]), rotation);
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
    while (strcmp(given[i], part_names[parts[i]]) != 0)
      parts[i]++;
    count[parts[i]]++;
  }
  if (count[PART_TRAIN] == 0 || count[PART_TEST] == 0)
    return error_set(err, "%s: no picture of the part '%s'", where,
                     part_names[count[PART_TRAIN] == 0 ? PART_TRAIN : PART_TEST]);
  if (count[PART_VALIDATION] > 0)
    return 0;
  for (size_t i = 0; i < data->count; i++)
    if (parts[i] == PART_TRAIN)
      parts[i] = (enum part)OPEN;
  return deal_open(data, split_recording, PARTS - 1, seed, rotation, parts, err);
}

static int take_column(const struct dataset *data, uint64_t seed, const struct rotation *rotation,
                       enum part *parts, struct error *err) {
  const struct dataset_column *column = find_column(data, split_part);
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

int split_make(const struct dataset *data, const char *by, uint64_t seed,
               const struct rotation *rotation, enum part *parts, struct error *err) {
  if (split_check(data, by, err) != 0)
    return -1;
  if (strcmp(by, split_part) == 0 && data->test_count > 0)
    return error_set(err, "--split part: found a test that is named already (--test or t10k-...)");
  if (strcmp(by, split_part) == 0)
    return take_column(data, seed, rotation, parts, err);
  if (data->test_count > 0 && rotation->count > 0)
    return error_set(err, "--rotation: found a test that is named already, allowed data without "
                          "one: rotations test every picture once");
  if (strcmp(by, split_segment) == 0 && data->overlapping)
    return error_set(err, "the pictures overlap (features --every): by segment the test would have "
                          "been heard in training, expected --split recording");
  for (size_t i = 0; i < data->count; i++)
    parts[i] = i < data->count - data->test_count ? (enum part)OPEN : PART_TEST;
  return deal_open(data, by, data->test_count > 0 ? PARTS - 1 : PARTS, seed, rotation, parts, err);
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
    fprintf(file, "%zu,%d,%d,%s,", i, data->labels[i], data->file[i], part_names[parts[i]]);
    csv_write(file, file_name(data, i));
    fputc('\n', file);
  }
  return output_commit(&out, err);
}

/* ---- looking at a split ---- */

/* How many of the things 0..things-1 that pictures belong to (index [count]; -1: to none) have
 * pictures in more than one part. */
static int count_shared(const struct dataset *data, const enum part *parts, const int *index,
                        int things) {
  uint8_t *seen = memory_new((size_t)things, 1);
  int shared = 0;
  for (size_t i = 0; i < data->count; i++)
    if (index[i] >= 0)
      seen[index[i]] |= (uint8_t)(1 << parts[i]);
  for (int t = 0; t < things; t++)
    shared += (seen[t] & (seen[t] - 1)) != 0;
  free(seen);
  return shared;
}

int split_shared_recordings(const struct dataset *data, const enum part *parts) {
  return count_shared(data, parts, data->recording, data->recording_count);
}

bool split_keeps_files(const struct dataset *data, const enum part *parts) {
  return count_shared(data, parts, data->file, data->file_count) == 0;
}

size_t *split_pictures(const struct dataset *data, const enum part *parts, enum part part,
                       size_t *count) {
  size_t *indices = memory_new(data->count, sizeof *indices);
  *count = 0;
  for (size_t i = 0; i < data->count; i++)
    if (parts[i] == part)
      indices[(*count)++] = i;
  return indices;
}
