/* split.c : the parts of a data set for training, validation and test.
 * SPDX-License-Identifier: MIT
 */
#include "data/split_parts.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char split_segment[] = "segment", split_recording[] = "recording", split_part[] = "part";
const char split_train_name[] = "train";

static const char *const part_names[PARTS] = {
    [PART_TRAIN] = split_train_name, [PART_VALIDATION] = "validation", [PART_TEST] = "test"};

const char *part_name(enum part part) {
  return part_names[part];
}

int split_fold(const char *text) {
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
  return split_fold(text) ? text : NULL;
}

enum part split_fold_part(int fold, const struct rotation *rotation) {
  return fold == rotation->index                         ? PART_TEST
         : fold == rotation->index % rotation->count + 1 ? PART_VALIDATION
                                                         : PART_TRAIN;
}

const struct dataset_column *split_column(const struct dataset *data, const char *name) {
  for (int i = 0; i < data->column_count; i++)
    if (strcasecmp(data->columns[i].name, name) == 0)
      return &data->columns[i];
  return NULL;
}

int split_check(const struct dataset *data, const char *by, struct error *err) {
  if (!strcmp(by, split_segment) || !strcmp(by, split_recording) || split_column(data, by))
    return 0;
  char names[512] = "";
  for (int i = 0, length = 0; i < data->column_count && length < (int)sizeof names; i++)
    length +=
        snprintf(names + length, sizeof names - (size_t)length, ", %s", data->columns[i].name);
  return error_set(err, "--split: found '%s', allowed segment, recording%s%s", by, names,
                   data->column_count > 0 ? "" : " or a column of the manifest (there is none)");
}

int split_make(const struct dataset *data, const char *by, uint64_t seed,
               const struct rotation *rotation, enum part *parts, struct error *err) {
  if (split_check(data, by, err) != 0)
    return -1;
  if (strcmp(by, split_part) == 0 && data->test_count > 0)
    return error_set(err, "--split part: found a test that is named already (--test or t10k-...)");
  if (strcmp(by, split_part) == 0)
    return split_take_column(data, seed, rotation, parts, err);
  if (data->test_count > 0 && rotation->count > 0)
    return error_set(err, "--rotation: found a test that is named already, allowed data without "
                          "one: rotations test every picture once");
  if (strcmp(by, split_segment) == 0 && data->overlapping)
    return error_set(err, "the pictures overlap (features --every): by segment the test would have "
                          "been heard in training, expected --split recording");
  for (size_t i = 0; i < data->count; i++)
    parts[i] = i < data->count - data->test_count ? (enum part)PART_OPEN : PART_TEST;
  return split_deal(data, by, data->test_count > 0 ? PARTS - 1 : PARTS, seed, rotation, parts, err);
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
