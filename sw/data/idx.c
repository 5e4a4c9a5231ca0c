/* idx.c : IDX files of bytes, plain or gzipped (the format of MNIST).
 * SPDX-License-Identifier: MIT
 */
#include "data/idx.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { TYPE_BYTE = 8, WORD_BYTES = 4, BLOCK_BYTES = 1 << 20 };

static uint32_t word_at(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Reads `count` bytes or says why not. */
static int read_exactly(gzFile file, const char *path, uint8_t *bytes, size_t count,
                        struct error *err) {
  size_t done = 0;
  while (done < count) {
    size_t left = count - done;
    int got = gzread(file, bytes + done, left < BLOCK_BYTES ? (unsigned)left : BLOCK_BYTES);
    if (got < 0) {
      int code;
      return error_set(err, "%s: damaged: %s", path, gzerror(file, &code));
    }
    if (got == 0)
      return error_set(err, "%s: cut short: %zu bytes are missing", path, left);
    done += (size_t)got;
  }
  return 0;
}

/* Reads magic and sizes; *bytes is their product. */
static int read_header(gzFile file, const char *path, int dimensions, uint32_t *sizes,
                       size_t *bytes, struct error *err) {
  uint8_t header[WORD_BYTES * (1 + IDX_DIMENSIONS_MAX)];
  if (read_exactly(file, path, header, WORD_BYTES, err) != 0)
    return -1;
  if (header[0] != 0 || header[1] != 0)
    return error_set(err, "%s: not an IDX file: begins with %08x, expected %08x", path,
                     word_at(header), (unsigned)(TYPE_BYTE << 8 | dimensions));
  if (header[2] != TYPE_BYTE)
    return error_set(err, "%s: IDX type %02x, expected %02x (unsigned bytes)", path, header[2],
                     TYPE_BYTE);
  if (header[3] != dimensions)
    return error_set(err, "%s: %d dimensions, expected %d", path, header[3], dimensions);
  if (read_exactly(file, path, header + WORD_BYTES, (size_t)(WORD_BYTES * dimensions), err) != 0)
    return -1;
  *bytes = 1;
  for (int i = 0; i < dimensions; i++) {
    sizes[i] = word_at(header + WORD_BYTES * (1 + i));
    if (sizes[i] == 0)
      return error_set(err, "%s: dimension %d is 0", path, i + 1);
    if (sizes[i] > IDX_BYTES_MAX / *bytes)
      return error_set(err, "%s: larger than %zu bytes", path, IDX_BYTES_MAX);
    *bytes *= sizes[i];
  }
  return 0;
}

static int check_end(gzFile file, const char *path, struct error *err) {
  uint8_t extra;
  int got = gzread(file, &extra, 1);
  if (got == 0)
    return 0;
  int code;
  if (got < 0)
    return error_set(err, "%s: damaged: %s", path, gzerror(file, &code));
  return error_set(err, "%s: bytes behind the end that its header gives", path);
}

static uint8_t *read_all(gzFile file, const char *path, int dimensions, uint32_t *sizes,
                         struct error *err) {
  size_t count = 0;
  if (read_header(file, path, dimensions, sizes, &count, err) != 0)
    return NULL;
  uint8_t *bytes = memory_new(count, 1);
  if (read_exactly(file, path, bytes, count, err) != 0 || check_end(file, path, err) != 0) {
    free(bytes);
    return NULL;
  }
  return bytes;
}

uint8_t *idx_read(const char *path, int dimensions, uint32_t *sizes, struct error *err) {
  assert(dimensions >= 1 && dimensions <= IDX_DIMENSIONS_MAX);
  struct stat status;
  if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
    error_set(err, "%s: not a regular file", path);
    return NULL;
  }
  gzFile file = gzopen(path, "rb");
  if (!file) {
    error_set(err, "%s: %s", path, strerror(errno));
    return NULL;
  }
  uint8_t *bytes = read_all(file, path, dimensions, sizes, err);
  if (gzclose_r(file) != Z_OK && bytes) {
    error_set(err, "%s: damaged: the compressed data ends early", path);
    free(bytes);
    return NULL;
  }
  return bytes;
}

static void write_word(FILE *file, uint32_t word) {
  for (int shift = 24; shift >= 0; shift -= 8)
    fputc((int)(word >> shift & 0xff), file);
}

void idx_write(FILE *file, int dimensions, const uint32_t *sizes, const uint8_t *bytes) {
  assert(dimensions >= 1 && dimensions <= IDX_DIMENSIONS_MAX);
  size_t count = 1;
  write_word(file, (uint32_t)(TYPE_BYTE << 8 | dimensions));
  for (int i = 0; i < dimensions; i++) {
    write_word(file, sizes[i]);
    count *= sizes[i];
  }
  fwrite(bytes, 1, count, file);
}
