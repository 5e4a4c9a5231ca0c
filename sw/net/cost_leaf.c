/* cost_leaf.c : what one instance of each RTL leaf takes of a device.
 * SPDX-License-Identifier: MIT
 */
#include "net/cost_leaf.h"

/* ---- what logic is made of ---- */

static int divide_up(int a, int b) {
  return (a + b - 1) / b;
}

static int larger(int a, int b) {
  return a > b ? a : b;
}

void cost_add(struct cost *cost, const struct cost *part, int count) {
  cost->multipliers += count * part->multipliers;
  cost->blocks += count * part->blocks;
  cost->spram += count * part->spram;
  cost->luts += count * part->luts;
  cost->flip_flops += count * part->flip_flops;
  cost->cells += count * part->cells;
}

static void luts(struct cost *cost, double count) {
  cost->luts += (int)(count + 0.5);
  cost->cells += (int)(count + 0.5);
}

/* Registers behind logic, whose cells they share. */
static void registers(struct cost *cost, int bits) {
  cost->flip_flops += bits;
}

/* Registers that take another's output or a memory's as it is: on the iCE40 a cell each. */
static void bare_registers(struct cost *cost, enum family family, int bits) {
  cost->flip_flops += bits;
  if (family == FAMILY_ICE40)
    cost->cells += bits;
}

/* A carry chain: a LUT a bit; the ECP5's come in pairs (CCU2C). */
static int adder(enum family family, int bits) {
  return family == FAMILY_ECP5 ? bits + bits % 2 : bits;
}

/* One of `inputs` bits: a LUT chooses between two, two LUTs between four. On the ECP5 Yosys takes
 * wide LUTs (PFUMX) where that is faster, and more of them for a multiplexer that is wide enough to
 * be the longest path. */
static double multiplexer(enum family family, int inputs) {
  enum { WIDE = 128 };
  double each = family == FAMILY_ICE40 ? 0.72 : inputs > WIDE ? 1.7 : 1.0;
  return inputs > 1 ? (inputs - 1) * each : 0;
}

/* A function of so many bits that a tree of LUTs computes (and, or, comparison with a constant). */
static int tree(int inputs) {
  return inputs <= 1 ? 0 : divide_up(inputs - 1, 3);
}

/* The random bits of a position: a sum of the key's slices at its set bits. */
static double hash(int position_bits, int round_bits) {
  return round_bits * position_bits * 2 / 3.0;
}

/* ---- memories ---- */

struct cost cost_ram(enum family family, const struct memory *memory) {
  struct memory_map map = cost_memory(memory, family);
  struct cost cost = {0};
  int bits = memory->lanes * memory->lane_bits;
  bool clocked = memory->ports != PORTS_UNCLOCKED && memory->ports != PORTS_ADDRESSED;
  switch (map.kind) {
  case MEMORY_FLIP_FLOPS: /* every word has an enable and a decoder of its own */
    bare_registers(&cost, family, memory->words * bits);
    luts(&cost, memory->words > 1 ? memory->words * memory->lanes : 0);
    luts(&cost, bits * multiplexer(family, memory->words));
    if (clocked && memory->words > 1)
      registers(&cost, bits);
    else if (clocked)
      bare_registers(&cost, family, bits);
    break;
  case MEMORY_LOGIC_RAM: /* TRELLIS_DPR16X4: four LUTs and the two that its write port blocks */
    luts(&cost, 6 * map.count);
    if (map.banks > 1)
      luts(&cost, bits * multiplexer(family, map.banks) + map.banks);
    if (clocked)
      registers(&cost, bits);
    break;
  case MEMORY_BLOCKS:
    cost.blocks = map.count;
    break;
  case MEMORY_SPRAM:
    cost.spram = map.count;
    break;
  }
  if (map.count > 0 && map.kind != MEMORY_LOGIC_RAM && map.banks > 1) {
    luts(&cost, bits * multiplexer(family, map.banks) + map.banks);
    bare_registers(&cost, family, plan_index_bits(map.banks));
  }
  return cost;
}

