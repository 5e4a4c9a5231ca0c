/* leaf_weights.c : engram_weights, in every storage, against an array.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

enum { LANES, WEIGHT_BITS, WORDS, ADDRESS_BITS, STORAGE }; /* parameters */
enum { SINGLE_PORT = 2 };                                  /* a STORAGE */
enum { IN_READ = 0, IN_WRITE = 8, IN_WRITE_ADDRESS = 16, IN_READ_ADDRESS = 32, IN_DATA = 64 };
enum { OUT_DATA = 0, CYCLES = 30000, CASES_MAX = 16, WORDS_MAX = 9600, LANES_MAX = 4 };

/* A word; lanes that were never written are unknown. */
struct word {
  uint32_t lane[LANES_MAX];
  bool known[LANES_MAX];
};

struct model {
  struct word word[WORDS_MAX];
  struct word asked, shown; /* the last read of this cycle and of the one before */
};

/* Writes some lanes of a word, or none. Returns the word, or -1. */
static int drive_write(struct bench *bench, int c, struct model *model) {
  int lanes = bench_parameter(bench, c, LANES), bits = bench_parameter(bench, c, WEIGHT_BITS);
  int address = bench_below(bench, bench_parameter(bench, c, WORDS)), written = -1;
  bench_set(bench, c, IN_WRITE_ADDRESS, 16, (uint64_t)address);
  bool write = bench_chance(bench, 50);
  for (int l = 0; l < lanes; l++) {
    uint32_t data = (uint32_t)bench_random(bench, bits);
    bool this = write && bench_chance(bench, 70);
    bench_set(bench, c, IN_DATA + bits * l, bits, data);
    bench_set(bench, c, IN_WRITE + l, 1, this);
    if (!this)
      continue;
    model->word[address].lane[l] = data;
    model->word[address].known[l] = true;
    written = address;
  }
  return written;
}

/* Pins of one cycle; never the written word is read, nor (with one port) any while one is written:
 * the leaf does not promise what that gives. What was read stays until the next read, or with one
 * port until a write. */
static void drive(struct bench *bench, int c, struct model *model) {
  int written = drive_write(bench, c, model);
  int address = bench_below(bench, bench_parameter(bench, c, WORDS));
  bool single_port = bench_parameter(bench, c, STORAGE) == SINGLE_PORT;
  bool free = written < 0 || (!single_port && written != address);
  bool read = free && bench_chance(bench, 70);
  model->shown = model->asked;
  if (written >= 0 && single_port)
    memset(&model->asked, 0, sizeof model->asked);
  bench_set(bench, c, IN_READ_ADDRESS, 16, (uint64_t)address);
  bench_set(bench, c, IN_READ, 1, read);
  if (read)
    model->asked = model->word[address];
}

static void test_weights(void **state) {
  struct bench *bench = *state;
  struct model *models = calloc(CASES_MAX, sizeof *models);
  assert_non_null(models);
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    for (int c = 0; c < bench->cases; c++)
      drive(bench, c, &models[c]);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      const struct word *shown = &models[c].shown;
      int bits = bench_parameter(bench, c, WEIGHT_BITS);
      for (int l = 0; l < bench_parameter(bench, c, LANES); l++)
        if (shown->known[l])
          bench_check(bench, c, "weight", (int64_t)bench_get(bench, c, OUT_DATA + bits * l, bits),
                      shown->lane[l]);
    }
    bench_edge(bench);
  }
  free(models);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "weights");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_weights, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
