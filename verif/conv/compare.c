/* conv/compare.c : a convolution in a simulated core.
 * SPDX-License-Identifier: MIT
 */
#include "../compare_parts.h"

static int find(struct compare *compare, struct sim_bus *bus, int l, struct error *err) {
  const char *name = compare->net->layer[l].name;
  if (compare->plan.layer[l].conv.serial)
    return 0;
  return compare_find(compare, bus, &compare->busy[l][0], name, "forward_cycles", 0, err) ||
                 compare_find(compare, bus, &compare->busy[l][1], name, "backward_cycles", 0, err)
             ? -1
             : 0;
}

/* The cycles in which the convolution's multipliers were at work, in the step that began last. */
static void compare_cycles(struct compare *compare, int l, bool train, uint64_t now) {
  const struct plan_conv *p = &compare->plan.layer[l].conv;
  if (p->serial || compare->steps_begun != compare->steps_done)
    return;
  uint32_t cycles[2] = {(uint32_t)compare_word(&compare->busy[l][0]),
                        (uint32_t)compare_word(&compare->busy[l][1])};
  compare_value(compare, "conv.forward_cycles", -1, p->busy_cycles, cycles[0], now);
  compare_value(compare, "conv.backward_cycles", -1, train ? p->busy_cycles : 0, cycles[1], now);
  for (int k = 0; k < 2; k++)
    if (cycles[k] > compare->busy_cycles[k])
      compare->busy_cycles[k] = cycles[k];
}

const struct compare_kind conv_compare = {.find = find, .compare_cycles = compare_cycles};
