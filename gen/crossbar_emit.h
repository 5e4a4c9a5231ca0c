/* crossbar_emit.h : engram_crossbar in a core, for the kinds of layer that are one.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_CROSSBAR_EMIT_H
#define ENGRAM_GEN_CROSSBAR_EMIT_H

#include "emit_parts.h"

/* From what is in front of the layer to its sums, and the gradients that go there. */
void crossbar_write(FILE *f, struct emit *emit, int l);

/* As in struct emit_kind. */
int crossbar_check_load(const struct layer *layer, struct error *err);
void crossbar_write_banks(FILE *choice, FILE *modules, struct emit *emit, int l);

/* For struct emit_kind. Banks of all rows at a time that have the same lanes' weights have the same
 * number. */
void crossbar_add_probes(struct probes *probes, const struct emit *emit, int l);

#endif
