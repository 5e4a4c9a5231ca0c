/* board.h : the boards that Engram knows, and what their devices have.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_BOARD_H
#define ENGRAM_NET_BOARD_H

#include "net/cost.h"

#include <stdbool.h>

/* Of a device's logic cells and flip-flops a core may take so many in a hundred: a fuller device is
 * hard to route, and the way to the host needs cells too. Multipliers and memory may all be used.
 */
enum { BOARD_FILL_PERCENT = 90 };

struct board {
  const char *name;   /* "ulx3s" */
  const char *device; /* "LFE5U-85F" */
  enum family family;
  struct cost has;
};

/* What a device has of each resource, in the order in which people read them. */
enum resource {
  RESOURCE_CELLS,
  RESOURCE_FLIP_FLOPS,
  RESOURCE_MULTIPLIERS,
  RESOURCE_BLOCKS,
  RESOURCE_SPRAM,
  RESOURCE_COUNT
};

/* The boards, ended by one without a name. */
extern const struct board boards[];

/* The board of this name, or NULL. */
const struct board *board_find(const char *name);

/* A resource's name on this family ("DP16KD"), or NULL where the family has none. */
const char *board_resource_name(enum family family, enum resource resource);

/* How much of a resource a core takes, and how much of it a board lends to a core. */
int board_needs(const struct cost *cost, enum resource resource);
int board_lends(const struct board *board, enum resource resource);

/* Whether everything fits. */
bool board_fits(const struct board *board, const struct cost *cost);

/* By how much a core overfills a board: thousandths of what it lends, of all resources together; 0
 * where everything fits. */
int board_excess(const struct board *board, const struct cost *cost);

#endif
