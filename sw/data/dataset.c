/* dataset.c : labelled pictures in memory and on disk.
 * SPDX-License-Identifier: MIT
 */
#include "data/dataset.h"

#include "base/file.h"
#include "data/classes.h"
#include "data/idx.h"
#include "data/sidecar.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PAIR_NAME_BYTES = 40 };

/* Two IDX files that belong together. */
struct pair {
  char images[PAIR_NAME_BYTES], labels[PAIR_NAME_BYTES];
};

/* What dataset_save writes is the first of what dataset_load looks for. */
static const char own_prefix[] = "", train_prefix[] = "train-", test_prefix[] = "t10k-";
enum { SPELLINGS = 4 }; /* with a dash or a dot in front of idx, plain or gzipped */

static const char sidecar_name[] = "dataset.json";

/* A folder is none of the files. */
static bool is_there(const char *folder, const char *name) {
  char *path = path_join(folder, name);
  struct stat status;
  bool there = stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
  free(path);
  return there;
}

static struct pair pair_of(const char *prefix, int spelling) {
  char mark = spelling & 1 ? '.' : '-';
  const char *ending = spelling & 2 ? ".gz" : "";
  struct pair pair;
  snprintf(pair.images, sizeof pair.images, "%simages%cidx3-ubyte%s", prefix, mark, ending);
  snprintf(pair.labels, sizeof pair.labels, "%slabels%cidx1-ubyte%s", prefix, mark, ending);
  return pair;
}

static uint8_t *load_idx(const char *folder, const char *name, int dimensions, uint32_t *sizes,
                         struct error *err) {
  char *path = path_join(folder, name);
  uint8_t *bytes = idx_read(path, dimensions, sizes, err);
  free(path);
  return bytes;
}

/* Notes that images were left where they are. */
static void note_left(struct dataset *data, const char *folder, const char *taken,
                      const char *left) {
  size_t length = strlen(data->note);
  if (length == 0)
    snprintf(data->note, sizeof data->note, "%.512s: takes %s, not %s", folder, taken, left);
  else
    snprintf(data->note + length, sizeof data->note - length, ", %s", left);
}

/* The first of the pairs of a prefix whose images are in the folder; the others are noted. `pair`
 * has what was found before (*there), or gets it. */
static void find_pair(struct dataset *data, const char *folder, const char *prefix,
                      struct pair *pair, bool *there) {
  for (int spelling = 0; spelling < SPELLINGS; spelling++) {
    struct pair candidate = pair_of(prefix, spelling);
    if (!is_there(folder, candidate.images))
      continue;
    if (*there)
      note_left(data, folder, pair->images, candidate.images);
    else
      *pair = candidate;
    *there = true;
  }
}

/* Reads pictures and labels, which must be as many. */
static int load_pair(struct dataset *data, const char *folder, const struct pair *names,
                     struct error *err) {
  uint32_t sizes[3], label_count;
  data->pictures = load_idx(folder, names->images, 3, sizes, err);
  if (!data->pictures)
    return -1;
  data->count = sizes[0];
  data->height = (int)sizes[1];
  data->width = (int)sizes[2];
  data->labels = load_idx(folder, names->labels, 1, &label_count, err);
  if (!data->labels)
    return -1;
  if (label_count != data->count)
    return error_set(err, "%s: %zu pictures and %u labels, expected as many of both (%s)", folder,
                     data->count, label_count, names->images);
  return 0;
}

/* Puts the pictures of another set behind those that are there, as the test. */
static int append_test(struct dataset *data, const char *folder, const struct pair *names,
                       struct error *err) {
  struct dataset test = {0};
  int result = load_pair(&test, folder, names, err);
  if (result == 0 && (test.height != data->height || test.width != data->width))
    result = error_set(err, "%s: %s has pictures of %dx%d, those to train on have %dx%d", folder,
                       names->images, test.height, test.width, data->height, data->width);
  if (result == 0) {
    size_t pixels = (size_t)data->height * (size_t)data->width, count = data->count + test.count;
    uint8_t *pictures = memory_new(count, pixels), *labels = memory_new(count, 1);
    memcpy(pictures, data->pictures, data->count * pixels);
    memcpy(pictures + data->count * pixels, test.pictures, test.count * pixels);
    memcpy(labels, data->labels, data->count);
    memcpy(labels + data->count, test.labels, test.count);
    free(data->pictures);
    free(data->labels);
    data->pictures = pictures;
    data->labels = labels;
    data->count = count;
    data->test_count = test.count;
  }
  dataset_free(&test);
  return result;
}

