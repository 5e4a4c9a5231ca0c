/* bias_cost.h : what biases at a layer's edge take of a device.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_BIAS_COST_H
#define ENGRAM_NET_BIAS_COST_H

#include "net/cost_parts.h"

/* engram_bias, without its update unit. */
struct cost_bias {
  int units, bias_bits, gradient_bits, sum_bits, shift, round_bits;
  bool paired, training;
  bool hash; /* rounding bits are drawn */
};
struct cost cost_bias(enum family family, const struct cost_bias *p);

/* engram_conv_bias, likewise. */
struct cost_conv_bias {
  int filters, filters_at_once, positions, tag_bits, at_once;
  int bias_bits, gradient_bits, sum_bits, shift, update_bits, word_bits, round_bits;
  bool training, hash;
};
struct cost cost_conv_bias(enum family family, const struct cost_conv_bias *p);

/* In layer `l`, which has biases: with their update unit, where the core trains. */
void cost_place_bias(struct cost_core *core, int l);
void cost_place_conv_bias(struct cost_core *core, int l);

#endif
