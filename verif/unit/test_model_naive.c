/* test_model_naive.c : the golden model against a second, naive statement of the same training.
 * SPDX-License-Identifier: MIT
 *
 * Written from the equations alone: 1-based im2col, one output at a time, 128-bit integers,
 * division that rounds down instead of shifts, and the random bits from one long bit string. It
 * shares nothing with the model but the description.
 */
#include "model/kernels.h"
#include "model/model.h"

#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "nets.h"

typedef __int128 wide;

enum {
  STEPS = 50,
  NETS = 60,          /* of each word width and rounding */
  WEIGHTS_MAX = 4096, /* of a layer */
  OUTPUTS_MAX = 256,  /* of a layer: at most 8x8 positions of 4 filters */
  SETS_MAX = 8,       /* of kernels, and the plain model */
  STATE = 127,
  STREAM = (STEPS + 1) * 130 + STATE,
};

struct naive {
  const struct net *net;
  int64_t weight[NET_LAYERS_MAX][WEIGHTS_MAX];
  int64_t input[NET_LAYERS_MAX + 1][OUTPUTS_MAX]; /* [l] enters layer l, [l + 1] leaves it */
  int64_t gradient[NET_LAYERS_MAX][OUTPUTS_MAX];
  bool passes[NET_LAYERS_MAX][OUTPUTS_MAX];
  int64_t probability[NET_CLASSES_MAX];
  int best;
  struct counters counters;
  uint8_t stream[STREAM];
  int at; /* where the step's bits begin */
};

/* ---- numbers ---- */

static wide power(int exponent) {
  return (wide)1 << exponent;
}

static wide floor_divide(wide a, wide b) {
  wide quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}

static wide clamp(wide v, int bits) {
  wide high = power(bits - 1) - 1, low = -power(bits - 1);
  return v > high ? high : v < low ? low : v;
}

/* The normaliser: a value with `from` fraction bits to a word of the format. */
static int64_t normalise(wide value, int from, struct format to, uint32_t *cut) {
  wide unit = power(from - to.frac);
  wide rounded = floor_divide(2 * value + unit, 2 * unit);
  *cut += clamp(rounded, to.bits) != rounded;
  return (int64_t)clamp(rounded, to.bits);
}

/* ---- random bits ---- */

static int rounding_bits(const struct net *net) {
  return net->random_bits ? 2 * net->random_bits + net->position_bits - 1 : 0;
}

/* Bit i of the step's. */
static int step_bit(const struct naive *n, int i) {
  const uint8_t *s = n->stream + n->at;
  return i < STATE ? s[i] : (s[i % 41] + s[41 + i % 42] + s[83 + i % 43]) % 2;
}

/* Whether a training step drops the unit: the bits of the layers in front come first. */
static bool drops(const struct naive *n, int l, int unit) {
  const struct layer *layer = &n->net->layer[l];
  int at = rounding_bits(n->net), draw = 0;
  for (const struct layer *front = n->net->layer; front < layer; front++)
    at += !front->dropout ? 0 : front->dropped ? 4 * front->units : front->units / 2;
  if (!layer->dropout)
    return false;
  if (layer->dropped == 0)
    return step_bit(n, at + unit / 2) != unit % 2;
  for (int bit = 3; bit >= 0; bit--)
    draw = 2 * draw + step_bit(n, at + 4 * unit + bit);
  return draw < layer->dropped;
}

/* r of E16; tensors count from 0, a layer's biases behind its weights. */
static wide random_number(const struct naive *n, int tensor, int row, int column) {
  const uint8_t *base = n->stream + n->at, *key = base + n->net->random_bits;
  int row_at = n->net->column_bits, layer_at = row_at + n->net->row_bits;
  uint64_t position = (uint64_t)tensor * (UINT64_C(1) << layer_at) +
                      (uint64_t)row * (UINT64_C(1) << row_at) + (uint64_t)column;
  wide number = 0;
  for (int b = n->net->random_bits - 1; b >= 0; b--) {
    int ones = base[b];
    for (int i = 0; i < n->net->position_bits; i++)
      ones += (int)(position / (UINT64_C(1) << i) % 2) * key[i + b];
    number = 2 * number + ones % 2;
  }
  return number;
}

