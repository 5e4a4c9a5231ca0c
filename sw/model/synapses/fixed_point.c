/* fixed_point.c : a weight that is a fixed-point number, updated by rounding (E16).
 * SPDX-License-Identifier: MIT
 */
#include "model/synapse_parts.h"

#include "model/twin_parts.h"

TWIN_VECTORS
static void read_words(const struct layer *layer, const int32_t *restrict words, size_t count,
                       int32_t *restrict values) {
  int bits = layer->weight.bits, unused = layer->word.bits - bits;
  for (size_t i = 0; i < count; i++)
    values[i] = fixed_used(words[i], unused, bits);
}

/* rho is a weight's random bits, if there are any, and behind them a place that rounds: half a unit
 * of their last one. */
static uint32_t rho_of(uint32_t random, bool halves) {
  return random << 1 | halves;
}

static bool halves_of(const struct synapse_step *step) {
  return step->net->rounding != ROUND_TRUNCATE;
}

static uint32_t update(const struct synapse_step *step, const struct synapse_terms *terms,
                       int32_t *restrict words) {
  const int *restrict columns = terms->columns;
  const uint32_t *restrict column_bits = terms->column_bits;
  int rows = step->tensor->rows, units = step->tensor->columns, bits = step->tensor->format.bits;
  int shift = step->shift, fine = step->net->random_bits + 1, count = terms->count;
  bool halves = halves_of(step);
  uint32_t lost = 0;
  for (int row = 0; row < rows; row++, words += units) {
    int64_t x = terms->x ? terms->x[row] : 1;
    if (x == 0)
      continue;
    const int64_t *restrict term = terms->terms + row * terms->stride;
    uint32_t random = synapse_row_bits(step, row);
    for (int k = 0; k < count; k++) {
      int32_t *word = &words[columns[k]];
      int64_t u = x * term[k];
      if (u != 0) /* floor((0 + rho) / 2^s) = 0 for every rho < 2^s */
        *word = fixed_update(*word, u, shift, fine, rho_of(random ^ column_bits[k], halves), bits,
                             &lost);
    }
  }
  return lost;
}

const struct synapse_wide fixed_point_wide = {.read = read_words, .update = update};

/* ---- in vectors ---- */

TWIN_VECTORS
static void read_short_words(const struct layer *layer, const int16_t *restrict words, size_t count,
                             int16_t *restrict values) {
  int bits = layer->weight.bits, unused = layer->word.bits - bits;
  for (size_t i = 0; i < count; i++)
    values[i] = (int16_t)fixed_used(words[i], unused, bits);
}

/* A column where the kernels do not fit. */
static uint32_t update_plainly(const struct kernel_update *rule, int rows, int16_t *words,
                               const int16_t *x, const uint16_t *row_bits) {
  uint32_t lost = 0;
  for (int i = 0; i < rows; i++)
    if (x[i] != 0)
      words[i] = (int16_t)fixed_update(
          words[i], (int64_t)x[i] * rule->gradient, rule->shift, rule->fine_bits + 1,
          rho_of(row_bits[i] ^ rule->column, rule->halves), rule->bits, &lost);
  return lost;
}

static uint32_t update_columns(const struct synapse_step *step, const struct kernels *kernels,
                               const struct synapse_product *product) {
  const struct layer *layer = step->layer;
  /* So many of the random bits stand behind the last place of u, where they change nothing:
   * floor((u 2^d + rho) / 2^(s+d)) = floor((u + floor(rho / 2^d)) / 2^s). The kernels want none. */
  int random_bits = step->net->random_bits;
  int idle = random_bits > step->shift ? random_bits - step->shift : 0;
  uint32_t lost = 0;
  for (int i = 0; idle > 0 && i < layer->rows; i++)
    product->rows[i] = (uint16_t)(product->rows[i] >> idle);
  for (int u = 0; u < layer->units; u++) {
    if (product->gradient[u] == 0)
      continue;
    uint32_t column = synapse_column_bits(step, u) >> idle;
    struct kernel_update rule = {.gradient = (int16_t)product->gradient[u],
                                 .shift = step->shift,
                                 .fine_bits = random_bits - idle,
                                 .halves = halves_of(step),
                                 .column = (uint16_t)column,
                                 .bits = layer->word.bits};
    int16_t *words = product->words + (size_t)u * product->stride;
    lost += kernel_updates(&rule, layer->input.bits, layer->gradient.bits)
                ? kernels->update(&rule, words, product->x, product->rows, product->stride)
                : update_plainly(&rule, layer->rows, words, product->x, product->rows);
    if (product->values)
      read_short_words(layer, words, product->stride,
                       product->values + (size_t)u * product->stride);
  }
  return lost;
}

const struct synapse_narrow fixed_point_narrow = {.read = read_short_words,
                                                  .update = update_columns};

/* ---- in double precision ---- */

TWIN_VECTORS
static void update_reals(const struct layer *layer, double rate,
                         const struct synapse_slopes *slopes, double *restrict weights) {
  (void)layer;
  const int *restrict columns = slopes->columns;
  int count = slopes->count;
  for (int row = 0; row < slopes->rows; row++, weights += slopes->width) {
    double x = slopes->x ? slopes->x[row] : 1;
    const double *restrict terms = slopes->terms + row * slopes->stride;
    if (x != 0)
      for (int k = 0; k < count; k++)
        weights[columns[k]] -= rate * (x * terms[k]);
  }
}

const struct synapse_twin fixed_point_twin = {.update = update_reals};
