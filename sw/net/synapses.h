/* synapses.h : the synapses there are: what a weight is and how it changes.
 * SPDX-License-Identifier: MIT
 *
 * A line a synapse: its name in capitals and as the description has it; the first is what a layer
 * has where nothing is said. A synapse is no kind of layer (kinds.h): any layer may have any of
 * them, and no layer knows which. docs/adding-a-synapse.md.
 */
#ifndef ENGRAM_NET_SYNAPSES_H
#define ENGRAM_NET_SYNAPSES_H

#define SYNAPSES(SYNAPSE) SYNAPSE(FIXED_POINT, fixed_point)

#endif
