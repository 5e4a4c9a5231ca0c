/* test_kernels.c : every set of kernels that this processor has, against sums in 128 bits and the
 * scalars of fixed.h, on drawn and on extreme words; and whole steps with each set.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "model/fixed.h"
#include "model/kernels.h"
#include "model/model.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "nets.h"

enum {
  CASES = 400,
  LENGTH_MAX = 320 * KERNEL_BLOCK, /* several chunks of the widest vectors */
  VECTORS_MAX = 4 * KERNEL_TERMS_MAX,
  GUARD = 64, /* elements behind an output, which stay as they are */
};

static const int16_t guard = 0x5a5a;

/* What the tests draw words from: all values, or mostly the ends of the word. */
static int16_t draw_word(uint64_t *random, int bits, bool extreme) {
  int64_t high = fixed_high(bits), low = fixed_low(bits);
  if (!extreme)
    return (int16_t)((int64_t)scratch_random(random) >> (64 - bits));
  switch (scratch_random(random) >> 61) {
  case 0:
    return 0;
  case 1:
    return (int16_t)(scratch_random(random) >> 63 ? 1 : -1);
  case 2:
  case 3:
    return (int16_t)high;
  default:
    return (int16_t)low;
  }
}

/* A vector without alignment: `count` words, then zeros up to the length. */
static int16_t *draw_vector(uint64_t *random, size_t count, int bits, bool extreme, void **memory) {
  int16_t *words = memory_new(kernel_length(count) + GUARD, sizeof *words);
  *memory = words;
  words += nets_between(random, 0, 31);
  for (size_t i = 0; i < count; i++)
    words[i] = draw_word(random, bits, extreme);
  return words;
}

static void fill_guard(int16_t *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    words[i] = guard;
}

static void check_guard(const int16_t *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    assert_int_equal(words[i], guard);
}

/* Signed bits of a sum of `terms` products of words of two widths. */
static int sum_bits(int left, int right, size_t terms) {
  return net_bits_for((UINT64_C(1) << (left + right - 2)) * terms);
}

static void split(const int16_t *words, size_t count, int16_t *low, int16_t *high) {
  for (size_t i = 0; i < count; i++) {
    low[i] = words[i] & ((1 << KERNEL_SPLIT_BITS) - 1);
    high[i] = (int16_t)(words[i] >> KERNEL_SPLIT_BITS);
    assert_int_equal(high[i] * (1 << KERNEL_SPLIT_BITS) + low[i], words[i]);
  }
}

/* ---- dots ---- */

static void check_dots(const struct kernels *kernels, uint64_t *random) {
  static int16_t low[LENGTH_MAX], high[LENGTH_MAX];
  enum { COLUMNS = 9 };
  bool extreme = nets_between(random, 0, 1);
  int x_bits = nets_between(random, 4, 16), bits = nets_between(random, 4, 16);
  size_t count = (size_t)nets_between(random, 1, nets_between(random, 0, 3) ? 300 : LENGTH_MAX);
  size_t length = kernel_length(count);
  int columns = nets_between(random, 1, COLUMNS);
  void *memory[COLUMNS + 1];
  const int16_t *column[COLUMNS];
  int64_t sums[COLUMNS + 1];
  int16_t *x = draw_vector(random, count, x_bits, extreme, &memory[COLUMNS]);
  for (int k = 0; k < COLUMNS; k++)
    column[k] = draw_vector(random, count, bits, extreme, &memory[k]);
  split(x, length, low, high);
  size_t terms = (size_t)nets_between(random, 1, 20) * 2;
  bool all_fit = sum_bits(x_bits, bits, count) <= KERNEL_WHOLE_BITS;
  bool some_fit = sum_bits(x_bits, bits, terms) <= 32;
  const struct kernel_factor factors[] = {{low, high, 0}, {x, NULL, 0}, {x, NULL, terms}};
  const bool possible[] = {true, all_fit, some_fit};
  for (int way = 0; way < 3; way++) {
    if (!possible[way])
      continue;
    struct kernel_factor factor = factors[way];
    sums[columns] = guard;
    kernels->dots(column, columns, factor, length, sums);
    assert_int_equal(sums[columns], guard);
    for (int k = 0; k < columns; k++) {
      __int128 expected = 0;
      for (size_t i = 0; i < count; i++)
        expected += (__int128)x[i] * column[k][i];
      assert_true(sums[k] == expected);
    }
  }
  for (int k = 0; k <= COLUMNS; k++)
    free(memory[k]);
}

