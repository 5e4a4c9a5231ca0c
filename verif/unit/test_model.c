/* test_model.c : the golden model against the twin, and what it promises.
 * SPDX-License-Identifier: MIT
 *
 * The bounds of test_twin. Pixels and weights are exact in both, so that only normalisers and
 * updates err. With h(f) = 2^-(f+1), half a unit of a format's last place, and e the bound of a
 * tensor's error, layer by layer:
 *   activation   e[o] = h + sum over inputs |W| e[input]     at inference times dropout's share;
 *                                                            ReLU makes no error larger
 *   probability  as in test_softmax, the distance off by e[c] + e[largest] in addition to 1/64
 *   gradient     e[n] = h + sum over units |W| e[unit]       0 where the gate is closed
 *   update       e = sum over positions (|x| e[g] + |g| e[x] + e[x] e[g])
 *   weight       e = h + 2^-rate e[update]                   rounded to nearest; saturation, of the
 *                                                            twin's here, makes no error larger
 * The gradients are compared from the same probabilities on: the twin takes the model's.
 */
#include "model/model.h"

#include "model/softmax.h"
#include "model/twin.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "nets.h"

enum { PICTURE_MAX = 64, OUTPUTS_MAX = 256, NETS = 200 };

/* What doubles may lose. */
static const double SLACK = 1e-11;

static double half_unit(struct format format) {
  return ldexp(0.5, -format.frac);
}

static double real(int64_t value, int frac) {
  return ldexp((double)value, -frac);
}

/* ---- against the twin ---- */

struct pair {
  const struct net *net;
  struct model model;
  struct twin twin;
  double activation[NET_LAYERS_MAX][OUTPUTS_MAX]; /* bounds */
  double gradient[NET_LAYERS_MAX][OUTPUTS_MAX];
  int telling; /* gradients that are a hundred times larger than their bounds */
};

static void pair_new(struct pair *pair, const struct net *net, uint64_t seed) {
  pair->net = net;
  pair->telling = 0;
  model_new(&pair->model, net, seed);
  twin_new(&pair->twin, net, seed + 1);
  twin_set_weights(&pair->twin, model_weights(&pair->model));
  pair->twin.state = pair->model.state;
}

static void pair_free(struct pair *pair) {
  model_free(&pair->model);
  twin_free(&pair->twin);
}

/* The error of the sum behind output o of layer l. */
static double sum_bound(const struct pair *pair, int l, int o) {
  const struct layer *layer = &pair->net->layer[l];
  double bound = SLACK;
  for (int n = 0; n < layer->rows && l > 0; n++)
    bound += fabs(pair->twin.layer[l].weights[n * layer->units + o]) * pair->activation[l - 1][n];
  return bound;
}

/* Returns whether all gates agree; one that does not must be within the bound of its kink. */
static bool check_activations(struct pair *pair, bool train) {
  bool agree = true;
  for (int l = 0; l < pair->net->layer_count; l++) {
    const struct layer *layer = &pair->net->layer[l];
    const struct layer_tensors *m = &pair->model.layer[l];
    const struct twin_tensors *t = &pair->twin.layer[l];
    const int64_t *sums = model_sums(&pair->model, l);
    double scale = train || !layer->dropout ? 1 : layer->dropped ? 1 - layer->dropped / 16.0 : 0.5;
    assert_memory_equal(m->kept, t->kept, (size_t)layer->outputs);
    for (int o = 0; o < layer->outputs; o++) {
      double sum = t->kept[o] ? sum_bound(pair, l, o) : 0;
      double bound = t->kept[o] ? sum * scale + half_unit(layer->activation) : 0;
      pair->activation[l][o] = bound;
      assert_true(fabs(real(sums[o], layer->input.frac + layer->weight.frac) - t->sum[o]) <= sum);
      assert_true(fabs(real(m->activation[o], layer->activation.frac) - t->activation[o]) <= bound);
      if (m->gate[o] != t->gate[o])
        assert_true(fabs(t->sum[o]) * scale <= bound);
      agree = agree && m->gate[o] == t->gate[o];
    }
  }
  return agree;
}

