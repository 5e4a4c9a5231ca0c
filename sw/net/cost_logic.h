/* cost_logic.h : what logic is made of: LUTs, registers and carry chains of a leaf.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_COST_LOGIC_H
#define ENGRAM_NET_COST_LOGIC_H

#include "net/cost.h"

static inline int cost_divide_up(int a, int b) {
  return (a + b - 1) / b;
}

static inline int cost_larger(int a, int b) {
  return a > b ? a : b;
}

static inline void cost_luts(struct cost *cost, double count) {
  cost->luts += (int)(count + 0.5);
  cost->cells += (int)(count + 0.5);
}

/* Registers behind logic, whose cells they share. */
static inline void cost_registers(struct cost *cost, int bits) {
  cost->flip_flops += bits;
}

/* Registers that take another's output or a memory's as it is: on the iCE40 a cell each. */
static inline void cost_bare_registers(struct cost *cost, enum family family, int bits) {
  cost->flip_flops += bits;
  if (family == FAMILY_ICE40)
    cost->cells += bits;
}

/* A carry chain: a LUT a bit; the ECP5's come in pairs (CCU2C). */
static inline int cost_adder(enum family family, int bits) {
  return family == FAMILY_ECP5 ? bits + bits % 2 : bits;
}

/* One of `inputs` bits: a LUT chooses between two, two LUTs between four. On the ECP5 Yosys takes
 * wide LUTs (PFUMX) where that is faster, and more of them for a multiplexer that is wide enough to
 * be the longest path. */
static inline double cost_multiplexer(enum family family, int inputs) {
  enum { WIDE = 128 };
  double each = family == FAMILY_ICE40 ? 0.72 : inputs > WIDE ? 1.7 : 1.0;
  return inputs > 1 ? (inputs - 1) * each : 0;
}

/* A function of so many bits that a tree of LUTs computes (and, or, comparison with a constant). */
static inline int cost_tree(int inputs) {
  return inputs <= 1 ? 0 : cost_divide_up(inputs - 1, 3);
}

/* Sums and differences, and one more, of a product by a constant: its digits that are not 0, in
 * digits of 1, 0 and -1 of which no two neighbours are. */
static inline int cost_terms(int factor) {
  int terms = 0;
  for (int digits = factor / 2 ^ (factor + factor / 2); digits; digits &= digits - 1)
    terms++;
  return terms;
}

/* The random bits of a position: a sum of the key's slices at its set bits. */
static inline double cost_hash(int position_bits, int round_bits) {
  return round_bits * position_bits * 2 / 3.0;
}

#endif
