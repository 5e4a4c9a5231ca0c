/* leaf_bias.c : engram_bias: sums with their biases in each order that they come in, biases behind
 * a step against E16, the host's way to them. SPDX-License-Identifier: MIT
 */
#include "bias_step.h"

/* parameters */
enum { UNITS, PAIRED, TRAINING, BIAS_BITS, GRADIENT_BITS, SUM_BITS, SHIFT };
enum { UPDATE_SHIFT = SHIFT + 1, ROUNDING, ROUND_BITS, LAYER };
enum { IN_START, IN_TRAIN, IN_FREEZE, IN_VALID, IN_KEEP, IN_COMES, IN_READ, IN_WRITE, IN_RESET };
enum { IN_RATE = 12, IN_UNIT = 32, IN_GRADIENT_UNIT = 48, IN_HOST_UNIT = 64, IN_GRADIENT = 96 };
enum { IN_HOST_DATA = 128, IN_SUM = 192, IN_BASE = 256, IN_KEY = 320 };
enum { OUT_VALID, OUT_KEEP, OUT_LOST, OUT_UNIT = 32, OUT_HOST_DATA = 64, OUT_SUM = 128 };
enum { STEPS = 60, UNITS_MAX = 64, HOST_LATENCY = 2, UPDATE_LATENCY = 5 };

struct model {
  struct bias_step step;
  int units;
  int32_t bias[UNITS_MAX];
  uint32_t lost, seen_lost;
  bool valid, keep; /* of the sum that went in last */
  int unit;
  int64_t sum;
};

/* A cycle: what comes out is of the sum before. */
static void cycle(struct bench *bench, int c, struct model *model) {
  bench_settle(bench);
  bench_check(bench, c, "valid", (int64_t)bench_get(bench, c, OUT_VALID, 1), model->valid);
  if (model->valid) {
    bench_check(bench, c, "unit", (int64_t)bench_get(bench, c, OUT_UNIT, 16), model->unit);
    bench_check(bench, c, "keep", (int64_t)bench_get(bench, c, OUT_KEEP, 1), model->keep);
    bench_check(bench, c, "sum",
                bench_get_signed(bench, c, OUT_SUM, bench_parameter(bench, c, SUM_BITS)),
                model->sum);
  }
  model->seen_lost += (uint32_t)bench_get(bench, c, OUT_LOST, 1);
  bench_edge(bench);
  model->valid = false;
  for (int pin = IN_START; pin <= IN_RESET; pin++)
    if (pin != IN_TRAIN && pin != IN_FREEZE)
      bench_set(bench, c, pin, 1, 0);
}

static void wait_cycles(struct bench *bench, int c, struct model *model, int count) {
  while (count-- > 0)
    cycle(bench, c, model);
}

static void give_sum(struct bench *bench, int c, struct model *model, int unit) {
  int bits = bench_parameter(bench, c, SUM_BITS);
  int64_t bias = model->bias[unit] * (INT64_C(1) << bench_parameter(bench, c, SHIFT));
  int64_t sum = bench_signed(bench, bits), high = fixed_high(bits), low = fixed_low(bits);
  sum = bias > 0 && sum > high - bias  ? high - bias
        : bias < 0 && sum < low - bias ? low - bias
                                       : sum;
  bool keep = bench_chance(bench, 80);
  bench_set(bench, c, IN_VALID, 1, 1);
  bench_set(bench, c, IN_KEEP, 1, keep);
  bench_set(bench, c, IN_UNIT, 16, (uint64_t)unit);
  bench_set(bench, c, IN_SUM, bits, (uint64_t)sum);
  cycle(bench, c, model);
  model->valid = true;
  model->keep = keep;
  model->unit = unit;
  model->sum = sum + bias;
}