static void check_probabilities(const struct pair *pair) {
  int last = pair->net->layer_count - 1, best = pair->model.best;
  const double *logits = pair->twin.layer[last].activation, *e = pair->activation[last];
  double delta[NET_CLASSES_MAX], delta_sum = 0;
  for (int c = 0; c < pair->net->classes; c++) {
    double distance = logits[best] - logits[c];
    double off = 1.0 / 64 + (c == best ? 0 : e[best] + e[c]);
    delta[c] = exp(-distance) * (exp(off) - 1) + 1.0 / 65536;
    delta[c] += distance > 254.0 / 32 ? exp(-255.0 / 32) : 0;
    delta_sum += delta[c];
  }
  for (int c = 0; c < pair->net->classes; c++) {
    double p = pair->twin.probability[c];
    double bound = delta[c] + p * delta_sum + 1.0 / 65536;
    assert_true(fabs(real(pair->model.probability[c], SOFTMAX_FRAC) - p) <= bound);
  }
}

static void check_gradients(struct pair *pair) {
  for (int l = pair->net->layer_count - 1; l >= 0; l--) {
    const struct layer *layer = &pair->net->layer[l];
    const struct layer_tensors *m = &pair->model.layer[l];
    const struct twin_tensors *t = &pair->twin.layer[l], *next = t + 1;
    for (int o = 0; o < layer->outputs; o++) {
      double bound = half_unit(layer->gradient) + SLACK;
      int units = l + 1 < pair->net->layer_count ? layer[1].units : 0;
      for (int u = 0; u < units; u++)
        bound += fabs(next->weights[o * units + u]) * pair->gradient[l + 1][u];
      bound = t->gate[o] ? bound : 0;
      pair->gradient[l][o] = bound;
      assert_true(fabs(real(m->gradient[o], layer->gradient.frac) - t->gradient[o]) <= bound);
      pair->telling += fabs(t->gradient[o]) > 100 * bound;
    }
  }
}

/* The error of one update of layer l. */
static double update_bound(const struct pair *pair, int l, int row, int column) {
  const struct layer *layer = &pair->net->layer[l];
  const struct twin_tensors *t = &pair->twin.layer[l];
  double bound = SLACK;
  for (int p = 0; p < layer->positions; p++) {
    int g = p * layer->units + column, at = row;
    if (nets_is(layer, "conv"))
      at = (p / layer->conv.out_width + row / layer->conv.kernel_width) * pair->net->width +
           p % layer->conv.out_width + row % layer->conv.kernel_width;
    double x = l > 0 ? pair->twin.layer[l - 1].activation[at] : pair->twin.pixels[at];
    double x_error = l > 0 ? pair->activation[l - 1][at] : 0, g_error = pair->gradient[l][g];
    bound += fabs(x) * g_error + fabs(t->gradient[g]) * x_error + x_error * g_error;
  }
  return bound;
}

static void check_weights(struct pair *pair) {
  for (int l = 0; l < pair->net->layer_count; l++) {
    const struct layer *layer = &pair->net->layer[l];
    const struct twin_tensors *t = &pair->twin.layer[l];
    for (int i = 0; i < layer->rows * layer->units; i++) {
      double bound = update_bound(pair, l, i / layer->units, i % layer->units);
      int frac = layer->input.frac + layer->gradient.frac;
      if (nets_is(layer, "conv"))
        assert_true(fabs(real(pair->model.layer[l].update_sum[i], frac) - t->weight_gradient[i]) <=
                    bound);
      bound = half_unit(layer->weight) + ldexp(bound, -pair->model.state.rate);
      double low = real(-(INT64_C(1) << (layer->weight.bits - 1)), layer->weight.frac);
      double expected = fmin(fmax(t->weights[i], low), -low - 2 * half_unit(layer->weight));
      double found = real(model_weights(&pair->model)->layer[l][i], layer->weight.frac);
      assert_true(fabs(found - expected) <= bound);
    }
  }
}

