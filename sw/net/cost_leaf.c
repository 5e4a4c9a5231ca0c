/* cost_leaf.c : what an RTL leaf takes of a device, but for those of one kind of layer.
 * SPDX-License-Identifier: MIT
 */
#include "net/cost_leaf.h"

#include "net/cost_logic.h"

void cost_add(struct cost *cost, const struct cost *part, int count) {
  cost->multipliers += count * part->multipliers;
  cost->blocks += count * part->blocks;
  cost->spram += count * part->spram;
  cost->luts += count * part->luts;
  cost->flip_flops += count * part->flip_flops;
  cost->cells += count * part->cells;
}

/* ---- memories ---- */

struct cost cost_ram(enum family family, const struct memory *memory) {
  struct memory_map map = cost_memory(memory, family);
  struct cost cost = {0};
  int bits = memory->lanes * memory->lane_bits;
  bool clocked = memory->ports != PORTS_UNCLOCKED && memory->ports != PORTS_ADDRESSED;
  switch (map.kind) {
  case MEMORY_FLIP_FLOPS: /* every word has an enable and a decoder of its own */
    cost_bare_registers(&cost, family, memory->words * bits);
    cost_luts(&cost, memory->words > 1 ? memory->words * memory->lanes : 0);
    cost_luts(&cost, bits * cost_multiplexer(family, memory->words));
    if (clocked && memory->words > 1)
      cost_registers(&cost, bits);
    else if (clocked)
      cost_bare_registers(&cost, family, bits);
    break;
  case MEMORY_LOGIC_RAM: /* TRELLIS_DPR16X4: four LUTs and the two that its write port blocks */
    cost_luts(&cost, 6 * map.count);
    if (map.banks > 1)
      cost_luts(&cost, bits * cost_multiplexer(family, map.banks) + map.banks);
    if (clocked)
      cost_registers(&cost, bits);
    break;
  case MEMORY_BLOCKS:
    cost.blocks = map.count;
    if (memory->ports == PORTS_ADDRESSED) { /* what is being written passes by them */
      cost_bare_registers(&cost, family, bits + 1);
      cost_luts(&cost, bits + plan_index_bits(memory->words));
    }
    break;
  case MEMORY_SPRAM:
    cost.spram = map.count;
    break;
  }
  if (map.count > 0 && map.kind != MEMORY_LOGIC_RAM && map.banks > 1) {
    cost_luts(&cost, bits * cost_multiplexer(family, map.banks) + map.banks);
    cost_bare_registers(&cost, family, plan_index_bits(map.banks));
  }
  return cost;
}

/* ---- control and pictures ---- */

struct cost cost_control(enum family family, const struct net *net, int address_bits) {
  struct cost cost = {0};
  int layers = net->layer_count, word_bits = address_bits - 2;
  cost_registers(&cost, 46 + layers + word_bits - 11);
  cost_bare_registers(&cost, family, 11);
  cost_luts(&cost, 90 + 2 * word_bits + 15 * layers); /* what is allowed */
  cost_luts(&cost, 64);                               /* a word, in halves */
  return cost;
}

struct cost cost_counters(enum family family, int count_bits) {
  enum { HALF = 16, SCANNER = 14, TAIL = 8 };
  struct cost cost = {0};
  cost.blocks = 1;
  cost_registers(&cost, SCANNER + 12 + HALF);
  cost_bare_registers(&cost, family, TAIL + 7 + HALF); /* HALF: the word that was read */
  cost_luts(&cost, cost_adder(family, HALF) + cost_adder(family, SCANNER / 2));
  cost_luts(&cost, 150 + 1.2 * count_bits); /* what is visited, and what that adds */
  struct cost event = cost_event_counter(family, 1, 7);
  cost_add(&cost, &event, 3); /* cycles, those of a step, and three small ones */
  return cost;
}

struct cost cost_picture_buffer(enum family family, const struct net *net,
                                const struct plan_order *order) {
  struct cost cost = {0};
  int row_bits = plan_index_bits(net->height), column_bits = plan_index_bits(net->width);
  int word = (order->positions - 1) * net->pixel_bits;
  cost_registers(&cost, 9 + row_bits + column_bits + order->word_bits);
  cost_bare_registers(&cost, family, 20); /* label and status of two pictures */
  cost_luts(&cost, cost_adder(family, row_bits) + cost_adder(family, column_bits) +
                       cost_adder(family, order->word_bits));
  cost_luts(&cost, cost_adder(family, 9) + (family == FAMILY_ECP5 ? 145 : 30));
  if (order->positions > 1) {
    cost_bare_registers(&cost, family, word);
    cost_registers(&cost, 7);
    cost_luts(&cost, cost_adder(family, 7) + 8);
  }
  return cost;
}

struct cost cost_sequencer(enum family family, int class_bits, int layers) {
  struct cost cost = {0};
  cost_registers(&cost, 1);
  cost_bare_registers(&cost, family, 5 + class_bits + layers);
  cost_luts(&cost, 14);
  return cost;
}