/* ---- control and pictures ---- */

struct cost cost_control(enum family family, const struct net *net, int address_bits) {
  struct cost cost = {0};
  int layers = net->layer_count, word_bits = address_bits - 2;
  registers(&cost, 46 + layers + word_bits - 11);
  bare_registers(&cost, family, 11);
  luts(&cost, 90 + 2 * word_bits + 15 * layers); /* what is allowed */
  luts(&cost, 64);                               /* a word, in halves */
  return cost;
}

struct cost cost_counters(enum family family, int count_bits) {
  enum { HALF = 16, SCANNER = 14, TAIL = 8 };
  struct cost cost = {0};
  cost.blocks = 1;
  registers(&cost, SCANNER + 12 + HALF);
  bare_registers(&cost, family, TAIL + 7 + HALF); /* HALF: the word that was read */
  luts(&cost, adder(family, HALF) + adder(family, SCANNER / 2));
  luts(&cost, 150 + 1.2 * count_bits); /* what is visited, and what that adds */
  struct cost event = cost_event_counter(family, 1, 7);
  cost_add(&cost, &event, 3); /* cycles, those of a step, and three small ones */
  return cost;
}

struct cost cost_picture_buffer(enum family family, const struct net *net,
                                const struct plan_order *order) {
  struct cost cost = {0};
  int row_bits = plan_index_bits(net->height), column_bits = plan_index_bits(net->width);
  int word = (order->positions - 1) * net->pixel_bits;
  registers(&cost, 9 + row_bits + column_bits + order->word_bits);
  bare_registers(&cost, family, 20); /* label and status of two pictures */
  luts(&cost,
       adder(family, row_bits) + adder(family, column_bits) + adder(family, order->word_bits));
  luts(&cost, adder(family, 9) + (family == FAMILY_ECP5 ? 145 : 30));
  if (order->positions > 1) {
    bare_registers(&cost, family, word);
    registers(&cost, 7);
    luts(&cost, adder(family, 7) + 8);
  }
  return cost;
}

struct cost cost_sequencer(enum family family, int class_bits, int layers) {
  struct cost cost = {0};
  registers(&cost, 1);
  bare_registers(&cost, family, 5 + class_bits + layers);
  luts(&cost, 14);
  return cost;
}

struct cost cost_overlap_sequencer(enum family family, int class_bits, int interval) {
  struct cost cost = {0};
  int left_bits = interval > 2 ? plan_index_bits(interval - 1) : 1;
  registers(&cost, 6);
  bare_registers(&cost, family, 2 * class_bits);
  registers(&cost, left_bits);
  luts(&cost, adder(family, left_bits) + tree(left_bits) + 2 * class_bits + 20);
  return cost;
}

struct cost cost_random(enum family family, bool trains, int drawn_bits, int pairs,
                        int step_shifts) {
  enum { STATE = 128, HALF = 16 };
  struct cost cost = {0};
  luts(&cost, HALF);
  if (!trains) { /* the host's alone */
    bare_registers(&cost, family, STATE);
    return cost;
  }
  registers(&cost, STATE + 1);
  /* A bit: a neighbour's, or half a step on (two terms, more when it goes far). */
  double next = step_shifts <= 128 ? 1 : 1 + step_shifts / 508.0;
  luts(&cost, STATE * next);
  int behind = drawn_bits + pairs - STATE;
  luts(&cost, behind > 0 ? behind : 0);
  return cost;
}

/* ---- convolution ---- */

struct cost cost_im2col(enum family family, const struct cost_im2col *p) {
  struct cost cost = {0};
  int lines = p->kernel_height + p->down - 1, line = p->width * p->pixel_bits;
  registers(&cost, lines * line + 30);
  /* A line's bit comes from the left, from below, or from below and back. */
  luts(&cost, (lines - 1) * line * (p->rotates ? 2 : 1) + line);
  luts(&cost, 4 * adder(family, 7) + 30);
  return cost;
}