/* Biases move by the sum of their unit's gradients. */
static void check_biases(struct pair *pair) {
  for (int l = 0; l < pair->net->layer_count; l++) {
    const struct layer *layer = &pair->net->layer[l];
    const struct tensor *tensor = net_bias(pair->net, l);
    for (int unit = 0; tensor && unit < layer->units; unit++) {
      double bound = SLACK;
      for (int o = unit; o < layer->outputs; o += layer->units)
        bound += pair->gradient[l][o];
      bound = half_unit(tensor->format) + ldexp(bound, -pair->model.state.rate);
      double expected = pair->twin.layer[l].weights[tensor->first + (size_t)unit];
      double found =
          real(weights_of(model_weights(&pair->model), tensor)[unit], tensor->format.frac);
      assert_true(fabs(found - expected) <= bound);
    }
  }
}

/* The other bounds hold only where nothing saturates. */
static void check_nothing_cut(const struct counters *counters) {
  for (int l = 0; l < NET_LAYERS_MAX; l++) {
    assert_int_equal(counters->count[COUNT_CUT_ACTIVATIONS][l], 0);
    assert_int_equal(counters->count[COUNT_CUT_GRADIENTS][l], 0);
  }
}

static void test_against_twin(void **state) {
  uint64_t random = *(uint64_t *)*state;
  static struct pair pair;
  int compared = 0, telling = 0;
  for (int n = 0; n < NETS; n++) {
    struct nets_shape shape = nets_random_shape(&random);
    struct net net;
    uint8_t picture[PICTURE_MAX];
    nets_describe(&net, &shape, &nets_wide);
    net.pixel_offset = nets_between(&random, 100, 156);
    net.pixel_frac = nets_between(&random, 6, 8);
    net.rate = nets_between(&random, 0, 8);
    if (nets_between(&random, 0, 1))
      nets_add_biases(&net, nets_between(&random, 0, 1) ? -2 : NET_INIT_ZERO);
    nets_derive(&net);
    int label = nets_between(&random, 0, net.classes - 1);
    pair_new(&pair, &net, scratch_random(&random));
    nets_picture(&net, picture, &random);

    model_forward(&pair.model, picture, label, false);
    twin_forward(&pair.twin, picture, false);
    check_activations(&pair, false);
    check_probabilities(&pair);

    model_forward(&pair.model, picture, label, true);
    twin_forward(&pair.twin, picture, true);
    bool agree = check_activations(&pair, true);
    check_probabilities(&pair);
    if (agree) {
      for (int c = 0; c < net.classes; c++)
        pair.twin.probability[c] = real(pair.model.probability[c], SOFTMAX_FRAC);
      model_backward(&pair.model, label);
      twin_backward(&pair.twin, label);
      check_gradients(&pair);
      twin_update(&pair.twin);
      check_weights(&pair);
      check_biases(&pair);
      assert_int_equal(pair.twin.state.steps, pair.model.state.steps);
      assert_memory_equal(&pair.twin.state.random, &pair.model.state.random,
                          sizeof(struct random_state));
      compared++;
    }
    check_nothing_cut(&pair.model.counters);
    telling += pair.telling;
    pair_free(&pair);
  }
  assert_true(compared > NETS * 9 / 10);
  assert_true(telling > 10 * NETS);
}

/* ---- what the model promises ---- */

static void train(struct model *model, uint64_t *random, int steps) {
  uint8_t picture[PICTURE_MAX];
  for (int i = 0; i < steps; i++) {
    int label = nets_between(random, 0, model->net->classes - 1);
    nets_picture(model->net, picture, random);
    model_forward(model, picture, label, true);
    model_backward(model, label);
  }
}

