/* leaf_random.c : engram_random against random.h: state, base and key, dropout bits, host writes.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/random.h"

enum { RANDOM_BITS, POSITION_BITS, PAIRS, DRAWN_BITS, PAIR_OFFSET }; /* parameters */
enum { IN_DONE = 1, IN_TURN, IN_WRITE, IN_RESET, IN_DATA = 32 };
enum { OUT_STATE = 0, OUT_DRAWN = 128, OUT_PAIRS = 256 };
enum { CYCLES = 6000, CASES_MAX = 16, PAIRS_MAX = 1536, TURNS = 8, HALF = 16 };

struct model {
  struct net net;
  struct random_state state;
  bool moving;                 /* it has moved half a step's way */
  int turned;                  /* by so many halves of words */
  struct random_state written; /* what it will be when it is back */
};

static struct net net_of(const struct bench *bench, int c) {
  return (struct net){
      .hash_bits = bench_parameter(bench, c, RANDOM_BITS),
      .position_bits = bench_parameter(bench, c, POSITION_BITS),
      .dropout_bits = bench_parameter(bench, c, PAIRS),
  };
}

/* The parameters are what the model's net leads to. */
static void test_parameters(void **state) {
  struct bench *bench = *state;
  for (int c = 0; c < bench->cases; c++) {
    struct net net = net_of(bench, c);
    int drawn = net.hash_bits ? 2 * net.hash_bits + net.position_bits - 1 : 0;
    bench_check(bench, c, "offset", bench_parameter(bench, c, PAIR_OFFSET), drawn);
    bench_check(bench, c, "drawn bits", bench_parameter(bench, c, DRAWN_BITS), drawn ? drawn : 1);
  }
  assert_int_equal(bench->mismatches, 0);
}

static uint64_t get_half(const struct random_state *state, int which) {
  return (which < 4 ? state->low : state->high) >> which % 4 * HALF & bench_mask(HALF);
}

static void write_half(struct random_state *state, int which, uint64_t data) {
  uint64_t *word = which < 4 ? &state->low : &state->high;
  int at = which % 4 * HALF;
  *word = (*word & ~(bench_mask(HALF) << at)) | data << at;
}

static uint64_t choose_data(struct bench *bench) {
  switch (bench_below(bench, 4)) {
  case 0:
    return 0;
  case 1:
    return bench_mask(HALF);
  case 2:
    return UINT64_C(1) << bench_below(bench, HALF);
  default:
    return bench_random(bench, HALF);
  }
}

/* One of the turns that bring the state round; the top bit of all must stay zero. */
static void turn(struct model *model, bool write, uint64_t data) {
  if (model->turned == 0)
    model->written = model->state;
  if (write)
    write_half(&model->written, model->turned, data);
  model->written.high &= bench_mask(63);
  model->turned = (model->turned + 1) % TURNS;
  if (model->turned == 0)
    model->state = model->written;
}

/* One cycle's pins of a case; the model moves to the state behind the edge. */
static void drive(struct bench *bench, int c, int cycle, struct model *model) {
  bool reset = cycle == 0 || bench_below(bench, 2000) == 0;
  bool turning = model->turned > 0 || (!model->moving && bench_chance(bench, 5));
  bool done = !turning && !model->moving && bench_chance(bench, 20);
  bool write = turning && bench_chance(bench, 30);
  uint64_t data = choose_data(bench) & bench_mask(model->turned == TURNS - 1 ? HALF - 1 : HALF);
  bench_set(bench, c, IN_DONE, 1, done);
  bench_set(bench, c, IN_TURN, 1, turning);
  bench_set(bench, c, IN_WRITE, 1, write);
  bench_set(bench, c, IN_RESET, 1, reset);
  bench_set(bench, c, IN_DATA, HALF, data);
  if (turning)
    turn(model, write, data);
  if (done)
    model->state = random_advance(model->state, RANDOM_STEP_SHIFTS);
  model->moving = done;
  if (reset)
    *model = (struct model){.net = model->net, .state = {1, 0}};
}

static void check(struct bench *bench, int c, const struct model *model) {
  const struct net *net = &model->net;
  uint64_t low = get_half(&model->state, model->turned);
  if (!model->moving)
    bench_check(bench, c, "lowest half", (int64_t)bench_get(bench, c, OUT_STATE, HALF),
                (int64_t)low);
  if (model->moving || model->turned > 0)
    return;
  bench_check(bench, c, "state, low", (int64_t)bench_get(bench, c, OUT_STATE, 64),
              (int64_t)model->state.low);
  bench_check(bench, c, "state, high", (int64_t)bench_get(bench, c, OUT_STATE + 64, 64),
              (int64_t)model->state.high);
  if (net->hash_bits > 0) {
    struct random_step step = random_begin_step(net, model->state);
    int key_bits = net->position_bits + net->hash_bits - 1;
    bench_check(bench, c, "base", (int64_t)bench_get(bench, c, OUT_DRAWN, net->hash_bits),
                step.base);
    bench_check(bench, c, "key", (int64_t)bench_get(bench, c, OUT_DRAWN + net->hash_bits, key_bits),
                (int64_t)step.key);
  }
  uint8_t bits[PAIRS_MAX];
  random_dropout(net, model->state, bits);
  for (int pair = 0; pair < net->dropout_bits; pair++)
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
