/* test_twin.c : the double-precision twin's gradients are the loss's derivatives.
 * SPDX-License-Identifier: MIT
 */
#include "model/twin.h"

#include "model/fixed.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "nets.h"

/* Central differences over 2 * STEP: their error is about 1e-16 / STEP + STEP^2, far below the
 * tolerance. A unit with a ReLU closer to its kink than KINK could cross it: such pictures are not
 * taken. */
static const double STEP = 1e-6, TOLERANCE = 1e-7, KINK = 1e-3;

static const struct nets_shape shapes[] = {
    {5, 5, 2, 2, 2, 1, {{4, true, true}}, 2},                /* the paper's kind */
    {6, 4, 3, 2, 3, 1, {{6, true, true}}, 3},                /* nothing square */
    {4, 7, 2, 4, 1, 1, {{5, false, false}}, 3},              /* no ReLU, no dropout */
    {5, 3, 1, 3, 3, 1, {{4, false, true}}, 2},               /* dropout alone */
    {5, 3, 1, 3, 3, 2, {{5, true, -5}, {7, false, -11}}, 2}, /* unit by unit */
    {3, 3, 1, 1, 1, 1, {{3, true, false}}, 4},               /* ReLU alone */
    {4, 4, 2, 3, 2, 3, {{6, true, true}, {4, true, false}, {8, true, true}}, 3}, /* three hidden */
    {3, 4, 0, 0, 0, 2, {{6, true, true}, {5, false, false}}, 5}, /* no convolution */
    {4, 3, 2, 2, 2, 0, {{0, false, false}}, 3},                  /* no hidden layer */
    {2, 2, 0, 0, 0, 0, {{0, false, false}}, 16},                 /* the output alone */
};
enum { SHAPES = sizeof shapes / sizeof shapes[0], PICTURE_MAX = 64 };

static bool near(double found, double expected) {
  return fabs(found - expected) <= TOLERANCE * (1 + fabs(expected));
}

/* ---- the checker ---- */

static double loss_with(struct twin *twin, const uint8_t *picture, int label, double *weight,
                        double value) {
  double before = *weight;
  *weight = value;
  twin_forward(twin, picture, true);
  *weight = before;
  return twin_loss(twin, label);
}

/* How many of layer l's gradients of weights and biases are not the loss's difference quotients. */
static int wrong_weights(struct twin *twin, const uint8_t *picture, int label, int l) {
  const struct layer *layer = &twin->net->layer[l];
  int wrong = 0;
  for (size_t i = 0; i < layer->weight_count; i++) {
    double *w = &twin->layer[l].weights[i];
    double above = loss_with(twin, picture, label, w, *w + STEP);
    double below = loss_with(twin, picture, label, w, *w - STEP);
    wrong += !near(twin->layer[l].weight_gradient[i], (above - below) / (2 * STEP));
  }
  twin_forward(twin, picture, true);
  return wrong;
}

static double loss_from(struct twin *twin, int label, int l, int n, double change) {
  double *activation = &twin->layer[l].activation[n];
  double before = *activation;
  *activation += change;
  twin_forward_from(twin, l + 1, true);
  double loss = twin_loss(twin, label);
  *activation = before;
  return loss;
}

/* How many of the gradients of layer l's outputs are wrong: behind a gate exactly 0, else the
 * loss's difference quotients. */
static int wrong_outputs(struct twin *twin, const uint8_t *picture, int label, int l) {
  int wrong = 0;
  for (int n = 0; n < twin->net->layer[l].outputs; n++) {
    double found = twin->layer[l].gradient[n];
    double above = loss_from(twin, label, l, n, STEP), below = loss_from(twin, label, l, n, -STEP);
    wrong += twin->layer[l].gate[n] ? !near(found, (above - below) / (2 * STEP)) : found != 0;
  }
  twin_forward(twin, picture, true);
  return wrong;
}

/* Draws weights and a picture until no unit is near its kink, and does forward and backward. A sum
 * of exactly 0 is a unit that is dropped or has only stopped units in front of it. */
static void step_off_kinks(struct twin *twin, uint8_t *picture, int label, uint64_t *random) {
  const struct net *net = twin->net;
  bool kink = true;
  for (int tries = 0; kink; tries++) {
    assert_true(tries < 1000);
    for (int l = 0; l < net->layer_count; l++)
      for (size_t i = 0; i < net->layer[l].weight_count; i++)
        twin->layer[l].weights[i] = nets_between(random, -500000, 500000) / 1e6;
    nets_picture(net, picture, random);
    twin_forward(twin, picture, true);
    kink = false;
    for (int l = 0; l < net->layer_count; l++)
      for (int n = 0; n < net->layer[l].outputs && net->layer[l].relu; n++)
        kink |= twin->layer[l].sum[n] != 0 && fabs(twin->layer[l].sum[n]) < KINK;
  }
  twin_backward(twin, label);
}

/* ---- the tests ---- */

