/* scan.c : the sound files of folders, their classes, recordings and what else manifests say.
 * SPDX-License-Identifier: MIT
 */
#include "data/scan_parts.h"

#include "base/file.h"
#include "data/classes.h"
#include "data/sidecar.h"
#include "net/net.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* What libsndfile reads, and what ffmpeg does beside. */
static const char *const endings[] = {
    "wav", "wave", "bwf",  "rf64", "w64", "flac", "ogg", "oga", "opus", "mp3", "mp2",  "mpga",
    "aif", "aiff", "aifc", "au",   "snd", "caf",  "voc", "sph", "m4a",  "m4b", "aac",  "mp4",
    "wma", "webm", "mkv",  "mka",  "amr", "3gp",  "ac3", "wv",  "ape",  "mov", "mpeg", "avi"};

/* The folders from a class's down to the one that is being read. */
struct trail {
  dev_t device;
  ino_t inode;
  const struct trail *above;
};

/* Where a scan stands. */
struct place {
  struct scan *scan;
  const char *class;
  int folder;
};

static const char *ending_of(const char *name) {
  const char *dot = strrchr(name, '.');
  return dot && dot[1] ? dot : NULL;
}

static bool is_sound_name(const char *name) {
  const char *ending = ending_of(name);
  for (size_t i = 0; ending && i < sizeof endings / sizeof endings[0]; i++)
    if (strcasecmp(ending + 1, endings[i]) == 0)
      return true;
  return false;
}

