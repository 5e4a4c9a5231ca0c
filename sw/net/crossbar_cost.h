/* crossbar_cost.h : what engram_crossbar takes of a device, for the kinds of layer that are one.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_CROSSBAR_COST_H
#define ENGRAM_NET_CROSSBAR_COST_H

#include "net/cost_parts.h"

/* From what is in front of the layer to its sums. */
void crossbar_place(struct cost_core *core, int l);

#endif