struct cost cost_conv(enum family family, const struct cost_conv *p) {
  struct cost cost = {0};
  int weights = p->taps * p->filters,
      place_bits = plan_index_bits(p->taps) + plan_index_bits(p->filters);
  int groups = p->filters / p->filters_at_once, values = p->positions * p->filters_at_once;
  int group_bits = plan_index_bits(groups);
  /* Kernel: a decoder a weight, a multiplexer in two steps; a weight's groups for each multiplier.
   */
  bare_registers(&cost, family, weights * p->weight_bits);
  luts(&cost, weights * 2 + 2 * p->weight_bits);
  luts(&cost, p->weight_bits * multiplexer(family, weights));
  registers(&cost, p->weight_bits * (1 + (weights + 7) / 8) + 2 * place_bits - 3);
  luts(&cost, p->taps * p->filters_at_once * p->weight_bits * multiplexer(family, groups));
  /* Schedule: sums' word, valid bits. */
  registers(&cost, 2 + group_bits + p->word_bits);
  bare_registers(&cost, family, 3 * (2 + p->forward_levels));
  luts(&cost, adder(family, p->word_bits) + 20);
  if (!p->training)
    return cost;
  /* Each multiplier takes the weight or a gradient, gathered from those that come one by one. */
  luts(&cost, values * p->taps * larger(p->weight_bits, p->gradient_bits));
  registers(&cost, values * p->gradient_bits + 2);
  luts(&cost, values * p->gradient_bits * p->rows_at_once + 2 * values);
  /* Gradients: a register a weight, an adder and a way round for those at a time. */
  int adders = p->taps * p->filters_at_once;
  registers(&cost, weights * p->update_bits);
  luts(&cost, adders * adder(family, p->update_bits));
  luts(&cost, (p->filters_at_once > 1 ? weights : p->taps) * p->update_bits + 5);
  bare_registers(&cost, family, 2 * (2 + p->back_levels));
  /* Update: a weight and its gradient. */
  registers(&cost, 5 + 3 * place_bits + p->weight_bits + 2 * p->update_bits);
  bare_registers(&cost, family, 4 + 3 * place_bits);
  luts(&cost, 3 * adder(family, place_bits) + 10);
  return cost;
}

struct cost cost_window(enum family family, const struct cost_window *p) {
  struct cost cost = {0};
  int pixels = plan_index_bits(p->height * p->width), taps = p->kernel_height * p->kernel_width;
  int across = plan_index_bits(p->width) + 1;
  registers(&cost, 4 + pixels + plan_index_bits(p->kernel_height) + across);
  luts(&cost, adder(family, pixels) + adder(family, across) + 20);
  if (p->kernel_width > 1 && p->kernel_height % p->taps_at_once == 0) { /* columns in a memory */
    int address = plan_index_bits((p->kernel_width + 1) * (p->kernel_height / p->taps_at_once));
    struct memory columns = {PORTS_TWO, 1 << address, p->taps_at_once, p->pixel_bits};
    struct cost memory = cost_ram(family, &columns);
    cost_add(&cost, &memory, 1);
    registers(&cost, 1 + 2 * address + plan_index_bits(p->taps_at_once));
    luts(&cost, 3 * adder(family, address) + p->taps_at_once + 4);
    return cost;
  }
  bare_registers(&cost, family, (p->kernel_height - 1) * p->pixel_bits);
  registers(&cost, taps * p->pixel_bits); /* the ring: as it was, or with the next column */
  luts(&cost, taps * p->pixel_bits);
  return cost;
}

