/* leaf_activation_ram.c : engram_activation_ram against an array.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

enum { VALUE_BITS, VALUES, WORDS, WORD_BITS, SLOT_BITS }; /* parameters */
enum { IN_WRITE, IN_READ, IN_WRITE_WORD = 16, IN_READ_WORD = 32, IN_SLOT = 48, IN_VALUE = 64 };
enum { VALUE_STRIDE = 32, OUT_VALUE = 0 };
enum { CYCLES = 20000, LATENCY = 2, CASES_MAX = 8, WORDS_MAX = 640, VALUES_MAX = 40 };

struct model {
  bool written[WORDS_MAX];
  uint32_t value[WORDS_MAX][VALUES_MAX];
  int64_t expected[LATENCY]; /* of the last reads; -1 without one */
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

/* Pins of one cycle; never the written word is read, which the leaf does not promise. */
static void drive(struct bench *bench, int c, int cycle, struct model *model) {
  bool write = bench_chance(bench, 50);
  int written = write ? drive_write(bench, c, model) : -1;
  int word = bench_below(bench, bench_parameter(bench, c, WORDS));
  int slot = bench_below(bench, bench_parameter(bench, c, VALUES));
  bool read = word != written && model->written[word] && bench_chance(bench, 80);
  bench_set(bench, c, IN_WRITE, 1, write);
  bench_set(bench, c, IN_READ, 1, read);
  bench_set(bench, c, IN_READ_WORD, 16, (uint64_t)word);
  bench_set(bench, c, IN_SLOT, 16, (uint64_t)slot);
  model->expected[cycle % LATENCY] = read ? (int64_t)model->value[word][slot] : -1;
}

static void test_values(void **state) {
  struct bench *bench = *state;
  struct model *models = calloc(CASES_MAX, sizeof *models);
  assert_non_null(models);
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    int64_t expected[CASES_MAX];
    for (int c = 0; c < bench->cases; c++) {
      expected[c] = cycle < LATENCY ? -1 : models[c].expected[cycle % LATENCY];
      drive(bench, c, cycle, &models[c]);
    }
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++)
      if (expected[c] >= 0)
        bench_check(bench, c, "value",
                    (int64_t)bench_get(bench, c, OUT_VALUE, bench_parameter(bench, c, VALUE_BITS)),
                    expected[c]);
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
