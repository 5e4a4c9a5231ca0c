/* loaded.h : a core that has weights from its start.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_LOADED_H
#define ENGRAM_GEN_LOADED_H

#include "base/error.h"
#include "model/model.h"
#include "net/plan.h"
#include "template.h"

/* Refuses layouts whose memories cannot begin with contents. Returns 0 or -1. */
int loaded_check(const struct net *net, struct error *err);

/* FEATURES of a core, with weights from its start or without: bits of enum map_feature. */
unsigned loaded_features(const struct net *net, bool loaded);

/* engram_bank.v: every bank of the dense layers with its words (engram_crossbar says where a weight
 * lies); takes the marks of versions and name. */
void loaded_write_banks(FILE *f, const struct net *net, const struct plan *plan,
                        const struct weights *weights, struct marks *marks);

/* The mark @initial@: parameters of the convolution with its weights; nothing without weights. */
void loaded_set_conv(struct marks *marks, const struct net *net, const struct plan *plan,
                     const struct weights *weights);

#endif
