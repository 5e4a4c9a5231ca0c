/* file.h : files that are either whole or not there.
 * SPDX-License-Identifier: MIT
 *
 *   struct output out;
 *   FILE *f = output_open(&out, "weights.safetensors", err);
 *   if (!f) return -1;
 *   fwrite(..., f);
 *   return output_commit(&out, err);      // or output_abort(&out)
 */
#ifndef ENGRAM_BASE_FILE_H
#define ENGRAM_BASE_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct output {
  FILE *file;
  char *path;      /* where it will be */
  char *temporary; /* where it is being written, in the same folder */
};

/* Opens a temporary file beside `path`. Refuses a `path` that exists and is not a regular file, and
 * a folder that is not there. Returns a stream owned by `out`, or NULL with the error set and
 * nothing left to release. */
FILE *output_open(struct output *out, const char *path, struct error *err);

/* Flushes and checks every earlier write, for several files that are to be whole before the first
 * takes its place. Returns 0, or -1 with the reason ("... No space left on device"). */
int output_check(struct output *out, struct error *err);

/* output_check, and renames the temporary file to its place. On failure the
 * temporary file is removed and an earlier file at `path` is untouched. Returns 0 or -1. Releases
 * `out` either way. */
int output_commit(struct output *out, struct error *err);

/* Drops what was written. Releases `out`. */
void output_abort(struct output *out);

/* Reads a whole regular file. Returns a buffer of *size bytes (one further byte, 0, follows), to be
 * freed by the caller; NULL on error or when the file is larger than `limit_bytes`. */
uint8_t *file_read(const char *path, size_t limit_bytes, size_t *size, struct error *err);

/* Makes a folder and its parents where they are missing. Returns 0 or -1. */
int folder_make(const char *path, struct error *err);

/* Several files or folders that appear in `folder` together: they are made in `path` meanwhile. */
struct staging {
  char *folder;
  char *path;
  bool made; /* the folder was not there before */
};

/* Makes the folder when it is missing, and an empty one at staging->path. Returns 0, or -1 with
 * nothing left to release. */
int staging_open(struct staging *staging, const char *folder, struct error *err);

/* Moves all that is in staging->path into the folder, over files of the same names. Releases the
 * staging either way. */
int staging_commit(struct staging *staging, struct error *err);

/* Removes what was made, and the folder where it was not there before. Releases the staging. */
void staging_abort(struct staging *staging);

/* Removes a folder and all that is in it, as far as it can. */
void folder_remove(const char *path);

/* "folder/name" in memory that the caller frees. Never NULL: ends the program when memory is
 * exhausted. */
char *path_join(const char *folder, const char *name);

/* A copy of a text in memory that the caller frees. Never NULL. */
char *text_copy(const char *text);

/* A list of `count` entries of `size` bytes (NULL when there are none) with room for one more,
 * which is zeros: doubled where count is a power of two, so that a list that only grows this way
 * costs little. Takes the list over. Never NULL. */
void *memory_grow(void *list, size_t count, size_t size);

/* malloc/calloc that end the program with a message when memory is exhausted: never NULL. */
void *memory_new(size_t count, size_t size);

/* The same, beginning on a line of the cache: a vector of MEMORY_LINE bytes then lies in one. */
enum { MEMORY_LINE = 64 };
void *memory_new_lines(size_t count, size_t size);

#endif