struct cost cost_overlap_sequencer(enum family family, int class_bits, int interval) {
  struct cost cost = {0};
  int left_bits = interval > 2 ? plan_index_bits(interval - 1) : 1;
  cost_registers(&cost, 6);
  cost_bare_registers(&cost, family, 2 * class_bits);
  cost_registers(&cost, left_bits);
  cost_luts(&cost, cost_adder(family, left_bits) + cost_tree(left_bits) + 2 * class_bits + 20);
  return cost;
}

struct cost cost_random(enum family family, bool trains, int drawn_bits, int dropout_bits) {
  enum { STATE = 127, TURNED = STATE + 1 /* by the host, 16 at a time */, HALF = 16 };
  struct cost cost = {0};
  cost_luts(&cost, HALF);
  if (!trains) { /* the host's alone */
    cost_bare_registers(&cost, family, TURNED);
    return cost;
  }
  cost_registers(&cost, TURNED + 1);
  cost_luts(&cost, TURNED); /* a bit: a neighbour's, or half a step on */
  cost_luts(&cost,
            cost_larger(drawn_bits + dropout_bits - STATE, 0)); /* sums of the state's bits */
  return cost;
}

/* ---- arithmetic ---- */

/* As mul2dsp.v splits a product of more bits than a block has; what is too small for one (narrower
 * than 2 bits, on the iCE40 a product of fewer than 11) becomes adders. */
static int split_blocks(int a_bits, int b_bits, int most, int least_product) {
  if (a_bits < 2 || b_bits < 2 || a_bits + b_bits < least_product)
    return 0;
  if (a_bits > most) {
    int slices = cost_divide_up(a_bits - most, most);
    return slices * split_blocks(most, b_bits, most, least_product) +
           split_blocks(a_bits - slices * most, b_bits, most, least_product);
  }
  return b_bits > most ? split_blocks(b_bits, a_bits, most, least_product) : 1;
}

int cost_multiplier_blocks(int a_bits, int b_bits, enum family family) {
  return family == FAMILY_ECP5 ? split_blocks(a_bits, b_bits, 18, 0)
                               : split_blocks(a_bits, b_bits, 16, 11);
}

bool cost_multiplier_pairs(enum family family, int a_bits, int b_bits) {
  return family == FAMILY_ICE40 && a_bits <= 8 && b_bits <= 8;
}

struct cost cost_multiplier(enum family family, const struct cost_multiplier *p) {
  struct cost cost = {0};
  int product = p->a_bits + p->b_bits, most = family == FAMILY_ECP5 ? 18 : 16;
  int blocks = p->logic ? 0 : cost_multiplier_blocks(p->a_bits, p->b_bits, family);
  cost.multipliers = blocks;
  if (blocks == 1 && family == FAMILY_ECP5) {
    cost_luts(&cost, 1); /* whether operands change; the cell has the registers */
    return cost;
  }
  cost_luts(&cost, 1 + cost_tree(p->a_bits)); /* whether operands change */
  if (blocks == 0) { /* an adder a bit of a, and on the iCE40 a choice behind it */
    cost_luts(&cost, p->a_bits * p->b_bits * (family == FAMILY_ECP5 ? 2.8 : 1.6));
    cost_bare_registers(&cost, family, product);
    cost_registers(&cost, product);
    return cost;
  }
  if (p->a_bits <= most && p->b_bits <= most)
    return cost;
  /* Several have their registers outside, and the sums of their products in front of the last. */
  cost_bare_registers(&cost, family, product + most);
  cost_registers(&cost, product - most);
  cost_luts(&cost, cost_adder(family, product - most));
  if (p->a_bits > most && p->b_bits > most)
    cost_luts(&cost, cost_adder(family, p->b_bits) + cost_adder(family, product - 2 * most));
  return cost;
}

struct cost cost_adder_tree(enum family family, const struct cost_adder_tree *p) {
  struct cost cost = {0};
  int nodes = p->terms, last_bits = p->term_bits; /* the last node grows where it is in a sum */
  for (int level = 1; level <= p->levels; level++) {
    int bits = p->term_bits + level < p->sum_bits ? p->term_bits + level : p->sum_bits;
    int sums = nodes / 2, alone = nodes % 2;
    cost_registers(&cost, sums * bits);
    cost_bare_registers(&cost, family, alone * last_bits);
    cost_luts(&cost, sums * cost_adder(family, bits));
    last_bits = alone ? last_bits : bits;
    nodes = sums + alone;
  }
  return cost;
}

struct cost cost_event_counter(enum family family, int flags, int count_bits) {
  /* A flag's second bit, its sign, is never set. */
  struct cost_adder_tree flag_tree = {flags, 1, net_bits_for((uint64_t)flags),
                                      plan_tree_levels(flags)};
  struct cost cost = cost_adder_tree(family, &flag_tree);
  cost_registers(&cost, count_bits);
  cost_luts(&cost, cost_adder(family, count_bits));
  return cost;
}