/* ---- combine ---- */

struct combination {
  struct kernel_combine combine;
  size_t count; /* values of a vector */
  const int16_t *vectors[VECTORS_MAX];
  int16_t factor[VECTORS_MAX], low[VECTORS_MAX], high[VECTORS_MAX];
  int16_t gate[LENGTH_MAX], out[LENGTH_MAX + GUARD];
  int32_t sums[LENGTH_MAX];
  void *memory[VECTORS_MAX];
};

/* Signed, of so many bits. */
static int32_t draw_base(uint64_t *random, int bits) {
  return (int32_t)((int64_t)scratch_random(random) >> (64 - bits));
}

static void combination_new(struct combination *c, uint64_t *random) {
  bool extreme = nets_between(random, 0, 1);
  int terms = nets_between(random, 1, nets_between(random, 0, 3) ? 20 : VECTORS_MAX);
  int bits = nets_between(random, 4, 16), factor_bits = nets_between(random, 4, 16);
  c->count = (size_t)nets_between(random, 1, 200);
  int sum = sum_bits(bits, factor_bits, (size_t)terms);
  bool whole = sum <= KERNEL_WHOLE_BITS;
  int base_bits = whole && sum < KERNEL_WHOLE_BITS ? nets_between(random, 0, sum) : 0;
  int gates = nets_between(random, 0, 2);
  memset(c->gate, 0, sizeof c->gate);
  for (size_t i = 0; i < c->count; i++)
    c->gate[i] = (int16_t) - (nets_between(random, 0, 2) >= gates);
  for (int k = 0; k < terms; k++) {
    c->vectors[k] = draw_vector(random, c->count, bits, extreme, &c->memory[k]);
    c->factor[k] = draw_word(random, factor_bits, extreme);
  }
  if (terms % 2) {
    c->vectors[terms] = c->vectors[0];
    c->memory[terms] = NULL;
    c->factor[terms++] = 0;
  }
  split(c->factor, (size_t)terms, c->low, c->high);
  int telling = sum > 12 ? sum - 12 : 0; /* neither all zero nor all cut */
  c->combine = (struct kernel_combine){
      .count = terms,
      .vectors = c->vectors,
      .factor = {whole ? c->factor : c->low, whole ? NULL : c->high, 0},
      .base = base_bits > 0 ? draw_base(random, base_bits) : 0,
      .length = kernel_length(c->count),
      .gate = c->gate,
      .shift = nets_between(random, 0, 1) ? nets_between(random, 0, 48) : telling,
      .bits = nets_between(random, 4, 16),
      .sums = whole && nets_between(random, 0, 1) ? c->sums : NULL,
      .out = c->out};
}

static void combination_free(struct combination *c) {
  for (int k = 0; k < c->combine.count; k++)
    free(c->memory[k]);
}

static void check_combine(const struct kernels *kernels, uint64_t *random, uint64_t *cuts) {
  static struct combination c;
  combination_new(&c, random);
  fill_guard(c.out, LENGTH_MAX + GUARD);
  uint32_t cut = kernels->combine(&c.combine), expected_cut = 0;
  for (size_t i = 0; i < c.count; i++) {
    int64_t sum = c.combine.base;
    for (int k = 0; k < c.combine.count; k++)
      sum += (int64_t)c.factor[k] * c.vectors[k][i];
    if (c.combine.sums)
      assert_true(c.sums[i] == sum);
    assert_int_equal(c.out[i], fixed_normalise(c.gate[i] ? sum : 0, c.combine.shift, c.combine.bits,
                                               false, &expected_cut));
  }
  for (size_t i = c.count; i < c.combine.length; i++)
    assert_int_equal(c.out[i], 0);
  check_guard(c.out + c.combine.length, GUARD);
  assert_int_equal(cut, expected_cut);
  *cuts += cut;
  combination_free(&c);
}

