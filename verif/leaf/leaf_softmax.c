/* leaf_softmax.c : engram_softmax, with the emitted table, against softmax_probabilities.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/softmax.h"
#include "net/net.h"

enum { CLASSES, CLASS_BITS, LOGIT_BITS, INDEX_SHIFT }; /* parameters */
enum { IN_VALID, IN_FREE, IN_RESET, IN_CLASS = 8, IN_LOGIT = 32 };
enum { OUT_VALID, OUT_LAST, OUT_WAITS, OUT_CLASS = 8, OUT_BEST = 16, OUT_PROBABILITY = 32 };
enum { CYCLES = 60000, CASES_MAX = 16, SETTLE = 3, DIVISION = 18 };

/* One case's vector: its logits go in, then its probabilities come out. */
struct vector {
  int32_t logit[NET_CLASSES_MAX], probability[NET_CLASSES_MAX];
  int best;
  int sent, received;
  bool eager;                    /* logits without gaps, and always free */
  bool free, divided;            /* free_i; the division began */
  unsigned long long ready, due; /* cycles: it can begin; the next probability stands */
};

static void choose_logits(struct bench *bench, int c, struct vector *vector) {
  int bits = bench_parameter(bench, c, LOGIT_BITS), style = bench_below(bench, 5);
  int32_t centre = (int32_t)bench_signed(bench, bits);
  int32_t low = -(1 << (bits - 1));
  for (int i = 0; i < bench_parameter(bench, c, CLASSES); i++) {
    int64_t logit = bench_signed(bench, bits);
    if (style == 0) /* equal, but for some */
      logit = bench_chance(bench, 20) ? logit : centre;
    else if (style == 1) /* near each other */
      logit = centre + bench_signed(bench, bits) / 16;
    else if (style == 2) /* the two ends */
      logit = bench_chance(bench, 50) ? low : -(int64_t)low - 1;
    vector->logit[i] = (int32_t)(logit < low              ? low
                                 : logit >= -(int64_t)low ? -(int64_t)low - 1
                                                          : logit);
  }
}

static void new_vector(struct bench *bench, int c, const uint16_t *table, struct vector *vector) {
  *vector = (struct vector){.eager = bench_chance(bench, 50)};
  choose_logits(bench, c, vector);
  int frac = bench_parameter(bench, c, INDEX_SHIFT) + SOFTMAX_ENTRY_FRAC;
  vector->best = softmax_probabilities(table, vector->logit, bench_parameter(bench, c, CLASSES),
                                       frac, vector->probability);
}

static void drive(struct bench *bench, int c, struct vector *vector, bool reset) {
  int classes = bench_parameter(bench, c, CLASSES);
  bool send = !reset && vector->sent < classes && (vector->eager || bench_chance(bench, 40));
  int class = send ? vector->sent : bench_below(bench, classes);
  int64_t logit = send ? vector->logit[class] : bench_signed(bench, 24);
  vector->free = vector->eager || bench_chance(bench, 5);
  bench_set(bench, c, IN_VALID, 1, send);
  bench_set(bench, c, IN_CLASS, 8, (uint64_t) class);
  bench_set(bench, c, IN_LOGIT, 32, (uint64_t)logit);
  bench_set(bench, c, IN_FREE, 1, vector->free);
  bench_set(bench, c, IN_RESET, 1, reset);
  vector->sent += send;
  if (send)
    vector->ready = bench->cycle + (unsigned)(classes + SETTLE);
}

/* The division begins in the first cycle in which all exponentials are there and free_i is up; then
 * a probability stands every DIVISION cycles. */
static void check(struct bench *bench, int c, struct vector *vector) {
  int classes = bench_parameter(bench, c, CLASSES);
  bool valid = vector->divided && bench->cycle == vector->due;
  bench_check(bench, c, "valid", (int64_t)bench_get(bench, c, OUT_VALID, 1), valid);
  bool whole = !vector->divided && vector->sent == classes && bench->cycle >= vector->ready;
  bench_check(bench, c, "waits", (int64_t)bench_get(bench, c, OUT_WAITS, 1),
              whole && !vector->free);
  if (whole && vector->free) {
    vector->divided = true;
    vector->due = bench->cycle + DIVISION;
  }
  if (!valid)
    return;
  int class = vector->received++;
  vector->due += DIVISION;
  bench_check(bench, c, "class", (int64_t)bench_get(bench, c, OUT_CLASS, 8), class);
  bench_check(bench, c, "last", (int64_t)bench_get(bench, c, OUT_LAST, 1), class == classes - 1);
  bench_check(bench, c, "best", (int64_t)bench_get(bench, c, OUT_BEST, 8), vector->best);
  bench_check(bench, c, "probability", (int64_t)bench_get(bench, c, OUT_PROBABILITY, 16),
              vector->probability[class]);
}

static void test_softmax(void **state) {
  struct bench *bench = *state;
  uint16_t table[SOFTMAX_ENTRIES];
  softmax_table(table);
  struct vector vectors[CASES_MAX];
  int finished[CASES_MAX] = {0};
  for (int c = 0; c < bench->cases; c++)
    new_vector(bench, c, table, &vectors[c]);
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    bool reset = cycle == 0 || bench_below(bench, 5000) == 0;
    for (int c = 0; c < bench->cases; c++)
      drive(bench, c, &vectors[c], reset);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      bool whole = false;
      if (!reset) {
        check(bench, c, &vectors[c]);
        whole = vectors[c].received == bench_parameter(bench, c, CLASSES);
      }
      finished[c] += whole;
      if (whole || reset)
        new_vector(bench, c, table, &vectors[c]);
    }
    bench_edge(bench);
  }
  for (int c = 0; c < bench->cases; c++) /* a vector takes at most some 1,000 cycles */
    bench_check(bench, c, "vectors came through", finished[c] > CYCLES / 2000, true);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "softmax");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_softmax, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
