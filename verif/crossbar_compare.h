/* crossbar_compare.h : engram_crossbar in a simulated core, for the kinds of layer that are one.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_VERIF_CROSSBAR_COMPARE_H
#define ENGRAM_VERIF_CROSSBAR_COMPARE_H

#include "compare_parts.h"

/* The functions of struct compare_kind. */
int crossbar_add_probes(struct compare *compare, struct sim_bus *bus, int l, struct error *err);
int crossbar_find_weights(struct compare *compare, struct sim_bus *bus, int l, struct error *err);

#endif
