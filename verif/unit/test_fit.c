/* test_fit.c : boards, and the fastest layout that fits one.
 * SPDX-License-Identifier: MIT
 *
 * The search against every layout that a small net can have. Runs in the repository's root: reads
 * nets/.
 */
#include "net/fit.h"

#include "net/net_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const bool free_folds[FOLD_COUNT];

static struct board board_of(const char *name) {
  struct board board;
  struct error err = {{0}};
  if (board_find(&board, name, &err) != 0)
    fail_msg("%s", err.message);
  return board;
}

static void test_boards(void **state) {
  (void)state;
  struct board board;
  struct error err = {{0}};
  assert_int_equal(board_of("ulx3s").family, FAMILY_ECP5);
  assert_int_equal(board_of("icebreaker").family, FAMILY_ICE40);
  assert_int_equal(board_find(&board, "ulx3", &err), -1);
  assert_non_null(strstr(err.message, "ulx3s"));
  assert_null(board_resource_name(FAMILY_ECP5, RESOURCE_SPRAM));
}

/* A core that takes just what a board lends fits; one more of anything does not. */
static void test_exactly(void **state) {
  (void)state;
  static const char *const names[] = {"ulx3s", "icebreaker"};
  for (int b = 0; b < 2; b++) {
    struct board of_name = board_of(names[b]);
    const struct board *board = &of_name;
    struct cost cost = {.cells = board_lends(board, RESOURCE_CELLS) - board->link.cells,
                        .flip_flops =
                            board_lends(board, RESOURCE_FLIP_FLOPS) - board->link.flip_flops,
                        .multipliers = board->has.multipliers,
                        .blocks = board->has.blocks - board->link.blocks,
                        .spram = board->has.spram};
    int *const resources[] = {&cost.cells, &cost.flip_flops, &cost.multipliers, &cost.blocks,
                              &cost.spram};
    assert_true(board->link.cells > 0 && cost.cells < board->has.cells);
    assert_true(board_fits(board, &cost));
    for (int r = 0; r < RESOURCE_COUNT; r++) {
      ++*resources[r];
      assert_false(board_fits(board, &cost));
      --*resources[r];
    }
    assert_true(board_fits(board, &cost));
  }
}

/* The net at each storage; returns how many. */
static int load_starts(const char *path, struct net starts[3]) {
  const char *const folds[] = {"storage=ram", "storage=register", "storage=single_port",
                               "multipliers=shared"};
  struct error err = {{0}};
  for (int i = 0; i < 3; i++)
    if (net_load(&starts[i], path, &folds[i], i == 2 ? 2 : 1, &err) != 0)
      fail_msg("%s", err.message);
  return 3;
}

static struct fit fit_of(const char *path, const struct board *board) {
  struct net starts[3];
  struct fit fit;
  fit_search(&fit, starts, load_starts(path, starts), board, free_folds);
  assert_true(fit.tried > 0);
  assert_int_equal(fit.found, board_fits(board, &fit.cost));
  return fit;
}

/* The least training cycles of all layouts that fit, folds from `fold` on; -1: none fits. */
static int least_cycles(struct net *net, enum fold fold, const struct board *board) {
  if (fold == FOLD_COUNT) {
    struct problem problem = {{0}, {{0}}};
    struct net whole = *net;
    struct plan plan;
    struct cost cost;
    if (net_check_layout(&whole, &problem) != 0)
      return -1;
    plan_make(&plan, &whole);
    cost_estimate(&cost, &whole, &plan, board->family);
    return board_fits(board, &cost) ? plan.train_cycles : -1;
  }
  bool one = fold == FOLD_STORAGE || fold == FOLD_MODE || fold == FOLD_OUTPUT ||
             fold == FOLD_LOGIC_MULTIPLIERS || fold == FOLD_TAPS;
  int least = -1, start = net->fold[fold], most = one ? start : net_fold_most(net, fold);
  for (int value = one ? start : 0; value <= most; value++) {
    if (!net_fold_legal(net, fold, value))
      continue;
    net->fold[fold] = value;
    int cycles = least_cycles(net, fold + 1, board);
    if (cycles >= 0 && (least < 0 || cycles < least))
      least = cycles;
  }
  net->fold[fold] = start;
  return least;
}

