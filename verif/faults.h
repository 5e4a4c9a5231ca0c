/* faults.h : what may happen to bytes on a line: dropped, doubled, a bit flipped.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_VERIF_FAULTS_H
#define ENGRAM_VERIF_FAULTS_H

#include "model/random.h"

struct faults {
  uint64_t random;    /* splitmix state */
  unsigned a_million; /* bytes that something happens to, of a million */
  unsigned dropped, doubled, flipped;
};

/* Whether a thing happens that happens to `a_million` of a million. */
static inline bool faults_happens(struct faults *faults, unsigned a_million) {
  return random_splitmix(&faults->random) % 1000000 < a_million;
}

/* Passes a byte over the line: returns how many come out, 0..2. */
static inline int faults_pass(struct faults *faults, uint8_t byte, uint8_t out[2]) {
  out[0] = out[1] = byte;
  if (!faults_happens(faults, faults->a_million))
    return 1;
  uint64_t draw = random_splitmix(&faults->random);
  switch (draw % 3) {
  case 0:
    faults->dropped++;
    return 0;
  case 1:
    faults->doubled++;
    return 2;
  default:
    faults->flipped++;
    out[0] = (uint8_t)(byte ^ 1 << (draw >> 8) % 8);
    return 1;
  }
}

#endif
