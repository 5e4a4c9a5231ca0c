/* leaf_conv_serial.c : engram_conv_serial with its window against plain loops over the picture, in
 * every cycle of its formula.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/fixed.h"
#include "model/random.h"

enum {
  FILTERS,
  FILTER_BITS,
  HEIGHT,
  WIDTH,
  KERNEL_HEIGHT,
  KERNEL_WIDTH,
  TAP_BITS,
  TAPS_AT_ONCE,
  PIXEL_BITS,
  WEIGHT_BITS,
  GRADIENT_BITS,
  SUM_BITS,
  FORWARD_LEVELS,
  UPDATE_BITS,
  UPDATE_SHIFT,
  ROUNDING,
  ROUND_BITS,
  PIXEL_ADDRESS_BITS,
  TRAINING
};
enum { IN_RESET, IN_FORWARD, IN_BACKWARD, IN_FREEZE, IN_READ, IN_WRITE, IN_CLEAR, IN_RATE = 8 };
enum { IN_ROW = 16, IN_UNIT = 24, IN_DATA = 32, IN_PIXEL = 64, IN_GRADIENT = 96, IN_BASE = 128 };
enum { IN_KEY = 160 };
enum { OUT_PIXEL_READ, OUT_VALID, OUT_GRADIENT_READ = 3, OUT_UPDATED, OUT_WRITE, OUT_PROBE };
enum { OUT_ADDRESS = 16, OUT_SUM = 64, OUT_DATA = 128 };
enum { OUT_LOST = 160, OUT_PROBE_VALUE = 192, OUT_PROBE_INDEX = 256 };
enum { NEAREST, STOCHASTIC };
enum { HASH_LAYER_BITS = 2, HASH_ROW_BITS = 11, HASH_COLUMN_BITS = 6 };
enum { PIXELS_MAX = 64 * 64, WEIGHTS_MAX = 64 * 16, VALUES_MAX = 8192 };
enum { HOST_LATENCY = 3, UPDATE_CYCLES = 7, RUNS = 3, QUIET_CYCLES = 10 };

/* One case: its shape, what its memories hold, and what stands on its pins. */
struct conv {
  int filters, height, width, kernel_height, kernel_width, at_once, levels, update_cycles;
  int out_height, out_width, taps, chunks, values, weights;
  int32_t pixel[PIXELS_MAX];
  int32_t weight[WEIGHTS_MAX]; /* [tap][filter] */
  int32_t gradient[VALUES_MAX];
  int64_t u[WEIGHTS_MAX];    /* of an update, in the order of weight */
  int32_t next[WEIGHTS_MAX]; /* weights behind it */
  uint32_t lost;
  int32_t pixel_pin, gradient_pin, gradient_coming;
  int pixel_reads, gradient_reads;
};

static int larger(int a, int b) {
  return a > b ? a : b;
}

/* ---- cycles, counted from the start as 0 */

/* The first turn of the position of value n. */
static int conv_serial_position_cycle(const struct conv *conv, int n) {
  int y = n / conv->filters / conv->out_width, x = n / conv->filters % conv->out_width;
  int fill = (conv->kernel_width - 1) * larger(conv->chunks, conv->kernel_height);
  int step = larger(conv->filters * conv->chunks, conv->kernel_height);
  return conv->kernel_height + 1 + y * (fill + conv->out_width * step) + fill + x * step;
}

/* sum_valid_o of value n. */
static int conv_serial_sum_cycle(const struct conv *conv, int n) {
  return conv_serial_position_cycle(conv, n) + (n % conv->filters + 1) * conv->chunks + 3 +
         conv->levels;
}

/* updated_o, from backward_start_i. */
static int conv_serial_updated_cycle(const struct conv *conv) {
  return conv_serial_position_cycle(conv, conv->values - 1) + conv->filters * conv->chunks - 1 +
         conv->update_cycles * conv->weights;
}

/* ---- expected values */

