/* synapse_emit.h : the RTL leaves of each synapse.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_SYNAPSE_EMIT_H
#define ENGRAM_GEN_SYNAPSE_EMIT_H

#include "emit_parts.h"

/* Names of modules (docs/rtl.md, "A synapse's leaves"). */
struct synapse_emit {
  const char *update; /* with parameters, ports and delay of engram_update */
  const char *value;  /* with parameters and ports of engram_value_word */
};

#define SYNAPSE(NAME, name) extern const struct synapse_emit name##_emit;
SYNAPSES(SYNAPSE)
#undef SYNAPSE

/* Whether a layer has another synapse than the first, whose leaves rtl/engram_synapse.v and
 * rtl/engram_value.v take. */
bool synapse_another(const struct net *net);

/* These two modules of such a net: a choice by the tensor. */
void synapse_write(FILE *update, FILE *value, struct emit *emit);

#endif
