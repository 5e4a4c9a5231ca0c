/* softmax.h : logits -> probabilities in integers (E9).
 * SPDX-License-Identifier: MIT
 *
 * Written down once for the model, the twin's reader and the RTL (engram_softmax):
 *   d_c = largest logit - logit_c, on the logits' grid;
 *   entry_c = min(255, d_c * 32 rounded to nearest, half up);
 *   e_c = table[entry_c], table[i] = round(2^15 exp(-i / 32));
 *   P_c = floor((2^15 e_c + floor(sum / 2)) / sum), sum of all e_c.
 * P has 15 fraction bits, 0 .. 32768; the entry at 1 is exactly 2^15, so that sum >= 2^15. Beyond a
 * distance of 8 the table's last entry (e^-7.97) is used: no class ever has probability 0 for a
 * distance that is too large alone.
 */
#ifndef ENGRAM_MODEL_SOFTMAX_H
#define ENGRAM_MODEL_SOFTMAX_H

#include "net/net.h"

#include <stdint.h>

enum {
  SOFTMAX_ENTRIES = 256,
  SOFTMAX_ENTRY_FRAC = NET_EXPONENT_FRAC, /* 32 entries for each unit of distance */
  SOFTMAX_FRAC = NET_PROBABILITY_FRAC,    /* of the table and of the probabilities */
  SOFTMAX_ONE = 1 << SOFTMAX_FRAC,
};

/* The table of exponentials, the same on every machine: `table` has SOFTMAX_ENTRIES entries. */
void softmax_table(uint16_t *table);

/* `logits` [classes] on a grid of 2^-frac; `probabilities` [classes]. Returns the class of the
 * largest logit, the lowest of equal ones. */
int softmax_probabilities(const uint16_t *table, const int32_t *logits, int classes, int frac,
                          int32_t *probabilities);

#endif
