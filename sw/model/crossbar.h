/* crossbar.h : the mathematics of a dense layer and of the output, a product with a matrix.
 * SPDX-License-Identifier: MIT
 *
 * The functions of struct wide_kind, narrow_kind and twin_kind.
 */
#ifndef ENGRAM_MODEL_CROSSBAR_H
#define ENGRAM_MODEL_CROSSBAR_H

#include "model/narrow_parts.h"
#include "model/twin_parts.h"

void crossbar_wide_forward(struct model *model, int l, const int32_t *input, bool train);
void crossbar_wide_backward(struct model *model, const struct random_step *random, int l,
                            const int32_t *input);
void crossbar_wide_update(struct model *model, const struct random_step *random, int l,
                          const int32_t *input);

void crossbar_narrow_forward(struct model *model, int l, struct values *input, bool train);
void crossbar_narrow_backward(struct model *model, int l);
void crossbar_narrow_update(struct model *model, const struct random_step *random, int l,
                            const struct values *input);

void crossbar_twin_forward(struct twin *twin, int l, const double *input);
void crossbar_twin_backward(struct twin *twin, int l, const double *input);
void crossbar_twin_learn(struct twin *twin, int l, const double *input, double rate);

#endif
