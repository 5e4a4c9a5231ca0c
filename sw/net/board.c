/* board.c : the boards that Engram knows, and what their devices have.
 * SPDX-License-Identifier: MIT
 */
#include "net/board.h"

#include <limits.h>
#include <string.h>

const struct board boards[] = {
    {"ulx3s",
     "LFE5U-85F",
     FAMILY_ECP5,
     {.cells = 83640, .flip_flops = 83640, .multipliers = 156, .blocks = 208}},
    {"icebreaker",
     "iCE40UP5K",
     FAMILY_ICE40,
     {.cells = 5280, .flip_flops = 5280, .multipliers = 8, .blocks = 30, .spram = 4}},
    {.name = NULL},
};

const struct board *board_find(const char *name) {
  for (const struct board *board = boards; board->name; board++)
    if (strcmp(board->name, name) == 0)
      return board;
  return NULL;
}

const char *board_resource_name(enum family family, enum resource resource) {
  static const char *const names[FAMILY_COUNT][RESOURCE_COUNT] = {
      [FAMILY_ECP5] = {"logic cells", "flip-flops", "MULT18X18D", "DP16KD", NULL},
      [FAMILY_ICE40] = {"logic cells", "flip-flops", "SB_MAC16", "SB_RAM40_4K", "SB_SPRAM256KA"},
  };
  return names[family][resource];
}

int board_needs(const struct cost *cost, enum resource resource) {
  switch (resource) {
  case RESOURCE_CELLS:
    return cost->cells;
  case RESOURCE_FLIP_FLOPS:
    return cost->flip_flops;
  case RESOURCE_MULTIPLIERS:
    return cost->multipliers;
  case RESOURCE_BLOCKS:
    return cost->blocks;
  default:
    return cost->spram;
  }
}

int board_lends(const struct board *board, enum resource resource) {
  int has = board_needs(&board->has, resource);
  bool logic = resource == RESOURCE_CELLS || resource == RESOURCE_FLIP_FLOPS;
  return logic ? has * BOARD_FILL_PERCENT / 100 : has;
}

int board_excess(const struct board *board, const struct cost *cost) {
  long excess = 0;
  for (enum resource r = 0; r < RESOURCE_COUNT; r++) {
    long lends = board_lends(board, r), needs = board_needs(cost, r);
    if (needs > lends)
      excess += 1 + (needs - lends) * 1000 / (lends > 0 ? lends : 1);
  }
  return excess < INT_MAX ? (int)excess : INT_MAX;
}

bool board_fits(const struct board *board, const struct cost *cost) {
  return board_excess(board, cost) == 0;
}
