/* test_random.c : the random bits against bit-serial definitions.
 * SPDX-License-Identifier: MIT
 */
#include "model/random.h"

#include "model/fixed.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "nets.h"

enum { STATE_BITS = 127, STREAM = 4224 /* of 1,024 units that are drawn one by one */, NETS = 200 };

/* ---- the definitions, one bit at a time ---- */

/* The register's bits out from `state` on: x^127 + x^63 + 1. */
static void bits_out(struct random_state state, uint8_t *bits, int count) {
  for (int n = 0; n < count; n++)
    if (n < STATE_BITS)
      bits[n] = (uint8_t)((n < 64 ? state.low >> n : state.high >> (n - 64)) & 1);
    else
      bits[n] = bits[n - STATE_BITS] ^ bits[n - STATE_BITS + 63];
}

/* A step's stream: the state, then sums of three of its bits. */
static void stream_of(struct random_state state, uint8_t *bits, int count) {
  bits_out(state, bits, STATE_BITS);
  for (int n = STATE_BITS; n < count; n++)
    bits[n] = bits[n % 41] ^ bits[41 + n % 42] ^ bits[83 + n % 43];
}

static struct random_state state_at(const uint8_t *bits) {
  struct random_state state = {0, 0};
  for (int n = 0; n < STATE_BITS; n++)
    *(n < 64 ? &state.low : &state.high) |= (uint64_t)bits[n] << n % 64;
  return state;
}

static void assert_state(struct random_state found, struct random_state expected) {
  assert_true(found.low == expected.low);
  assert_true(found.high == expected.high);
}

/* Bit b of r: B[b], and K[i + b] for each set bit i of the position. */
static uint32_t hash_of(const struct net *net, const uint8_t *stream, int layer, int row,
                        int column) {
  const uint8_t *base = stream, *key = stream + net->random_bits;
  uint32_t r = 0;
  for (int b = 0; b < net->random_bits; b++) {
    uint32_t bit = base[b];
    int i = 0;
    for (int n = 0; n < net->column_bits; n++, i++)
      bit ^= key[i + b] & (uint32_t)(column >> n & 1);
    for (int n = 0; n < net->row_bits; n++, i++)
      bit ^= key[i + b] & (uint32_t)(row >> n & 1);
    for (int n = 0; n < net->layer_bits; n++, i++)
      bit ^= key[i + b] & (uint32_t)(layer >> n & 1);
    r |= bit << b;
  }
  return r;
}

/* ---- the generator ---- */

static void test_splitmix(void **state) {
  (void)state;
  /* the reference generator's first numbers from 0 and from 1234567 */
  uint64_t zero = 0, other = 1234567;
  assert_true(random_splitmix(&zero) == UINT64_C(0xE220A8397B1DCDAF));
  assert_true(random_splitmix(&zero) == UINT64_C(0x6E789E6AA1B965F4));
  assert_true(random_splitmix(&zero) == UINT64_C(0x06C45D188009454F));
  assert_true(random_splitmix(&other) == UINT64_C(6457827717110365317));
  assert_true(random_splitmix(&other) == UINT64_C(3203168211198807973));
}

static void test_seeds(void **state) {
  (void)state;
  struct random_state before = {0, 0};
  for (uint64_t seed = 0; seed < 10000; seed++) {
    struct random_state s = random_from_seed(seed);
    uint64_t expand = seed, low = random_splitmix(&expand), high = random_splitmix(&expand);
    assert_true(s.low == low && s.high == high >> 1);
    assert_true((s.low | s.high) != 0 && s.high >> 63 == 0);
    assert_true(s.low != before.low || s.high != before.high);
    before = s;
  }
}

static void test_advance(void **state) {
  uint64_t random = *(uint64_t *)*state;
  static uint8_t stream[STREAM];
  struct random_state start = random_from_seed(scratch_random(&random));
  bits_out(start, stream, STREAM);
  assert_state(start, state_at(stream));
  for (int shifts = 0; shifts + STATE_BITS <= STREAM; shifts++)
    assert_state(random_advance(start, shifts), state_at(stream + shifts));
  for (int i = 0; i < 2000; i++) {
    int a = nets_between(&random, 0, 900), b = nets_between(&random, 0, 900);
    assert_state(random_advance(random_advance(start, a), b), random_advance(start, a + b));
  }
}

/* ---- a step's draws ---- */