static bool same_weights(const struct weights *a, const struct weights *b, int l) {
  return memcmp(a->layer[l], b->layer[l], a->count[l] * sizeof *a->layer[l]) == 0;
}

/* Weights, state, and every tensor of the last step. */
static void assert_same(struct model *a, struct model *b) {
  assert_int_equal(a->state.steps, b->state.steps);
  assert_true(a->state.random.low == b->state.random.low);
  assert_true(a->state.random.high == b->state.random.high);
  assert_memory_equal(a->probability, b->probability, sizeof a->probability);
  for (int l = 0; l < a->net->layer_count; l++) {
    const struct layer_tensors *x = &a->layer[l], *y = &b->layer[l];
    size_t outputs = (size_t)a->net->layer[l].outputs;
    assert_true(same_weights(model_weights(a), model_weights(b), l));
    assert_memory_equal(model_sums(a, l), model_sums(b, l), outputs * sizeof *x->sum);
    assert_memory_equal(x->activation, y->activation, outputs * sizeof *x->activation);
    assert_memory_equal(x->kept, y->kept, outputs);
    assert_memory_equal(x->gate, y->gate, outputs);
    assert_memory_equal(x->gradient, y->gradient, outputs * sizeof *x->gradient);
  }
}

static void test_deterministic(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int n = 0; n < NETS; n++) {
    struct net net;
    struct model first, second;
    nets_random(&net, n % 2 ? 8 : 16, &random);
    uint64_t seed = scratch_random(&random), pictures = random;
    model_new(&first, &net, seed);
    model_new(&second, &net, seed);
    train(&first, &random, 5);
    train(&second, &pictures, 5);
    assert_same(&first, &second);
    assert_memory_equal(&first.counters, &second.counters, sizeof first.counters);
    model_free(&first);
    model_free(&second);
  }
}

/* 20 steps are 10 steps, and 10 steps of another model that got the weights and the state. */
static void test_resume(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int n = 0; n < NETS; n++) {
    struct net net;
    struct model whole, half, rest;
    nets_random(&net, n % 2 ? 8 : 16, &random);
    uint64_t seed = scratch_random(&random), pictures = random;
    model_new(&whole, &net, seed);
    train(&whole, &random, 20);

    model_new(&half, &net, seed);
    train(&half, &pictures, 10);
    model_new(&rest, &net, seed + 1);
    weights_copy(model_edit(&rest), model_weights(&half));
    rest.state = half.state;
    train(&rest, &pictures, 10);
    assert_int_equal(rest.state.steps, 20);
    assert_same(&whole, &rest);
    model_free(&whole);
    model_free(&half);
    model_free(&rest);
  }
}

/* Of units that are dropped one by one, and of pairs (0 of 16). */
static bool drawn(const uint8_t *bits, int dropped, int unit) {
  const uint8_t *draw = bits + 4 * unit;
  return dropped ? draw[0] + 2 * draw[1] + 4 * draw[2] + 8 * draw[3] >= dropped
                 : bits[unit / 2] == unit % 2;
}

/* As the step's bits say; what is dropped neither speaks nor learns. */
static void check_dropout(int dropped, uint64_t *random) {
  enum { UNITS = 8, CLASSES = 3, STEPS = 100 };
  struct nets_shape shape = {5,      5, 2, 2, 2, 1, {{UNITS, false, dropped ? -dropped : true}},
                             CLASSES};
  struct net net;
  struct model model;
  struct weights before;
  int kept[UNITS] = {0};
  nets_make(&net, &shape, &nets_wide);
  weights_new(&before, &net);
  model_new(&model, &net, scratch_random(random));
  for (int i = 0; i < STEPS; i++) {
    uint8_t bits[4 * UNITS];
    random_dropout(&net, model.state.random, bits);
    weights_copy(&before, model_weights(&model));
    train(&model, random, 1);
    const struct layer_tensors *t = &model.layer[1];
    for (int u = 0; u < UNITS; u++) {
      assert_int_equal(t->kept[u], drawn(bits, dropped, u));
      kept[u] += t->kept[u];
      bool moved = false;
      for (int k = 0; k < net.layer[1].rows; k++)
        moved |= model_weights(&model)->layer[1][k * UNITS + u] != before.layer[1][k * UNITS + u];
      for (int c = 0; c < CLASSES; c++)
        moved |=
            model_weights(&model)->layer[2][u * CLASSES + c] != before.layer[2][u * CLASSES + c];
      assert_int_equal(moved, t->kept[u]);
      if (!t->kept[u])
        assert_true(t->sum[u] == 0 && t->activation[u] == 0 && t->gradient[u] == 0 && !t->gate[u]);
    }
  }
  double share = dropped ? 1 - dropped / 16.0 : 0.5; /* of 100 +- 5 at most, six times that */
  for (int u = 0; u < UNITS; u++)
    assert_true(fabs(kept[u] - STEPS * share) <= 30);
  weights_free(&before);
  model_free(&model);
}

