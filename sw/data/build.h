/* build.h : sound files that were listed -> a data set.
 * SPDX-License-Identifier: MIT
 *
 *   struct build build = {.view = FEATURES_SPECTRUM, .height = 28, .width = 28};
 *   int result = build_pictures(&build, &scan, &data, err);      // long: reads the sounds
 *   build_free(&build);
 */
#ifndef ENGRAM_DATA_BUILD_H
#define ENGRAM_DATA_BUILD_H

#include "data/dataset.h"
#include "data/scan.h"
#include "sound/features.h"

/* Called after each of `total` sounds, by one thread at a time. */
typedef void build_progress(const char *what, size_t done, size_t total);

struct build {
  /* set by the caller */
  enum features_view view;
  int height, width;
  int every_ms;             /* a picture begins every so many ms; 0: where the one before ends */
  bool keeps_silence;       /* flat pictures (features_is_flat) too */
  bool skips_bad;           /* goes on without sounds that cannot be read */
  build_progress *progress; /* may be NULL */

  /* what build_pictures left out */
  size_t too_short;    /* files shorter than a picture */
  size_t silent;       /* pictures */
  size_t silent_files; /* files that had no others */
  char **bad;          /* [bad_count] messages about sounds, in their order */
  size_t bad_count;
};

/* Reads all sounds into pictures of height x width with this view, in as many threads as there are
 * processors (base/threads.h); what comes out does not depend on them. Refuses an unreadable or
 * empty sound, unless it skips them, and a class without pictures. Returns 0 and a data set to be
 * released with dataset_free, or -1 and no data set; build_free is due either way. */
int build_pictures(struct build *build, const struct scan *scan, struct dataset *data,
                   struct error *err);

void build_free(struct build *build);

#endif
