/* leaf_random.c : engram_random against random.h: state, base and key, dropout bits, host writes.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/random.h"

enum { RANDOM_BITS, POSITION_BITS, PAIRS, DRAWN_BITS, PAIR_OFFSET, STEP_SHIFTS }; /* parameters */
enum { IN_DONE = 1, IN_WRITE = 3, IN_RESET, IN_WORD = 8, IN_DATA = 32 };
enum { OUT_STATE = 0, OUT_DRAWN = 128, OUT_PAIRS = 256 };
enum { CYCLES = 6000, CASES_MAX = 16, PAIRS_MAX = 1536 };

struct model {
  struct net net;
  struct random_state state;
};

static struct net net_of(const struct bench *bench, int c) {
  return (struct net){
      .random_bits = bench_parameter(bench, c, RANDOM_BITS),
      .position_bits = bench_parameter(bench, c, POSITION_BITS),
      .pair_count = bench_parameter(bench, c, PAIRS),
  };
}

/* The parameters are what the model's net leads to. */
static void test_parameters(void **state) {
  struct bench *bench = *state;
  for (int c = 0; c < bench->cases; c++) {
    struct net net = net_of(bench, c);
    int drawn = net.random_bits ? 2 * net.random_bits + net.position_bits - 1 : 0;
    bench_check(bench, c, "shifts", bench_parameter(bench, c, STEP_SHIFTS),
                random_step_shifts(&net));
    bench_check(bench, c, "offset", bench_parameter(bench, c, PAIR_OFFSET), drawn);
    bench_check(bench, c, "drawn bits", bench_parameter(bench, c, DRAWN_BITS), drawn ? drawn : 1);
  }
  assert_int_equal(bench->mismatches, 0);
}

static void write_word(struct random_state *state, int word, uint32_t data) {
  uint64_t *half = word < 2 ? &state->low : &state->high;
  int at = word % 2 * 32;
  *half = (*half & ~(UINT64_C(0xFFFFFFFF) << at)) | (uint64_t)data << at;
  state->high &= bench_mask(63);
}

static uint32_t choose_data(struct bench *bench) {
  switch (bench_below(bench, 4)) {
  case 0:
    return 0;
  case 1:
    return UINT32_MAX;
  case 2:
    return UINT32_C(1) << bench_below(bench, 32);
  default:
    return (uint32_t)bench_random(bench, 32);
  }
}

/* One cycle's pins of a case; the model moves to the state behind the edge. */
static void drive(struct bench *bench, int c, int cycle, struct model *model) {
  bool reset = cycle == 0 || bench_below(bench, 2000) == 0;
  bool done = bench_chance(bench, 20), write = bench_chance(bench, 5);
  int word = bench_below(bench, 4);
  uint32_t data = choose_data(bench);
  bench_set(bench, c, IN_DONE, 1, done);
  bench_set(bench, c, IN_WRITE, 1, write);
  bench_set(bench, c, IN_RESET, 1, reset);
  bench_set(bench, c, IN_WORD, 2, (uint64_t)word);
  bench_set(bench, c, IN_DATA, 32, data);
  if (reset)
    model->state = (struct random_state){1, 0};
  else if (write)
    write_word(&model->state, word, data);
  else if (done)
    model->state = random_advance(model->state, random_step_shifts(&model->net));
}

static void check(struct bench *bench, int c, const struct model *model) {
  const struct net *net = &model->net;
  bench_check(bench, c, "state, low", (int64_t)bench_get(bench, c, OUT_STATE, 64),
              (int64_t)model->state.low);
  bench_check(bench, c, "state, high", (int64_t)bench_get(bench, c, OUT_STATE + 64, 64),
              (int64_t)model->state.high);
  if (net->random_bits > 0) {
    struct random_step step = random_begin_step(net, model->state);
    int key_bits = net->position_bits + net->random_bits - 1;
    bench_check(bench, c, "base", (int64_t)bench_get(bench, c, OUT_DRAWN, net->random_bits),
                step.base);
    bench_check(bench, c, "key",
                (int64_t)bench_get(bench, c, OUT_DRAWN + net->random_bits, key_bits),
                (int64_t)step.key);
  }
  uint8_t bits[PAIRS_MAX];
  random_dropout(net, model->state, bits);
  for (int pair = 0; pair < net->pair_count; pair++)
    bench_check(bench, c, "pair bit", (int64_t)bench_get(bench, c, OUT_PAIRS + pair, 1),
                bits[pair]);
}

static void test_steps(void **state) {
  struct bench *bench = *state;
  struct model models[CASES_MAX];
  for (int c = 0; c < bench->cases; c++)
    models[c] = (struct model){.net = net_of(bench, c)};
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    struct model before[CASES_MAX];
    for (int c = 0; c < bench->cases; c++) {
      before[c] = models[c];
      drive(bench, c, cycle, &models[c]);
    }
    bench_settle(bench);
    for (int c = 0; cycle > 0 && c < bench->cases; c++)
      check(bench, c, &before[c]);
    bench_edge(bench);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "random");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_prestate(test_parameters, &bench),
      cmocka_unit_test_prestate(test_steps, &bench),
  };
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
