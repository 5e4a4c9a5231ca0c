/* fixed_point.c : RTL leaves.
 * SPDX-License-Identifier: MIT
 */
#include "../synapse_emit.h"

const struct synapse_emit fixed_point_emit = {.update = "engram_update",
                                              .value = "engram_value_word"};
