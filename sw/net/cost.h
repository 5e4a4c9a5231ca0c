/* cost.h : what a core takes of a device, before synthesis.
 * SPDX-License-Identifier: MIT
 *
 * The sum over the RTL's leaves, one formula each, of what Yosys 0.23 makes of them
 * (synth_ecp5; synth_ice40 -spram). Multipliers and memory blocks are exact, logic within
 * 20 % on the nets of `make estimate-check` (docs/estimate.md).
 */
#ifndef ENGRAM_NET_COST_H
#define ENGRAM_NET_COST_H

#include "net/cost_memory.h"
#include "net/net.h"
#include "net/plan.h"

struct cost {
  int multipliers; /* MULT18X18D, SB_MAC16 */
  int blocks;      /* DP16KD, SB_RAM40_4K */
  int spram;       /* SB_SPRAM256KA */
  int luts;        /* LUT4, also those of carries and of RAM made of LUTs; SB_LUT4 */
  int flip_flops;  /* TRELLIS_FF, SB_DFF* */
  int cells; /* logic cells: on the ECP5 the LUTs; on the iCE40 also each flip-flop that has no
                LUT of its own in front of it, which then shares its cell */
};

/* A leaf's part: all instances of it in one place of the core. */
struct cost_part {
  char name[40];    /* "dense1.lane.update" */
  int count;        /* instances */
  struct cost cost; /* of them together */
};

enum { COST_PARTS_MAX = 96 };

struct cost_parts {
  int count;
  struct cost_part part[COST_PARTS_MAX];
};

/* What the layout takes, leaf by leaf in the order of the data's way. */
void cost_estimate_parts(struct cost_parts *parts, const struct net *net, const struct plan *plan,
                         enum family family);

/* The same, all together. */
void cost_estimate(struct cost *cost, const struct net *net, const struct plan *plan,
                   enum family family);

/* Multiplier blocks of a signed product of words of so many bits. */
int cost_multiplier_blocks(int a_bits, int b_bits, enum family family);

#endif