/* ---- update ---- */

static void check_update(const struct kernels *kernels, uint64_t *random, uint64_t *lost_all) {
  static int16_t before[LENGTH_MAX];
  static uint16_t rows[LENGTH_MAX];
  bool extreme = nets_between(random, 0, 1);
  int x_bits = nets_between(random, 4, 16), gradient_bits = nets_between(random, 4, 16);
  struct kernel_update update = {.fine_bits = nets_between(random, 0, 16),
                                 .halves = nets_between(random, 0, 1),
                                 .bits = nets_between(random, 4, 16)};
  do
    update.gradient = draw_word(random, gradient_bits, extreme);
  while (update.gradient == 0);
  do
    update.shift = nets_between(random, update.fine_bits, 62);
  while (!kernel_updates(&update, x_bits, gradient_bits) ||
         nets_between(random, 0, update.shift) > 20);
  uint32_t mask = (UINT32_C(1) << update.fine_bits) - 1;
  update.column = (uint16_t)(scratch_random(random) & mask);
  size_t count = (size_t)nets_between(random, 1, 500), length = kernel_length(count);
  void *x_memory, *memory;
  int16_t *x = draw_vector(random, count, x_bits, extreme, &x_memory);
  int16_t *weights = draw_vector(random, count, update.bits, extreme, &memory);
  for (size_t i = 0; i < length; i++)
    rows[i] = (uint16_t)(scratch_random(random) & mask);
  memcpy(before, weights, length * sizeof *weights);
  fill_guard(weights + length, GUARD - 32);
  uint32_t lost = kernels->update(&update, weights, x, rows, length), expected_lost = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t rho = (uint32_t)(rows[i] ^ update.column) << 1 | update.halves;
    assert_int_equal(weights[i],
                     fixed_update(before[i], (int64_t)x[i] * update.gradient, update.shift,
                                  update.fine_bits + 1, rho, update.bits, &expected_lost));
  }
  for (size_t i = count; i < length; i++)
    assert_int_equal(weights[i], 0);
  check_guard(weights + length, GUARD - 32);
  assert_int_equal(lost, expected_lost);
  *lost_all += lost;
  free(x_memory);
  free(memory);
}

/* ---- all sets ---- */

static void test_dots(void **state) {
  for (const struct kernels *const *set = kernels_all(); *set; set++) {
    uint64_t random = *(uint64_t *)*state;
    for (int i = 0; i < CASES; i++)
      check_dots(*set, &random);
  }
}

static void test_combine(void **state) {
  for (const struct kernels *const *set = kernels_all(); *set; set++) {
    uint64_t random = *(uint64_t *)*state, cuts = 0;
    for (int i = 0; i < CASES; i++)
      check_combine(*set, &random, &cuts);
    assert_true(cuts > CASES);
  }
}

static void test_update(void **state) {
  for (const struct kernels *const *set = kernels_all(); *set; set++) {
    uint64_t random = *(uint64_t *)*state, lost = 0;
    for (int i = 0; i < CASES; i++)
      check_update(*set, &random, &lost);
    assert_true(lost > CASES);
  }
}

static void check_ends(const struct kernels *kernels, const struct kernel_combine *combine,
                       int64_t sum) {
  uint32_t cut = 0;
  int32_t expected = fixed_normalise(sum, combine->shift, combine->bits, false, &cut);
  assert_int_equal(kernels->combine(combine), KERNEL_BLOCK * cut);
  for (int i = 0; i < KERNEL_BLOCK; i++)
    assert_int_equal(combine->out[i], expected);
}