/* Boards of many sizes, on which the search finds nothing slower than what trying everything
 * does. */
static void test_against_all(void **state) {
  (void)state;
  static const char *const nets[] = {"nets/tiny8.yaml", "verif/nets/dense.yaml"};
  static const struct cost sizes[] = {
      {.cells = 90000, .flip_flops = 90000, .multipliers = 999, .blocks = 999, .spram = 99},
      {.cells = 12000, .flip_flops = 12000, .multipliers = 40, .blocks = 40},
      {.cells = 9000, .flip_flops = 9000, .multipliers = 20, .blocks = 20},
      {.cells = 7000, .flip_flops = 9000, .multipliers = 12, .blocks = 12}};
  for (int n = 0; n < 2; n++)
    for (enum family family = 0; family < FAMILY_COUNT; family++)
      for (int s = 0; s < 4; s++) {
        struct board board = {
            .name = "made up", .family = family, .has = sizes[s], .fill_percent = 90};
        struct net starts[3];
        int least = -1, count = load_starts(nets[n], starts);
        for (int i = 0; i < count; i++) {
          int cycles = least_cycles(&starts[i], 0, &board);
          least = cycles >= 0 && (least < 0 || cycles < least) ? cycles : least;
        }
        struct fit fit = fit_of(nets[n], &board);
        if (least >= 0)
          assert_true(fit.found && fit.plan.train_cycles <= least); /* less: multipliers of logic */
      }
}

/* A board that has just what the best layout takes holds it; with a cell fewer another is found. */
static void test_exact_board(void **state) {
  (void)state;
  struct board board = board_of("ulx3s");
  struct fit fit = fit_of("nets/tiny8.yaml", &board);
  assert_true(fit.found);
  board.has = fit.cost;
  board.has.blocks += board.link.blocks;
  board.has.cells += board.link.cells;
  board.has.flip_flops += board.link.flip_flops;
  board.fill_percent = 100;
  struct fit same = fit_of("nets/tiny8.yaml", &board);
  assert_true(same.found);
  assert_int_equal(same.plan.train_cycles, fit.plan.train_cycles);
  board.has.cells -= 2;
  struct fit other = fit_of("nets/tiny8.yaml", &board);
  assert_true(!other.found || other.plan.train_cycles > fit.plan.train_cycles ||
              other.cost.cells < fit.cost.cells);
}

/* Nothing fits: the layout that overfills the board the least is kept. */
static void test_nothing(void **state) {
  (void)state;
  struct board board = board_of("icebreaker");
  board.has.cells = 100;
  struct fit fit = fit_of("nets/tiny8.yaml", &board);
  assert_false(fit.found);
  assert_true(fit.plan.multipliers > 0 && fit.cost.cells > 100);
  board.has.cells = 1000000;
  board.has.flip_flops = 1000000;
  board.has.multipliers = 0;
  fit = fit_of("nets/tiny8.yaml", &board);
  assert_true(fit.found); /* with multipliers of logic */
  assert_int_equal(fit.cost.multipliers, 0);
  board.has.blocks = 0; /* softmax has a table */
  assert_false(fit_of("nets/tiny8.yaml", &board).found);
}

/* What is fixed stays. */
static void test_fixed(void **state) {
  (void)state;
  bool fixed[FOLD_COUNT] = {[FOLD_LANES] = true, [FOLD_STEP] = true};
  const char *const folds[] = {"lanes=3", "storage=ram"};
  struct net net;
  struct error err = {{0}};
  struct fit fit;
  assert_int_equal(net_load(&net, "nets/tiny8.yaml", folds, 2, &err), 0);
  struct board board = board_of("ulx3s");
  fit_search(&fit, &net, 1, &board, fixed);
  assert_true(fit.found);
  assert_int_equal(fit.net.fold[FOLD_LANES], 3);
  assert_int_equal(fit.net.fold[FOLD_STEP], STEP_NORMAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_boards),      cmocka_unit_test(test_exactly),
      cmocka_unit_test(test_against_all), cmocka_unit_test(test_exact_board),
      cmocka_unit_test(test_nothing),     cmocka_unit_test(test_fixed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