/* ---- E8 .. E16 ---- */

/* S_M(p, q) = S(i + j_M - 1, j + i_M - 1), everything 1-based. */
static int64_t im2col(const struct naive *n, int p, int q) {
  const struct layer *conv = &n->net->layer[0];
  int j_m = (p - 1) / conv->conv.out_width + 1, i_m = (p - 1) % conv->conv.out_width + 1;
  int i = (q - 1) / conv->conv.kernel_width + 1, j = (q - 1) % conv->conv.kernel_width + 1;
  return n->input[0][(i + j_m - 1 - 1) * n->net->width + (j + i_m - 1 - 1)];
}

/* What sums take of a weight: the nearest of fewer bits, of two the one farther from 0. */
static int64_t value_of(const struct naive *n, int l, int at) {
  const struct layer *layer = &n->net->layer[l];
  int64_t word = n->weight[l][at];
  wide step = power(layer->word.frac - layer->weight.frac);
  int64_t size = (int64_t)floor_divide(2 * (word < 0 ? -word : word) + step, 2 * step);
  return (int64_t)clamp(word < 0 ? -size : size, layer->weight.bits);
}

/* The exact sum behind output o of layer l. */
static wide sum_of(const struct naive *n, int l, int o) {
  const struct layer *layer = &n->net->layer[l];
  int unit = o % layer->units;
  wide sum = 0;
  bool conv = nets_is(layer, "conv");
  for (int k = 0; k < layer->rows; k++) {
    int64_t x = conv ? im2col(n, o / layer->units + 1, k + 1) : n->input[l][k];
    sum += (wide)x * value_of(n, l, k * layer->units + unit);
  }
  if (layer->bias.there)
    sum += n->weight[l][layer->rows * layer->units + unit] *
           power(layer->input.frac + layer->weight.frac - layer->bias.word.frac);
  return sum;
}

static void forward_layer(struct naive *n, int l, bool train) {
  const struct layer *layer = &n->net->layer[l];
  for (int o = 0; o < layer->outputs; o++) {
    bool dropped = train && drops(n, l, o);
    wide sum = dropped ? 0 : sum_of(n, l, o);
    if (layer->relu && sum < 0)
      sum = 0;
    int of_16 = train || !layer->dropout ? 16 : layer->dropped ? 16 - layer->dropped : 8;
    int64_t value = normalise(sum * of_16, layer->input.frac + layer->weight.frac + 4,
                              layer->activation, &n->counters.count[COUNT_CUT_ACTIVATIONS][l]);
    n->input[l + 1][o] = value;
    n->passes[l][o] = !dropped && (!layer->relu || value > 0);
  }
}

static void softmax(struct naive *n) {
  const struct layer *output = &n->net->layer[n->net->layer_count - 1];
  const int64_t *logits = n->input[n->net->layer_count];
  n->best = output->units - 1;
  for (int c = output->units - 1; c >= 0; c--)
    if (logits[c] >= logits[n->best])
      n->best = c;
  wide sum = 0;
  for (int c = 0; c < output->units; c++) {
    wide distance = logits[n->best] - logits[c], unit = power(output->activation.frac);
    wide entry = floor_divide(64 * distance + unit, 2 * unit);
    n->probability[c] =
        (int64_t)floorl(32768 * expl(-(long double)(entry > 255 ? 255 : entry) / 32) + 0.5L);
    sum += n->probability[c];
  }
  for (int c = 0; c < output->units; c++)
    n->probability[c] =
        (int64_t)floor_divide(n->probability[c] * power(15) + floor_divide(sum, 2), sum);
}

static void forward(struct naive *n, const uint8_t *picture, int label, bool train) {
  for (int i = 0; i < n->net->height * n->net->width; i++)
    n->input[0][i] = net_pixel(n->net, picture[i]);
  for (int l = 0; l < n->net->layer_count; l++)
    forward_layer(n, l, train);
  softmax(n);
  n->counters.correct += n->best == label;
  n->counters.pictures += train ? 0 : 1;
}