/* The sums that come nearest to what 32 bits hold. */
static void test_ends(void **state) {
  (void)state;
  static int16_t lowest[LENGTH_MAX], low[LENGTH_MAX], high[LENGTH_MAX], out[LENGTH_MAX];
  static const int16_t *vectors[VECTORS_MAX];
  static int16_t gate[LENGTH_MAX];
  static int16_t zeros[VECTORS_MAX], ones[KERNEL_BLOCK];
  static const int16_t halves[] = {200, 0}, *const small[] = {ones, ones};
  static const int16_t whole[] = {16384, 16383, -16384, -16383}; /* times 2^15: less than 2^30 */
  for (size_t i = 0; i < LENGTH_MAX; i++) {
    lowest[i] = INT16_MIN;
    low[i] = 255; /* -32768 * (256 * -128 + 255) */
    high[i] = -128;
    gate[i] = -1;
  }
  for (int k = 0; k < VECTORS_MAX; k++)
    vectors[k] = lowest;
  for (int i = 0; i < KERNEL_BLOCK; i++)
    ones[i] = 1;
  for (const struct kernels *const *set = kernels_all(); *set; set++) {
    const int16_t *column[1] = {lowest};
    int64_t sum, product = INT64_C(-32768) * (256 * -128 + 255);
    (*set)->dots(column, 1, (struct kernel_factor){low, high, 0}, LENGTH_MAX, &sum);
    assert_true(sum == LENGTH_MAX * product);
    for (int shift = 0; shift <= 48; shift++) {
      struct kernel_combine combine = {.count = KERNEL_TERMS_MAX,
                                       .vectors = vectors,
                                       .factor = {low, high, 0},
                                       .length = KERNEL_BLOCK,
                                       .gate = gate,
                                       .shift = shift,
                                       .bits = 16,
                                       .out = out};
      check_ends(*set, &combine, KERNEL_TERMS_MAX * product);
      combine.count = KERNEL_TERMS_MAX + 2;
      check_ends(*set, &combine, (KERNEL_TERMS_MAX + 2) * product);
      combine.count = VECTORS_MAX;
      check_ends(*set, &combine, VECTORS_MAX * product);
      combine.count = KERNEL_TERMS_MAX;
      combine.factor.low = zeros; /* -32768 * -32768, of which the high halves have all */
      check_ends(*set, &combine, KERNEL_TERMS_MAX * (INT64_C(1) << 30));
      combine.count = 2;
      combine.factor = (struct kernel_factor){halves, zeros, 0}; /* of which they have nothing */
      combine.vectors = small;
      check_ends(*set, &combine, halves[0] + halves[1]);
      combine.vectors = vectors;
      combine.factor = (struct kernel_factor){whole, NULL, 0};
      check_ends(*set, &combine, INT64_C(-32768) * (whole[0] + whole[1]));
      combine.factor.low = whole + 2;
      check_ends(*set, &combine, INT64_C(-32768) * (whole[2] + whole[3]));
    }
  }
}

/* ---- whole steps ---- */

static void assert_same_step(struct model *a, struct model *b) {
  assert_memory_equal(&a->state, &b->state, sizeof a->state);
  assert_memory_equal(&a->counters, &b->counters, sizeof a->counters);
  assert_memory_equal(a->probability, b->probability, sizeof a->probability);
  for (int l = 0; l < a->net->layer_count; l++) {
    const struct layer *layer = &a->net->layer[l];
    const struct layer_tensors *x = &a->layer[l], *y = &b->layer[l];
    const struct weights *v = model_weights(a), *w = model_weights(b);
    size_t outputs = (size_t)layer->outputs;
    assert_memory_equal(v->layer[l], w->layer[l], v->count[l] * sizeof *v->layer[l]);
    assert_memory_equal(model_sums(a, l), model_sums(b, l), outputs * sizeof *x->sum);
    assert_memory_equal(x->activation, y->activation, outputs * sizeof *x->activation);
    assert_memory_equal(x->kept, y->kept, outputs);
    assert_memory_equal(x->gate, y->gate, outputs);
    assert_memory_equal(x->gradient, y->gradient, outputs * sizeof *x->gradient);
    if (nets_is(layer, "conv"))
      assert_memory_equal(x->update_sum, y->update_sum, v->count[l] * sizeof *x->update_sum);
  }
}