static void test_dropout(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int dropped = 0; dropped < 16; dropped++)
    check_dropout(dropped, &random);
}

/* At inference all units take part; those of dropout layers, and only those, times the share that
 * training keeps, and rounded once. */
static void check_share(int dropped, uint64_t *random) {
  struct nets_shape shape = {
      5, 5, 2, 2, 2, 2, {{8, true, dropped ? -dropped : true}, {6, false, false}}, 3};
  struct net net;
  struct model model;
  uint8_t picture[PICTURE_MAX];
  double share = dropped ? 1 - dropped / 16.0 : 0.5;
  nets_make(&net, &shape, &nets_wide);
  for (int i = 0; i < NETS; i++) {
    model_new(&model, &net, scratch_random(random));
    nets_picture(&net, picture, random);
    model_forward(&model, picture, 0, false);
    for (int l = 0; l < net.layer_count; l++)
      for (int o = 0; o < net.layer[l].outputs; o++) {
        const struct layer_tensors *t = &model.layer[l];
        double value =
            real(model_sums(&model, l)[o], net.layer[l].sum_shift) * (l == 1 ? share : 1);
        double rounded = floor(value + 0.5);
        assert_true(t->activation[o] == (l == 1 && rounded < 0 ? 0 : rounded));
        assert_true(t->kept[o]);
      }
    int64_t sums[8];
    memcpy(sums, model.layer[1].sum, sizeof sums);
    model_forward(&model, picture, 0, true);
    for (int u = 0; u < 8; u++)
      assert_true(model.layer[1].sum[u] == (model.layer[1].kept[u] ? sums[u] : 0));
    model_free(&model);
  }
}

static void test_share(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int dropped = 0; dropped < 16; dropped++)
    check_share(dropped, &random);
}

/* The gradient of layer l's output o by given weights of the layer behind. */
static double gradient_by(const struct model *model, const struct weights *weights, int l, int o) {
  const struct layer *next = &model->net->layer[l + 1];
  double sum = 0;
  for (int u = 0; u < next->units && model->layer[l].gate[o]; u++)
    sum += (double)weights->layer[l + 1][o * next->units + u] * model->layer[l + 1].gradient[u];
  return floor(ldexp(sum, -next->back_shift) + 0.5);
}

/* At a rate of 1 the weights move so far that new ones would give other gradients. */
static void test_weights_from_before(void **state) {
  uint64_t random = *(uint64_t *)*state;
  struct nets_shape shape = {4, 4, 2, 2, 2, 2, {{6, true, true}, {4, false, false}}, 3};
  struct net net;
  struct model model;
  struct weights before;
  int differ[NET_LAYERS_MAX] = {0};
  nets_describe(&net, &shape, &nets_wide);
  net.rate = 0;
  nets_derive(&net);
  weights_new(&before, &net);
  for (int i = 0; i < NETS; i++) {
    model_new(&model, &net, scratch_random(&random));
    weights_copy(&before, model_weights(&model));
    train(&model, &random, 1);
    for (int l = 0; l + 1 < net.layer_count; l++)
      for (int o = 0; o < net.layer[l].outputs; o++) {
        double expected = gradient_by(&model, &before, l, o);
        assert_true(model.layer[l].gradient[o] == expected);
        differ[l] += gradient_by(&model, model_weights(&model), l, o) != expected;
      }
    model_free(&model);
  }
  for (int l = 0; l + 1 < net.layer_count; l++)
    assert_true(differ[l] > 0);
  weights_free(&before);
}