/* What the serial convolution has for its way back: sums over positions, their update. */
static struct cost serial_training(enum family family, const struct cost_conv_serial *p, int words,
                                   int address) {
  struct cost cost = {0};
  int line = p->taps_at_once * p->update_bits;
  struct memory sums = {PORTS_TWO, words, 1, line};
  if (p->filters * p->taps / p->taps_at_once > 2) {
    struct cost memory = cost_ram(family, &sums);
    cost_add(&cost, &memory, 1);
    bare_registers(&cost, family, 1 + address);
    registers(&cost, line);
  } else {
    bare_registers(&cost, family, 2 * line);
    luts(&cost, line);
  }
  luts(&cost, p->taps_at_once * adder(family, p->update_bits));
  bare_registers(&cost, family, 3 * address);
  luts(&cost, larger(p->weight_bits, p->gradient_bits) * p->taps_at_once);
  /* A lane's sum, a bit of it; whether it is zero; the weight, shifted and saturated. */
  int fine = p->update_bits + larger(p->round_bits - p->update_shift, 0);
  luts(&cost, p->update_bits * multiplexer(family, p->taps_at_once) + multiplexer(family, fine));
  luts(&cost, tree(p->update_bits) + 2 * p->weight_bits + tree(2 * p->weight_bits) + 40);
  registers(&cost, 12);
  if (p->hash_bits > 0) { /* base and key, which are shifted */
    registers(&cost, p->hash_bits + 2 * p->round_bits - 1);
    luts(&cost, p->hash_bits + 2 * p->round_bits - 1);
    luts(&cost, hash(plan_index_bits(p->taps) + plan_index_bits(p->filters), 1));
  }
  return cost;
}

struct cost cost_conv_serial(enum family family, const struct cost_conv_serial *p) {
  struct cost cost = {0};
  int chunks = p->taps / p->taps_at_once;
  int address = plan_index_bits(p->filters) + plan_index_bits(chunks), words = 1 << address;
  int lane = plan_index_bits(p->taps_at_once);
  struct memory kernel = {PORTS_TWO, words, p->taps_at_once, p->weight_bits};
  struct cost memory = cost_ram(family, &kernel);
  cost_add(&cost, &memory, 1);
  registers(&cost, 4 + address + lane + p->weight_bits + p->sum_bits + plan_index_bits(chunks));
  bare_registers(&cost, family, 3 + p->forward_levels);
  luts(&cost, p->weight_bits * (multiplexer(family, p->taps_at_once) + 1) + p->taps_at_once);
  luts(&cost, p->sum_bits + adder(family, p->sum_bits));
  luts(&cost, 3 * (address + lane) + p->taps / 4 + 5);
  if (p->training) {
    struct cost back = serial_training(family, p, words, address);
    cost_add(&cost, &back, 1);
  }
  return cost;
}

/* ---- arithmetic ---- */

/* As mul2dsp.v splits a product of more bits than a block has; what is too small for one (narrower
 * than 2 bits, on the iCE40 a product of fewer than 11) becomes adders. */
static int split_blocks(int a_bits, int b_bits, int most, int least_product) {
  if (a_bits < 2 || b_bits < 2 || a_bits + b_bits < least_product)
    return 0;
  if (a_bits > most) {
    int slices = divide_up(a_bits - most, most);
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
    luts(&cost, 1); /* whether operands change; the cell has the registers */
    return cost;
  }
  luts(&cost, 1 + tree(p->a_bits)); /* whether operands change */
  if (blocks == 0) {                /* an adder a bit of a, and on the iCE40 a choice behind it */
    luts(&cost, p->a_bits * p->b_bits * (family == FAMILY_ECP5 ? 2.8 : 1.6));
    bare_registers(&cost, family, product);
    registers(&cost, product);
    return cost;
  }
  if (family == FAMILY_ECP5)
    bare_registers(&cost, family, 2 * product);
  if (p->a_bits <= most && p->b_bits <= most)
    return cost;
  /* Sums of the partial products; the iCE40's blocks have their registers only when alone. */
  luts(&cost, adder(family, product - most));
  if (p->a_bits > most && p->b_bits > most && family == FAMILY_ECP5)
    luts(&cost, adder(family, p->b_bits) + adder(family, product - 2 * most));
  if (family == FAMILY_ICE40)
    bare_registers(&cost, family, product);
  return cost;
}

