/* leaf_row_order.c : engram_row_order against the flattening's formula.
 * SPDX-License-Identifier: MIT
 *
 * The convolution writes, for every POSITIONS positions, a word for each group of FILTERS_AT_ONCE
 * filters; slot p * FILTERS_AT_ONCE + f of a word is position p of them and filter f of the group.
 * Input n = FILTERS * position + filter.
 */
#include "bench.h"

enum { ROWS, ROW_BITS, FILTERS, FILTERS_AT_ONCE, POSITIONS, WORD_BITS, SLOT_BITS }; /* parameters */
enum { IN_CLEAR, IN_NEXT, OUT_ROW = 0, OUT_WORD = 32, OUT_SLOT = 48, OUT_LAST = 64 };
enum { CASES_MAX = 16, PASSES = 3 };

/* A case's way through its inputs. */
struct walk {
  int done;   /* inputs taken; -1 before the first clear */
  int passes; /* still to begin */
  bool clear, next;
};

static void check(struct bench *bench, int c, int n) {
  int filters = bench_parameter(bench, c, FILTERS);
  int at_once = bench_parameter(bench, c, FILTERS_AT_ONCE);
  int positions = bench_parameter(bench, c, POSITIONS);
  int word = n / (positions * at_once), slot = n % (positions * at_once);
  int groups = filters / at_once;
  int position = word / groups * positions + slot / at_once;
  int filter = word % groups * at_once + slot % at_once;
  bench_check(bench, c, "row", (int64_t)bench_get(bench, c, OUT_ROW, 32),
              filters * position + filter);
  bench_check(bench, c, "word", (int64_t)bench_get(bench, c, OUT_WORD, 16), word);
  bench_check(bench, c, "slot", (int64_t)bench_get(bench, c, OUT_SLOT, 16), slot);
  bench_check(bench, c, "last", (int64_t)bench_get(bench, c, OUT_LAST, 1),
              n == bench_parameter(bench, c, ROWS) - 1);
}

/* Pins of one cycle. The first pass takes an input a cycle, the second is cut short, the third goes
 * to the end with stalls. Returns whether the case still has something to do. */
static bool drive(struct bench *bench, int c, struct walk *walk) {
  int rows = bench_parameter(bench, c, ROWS);
  bool cut = walk->passes == PASSES - 2 && walk->done > rows / 2;
  bool over = walk->done < 0 || walk->done == rows || cut;
  walk->clear = over && walk->passes > 0;
  walk->next = !(over && !walk->clear) && (walk->passes == PASSES - 1 || bench_chance(bench, 70));
  bench_set(bench, c, IN_CLEAR, 1, walk->clear);
  bench_set(bench, c, IN_NEXT, 1, walk->next);
  return !over || walk->clear;
}

static void advance(struct walk *walk) {
  walk->passes -= walk->clear;
  walk->done = walk->clear ? 0 : walk->done + (walk->done >= 0 && walk->next);
}

static void test_order(void **state) {
  struct bench *bench = *state;
  struct walk walks[CASES_MAX];
  for (int c = 0; c < bench->cases; c++)
    walks[c] = (struct walk){.done = -1, .passes = PASSES};
  for (bool busy = true; busy;) {
    busy = false;
    for (int c = 0; c < bench->cases; c++)
      busy |= drive(bench, c, &walks[c]);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      if (walks[c].done >= 0 && walks[c].done < bench_parameter(bench, c, ROWS))
        check(bench, c, walks[c].done);
      advance(&walks[c]);
    }
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "row_order");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_order, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
