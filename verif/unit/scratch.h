/* scratch.h : what the tests of files share: a folder of their own, and a seed.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_UNIT_SCRATCH_H
#define ENGRAM_UNIT_SCRATCH_H

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A new folder under $TMPDIR or /tmp, freed and removed by scratch_remove. NULL on failure. */
static inline char *scratch_make(void) {
  const char *parent = getenv("TMPDIR");
  char *folder = NULL;
  if (asprintf(&folder, "%s/engram-test-XXXXXX", parent && *parent ? parent : "/tmp") < 0)
    return NULL;
  if (!mkdtemp(folder)) {
    free(folder);
    return NULL;
  }
  return folder;
}

static inline int scratch_remove_one(const char *path, const struct stat *status, int flag,
                                     struct FTW *place) {
  (void)status, (void)flag, (void)place;
  return remove(path);
}

static inline int scratch_remove(char *folder) {
  int status = nftw(folder, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
  free(folder);
  return status;
}

/* Writes a file without any of Engram's code. Returns 0 or -1. */
static inline int scratch_write(const char *path, const void *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  if (!file)
    return -1;
  size_t written = fwrite(bytes, 1, size, file);
  return fclose(file) == 0 && written == size ? 0 : -1;
}

/* The seed of a randomised test: $ENGRAM_SEED, else 1. Prints it. */
static inline uint64_t scratch_seed(void) {
  const char *text = getenv("ENGRAM_SEED");
  uint64_t seed = text && *text ? strtoull(text, NULL, 0) : 1;
  printf("ENGRAM_SEED=%llu\n", (unsigned long long)seed);
  return seed;
}

/* xorshift64*, for tests only; `state` is not 0. */
static inline uint64_t scratch_random(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * UINT64_C(0x2545F4914F6CDD1D);
}

#endif
