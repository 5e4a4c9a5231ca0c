/* cost_memory.h : which cells of a device a memory becomes.
 * SPDX-License-Identifier: MIT
 *
 * Mirrors what Yosys 0.23 chooses (memory_libmap with ecp5/brams.txt, ecp5/lutrams.txt,
 * ice40/brams.txt and ice40/spram.txt): the cheapest of registers, RAM made of logic cells, and
 * blocks.
 */
#ifndef ENGRAM_NET_COST_MEMORY_H
#define ENGRAM_NET_COST_MEMORY_H

#include "net/net.h"

#include <stdbool.h>

enum family { FAMILY_ECP5, FAMILY_ICE40, FAMILY_COUNT };

/* How a memory is read and written. */
enum ports {
  PORTS_TWO,       /* a write port, a read port with a register */
  PORTS_ONE,       /* one address for both, a register behind it */
  PORTS_UNCLOCKED, /* a write port, a read port without a register */
  PORTS_ADDRESSED, /* the same, with a register in front of the read address: it reads what is being
                      written */
  PORTS_REGISTERS  /* a write port, a read port with a register, kept in flip-flops */
};

struct memory {
  enum ports ports;
  int words;
  int lanes;     /* parts of a word, each written on its own */
  int lane_bits; /* of a part */
};

/* What it becomes. */
enum memory_kind { MEMORY_FLIP_FLOPS, MEMORY_LOGIC_RAM, MEMORY_BLOCKS, MEMORY_SPRAM };

struct memory_map {
  enum memory_kind kind;
  int count; /* of TRELLIS_DPR16X4, DP16KD, SB_RAM40_4K or SB_SPRAM256KA; 0 for flip-flops */
  int banks; /* that follow each other in depth, between which logic chooses */
};

struct memory_map cost_memory(const struct memory *memory, enum family family);

#endif
