/* cost_leaf.h : what one instance of each RTL leaf takes of a device.
 * SPDX-License-Identifier: MIT
 *
 * Parameters are the leaf's own, by their names in C. Flip-flops are counted from the leaf's
 * registers, carry chains from its adders; what lies between (multiplexers, decoders) is counted
 * from its structure in LUTs of four inputs, times a factor where Yosys makes more of it, which was
 * measured (docs/estimate.md).
 */
#ifndef ENGRAM_NET_COST_LEAF_H
#define ENGRAM_NET_COST_LEAF_H

#include "net/cost.h"

#include <stdbool.h>

void cost_add(struct cost *cost, const struct cost *part, int count);

struct cost cost_ram(enum family family, const struct memory *memory);

struct cost cost_control(enum family family, const struct net *net, int address_bits);
struct cost cost_picture_buffer(enum family family, const struct net *net,
                                const struct plan_order *order);
struct cost cost_sequencer(enum family family, int class_bits, int layers);
/* Where steps overlap, so many cycles between their starts. */
struct cost cost_overlap_sequencer(enum family family, int class_bits, int interval);
struct cost cost_random(enum family family, bool trains, int drawn_bits, int pairs,
                        int step_shifts);

struct cost_im2col {
  int width, pixel_bits, kernel_height, across, down;
  bool rotates; /* more than one step in a line */
};
struct cost cost_im2col(enum family family, const struct cost_im2col *p);

struct cost_conv {
  int filters, filters_at_once, positions, taps;
  int weight_bits, gradient_bits, update_bits;
  int forward_levels, back_levels, word_bits, rows_at_once;
  bool training;
};
struct cost cost_conv(enum family family, const struct cost_conv *p);

struct cost_window {
  int height, width, kernel_height, kernel_width, pixel_bits, taps_at_once;
};
struct cost cost_window(enum family family, const struct cost_window *p);

struct cost_conv_serial {
  int filters, taps, taps_at_once;
  int weight_bits, gradient_bits, sum_bits, update_bits, update_shift;
  int forward_levels, round_bits;
  int hash_bits; /* of a position, up to the tap's; 0: no hash */
  bool training;
};
struct cost cost_conv_serial(enum family family, const struct cost_conv_serial *p);

struct cost_multiplier {
  int a_bits, b_bits;
  bool logic;
};
struct cost cost_multiplier(enum family family, const struct cost_multiplier *p);

/* Two products share a block (engram_multipliers). */
bool cost_multiplier_pairs(enum family family, int a_bits, int b_bits);

struct cost_adder_tree {
  int terms, term_bits, sum_bits, levels;
};
struct cost cost_adder_tree(enum family family, const struct cost_adder_tree *p);

struct cost cost_counters(enum family family, int count_bits); /* of all layers' events */
struct cost cost_event_counter(enum family family, int flags, int count_bits);

struct cost_normaliser {
  int values, tag_bits, sum_bits, shift, value_bits;
  bool halve; /* may halve */
  bool gates; /* says which gradients pass */
};
struct cost cost_normaliser(enum family family, const struct cost_normaliser *p);

struct cost cost_ordinal(enum family family, int bits);

struct cost cost_select(enum family family, int value_bits, int values, int selected, int copies);

struct cost_row_order {
  int row_bits, word_bits, slot_bits, rows_at_once;
  bool positions; /* more than one in a word */
  bool straight;  /* a word is one input */
};
struct cost cost_row_order(enum family family, const struct cost_row_order *p);

enum { RATE_BITS = 4 /* of the learning rate, in the RTL */ };

struct cost_crossbar {
  int row_bits, rows_at_once, units, unit_bits, lanes, trained, early, passes;
  int groups, group_bits, address_bits, gradient_bits, x_bits;
  int weight_bits, sum_bits, back_bits, back_levels, slot_bits, round_bits;
  int column_bits, position_bits, copies;
  bool paired, coupled, shared, straight, dropout, training, first, hash;
};
struct cost cost_crossbar(enum family family, const struct cost_crossbar *p);
struct cost cost_update_turns(enum family family, const struct cost_crossbar *p);
struct cost cost_lane_control(enum family family, const struct cost_crossbar *p);

struct cost_lane {
  int rows_at_once, columns, x_bits, weight_bits, gradient_bits, sum_bits;
  bool shared, training;
};
struct cost cost_lane(enum family family, const struct cost_lane *p);

struct cost_update {
  int weight_bits, u_bits, shift, rate_bits, round_bits;
};
struct cost cost_update(enum family family, const struct cost_update *p);

struct cost cost_softmax(enum family family, int class_bits, int logit_bits, int index_shift);
struct cost cost_result(enum family family, int classes);
struct cost cost_argmax(enum family family, int class_bits,
                        int logit_bits); /* without its memory */

#endif