/* Some steps with each set beside the plain model. */
static void compare_steps(const struct net *net, int steps, uint64_t *random) {
  static uint8_t picture[64 * 64];
  uint64_t seed = scratch_random(random), drawn = *random;
  for (const struct kernels *const *set = kernels_all(); *set; set++) {
    struct model plain, fast;
    *random = drawn;
    model_new_with(&plain, net, seed, NULL);
    model_new_with(&fast, net, seed, *set);
    assert_non_null(fast.narrow);
    for (int i = 0; i < steps; i++) {
      int label = nets_between(random, 0, net->classes - 1);
      nets_picture(net, picture, random);
      if (i % 3 == 2)
        plain.state.rate = fast.state.rate = nets_between(random, 0, NET_RATE_MAX);
      model_forward(&plain, picture, label, i % 4 != 3);
      model_forward(&fast, picture, label, i % 4 != 3);
      if (i % 4 != 3) {
        model_backward(&plain, label);
        model_backward(&fast, label);
      }
      assert_same_step(&plain, &fast);
    }
    model_free(&plain);
    model_free(&fast);
  }
}

static void test_paper(void **state) {
  uint64_t random = *(uint64_t *)*state;
  static const char *const paths[] = {"nets/paper.yaml", "nets/paper8.yaml"};
  for (int i = 0; i < 2; i++) {
    struct net net;
    struct error err = {{0}};
    if (net_load(&net, paths[i], NULL, 0, &err) != 0)
      fail_msg("%s", err.message);
    compare_steps(&net, 12, &random);
  }
}

/* Large members of the family: pictures and kernels of any shape, up to the most units, all of
 * which learn where there is neither a ReLU nor dropout. */
static void test_large(void **state) {
  uint64_t random = *(uint64_t *)*state;
  static const struct nets_shape shapes[] = {
      {40, 23, 16, 8, 8, 1, {{64, true, true}}, 16},
      {64, 64, 1, 1, 1, 1, {{2, true, false}}, 2},
      {9, 64, 5, 3, 7, 2, {{256, true, true}, {31, false, false}}, 3},
      {20, 31, 0, 0, 0, 1, {{255, true, false}}, 7},
      {9, 8, 2, 3, 3, 2, {{1024, false, false}, {258, false, false}}, 2},
      {12, 12, 2, 3, 3, 1, {{1024, true, true}}, 2},
  };
  static const struct nets_words word16 = {16, 14, 11, 15, -2}, word8 = {8, 6, 3, 7, -2};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
    for (int bits = 0; bits < 2; bits++) {
      struct net net;
      nets_describe(&net, &shapes[i], bits ? &word16 : &word8);
      net.rounding = (enum rounding)nets_between(&random, ROUND_NEAREST, ROUND_TRUNCATE);
      net.random_bits = net.rounding == ROUND_STOCHASTIC ? nets_between(&random, 1, 16) : 0;
      nets_derive(&net);
      compare_steps(&net, 4, &random);
    }
}

/* Weights that make every hidden unit's gradient the end of its word, of one sign, so that the sums
 * on the way back are larger than 32 bits hold. */
static void extreme_weights(struct weights *weights) {
  for (int l = 0; l < 2; l++)
    for (size_t i = 0; i < weights->count[l]; i++)
      weights->layer[l][i] = INT16_MIN;
  for (size_t i = 0; i < weights->count[2]; i++) /* of the first class and of the second */
    weights->layer[2][i] = i % 2 == 0 ? INT16_MIN : INT16_MAX;
}

