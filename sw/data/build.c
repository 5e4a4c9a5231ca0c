/* build.c : sound files in one folder per class -> a data set.
 * SPDX-License-Identifier: MIT
 */
#include "data/build.h"

#include "base/file.h"
#include "data/classes.h"
#include "data/manifest.h"
#include "data/sidecar.h"
#include "net/net.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const endings[] = {"wav",  "flac", "ogg", "oga", "opus", "mp3", "aif",
                                      "aiff", "aifc", "au",  "snd", "caf",  "w64", "rf64"};
static const char manifest_name[] = "manifest.csv";

static char *copy(const char *text) {
  return strcpy(memory_new(strlen(text) + 1, 1), text);
}

static bool is_sound_name(const char *name) {
  const char *dot = strrchr(name, '.');
  for (size_t i = 0; dot && i < sizeof endings / sizeof endings[0]; i++)
    if (strcasecmp(dot + 1, endings[i]) == 0)
      return true;
  return false;
}

static bool is_kind(const char *path, mode_t kind) {
  struct stat status;
  return stat(path, &status) == 0 && (status.st_mode & S_IFMT) == kind;
}

static int is_visible(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

static int by_byte(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

/* Visible entries in byte order. Returns how many, or -1. */
static int list_folder(const char *path, struct dirent ***entries, struct error *err) {
  int count = scandir(path, entries, is_visible, by_byte);
  if (count < 0)
    return error_set(err, "%s: cannot read the folder: %s", path, strerror(errno));
  return count;
}

static void free_entries(struct dirent **entries, int count) {
  for (int i = 0; i < count; i++)
    free(entries[i]);
  free(entries);
}

/* Takes `path` and `name` over. */
static void add_sound(struct build *build, char *path, char *name, int folder, int label) {
  if (build->count == build->capacity) {
    build->capacity = 2 * build->capacity + 64;
    struct build_sound *sounds = memory_new(build->capacity, sizeof *sounds);
    if (build->count)
      memcpy(sounds, build->sounds, build->count * sizeof *sounds);
    free(build->sounds);
    build->sounds = sounds;
  }
  build->sounds[build->count++] = (struct build_sound){path, name, NULL, folder, label};
}

/* Index of a class's name, which is added when it is new. */
static int class_index(struct build *build, const char *name) {
  for (int i = 0; i < build->class_count; i++)
    if (strcmp(build->class_names[i], name) == 0)
      return i;
  char **names = memory_new((size_t)build->class_count + 1, sizeof *names);
  if (build->class_count)
    memcpy(names, build->class_names, (size_t)build->class_count * sizeof *names);
  names[build->class_count] = copy(name);
  free(build->class_names);
  build->class_names = names;
  return build->class_count++;
}

/* Adds the sounds of one class's folder. */
static int scan_class(struct build *build, const char *path, const char *class, int folder,
                      struct error *err) {
  struct dirent **entries;
  int count = list_folder(path, &entries, err);
  if (count < 0)
    return -1;
  for (int i = 0; i < count; i++) {
    char *file = path_join(path, entries[i]->d_name);
    if (is_sound_name(entries[i]->d_name) && is_kind(file, S_IFREG)) {
      add_sound(build, file, path_join(class, entries[i]->d_name), folder,
                class_index(build, class));
    } else {
      free(file);
    }
  }
  free_entries(entries, count);
  return 0;
}

static int scan_folder(struct build *build, const char *path, int folder, struct error *err) {
  struct dirent **entries;
  int count = list_folder(path, &entries, err);
  if (count < 0)
    return -1;
  size_t before = build->count;
  int result = 0;
  for (int i = 0; i < count && result == 0; i++) {
    char *class = path_join(path, entries[i]->d_name);
    if (is_kind(class, S_IFDIR))
      result = scan_class(build, class, entries[i]->d_name, folder, err);
    free(class);
  }
  free_entries(entries, count);
  if (result == 0 && build->count == before)
    result = error_set(err, "%s: no sound files, expected them in one sub-folder per class", path);
  return result;
}

/* Gives the sounds of one folder their recordings. */
static int name_recordings(struct build *build, const char *path, int folder, struct error *err) {
  char *manifest_path = path_join(path, manifest_name);
  struct manifest manifest = {0};
  int result = 0;
  if (access(manifest_path, F_OK) == 0)
    result = manifest_read(&manifest, manifest_path, err);
  size_t found = 0;
  for (size_t i = 0; i < build->count && result == 0; i++) {
    struct build_sound *sound = &build->sounds[i];
    if (sound->folder != folder)
      continue;
    const char *recording = manifest_find(&manifest, sound->name);
    found += recording != NULL;
    sound->recording = copy(recording ? recording : sound->name);
  }
  if (result == 0 && manifest.count > 0 && found == 0)
    result = error_set(err, "%s: its column 'path' names no sound of %s", manifest_path, path);
  manifest_free(&manifest);
  free(manifest_path);
  return result;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_sound(struct build_sound *sound) {
  free(sound->path);
  free(sound->name);
  free(sound->recording);
}

/* Relabels the sounds in the order of chosen [count], old labels, and drops the others. */
static void keep_classes(struct build *build, const int *chosen, int count) {
  char **names = memory_new((size_t)count, sizeof *names);
  int *new_label = memory_new((size_t)build->class_count, sizeof *new_label);
  for (int i = 0; i < build->class_count; i++)
    new_label[i] = -1;
  for (int i = 0; i < count; i++) {
    new_label[chosen[i]] = i;
    names[i] = build->class_names[chosen[i]];
  }
  for (int i = 0; i < build->class_count; i++)
    if (new_label[i] < 0)
      free(build->class_names[i]);
  free(build->class_names);
  build->class_names = names;
  build->class_count = count;
  size_t kept = 0;
  for (size_t i = 0; i < build->count; i++) {
    struct build_sound sound = build->sounds[i];
    sound.label = new_label[sound.label];
    if (sound.label >= 0)
      build->sounds[kept++] = sound;
    else
      free_sound(&sound);
  }
  build->count = kept;
  free(new_label);
}

/* Sorts the classes by name, then keeps those of the list. */
static int choose_classes(struct build *build, const char *where, const char *classes,
                          struct error *err) {
  size_t count = (size_t)build->class_count;
  char **sorted = memory_new(count, sizeof *sorted);
  memcpy(sorted, build->class_names, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, by_name);
  int *chosen = memory_new(count, sizeof *chosen);
  int picked =
      classes_select(classes, (const char *const *)sorted, build->class_count, where, chosen, err);
  for (int i = 0; i < picked; i++)
    chosen[i] = class_index(build, sorted[chosen[i]]);
  if (picked >= 0)
    keep_classes(build, chosen, picked);
  free(chosen);
  free(sorted);
  if (picked < 0)
    return -1;
  if (picked < 2)
    return error_set(err, "%s: sounds of only one class ('%s'), expected at least two", where,
                     build->class_names[0]);
  if (picked > NET_CLASSES_MAX)
    return error_set(err, "%s: %d classes, expected at most %d (choose some with --classes)", where,
                     picked, NET_CLASSES_MAX);
  return 0;
}

static int by_label(const void *a, const void *b) {
  const struct build_sound *x = a, *y = b;
  if (x->label != y->label)
    return x->label < y->label ? -1 : 1;
  if (x->folder != y->folder)
    return x->folder < y->folder ? -1 : 1;
  return strcmp(x->name, y->name);
}

static int check_names(const struct build *build, struct error *err) {
  for (size_t i = 0; i < build->count; i++) {
    const struct build_sound *sound = &build->sounds[i];
    if (!sidecar_can_hold(sound->name) || !sidecar_can_hold(sound->recording))
      return error_set(err, "%s: expected the names of the file and its recording in UTF-8",
                       sound->path);
  }
  return 0;
}

int build_scan(struct build *build, const char *const *folders, size_t folder_count,
               const char *classes, struct error *err) {
  *build = (struct build){0};
  int result = 0;
  for (size_t i = 0; i < folder_count && result == 0; i++)
    result = scan_folder(build, folders[i], (int)i, err);
  for (size_t i = 0; i < folder_count && result == 0; i++)
    result = name_recordings(build, folders[i], (int)i, err);
  if (result == 0)
    result =
        choose_classes(build, folder_count == 1 ? folders[0] : "the set of folders", classes, err);
  if (result == 0) {
    qsort(build->sounds, build->count, sizeof *build->sounds, by_label);
    result = check_names(build, err);
  }
  if (result != 0)
    build_free(build);
  return result;
}

void build_free(struct build *build) {
  for (size_t i = 0; i < build->count; i++)
    free_sound(&build->sounds[i]);
  free(build->sounds);
  for (int i = 0; i < build->class_count; i++)
    free(build->class_names[i]);
  free(build->class_names);
  *build = (struct build){0};
}

/* Pictures of each sound, before they are put together. */
struct batch {
  uint8_t *pictures;
  size_t count;
};

static int read_sounds(struct build *build, struct features *features, build_progress *progress,
                       struct batch *batches, struct error *err) {
  for (size_t i = 0; i < build->count; i++) {
    if (features_load(features, build->sounds[i].path, &batches[i].pictures, &batches[i].count,
                      err) != 0)
      return -1;
    build->too_short += batches[i].count == 0;
    if (progress)
      progress("sounds", i + 1, build->count);
  }
  return 0;
}

static int check_batches(const struct build *build, const struct batch *batches,
                         enum features_view view, struct error *err) {
  for (int label = 0; label < build->class_count; label++) {
    size_t pictures = 0;
    for (size_t i = 0; i < build->count; i++)
      if (build->sounds[i].label == label)
        pictures += batches[i].count;
    if (pictures == 0)
      return error_set(err, "class '%s': no sound is as long as a segment (%d ms)",
                       build->class_names[label], features_segment_ms(view));
  }
  return 0;
}

/* Distinct recordings of the sounds that have pictures, in byte order. */
static void list_recordings(const struct build *build, const struct batch *batches,
                            struct dataset *data) {
  char **names = memory_new(build->count, sizeof *names);
  size_t count = 0;
  for (size_t i = 0; i < build->count; i++)
    if (batches[i].count > 0)
      names[count++] = build->sounds[i].recording;
  qsort(names, count, sizeof *names, by_name);
  data->recording_names = memory_new(count, sizeof *data->recording_names);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
      data->recording_names[data->recording_count++] = copy(names[i]);
  free(names);
}

/* Appends one sound's pictures. */
static void append_batch(struct dataset *data, const struct build_sound *sound,
                         const struct batch *batch) {
  size_t pixels = (size_t)data->height * (size_t)data->width;
  memcpy(data->pictures + data->count * pixels, batch->pictures, batch->count * pixels);
  char **recording = bsearch(&sound->recording, data->recording_names,
                             (size_t)data->recording_count, sizeof *recording, by_name);
  for (size_t i = 0; i < batch->count; i++, data->count++) {
    data->labels[data->count] = (uint8_t)sound->label;
    data->recording[data->count] = (int)(recording - data->recording_names);
    data->file[data->count] = data->file_count;
    data->segment[data->count] = (int)i;
  }
  data->file_names[data->file_count++] = copy(sound->name);
}

static void put_together(const struct build *build, const struct batch *batches,
                         struct dataset *data) {
  size_t pixels = (size_t)data->height * (size_t)data->width, total = 0;
  for (size_t i = 0; i < build->count; i++)
    total += batches[i].count;
  data->pictures = memory_new(total, pixels);
  data->labels = memory_new(total, 1);
  data->recording = memory_new(total, sizeof *data->recording);
  data->file = memory_new(total, sizeof *data->file);
  data->segment = memory_new(total, sizeof *data->segment);
  data->file_names = memory_new(build->count, sizeof *data->file_names);
  data->class_names = memory_new((size_t)build->class_count, sizeof *data->class_names);
  for (int c = 0; c < build->class_count; c++)
    data->class_names[data->class_count++] = copy(build->class_names[c]);
  list_recordings(build, batches, data);
  for (size_t i = 0; i < build->count; i++)
    if (batches[i].count > 0)
      append_batch(data, &build->sounds[i], &batches[i]);
}

int build_pictures(struct build *build, enum features_view view, int height, int width,
                   int every_ms, build_progress *progress, struct dataset *data,
                   struct error *err) {
  *data = (struct dataset){.height = height, .width = width};
  snprintf(data->view, sizeof data->view, "%s", features_view_name(view));
  build->too_short = 0;
  struct features *features = features_new(view, height, width);
  if (every_ms > 0)
    features_set_step(features, (size_t)every_ms * SOUND_RATE_HZ / 1000);
  data->overlapping = every_ms > 0 && every_ms < features_segment_ms(view);
  struct batch *batches = memory_new(build->count, sizeof *batches);
  int result = read_sounds(build, features, progress, batches, err);
  if (result == 0)
    result = check_batches(build, batches, view, err);
  if (result == 0)
    put_together(build, batches, data);
  for (size_t i = 0; i < build->count; i++)
    free(batches[i].pictures);
  free(batches);
  features_free(features);
  return result;
}
