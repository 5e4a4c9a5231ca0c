/* media.c : pictures and sounds inside a page.
 * SPDX-License-Identifier: MIT
 */
#include "report/media.h"

#include "base/file.h"
#include "report/text.h"
#include "sound/sound.h"

#include <math.h>
#include <png.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

void media_png(FILE *to, const uint8_t *pixels, int height, int width, bool flip) {
  png_image image = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)width,
                     .height = (png_uint_32)height,
                     .format = PNG_FORMAT_GRAY};
  png_int_32 stride = flip ? -width : width; /* libpng's: negative, the last row comes first */
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  uint8_t *bytes = memory_new(size, 1);
  if (png_image_write_to_memory(&image, bytes, &size, 0, pixels, stride, NULL))
    text_data(to, "image/png", bytes, size);
  free(bytes);
}

/* A file in memory that libsndfile writes. */
struct memory_file {
  uint8_t *bytes;
  size_t size, place, room;
};

static sf_count_t memory_length(void *user) {
  return (sf_count_t)((struct memory_file *)user)->size;
}

static sf_count_t memory_tell(void *user) {
  return (sf_count_t)((struct memory_file *)user)->place;
}

static sf_count_t memory_seek(sf_count_t offset, int whence, void *user) {
  struct memory_file *file = user;
  sf_count_t from = whence == SEEK_SET   ? 0
                    : whence == SEEK_CUR ? (sf_count_t)file->place
                                         : (sf_count_t)file->size;
  if (from + offset < 0 || (size_t)(from + offset) > file->room)
    return -1;
  file->place = (size_t)(from + offset);
  return (sf_count_t)file->place;
}

static sf_count_t memory_read(void *to, sf_count_t count, void *user) {
  struct memory_file *file = user;
  size_t left = file->size > file->place ? file->size - file->place : 0;
  size_t some = (size_t)count < left ? (size_t)count : left;
  memcpy(to, file->bytes + file->place, some);
  file->place += some;
  return (sf_count_t)some;
}

static sf_count_t memory_write(const void *from, sf_count_t count, void *user) {
  struct memory_file *file = user;
  size_t left = file->room - file->place;
  size_t some = (size_t)count < left ? (size_t)count : left;
  memcpy(file->bytes + file->place, from, some);
  file->place += some;
  if (file->place > file->size)
    file->size = file->place;
  return (sf_count_t)some;
}

void media_wav(FILE *to, const float *samples, size_t count) {
  enum { HEADER_BYTES_MAX = 4096 };
  static SF_VIRTUAL_IO memory = {memory_length, memory_seek, memory_read, memory_write,
                                 memory_tell};
  struct memory_file file = {.room = HEADER_BYTES_MAX + count * sizeof(int16_t)};
  SF_INFO info = {
      .samplerate = SOUND_RATE_HZ, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
  int16_t *words = memory_new(count, sizeof *words);
  for (size_t i = 0; i < count; i++)
    words[i] = (int16_t)lrint(fmin(fmax((double)samples[i], -1), 1) * INT16_MAX);
  file.bytes = memory_new(file.room, 1);
  SNDFILE *sound = sf_open_virtual(&memory, SFM_WRITE, &info, &file);
  if (sound) {
    sf_write_short(sound, words, (sf_count_t)count);
    sf_close(sound);
    text_data(to, "audio/wav", file.bytes, file.size);
  }
  free(file.bytes);
  free(words);
}
