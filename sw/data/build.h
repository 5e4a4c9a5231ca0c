/* build.h : sound files in one folder per class -> a data set.
 * SPDX-License-Identifier: MIT
 *
 *   struct build build;
 *   if (build_scan(&build, folders, count, NULL, err) != 0) return -1;   // quick: names only
 *   int result = build_pictures(&build, 28, 28, NULL, &data, err);      // long: reads the sounds
 *   build_free(&build);
 */
#ifndef ENGRAM_DATA_BUILD_H
#define ENGRAM_DATA_BUILD_H

#include "data/dataset.h"
#include "sound/features.h"

/* One sound file. */
struct build_sound {
  char *path;      /* to open it */
  char *name;      /* "class/file", relative to its sounds folder */
  char *recording; /* column of the manifest, or a copy of `name` */
  int folder;      /* index of its sounds folder */
  int label;
};

struct build {
  struct build_sound *sounds; /* [count], by label, folder, name */
  size_t count, capacity;
  char **class_names; /* [class_count] */
  int class_count;
  size_t too_short; /* files shorter than a segment, which build_pictures left out */
};

/* Called after each of `total` sounds. */
typedef void build_progress(const char *what, size_t done, size_t total);

/* Lists the sounds of folders [folder_count]. Every sub-folder with a sound file (by its ending:
 * wav, flac, ogg, ...; hidden names are skipped) is a class, of the same name in all folders;
 * classes are in byte order of their names, or as the comma-separated `classes` says. Sounds with
 * the same entry in column `recording` of manifest.csv are one recording, in all folders alike; a
 * file that is not in it is a recording of its own. Refuses fewer than two or more than
 * NET_CLASSES_MAX classes, names that are not UTF-8, and a manifest that lists none of its folder's
 * sounds. Returns 0 and memory for build_free, or -1 and nothing to release. */
int build_scan(struct build *build, const char *const *folders, size_t folder_count,
               const char *classes, struct error *err);

/* Reads all sounds into pictures of height x width with this view. A picture begins every
 * `every_ms`, or with 0 where the one before ends. `progress` may be NULL. Refuses
 * an unreadable or empty sound and a class without pictures. Returns 0 and a data set to be
 * released with dataset_free, or -1 and nothing to release. */
int build_pictures(struct build *build, enum features_view view, int height, int width,
                   int every_ms, build_progress *progress, struct dataset *data, struct error *err);

void build_free(struct build *build);

#endif
