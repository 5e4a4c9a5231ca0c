/* build.c : sound files that were listed -> a data set.
 * SPDX-License-Identifier: MIT
 */
#include "data/build.h"

#include "base/file.h"
#include "base/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Pictures of one sound, before they are put together. */
struct batch {
  struct features_file file; /* its pictures, those that are kept */
  int *segment;              /* [file.count], of the file */
  size_t silent;
  char *message; /* why it could not be read; NULL: it could */
};

/* ---- reading the sounds, in threads ---- */

/* What the threads work through together. */
struct work {
  struct build *build;
  const struct scan *scan;
  struct batch *batches; /* [scan->count] */
  atomic_size_t next;    /* sound that no thread has taken yet */
  atomic_bool failed;
  pthread_mutex_t mutex; /* of what follows */
  size_t done;
};

/* Moves the pictures that are not flat together. */
static void drop_silence(struct batch *batch, size_t pixels) {
  size_t kept = 0;
  for (size_t i = 0; i < batch->file.count; i++) {
    if (features_is_flat(batch->file.pictures + i * pixels, pixels)) {
      batch->silent++;
      continue;
    }
    memmove(batch->file.pictures + kept * pixels, batch->file.pictures + i * pixels, pixels);
    batch->segment[kept++] = (int)i;
  }
  batch->file.count = kept;
}

static void read_sound(struct work *work, struct features *features, size_t i) {
  const struct build *build = work->build;
  struct batch *batch = &work->batches[i];
  struct error err = {""};
  if (features_load(features, work->scan->sounds[i].path, &batch->file, &err) != 0) {
    batch->message = text_copy(err.message);
    return;
  }
  batch->segment = memory_new(batch->file.count, sizeof *batch->segment);
  for (size_t s = 0; s < batch->file.count; s++)
    batch->segment[s] = (int)s;
  if (!build->keeps_silence)
    drop_silence(batch, (size_t)build->height * (size_t)build->width);
}

/* Takes sounds until there are none, or one is bad; those before it are then all taken. */
static void *run_worker(void *argument) {
  struct work *work = argument;
  const struct build *build = work->build;
  struct features *features = features_new(build->view, build->height, build->width);
  if (build->every_ms > 0)
    features_set_step(features, (size_t)build->every_ms * SOUND_RATE_HZ / 1000);
  while (build->skips_bad || !atomic_load(&work->failed)) {
    size_t i = atomic_fetch_add(&work->next, 1);
    if (i >= work->scan->count)
      break;
    read_sound(work, features, i);
    if (work->batches[i].message)
      atomic_store(&work->failed, true);
    pthread_mutex_lock(&work->mutex);
    work->done++;
    if (build->progress)
      build->progress("sounds", work->done, work->scan->count);
    pthread_mutex_unlock(&work->mutex);
  }
  features_free(features);
  return NULL;
}

static void read_sounds(struct build *build, const struct scan *scan, struct batch *batches) {
  struct work work = {.build = build, .scan = scan, .batches = batches};
  size_t count = threads_count() < scan->count ? threads_count() : scan->count, started = 0;
  pthread_t threads[THREADS_MAX];
  pthread_mutex_init(&work.mutex, NULL);
  while (started + 1 < count && pthread_create(&threads[started], NULL, run_worker, &work) == 0)
    started++;
  run_worker(&work);
  for (size_t i = 0; i < started; i++)
    pthread_join(threads[i], NULL);
  pthread_mutex_destroy(&work.mutex);
}

/* ---- putting them together ---- */

/* Counts what was left out; keeps or refuses what could not be read. */
static int count_batches(struct build *build, const struct scan *scan, const struct batch *batches,
                         struct error *err) {
  build->bad = memory_new(scan->count, sizeof *build->bad);
  for (size_t i = 0; i < scan->count; i++) {
    const struct batch *batch = &batches[i];
    if (batch->message && !build->skips_bad)
      return error_set(err, "%s", batch->message);
    if (batch->message)
      build->bad[build->bad_count++] = text_copy(batch->message);
    else
      build->too_short += batch->file.count + batch->silent == 0;
    build->silent += batch->silent;
    build->silent_files += batch->silent > 0 && batch->file.count == 0;
  }
  return 0;
}

static int check_batches(const struct build *build, const struct scan *scan,
                         const struct batch *batches, struct error *err) {
  for (int label = 0; label < scan->class_count; label++) {
    size_t pictures = 0, silent = 0;
    for (size_t i = 0; i < scan->count; i++)
      if (scan->sounds[i].label == label) {
        pictures += batches[i].file.count;
        silent += batches[i].silent;
      }
    if (pictures == 0 && silent > 0)
      return error_set(err, "class '%s': all %zu pictures are silence", scan->class_names[label],
                       silent);
    if (pictures == 0)
      return error_set(err, "class '%s': no sound is as long as a segment (%d ms)",
                       scan->class_names[label], features_segment_ms(build->view));
  }
  return 0;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The distinct ones of texts [count], which are sorted, copied; *distinct of them. */
static char **distinct_texts(char **texts, size_t count, int *distinct) {
  qsort(texts, count, sizeof *texts, by_name);
  char **names = memory_new(count, sizeof *names);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || strcmp(texts[i], texts[i - 1]) != 0)
      names[(*distinct)++] = text_copy(texts[i]);
  return names;
}

