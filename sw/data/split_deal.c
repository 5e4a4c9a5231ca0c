/* split_deal.c : recordings, pictures or the values of a column dealt out to the parts.
 * SPDX-License-Identifier: MIT
 */
#include "data/split_parts.h"

#include "base/file.h"
#include "model/random.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_OUT = 10 }; /* one in ten for validation, one in ten for test */

/* ---- what is dealt out whole ---- */

/* The groups of pictures that a split keeps together. */
struct groups {
  int *of; /* [data->count], 0 .. count-1 */
  size_t count;
  char what[64]; /* "recordings", for messages */
};

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
    column = split_column(data, by);
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
    pictures[(size_t)groups->of[i] * class_count + data->labels[i]] += (int)parts[i] == PART_OPEN;
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
    part_of_unit[units[i].index] = split_fold_part(fold + 1, rotation);
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
      if (data->labels[i] == c && (int)parts[i] == PART_OPEN)
        pictures[dealing->part_of_unit[dealing->groups.of[i]]]++;
    size_t wanted = dealing->rotation->count > 0 ? PARTS : dealing->parts;
    for (size_t part = 0; part < wanted; part++)
      if (pictures[part] == 0)
        return error_set(err,
                         "class '%s' has no picture in the part '%s' of this split: its %s "
                         "are shared with other classes (another --seed may do)",
                         data->class_names[c], part_name((enum part)part), dealing->groups.what);
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

/* Deals out the pictures that are PART_OPEN. */
int split_deal(const struct dataset *data, const char *by, size_t wanted, uint64_t seed,
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
    if ((int)parts[i] == PART_OPEN)
      parts[i] = dealing.part_of_unit[dealing.groups.of[i]];
  free(dealing.part_of_unit);
  free(dealing.units);
  free(dealing.pictures);
  free(dealing.classes);
  free(dealing.groups.of);
  return result;
}
