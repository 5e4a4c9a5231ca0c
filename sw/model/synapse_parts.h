/* synapse_parts.h : what each synapse does to words: in integers, in vectors and in double
 * precision.
 * SPDX-License-Identifier: MIT
 *
 * A layer hands the exact u of E11, E13 or E15 over as a factor and terms, a row or a whole matrix
 * at a time, and the synapse makes the new words of it; nothing else knows how a word changes.
 * Where u is 0 a word stays as it is, whatever the random bits are: layers leave such weights out.
 */
#ifndef ENGRAM_MODEL_SYNAPSE_PARTS_H
#define ENGRAM_MODEL_SYNAPSE_PARTS_H

#include "model/fixed.h"
#include "model/kernels.h"
#include "model/random.h"

/* What the updates of a tensor share in a step. */
struct synapse_step {
  const struct net *net;
  const struct layer *layer;
  const struct tensor *tensor; /* of the layer, whose words change */
  const struct random_step *random;
  int shift;     /* s of E16, to the word's grid, the learning rate included */
  uint32_t mask; /* of the layer's update_random_bits */
};

/* The random bits of weight [row][column] are row_bits(row) xor column_bits(column): their hash is
 * linear, and has the base once. */
static inline uint32_t synapse_row_bits(const struct synapse_step *step, int row) {
  if (step->mask == 0)
    return 0;
  return random_at(step->net, step->random, net_tensor_number(step->net, step->tensor), row, 0) &
         step->mask;
}

static inline uint32_t synapse_column_bits(const struct synapse_step *step, int column) {
  if (step->mask == 0)
    return 0;
  return (random_at(step->net, step->random, 0, 0, column) ^ step->random->base) & step->mask;
}

/* u of [row][columns[k]] = x[row] * terms[row * stride + k]. */
struct synapse_terms {
  const int32_t *x;            /* [rows]; NULL: all 1 */
  int count;                   /* of columns that take part */
  const int *columns;          /* [count] */
  const uint32_t *column_bits; /* [count] synapse_column_bits */
  const int64_t *terms;
  int stride; /* 0 or count */
};

struct synapse_wide {
  /* values[i] = the value of words[i], i < count, where layer->decodes. */
  void (*read)(const struct layer *layer, const int32_t *words, size_t count, int32_t *values);

  /* E16 for words[row][columns[k]], row < tensor->rows, k < count. Returns how many updates were
   * lost: u was not 0 and the word did not change. */
  uint32_t (*update)(const struct synapse_step *step, const struct synapse_terms *terms,
                     int32_t *words);
};

/* A layer whose u is x[row] * gradient[column]. */
struct synapse_product {
  const int16_t *x;        /* [rows], padded with zeros */
  const int32_t *gradient; /* [columns] */
  uint16_t *rows;          /* [rows] synapse_row_bits; may be written */
  int16_t *words;          /* [columns][stride] */
  int16_t *values;         /* the same, of the words; NULL: they are the words */
  size_t stride;
};

struct synapse_narrow {
  /* As synapse_wide's. NULL: there is no such form, and wide.c does layers that need it. */
  void (*read)(const struct layer *layer, const int16_t *words, size_t count, int16_t *values);

  /* E16 for all words, which have 16 bits at most, as have update_random_bits; values follow.
   * Returns how many updates were lost. NULL: there is no such form, and wide.c does layers with
   * such a synapse. */
  uint32_t (*update)(const struct synapse_step *step, const struct kernels *kernels,
                     const struct synapse_product *product);
};

/* The loss by weight [row][columns[k]], row < rows: x[row] * terms[row * stride + k]. */
struct synapse_slopes {
  int rows;
  const double *x; /* [rows]; NULL: all 1 */
  int count;
  const int *columns; /* [count] */
  const double *terms;
  int stride; /* 0 or count */
  int width;  /* columns of a row of weights */
};

struct synapse_twin {
  /* weights[row][columns[k]], row < slopes->rows, k < count, at a learning rate that is not 0. */
  void (*update)(const struct layer *layer, double rate, const struct synapse_slopes *slopes,
                 double *weights);
};

#define SYNAPSE(NAME, name)                                                                        \
  extern const struct synapse_wide name##_wide;                                                    \
  extern const struct synapse_narrow name##_narrow;                                                \
  extern const struct synapse_twin name##_twin;
SYNAPSES(SYNAPSE)
#undef SYNAPSE

#endif