/* E10, E12, E14: all gradients, from the weights as they are. */
static void gradients(struct naive *n, int label) {
  int last = n->net->layer_count - 1;
  for (int c = 0; c < n->net->classes; c++)
    n->gradient[last][c] =
        normalise(n->probability[c] - (c == label) * power(15), 15, n->net->layer[last].gradient,
                  &n->counters.count[COUNT_CUT_GRADIENTS][last]);
  for (int l = last - 1; l >= 0; l--) {
    const struct layer *layer = &n->net->layer[l], *next = &n->net->layer[l + 1];
    for (int o = layer->outputs - 1; o >= 0; o--) {
      wide sum = 0;
      for (int u = 0; u < next->units; u++)
        sum += (wide)value_of(n, l + 1, o * next->units + u) * n->gradient[l + 1][u];
      n->gradient[l][o] =
          normalise(n->passes[l][o] ? sum : 0, next->weight.frac + next->gradient.frac,
                    layer->gradient, &n->counters.count[COUNT_CUT_GRADIENTS][l]);
    }
  }
}

/* E11, E13, E15: the exact u of one weight. */
static wide update_of(const struct naive *n, int l, int row, int column) {
  const struct layer *layer = &n->net->layer[l];
  if (!nets_is(layer, "conv"))
    return (wide)n->input[l][row] * n->gradient[l][column];
  wide sum = 0;
  for (int p = layer->positions; p >= 1; p--)
    sum += (wide)im2col(n, p, row + 1) * n->gradient[l][(p - 1) * layer->units + column];
  return sum;
}

/* E16: w <- sat(w - floor((u + rho) / 2^s)). */
static void update_number(struct naive *n, int l, int64_t *w, wide u, int s, wide random,
                          int bits) {
  int scale = n->net->random_bits + 1; /* rho = (r + 1/2) 2^(s-R) stands over 2^scale; R may be 0 */
  wide rho = n->net->rounding == ROUND_TRUNCATE ? 0 : (2 * random + 1) * power(s);
  wide moved = clamp(*w - floor_divide(u * power(scale) + rho, power(s + scale)), bits);
  n->counters.count[COUNT_LOST][l] += u != 0 && moved == *w;
  *w = (int64_t)moved;
}

/* The number of the layer's weights among all tensors. */
static int tensor_of(const struct naive *n, int l) {
  int tensor = l;
  while (l-- > 0)
    tensor += n->net->layer[l].bias.there;
  return tensor;
}

static void update(struct naive *n, int l, int row, int column, int rate) {
  const struct layer *layer = &n->net->layer[l];
  int s = layer->input.frac + layer->gradient.frac - layer->word.frac + rate;
  update_number(n, l, &n->weight[l][row * layer->units + column], update_of(n, l, row, column), s,
                random_number(n, tensor_of(n, l), row, column), layer->word.bits);
}

static void update_bias(struct naive *n, int l, int unit, int rate) {
  const struct layer *layer = &n->net->layer[l];
  wide u = 0;
  for (int o = unit; o < layer->outputs; o += layer->units)
    u += n->gradient[l][o];
  update_number(n, l, &n->weight[l][layer->rows * layer->units + unit], u,
                layer->gradient.frac - layer->bias.word.frac + rate,
                random_number(n, tensor_of(n, l) + 1, 0, unit), layer->bias.word.bits);
}

static void backward(struct naive *n, int label, int rate, uint32_t freeze) {
  gradients(n, label);
  for (int l = 0; l < n->net->layer_count; l++)
    for (int column = 0; column < n->net->layer[l].units && !(freeze & UINT32_C(1) << l);
         column++) {
      for (int row = 0; row < n->net->layer[l].rows; row++)
        update(n, l, row, column, rate);
      if (n->net->layer[l].bias.there)
        update_bias(n, l, column, rate);
    }
  n->at += 130;
}

/* ---- the comparison ---- */