static void shape_of(struct conv *conv, const struct bench *bench, int c) {
  conv->filters = bench_parameter(bench, c, FILTERS);
  conv->height = bench_parameter(bench, c, HEIGHT);
  conv->width = bench_parameter(bench, c, WIDTH);
  conv->kernel_height = bench_parameter(bench, c, KERNEL_HEIGHT);
  conv->kernel_width = bench_parameter(bench, c, KERNEL_WIDTH);
  conv->at_once = bench_parameter(bench, c, TAPS_AT_ONCE);
  conv->levels = bench_parameter(bench, c, FORWARD_LEVELS);
  int step_bits =
      bench_parameter(bench, c, UPDATE_BITS) - bench_parameter(bench, c, UPDATE_SHIFT) + 1;
  conv->update_cycles = UPDATE_CYCLES + bench_parameter(bench, c, ROUND_BITS) +
                        larger(bench_parameter(bench, c, WEIGHT_BITS), step_bits);
  conv->out_height = conv->height - conv->kernel_height + 1;
  conv->out_width = conv->width - conv->kernel_width + 1;
  conv->taps = conv->kernel_height * conv->kernel_width;
  conv->chunks = conv->taps / conv->at_once;
  conv->values = conv->out_height * conv->out_width * conv->filters;
  conv->weights = conv->taps * conv->filters;
  assert_true(conv->values <= VALUES_MAX);
}

/* Pixel under a tap of value n. */
static int64_t tap_of(const struct conv *conv, int n, int tap) {
  int y = n / conv->filters / conv->out_width + tap / conv->kernel_width;
  int x = n / conv->filters % conv->out_width + tap % conv->kernel_width;
  return conv->pixel[y * conv->width + x];
}

/* E8 */
static int64_t sum_of(const struct conv *conv, int n) {
  int64_t sum = 0;
  for (int tap = 0; tap < conv->taps; tap++)
    sum += tap_of(conv, n, tap) * conv->weight[tap * conv->filters + n % conv->filters];
  return sum;
}

/* E15 */
static void sum_gradients(struct conv *conv) {
  memset(conv->u, 0, sizeof conv->u);
  for (int n = 0; n < conv->values; n++)
    for (int tap = 0; tap < conv->taps; tap++)
      conv->u[tap * conv->filters + n % conv->filters] += tap_of(conv, n, tap) * conv->gradient[n];
}

/* E16, with rate, base and key drawn and driven. */
static void update_weights(struct bench *bench, int c, struct conv *conv) {
  struct net net = {.layer_bits = HASH_LAYER_BITS,
                    .row_bits = HASH_ROW_BITS,
                    .column_bits = HASH_COLUMN_BITS,
                    .hash_bits = bench_parameter(bench, c, ROUND_BITS)};
  net.position_bits = net.layer_bits + net.row_bits + net.column_bits;
  int key_bits = net.position_bits + net.hash_bits - 1;
  struct random_step step = {.base = (uint32_t)bench_random(bench, net.hash_bits)};
  step.key = bench_random(bench, key_bits);
  int rate = bench_below(bench, NET_RATE_MAX + 1);
  int rounding = bench_parameter(bench, c, ROUNDING);
  bool freeze = bench_chance(bench, 25);
  bench_set(bench, c, IN_BASE, net.hash_bits, step.base);
  bench_set(bench, c, IN_KEY, key_bits, step.key);
  bench_set(bench, c, IN_RATE, 4, (uint64_t)rate);
  bench_set(bench, c, IN_FREEZE, 1, freeze);
  uint32_t lost = 0;
  for (int w = 0; w < conv->weights; w++) {
    /* random bits and half a unit of their last place */
    bool random = rounding == STOCHASTIC;
    uint32_t rho =
        random ? random_at(&net, &step, c % 4, w / conv->filters, w % conv->filters) << 1 | 1
               : rounding == NEAREST;
    conv->next[w] =
        fixed_update(conv->weight[w], conv->u[w], bench_parameter(bench, c, UPDATE_SHIFT) + rate,
                     net.hash_bits + random, rho, bench_parameter(bench, c, WEIGHT_BITS), &lost);
    if (freeze)
      conv->next[w] = conv->weight[w];
  }
  conv->lost += freeze ? 0 : lost;
}

/* ---- one cycle */

/* Drives the memories' pins and settles. */
static void settle(struct bench *bench, int c, const struct conv *conv) {
  int pixel_bits = bench_parameter(bench, c, PIXEL_BITS);
  int gradient_bits = bench_parameter(bench, c, GRADIENT_BITS);
  bench_set(bench, c, IN_PIXEL, pixel_bits, (uint64_t)conv->pixel_pin);
  bench_set(bench, c, IN_GRADIENT, gradient_bits, (uint64_t)conv->gradient_pin);
  bench_settle(bench);
}

