/* sounds.h : the segment of sound that a picture was made of.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_REPORT_SOUNDS_H
#define ENGRAM_REPORT_SOUNDS_H

#include "data/dataset.h"
#include "sound/features.h"

struct sounds {
  const struct dataset *data;
  enum features_view view;
  const char *const *folders; /* [folder_count], as `engram features` was given them */
  size_t folder_count;
  struct features *features; /* NULL: pictures of this size are not made of sounds */
  uint8_t *picture;          /* [height][width] */
  struct sound sound;        /* the file at `path` */
  char *path;                /* NULL: none */
};

/* What there is of a picture's sound. */
enum sounds_found {
  SOUNDS_HERE,
  SOUNDS_NO_FILE,     /* in none of the folders */
  SOUNDS_UNREADABLE,  /* or shorter than it was */
  SOUNDS_OTHER_SOUND, /* a file of this name is there, and makes another picture */
};

/* What the pictures show; the spectrum where the data set does not say, as old ones do not. */
enum features_view sounds_view(const struct dataset *data);

/* Where in its file a picture's segment begins, in seconds. */
double sounds_begin_seconds(const struct dataset *data, size_t picture);

/* data, folders and what they point to must stay. Release with sounds_end. */
void sounds_begin(struct sounds *sounds, const struct dataset *data, const char *const *folders,
                  size_t folder_count);
void sounds_end(struct sounds *sounds);

/* Looks for the sound of a picture whose file is known (data->file >= 0), in the folders one after
 * the other. It is the picture's when the front end makes the same picture of it; each byte may
 * differ by 1, as it may between machines. *samples gets a segment of samples
 * (features_segment_samples(sounds->view)), good until the next call. */
enum sounds_found sounds_find(struct sounds *sounds, size_t picture, const float **samples);

#endif