static void naive_new(struct naive *n, const struct net *net, struct model *model) {
  const struct weights *weights = model_weights(model);
  *n = (struct naive){.net = net};
  for (int l = 0; l < net->layer_count; l++) {
    assert_true(weights->count[l] <= WEIGHTS_MAX);
    assert_true(net->layer[l].outputs <= OUTPUTS_MAX);
    for (size_t i = 0; i < weights->count[l]; i++)
      n->weight[l][i] = weights->layer[l][i];
  }
  for (int i = 0; i < STREAM; i++)
    n->stream[i] = (uint8_t)(i < 64      ? model->state.random.low >> i & 1
                             : i < STATE ? model->state.random.high >> (i - 64) & 1
                                         : n->stream[i - STATE] ^ n->stream[i - STATE + 63]);
}

static void compare_forward(const struct naive *n, const struct model *model) {
  for (int l = 0; l < n->net->layer_count; l++)
    for (int o = 0; o < n->net->layer[l].outputs; o++) {
      assert_int_equal(model->layer[l].activation[o], n->input[l + 1][o]);
      assert_int_equal(model->layer[l].gate[o], n->passes[l][o]);
      assert_true(model_sums(model, l)[o] == (model->layer[l].kept[o] ? sum_of(n, l, o) : 0));
    }
  for (int c = 0; c < n->net->classes; c++)
    assert_int_equal(model->probability[c], n->probability[c]);
  assert_int_equal(model->best, n->best);
}

static void compare_backward(const struct naive *n, struct model *model) {
  const struct weights *weights = model_weights(model);
  for (int l = 0; l < n->net->layer_count; l++) {
    const struct layer *layer = &n->net->layer[l];
    for (int o = 0; o < layer->outputs; o++)
      assert_int_equal(model->layer[l].gradient[o], n->gradient[l][o]);
    for (int i = 0; i < (int)layer->weight_count; i++) {
      assert_int_equal(weights->layer[l][i], n->weight[l][i]);
      if (nets_is(layer, "conv") && i < layer->rows * layer->units)
        assert_true(model->layer[l].update_sum[i] ==
                    update_of(n, l, i / layer->units, i % layer->units));
    }
  }
  for (int i = 0; i < STATE; i++) {
    uint64_t word = i < 64 ? model->state.random.low : model->state.random.high;
    assert_int_equal(word >> i % 64 & 1, n->stream[n->at + i]);
  }
}

static void compare_counters(const struct counters *expected, const struct counters *found) {
  assert_int_equal(found->pictures, expected->pictures);
  assert_int_equal(found->correct, expected->correct);
  for (int l = 0; l < NET_LAYERS_MAX; l++) {
    assert_int_equal(found->count[COUNT_CUT_ACTIVATIONS][l],
                     expected->count[COUNT_CUT_ACTIVATIONS][l]);
    assert_int_equal(found->count[COUNT_CUT_GRADIENTS][l], expected->count[COUNT_CUT_GRADIENTS][l]);
    assert_int_equal(found->count[COUNT_LOST][l], expected->count[COUNT_LOST][l]);
  }
}

/* The model in plain C, and with each set of kernels that this processor has. */
struct models {
  int count;
  struct model model[SETS_MAX];
};

static void models_new(struct models *models, const struct net *net, uint64_t seed) {
  model_new_with(&models->model[0], net, seed, NULL);
  models->count = 1;
  for (const struct kernels *const *set = kernels_all(); *set; set++) {
    assert_true(models->count < SETS_MAX);
    model_new_with(&models->model[models->count++], net, seed, *set);
  }
}

static void models_forward(struct models *models, struct naive *n, const uint8_t *picture,
                           int label, bool train) {
  forward(n, picture, label, train);
  for (int m = 0; m < models->count; m++) {
    model_forward(&models->model[m], picture, label, train);
    compare_forward(n, &models->model[m]);
  }
}

