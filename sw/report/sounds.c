/* sounds.c : the segment of sound that a picture was made of.
 * SPDX-License-Identifier: MIT
 */
#include "report/sounds.h"

#include "base/file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum features_view sounds_view(const struct dataset *data) {
  enum features_view view = FEATURES_SPECTRUM;
  features_find_view(data->view, &view);
  return view;
}

double sounds_begin_seconds(const struct dataset *data, size_t picture) {
  size_t samples = (size_t)data->segment[picture] * features_segment_samples(sounds_view(data));
  return (double)samples / SOUND_RATE_HZ;
}

void sounds_begin(struct sounds *sounds, const struct dataset *data, const char *const *folders,
                  size_t folder_count) {
  *sounds = (struct sounds){
      .data = data, .view = sounds_view(data), .folders = folders, .folder_count = folder_count};
  if (data->height < FEATURES_SIDE_MIN || data->height > FEATURES_SIDE_MAX ||
      data->width < FEATURES_SIDE_MIN || data->width > FEATURES_SIDE_MAX)
    return;
  sounds->features = features_new(sounds->view, data->height, data->width);
  sounds->picture = memory_new((size_t)data->height, (size_t)data->width);
}

static void forget(struct sounds *sounds) {
  if (sounds->path)
    sound_free(&sounds->sound);
  free(sounds->path);
  sounds->path = NULL;
}

void sounds_end(struct sounds *sounds) {
  forget(sounds);
  if (sounds->features)
    features_free(sounds->features);
  free(sounds->picture);
}

/* Has the file at `path`, which is taken over, in sounds->sound. */
static bool load(struct sounds *sounds, char *path) {
  struct error unreadable = {""};
  if (sounds->path && strcmp(sounds->path, path) == 0) {
    free(path);
    return true;
  }
  forget(sounds);
  if (sound_load(&sounds->sound, path, &unreadable) != 0) {
    free(path);
    return false;
  }
  sounds->path = path;
  return true;
}

static bool makes_picture(struct sounds *sounds, const float *samples, size_t picture) {
  const struct dataset *data = sounds->data;
  size_t pixels = (size_t)data->height * (size_t)data->width;
  const uint8_t *expected = data->pictures + picture * pixels;
  features_picture(sounds->features, samples, sounds->picture);
  for (size_t i = 0; i < pixels; i++)
    if (abs(sounds->picture[i] - expected[i]) > 1)
      return false;
  return true;
}

/* Looks into one file. */
static enum sounds_found look(struct sounds *sounds, char *path, size_t picture,
                              const float **samples) {
  size_t samples_each = features_segment_samples(sounds->view);
  size_t begin = (size_t)sounds->data->segment[picture] * samples_each;
  if (!load(sounds, path) || begin + samples_each > sounds->sound.count)
    return SOUNDS_UNREADABLE;
  *samples = sounds->sound.samples + begin;
  return makes_picture(sounds, *samples, picture) ? SOUNDS_HERE : SOUNDS_OTHER_SOUND;
}

enum sounds_found sounds_find(struct sounds *sounds, size_t picture, const float **samples) {
  const struct dataset *data = sounds->data;
  enum sounds_found found = SOUNDS_NO_FILE;
  for (size_t f = 0; f < sounds->folder_count && sounds->features && found != SOUNDS_HERE; f++) {
    char *path = path_join(sounds->folders[f], data->file_names[data->file[picture]]);
    if (access(path, F_OK) == 0)
      found = look(sounds, path, picture, samples);
    else
      free(path);
  }
  return found;
}