static void check_step(const struct net *net, uint64_t *random) {
  static uint8_t stream[STREAM];
  struct random_state state = random_from_seed(scratch_random(random));
  stream_of(state, stream, STREAM);

  int r = net->random_bits, head = r > 0 ? 2 * r + net->position_bits - 1 : 0;
  uint8_t dropout[4 * NET_UNITS_MAX];
  random_dropout(net, state, dropout);
  assert_memory_equal(dropout, stream + head, (size_t)net->dropout_bits);

  if (r == 0)
    return;
  struct random_step step = random_begin_step(net, state);
  for (int b = 0; b < r; b++)
    assert_int_equal(step.base >> b & 1, stream[b]);
  for (int b = 0; b < net->position_bits + r - 1; b++)
    assert_int_equal(step.key >> b & 1, stream[r + b]);
  assert_true(step.base >> r == 0);
  assert_true(net->position_bits + r - 1 == 64 || step.key >> (net->position_bits + r - 1) == 0);
  for (int l = 0; l < net->layer_count; l++)
    for (int row = 0; row < net->layer[l].rows; row++)
      for (int column = 0; column < net->layer[l].units; column++)
        assert_int_equal(random_at(net, &step, l, row, column),
                         hash_of(net, stream, l, row, column));
  for (int l = 0; l < net->layer_count; l++) {
    int count = net->layer[l].rows;
    uint16_t *rows = malloc((size_t)count * sizeof *rows); /* exactly as many */
    random_rows(net, &step, l, count, rows);
    for (int row = 0; row < count; row++)
      assert_int_equal(rows[row], random_at(net, &step, l, row, 0));
    free(rows);
  }
}

static void test_steps(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int n = 0; n < NETS; n++) {
    struct net net;
    nets_random(&net, 16, &random);
    check_step(&net, &random);
  }
}

/* Nets that need more bits a step than the state has, and just as many. */
static void test_long_steps(void **state) {
  uint64_t random = *(uint64_t *)*state;
  /* units, random bits, dropout: a bit for two units, or four for each that is drawn by itself; 10
   * random bits take 40 for 1024 units, 34 for 128 */
  static const int steps[][3] = {{254, 0, true},   {256, 0, true},  {512, 0, true}, {1024, 0, true},
                                 {1024, 10, true}, {128, 10, true}, {31, 0, -3},    {32, 0, -8},
                                 {1023, 0, -15},   {1024, 10, -1}};
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
    struct nets_shape shape = {2, 2, 0, 0, 0, 1, {{steps[i][0], true, steps[i][2]}}, 2};
    struct net net;
    nets_describe(&net, &shape, &nets_wide);
    net.rounding = steps[i][1] ? ROUND_STOCHASTIC : ROUND_NEAREST;
    net.random_bits = steps[i][1];
    nets_derive(&net);
    check_step(&net, &random);
  }
}

/* ---- quality ---- */

/* Over all bases and keys, any two positions take each pair of numbers equally often. */
static void test_pairwise_independent(void **state) {
  (void)state;
  struct net net = {.layer_bits = 1, .row_bits = 2, .column_bits = 1, .position_bits = 4};
  enum { POSITIONS = 16, R = 3, NUMBERS = 1 << R, KEYS = 1 << (4 + R - 1) };
  net.hash_bits = R;
  for (int a = 0; a < POSITIONS; a++)
    for (int b = 0; b < a; b++) {
      int seen[NUMBERS][NUMBERS] = {{0}};
      for (uint32_t base = 0; base < NUMBERS; base++)
        for (uint64_t key = 0; key < KEYS; key++) {
          struct random_step step = {base, key};
          seen[random_at(&net, &step, a >> 3, a >> 1 & 3, a & 1)]
              [random_at(&net, &step, b >> 3, b >> 1 & 3, b & 1)]++;
        }
      for (int i = 0; i < NUMBERS * NUMBERS; i++)
        assert_int_equal(seen[i / NUMBERS][i % NUMBERS], NUMBERS * KEYS / (NUMBERS * NUMBERS));
    }
}

/* What bits of a stream are the state's, as a set of its bits. */
static void places_of(int n, uint64_t set[2]) {
  struct random_state state = {0, 0};
  set[0] = set[1] = 0;
  for (int i = 0; i < STATE_BITS; i++) {
    uint8_t bits[STREAM];
    state.low = i < 64 ? UINT64_C(1) << i : 0;
    state.high = i < 64 ? 0 : UINT64_C(1) << (i - 64);
    stream_of(state, bits, n + 1);
    set[i / 64] |= (uint64_t)bits[n] << i % 64;
  }
}

/* No bit of a step's stream is another's or the sum of two others: so no dropout pair follows from
 * two. */
static void test_no_sum_of_two(void **state) {
  (void)state;
  enum { BITS = 600 };
  static uint64_t sets[BITS][2];
  for (int n = 0; n < BITS; n++)
    places_of(n, sets[n]);
  for (int a = 0; a < BITS; a++)
    for (int b = 0; b < a; b++) {
      uint64_t low = sets[a][0] ^ sets[b][0], high = sets[a][1] ^ sets[b][1];
      assert_true(low | high);
      for (int c = 0; c < b; c++)
        assert_true(sets[c][0] != low || sets[c][1] != high);
    }
}