/* The memories answer, a pixel after one cycle, a gradient after two; then the clock's edge. */
static void edge(struct bench *bench, int c, struct conv *conv) {
  conv->gradient_pin = conv->gradient_coming;
  if (bench_get(bench, c, OUT_PIXEL_READ, 1)) {
    int address =
        (int)bench_get(bench, c, OUT_ADDRESS, bench_parameter(bench, c, PIXEL_ADDRESS_BITS));
    bench_check(bench, c, "pixel inside", address < conv->height * conv->width, true);
    conv->pixel_pin = conv->pixel[address % PIXELS_MAX];
    conv->pixel_reads++;
  }
  if (bench_get(bench, c, OUT_GRADIENT_READ, 1)) {
    conv->gradient_coming = conv->gradient[conv->gradient_reads++ % VALUES_MAX];
  }
  bench_edge(bench);
}

/* One cycle with one input up. */
static void pulse(struct bench *bench, int c, struct conv *conv, int pin) {
  bench_set(bench, c, pin, 1, 1);
  settle(bench, c, conv);
  edge(bench, c, conv);
  bench_set(bench, c, pin, 1, 0);
}

static void idle(struct bench *bench, int c, struct conv *conv, int cycles) {
  for (int i = 0; i < cycles; i++) {
    settle(bench, c, conv);
    edge(bench, c, conv);
  }
}

static void check_lost(struct bench *bench, int c, const struct conv *conv) {
  if (bench_parameter(bench, c, TRAINING))
    bench_check(bench, c, "lost count", (int64_t)bench_get(bench, c, OUT_LOST, 32), conv->lost);
}

/* ---- host */

static void host_address(struct bench *bench, int c, const struct conv *conv, int w) {
  bench_set(bench, c, IN_ROW, bench_parameter(bench, c, TAP_BITS), (uint64_t)(w / conv->filters));
  bench_set(bench, c, IN_UNIT, bench_parameter(bench, c, FILTER_BITS),
            (uint64_t)(w % conv->filters));
}

static void host_write(struct bench *bench, int c, struct conv *conv, int w) {
  int bits = bench_parameter(bench, c, WEIGHT_BITS);
  conv->weight[w] = (int32_t)bench_signed(bench, bits);
  host_address(bench, c, conv, w);
  bench_set(bench, c, IN_DATA, bits, (uint64_t)conv->weight[w]);
  pulse(bench, c, conv, IN_WRITE);
  bench_set(bench, c, IN_DATA, bits, bench_random(bench, bits));
}

/* All weights in turn, from any of them on; now and then the one before is written again first. */
static void host_read_all(struct bench *bench, int c, struct conv *conv) {
  int first = bench_below(bench, conv->weights);
  for (int i = 0; i < conv->weights; i++) {
    int w = (first + i) % conv->weights;
    if (bench_chance(bench, 20))
      host_write(bench, c, conv, (w + conv->weights - 1) % conv->weights);
    host_address(bench, c, conv, w);
    pulse(bench, c, conv, IN_READ);
    host_address(bench, c, conv, bench_below(bench, conv->weights));
    idle(bench, c, conv, HOST_LATENCY - 1 + bench_below(bench, 2));
    settle(bench, c, conv);
    bench_check(bench, c, "weight",
                bench_get_signed(bench, c, OUT_DATA, bench_parameter(bench, c, WEIGHT_BITS)),
                conv->weight[w]);
    edge(bench, c, conv);
  }
}

/* ---- a picture forward, a picture back */

/* A pass that is cut short by a reset goes on nowhere and must not show in the next one. */
static bool maybe_cut(struct bench *bench, int c, struct conv *conv, int start, int cycles) {
  if (!bench_chance(bench, 50))
    return false;
  bench_set(bench, c, IN_FREEZE, 1, 1);
  pulse(bench, c, conv, start);
  idle(bench, c, conv, bench_below(bench, cycles));
  pulse(bench, c, conv, IN_RESET);
  for (int i = 0; i < QUIET_CYCLES; i++) {
    settle(bench, c, conv);
    bench_check(bench, c, "quiet after a reset", (int64_t)bench_get(bench, c, 0, OUT_PROBE + 1), 0);
    edge(bench, c, conv);
  }
  return true;
}

static void draw(struct bench *bench, int c, struct conv *conv) {
  int bits = bench_parameter(bench, c, PIXEL_BITS);
  for (int i = 0; i < conv->height * conv->width; i++) {
    conv->pixel[i] = (int32_t)bench_signed(bench, bits);
    conv->pixel[i] += bits == 9 && conv->pixel[i] == -256; /* a pixel's magnitude is at most 255 */
  }
  int range = 1 + bench_below(bench, bench_parameter(bench, c, GRADIENT_BITS)); /* small ones too */
  for (int n = 0; n < conv->values; n++)
    conv->gradient[n] = (int32_t)bench_signed(bench, range);
}