/* Every second label of a shape is with biases. */
static void test_finite_differences(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int s = 0; s < SHAPES; s++)
    for (int label = 0; label < shapes[s].classes; label++) {
      struct net net;
      struct twin twin;
      uint8_t picture[PICTURE_MAX];
      nets_describe(&net, &shapes[s], &nets_wide);
      if (label % 2)
        nets_add_biases(&net, NET_INIT_ZERO);
      nets_derive(&net);
      twin_new(&twin, &net, scratch_random(&random));
      step_off_kinks(&twin, picture, label, &random);
      for (int l = 0; l < net.layer_count; l++) {
        assert_int_equal(wrong_weights(&twin, picture, label, l), 0);
        assert_int_equal(wrong_outputs(&twin, picture, label, l), 0);
      }
      twin_free(&twin);
    }
}

/* The checker finds exactly the one gradient that was falsified, in each tensor. */
static void test_checker_fails(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int s = 0; s < SHAPES; s++) {
    struct net net;
    struct twin twin;
    uint8_t picture[PICTURE_MAX];
    nets_describe(&net, &shapes[s], &nets_wide);
    nets_add_biases(&net, NET_INIT_ZERO);
    nets_derive(&net);
    twin_new(&twin, &net, scratch_random(&random));
    step_off_kinks(&twin, picture, 0, &random);
    for (int l = 0; l < net.layer_count; l++) {
      struct twin_tensors *t = &twin.layer[l];
      int weight = nets_between(&random, 0, (int)net.layer[l].weight_count - 1);
      int output = nets_between(&random, 0, net.layer[l].outputs - 1);
      double weight_gradient = t->weight_gradient[weight], gradient = t->gradient[output];
      t->weight_gradient[weight] += 1e-4;
      t->gradient[output] += 1e-4;
      assert_int_equal(wrong_weights(&twin, picture, 0, l), 1);
      assert_int_equal(wrong_outputs(&twin, picture, 0, l), 1);
      t->weight_gradient[weight] = weight_gradient;
      t->gradient[output] = gradient;
    }
    twin_free(&twin);
  }
}

/* A 2x3 picture, one 1x2 window, two units of which one is dropped or halved, worked by hand. */
static void test_forward_by_hand(void **state) {
  (void)state;
  static const struct nets_shape shape = {2, 3, 1, 1, 2, 1, {{2, true, true}}, 2};
  static const uint8_t picture[6] = {192, 128, 64, 160, 192, 0};          /* 1 0 -1, 0.5 1 -2 */
  static const double kernel[2] = {1, -2};                                /* C = 1 2, -1.5 5 */
  static const double hidden[4][2] = {{1, -1}, {2, 0}, {0, -2}, {1, -1}}; /* sums 10, -3 */
  static const double output[2][2] = {{0.1, -0.1}, {3, 4}};
  struct net net;
  struct twin twin;
  nets_make(&net, &shape, &nets_wide);
  twin_new(&twin, &net, 1);
  memcpy(twin.layer[0].weights, kernel, sizeof kernel);
  memcpy(twin.layer[1].weights, hidden, sizeof hidden);
  memcpy(twin.layer[2].weights, output, sizeof output);

  twin_forward(&twin, picture, false);
  const double c[4] = {1, 2, -1.5, 5};
  assert_memory_equal(twin.layer[0].activation, c, sizeof c);
  assert_true(twin.layer[1].sum[0] == 10 && twin.layer[1].sum[1] == -3);
  assert_true(twin.layer[1].activation[0] == 5 && twin.layer[1].activation[1] == 0);
  assert_true(near(twin.layer[2].activation[0], 0.5) && near(twin.layer[2].activation[1], -0.5));
  assert_true(near(twin.probability[0], 1 / (1 + exp(-1))));
  assert_true(near(twin_loss(&twin, 1), log(1 + exp(1))));
  assert_int_equal(twin.best, 0);

  int seen[2] = {0, 0};
  for (uint64_t seed = 0; seed < 20; seed++) {
    twin.state.random = random_from_seed(seed);
    uint8_t bit;
    random_dropout(&net, twin.state.random, &bit);
    twin_forward(&twin, picture, true); /* the bit keeps the second unit, which ReLU then stops */
    seen[bit]++;
    assert_true(twin.layer[1].activation[0] == (bit ? 0 : 10) && twin.layer[1].activation[1] == 0);
    assert_true(twin.layer[1].gate[0] == !bit && !twin.layer[1].gate[1]);
  }
  assert_true(seen[0] > 0 && seen[1] > 0);
  twin_free(&twin);
}

