/* split.c : the parts of a data set for training, validation and test.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "data/dataset.h"
#include "model/random.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

enum { PARTS = 3, HELD_OUT = 10 }; /* one in ten for validation, one in ten for test */

/* What is dealt out whole: a recording or a picture. */
struct unit {
  size_t index;
  size_t pictures;
  int class;
  size_t place; /* in the shuffled order */
};

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

/* Pictures that are dealt out; those behind them are the test. */
static size_t dealt(const struct dataset *data) {
  return data->count - data->test_count;
}

static int by_pictures(const void *a, const void *b) {
  const struct unit *x = a, *y = b;
  if (x->pictures != y->pictures)
    return x->pictures > y->pictures ? -1 : 1;
  return x->place < y->place ? -1 : 1;
}

/* Deals the units of one class out into groups, each to the one that has the fewest pictures so
 * far, the largest first; then gives the groups their parts. count >= rotation->count. */
static void deal_groups(struct unit *units, size_t count, const struct rotation *rotation,
                        uint64_t *random, enum part *part_of_unit) {
  size_t pictures[ROTATIONS_MAX] = {0};
  int test = rotation->index - 1, validation = rotation->index % rotation->count;
  assert(rotation->count >= ROTATIONS_MIN && rotation->count <= ROTATIONS_MAX);
  assert(rotation->index >= 1 && rotation->index <= rotation->count);
  shuffle(units, count, random);
  for (size_t i = 0; i < count; i++)
    units[i].place = i;
  qsort(units, count, sizeof *units, by_pictures);
  for (size_t i = 0; i < count; i++) {
    int group = 0;
    for (int g = 1; g < rotation->count; g++)
      if (pictures[g] < pictures[group])
        group = g;
    pictures[group] += units[i].pictures;
    part_of_unit[units[i].index] = group == test         ? PART_TEST
                                   : group == validation ? PART_VALIDATION
                                                         : PART_TRAIN;
  }
}

static struct unit *picture_units(const struct dataset *data) {
  struct unit *units = memory_new(data->count, sizeof *units);
  for (size_t i = 0; i < dealt(data); i++)
    units[i] = (struct unit){i, 1, data->labels[i], 0};
  return units;
}

/* A recording that holds several classes counts as the one with most of its pictures. */
static struct unit *recording_units(const struct dataset *data) {
  size_t classes = (size_t)data->class_count, count = (size_t)data->recording_count;
  size_t *pictures = memory_new(count * classes, sizeof *pictures);
  for (size_t i = 0; i < dealt(data); i++)
    pictures[(size_t)data->recording[i] * classes + data->labels[i]]++;
  struct unit *units = memory_new(count, sizeof *units);
  for (size_t r = 0; r < count; r++) {
    units[r].index = r;
    for (size_t c = 0; c < classes; c++) {
      units[r].pictures += pictures[r * classes + c];
      if (pictures[r * classes + c] > pictures[r * classes + (size_t)units[r].class])
        units[r].class = (int)c;
    }
  }
  free(pictures);
  return units;
}

/* Deals class by class; without a rotation (NULL) one test is drawn. */
static int deal_all(const struct dataset *data, const struct unit *units, size_t count,
                    const char *what, uint64_t seed, const struct rotation *rotation,
                    enum part *part_of_unit, struct error *err) {
  size_t parts = data->test_count > 0 ? PARTS - 1 : PARTS;
  size_t least = rotation ? (size_t)rotation->count : parts;
  struct unit *of_class = memory_new(count, sizeof *of_class);
  int result = 0;
  for (int c = 0; c < data->class_count && result == 0; c++) {
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
      if (units[i].class == c && units[i].pictures > 0)
        of_class[size++] = units[i];
    if (size < least)
      result = error_set(err, "class '%s' has %zu %s, expected at least %zu for the %s",
                         data->class_names[c], size, what, least, rotation ? "rotations" : "split");
    else if (rotation)
      deal_groups(of_class, size, rotation, &seed, part_of_unit);
    else
      deal(of_class, size, parts, &seed, part_of_unit);
  }
  free(of_class);
  return result;
}

/* No recording may be in the test and out of it. */
static int check_test(const struct dataset *data, const struct unit *recordings,
                      struct error *err) {
  for (size_t i = dealt(data); i < data->count; i++)
    if (recordings[data->recording[i]].pictures > 0)
      return error_set(err, "recording '%s' is in the test and out of it: not to be split so",
                       data->recording_names[data->recording[i]]);
  return 0;
}

static int split(const struct dataset *data, enum split_by by, uint64_t seed,
                 const struct rotation *rotation, enum part *parts, struct error *err) {
  bool recordings = by == SPLIT_BY_RECORDING;
  if (!recordings && data->overlapping)
    return error_set(err, "the pictures overlap (features --every): by segment the test would have "
                          "been heard in training, expected --split recording");
  size_t count = recordings ? (size_t)data->recording_count : dealt(data);
  struct unit *units = recordings ? recording_units(data) : picture_units(data);
  enum part *part_of_unit = memory_new(count, sizeof *part_of_unit);
  int result = recordings ? check_test(data, units, err) : 0;
  if (result == 0)
    result = deal_all(data, units, count, recordings ? "recordings" : "pictures", seed, rotation,
                      part_of_unit, err);
  for (size_t i = 0; i < data->count && result == 0; i++)
    parts[i] =
        i >= dealt(data) ? PART_TEST : part_of_unit[recordings ? (size_t)data->recording[i] : i];
  free(part_of_unit);
  free(units);
  return result;
}

int dataset_split(const struct dataset *data, enum split_by by, uint64_t seed, enum part *parts,
                  struct error *err) {
  return split(data, by, seed, NULL, parts, err);
}

int dataset_rotate(const struct dataset *data, enum split_by by, uint64_t seed,
                   const struct rotation *rotation, enum part *parts, struct error *err) {
  assert(data->test_count == 0);
  return split(data, by, seed, rotation, parts, err);
}

size_t *dataset_part(const struct dataset *data, const enum part *parts, enum part part,
                     size_t *count) {
  size_t *indices = memory_new(data->count, sizeof *indices);
  *count = 0;
  for (size_t i = 0; i < data->count; i++)
    if (parts[i] == part)
      indices[(*count)++] = i;
  return indices;
}
