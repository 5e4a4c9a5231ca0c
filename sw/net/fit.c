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

/* Whether a fold's value is worth trying. */
static bool is_candidate(const struct net *net, enum fold fold, int value) {
  if (!net_fold_words(fold))
    return net_fold_worth(net, fold, value);
  return fold != FOLD_MULTIPLIERS || value == MULTIPLIERS_SEPARATE ||
         net->fold[FOLD_MODE] == MODE_TRAINING;
}

/* Fewer cycles to train, then to infer a picture back to back, then until its reply: < 0 where `a`
 * is faster. */
static int compare_cycles(const struct fit *a, const struct fit *b) {
  if (a->plan.train_cycles != b->plan.train_cycles)
    return a->plan.train_cycles - b->plan.train_cycles;
  int pace_a = plan_picture_cycles(&a->plan, &a->net);
  int pace_b = plan_picture_cycles(&b->plan, &b->net);
  return pace_a != pace_b ? pace_a - pace_b : a->plan.infer_cycles - b->plan.infer_cycles;
}

/* The fewest multipliers of logic with which the board has blocks for the others. */
static void place_multipliers(struct fit *fit, const struct board *board) {
  int *logic = &fit->net.fold[FOLD_LOGIC_MULTIPLIERS];
  int too_few = 0, enough = fit->plan.multipliers;
  while (too_few + 1 < enough || *logic != enough) {
    *logic = too_few + 1 < enough ? (too_few + enough) / 2 : enough;
    plan_make(&fit->plan, &fit->net);
    cost_estimate(&fit->cost, &fit->net, &fit->plan, board->family);
    if (fit->cost.multipliers > board->has.multipliers)
      too_few = *logic;
    else
      enough = *logic;
  }
}

/* Whether only its multipliers may keep the layout from fitting. */
static bool fits_beside_multipliers(const struct board *board, struct cost cost) {
  cost.multipliers = 0;
  return board_fits(board, &cost);
}

/* Keeps the layout at hand where it is better than the one kept: faster, then smaller; where none
 * fits yet, less overfull, then smaller. */
static void try_layout(struct search *search) {
  struct fit *best = search->fit;
  const struct board *board = search->board;
  struct fit now = {.net = search->net};
  struct problem problem = {{0}, {{0}}};
  if (net_check_layout(&now.net, &problem) != 0)
    return;
  now.tried = ++best->tried;
  plan_make(&now.plan, &now.net);
  int slower = best->found ? compare_cycles(&now, best) : -1;
  if (slower > 0)
    return;
  cost_estimate(&now.cost, &now.net, &now.plan, board->family);
  if (!search->fixed[FOLD_LOGIC_MULTIPLIERS] && now.cost.multipliers > board->has.multipliers &&
      fits_beside_multipliers(board, now.cost))
    place_multipliers(&now, board);
  now.found = board_fits(board, &now.cost);
  if (best->found ? !now.found : now.tried > 1 && !now.found)
    slower = best->found ? 1 : board_excess(board, &now.cost) - board_excess(board, &best->cost);
  if (slower < 0 || (slower == 0 && now.cost.cells < best->cost.cells))
    *best = now;
}

/* Tries every candidate of this fold with every one of those behind it. */
static void choose(struct search *search, enum fold fold) {
  if (fold == FOLD_COUNT) {
    try_layout(search);
    return;
  }
  if (search->fixed[fold] || fold == FOLD_STORAGE || fold == FOLD_MODE || fold == FOLD_OUTPUT ||
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
