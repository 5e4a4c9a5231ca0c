/* fit.h : the fastest layout of a network that a board holds.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_NET_FIT_H
#define ENGRAM_NET_FIT_H

#include "net/board.h"
#include "net/cost.h"
#include "net/net.h"
#include "net/plan.h"

#include <stdbool.h>

struct fit {
  bool found;     /* else what follows is the layout that overfills the board the least */
  struct net net; /* laid out, its hashes filled */
  struct plan plan;
  struct cost cost; /* on the board's family */
  long tried;       /* layouts */
};

/* Searches the layouts of one net for the fastest that the board holds: fewest training cycles,
 * then inference cycles, then logic cells; in mode inference without the first. `starts` are
 * `count` (at least 1) derived nets of one description, one for each storage to be tried; a fold
 * that is `fixed` stays as they have it, and so does the mode. Of numbers that make equally many
 * groups only the smallest is tried. Multipliers beyond the board's are made of logic. */
void fit_search(struct fit *fit, const struct net *starts, int count, const struct board *board,
                const bool fixed[FOLD_COUNT]);

#endif