/* Weights and biases change by their gradients, in both ways alike, but for a frozen layer's. */
static void test_biases(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int s = 0; s < SHAPES; s++) {
    struct net net;
    struct twin twin, learner;
    uint8_t picture[PICTURE_MAX];
    nets_describe(&net, &shapes[s], &nets_wide);
    nets_add_biases(&net, -1);
    nets_derive(&net);
    uint64_t seed = scratch_random(&random);
    twin_new(&twin, &net, seed);
    step_off_kinks(&twin, picture, 0, &random);
    twin_new(&learner, &net, seed);
    int frozen = s % net.layer_count;
    twin.state.freeze = learner.state.freeze = UINT32_C(1) << frozen;
    for (int l = 0; l < net.layer_count; l++)
      memcpy(learner.layer[l].weights, twin.layer[l].weights,
             net.layer[l].weight_count * sizeof *twin.layer[l].weights);
    twin_forward(&learner, picture, true);
    twin_learn(&learner, 0);
    double before[NET_LAYERS_MAX];
    for (int l = 0; l < net.layer_count; l++)
      before[l] = twin.layer[l].weights[net_bias(&net, l)->first];
    twin_update(&twin);
    for (int l = 0; l < net.layer_count; l++) {
      double step = ldexp(twin.layer[l].weight_gradient[net_bias(&net, l)->first], -net.rate);
      assert_true(near(twin.layer[l].weights[net_bias(&net, l)->first],
                       before[l] - (l == frozen ? 0 : step)));
      for (size_t i = 0; i < net.layer[l].weight_count; i++)
        assert_true(near(learner.layer[l].weights[i], twin.layer[l].weights[i]));
    }
    twin_free(&learner);
    twin_free(&twin);
  }
}

static void test_update(void **state) {
  uint64_t random = *(uint64_t *)*state;
  for (int frozen = 0; frozen < 3; frozen++) {
    struct net net;
    struct twin twin;
    uint8_t picture[PICTURE_MAX];
    nets_make(&net, &shapes[1], &nets_wide);
    twin_new(&twin, &net, scratch_random(&random));
    twin.state.rate = 3;
    twin.state.freeze = UINT32_C(1) << frozen;
    step_off_kinks(&twin, picture, 0, &random);
    struct random_state next = random_advance(twin.state.random, RANDOM_STEP_SHIFTS);
    for (int l = 0; l < net.layer_count; l++) {
      twin.layer[l].weights[1] = 0.75;
      twin.layer[l].weight_gradient[1] = 0.5;
    }
    twin_update(&twin);
    for (int l = 0; l < net.layer_count; l++)
      assert_true(twin.layer[l].weights[1] == (l == frozen ? 0.75 : 0.75 - 0.5 / 8));
    assert_int_equal(twin.state.steps, 1);
    assert_memory_equal(&twin.state.random, &next, sizeof next);
    twin_free(&twin);
  }
}

/* Training on a picture and its negative tells them apart. */
static void test_learns(void **state) {
  uint64_t random = *(uint64_t *)*state;
  struct net net;
  struct twin twin;
  uint8_t picture[2][PICTURE_MAX];
  nets_make(&net, &shapes[2], &nets_wide);
  twin_new(&twin, &net, scratch_random(&random));
  nets_picture(&net, picture[0], &random);
  for (int i = 0; i < net.height * net.width; i++)
    picture[1][i] = (uint8_t)(255 - picture[0][i]);
  for (int i = 0; i < 500; i++) {
    twin_forward(&twin, picture[i % 2], true);
    twin_backward(&twin, i % 2);
    twin_update(&twin);
  }
  for (int label = 0; label < 2; label++) {
    twin_forward(&twin, picture[label], false);
    assert_int_equal(twin.best, label);
    assert_true(twin_loss(&twin, label) < 0.1);
  }
  twin_free(&twin);
}

static void test_weights(void **state) {
  (void)state;
  static const struct nets_shape shape = {1, 1, 0, 0, 0, 0, {{0, false, false}}, 8};
  static const struct nets_words words = {8, 4, 4, 4, 0}; /* weights -8 .. 7.9375 */
  static const double values[8] = {0, 1.5, -8, 7.9375, 1.03125, -1.03125, 100, -1e30};
  static const int32_t grid[8] = {0, 24, -128, 127, 17, -16, 127, -128};
  struct net net;
  struct twin twin, again;
  struct weights weights;
  nets_make(&net, &shape, &words);
  weights_new(&weights, &net);
  twin_new(&twin, &net, 1);
  memcpy(twin.layer[0].weights, values, sizeof values);
  twin_get_weights(&twin, &weights);
  assert_memory_equal(weights.layer[0], grid, sizeof grid);

  twin_new(&again, &net, 2);
  twin_set_weights(&again, &weights);
  for (int i = 0; i < 8; i++)
    assert_true(again.layer[0].weights[i] == (double)(float)values[i]);
  weights_drop_real(&weights);
  twin_set_weights(&again, &weights);
  for (int i = 0; i < 8; i++)
    assert_true(again.layer[0].weights[i] == grid[i] / 16.0);
  twin_free(&again);
  twin_free(&twin);
  weights_free(&weights);
}

int main(void) {
  uint64_t seed = scratch_seed();
  seed = seed ? seed : 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_prestate(test_finite_differences, &seed),
      cmocka_unit_test_prestate(test_checker_fails, &seed),
      cmocka_unit_test(test_forward_by_hand),
      cmocka_unit_test_prestate(test_biases, &seed),
      cmocka_unit_test_prestate(test_update, &seed),
      cmocka_unit_test_prestate(test_learns, &seed),
      cmocka_unit_test(test_weights),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
