/* test_tune.c : binary points from the twin's ranges and from trainings.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "scratch.h"
#include "train/tune.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "nets.h"

enum { SIDE = 8, PIXELS = SIDE * SIDE, CLASSES = 3, COUNT = 200 };

/* Noise with one bright band, whose place is the class. */
struct pictures {
  struct dataset data;
  enum part parts[COUNT];
};

static void pictures_make(struct pictures *made, uint64_t random) {
  struct dataset *data = &made->data;
  *data = (struct dataset){.count = COUNT, .height = SIDE, .width = SIDE, .class_count = CLASSES};
  data->class_names = memory_new(CLASSES, sizeof *data->class_names);
  for (int c = 0; c < CLASSES; c++)
    data->class_names[c] = memory_new(1, 1);
  data->pictures = memory_new(COUNT, PIXELS);
  data->labels = memory_new(COUNT, 1);
  for (int i = 0; i < COUNT; i++) {
    int label = nets_between(&random, 0, CLASSES - 1);
    data->labels[i] = (uint8_t)label;
    made->parts[i] = i % 5 == 3 ? PART_VALIDATION : i % 5 == 4 ? PART_TEST : PART_TRAIN;
    for (int p = 0; p < PIXELS; p++) {
      bool band = p / SIDE == 3 * label || p / SIDE == 3 * label + 1;
      data->pictures[i * PIXELS + p] = (uint8_t)((band ? 150 : 80) + nets_between(&random, 0, 63));
    }
  }
}

/* 8 bits, with points at which nothing is learned. */
static struct net net_of(int weight_frac, int activation_frac) {
  static const struct nets_shape shape = {SIDE, SIDE, 2, 3, 3, 1, {{8, true, true}}, CLASSES};
  struct nets_words words = {8, weight_frac, activation_frac, 7, -2};
  struct net net;
  nets_describe(&net, &shape, &words);
  net.rate = 4;
  net.rounding = ROUND_STOCHASTIC;
  net.random_bits = 8;
  nets_derive(&net);
  return net;
}

static struct tune tune_of(const struct pictures *pictures) {
  return (struct tune){.data = &pictures->data,
                       .parts = pictures->parts,
                       .seed = 1,
                       .seeds = 3,
                       .epochs = 8,
                       .rounds = 1};
}

static int frac_at(const struct net *net, int place) {
  return tune_frac(net, place / TUNE_WORDS, (enum tune_word)(place % TUNE_WORDS));
}

/* ---- */

static void test_compare(void **state) {
  (void)state;
  struct tune tune = {.seeds = 3};
  struct tune_score a = {.loss = 2, .losses = {1, 2, 3}}, b = {.loss = 3, .losses = {3, 2, 4}};
  struct tune_difference difference = tune_compare(&tune, &a, &b); /* -2, 0, -1 */
  assert_true(fabs(difference.mean + 1) < 1e-12);
  assert_true(fabs(difference.error - 1 / sqrt(3)) < 1e-12);
  assert_true(tune_is_better(&difference));
  difference = tune_compare(&tune, &b, &a);
  assert_false(tune_is_better(&difference));
  assert_false(tune_is_better(&(struct tune_difference){-0.1, 0.2}));
  assert_false(tune_is_better(&(struct tune_difference){0, 0}));
}

/* From points far off: what the ranges give can be built, few numbers are cut, and it learns. */
static void test_ranges(void **state) {
  (void)state;
  struct pictures pictures;
  pictures_make(&pictures, 5);
  struct tune tune = tune_of(&pictures);
  struct error err = {""};
  struct tune_score before, after, twin;
  struct net net = net_of(2, 7), same = net_of(6, 3);
  assert_int_equal(tune_measure(&tune, &net, "golden", &before, &err), 0);
  assert_int_equal(tune_measure(&tune, &net, "twin", &twin, &err), 0);
  assert_int_equal(tune_from_ranges(&tune, &net, &err), 0);
  assert_int_equal(tune_measure(&tune, &net, "golden", &after, &err), 0);
  assert_int_equal(tune.trainings, 10);
  assert_true(twin.accuracy > 0.7);
  assert_true(after.loss < before.loss);
  assert_true(after.accuracy > twin.accuracy - 0.05);
  /* The twin has no points: where it begins matters only for the grid of its initial weights. */
  assert_int_equal(tune_from_ranges(&tune, &same, &err), 0);
  for (int i = 0; i < net.layer_count * TUNE_WORDS; i++)
    assert_in_range(frac_at(&net, i) - frac_at(&same, i) + 1, 0, 2);
  dataset_free(&pictures.data);
}

