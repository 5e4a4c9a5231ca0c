/* synapse.h : the words of a layer, as its synapse has them.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_MODEL_SYNAPSE_H
#define ENGRAM_MODEL_SYNAPSE_H

#include "model/model.h"
#include "model/synapse_parts.h"

const struct synapse_wide *synapse_wide(const struct layer *layer);
const struct synapse_narrow *synapse_narrow(const struct layer *layer);
const struct synapse_twin *synapse_twin(const struct layer *layer);

struct synapse_step synapse_begin(const struct model *model, const struct random_step *random,
                                  const struct tensor *tensor);

/* E16 for words of the tensor in the model's exchange; fills terms->column_bits, counts what is
 * lost.
 */
void synapse_update(struct model *model, const struct synapse_step *step,
                    struct synapse_terms *terms);

#endif