static void models_backward(struct models *models, struct naive *n, int label) {
  const struct device_state *state = &models->model[0].state;
  backward(n, label, state->rate, state->freeze);
  for (int m = 0; m < models->count; m++) {
    model_backward(&models->model[m], label);
    compare_backward(n, &models->model[m]);
  }
}

/* 50 steps with an inference after every fifth and another learning rate after every tenth. Adds up
 * the counters, so that a test sees that it met the cases they count. Returns how many of the net's
 * layers are in vectors. */
static int run_both(const struct net *net, uint64_t *random, struct counters *total) {
  static struct naive n;
  struct models models;
  uint8_t picture[64];
  models_new(&models, net, scratch_random(random));
  struct device_state state = models.model[0].state;
  state.freeze = nets_between(random, 0, 3) == 0 ? (uint32_t)nets_between(random, 0, 31) : 0;
  naive_new(&n, net, &models.model[0]);
  for (int i = 0; i < STEPS; i++) {
    int label = nets_between(random, 0, net->classes - 1);
    nets_picture(net, picture, random);
    if (i % 10 == 9)
      state.rate = nets_between(random, 0, NET_RATE_MAX);
    for (int m = 0; m < models.count; m++) {
      models.model[m].state.freeze = state.freeze;
      models.model[m].state.rate = state.rate;
    }
    models_forward(&models, &n, picture, label, true);
    models_backward(&models, &n, label);
    if (i % 5 == 4)
      models_forward(&models, &n, picture, label, false);
    for (int m = 0; m < models.count; m++)
      compare_counters(&n.counters, &models.model[m].counters);
  }
  assert_int_equal(models.model[0].state.steps, STEPS);
  for (int l = 0; l < NET_LAYERS_MAX; l++) {
    total->count[COUNT_CUT_ACTIVATIONS][0] += n.counters.count[COUNT_CUT_ACTIVATIONS][l];
    total->count[COUNT_CUT_GRADIENTS][0] += n.counters.count[COUNT_CUT_GRADIENTS][l];
    total->count[COUNT_LOST][0] += n.counters.count[COUNT_LOST][l];
  }
  int vectors = 0;
  for (int l = 0; l < net->layer_count; l++)
    vectors += model_in_vectors(&models.model[1], l);
  for (int m = 0; m < models.count; m++)
    model_free(&models.model[m]);
  return vectors;
}

static void run_nets(uint64_t random, int bits, enum rounding rounding) {
  struct counters total = {0};
  int mixed = 0; /* nets of which some layers are in vectors */
  for (int count = 0; count < NETS;) {
    struct net net;
    nets_random(&net, bits, &random);
    if (net.rounding != rounding)
      continue;
    int vectors = run_both(&net, &random, &total);
    mixed += vectors > 0 && vectors < net.layer_count;
    if (bits + 2 <= 16) /* the widest words of nets_random */
      assert_int_equal(vectors, net.layer_count);
    count++;
  }
  assert_true(total.count[COUNT_CUT_ACTIVATIONS][0] > 0);
  assert_true(total.count[COUNT_CUT_GRADIENTS][0] > 0);
  assert_true(total.count[COUNT_LOST][0] > 0);
  if (bits == 16)
    assert_true(mixed > NETS / 8);
}

static void test_16(void **state) {
  for (int rounding = ROUND_NEAREST; rounding <= ROUND_TRUNCATE; rounding++)
    run_nets(*(uint64_t *)*state, 16, (enum rounding)rounding);
}

static void test_14(void **state) {
  for (int rounding = ROUND_NEAREST; rounding <= ROUND_TRUNCATE; rounding++)
    run_nets(*(uint64_t *)*state, 14, (enum rounding)rounding);
}

static void test_8(void **state) {
  for (int rounding = ROUND_NEAREST; rounding <= ROUND_TRUNCATE; rounding++)
    run_nets(*(uint64_t *)*state, 8, (enum rounding)rounding);
}

int main(void) {
  uint64_t seed = scratch_seed();
  seed = seed ? seed : 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_prestate(test_16, &seed),
      cmocka_unit_test_prestate(test_14, &seed),
      cmocka_unit_test_prestate(test_8, &seed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
