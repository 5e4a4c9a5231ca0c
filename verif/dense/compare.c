/* dense/compare.c : a hidden dense layer in a simulated core: a crossbar.
 * SPDX-License-Identifier: MIT
 */
#include "../crossbar_compare.h"

const struct compare_kind dense_compare = {.add_probes = crossbar_add_probes,
                                           .find_weights = crossbar_find_weights};