struct cost cost_normaliser(enum family family, const struct cost_normaliser *p) {
  struct cost cost = {0};
  int above =
      cost_larger(p->sum_bits - p->shift - p->value_bits, 0); /* bits that must be all sign */
  struct cost value = {0};
  if (p->shift > 0) { /* rounded and saturated */
    cost_registers(&value, p->value_bits);
    cost_luts(&value,
              cost_adder(family, p->value_bits + 1) + p->value_bits + 2 * cost_tree(above) + 7);
  } else {
    cost_bare_registers(&value, family, p->value_bits);
    cost_luts(&value, 4);
  }
  cost_registers(&value, p->gates ? 2 : 1);
  cost_luts(&value, (p->gates ? cost_tree(p->value_bits) : 0) + (p->halve ? p->value_bits + 2 : 0));
  if (p->more_bits > 0) {
    int bits = p->sum_bits + p->more_bits, used = cost_larger(p->sum_bits - p->shift, 0) + 1;
    cost_registers(&value, used); /* from the bit on that is rounded away */
    cost_bare_registers(&value, family, 1);
    cost_luts(&value, used + p->more_terms * cost_adder(family, bits));
  }
  cost_add(&cost, &value, p->values);
  cost_bare_registers(&cost, family, (p->more_bits > 0 ? 2 : 1) * (p->values + p->tag_bits));
  return cost;
}

/* ---- values and weights ---- */

struct cost cost_ordinal(enum family family, int bits) {
  struct cost cost = {0};
  cost_registers(&cost, bits + 1);
  cost_luts(&cost, cost_adder(family, bits) + cost_tree(bits) + 1);
  return cost;
}

struct cost cost_select(enum family family, int value_bits, int values, int selected, int copies) {
  struct cost cost = {0};
  cost_bare_registers(&cost, family, (copies - 1) * selected * value_bits);
  if (values == 1) {
    cost_bare_registers(&cost, family, selected * value_bits);
    return cost;
  }
  cost_registers(&cost, selected * value_bits);
  cost_bare_registers(&cost, family, selected * plan_index_bits(values));
  cost_luts(&cost, selected * value_bits * cost_multiplexer(family, values));
  return cost;
}

struct cost cost_update(enum family family, const struct cost_update *p) {
  struct cost cost = {0};
  int rho_bits = p->round_bits + p->drawn;
  int left = cost_larger(rho_bits - p->shift, 0), right = cost_larger(p->shift - rho_bits, 0);
  int fine = cost_larger(p->u_bits + left - right, rho_bits + 1), step = fine - rho_bits;
  int wide = cost_larger(step, p->weight_bits) + 1;
  cost_registers(&cost, fine + p->round_bits + wide + 3);
  cost_bare_registers(&cost, family, 2 * p->weight_bits + 1);
  /* Shifted by the rate; taken off with the rounding number; saturated; compared. */
  int shifted = p->u_bits - right + left / 2 + 1;
  cost_luts(&cost, shifted * p->rate_bits * 1.2);
  cost_luts(&cost, cost_adder(family, wide + rho_bits));
  cost_luts(&cost, p->weight_bits + 2 * cost_tree(2 * p->weight_bits) +
                       2 * cost_tree(cost_larger(step - p->weight_bits, 0)) + cost_tree(p->u_bits));
  return cost;
}

/* ---- classes ---- */

struct cost cost_softmax(enum family family, int class_bits, int logit_bits, int index_shift) {
  enum { SUM = 20, EXPONENT = 16 };
  struct cost cost = {0};
  struct memory logits = {PORTS_ADDRESSED, 1 << class_bits, 1, logit_bits};
  struct memory exponents = {PORTS_ADDRESSED, 1 << class_bits, 1, EXPONENT};
  struct cost memories[] = {cost_ram(family, &logits), cost_ram(family, &exponents)};
  cost_add(&cost, &memories[0], 1);
  cost_add(&cost, &memories[1], 1);
  cost.blocks += 1; /* the table */
  cost_registers(&cost, 2 + class_bits + SUM + 5 + 2 * SUM + 8);
  cost_bare_registers(&cost, family, 2 + 3 * class_bits + logit_bits);
  cost_luts(&cost, 2 * cost_adder(family, SUM) + 2 * cost_adder(family, logit_bits) +
                       cost_adder(family, 16));
  int wide = logit_bits + (index_shift < 0 ? -index_shift : 0) + 8;
  cost_luts(&cost, cost_adder(family, index_shift > 0 ? wide - index_shift : 0) +
                       2 * cost_tree(wide) + 60);
  return cost;
}

struct cost cost_result(enum family family, int classes) {
  struct cost cost = {0};
  cost_registers(&cost, 7 + 2 * 32);
  cost_luts(&cost, 2 * 32 + cost_adder(family, 5) + 14);
  cost_bare_registers(&cost, family, classes * 16);
  return cost;
}

struct cost cost_argmax(enum family family, int class_bits, int logit_bits) {
  enum { WORD = 32, BEAT = 5 };
  struct cost cost = {0};
  cost_registers(&cost, 5 + BEAT + WORD);
  cost_bare_registers(&cost, family, WORD + logit_bits + class_bits);
  cost_luts(&cost,
            cost_adder(family, logit_bits) + cost_adder(family, BEAT) + WORD + logit_bits + 20);
  return cost;
}