/* A frozen layer stays, the others move, the random bits go on. */
static void test_freeze(void **state) {
  uint64_t random = *(uint64_t *)*state;
  struct nets_shape shape = {5, 4, 2, 2, 2, 2, {{6, false, true}, {4, false, false}}, 3};
  struct net net;
  nets_describe(&net, &shape, &nets_wide);
  nets_add_biases(&net, -2);
  nets_derive(&net);
  for (uint32_t freeze = 0; freeze < UINT32_C(1) << net.layer_count; freeze++) {
    struct model model;
    struct weights before;
    weights_new(&before, &net);
    model_new(&model, &net, scratch_random(&random));
    model.state.freeze = freeze;
    struct random_state expected = random_advance(model.state.random, 3 * RANDOM_STEP_SHIFTS);
    weights_copy(&before, model_weights(&model));
    train(&model, &random, 3);
    for (int l = 0; l < net.layer_count; l++) {
      bool frozen = freeze >> l & 1;
      assert_int_equal(same_weights(&before, model_weights(&model), l), frozen);
      if (frozen)
        assert_int_equal(model.counters.count[COUNT_LOST][l], 0);
    }
    assert_memory_equal(&model.state.random, &expected, sizeof expected);
    weights_free(&before);
    model_free(&model);
  }
}

/* Layers that are described as frozen start frozen. */
static void test_initial_freeze(void **state) {
  uint64_t random = *(uint64_t *)*state;
  struct nets_shape shape = {4, 4, 2, 2, 2, 1, {{6, true, true}}, 3};
  struct net net;
  nets_describe(&net, &shape, &nets_wide);
  net.layer[0].freeze = net.layer[2].freeze = true;
  nets_derive(&net);
  struct model model;
  struct weights before;
  weights_new(&before, &net);
  model_new(&model, &net, scratch_random(&random));
  assert_int_equal(model.state.freeze, 5);
  weights_copy(&before, model_weights(&model));
  train(&model, &random, 3);
  for (int l = 0; l < net.layer_count; l++)
    assert_int_equal(same_weights(&before, model_weights(&model), l), l != 1);
  weights_free(&before);
  model_free(&model);
}

/* ---- the counters, worked by hand ---- */

static void set_weights(struct model *model, int l, const int32_t *values) {
  struct weights *weights = model_edit(model);
  memcpy(weights->layer[l], values, weights->count[l] * sizeof *values);
}

/* Four-bit words, -8..7, without activations' fraction bits. C: sums -9 6 9 -6. D: sums -1, 24,
 * -14, 6, through ReLU. Logits: 13 and 8. Then G_S = -8 and +8 of 16; G_OUT: 6 and -15; G_L: -18
 * and -8. */
