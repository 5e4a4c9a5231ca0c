/* board.h : the boards that Engram knows, and what their devices have.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_BOARD_H
#define ENGRAM_NET_BOARD_H

#include "net/cost.h"

#include <stdbool.h>

/* What fpga/<board>/board.yaml says; a board is that folder and its constraints. */
struct board {
  char name[33];   /* "ulx3s" */
  char device[33]; /* "LFE5U-85F" */
  enum family family;
  struct cost has;
  int fill_percent; /* so many of its logic cells and flip-flops may be used: a fuller device is
                       hard to route. Multipliers and memory may all be used. */
  struct cost link; /* what the way to the host and the board's top take */
  int clock_hz, baud;
  /* what `make bitstream` builds there and with which options */
  char net[65], folds[257], pnr[129], loader[65];
  int seed;
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

/* Fills in the board of this name. Returns 0, or -1 with a message that names the boards. */
int board_find(struct board *board, const char *name, struct error *err);

/* What the description says, value by value, as text: "clock_hz", "60000000"; "has.cells", "83640".
 * Keys that it may leave out are 0 then. */
enum { BOARD_VALUES_MAX = 24 };
struct board_value {
  char key[32], value[257];
};

/* Fills in the values in the description's order. Returns how many. */
int board_values(const struct board *board, struct board_value values[BOARD_VALUES_MAX]);

/* The value of a key, or NULL with a message that names the keys. */
const char *board_value(const struct board_value *values, int count, const char *key,
                        struct error *err);

/* A resource's name on this family ("DP16KD"), or NULL where the family has none. */
const char *board_resource_name(enum family family, enum resource resource);

/* How much of a resource a core takes, what it takes with the board's link and top, and how much of
 * it the board lends to them. */
int board_count(const struct cost *cost, enum resource resource);
int board_needs(const struct board *board, const struct cost *cost, enum resource resource);
int board_lends(const struct board *board, enum resource resource);

/* Whether everything fits. */
bool board_fits(const struct board *board, const struct cost *cost);

/* By how much a core overfills a board: thousandths of what it lends, of all resources together; 0
 * where everything fits. */
int board_excess(const struct board *board, const struct cost *cost);

#endif
