/* crossbar_compare.c : engram_crossbar in a simulated core.
 * SPDX-License-Identifier: MIT
 */
#include "crossbar_compare.h"

#include "base/file.h"

/* What the layer reads: the activations in front of it, or the pixels. */
static int add_inputs(struct compare *compare, struct sim_bus *bus, int l, struct error *err) {
  const struct plan_crossbar *p = &compare->plan.layer[l].crossbar;
  const struct layer *layer = &compare->net->layer[l];
  for (int r = 0; r < p->rows_at_once; r++) {
    char scope[96];
    snprintf(scope, sizeof scope, "u_%s.gen_row__BRA__%d__KET__.u_input", layer->name, r);
    if (compare_add_probe(compare, bus, layer->name, "input", scope, (size_t)layer->rows,
                          layer->input.bits, err))
      return -1;
    compare->probe[compare->probe_count - 1].a_step *= (size_t)p->groups;
  }
  return 0;
}

int crossbar_add_probes(struct compare *compare, struct sim_bus *bus, int l, struct error *err) {
  const struct layer *layer = &compare->net->layer[l];
  return add_inputs(compare, bus, l, err) ||
                 compare_add_values(compare, bus, l, "sum", "", "sum", 1, layer->sum_bits, err) ||
                 compare_add_values(compare, bus, l, "kept", "", "kept", 1, 1, err) ||
                 compare_add_values(compare, bus, l, "activation", "", "value", 1,
                                    layer->activation.bits, err)
             ? -1
             : 0;
}

/* [row at a time][bank] */
int crossbar_find_weights(struct compare *compare, struct sim_bus *bus, int l, struct error *err) {
  static const char *const storages[] = {"gen_ram", "gen_register", "gen_single_port"};
  const struct layer *layer = &compare->net->layer[l];
  const struct plan_crossbar *p = &compare->plan.layer[l].crossbar;
  compare->weights[l] =
      memory_new((size_t)(p->rows_at_once * p->banks), sizeof *compare->weights[l]);
  for (int r = 0; r < p->rows_at_once; r++)
    for (int bank = 0; bank < p->banks; bank++)
      if (compare_find(bus, &compare->weights[l][r * p->banks + bank], "memory_q", err,
                       "u_%s.u_banks.gen_bank_row__BRA__%d__KET__.gen_bank__BRA__%d__KET__."
                       "u_bank.u_weights.%s",
                       layer->name, r, bank, storages[layer->storage]))
        return -1;
  return 0;
}