struct cost cost_adder_tree(enum family family, const struct cost_adder_tree *p) {
  struct cost cost = {0};
  int nodes = p->terms;
  for (int level = 1; level <= p->levels; level++) {
    int bits = p->term_bits + level < p->sum_bits ? p->term_bits + level : p->sum_bits;
    int sums = nodes / 2, alone = nodes % 2;
    registers(&cost, sums * bits);
    bare_registers(&cost, family, alone * bits);
    luts(&cost, sums * adder(family, bits));
    nodes = sums + alone;
  }
  return cost;
}

struct cost cost_event_counter(enum family family, int flags, int count_bits) {
  struct cost_adder_tree flag_tree = {flags, 2, net_bits_for((uint64_t)flags),
                                      plan_tree_levels(flags)};
  struct cost cost = cost_adder_tree(family, &flag_tree);
  registers(&cost, count_bits);
  luts(&cost, adder(family, count_bits));
  return cost;
}

struct cost cost_normaliser(enum family family, const struct cost_normaliser *p) {
  struct cost cost = {0};
  int above = larger(p->sum_bits - p->shift - p->value_bits, 0); /* bits that must be all sign */
  struct cost value = {0};
  if (p->shift > 0) { /* rounded and saturated */
    registers(&value, p->value_bits);
    luts(&value, adder(family, p->value_bits + 1) + p->value_bits + 2 * tree(above) + 7);
  } else {
    bare_registers(&value, family, p->value_bits);
    luts(&value, 4);
  }
  registers(&value, p->gates ? 2 : 1);
  luts(&value, (p->gates ? tree(p->value_bits) : 0) + (p->halve ? p->value_bits + 2 : 0));
  cost_add(&cost, &value, p->values);
  bare_registers(&cost, family, p->values + p->tag_bits);
  return cost;
}

/* ---- dense layers ---- */

struct cost cost_ordinal(enum family family, int bits) {
  struct cost cost = {0};
  registers(&cost, bits);
  luts(&cost, adder(family, bits) + tree(bits) + 1);
  return cost;
}

struct cost cost_select(enum family family, int value_bits, int values, int selected, int copies) {
  struct cost cost = {0};
  bare_registers(&cost, family, (copies - 1) * selected * value_bits);
  if (values == 1) {
    bare_registers(&cost, family, selected * value_bits);
    return cost;
  }
  registers(&cost, selected * value_bits);
  bare_registers(&cost, family, selected * plan_index_bits(values));
  luts(&cost, selected * value_bits * multiplexer(family, values));
  return cost;
}

struct cost cost_row_order(enum family family, const struct cost_row_order *p) {
  struct cost cost = {0};
  registers(&cost, p->row_bits + 1);
  luts(&cost, p->rows_at_once * adder(family, p->row_bits) + tree(p->word_bits) + 2);
  if (p->straight)
    return cost;
  registers(&cost, p->word_bits + 2 * p->slot_bits + (p->positions ? 8 : 0));
  luts(&cost, adder(family, p->word_bits) + 2 * adder(family, p->slot_bits) + p->row_bits + 8);
  luts(&cost, p->positions ? 2 * adder(family, 6) + 12 : 0);
  return cost;
}

/* What stands for two cycles with shared multipliers moves on every second one. */
static void stages(struct cost *cost, const struct cost_crossbar *p, enum family family, int count,
                   int bits) {
  bare_registers(cost, family, (p->shared ? divide_up(count, 2) : count) * bits);
}