/* Units one by one, or of a pass's pairs the first ones and then the second ones. */
static void forward(struct bench *bench, int c, struct model *model) {
  bool columns = bench_parameter(bench, c, PAIRED) && !model->step.train;
  bench_set(bench, c, IN_START, 1, 1);
  wait_cycles(bench, c, model, 1 + bench_below(bench, 4));
  for (int first = 0; first < model->units;) {
    int pairs = 1 + bench_below(bench, (model->units - first + 1) / 2);
    int end = first + 2 * pairs < model->units ? first + 2 * pairs : model->units;
    for (int column = 0; column < (columns ? 2 : 1); column++) {
      for (int unit = first + column; unit < end; unit += columns ? 2 : 1)
        give_sum(bench, c, model, unit);
      wait_cycles(bench, c, model, 1 + bench_below(bench, 4));
    }
    first = end;
  }
}

static void backward(struct bench *bench, int c, struct model *model) {
  int bits = bench_parameter(bench, c, GRADIENT_BITS);
  for (int unit = 0; unit < model->units; unit++) {
    int64_t gradient = bench_chance(bench, 20) ? 0 : bench_signed(bench, bits);
    bench_set(bench, c, IN_COMES, 1, 1);
    bench_set(bench, c, IN_GRADIENT_UNIT, 16, (uint64_t)unit);
    bench_set(bench, c, IN_GRADIENT, bits, (uint64_t)gradient);
    cycle(bench, c, model);
    model->bias[unit] =
        bias_step_update(&model->step, unit, model->bias[unit], gradient, &model->lost);
    if (bench_chance(bench, 30))
      wait_cycles(bench, c, model, 1 + bench_below(bench, 3));
  }
  wait_cycles(bench, c, model, UPDATE_LATENCY);
}

static void host_write(struct bench *bench, int c, struct model *model, int unit) {
  model->bias[unit] = (int32_t)bench_signed(bench, model->step.bias_bits);
  bench_set(bench, c, IN_WRITE, 1, 1);
  bench_set(bench, c, IN_HOST_UNIT, 16, (uint64_t)unit);
  bench_set(bench, c, IN_HOST_DATA, model->step.bias_bits, (uint32_t)model->bias[unit]);
  cycle(bench, c, model);
}

static void host_read(struct bench *bench, int c, struct model *model, int unit) {
  bench_set(bench, c, IN_READ, 1, 1);
  bench_set(bench, c, IN_HOST_UNIT, 16, (uint64_t)unit);
  wait_cycles(bench, c, model, HOST_LATENCY);
  bench_settle(bench);
  bench_check(bench, c, "bias", bench_get_signed(bench, c, OUT_HOST_DATA, model->step.bias_bits),
              model->bias[unit]);
}

static void run_step(struct bench *bench, int c, struct model *model) {
  for (int unit = 0; unit < model->units; unit++)
    if (bench_chance(bench, 20))
      host_write(bench, c, model, unit);
  bias_step_draw(bench, &model->step, bench_parameter(bench, c, TRAINING) != 0);
  bench_set(bench, c, IN_TRAIN, 1, model->step.train);
  bench_set(bench, c, IN_FREEZE, 1, model->step.freeze);
  bench_set(bench, c, IN_RATE, 4, (uint64_t)model->step.rate);
  bench_set(bench, c, IN_BASE, 32, model->step.random.base);
  bench_set(bench, c, IN_KEY, 64, model->step.random.key);
  forward(bench, c, model);
  if (model->step.train)
    backward(bench, c, model);
  for (int unit = 0; unit < model->units; unit++)
    host_read(bench, c, model, unit);
  bench_check(bench, c, "lost", model->seen_lost, model->lost);
}

static void test_bias(void **state) {
  struct bench *bench = *state;
  uint32_t lost = 0;
  for (int c = 0; c < bench->cases; c++) {
    struct model model = {.units = bench_parameter(bench, c, UNITS)};
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
    for (int unit = 0; unit < model.units; unit++)
      host_write(bench, c, &model, unit);
    for (int step = 0; step < STEPS; step++)
      run_step(bench, c, &model);
    lost += model.lost;
  }
  assert_true(lost > 0);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "bias");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_bias, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