/* The eight bits of any two units' draws are independent, wherever in the stream these begin: no
 * sum of some of them is 0. */
static void test_draws_independent(void **state) {
  (void)state;
  enum { BITS = 600, DRAW = NET_DRAW_BITS };
  static uint64_t sets[BITS][2];
  for (int n = 0; n < BITS; n++)
    places_of(n, sets[n]);
  for (int a = 0; a + DRAW <= BITS; a++)
    for (int b = a + DRAW; b + DRAW <= BITS; b++)
      for (int some = 1; some < 1 << 2 * DRAW; some++) {
        uint64_t low = 0, high = 0;
        for (int bit = 0; bit < 2 * DRAW; bit++)
          if (some >> bit & 1) {
            low ^= sets[bit < DRAW ? a + bit : b + bit - DRAW][0];
            high ^= sets[bit < DRAW ? a + bit : b + bit - DRAW][1];
          }
        if ((low | high) == 0)
          fail_msg("units from bits %d and %d on: %d", a, b, some);
      }
}

/* Of all draws a unit is kept in 16 - dropped of 16, whatever its place. */
static void test_keeps(void **state) {
  (void)state;
  uint8_t bits[2 + 3 * NET_DRAW_BITS] = {0};
  for (int dropped = 1; dropped < NET_DRAWS; dropped++) {
    struct layer layer = {.dropout = true, .dropped = dropped, .first_dropout_bit = 2};
    int kept = 0;
    for (int draw = 0; draw < NET_DRAWS; draw++) {
      for (int bit = 0; bit < NET_DRAW_BITS; bit++)
        bits[2 + 2 * NET_DRAW_BITS + bit] = draw >> bit & 1;
      assert_int_equal(random_keeps(&layer, bits, 2), draw >= dropped);
      assert_false(random_keeps(&layer, bits, 1));
      kept += random_keeps(&layer, bits, 2);
    }
    assert_int_equal(kept, NET_DRAWS - dropped);
  }
}

/* From step to step a place's bits obey no recurrence of two or three terms: the sums over a run of
 * steps of three different ones are both 0 and 1. As it was where a step had 128 shifts, bit(t +
 * 127) = bit(t + 63) ^ bit(t). */
static void test_no_short_recurrence(void **state) {
  (void)state;
  enum { SPAN = 300, RUN = 64 };
  static uint8_t bits[SPAN + RUN];
  struct random_state s = random_from_seed(1);
  for (int t = 0; t < SPAN + RUN; t++, s = random_advance(s, RANDOM_STEP_SHIFTS))
    bits[t] = s.low & 1;
  uint64_t windows[SPAN] = {0};
  for (int t = 0; t < SPAN; t++)
    for (int i = 0; i < RUN; i++)
      windows[t] |= (uint64_t)bits[t + i] << i;
  for (int a = 0; a < SPAN; a++)
    for (int b = 0; b < a; b++) {
      assert_true(windows[a] != windows[b]);
      for (int c = 0; c < b; c++)
        assert_true((windows[a] ^ windows[b]) != windows[c]);
    }
}

/* The mean rounding error of updates over the steps of a training run is about 0. One update's
 * error has a standard deviation of at most half a step; a mean of n independent ones is beyond
 * 5 / (2 sqrt n) once in a million. */
static void test_mean_rounding_error(void **state) {
  uint64_t random = *(uint64_t *)*state;
  enum { STEPS = 4000, FINE = 10, SHIFT = 12 };
  struct nets_shape shape = {6, 6, 2, 3, 3, 1, {{4, true, true}}, 2};
  struct net net;
  nets_describe(&net, &shape, &nets_wide);
  net.rounding = ROUND_STOCHASTIC;
  net.random_bits = FINE;
  nets_derive(&net);
  struct random_state s = random_from_seed(scratch_random(&random));
  static const int64_t updates[] = {4, 1000, 2048, 3000, 4092, -4, -2048};
  double error[7] = {0};
  for (int i = 0; i < STEPS; i++, s = random_advance(s, RANDOM_STEP_SHIFTS)) {
    struct random_step step = random_begin_step(&net, s);
    for (int k = 0; k < 7; k++) { /* k: also the row */
      uint32_t lost = 0;
      uint32_t rho = random_at(&net, &step, 1, k, 2) << 1 | 1;
      int32_t moved = -fixed_update(0, updates[k], SHIFT, FINE + 1, rho, 24, &lost);
      error[k] += moved - ldexp((double)updates[k], -SHIFT);
    }
  }
  for (int k = 0; k < 7; k++)
    assert_true(fabs(error[k] / STEPS) < 2.5 / sqrt(STEPS));
}