static void test_extreme_gradients(void **state) {
  (void)state;
  static const struct nets_shape shape = {4, 4, 0, 0, 0, 2, {{6, false, false}, {4, false, false}},
                                          2};
  static const struct nets_words words = {16, 14, 11, 15, -2};
  static uint8_t picture[16];
  struct net net;
  nets_make(&net, &shape, &words);
  memset(picture, 255, sizeof picture);
  for (const struct kernels *const *set = kernels_all(); *set; set++) {
    struct model plain, fast;
    model_new_with(&plain, &net, 1, NULL);
    model_new_with(&fast, &net, 1, *set);
    extreme_weights(model_edit(&plain));
    extreme_weights(model_edit(&fast));
    model_forward(&plain, picture, 0, true);
    model_forward(&fast, picture, 0, true);
    model_backward(&plain, 0);
    model_backward(&fast, 0);
    for (int u = 0; u < 4; u++)
      assert_int_equal(fast.layer[1].gradient[u], INT16_MAX);
    for (int u = 0; u < 6; u++)
      assert_int_equal(fast.layer[0].gradient[u], INT16_MIN);
    assert_same_step(&plain, &fast);
    model_free(&plain);
    model_free(&fast);
  }
}

/* ---- nets that are in vectors in part ---- */

static struct {
  int dots, combine;
  size_t terms; /* the most */
} calls;

static void counted_dots(const int16_t *const *columns, int count, struct kernel_factor x,
                         size_t length, int64_t *sums) {
  calls.dots++;
  calls.terms = x.terms > calls.terms ? x.terms : calls.terms;
  kernels_portable.dots(columns, count, x, length, sums);
}

static uint32_t counted_combine(const struct kernel_combine *combine) {
  calls.combine++;
  return kernels_portable.combine(combine);
}

/* A step calls the kernels for those layers alone that are in vectors: for each filter of a
 * convolution a combination and the dots of its taps, else the dots of the units and, where there
 * is a layer in front, a combination. */
static void check_calls(const struct net *net) {
  static uint8_t picture[64 * 64];
  struct kernels counted = {"counted", counted_dots, counted_combine, kernels_portable.update};
  struct model model;
  int dots = 0, combine = 0;
  model_new_with(&model, net, 1, &counted);
  calls.dots = calls.combine = 0;
  model_forward(&model, picture, 0, true);
  model_backward(&model, 0);
  for (int l = 0; l < net->layer_count; l++) {
    bool conv = nets_is(&net->layer[l], "conv"), vectors = model_in_vectors(&model, l);
    dots += !vectors ? 0 : conv ? net->layer[l].units : 1;
    combine += !vectors ? 0 : conv ? net->layer[l].units : l > 0;
  }
  assert_int_equal(calls.dots, dots);
  assert_int_equal(calls.combine, combine);
  model_free(&model);
}

enum { INPUT = 8128 /* what the whitest picture and the largest kernel make */ };

/* Inference with such inputs and weights of one sign a unit; returns the most products that dots
 * takes to 32 bits. */
static size_t compare_large_sums(const struct net *net, int32_t weight,
                                 const struct kernels *kernels) {
  static uint8_t picture[28 * 28];
  struct model plain, fast;
  memset(picture, 255, sizeof picture);
  model_new_with(&plain, net, 1, NULL);
  model_new_with(&fast, net, 1, kernels);
  for (int m = 0; m < 2; m++) {
    struct weights *weights = model_edit(m == 0 ? &plain : &fast);
    weights->layer[0][0] = INT16_MAX;
    for (size_t i = 0; i < weights->count[1]; i++)
      weights->layer[1][i] = i % 2 == 0 ? weight : -weight;
    for (size_t i = 0; i < weights->count[2]; i++)
      weights->layer[2][i] = INT16_MAX;
  }
  calls.terms = 0;
  model_forward(&plain, picture, 0, false);
  model_forward(&fast, picture, 0, false);
  assert_int_equal(plain.layer[0].activation[0], INPUT);
  assert_same_step(&plain, &fast);
  model_free(&plain);
  model_free(&fast);
  return calls.terms;
}

/* 32 bits hold the sum of some products, of few, or of one. */
static void test_large_sums(void **state) {
  (void)state;
  static const struct nets_shape shape = {28, 28, 1, 1, 1, 1, {{2, false, false}}, 2};
  static const struct nets_words words = {16, 14, 11, 15, -2};
  static const struct kernels counted = {"counted", counted_dots, counted_combine, NULL};
  struct net net;
  nets_make(&net, &shape, &words);
  for (int32_t weight = 500; weight < INT16_MAX; weight *= 2) {
    size_t some = (size_t)(INT32_MAX / (weight * INPUT)) / 2 * 2;
    assert_int_equal(compare_large_sums(&net, weight, &counted), some < 16 ? 0 : some);
    for (const struct kernels *const *set = kernels_all(); *set; set++)
      compare_large_sums(&net, weight, *set);
  }
}