struct cost cost_crossbar(enum family family, const struct cost_crossbar *p) {
  struct cost cost = {0};
  int rows = p->rows_at_once, lane_bits = plan_index_bits(p->lanes);
  bool back = p->training && !p->first, late = p->early < p->trained;
  /* Schedule and stages. */
  registers(&cost, 8 + p->group_bits + lane_bits + p->unit_bits * (p->paired ? 2 : 1));
  bare_registers(&cost, family, p->training ? 22 : 12);
  bare_registers(&cost, family, rows * p->row_bits + p->group_bits);
  bare_registers(&cost, family, (p->copies - 1) * (rows * p->row_bits + p->group_bits + 1));
  bare_registers(&cost, family, p->dropout ? p->copies : 0);
  bare_registers(&cost, family, (p->copies - 1) * (lane_bits + 3) + p->copies * (lane_bits + 2));
  bare_registers(&cost, family,
                 p->copies > 1 ? p->copies * (1 + p->unit_bits + p->gradient_bits) : 0);
  bare_registers(&cost, family, p->copies > 1 && !p->shared ? p->copies * p->weight_bits : 0);
  bare_registers(&cost, family,
                 p->training ? RATE_BITS * (p->copies > 1 ? p->copies + p->early : 1) : 0);
  luts(&cost, 40 + adder(family, lane_bits + 1) + adder(family, p->unit_bits) + 2 * p->group_bits);
  /* Addresses: row times groups, the host's or the schedule's, the update's. */
  for (int bits = p->groups & (p->groups - 1); bits; bits &= bits - 1)
    luts(&cost, p->copies * rows * adder(family, p->address_bits));
  luts(&cost, rows * p->row_bits);
  if (p->training) {
    bare_registers(&cost, family, rows * p->address_bits);
    stages(&cost, p, family, 4, rows * p->address_bits);
    bare_registers(&cost, family, p->shared ? 0 : (p->copies - 1) * rows * p->address_bits);
    luts(&cost, rows * (late ? 2 : 1) * p->address_bits);
  }
  if (p->hash && p->training) {
    luts(&cost, rows * hash(p->position_bits - p->column_bits + plan_index_bits(p->passes) - 1,
                            p->round_bits));
    registers(&cost, rows * p->round_bits);
    stages(&cost, p, family, 2, rows * p->round_bits);
  }
  /* Gradients of the units that train. */
  if (p->training && p->passes == 1) {
    bare_registers(&cost, family, p->trained * (p->gradient_bits + 1));
  } else if (p->training) {
    struct memory half = {PORTS_TWO, p->passes, p->early, p->gradient_bits};
    struct cost memory = cost_ram(family, &half);
    cost_add(&cost, &memory, 1);
    half.lanes = p->trained - p->early;
    memory = cost_ram(family, &half);
    cost_add(&cost, &memory, late);
  }
  bare_registers(&cost, family, late ? p->x_bits + 1 : 0);
  /* Drain, and the host's read. */
  registers(&cost, p->sum_bits + p->weight_bits + 2);
  bare_registers(&cost, family, p->unit_bits + 1);
  luts(&cost, p->sum_bits * multiplexer(family, p->lanes));
  luts(&cost, p->weight_bits * multiplexer(family, p->trained * rows));
  luts(&cost, p->dropout && !p->coupled ? multiplexer(family, p->units) : 0);
  if (!back)
    return cost;
  /* Sums for the layer in front, with what goes beside them. */
  int beside = rows * p->slot_bits + 1 + (p->groups > 1 ? 2 : 0);
  if (p->straight) {
    beside = p->groups > 1 ? 2 : 0;
    registers(&cost, p->row_bits);
    luts(&cost, adder(family, p->row_bits));
  }
  stages(&cost, p, family, 5 + p->back_levels, beside);
  bare_registers(&cost, family, rows * (5 + 2 * p->back_levels));
  registers(&cost, rows * p->back_bits);
  luts(&cost, late ? p->back_bits : 0);
  luts(&cost, p->passes > 1 || late ? rows * adder(family, p->back_bits) : 0);
  return cost;
}

/* What the crossbar has beside each update unit of a row: the rounding's place, two lanes' turns.
 */