static int load_pictures(struct dataset *data, const char *folder, struct error *err) {
  struct pair pair, test;
  bool own = false, there, has_test = false;
  find_pair(data, folder, own_prefix, &pair, &own);
  there = own;
  find_pair(data, folder, train_prefix, &pair, &there);
  if (!there)
    return error_set(err,
                     "%s: no images-idx3-ubyte or train-images-idx3-ubyte there (or with .idx3 or "
                     ".gz)",
                     folder);
  if (load_pair(data, folder, &pair, err) != 0)
    return -1;
  if (own) { /* MNIST's test goes with MNIST's pictures */
    test = pair;
    has_test = true;
  }
  find_pair(data, folder, test_prefix, &test, &has_test);
  return !own && has_test ? append_test(data, folder, &test, err) : 0;
}

static int load_sidecar(struct dataset *data, const char *folder, struct error *err) {
  if (!is_there(folder, sidecar_name)) {
    sidecar_assume(data);
    return 0;
  }
  char *path = path_join(folder, sidecar_name);
  int result = sidecar_read(data, path, err);
  data->named = true;
  free(path);
  for (size_t i = 0; i < data->count && result == 0; i++)
    if (data->labels[i] >= data->class_count)
      result = error_set(err, "%s: picture %zu has label %d, expected less than %d classes", folder,
                         i, data->labels[i], data->class_count);
  return result;
}

/* Keeps the names that some picture refers to, and their order, and of the lists [*count] beside
 * them the same entries. */
static void drop_unused(int *index, size_t pictures, char **names, int *count, int *const *beside,
                        int beside_count) {
  int *renumbered = memory_new((size_t)*count, sizeof *renumbered);
  for (size_t i = 0; i < pictures; i++)
    if (index[i] >= 0)
      renumbered[index[i]] = 1;
  int kept = 0;
  for (int i = 0; i < *count; i++) {
    if (!renumbered[i]) {
      free(names[i]);
      continue;
    }
    for (int b = 0; b < beside_count; b++)
      beside[b][kept] = beside[b][i];
    renumbered[i] = kept;
    names[kept++] = names[i];
  }
  *count = kept;
  for (size_t i = 0; i < pictures; i++)
    if (index[i] >= 0)
      index[i] = renumbered[index[i]];
  free(renumbered);
}

static void drop_unused_files(struct dataset *data) {
  int **beside = memory_new((size_t)data->column_count + 2, sizeof *beside), count = 0;
  for (int c = 0; c < data->column_count; c++)
    beside[count++] = data->columns[c].value;
  if (data->rate_hz) {
    beside[count++] = data->rate_hz;
    beside[count++] = data->bandwidth_hz;
  }
  drop_unused(data->file, data->count, data->file_names, &data->file_count, beside, count);
  free(beside);
}

/* Moves the pictures whose class has a new label (not -1) together. */
static void keep_labelled(struct dataset *data, const int *new_label) {
  size_t pixels = (size_t)data->height * (size_t)data->width, kept = 0;
  size_t test_begin = data->count - data->test_count;
  data->test_count = 0;
  for (size_t i = 0; i < data->count; i++) {
    if (new_label[data->labels[i]] < 0)
      continue;
    memmove(data->pictures + kept * pixels, data->pictures + i * pixels, pixels);
    data->labels[kept] = (uint8_t)new_label[data->labels[i]];
    data->recording[kept] = data->recording[i];
    data->file[kept] = data->file[i];
    data->segment[kept++] = data->segment[i];
    data->test_count += i >= test_begin;
  }
  data->count = kept;
  drop_unused(data->recording, kept, data->recording_names, &data->recording_count, NULL, 0);
  drop_unused_files(data);
}

int *dataset_order_classes(const struct dataset *data) {
  int *order = memory_new((size_t)data->class_count, sizeof *order);
  for (int c = 0; c < data->class_count; c++) {
    int at = c;
    for (; at > 0 && strcmp(data->class_names[order[at - 1]], data->class_names[c]) > 0; at--)
      order[at] = order[at - 1];
    order[at] = c;
  }
  return order;
}

