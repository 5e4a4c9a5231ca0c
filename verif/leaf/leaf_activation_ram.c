/* leaf_activation_ram.c : engram_activation_ram against an array.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

enum { VALUE_BITS, VALUES, WORDS, WORD_BITS, SLOT_BITS, SELECTED }; /* parameters */
enum { IN_WRITE, IN_READ, IN_WRITE_WORD = 16, IN_READ_WORD = 32, IN_SLOT = 48, IN_VALUE = 64 };
enum { SLOT_STRIDE = 8, VALUE_STRIDE = 32, OUT_VALUE = 0 };
enum { CYCLES = 20000, CASES_MAX = 16, WORDS_MAX = 640, VALUES_MAX = 40, SELECTED_MAX = 2 };

/* What the last read gave; none before the first. */
struct read {
  bool any;
  uint32_t value[SELECTED_MAX];
};

struct model {
  bool written[WORDS_MAX];
  uint32_t value[WORDS_MAX][VALUES_MAX];
  struct read asked, word, expected; /* the last read of this cycle, one and two cycles ago */
};

/* Writes a random word; returns which. */
static int drive_write(struct bench *bench, int c, struct model *model) {
  int word = bench_below(bench, bench_parameter(bench, c, WORDS));
  int bits = bench_parameter(bench, c, VALUE_BITS);
  bench_set(bench, c, IN_WRITE_WORD, 16, (uint64_t)word);
  model->written[word] = true;
  for (int v = 0; v < bench_parameter(bench, c, VALUES); v++) {
    model->value[word][v] = (uint32_t)bench_random(bench, bits);
    bench_set(bench, c, IN_VALUE + VALUE_STRIDE * v, bits, model->value[word][v]);
  }
  return word;
}

/* Pins of one cycle; never the written word is read, which the leaf does not promise. What was read
 * stays until the next read. */
static void drive(struct bench *bench, int c, struct model *model) {
  bool write = bench_chance(bench, 50);
  int written = write ? drive_write(bench, c, model) : -1;
  int word = bench_below(bench, bench_parameter(bench, c, WORDS));
  bool read = word != written && model->written[word] && bench_chance(bench, 80);
  model->expected = model->word;
  model->word = model->asked;
  bench_set(bench, c, IN_WRITE, 1, write);
  bench_set(bench, c, IN_READ, 1, read);
  bench_set(bench, c, IN_READ_WORD, 16, (uint64_t)word);
  for (int s = 0; s < bench_parameter(bench, c, SELECTED); s++) {
    int slot = bench_below(bench, bench_parameter(bench, c, VALUES));
    bench_set(bench, c, IN_SLOT + SLOT_STRIDE * s, SLOT_STRIDE, (uint64_t)slot);
    if (read)
      model->asked.value[s] = model->value[word][slot];
  }
  model->asked.any |= read;
}

static void check(struct bench *bench, int c, const struct read *expected) {
  int bits = bench_parameter(bench, c, VALUE_BITS);
  for (int s = 0; expected->any && s < bench_parameter(bench, c, SELECTED); s++)
    bench_check(bench, c, "value", (int64_t)bench_get(bench, c, OUT_VALUE + bits * s, bits),
                expected->value[s]);
}

static void test_values(void **state) {
  struct bench *bench = *state;
  struct model *models = calloc(CASES_MAX, sizeof *models);
  assert_non_null(models);
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    for (int c = 0; c < bench->cases; c++)
      drive(bench, c, &models[c]);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++)
      check(bench, c, &models[c].expected);
    bench_edge(bench);
  }
  free(models);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "activation_ram");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_values, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