static void test_cuts(void **state) {
  (void)state;
  static const struct nets_shape shape = {2, 2, 1, 1, 1, 1, {{4, true, false}}, 2};
  static const struct nets_words words = {4, 0, 0, 4, 0};
  static const uint8_t picture[4] = {125, 130, 131, 126};
  static const int32_t kernel[1] = {3};
  static const int32_t hidden[16] = {1, -3, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0};
  static const int32_t output[8] = {0, 0, 1, 2, 0, 0, 1, -1};
  struct net net;
  struct model model;
  nets_describe(&net, &shape, &words);
  net.pixel_frac = 0;
  nets_derive(&net);
  model_new(&model, &net, 1);
  set_weights(&model, 0, kernel);
  set_weights(&model, 1, hidden);
  set_weights(&model, 2, output);

  model_forward(&model, picture, 0, true);
  assert_memory_equal(model.layer[0].activation, ((const int32_t[]){-8, 6, 7, -6}), 16);
  assert_memory_equal(model.layer[1].activation, ((const int32_t[]){0, 7, 0, 6}), 16);
  assert_memory_equal(model.layer[2].activation, ((const int32_t[]){7, 7}), 8);
  const uint32_t activations[3] = {2, 1, 2}, gradients[3] = {1, 1, 1};
  assert_memory_equal(model.counters.count[COUNT_CUT_ACTIVATIONS], activations, sizeof activations);

  model_backward(&model, 0);
  assert_memory_equal(model.layer[2].gradient, ((const int32_t[]){-8, 7}), 8);
  assert_memory_equal(model.layer[1].gradient, ((const int32_t[]){0, 6, 0, -8}), 16);
  assert_memory_equal(model.layer[0].gradient, ((const int32_t[]){-8, -8, 0, 0}), 16);
  assert_memory_equal(model.counters.count[COUNT_CUT_GRADIENTS], gradients, sizeof gradients);

  assert_int_equal(model.counters.pictures, 0);
  assert_int_equal(model.counters.correct, 1);
  model_forward(&model, picture, 3, false);
  assert_int_equal(model.counters.pictures, 1);
  assert_int_equal(model.counters.correct, 1);
  model_free(&model);
}

/* Zero logits, so that G_S = -1/2 and +1/2; an update is the pixel's integer over -+128 steps of
 * the weights' grid. The pixels 64, -64, 63, 0 give class 0 the steps -.5 .5 -.49 0, class 1 their
 * negatives. */
static void check_lost(enum rounding rounding, int32_t rail, const int32_t *expected, int lost) {
  static const struct nets_shape shape = {2, 2, 0, 0, 0, 0, {{0, false, false}}, 2};
  static const struct nets_words words = {16, 15, 9, 15, -3};
  static const uint8_t picture[4] = {192, 64, 191, 128};
  const int32_t weights[8] = {0, 0, rail, rail, 0, 0, 0, 0};
  struct net net;
  struct model model;
  nets_describe(&net, &shape, &words);
  net.rate = 15;
  net.rounding = rounding;
  nets_derive(&net);
  model_new(&model, &net, 1);
  set_weights(&model, 0, weights);
  model_forward(&model, picture, 0, true);
  model_backward(&model, 0);
  assert_memory_equal(model_weights(&model)->layer[0], expected, sizeof weights);
  assert_int_equal(model.counters.count[COUNT_LOST][0], lost);
  model_free(&model);
}

static void test_lost(void **state) {
  (void)state;
  check_lost(ROUND_NEAREST, 0, (const int32_t[]){0, -1, -1, 0, 0, 0, 0, 0}, 4);
  check_lost(ROUND_TRUNCATE, 0, (const int32_t[]){1, 0, 0, 1, 1, 0, 0, 0}, 3);
  /* at the end of the word a step is lost as well */
  check_lost(ROUND_NEAREST, -32768, (const int32_t[]){0, -1, -32768, -32768, 0, 0, 0, 0}, 5);
}

int main(void) {
  uint64_t seed = scratch_seed();
  seed = seed ? seed : 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_prestate(test_against_twin, &seed),
      cmocka_unit_test_prestate(test_deterministic, &seed),
      cmocka_unit_test_prestate(test_resume, &seed),
      cmocka_unit_test_prestate(test_dropout, &seed),
      cmocka_unit_test_prestate(test_share, &seed),
      cmocka_unit_test_prestate(test_weights_from_before, &seed),
      cmocka_unit_test_prestate(test_freeze, &seed),
      cmocka_unit_test_prestate(test_initial_freeze, &seed),
      cmocka_unit_test(test_cuts),
      cmocka_unit_test(test_lost),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