static void forward(struct bench *bench, int c, struct conv *conv) {
  int bits = bench_parameter(bench, c, SUM_BITS);
  int last = conv_serial_sum_cycle(conv, conv->values - 1);
  maybe_cut(bench, c, conv, IN_FORWARD, last);
  conv->pixel_reads = 0;
  pulse(bench, c, conv, IN_FORWARD);
  for (int cycle = 1, n = 0; cycle < last + 10; cycle++) {
    bool valid = n < conv->values && cycle == conv_serial_sum_cycle(conv, n);
    settle(bench, c, conv);
    bench_check(bench, c, "sum valid", (int64_t)bench_get(bench, c, OUT_VALID, 1), valid);
    if (valid) {
      bench_check(bench, c, "sum", bench_get_signed(bench, c, OUT_SUM, bits), sum_of(conv, n));
      n++;
    }
    bench_check(bench, c, "write", (int64_t)bench_get(bench, c, OUT_WRITE, 1), 0);
    edge(bench, c, conv);
  }
  bench_check(bench, c, "pixels read", conv->pixel_reads,
              conv->out_height * conv->width * conv->kernel_height);
}

/* The update's cycle for one weight: only what changes is written. */
static void check_update(struct bench *bench, int c, const struct conv *conv, bool *seen) {
  int w = (int)bench_get(bench, c, OUT_PROBE_INDEX, 32) % WEIGHTS_MAX;
  bench_check(bench, c, "weight updated once", seen[w], false);
  seen[w] = true;
  bench_check(bench, c, "u",
              bench_get_signed(bench, c, OUT_PROBE_VALUE, bench_parameter(bench, c, UPDATE_BITS)),
              conv->u[w]);
  bench_check(bench, c, "write", (int64_t)bench_get(bench, c, OUT_WRITE, 1),
              conv->next[w] != conv->weight[w]);
}

static void backward(struct bench *bench, int c, struct conv *conv) {
  bool seen[WEIGHTS_MAX] = {false};
  int updates = 0, last = conv_serial_updated_cycle(conv);
  conv->gradient_reads = 0;
  if (maybe_cut(bench, c, conv, IN_BACKWARD, last))
    forward(bench, c, conv); /* clears the sums */
  sum_gradients(conv);
  update_weights(bench, c, conv);
  conv->gradient_reads = 0;
  pulse(bench, c, conv, IN_BACKWARD);
  for (int cycle = 1; cycle < last + 10; cycle++) {
    settle(bench, c, conv);
    bench_check(bench, c, "sum valid", (int64_t)bench_get(bench, c, OUT_VALID, 1), 0);
    bench_check(bench, c, "updated", (int64_t)bench_get(bench, c, OUT_UPDATED, 1), cycle == last);
    if (bench_get(bench, c, OUT_PROBE, 1)) {
      check_update(bench, c, conv, seen);
      updates++;
    } else {
      bench_check(bench, c, "write", (int64_t)bench_get(bench, c, OUT_WRITE, 1), 0);
    }
    edge(bench, c, conv);
  }
  bench_check(bench, c, "updates", updates, conv->weights);
  bench_check(bench, c, "gradients read", conv->gradient_reads, conv->values);
  memcpy(conv->weight, conv->next, sizeof conv->weight);
}

static void run_case(struct bench *bench, int c, struct conv *conv) {
  shape_of(conv, bench, c);
  bench_set(bench, c, IN_RESET, 1, 1); /* what stood in the registers is not looked at */
  bench_settle(bench);
  bench_edge(bench);
  bench_set(bench, c, IN_RESET, 1, 0);
  pulse(bench, c, conv, IN_CLEAR);
  for (int w = conv->weights - 1; w >= 0; w--)
    host_write(bench, c, conv, w);
  for (int run = 0; run < RUNS; run++) {
    host_read_all(bench, c, conv);
    draw(bench, c, conv);
    forward(bench, c, conv);
    if (bench_parameter(bench, c, TRAINING))
      backward(bench, c, conv);
    check_lost(bench, c, conv);
    if (bench_chance(bench, 30)) {
      pulse(bench, c, conv, IN_CLEAR);
      conv->lost = 0;
    }
  }
  host_read_all(bench, c, conv);
}

static void test_conv(void **state) {
  struct bench *bench = *state;
  for (int c = 0; c < bench->cases; c++) {
    struct conv *conv = calloc(1, sizeof *conv);
    assert_non_null(conv);
    run_case(bench, c, conv);
    free(conv);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "conv_serial");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_conv, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
