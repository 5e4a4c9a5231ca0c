/* safetensors.h : the header of a safetensors file, which says where its tensors lie.
 * SPDX-License-Identifier: MIT
 *
 * The file: 8 bytes length of the header (little endian), the header in JSON padded with blanks to
 * a multiple of 8, then the tensors' bytes at the header's data_offsets.
 */
#ifndef ENGRAM_MODEL_SAFETENSORS_H
#define ENGRAM_MODEL_SAFETENSORS_H

#include "base/error.h"
#include "model/dtype.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
  SAFETENSORS_LENGTH_BYTES = 8,
  SAFETENSORS_HEADER_BYTES_MAX = 100000000,
  SAFETENSORS_NAME_BYTES = 32,
  SAFETENSORS_DIMENSIONS_MAX = 4
};

struct safetensor {
  char name[SAFETENSORS_NAME_BYTES];
  int dimension_count;
  int dimension[SAFETENSORS_DIMENSIONS_MAX];
  const struct dtype *type; /* of a file's */
  size_t begin, end;        /* of its bytes among the data */
};

/* A file's bytes. `owner` is whose tensors are expected, for messages: "network 'tiny'". */
struct safetensors {
  const char *path, *owner;
  const uint8_t *bytes;
  size_t size;
};

/* The header, for json_decref; *data is where the tensors' bytes begin. NULL on error. */
json_t *safetensors_header(const struct safetensors *file, size_t *data, struct error *err);

/* Finds tensors whose names and shapes are given: fills type, begin and end. The first `needed`
 * must be there, and none but these `count`, without overlaps or bytes between them. Returns 0 or
 * -1. */
int safetensors_find(const struct safetensors *file, const json_t *header, size_t data,
                     struct safetensor *tensors, int needed, int count, struct error *err);

/* Adds a tensor of float32 to the header of a file to be written, behind those before: `offset` is
 * where its bytes begin. Returns where they end. */
size_t safetensors_add(json_t *header, const struct safetensor *tensor, size_t offset);

/* Writes the header and releases it. Returns 0, or -1 where there is no memory for it. */
int safetensors_write_header(FILE *file, json_t *header);

#endif