static int index_of(char *text, char **names, int count) {
  return (int)((char **)bsearch(&text, names, (size_t)count, sizeof *names, by_name) - names);
}

/* Distinct recordings of the sounds that have pictures, in byte order. */
static void list_recordings(const struct scan *scan, const struct batch *batches,
                            struct dataset *data) {
  char **names = memory_new(scan->count, sizeof *names);
  size_t count = 0;
  for (size_t i = 0; i < scan->count; i++)
    if (batches[i].file.count > 0)
      names[count++] = scan->sounds[i].recording;
  data->recording_names = distinct_texts(names, count, &data->recording_count);
  free(names);
}

/* What column c says of the sounds that have pictures. */
static void fill_column(const struct scan *scan, const struct batch *batches, int c,
                        struct dataset_column *column) {
  char **values = memory_new(scan->count, sizeof *values);
  size_t count = 0;
  int file = 0;
  for (size_t i = 0; i < scan->count; i++)
    if (batches[i].file.count > 0 && scan->sounds[i].values[c])
      values[count++] = scan->sounds[i].values[c];
  column->name = text_copy(scan->columns[c]);
  column->values = distinct_texts(values, count, &column->value_count);
  column->value = memory_new(scan->count, sizeof *column->value);
  for (size_t i = 0; i < scan->count; i++) {
    char *value = scan->sounds[i].values[c];
    if (batches[i].file.count > 0)
      column->value[file++] = value ? index_of(value, column->values, column->value_count) : -1;
  }
  free(values);
}

static void fill_columns(const struct scan *scan, const struct batch *batches,
                         struct dataset *data) {
  data->columns = memory_new((size_t)scan->column_count, sizeof *data->columns);
  for (int c = 0; c < scan->column_count; c++)
    fill_column(scan, batches, c, &data->columns[data->column_count++]);
}

/* Appends one sound's pictures. */
static void append_batch(struct dataset *data, const struct scan_sound *sound,
                         const struct batch *batch) {
  size_t pixels = (size_t)data->height * (size_t)data->width;
  int recording = index_of(sound->recording, data->recording_names, data->recording_count);
  memcpy(data->pictures + data->count * pixels, batch->file.pictures, batch->file.count * pixels);
  for (size_t i = 0; i < batch->file.count; i++, data->count++) {
    data->labels[data->count] = (uint8_t)sound->label;
    data->recording[data->count] = recording;
    data->file[data->count] = data->file_count;
    data->segment[data->count] = batch->segment[i];
  }
  data->rate_hz[data->file_count] = batch->file.rate_hz;
  data->bandwidth_hz[data->file_count] = batch->file.bandwidth_hz;
  data->file_names[data->file_count++] = text_copy(sound->name);
}

static void put_together(const struct scan *scan, const struct batch *batches,
                         struct dataset *data) {
  size_t pixels = (size_t)data->height * (size_t)data->width, total = 0;
  for (size_t i = 0; i < scan->count; i++)
    total += batches[i].file.count;
  data->pictures = memory_new(total, pixels);
  data->labels = memory_new(total, 1);
  data->recording = memory_new(total, sizeof *data->recording);
  data->file = memory_new(total, sizeof *data->file);
  data->segment = memory_new(total, sizeof *data->segment);
  data->file_names = memory_new(scan->count, sizeof *data->file_names);
  data->rate_hz = memory_new(scan->count, sizeof *data->rate_hz);
  data->bandwidth_hz = memory_new(scan->count, sizeof *data->bandwidth_hz);
  data->class_names = memory_new((size_t)scan->class_count, sizeof *data->class_names);
  for (int c = 0; c < scan->class_count; c++)
    data->class_names[data->class_count++] = text_copy(scan->class_names[c]);
  list_recordings(scan, batches, data);
  for (size_t i = 0; i < scan->count; i++)
    if (batches[i].file.count > 0)
      append_batch(data, &scan->sounds[i], &batches[i]);
  fill_columns(scan, batches, data);
}

static void free_batches(struct batch *batches, size_t count) {
  for (size_t i = 0; i < count; i++) {
    free(batches[i].file.pictures);
    free(batches[i].segment);
    free(batches[i].message);
  }
  free(batches);
}

int build_pictures(struct build *build, const struct scan *scan, struct dataset *data,
                   struct error *err) {
  *data = (struct dataset){.height = build->height, .width = build->width};
  snprintf(data->view, sizeof data->view, "%s", features_view_name(build->view));
  data->overlapping = build->every_ms > 0 && build->every_ms < features_segment_ms(build->view);
  struct batch *batches = memory_new(scan->count, sizeof *batches);
  read_sounds(build, scan, batches);
  int result = count_batches(build, scan, batches, err);
  if (result == 0)
    result = check_batches(build, scan, batches, err);
  if (result == 0)
    put_together(scan, batches, data);
  free_batches(batches, scan->count);
  return result;
}

void build_free(struct build *build) {
  for (size_t i = 0; i < build->bad_count; i++)
    free(build->bad[i]);
  free(build->bad);
  build->bad = NULL;
  build->bad_count = 0;
}