struct cost cost_update_turns(enum family family, const struct cost_crossbar *p) {
  struct cost cost = {0};
  bool late = p->early < p->trained, pairs = p->paired || p->coupled;
  bare_registers(&cost, family, late ? 0 : p->weight_bits * (p->shared ? 1 : 2));
  registers(&cost, late ? p->weight_bits : 0);
  luts(&cost, late ? p->weight_bits + p->x_bits + p->gradient_bits : 0);
  if (p->hash)
    luts(&cost, p->lanes > 1 ? p->round_bits * (1 + (late || pairs)) : 0);
  luts(&cost, p->weight_bits); /* written by the host or the update */
  return cost;
}

/* What the crossbar has beside each lane. */
struct cost cost_lane_control(enum family family, const struct cost_crossbar *p) {
  struct cost cost = {0};
  int rows = p->rows_at_once;
  bare_registers(&cost, family, p->dropout ? 3 : 1);
  luts(&cost, p->dropout ? multiplexer(family, p->passes) + 1 : 0);
  if (p->paired || p->coupled)
    bare_registers(&cost, family, 4);
  luts(&cost, rows * ((p->paired ? p->address_bits : 0) + 2 * p->lanes / p->trained));
  return cost;
}

struct cost cost_lane(enum family family, const struct cost_lane *p) {
  struct cost cost = {0};
  int rows = p->rows_at_once;
  if (p->training) {
    luts(&cost, rows * larger(p->x_bits, p->gradient_bits) + 2);
    luts(&cost, p->shared ? rows * larger(p->x_bits, p->weight_bits) : 0);
    luts(&cost, p->columns > 1 ? p->weight_bits : 0);
  }
  registers(&cost, p->columns * p->sum_bits);
  luts(&cost, p->columns * adder(family, p->sum_bits));
  if (rows > 1) {
    registers(&cost, p->sum_bits);
    bare_registers(&cost, family, 2);
    luts(&cost, adder(family, p->sum_bits));
  }
  return cost;
}

struct cost cost_update(enum family family, const struct cost_update *p) {
  struct cost cost = {0};
  int left = larger(p->round_bits - p->shift, 0), right = larger(p->shift - p->round_bits, 0);
  int fine = larger(p->u_bits + left - right, p->round_bits + 1), step = fine - p->round_bits;
  int wide = larger(step, p->weight_bits) + 1;
  registers(&cost, fine + p->round_bits + wide + 1);
  bare_registers(&cost, family, 2 * p->weight_bits + 1);
  /* Shifted by the rate; taken off with the rounding number; saturated; compared. */
  int shifted = p->u_bits - right + left / 2 + 1;
  luts(&cost, shifted * p->rate_bits * 1.2);
  luts(&cost, adder(family, wide + p->round_bits));
  luts(&cost, p->weight_bits + tree(2 * p->weight_bits) +
                  2 * tree(larger(step - p->weight_bits, 0)) + tree(p->u_bits));
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
  registers(&cost, 2 + class_bits + SUM + 5 + 2 * SUM + 8);
  bare_registers(&cost, family, 2 + 3 * class_bits + logit_bits);
  luts(&cost, 2 * adder(family, SUM) + 2 * adder(family, logit_bits) + adder(family, 16));
  int wide = logit_bits + (index_shift < 0 ? -index_shift : 0) + 8;
  luts(&cost, adder(family, index_shift > 0 ? wide - index_shift : 0) + 2 * tree(wide) + 60);
  return cost;
}

struct cost cost_result(enum family family, int classes) {
  struct cost cost = {0};
  registers(&cost, 7 + 2 * 32);
  luts(&cost, 2 * 32 + adder(family, 5) + 14);
  bare_registers(&cost, family, classes * 16);
  return cost;
}

struct cost cost_argmax(enum family family, int class_bits, int logit_bits) {
  enum { WORD = 32, BEAT = 5 };
  struct cost cost = {0};
  registers(&cost, 5 + BEAT + WORD);
  bare_registers(&cost, family, WORD + logit_bits + class_bits);
  luts(&cost, adder(family, logit_bits) + adder(family, BEAT) + WORD + logit_bits + 20);
  return cost;
}
