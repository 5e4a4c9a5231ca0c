/* device_state.c : what a device holds beside the weights.
 * SPDX-License-Identifier: MIT
 */
#include "model/device_state.h"

struct device_state device_state_fresh(const struct net *net, uint64_t seed) {
  struct device_state state = {.random = random_from_seed(seed), .rate = net->rate};
  for (int l = 0; l < net->layer_count; l++)
    state.freeze |= (uint32_t)net->layer[l].freeze << l;
  return state;
}
