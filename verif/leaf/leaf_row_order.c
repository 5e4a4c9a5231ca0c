/* leaf_row_order.c : engram_row_order against the flattening's formula.
 * SPDX-License-Identifier: MIT
 *
 * The convolution writes, for every POSITIONS positions of a line (the last ones of a line may be
 * fewer), a word for each group of FILTERS_AT_ONCE filters; slot p * FILTERS_AT_ONCE + f of a word
 * is position p of them and filter f of the group. Input n = FILTERS * position + filter. Two at a
 * time are neighbours of a word, the even one first; a word's last may stand alone.
 */
#include "bench.h"

enum { ROWS, ROW_BITS, FILTERS, FILTERS_AT_ONCE, POSITIONS, LINE, WORDS, WORD_BITS, SLOT_BITS };
enum { AT_ONCE = SLOT_BITS + 1 };
enum { IN_CLEAR, IN_NEXT, OUT_WORD = 0, OUT_THERE = 16, OUT_WORD_LAST = 18, OUT_FIRST, OUT_LAST };
enum { OUT_ROW = 32, OUT_SLOT = 48, STRIDE = 32, CASES_MAX = 64, PASSES = 3 };

struct input {
  int row, word, slot;
  bool word_last;
};

/* A case's inputs in their order, and its way through them. */
struct walk {
  struct input *inputs;
  int at;     /* of the input that stands; -1 before the first clear */
  int passes; /* still to begin */
  bool clear, next;
};

static struct input *order_of(const struct bench *bench, int c) {
  int rows = bench_parameter(bench, c, ROWS), filters = bench_parameter(bench, c, FILTERS);
  int at_once = bench_parameter(bench, c, FILTERS_AT_ONCE), n = 0, word = 0;
  int positions = bench_parameter(bench, c, POSITIONS), line = bench_parameter(bench, c, LINE);
  struct input *inputs = calloc((size_t)rows, sizeof *inputs);
  assert_non_null(inputs);
  for (int start = 0; start < rows / filters; start += line)
    for (int block = 0; block < line; block += positions)
      for (int group = 0; group < filters; group += at_once, word++) {
        int here = line - block < positions ? line - block : positions;
        for (int slot = 0; slot < here * at_once; slot++) {
          int position = start + block + slot / at_once, filter = group + slot % at_once;
          inputs[n++] =
              (struct input){filters * position + filter, word, slot, slot == here * at_once - 1};
        }
      }
  assert_int_equal(n, rows);
  assert_int_equal(word, bench_parameter(bench, c, WORDS));
  return inputs;
}

/* Inputs that stand at once from number `at` on. */
static int count_at(const struct bench *bench, int c, const struct walk *walk) {
  return bench_parameter(bench, c, AT_ONCE) > 1 && !walk->inputs[walk->at].word_last ? 2 : 1;
}

static void check(struct bench *bench, int c, const struct walk *walk) {
  int count = count_at(bench, c, walk), there = 0;
  const struct input *inputs = &walk->inputs[walk->at], *last = &inputs[count - 1];
  for (int i = 0; i < count; i++) {
    int place = bench_parameter(bench, c, AT_ONCE) > 1 ? inputs[i].row % 2 : 0;
    there |= 1 << place;
    bench_check(bench, c, "row", (int64_t)bench_get(bench, c, OUT_ROW + STRIDE * place, 16),
                inputs[i].row);
    bench_check(bench, c, "slot", (int64_t)bench_get(bench, c, OUT_SLOT + STRIDE * place, 16),
                inputs[i].slot);
  }
  bench_check(bench, c, "there", (int64_t)bench_get(bench, c, OUT_THERE, 2), there);
  bench_check(bench, c, "word", (int64_t)bench_get(bench, c, OUT_WORD, 16), inputs->word);
  bench_check(bench, c, "word last", (int64_t)bench_get(bench, c, OUT_WORD_LAST, 1),
              last->word_last);
  bench_check(bench, c, "first", (int64_t)bench_get(bench, c, OUT_FIRST, 1), walk->at == 0);
  bench_check(bench, c, "last", (int64_t)bench_get(bench, c, OUT_LAST, 1),
              walk->at + count == bench_parameter(bench, c, ROWS));
}

/* Pins of one cycle. The first pass goes on in every cycle, the second is cut short, the third goes
 * to the end with stalls. Returns whether the case still has something to do. */
static bool drive(struct bench *bench, int c, struct walk *walk) {
  int rows = bench_parameter(bench, c, ROWS);
  bool cut = walk->passes == PASSES - 2 && walk->at > rows / 2;
  bool over = walk->at < 0 || walk->at == rows || cut;
  walk->clear = over && walk->passes > 0;
  walk->next = !(over && !walk->clear) && (walk->passes == PASSES - 1 || bench_chance(bench, 70));
  bench_set(bench, c, IN_CLEAR, 1, walk->clear);
  bench_set(bench, c, IN_NEXT, 1, walk->next);
  return !over || walk->clear;
}

static void advance(const struct bench *bench, int c, struct walk *walk) {
  walk->passes -= walk->clear;
  if (walk->clear)
    walk->at = 0;
  else if (walk->at >= 0 && walk->next)
    walk->at += count_at(bench, c, walk);
}

static void test_order(void **state) {
  struct bench *bench = *state;
  struct walk walks[CASES_MAX];
  for (int c = 0; c < bench->cases; c++)
    walks[c] = (struct walk){.inputs = order_of(bench, c), .at = -1, .passes = PASSES};
  for (bool busy = true; busy;) {
    busy = false;
    for (int c = 0; c < bench->cases; c++)
      busy |= drive(bench, c, &walks[c]);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      if (walks[c].at >= 0 && walks[c].at < bench_parameter(bench, c, ROWS))
        check(bench, c, &walks[c]);
      advance(bench, c, &walks[c]);
    }
    bench_edge(bench);
  }
  for (int c = 0; c < bench->cases; c++)
    free(walks[c].inputs);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "row_order");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_order, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
