/* fit.c : the fastest layout of a network that a board holds.
 * SPDX-License-Identifier: MIT
 */
#include "net/fit.h"

#include "net/net_parts.h"

struct search {
  struct fit *fit;
  const struct board *board;
  const bool *fixed;
  struct net net; /* the layout at hand */
};

/* Whether `value` is the smallest that makes as few groups of `things` as it does; a step of two
 * rows takes `by` 2 of them at a time. */
static bool is_smallest(int things, int value, int by) {
  int all = (things + by - 1) / by, part = value / by;
  if (value % by != 0 || part > all)
    return false;
  return part == 1 || (all + part - 1) / part < (all + part - 2) / (part - 1);
}

/* Whether a fold's value is worth trying. */
static bool is_candidate(const struct net *net, enum fold fold, int value) {
  const struct layer *layer = net->layer;
  switch (fold) {
  case FOLD_POSITIONS:
    return layer[0].kind != LAYER_CONV || value > layer[0].out_width ||
           is_smallest(layer[0].out_width, value, 1) || is_smallest(layer[0].out_width, value, 2);
  case FOLD_LANES:
    for (int l = 0; l < net->layer_count; l++)
      if (layer[l].kind == LAYER_DENSE &&
          (is_smallest(layer[l].units, value, 1) || is_smallest(layer[l].units, value, 2)))
        return true;
    return value == 1;
  case FOLD_OUTPUT_LANES:
    return is_smallest(net->classes, value, 1);
  case FOLD_TAPS:
    return value == net_fold_most(net, fold);
  default:
    return true;
  }
}

static bool is_faster(const struct fit *a, const struct fit *b) {
  if (a->plan.train_cycles != b->plan.train_cycles)
    return a->plan.train_cycles < b->plan.train_cycles;
  if (a->plan.infer_cycles != b->plan.infer_cycles)
    return a->plan.infer_cycles < b->plan.infer_cycles;
  return a->cost.cells < b->cost.cells;
}

static void estimate(struct fit *fit, const struct board *board) {
  plan_make(&fit->plan, &fit->net);
  cost_estimate(&fit->cost, &fit->net, &fit->plan, board->family);
}

/* The fewest multipliers of logic with which the board has blocks for the others. */
static void place_multipliers(struct fit *fit, const struct board *board) {
  int *logic = &fit->net.fold[FOLD_LOGIC_MULTIPLIERS];
  int too_few = 0, enough = fit->plan.multipliers;
  while (enough - too_few > 1) {
    *logic = (too_few + enough) / 2;
    estimate(fit, board);
    if (fit->cost.multipliers > board->has.multipliers)
      too_few = *logic;
    else
      enough = *logic;
  }
  *logic = enough;
  estimate(fit, board);
}

/* Keeps the layout at hand where it is better than the one kept. */
static void try_layout(struct search *search) {
  struct fit *best = search->fit;
  struct fit now = {.net = search->net, .tried = best->tried};
  struct problem problem = {{0}, {{0}}};
  if (net_check_layout(&now.net, &problem) != 0)
    return;
  estimate(&now, search->board);
  if (!search->fixed[FOLD_LOGIC_MULTIPLIERS] &&
      now.cost.multipliers > search->board->has.multipliers)
    place_multipliers(&now, search->board);
  now.found = board_fits(search->board, &now.cost);
  now.tried = best->tried + 1;
  bool better = best->tried == 0 || now.found > best->found;
  if (now.found == best->found)
    better = better || (now.found ? is_faster(&now, best)
                                  : board_load(search->board, &now.cost) <
                                        board_load(search->board, &best->cost));
  if (better)
    *best = now;
  best->tried = now.tried;
}

/* Tries every candidate of this fold with every one of those behind it. */
static void choose(struct search *search, enum fold fold) {
  if (fold == FOLD_COUNT) {
    try_layout(search);
    return;
  }
  if (search->fixed[fold] || fold == FOLD_STORAGE || fold == FOLD_MODE ||
      fold == FOLD_LOGIC_MULTIPLIERS) {
    choose(search, fold + 1);
    return;
  }
  const struct net *net = &search->net;
  int *value = &search->net.fold[fold];
  for (*value = 0; *value <= net_fold_most(net, fold); ++*value)
    if (net_fold_legal(net, fold, *value) && is_candidate(net, fold, *value))
      choose(search, fold + 1);
}

void fit_search(struct fit *fit, const struct net *starts, int count, const struct board *board,
                const bool fixed[FOLD_COUNT]) {
  *fit = (struct fit){.found = false};
  struct search search = {.fit = fit, .board = board, .fixed = fixed};
  for (int i = 0; i < count; i++) {
    search.net = starts[i];
    if (!fixed[FOLD_LOGIC_MULTIPLIERS])
      search.net.fold[FOLD_LOGIC_MULTIPLIERS] = 0;
    choose(&search, 0);
  }
  net_hash_fill(&fit->net);
}