static int is_entry(const struct dirent *entry) {
  return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_byte(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

/* Entries in byte order. Returns how many, or -1. */
static int list_folder(const char *path, struct dirent ***entries, struct error *err) {
  int count = scandir(path, entries, is_entry, by_byte);
  if (count < 0)
    return error_set(err, "%s: cannot read the folder: %s", path, strerror(errno));
  return count;
}

static void free_entries(struct dirent **entries, int count) {
  for (int i = 0; i < count; i++)
    free(entries[i]);
  free(entries);
}

/* Index of a class's name, which is added when it is new. */
static int class_index(struct scan *scan, const char *name) {
  for (int i = 0; i < scan->class_count; i++)
    if (strcmp(scan->class_names[i], name) == 0)
      return i;
  scan->class_names = memory_grow(scan->class_names, (size_t)scan->class_count, sizeof(char *));
  scan->class_names[scan->class_count] = text_copy(name);
  return scan->class_count++;
}

/* Takes `path` and `name` over. */
static void add_sound(const struct place *place, char *path, char *name) {
  struct scan *scan = place->scan;
  scan->sounds = memory_grow(scan->sounds, scan->count, sizeof *scan->sounds);
  scan->sounds[scan->count++] = (struct scan_sound){.path = path,
                                                    .name = name,
                                                    .folder = place->folder,
                                                    .label = class_index(scan, place->class)};
}

/* Counts something that is not taken. */
static void leave(const struct place *place, const char *what) {
  struct scan *scan = place->scan;
  for (size_t i = 0; i < scan->left_count; i++)
    if (strcmp(scan->left[i].class, place->class) == 0 && strcmp(scan->left[i].what, what) == 0) {
      scan->left[i].count++;
      return;
    }
  scan->left = memory_grow(scan->left, scan->left_count, sizeof *scan->left);
  scan->left[scan->left_count++] = (struct scan_left){text_copy(place->class), text_copy(what), 1};
}

static int scan_below(const struct place *place, const char *path, const char *name,
                      const struct trail *above, struct error *err);

/* One entry of a class's folder or of one below it. `path` and `name` are its own. */
static int scan_entry(const struct place *place, const char *path, const char *name,
                      const struct trail *trail, struct error *err) {
  const char *last = strrchr(name, '/') + 1, *ending = ending_of(last);
  struct stat status;
  if (last[0] == '.')
    leave(place, "hidden");
  else if (stat(path, &status) != 0)
    leave(place, errno == ENOENT || errno == ELOOP ? "dead link" : "unreadable");
  else if (S_ISDIR(status.st_mode))
    return scan_below(place, path, name, trail, err);
  else if (!S_ISREG(status.st_mode))
    leave(place, "not a regular file");
  else if (is_sound_name(last))
    add_sound(place, text_copy(path), text_copy(name));
  else
    leave(place, ending ? ending : "no ending");
  return 0;
}

/* A folder and all below it; one that leads back into itself is left out. */
static int scan_below(const struct place *place, const char *path, const char *name,
                      const struct trail *above, struct error *err) {
  struct stat status;
  if (stat(path, &status) != 0)
    return error_set(err, "%s: %s", path, strerror(errno));
  const struct trail trail = {status.st_dev, status.st_ino, above};
  for (const struct trail *t = above; t; t = t->above)
    if (t->device == trail.device && t->inode == trail.inode) {
      leave(place, "link back to a folder above");
      return 0;
    }
  struct dirent **entries;
  int count = list_folder(path, &entries, err), result = count < 0 ? -1 : 0;
  for (int i = 0; i < count && result == 0; i++) {
    char *below = path_join(path, entries[i]->d_name);
    char *below_name = path_join(name, entries[i]->d_name);
    result = scan_entry(place, below, below_name, &trail, err);
    free(below);
    free(below_name);
  }
  if (count >= 0)
    free_entries(entries, count);
  return result;
}

/* One entry of a folder of classes. */
static int scan_class(struct scan *scan, const char *path, const char *name, int folder,
                      struct error *err) {
  const struct place place = {scan, name, folder}, beside = {scan, "", folder};
  struct stat status;
  if (name[0] == '.' || strcmp(name, scan_manifest_name) == 0)
    return 0;
  if (stat(path, &status) != 0)
    leave(&beside, "dead link");
  else if (S_ISDIR(status.st_mode))
    return scan_below(&place, path, name, NULL, err);
  else if (is_sound_name(name))
    leave(&beside, "sound in no class's folder");
  return 0;
}

static int scan_folder(struct scan *scan, const char *path, int folder, struct error *err) {
  struct dirent **entries;
  int count = list_folder(path, &entries, err), result = 0;
  if (count < 0)
    return -1;
  size_t before = scan->count;
  for (int i = 0; i < count && result == 0; i++) {
    char *class = path_join(path, entries[i]->d_name);
    result = scan_class(scan, class, entries[i]->d_name, folder, err);
    free(class);
  }
  free_entries(entries, count);
  if (result == 0 && scan->count == before)
    result = error_set(err, "%s: no sound files, expected them in one sub-folder per class", path);
  return result;
}

/* ---- classes ---- */

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_texts(char **texts, int count) {
  for (int i = 0; texts && i < count; i++)
    free(texts[i]);
  free(texts);
}

static void free_sound(struct scan_sound *sound, int column_count) {
  free(sound->path);
  free(sound->name);
  free(sound->recording);
  free_texts(sound->values, column_count);
}

/* Relabels the sounds in the order of chosen [count], old labels, and drops the others. */
static void keep_classes(struct scan *scan, const int *chosen, int count) {
  char **names = memory_new((size_t)count, sizeof *names);
  int *new_label = memory_new((size_t)scan->class_count, sizeof *new_label);
  for (int i = 0; i < scan->class_count; i++)
    new_label[i] = -1;
  for (int i = 0; i < count; i++) {
    new_label[chosen[i]] = i;
    names[i] = scan->class_names[chosen[i]];
  }
  for (int i = 0; i < scan->class_count; i++)
    if (new_label[i] < 0)
      free(scan->class_names[i]);
  free(scan->class_names);
  scan->class_names = names;
  scan->class_count = count;
  size_t kept = 0;
  for (size_t i = 0; i < scan->count; i++) {
    struct scan_sound sound = scan->sounds[i];
    sound.label = new_label[sound.label];
    if (sound.label >= 0)
      scan->sounds[kept++] = sound;
    else
      free_sound(&sound, scan->column_count);
  }
  scan->count = kept;
  free(new_label);
}

/* What was left out of the classes that were not chosen is no matter. */
static void keep_left(struct scan *scan) {
  size_t kept = 0;
  for (size_t i = 0; i < scan->left_count; i++) {
    struct scan_left left = scan->left[i];
    bool wanted = left.class[0] == '\0';
    for (int c = 0; c < scan->class_count; c++)
      wanted = wanted || strcmp(left.class, scan->class_names[c]) == 0;
    if (wanted) {
      scan->left[kept++] = left;
    } else {
      free(left.class);
      free(left.what);
    }
  }
  scan->left_count = kept;
}

/* Sorts the classes by name, then keeps those of the list. */
static int choose_classes(struct scan *scan, const char *where, const char *classes,
                          struct error *err) {
  size_t count = (size_t)scan->class_count;
  char **sorted = memory_new(count, sizeof *sorted);
  memcpy(sorted, scan->class_names, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, by_name);
  int *chosen = memory_new(count, sizeof *chosen);
  int picked =
      classes_select(classes, (const char *const *)sorted, scan->class_count, where, chosen, err);
  for (int i = 0; i < picked; i++)
    chosen[i] = class_index(scan, sorted[chosen[i]]);
  if (picked >= 0)
    keep_classes(scan, chosen, picked);
  free(chosen);
  free(sorted);
  if (picked < 0)
    return -1;
  keep_left(scan);
  if (picked < 2)
    return error_set(err, "%s: sounds of only one class ('%s'), expected at least two", where,
                     scan->class_names[0]);
  if (picked > NET_CLASSES_MAX)
    return error_set(err, "%s: %d classes, expected at most %d (choose some with --classes)", where,
                     picked, NET_CLASSES_MAX);
  return 0;
}

/* ---- all together ---- */

static int by_class(const void *a, const void *b, void *scan) {
  const struct scan_sound *x = a, *y = b;
  char *const *names = ((const struct scan *)scan)->class_names;
  if (x->label != y->label)
    return strcmp(names[x->label], names[y->label]);
  if (x->folder != y->folder)
    return x->folder < y->folder ? -1 : 1;
  return strcmp(x->name, y->name);
}

static int check_names(const struct scan *scan, struct error *err) {
  for (size_t i = 0; i < scan->count; i++) {
    const struct scan_sound *sound = &scan->sounds[i];
    bool good = sidecar_can_hold(sound->name) && sidecar_can_hold(sound->recording);
    for (int c = 0; c < scan->column_count; c++)
      good = good && (!sound->values[c] || sidecar_can_hold(sound->values[c]));
    if (!good)
      return error_set(err,
                       "%s: expected the names of the file and its recording, and what else its "
                       "manifest says, in UTF-8 without control characters",
                       sound->path);
  }
  return 0;
}

static void count_listed(struct scan *scan) {
  for (size_t m = 0; m < scan->listed_count; m++)
    for (size_t i = 0; i < scan->count; i++)
      if (scan->sounds[i].folder == scan->listed[m].folder) {
        scan->listed[m].sounds++;
        scan->listed[m].listed += scan->sounds[i].listed;
      }
}

int scan_folders(struct scan *scan, const struct scan_folder *folders, size_t folder_count,
                 const char *classes, struct error *err) {
  *scan = (struct scan){0};
  int result = 0;
  for (size_t i = 0; i < folder_count && result == 0; i++)
    result = scan_folder(scan, folders[i].path, (int)i, err);
  for (size_t i = 0; i < folder_count && result == 0; i++)
    result = scan_read_manifest(scan, folders[i].path, (int)i, err);
  if (result == 0)
    result = scan_name_parts(scan, folders, folder_count, err);
  for (size_t i = 0; i < scan->count; i++)
    if (!scan->sounds[i].recording)
      scan->sounds[i].recording = text_copy(scan->sounds[i].name);
  if (result == 0)
    result = choose_classes(scan, folder_count == 1 ? folders[0].path : "the set of folders",
                            classes, err);
  if (result == 0) {
    qsort_r(scan->sounds, scan->count, sizeof *scan->sounds, by_class, scan);
    count_listed(scan);
    result = check_names(scan, err);
  }
  if (result != 0)
    scan_free(scan);
  return result;
}

void scan_free(struct scan *scan) {
  for (size_t i = 0; i < scan->count; i++)
    free_sound(&scan->sounds[i], scan->column_count);
  free(scan->sounds);
  for (size_t i = 0; i < scan->left_count; i++) {
    free(scan->left[i].class);
    free(scan->left[i].what);
  }
  free(scan->left);
  for (size_t i = 0; i < scan->listed_count; i++)
    free(scan->listed[i].path);
  free(scan->listed);
  free_texts(scan->class_names, scan->class_count);
  free_texts(scan->columns, scan->column_count);
  *scan = (struct scan){0};
}
