/* leaf_conv_bias.c : engram_conv_bias: words of sums with their filters' biases, biases behind a
 * step against E16 of the gradients' sums, the host's way to them. SPDX-License-Identifier: MIT
 */
#include "bias_step.h"

/* parameters */
enum { FILTERS, WORDS, FILTERS_AT_ONCE, POSITIONS, AT_ONCE, TRAINING, BIAS_BITS, GRADIENT_BITS };
enum {
  SUM_BITS = GRADIENT_BITS + 1,
  SHIFT,
  UPDATE_BITS,
  UPDATE_SHIFT,
  ROUNDING,
  ROUND_BITS,
  LAYER
};
enum { IN_START = 0, IN_FREEZE = 2, IN_COMES = 4, IN_WORD_LAST = 6, IN_WRITE, IN_RESET };
enum {
  IN_SECOND = 10,
  IN_RATE = 12,
  IN_VALID = 16,
  IN_TAG = 32,
  IN_HOST_UNIT = 40,
  IN_HOST_DATA = 64
};
enum { IN_BASE = 96, IN_GRADIENT = 128, IN_KEY = 192, IN_SUM = 256 };
enum { OUT_TAG = 0, OUT_LOST = 8, OUT_VALID = 32, OUT_HOST_DATA = 64, OUT_SUM = 128 };
enum { STEPS = 80, FILTERS_MAX = 16, VALUES_MAX = 16, HOST_LATENCY = 2, UPDATE_LATENCY = 5 };
enum { FEW = 6, WIDE_FIELD = 40, FIELD = 20 };

struct model {
  struct bias_step step;
  int filters, at_once, values, words;
  int32_t bias[FILTERS_MAX];
  int64_t u[FILTERS_MAX];
  uint32_t lost, seen_lost;
  /* of the word that went in last */
  uint32_t valid;
  uint64_t tag;
  int64_t sum[VALUES_MAX];
};

static int field_of(const struct model *model) {
  return model->values > FEW ? FIELD : WIDE_FIELD;
}

static void cycle(struct bench *bench, int c, struct model *model) {
  bench_settle(bench);
  bench_check(bench, c, "valid", (int64_t)bench_get(bench, c, OUT_VALID, model->values),
              model->valid);
  if (model->valid)
    bench_check(bench, c, "tag", (int64_t)bench_get(bench, c, OUT_TAG, 8), (int64_t)model->tag);
  for (int v = 0; v < model->values; v++)
    if (model->valid >> v & 1)
      bench_check(bench, c, "sum",
                  bench_get_signed(bench, c, OUT_SUM + field_of(model) * v,
                                   bench_parameter(bench, c, SUM_BITS)),
                  model->sum[v]);
  model->seen_lost += (uint32_t)bench_get(bench, c, OUT_LOST, 1);
  bench_edge(bench);
  model->valid = 0;
  static const struct {
    int at, bits;
  } pulses[] = {{IN_START, 1}, {IN_COMES, 2}, {IN_WRITE, 1}, {IN_RESET, 1}, {IN_VALID, 16}};
  for (size_t i = 0; i < sizeof pulses / sizeof pulses[0]; i++)
    bench_set(bench, c, pulses[i].at, pulses[i].bits, 0);
}

static void wait_cycles(struct bench *bench, int c, struct model *model, int count) {
  while (count-- > 0)
    cycle(bench, c, model);
}

/* A word's filters: its group's, position by position. */
static int filter_of(const struct model *model, int word, int value) {
  int groups = model->filters / model->at_once;
  return word % groups * model->at_once + value % model->at_once;
}

static void give_word(struct bench *bench, int c, struct model *model, int word, int there) {
  int bits = bench_parameter(bench, c, SUM_BITS);
  uint32_t valid = (UINT32_C(1) << there) - 1;
  uint64_t tag = bench_random(bench, 8);
  int64_t with[VALUES_MAX];
  for (int v = 0; v < model->values; v++) {
    int64_t bias =
        model->bias[filter_of(model, word, v)] * (INT64_C(1) << bench_parameter(bench, c, SHIFT));
    int64_t sum = bench_signed(bench, bits), high = fixed_high(bits), low = fixed_low(bits);
    sum = bias > 0 && sum > high - bias  ? high - bias
          : bias < 0 && sum < low - bias ? low - bias
                                         : sum;
    bench_set(bench, c, IN_SUM + field_of(model) * v, bits, (uint64_t)sum);
    with[v] = sum + bias;
  }
  bench_set(bench, c, IN_VALID, model->values, valid);
  bench_set(bench, c, IN_TAG, 8, tag);
  cycle(bench, c, model);
  model->valid = valid;
  model->tag = tag;
  memcpy(model->sum, with, sizeof with);
}