int dataset_select(struct dataset *data, const char *folder, const char *classes,
                   struct error *err) {
  int chosen[SIDECAR_CLASSES_MAX], new_label[SIDECAR_CLASSES_MAX];
  int count = classes_select(classes, (const char *const *)data->class_names, data->class_count,
                             folder, chosen, err);
  if (count < 0)
    return -1;
  char **names = memory_new((size_t)count, sizeof *names);
  memset(new_label, -1, sizeof new_label);
  for (int i = 0; i < count; i++) {
    new_label[chosen[i]] = i;
    names[i] = data->class_names[chosen[i]];
  }
  for (int i = 0; i < data->class_count; i++)
    if (new_label[i] < 0)
      free(data->class_names[i]);
  free(data->class_names);
  data->class_names = names;
  data->class_count = count;
  keep_labelled(data, new_label);
  if (data->count == 0)
    return error_set(err, "%s: no picture of the classes %s", folder, classes);
  return 0;
}

int dataset_load(struct dataset *data, const char *folder, const char *classes, struct error *err) {
  *data = (struct dataset){0};
  if (load_pictures(data, folder, err) != 0 || load_sidecar(data, folder, err) != 0 ||
      (classes && dataset_select(data, folder, classes, err) != 0)) {
    dataset_free(data);
    return -1;
  }
  return 0;
}

enum { SAVED_FILES = 3 };

static void abort_all(struct output *outs, int count) {
  for (int i = 0; i < count; i++)
    output_abort(&outs[i]);
}

/* Opens the three files of a folder, which is made when missing. */
static int open_all(struct output *outs, const char *folder, struct error *err) {
  const struct pair pair = pair_of(own_prefix, 0);
  const char *names[SAVED_FILES] = {pair.images, pair.labels, sidecar_name};
  if (folder_make(folder, err) != 0)
    return -1;
  for (int i = 0; i < SAVED_FILES; i++) {
    char *path = path_join(folder, names[i]);
    FILE *file = output_open(&outs[i], path, err);
    free(path);
    if (!file) {
      abort_all(outs, i);
      return -1;
    }
  }
  return 0;
}

int dataset_prepare(const char *folder, struct error *err) {
  struct output outs[SAVED_FILES];
  if (open_all(outs, folder, err) != 0)
    return -1;
  abort_all(outs, SAVED_FILES);
  return 0;
}

/* Checks that all has been written, so that the files are put in place together. */
static int check_all(struct output *outs, struct error *err) {
  for (int i = 0; i < SAVED_FILES; i++)
    if (output_check(&outs[i], err) != 0)
      return -1;
  return 0;
}

int dataset_save(const struct dataset *data, const char *folder, struct error *err) {
  struct output outs[SAVED_FILES];
  if (open_all(outs, folder, err) != 0)
    return -1;
  const uint32_t sizes[3] = {(uint32_t)data->count, (uint32_t)data->height, (uint32_t)data->width};
  idx_write(outs[0].file, 3, sizes, data->pictures);
  idx_write(outs[1].file, 1, sizes, data->labels);
  if (sidecar_write(data, outs[2].file, err) != 0 || check_all(outs, err) != 0) {
    abort_all(outs, SAVED_FILES);
    return -1;
  }
  for (int i = 0; i < SAVED_FILES; i++)
    if (output_commit(&outs[i], err) != 0) {
      abort_all(outs + i + 1, SAVED_FILES - i - 1);
      return -1;
    }
  return 0;
}

static void free_names(char **names, int count) {
  for (int i = 0; i < count; i++)
    free(names[i]);
  free(names);
}

void dataset_free(struct dataset *data) {
  free_names(data->class_names, data->class_count);
  free_names(data->recording_names, data->recording_count);
  free_names(data->file_names, data->file_count);
  for (int c = 0; c < data->column_count; c++) {
    free(data->columns[c].name);
    free_names(data->columns[c].values, data->columns[c].value_count);
    free(data->columns[c].value);
  }
  free(data->columns);
  free(data->rate_hz);
  free(data->bandwidth_hz);
  free(data->pictures);
  free(data->labels);
  free(data->recording);
  free(data->file);
  free(data->segment);
  *data = (struct dataset){0};
}
