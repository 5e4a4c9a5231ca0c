/* scan.h : the sound files of folders, their classes, recordings and what else manifests say.
 * SPDX-License-Identifier: MIT
 *
 *   struct scan scan;
 *   if (scan_folders(&scan, folders, count, NULL, err) != 0) return -1;   // quick: names only
 *   ...
 *   scan_free(&scan);
 */
#ifndef ENGRAM_DATA_SCAN_H
#define ENGRAM_DATA_SCAN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* A folder to look into. */
struct scan_folder {
  const char *path; /* the caller's */
  const char *part; /* of all its sounds: "train", "validation" or "test"; NULL: not said */
};

/* One sound file. */
struct scan_sound {
  char *path;      /* to open it */
  char *name;      /* "class/file" or "class/folder/file", relative to its sounds folder */
  char *recording; /* what the manifest says, or a copy of `name` */
  char **values;   /* [column_count] what the manifest says; NULL: nothing */
  int folder;      /* index of its sounds folder */
  int label;
  bool listed; /* the manifest has a row for it */
};

/* Something in a class's folder that is no sound. */
struct scan_left {
  char *class;
  char *what; /* ".txt", "dead link", ... */
  size_t count;
};

/* What a manifest lists, of the sounds of the chosen classes. */
struct scan_listed {
  char *path; /* of the manifest */
  int folder;
  size_t listed, sounds;
};

struct scan {
  struct scan_sound *sounds; /* [count], by class name, folder, name */
  size_t count, capacity;
  char **class_names; /* [class_count], label 0 first */
  int class_count;
  char **columns; /* [column_count] of all manifests, but for path and recording */
  int column_count;
  struct scan_left *left; /* [left_count], by class */
  size_t left_count;
  struct scan_listed *listed; /* [listed_count], a manifest each */
  size_t listed_count;
};

/* Lists the sounds of folders [folder_count]. Every sub-folder with a sound file (by its ending; in
 * folders below it too) is a class, of the same name in all folders; classes are in byte order of
 * their names, or as the comma-separated `classes` says. Sounds are always in the order of the
 * classes' names, so that it does not depend on the labels'. Sounds with the same entry in column
 * `recording` of manifest.csv are one recording, in all folders alike; a file that is not in it is
 * a recording of its own. Refuses fewer than two or more than NET_CLASSES_MAX classes, names that
 * are not UTF-8 or have control characters, a part that is none, and a manifest that lists none of
 * its folder's sounds. Returns 0 and memory for scan_free, or -1 and nothing to release. */
int scan_folders(struct scan *scan, const struct scan_folder *folders, size_t folder_count,
                 const char *classes, struct error *err);

void scan_free(struct scan *scan);

#endif