/* One or two at a time, neighbours of a word in either order. */
static void give_gradients(struct bench *bench, int c, struct model *model, int word, int there) {
  int bits = bench_parameter(bench, c, GRADIENT_BITS), most = bench_parameter(bench, c, AT_ONCE);
  for (int v = 0; v < there; v += most) {
    int some = there - v < most ? there - v : most;
    int turned = most == 2 && bench_chance(bench, 50);
    for (int i = 0; i < some; i++) {
      int64_t gradient = bench_chance(bench, 20) ? 0 : bench_signed(bench, bits);
      bench_set(bench, c, IN_GRADIENT + 32 * (i ^ turned), bits, (uint64_t)gradient);
      bench_set(bench, c, IN_SECOND + (i ^ turned), 1, (uint64_t)i);
      model->u[filter_of(model, word, v + i)] += gradient;
    }
    bench_set(bench, c, IN_COMES, most, some == 2 ? 3 : UINT64_C(1) << turned);
    bench_set(bench, c, IN_WORD_LAST, 1, v + some == there);
    cycle(bench, c, model);
    if (bench_chance(bench, 20) && (word + 1 < model->words || v + some < there))
      wait_cycles(bench, c, model, 1 + bench_below(bench, 3));
  }
}

static void host_write(struct bench *bench, int c, struct model *model, int filter) {
  model->bias[filter] = (int32_t)bench_signed(bench, model->step.bias_bits);
  bench_set(bench, c, IN_WRITE, 1, 1);
  bench_set(bench, c, IN_HOST_UNIT, 16, (uint64_t)filter);
  bench_set(bench, c, IN_HOST_DATA, model->step.bias_bits, (uint32_t)model->bias[filter]);
  cycle(bench, c, model);
}

static void host_read(struct bench *bench, int c, struct model *model, int filter) {
  bench_set(bench, c, IN_HOST_UNIT, 16, (uint64_t)filter);
  wait_cycles(bench, c, model, HOST_LATENCY);
  bench_settle(bench);
  bench_check(bench, c, "bias", bench_get_signed(bench, c, OUT_HOST_DATA, model->step.bias_bits),
              model->bias[filter]);
}

/* Of a line's last word, which every second group of filters is here, some positions are left out.
 */
static void run_step(struct bench *bench, int c, struct model *model) {
  int there[64], groups = model->filters / model->at_once;
  for (int filter = 0; filter < model->filters; filter++)
    if (bench_chance(bench, 20))
      host_write(bench, c, model, filter);
  bias_step_draw(bench, &model->step, bench_parameter(bench, c, TRAINING) != 0);
  bench_set(bench, c, IN_FREEZE, 1, model->step.freeze);
  bench_set(bench, c, IN_RATE, 4, (uint64_t)model->step.rate);
  bench_set(bench, c, IN_BASE, 32, model->step.random.base);
  bench_set(bench, c, IN_KEY, 64, model->step.random.key);
  bench_set(bench, c, IN_START, 1, 1);
  wait_cycles(bench, c, model, 1 + bench_below(bench, 3));
  for (int word = 0; word < model->words; word++) {
    int rest = model->at_once * (1 + bench_below(bench, model->values / model->at_once));
    there[word] = word / groups % 2 ? rest : model->values;
    give_word(bench, c, model, word, there[word]);
    if (bench_chance(bench, 20))
      wait_cycles(bench, c, model, 1 + bench_below(bench, 3));
  }
  cycle(bench, c, model);
  if (model->step.train) {
    memset(model->u, 0, sizeof model->u);
    for (int word = 0; word < model->words; word++)
      give_gradients(bench, c, model, word, there[word]);
    for (int filter = 0; filter < model->filters; filter++)
      model->bias[filter] = bias_step_update(&model->step, filter, model->bias[filter],
                                             model->u[filter], &model->lost);
    wait_cycles(bench, c, model, model->filters + UPDATE_LATENCY - 1);
  }
  for (int filter = 0; filter < model->filters; filter++)
    host_read(bench, c, model, filter);
  bench_check(bench, c, "lost", model->seen_lost, model->lost);
}

static void test_conv_bias(void **state) {
  struct bench *bench = *state;
  uint32_t lost = 0;
  for (int c = 0; c < bench->cases; c++) {
    struct model model = {.filters = bench_parameter(bench, c, FILTERS),
                          .at_once = bench_parameter(bench, c, FILTERS_AT_ONCE),
                          .words = bench_parameter(bench, c, WORDS)};
    model.values = model.at_once * bench_parameter(bench, c, POSITIONS);
    model.step = (struct bias_step){.bias_bits = bench_parameter(bench, c, BIAS_BITS),
                                    .update_shift = bench_parameter(bench, c, UPDATE_SHIFT),
                                    .rounding = bench_parameter(bench, c, ROUNDING),
                                    .round_bits = bench_parameter(bench, c, ROUND_BITS),
                                    .tensor = bench_parameter(bench, c, LAYER)};
    for (int i = 0; i < 8; i++) {
      bench_set(bench, c, IN_RESET, 1, i < 4);
      bench_settle(bench);
      bench_edge(bench);
    }
    for (int filter = 0; filter < model.filters; filter++)
      host_write(bench, c, &model, filter);
    for (int step = 0; step < STEPS; step++)
      run_step(bench, c, &model);
    lost += model.lost;
  }
  assert_true(lost > 0);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "conv_bias");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_conv_bias, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
