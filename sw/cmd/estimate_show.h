/* estimate_show.h : what `engram estimate` says of devices, boards and layouts.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_ESTIMATE_SHOW_H
#define ENGRAM_CMD_ESTIMATE_SHOW_H

#include "net/fit.h"

#include <jansson.h>

/* What the layout takes of each family's devices, on stdout; `parts` adds a line for each leaf. */
void show_devices(const struct net *net, const struct plan *plan, bool parts);
json_t *devices_json(const struct net *net, const struct plan *plan, bool parts);

/* What a layout needs of what a board has. */
void show_board(const struct board *board, const struct cost *cost);
json_t *board_json(const struct board *board, const struct cost *cost);

/* What a search found: the layout as options and as a line of a description, and what it needs. */
void show_fit(const struct board *board, const struct fit *fit);
json_t *fit_json(const struct board *board, const struct fit *fit);

/* A table of layouts beside this one: other numbers of lanes, then of positions. */
void show_choice(const struct net *net);
json_t *choice_json(const struct net *net);

#endif
