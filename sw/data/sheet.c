/* sheet.c : some pictures of a data set side by side, to look at.
 * SPDX-License-Identifier: MIT
 */
#include "data/sheet.h"

#include "base/file.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 12, ZOOM = 4, GAP = 4, WHITE = 255 };

struct canvas {
  uint8_t *pixels;
  size_t width, height;
};

/* Draws a picture with its top left corner at (x, y). */
static void draw(struct canvas *canvas, size_t x, size_t y, const struct dataset *data,
                 size_t index) {
  size_t height = (size_t)data->height, width = (size_t)data->width;
  const uint8_t *picture = data->pictures + index * height * width;
  for (size_t row = 0; row < height * ZOOM; row++)
    for (size_t column = 0; column < width * ZOOM; column++)
      canvas->pixels[(y + row) * canvas->width + x + column] =
          picture[(height - 1 - row / ZOOM) * width + column / ZOOM];
}

/* Draws pictures of one class at equal distances. */
static void draw_class(struct canvas *canvas, size_t y, const struct dataset *data, int label) {
  size_t of_class = 0, step = (size_t)data->width * ZOOM + GAP;
  for (size_t i = 0; i < data->count; i++)
    of_class += data->labels[i] == label;
  size_t shown = of_class < COLUMNS ? of_class : COLUMNS;
  for (size_t i = 0, nth = 0, drawn = 0; i < data->count && drawn < shown; i++)
    if (data->labels[i] == label && nth++ == drawn * of_class / shown)
      draw(canvas, GAP + step * drawn++, y, data, i);
}

int sheet_save(const struct dataset *data, const char *path, struct error *err) {
  size_t rows = (size_t)data->class_count;
  struct canvas canvas = {.width = GAP + COLUMNS * ((size_t)data->width * ZOOM + GAP),
                          .height = GAP + rows * ((size_t)data->height * ZOOM + GAP)};
  struct output out;
  FILE *file = output_open(&out, path, err);
  if (!file)
    return -1;
  canvas.pixels = memory_new(canvas.width, canvas.height);
  memset(canvas.pixels, WHITE, canvas.width * canvas.height);
  for (int c = 0; c < data->class_count; c++)
    draw_class(&canvas, GAP + (size_t)c * ((size_t)data->height * ZOOM + GAP), data, c);
  png_image image = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)canvas.width,
                     .height = (png_uint_32)canvas.height,
                     .format = PNG_FORMAT_GRAY};
  int written =
      png_image_write_to_stdio(&image, file, 0, canvas.pixels, (png_int_32)canvas.width, NULL);
  free(canvas.pixels);
  if (!written) {
    if (output_check(&out, err) == 0)
      error_set(err, "%s: cannot write: %s", path, image.message);
    output_abort(&out);
    return -1;
  }
  return output_commit(&out, err);
}
