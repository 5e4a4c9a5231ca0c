/* conv/compare.c : a convolution in a simulated core.
 * SPDX-License-Identifier: MIT
 */
#include "../compare_parts.h"

#include "base/file.h"

static int add_probes(struct compare *compare, struct sim_bus *bus, int l, struct error *err) {
  const struct layer *layer = &compare->net->layer[l];
  bool serial = compare->plan.layer[l].conv.serial;
  char scope[64];
  if (compare->net->fold[FOLD_MODE] != MODE_TRAINING)
    return 0;
  snprintf(scope, sizeof scope,
           serial ? "u_%s.u_gradient" : "u_%s.gen_training.u_update.u_gradient", layer->name);
  return compare_add_probe(compare, bus, layer->name, "update_sum", scope,
                           (size_t)(layer->rows * layer->units), layer->update_bits, err);
}

static int find_weights(struct compare *compare, struct sim_bus *bus, int l, struct error *err) {
  const char *name = compare->net->layer[l].name;
  bool serial = compare->plan.layer[l].conv.serial;
  compare->weights[l] = memory_new(1, sizeof *compare->weights[l]);
  if (compare_find(bus, compare->weights[l], "kernel_q", err, serial ? "u_%s" : "u_%s.u_kernels",
                   name))
    return -1;
  if (serial)
    return 0;
  return compare_find(bus, &compare->busy[l][0], "forward_cycles_q", err, "u_%s", name) ||
                 compare_find(bus, &compare->busy[l][1], "backward_cycles_q", err, "u_%s", name)
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

const struct compare_kind conv_compare = {
    .add_probes = add_probes, .find_weights = find_weights, .compare_cycles = compare_cycles};
