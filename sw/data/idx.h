/* idx.h : IDX files of bytes, plain or gzipped (the format of MNIST).
 * SPDX-License-Identifier: MIT
 *
 * Big-endian: the magic number 0x000008NN (08: unsigned bytes, NN: dimensions), one 32-bit size for
 * each dimension, then the bytes, last dimension fastest.
 */
#ifndef ENGRAM_DATA_IDX_H
#define ENGRAM_DATA_IDX_H

#include "base/error.h"
#include "base/file.h"

#include <stddef.h>
#include <stdint.h>

enum { IDX_DIMENSIONS_MAX = 3 };
#define IDX_BYTES_MAX ((size_t)1 << 30)

/* Reads a regular file of exactly `dimensions` (1..3) dimensions, none of size 0, and at most
 * IDX_BYTES_MAX bytes. sizes [dimensions]. Returns the bytes, to be freed by the caller, or NULL
 * with the error set (wrong magic, type, or dimensions; too large; cut short; bytes behind the
 * end). */
uint8_t *idx_read(const char *path, int dimensions, uint32_t *sizes, struct error *err);

/* Writes to a stream of output_open, whose output_commit reports what could not be written. */
void idx_write(FILE *file, int dimensions, const uint32_t *sizes, const uint8_t *bytes);

#endif