/* ---- initial weights ---- */

static void test_weights(void **state) {
  uint64_t random = *(uint64_t *)*state;
  enum { BINS = 16 };
  struct nets_shape shape = {8, 8, 0, 0, 0, 1, {{128, true, true}}, 8};
  struct net net;
  nets_describe(&net, &shape, &nets_wide);
  net.layer[0].init = -4;
  net.layer[1].init = -1;
  nets_derive(&net);
  struct weights weights, again, other;
  weights_new(&weights, &net);
  weights_new(&again, &net);
  weights_new(&other, &net);
  uint64_t seed = scratch_random(&random);
  random_weights(&net, seed, &weights);
  random_weights(&net, seed, &again);
  random_weights(&net, seed + 1, &other);
  for (int l = 0; l < 2; l++) {
    double expected = (double)weights.count[l] / BINS, chi_square = 0;
    int bins[BINS] = {0}, half = 1 << (20 + net.layer[l].init);
    for (size_t i = 0; i < weights.count[l]; i++) {
      int32_t w = weights.layer[l][i];
      assert_true(-half <= w && w < half);
      bins[(w + half) / (2 * half / BINS)]++;
    }
    for (int b = 0; b < BINS; b++)
      chi_square += (bins[b] - expected) * (bins[b] - expected) / expected;
    assert_true(chi_square < 60); /* 15 degrees of freedom: 2 in 10^7 */
    assert_memory_equal(weights.layer[l], again.layer[l], weights.count[l] * sizeof(int32_t));
    assert_memory_not_equal(weights.layer[l], other.layer[l], weights.count[l] * sizeof(int32_t));
  }
  weights_free(&weights);
  weights_free(&again);
  weights_free(&other);
}

/* The definition: the xorshift outputs from the inverted seed's state one after the other, a
 * weight's bits the top ones, signed; biases behind a layer's weights, where they do not begin at
 * 0.
 */
static void test_weights_by_definition(void **state) {
  uint64_t random = *(uint64_t *)*state;
  enum { SEEDS = 50 };
  for (int n = 0; n < SEEDS; n++) {
    struct net net;
    struct weights weights;
    uint64_t seed = scratch_random(&random), second = ~seed;
    nets_random(&net, nets_between(&random, 6, 20), &random);
    weights_new(&weights, &net);
    random_weights(&net, seed, &weights);
    uint64_t x = random_splitmix(&second) & 0xFFFFFFFF;
    x += x == 0;
    for (int l = 0; l < net.layer_count; l++) {
      const struct layer *layer = &net.layer[l];
      size_t biases = layer->bias.there ? (size_t)layer->units : 0;
      for (size_t i = 0; i < weights.count[l]; i++) {
        bool bias = i >= weights.count[l] - biases;
        if (bias && layer->bias.init == NET_INIT_ZERO) {
          assert_int_equal(weights.layer[l][i], 0);
          continue;
        }
        x = (x ^ x * 8192) % (UINT64_C(1) << 32);
        x = x ^ x / 131072;
        x = (x ^ x * 32) % (UINT64_C(1) << 32);
        int bits = bias ? layer->bias.word.frac + layer->bias.init + 1
                        : layer->word.frac + layer->init + 1;
        int64_t value = (int64_t)(x / (UINT64_C(1) << (32 - bits)));
        if (value >= INT64_C(1) << (bits - 1))
          value -= INT64_C(1) << bits;
        assert_int_equal(weights.layer[l][i], value);
      }
    }
    weights_free(&weights);
  }
}

/* The first outputs from 1, worked out by hand from the three shifts. */
static void test_xorshift(void **state) {
  (void)state;
  assert_int_equal(random_xorshift(1), 270369);
  assert_int_equal(random_xorshift(270369), 67634689);
}

int main(void) {
  uint64_t seed = scratch_seed();
  seed = seed ? seed : 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_splitmix),
      cmocka_unit_test(test_xorshift),
      cmocka_unit_test(test_seeds),
      cmocka_unit_test_prestate(test_advance, &seed),
      cmocka_unit_test_prestate(test_steps, &seed),
      cmocka_unit_test_prestate(test_long_steps, &seed),
      cmocka_unit_test(test_pairwise_independent),
      cmocka_unit_test(test_no_sum_of_two),
      cmocka_unit_test(test_draws_independent),
      cmocka_unit_test(test_keeps),
      cmocka_unit_test(test_no_short_recurrence),
      cmocka_unit_test_prestate(test_mean_rounding_error, &seed),
      cmocka_unit_test_prestate(test_weights, &seed),
      cmocka_unit_test_prestate(test_weights_by_definition, &seed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
