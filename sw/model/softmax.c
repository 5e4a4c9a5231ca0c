/* softmax.c : logits -> probabilities in integers (E9).
 * SPDX-License-Identifier: MIT
 */
#include "model/softmax.h"

#include "model/fixed.h"

#include <math.h>

void softmax_table(uint16_t *table) {
  for (int i = 0; i < SOFTMAX_ENTRIES; i++)
    table[i] = (uint16_t)lround(SOFTMAX_ONE * exp(-(double)i / (1 << SOFTMAX_ENTRY_FRAC)));
}

int softmax_probabilities(const uint16_t *table, const int32_t *logits, int classes, int frac,
                          int32_t *probabilities) {
  int best = 0;
  for (int c = 1; c < classes; c++)
    if (logits[c] > logits[best])
      best = c;
  int64_t sum = 0;
  int shift = frac - SOFTMAX_ENTRY_FRAC;
  for (int c = 0; c < classes; c++) {
    int64_t distance = (int64_t)logits[best] - logits[c];
    int64_t entry = shift > 0 ? fixed_round(distance, shift) : fixed_floor(distance, shift);
    probabilities[c] = table[entry < SOFTMAX_ENTRIES ? entry : SOFTMAX_ENTRIES - 1];
    sum += probabilities[c];
  }
  for (int c = 0; c < classes; c++)
    probabilities[c] = (int32_t)(((int64_t)probabilities[c] * SOFTMAX_ONE + sum / 2) / sum);
  return best;
}
