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
  int banks = (p->lanes + p->bank_lanes - 1) / p->bank_lanes;
  compare->weights[l] = memory_new((size_t)(p->rows_at_once * banks), sizeof *compare->weights[l]);
  for (int r = 0; r < p->rows_at_once; r++)
    for (int bank = 0; bank < banks; bank++)
      if (compare_find(
              bus, &compare->weights[l][r * banks + bank], "memory_q", err,
              "u_%s.gen_bank_row__BRA__%d__KET__.gen_bank__BRA__%d__KET__.u_bank.u_weights.%s",
              layer->name, r, bank, storages[layer->storage]))
        return -1;
  return 0;
}

/* Weight [row][unit] of a dense layer in the core's banks (engram_crossbar says where). */
int64_t crossbar_weight(const struct compare *compare, int l, int row, int unit) {
  const struct plan_crossbar *p = &compare->plan.layer[l].crossbar;
  int bits = compare->net->layer[l].weight.bits;
  int column = p->paired ? unit % 2 : 0, place = p->paired ? unit / 2 : unit;
  int lane = place % p->lanes;
  int group = p->paired ? place / p->lanes * 2 + column : place / p->lanes;
  int banks = (p->lanes + p->bank_lanes - 1) / p->bank_lanes;
  int bank = row % p->rows_at_once * banks + lane / p->bank_lanes;
  size_t address = (size_t)(row / p->rows_at_once * p->groups + group);
  return compare_signed(&compare->weights[l][bank], address, (size_t)(lane % p->bank_lanes * bits),
                        bits);
}
