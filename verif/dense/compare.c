/* dense/compare.c : a hidden dense layer in a simulated core: nothing but its probes.
 * SPDX-License-Identifier: MIT
 */
#include "../compare_parts.h"

const struct compare_kind dense_compare = {.find = NULL};
