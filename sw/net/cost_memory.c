/* cost_memory.c : which cells of a device a memory becomes.
 * SPDX-License-Identifier: MIT
 */
#include "net/cost_memory.h"

#include <stddef.h>

enum { WIDTHS_MAX = 6 };

/* A kind of RAM cell, as Yosys' library of the family describes it. */
struct ram {
  enum memory_kind kind;
  bool clocked;           /* its read port has a register */
  bool one_port;          /* needs one address for reading and writing */
  int cost;               /* beside one for each bit in flip-flops */
  int byte;               /* of a word, bits that are written together; 0 is the whole word */
  int widths[WIDTHS_MAX]; /* ended by 0 */
  int address_bits;       /* at the first width; one fewer at each further one */
};

static const struct ram ecp5_rams[] = {
    {MEMORY_LOGIC_RAM, false, false, 4, 0, {4}, 4},
    {MEMORY_BLOCKS, true, false, 128, 9, {1, 2, 4, 9, 18, 36}, 14},
};
static const struct ram ice40_rams[] = {
    {MEMORY_BLOCKS, true, false, 64, 1, {2, 4, 8, 16}, 11},
    {MEMORY_SPRAM, true, true, 2048, 4, {16}, 14},
};

static int divide_up(int a, int b) {
  return (a + b - 1) / b;
}

static int least(int a, int b) {
  return a < b ? a : b;
}

/* Tries a cell at one of its widths (a second port counts 1, reading what is being written 3);
 * keeps it where it costs less than `best`, whose fraction Yosys cuts. */
static void try_width(const struct memory *memory, const struct ram *ram, int i, int *best,
                      struct memory_map *map) {
  int width = ram->widths[i];
  int byte = ram->byte == 0 ? width : least(ram->byte, width);
  int banks = divide_up(memory->words, 1 << (ram->address_bits - i));
  int word = memory->lanes * divide_up(memory->lane_bits, byte) * byte;
  int count = divide_up(banks * word, width);
  int chosen = (banks - 1) * memory->lanes * memory->lane_bits; /* bits of read multiplexers */
  int enables = banks > 1 ? banks * memory->lanes : 0;
  int extra = memory->ports == PORTS_ADDRESSED                              ? 1 + 3
              : memory->ports == PORTS_ONE && ram->kind != MEMORY_LOGIC_RAM ? 0
                                                                            : 1;
  double cost = ram->cost * count + 0.5 * (chosen + enables) + 2 * extra;
  if (cost >= *best)
    return;
  *best = (int)cost;
  *map = (struct memory_map){ram->kind, count, banks};
}

struct memory_map cost_memory(const struct memory *memory, enum family family) {
  const struct ram *rams = family == FAMILY_ECP5 ? ecp5_rams : ice40_rams;
  struct memory_map map = {MEMORY_FLIP_FLOPS, 0, 1};
  int best = memory->words * memory->lanes * memory->lane_bits;
  for (int r = 0; r < 2 && memory->ports != PORTS_REGISTERS; r++) {
    const struct ram *ram = &rams[r];
    if ((ram->clocked && memory->ports == PORTS_UNCLOCKED) ||
        (ram->one_port && memory->ports != PORTS_ONE))
      continue;
    for (int i = 0; i < WIDTHS_MAX && ram->widths[i] > 0; i++)
      try_width(memory, ram, i, &best, &map);
  }
  return map;
}