struct heard {
  int trials, kept;
  double loss; /* of the best so far */
};

static void hear(void *context, const struct net *best, int l, enum tune_word word, int frac,
                 const struct tune_score *score, const struct tune_difference *difference,
                 bool kept) {
  struct heard *heard = context;
  heard->trials++;
  assert_int_equal(abs(frac - tune_frac(best, l, word)), 1);
  assert_true(fabs(score->loss - heard->loss - difference->mean) < 1e-9);
  assert_int_equal(kept, tune_is_better(difference));
  if (kept)
    heard->loss = score->loss;
  heard->kept += kept;
}

static struct tune_score search(const struct pictures *pictures, struct net *net,
                                struct heard *heard) {
  struct tune tune = tune_of(pictures);
  struct error err = {""};
  struct tune_score score;
  assert_int_equal(tune_measure(&tune, net, "golden", &score, &err), 0);
  *heard = (struct heard){.loss = score.loss};
  tune.watch.context = heard;
  tune.watch.trial = hear;
  assert_int_equal(tune_search(&tune, net, &score, &err), 0);
  assert_int_equal(tune.trainings, tune.seeds * (1 + heard->trials));
  return score;
}

/* It goes from worse to better, the same way each time, whatever the test part has. */
static void test_search(void **state) {
  (void)state;
  struct pictures pictures;
  struct heard heard, again;
  pictures_make(&pictures, 9);
  struct net first = net_of(4, 6), second = first, begin = first;
  struct tune_score score = search(&pictures, &first, &heard);
  assert_true(heard.kept > 0);
  assert_true(score.loss == heard.loss);
  int moved = 0;
  for (int i = 0; i < first.layer_count * TUNE_WORDS; i++)
    moved += abs(frac_at(&first, i) - frac_at(&begin, i));
  assert_int_equal(moved, heard.kept);
  for (int i = 4; i < COUNT; i += 5)
    memset(pictures.data.pictures + i * PIXELS, i, PIXELS);
  struct tune_score other = search(&pictures, &second, &again);
  assert_true(score.loss == other.loss);
  for (int i = 0; i < first.layer_count * TUNE_WORDS; i++)
    assert_int_equal(frac_at(&first, i), frac_at(&second, i));
  dataset_free(&pictures.data);
}

/* Points that nothing allows are moved to what can be built, for any net. */
static void test_any_net(void **state) {
  uint64_t random = *(uint64_t *)*state;
  struct pictures pictures;
  pictures_make(&pictures, random);
  for (int n = 0; n < 20; n++) {
    struct net net;
    do
      nets_random(&net, nets_between(&random, 8, 20), &random);
    while (net.classes < CLASSES);
    net.height = net.width = SIDE;
    struct tune tune = tune_of(&pictures);
    struct error err = {""};
    tune.epochs = 1;
    net.rate = 8;
    nets_derive(&net);
    tune_from_ranges(&tune, &net, &err);
    assert_string_equal(err.message, "");
  }
  dataset_free(&pictures.data);
}

/* Where the twin itself does not stay within bounds there is nothing to follow. */
static void test_endless(void **state) {
  (void)state;
  static const struct nets_shape shape = {
      SIDE, SIDE, 0, 1, 1, 3, {{8, false, false}, {8, false, false}, {8, false, false}}, CLASSES};
  static const struct nets_words words = {16, 10, 8, 10, 0};
  struct pictures pictures;
  struct net net;
  struct error err = {""};
  pictures_make(&pictures, 3);
  nets_describe(&net, &shape, &words);
  net.pixel_frac = 0;
  net.rate = 0;
  nets_derive(&net);
  struct tune tune = tune_of(&pictures);
  assert_int_equal(tune_from_ranges(&tune, &net, &err), -1);
  assert_string_equal(err.message,
                      "the floating-point twin's numbers grow without end at a learning "
                      "rate of 2^-0, allowed training.rate larger");
  dataset_free(&pictures.data);
}

int main(void) {
  uint64_t seed = scratch_seed();
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_compare), cmocka_unit_test(test_ranges),
                                     cmocka_unit_test(test_search), cmocka_unit_test(test_endless),
                                     cmocka_unit_test_prestate(test_any_net, &seed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