/* A view of a trained model infers as that does. */
static void check_view(const struct net *net, uint64_t *random) {
  static uint8_t picture[64 * 64];
  struct model model, view;
  model_new_with(&model, net, 1, &kernels_portable);
  nets_picture(net, picture, random);
  model_forward(&model, picture, 0, true);
  model_backward(&model, 0);
  model_view(&view, &model);
  model_forward(&model, picture, 0, false);
  model_forward(&view, picture, 0, false);
  assert_memory_equal(model.probability, view.probability, sizeof model.probability);
  model_free(&view);
  model_free(&model);
}

/* One format of one layer has more bits than vectors take; the other layers stay in vectors, but
 * for the one behind, which takes the activations and makes the gradients. */
static void test_mixed(void **state) {
  uint64_t random = *(uint64_t *)*state;
  static const struct nets_shape shape = {
      7, 8, 2, 3, 2, 3, {{10, true, true}, {8, false, false}, {6, true, true}}, 3};
  static const struct nets_words words = {16, 14, 11, 15, -2};
  enum { WEIGHT, ACTIVATION, GRADIENT, WHICH };
  for (int wide = 0; wide < 5; wide++)
    for (int which = 0; which < WHICH; which++) {
      struct net net;
      struct model model;
      nets_describe(&net, &shape, &words);
      struct layer *layer = &net.layer[wide];
      struct format *formats[WHICH] = {&layer->word, &layer->activation, &layer->gradient};
      formats[which]->bits = nets_between(&random, 17, 20);
      nets_derive(&net);
      model_new_with(&model, &net, 1, &kernels_portable);
      for (int l = 0; l < net.layer_count; l++)
        assert_int_equal(model_in_vectors(&model, l),
                         l != wide && (which == WEIGHT || l != wide + 1));
      model_free(&model);
      compare_steps(&net, 6, &random);
      check_calls(&net);
      check_view(&net, &random);
    }
}

/* All layers, of any size: only words of more than 16 bits are not for vectors. */
static void test_all(void **state) {
  (void)state;
  static const struct {
    int bits, units;
    bool vectors;
  } cases[] = {{16, 256, true}, {16, 1024, true}, {15, 512, true}, {8, 1024, true}, {17, 4, false}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct nets_shape shape = {6, 6, 1, 2, 2, 1, {{cases[i].units, true, true}}, 2};
    struct nets_words words = {cases[i].bits, cases[i].bits - 2, cases[i].bits - 5,
                               cases[i].bits - 1, -2};
    struct net net;
    struct model model;
    nets_make(&net, &shape, &words);
    model_new_with(&model, &net, 1, &kernels_portable);
    for (int l = 0; l < net.layer_count; l++)
      assert_int_equal(model_in_vectors(&model, l), cases[i].vectors);
    model_free(&model);
    check_calls(&net);
    model_new_with(&model, &net, 1, NULL);
    for (int l = 0; l < net.layer_count; l++)
      assert_false(model_in_vectors(&model, l));
    model_free(&model);
  }
}

int main(void) {
  uint64_t seed = scratch_seed();
  seed = seed ? seed : 1;
  for (const struct kernels *const *set = kernels_all(); *set; set++)
    printf("kernels: %s\n", (*set)->name);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_prestate(test_dots, &seed),
      cmocka_unit_test_prestate(test_combine, &seed),
      cmocka_unit_test_prestate(test_update, &seed),
      cmocka_unit_test(test_ends),
      cmocka_unit_test(test_extreme_gradients),
      cmocka_unit_test(test_large_sums),
      cmocka_unit_test(test_all),
      cmocka_unit_test_prestate(test_mixed, &seed),
      cmocka_unit_test_prestate(test_paper, &seed),
      cmocka_unit_test_prestate(test_large, &seed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
