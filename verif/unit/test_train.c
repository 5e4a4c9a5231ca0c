/* test_train.c : a training run learns, keeps its best, and goes on after a stop with the same
 * bits.
 * SPDX-License-Identifier: MIT
 *
 * Runs in the repository's root: reads nets/.
 */
#include "base/file.h"
#include "device/device_parts.h"
#include "model/softmax.h"
#include "model/twin.h"
#include "scratch.h"
#include "train/keep.h"
#include "train/train.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <unistd.h>

enum { SIDE = 8, CLASSES = 3, PIXELS = SIDE * SIDE };

static int setup(void **state) {
  *state = scratch_make();
  return *state ? 0 : -1;
}

static int teardown(void **state) {
  return scratch_remove(*state);
}

static struct net load_net(const char *path) {
  struct net net;
  struct error err = {0};
  net_load(&net, path, NULL, 0, &err);
  assert_string_equal(err.message, "");
  return net;
}

/* Pictures of noise with one bright band, whose place is the class: rows 0-1, 3-4 or 6-7. */
struct pictures {
  struct dataset data;
  enum part *parts;
  struct augment augment; /* of training; none unless the test says so */
  bool balance;
};

static struct pictures pictures_new(size_t count, uint64_t random) {
  struct pictures made = {.data = {.count = count, .height = SIDE, .width = SIDE}};
  struct dataset *data = &made.data;
  data->class_count = CLASSES;
  data->class_names = memory_new(CLASSES, sizeof *data->class_names);
  for (int c = 0; c < CLASSES; c++)
    data->class_names[c] = memory_new(1, 1);
  data->pictures = memory_new(count, PIXELS);
  data->labels = memory_new(count, 1);
  made.parts = memory_new(count, sizeof *made.parts);
  for (size_t i = 0; i < count; i++) {
    int label = (int)(scratch_random(&random) >> 33) % CLASSES;
    data->labels[i] = (uint8_t)label;
    made.parts[i] = i % 10 == 8 ? PART_VALIDATION : i % 10 == 9 ? PART_TEST : PART_TRAIN;
    for (int p = 0; p < PIXELS; p++) {
      int row = p / SIDE, noise = (int)(scratch_random(&random) >> 33) % 64;
      bool band = row == 3 * label || row == 3 * label + 1;
      data->pictures[i * PIXELS + (size_t)p] = (uint8_t)((band ? 150 : 80) + noise);
    }
  }
  return made;
}

static void pictures_free(struct pictures *pictures) {
  dataset_free(&pictures->data);
  free(pictures->parts);
}

static struct checkpoint start_of(const struct net *net, const struct pictures *pictures,
                                  uint64_t seed) {
  struct checkpoint start = {.state = device_state_fresh(net, seed), .place = {.seed = seed}};
  start.place.data = train_digest(&pictures->data, pictures->parts);
  weights_new(&start.weights, net);
  random_weights(net, seed, &start.weights);
  return start;
}

/* A run on a new device from `start`. */
static struct train begin(const struct net *net, const struct pictures *pictures,
                          const struct checkpoint *start, const struct checkpoint *best) {
  struct error err = {0};
  struct train train = {.net = net,
                        .device = device_open("golden", net, &err),
                        .data = &pictures->data,
                        .parts = pictures->parts,
                        .augment = pictures->augment,
                        .balance = pictures->balance};
  train_begin(&train, start, best, &err);
  assert_string_equal(err.message, "");
  return train;
}

static void run(struct train *train, uint32_t epochs, uint64_t steps) {
  struct error err = {0};
  assert_int_equal(train_run(train, epochs, steps, &err), 0);
  assert_string_equal(err.message, "");
}

static void end(struct train *train) {
  device_close(train->device);
  train_end(train);
}

static struct checkpoint state_of(struct train *train) {
  struct error err = {0};
  struct checkpoint last = {.origin.class_names = "top,middle,bottom"};
  weights_new(&last.weights, train->net);
  assert_int_equal(train_state(train, &last, &err), 0);
  return last;
}

static bool same_weights(const struct weights *a, const struct weights *b) {
  bool same = a->layer_count == b->layer_count;
  for (int l = 0; l < a->layer_count && same; l++)
    same = a->count[l] == b->count[l] &&
           memcmp(a->layer[l], b->layer[l], a->count[l] * sizeof *a->layer[l]) == 0;
  return same;
}

static void assert_same(const struct checkpoint *a, const struct checkpoint *b) {
  assert_true(same_weights(&a->weights, &b->weights));
  assert_true(a->state.random.low == b->state.random.low);
  assert_true(a->state.random.high == b->state.random.high);
  assert_int_equal(a->state.steps, b->state.steps);
  assert_int_equal(a->state.rate, b->state.rate);
  assert_int_equal(a->state.freeze, b->state.freeze);
  assert_true(a->place.seed == b->place.seed);
  assert_true(a->place.data == b->place.data);
  assert_int_equal(a->place.epoch, b->place.epoch);
  assert_int_equal(a->place.position, b->place.position);
}

/* ---- loss and order ---- */

static void test_loss(void **state) {
  (void)state;
  assert_true(train_loss(32768) == 0);
  assert_true(fabs(train_loss(16384) - 0.693147180559945) < 1e-12);
  assert_true(fabs(train_loss(1) - 10.397207708399179) < 1e-12);
  assert_true(train_loss(0) == train_loss(1));
}

static void test_order(void **state) {
  (void)state;
  enum { COUNT = 300, EPOCHS = 20 };
  uint64_t seed = scratch_seed();
  static size_t orders[EPOCHS][COUNT], again[COUNT];
  for (uint32_t e = 0; e < EPOCHS; e++) {
    bool there[COUNT] = {false};
    train_order(seed, e, COUNT, orders[e]);
    for (size_t i = 0; i < COUNT; i++) {
      assert_true(orders[e][i] < COUNT);
      assert_false(there[orders[e][i]]);
      there[orders[e][i]] = true;
    }
  }
  for (uint32_t e = 0; e < EPOCHS; e++)
    for (uint32_t f = 0; f < e; f++) {
      int same = 0;
      for (size_t i = 0; i < COUNT; i++)
        same += orders[e][i] == orders[f][i];
      assert_true(same < 15); /* one is expected by chance */
    }
  train_order(seed, 7, COUNT, again);
  assert_memory_equal(again, orders[7], sizeof again);
  train_order(seed + 1, 7, COUNT, again);
  assert_memory_not_equal(again, orders[7], sizeof again);
  size_t one[1] = {9};
  train_order(seed, 0, 1, one);
  assert_int_equal(one[0], 0);
  train_order(seed, 0, 0, NULL);
}

/* Each of the three first places gets each of three pictures about equally often, all six orders
 * come. */
static void test_order_is_even(void **state) {
  (void)state;
  int seen[27] = {0}, orders = 0;
  for (uint32_t e = 0; e < 6000; e++) {
    size_t order[3];
    train_order(5, e, 3, order);
    seen[order[0] * 9 + order[1] * 3 + order[2]]++;
  }
  for (int i = 0; i < 27; i++) {
    orders += seen[i] > 0;
    assert_true(seen[i] == 0 || (seen[i] > 850 && seen[i] < 1150)); /* 1000 +- 5 sigma */
  }
  assert_int_equal(orders, 6);
}

/* ---- each class equally often ---- */

/* What a program of its own made of the description's text. */
static void test_balanced_text(void **state) {
  (void)state;
  const uint8_t labels[] = {0, 0, 1, 0, 0, 0, 2, 0, 0, 1, 0};
  enum { COUNT = sizeof labels };
  const size_t expected[][COUNT] = {{9, 17, 13, 3, 10, 20, 6, 28, 5, 8, 2},
                                    {9, 39, 4, 0, 1, 28, 13, 2, 7, 6, 17},
                                    {39, 10, 8, 28, 17, 20, 2, 13, 4, 6, 9}};
  for (uint32_t e = 0; e < 3; e++) {
    size_t order[COUNT];
    train_order_balanced(12345678901, e, labels, COUNT, order);
    assert_memory_equal(order, expected[e], sizeof order);
  }
}

/* Over any number of epochs each class is drawn equally often but for one, and so is each picture
 * of a class; what is drawn again is numbered. */
static void test_balanced_is_even(void **state) {
  (void)state;
  enum { COUNT = 61, EPOCHS = 40, LABELS = 5 };
  uint64_t seed = scratch_seed(), random = seed;
  uint8_t labels[COUNT];
  for (int t = 0; t < COUNT; t++) { /* nothing of class 2 */
    uint8_t label = (uint8_t)((scratch_random(&random) >> 33) % 20);
    labels[t] = label < 2 || label == 3 ? label : 4;
  }
  labels[7] = 0, labels[20] = 1, labels[40] = 3, labels[60] = 4;
  int drawn[COUNT] = {0}, of_class[LABELS] = {0};
  for (uint32_t e = 0; e < EPOCHS; e++) {
    size_t order[COUNT], again[COUNT];
    int now[COUNT] = {0};
    bool seen[COUNT][COUNT] = {{false}};
    train_order_balanced(seed, e, labels, COUNT, order);
    train_order_balanced(seed, e, labels, COUNT, again);
    assert_memory_equal(order, again, sizeof order);
    for (int i = 0; i < COUNT; i++) {
      size_t t = order[i] % COUNT, k = order[i] / COUNT;
      assert_true(k < COUNT && !seen[t][k]);
      seen[t][k] = true;
      now[t]++;
      drawn[t]++;
      of_class[labels[t]]++;
    }
    for (int t = 0; t < COUNT; t++)
      for (int k = 0; k < now[t]; k++)
        assert_true(seen[t][k]);
    assert_int_equal(of_class[2], 0);
    for (int a = 0; a < LABELS; a++)
      for (int b = 0; b < LABELS; b++)
        assert_true(a == 2 || b == 2 || abs(of_class[a] - of_class[b]) <= 1);
    for (int t = 0; t < COUNT; t++)
      for (int u = 0; u < COUNT; u++)
        assert_true(labels[t] != labels[u] || abs(drawn[t] - drawn[u]) <= 1);
  }
}

/* Classes of equal size: each epoch has each picture once, and another order. */
static void test_balanced_of_equal_classes(void **state) {
  (void)state;
  enum { COUNT = 30 };
  uint64_t seed = scratch_seed();
  uint8_t labels[COUNT];
  size_t order[COUNT], before[COUNT] = {0};
  for (int t = 0; t < COUNT; t++)
    labels[t] = (uint8_t)(t * 7 % 3);
  for (uint32_t e = 0; e < 50; e++) {
    bool there[COUNT] = {false};
    train_order_balanced(seed, e, labels, COUNT, order);
    for (int i = 0; i < COUNT; i++) {
      assert_true(order[i] < COUNT && !there[order[i]]);
      there[order[i]] = true;
    }
    assert_memory_not_equal(order, before, sizeof order);
    memcpy(before, order, sizeof order);
  }
  train_order_balanced(seed, 3, NULL, 0, NULL);
}

static void test_digest(void **state) {
  (void)state;
  struct pictures pictures = pictures_new(20, 3);
  struct dataset *data = &pictures.data;
  uint64_t digest = train_digest(data, pictures.parts);
  assert_true(digest != 0);
  assert_true(digest == train_digest(data, pictures.parts));
  data->pictures[19 * PIXELS + 63] ^= 1;
  assert_true(digest != train_digest(data, pictures.parts));
  data->pictures[19 * PIXELS + 63] ^= 1;
  data->labels[4] ^= 1;
  assert_true(digest != train_digest(data, pictures.parts));
  data->labels[4] ^= 1;
  pictures.parts[0] = PART_TEST;
  assert_true(digest != train_digest(data, pictures.parts));
  pictures.parts[0] = PART_TRAIN;
  assert_true(digest == train_digest(data, pictures.parts));
  pictures_free(&pictures);
}

/* ---- learning ---- */

/* The same training written down plainly: one picture after the other in the model itself. */
static void train_plainly(struct model *model, const struct pictures *pictures, uint64_t seed,
                          uint32_t epochs) {
  size_t count = 0, order[1000], picture[1000];
  uint8_t labels[1000];
  for (size_t i = 0; i < pictures->data.count; i++)
    if (pictures->parts[i] == PART_TRAIN) {
      labels[count] = pictures->data.labels[i];
      picture[count++] = i;
    }
  for (uint32_t e = 0; e < epochs; e++) {
    if (pictures->balance)
      train_order_balanced(seed, e, labels, count, order);
    else
      train_order(seed, e, count, order);
    for (size_t i = 0; i < count; i++) {
      size_t p = picture[order[i] % count], again = order[i] / count * pictures->data.count;
      uint8_t shown[PIXELS];
      augment_picture(pictures->data.pictures + p * PIXELS, SIDE, SIDE,
                      augment_draw(&pictures->augment, seed, e, p + again),
                      (uint8_t)net_pixel_zero(model->net), shown);
      model_forward(model, shown, pictures->data.labels[p], true);
      model_backward(model, pictures->data.labels[p]);
    }
  }
}

static void same_as_plain(struct augment augment, bool balance) {
  uint64_t seed = scratch_seed();
  struct net net = load_net("nets/tiny.yaml");
  struct pictures pictures = pictures_new(150, 11);
  pictures.augment = augment;
  pictures.balance = balance;
  struct checkpoint start = start_of(&net, &pictures, seed);
  struct train train = begin(&net, &pictures, &start, NULL);
  run(&train, 3, 0);
  struct checkpoint last = state_of(&train);
  struct model model;
  model_new(&model, &net, seed);
  train_plainly(&model, &pictures, seed, 3);
  assert_true(same_weights(model_weights(&model), &last.weights));
  assert_int_equal(last.state.steps, 3 * 120);
  assert_int_equal(last.place.epoch, 3);
  assert_int_equal(last.place.position, 0);
  assert_int_equal(train.epoch_count, 3);
  uint64_t correct = 0, lost = 0, lost_plainly = 0;
  for (int e = 0; e < 3; e++) {
    assert_int_equal(train.epochs[e].pictures, 120);
    correct += (uint64_t)lround(train.epochs[e].accuracy * 120);
    for (int l = 0; l < net.layer_count; l++)
      lost += train.epochs[e].counters.count[COUNT_LOST][l];
  }
  for (int l = 0; l < net.layer_count; l++)
    lost_plainly += model.counters.count[COUNT_LOST][l];
  assert_true(lost == lost_plainly);
  assert_true(correct == model.counters.correct);
  model_free(&model);
  weights_free(&last.weights);
  weights_free(&start.weights);
  end(&train);
  pictures_free(&pictures);
}

static void test_same_as_plain(void **state) {
  (void)state;
  same_as_plain((struct augment){0}, false);
}

static void test_same_as_plain_augmented(void **state) {
  (void)state;
  same_as_plain((struct augment){2, true}, false);
}

static void test_same_as_plain_balanced(void **state) {
  (void)state;
  same_as_plain((struct augment){0}, true);
  same_as_plain((struct augment){2, true}, true);
}

static void learns(const struct net *net) {
  struct error err = {0};
  struct pictures pictures = pictures_new(600, 17);
  struct checkpoint start = start_of(net, &pictures, 1);
  struct train train = begin(net, &pictures, &start, NULL);
  run(&train, 12, 0);
  struct metrics test;
  assert_int_equal(train_test(&train, &test, NULL, &err), 0);
  assert_int_equal(test.count, 60);
  assert_true(metrics_accuracy(&test) > 0.95);
  assert_true(metrics_loss(&test) < 0.2);
  assert_true(train.epochs[0].loss > train.epochs[11].loss);
  assert_true(train.epochs[11].accuracy > train.epochs[0].accuracy);
  weights_free(&start.weights);
  end(&train);
  pictures_free(&pictures);
}

/* 8x8 pictures and three classes, in 8-bit words that round stochastically. */
static struct net net_of_8_bits(void) {
  struct net net = load_net("nets/tiny8.yaml");
  struct error err = {0};
  net.height = net.width = SIDE;
  net.layer[net.layer_count - 1].units = CLASSES;
  net.fold[FOLD_POSITIONS] = 1;
  net.fold[FOLD_OUTPUT_LANES] = 1;
  net_derive(&net, &err);
  assert_string_equal(err.message, "");
  return net;
}

static void test_learns(void **state) {
  (void)state;
  struct net net = load_net("nets/tiny.yaml");
  net.rate = 6;
  learns(&net);
}

static void test_learns_8_bits(void **state) {
  (void)state;
  struct net net = net_of_8_bits();
  net.rate = 6;
  learns(&net);
}

/* A device of a core that only infers answers a picture to train on as one to infer. */
static void test_only_infers(void **state) {
  (void)state;
  struct net net = load_net("nets/tiny.yaml");
  net.fold[FOLD_MODE] = MODE_INFERENCE;
  struct error err = {0};
  struct pictures pictures = pictures_new(20, 3);
  struct checkpoint start = start_of(&net, &pictures, 1), last = {.origin.class_names = ""};
  weights_new(&last.weights, &net);
  struct device *device = device_open("golden", &net, &err);
  assert_int_equal(device_set(device, &start.weights, &start.state, &err), 0);
  struct counters counters;
  for (unsigned i = 0; i < 20; i++) {
    struct job job = {pictures.data.pictures + i * PIXELS, PIXELS, pictures.data.labels[i], i % 2};
    struct reply reply;
    assert_int_equal(device_run(device, &job, 1, &reply, &err), 0);
    assert_false(reply.train);
    assert_int_equal(reply.status, REPLY_GOOD);
    assert_int_equal(reply.steps, 0);
  }
  assert_int_equal(device_counters(device, &counters, &err), 0);
  assert_int_equal(counters.pictures, 20);
  assert_int_equal(device_get(device, &last.weights, &last.state, &err), 0);
  assert_true(same_weights(&start.weights, &last.weights));
  assert_int_equal(last.state.steps, 0);
  weights_free(&start.weights);
  weights_free(&last.weights);
  device_close(device);
  pictures_free(&pictures);
}

/* ---- the twin ---- */

static bool same_real(const struct weights *a, const struct weights *b) {
  bool same = true;
  for (int l = 0; l < a->layer_count && same; l++)
    same = a->real[l] && b->real[l] &&
           memcmp(a->real[l], b->real[l], a->count[l] * sizeof *a->real[l]) == 0;
  return same;
}

/* The same steps with the device and by hand. */
static void step_both(struct device *device, struct twin *twin, const struct pictures *pictures) {
  struct error err = {0};
  for (unsigned i = 0; i < pictures->data.count; i++) {
    const uint8_t *picture = pictures->data.pictures + i * PIXELS;
    int label = pictures->data.labels[i];
    struct job job = {picture, PIXELS, label, i % 4 != 0};
    struct reply reply;
    assert_int_equal(device_run(device, &job, 1, &reply, &err), 0);
    twin_forward(twin, picture, job.train);
    assert_int_equal(reply.status, REPLY_GOOD);
    assert_int_equal(reply.train, job.train);
    assert_int_equal(reply.best, twin->best);
    assert_int_equal(reply.steps, twin->state.steps);
    for (int c = 0; c < CLASSES; c++)
      assert_true(fabs((double)reply.probability[c] / SOFTMAX_ONE - twin->probability[c]) < 1e-4);
    if (job.train) {
      twin_backward(twin, label);
      twin_update(twin);
    }
  }
}

/* The device is the twin, and its weights leave and come back as they are, also through a file; the
 * model takes the nearest of its grid instead. */
static void test_twin(void **state) {
  struct net net = net_of_8_bits();
  struct error err = {0};
  struct pictures pictures = pictures_new(100, 3);
  struct checkpoint start = start_of(&net, &pictures, 1), last = {.origin.class_names = ""};
  struct checkpoint again = {.origin.class_names = ""};
  struct twin twin;
  weights_new(&last.weights, &net);
  weights_new(&again.weights, &net);
  twin_new(&twin, &net, 1);
  struct device *device = device_open("twin", &net, &err),
                *model = device_open("golden", &net, &err);
  assert_int_equal(device_set(device, &start.weights, &start.state, &err), 0);
  step_both(device, &twin, &pictures);
  assert_int_equal(device_get(device, &last.weights, &last.state, &err), 0);
  twin_get_weights(&twin, &again.weights);
  assert_true(same_real(&last.weights, &again.weights));
  assert_int_equal(last.state.steps, 75);

  size_t inexact;
  char *path = path_join(*state, "w");
  assert_int_equal(checkpoint_save(path, &net, &last, &err), 0);
  assert_int_equal(checkpoint_load(path, &net, &again, &inexact, &err), 0);
  assert_true(inexact > 0 && same_weights(&last.weights, &again.weights));
  assert_true(same_real(&last.weights, &again.weights));
  assert_int_equal(device_set(device, &again.weights, &again.state, &err), 0);
  assert_int_equal(device_get(device, &again.weights, &again.state, &err), 0);
  assert_true(same_real(&last.weights, &again.weights));
  assert_int_equal(device_set(model, &last.weights, &last.state, &err), 0);
  assert_int_equal(device_get(model, &again.weights, &again.state, &err), 0);
  assert_true(same_weights(&last.weights, &again.weights) && !again.weights.real[0]);

  struct job bad[] = {{pictures.data.pictures, PIXELS - 1, 0, true},
                      {pictures.data.pictures, PIXELS + 1, 0, true},
                      {pictures.data.pictures, PIXELS, CLASSES, true}};
  struct reply replies[3];
  assert_int_equal(device_run(device, bad, 3, replies, &err), 0);
  assert_int_equal(replies[0].status, REPLY_SHORT);
  assert_int_equal(replies[1].status, REPLY_LONG);
  assert_int_equal(replies[2].status, REPLY_LABEL);
  struct counters counters;
  assert_int_equal(device_counters(device, &counters, &err), 0);
  assert_int_equal(counters.pictures, 25);
  device_close(device);
  device_close(model);
  twin_free(&twin);
  weights_free(&start.weights);
  weights_free(&last.weights);
  weights_free(&again.weights);
  pictures_free(&pictures);
  free(path);
}

/* ---- the best ---- */

static double measure(const struct net *net, const struct pictures *pictures,
                      const struct checkpoint *checkpoint, enum part part, double *loss) {
  struct error err = {0};
  struct metrics metrics;
  const struct train_watch nobody = {.context = NULL};
  struct device *device = device_open("golden", net, &err);
  size_t count, *indices = split_pictures(&pictures->data, pictures->parts, part, &count);
  assert_int_equal(device_set(device, &checkpoint->weights, &checkpoint->state, &err), 0);
  metrics_begin(&metrics, net->classes);
  train_measure(device, &pictures->data, indices, count, "", &nobody, &metrics, NULL, &err);
  assert_string_equal(err.message, "");
  assert_int_equal(metrics.count, count);
  free(indices);
  device_close(device);
  *loss = metrics_loss(&metrics);
  return metrics_accuracy(&metrics);
}

/* Index of the epoch that is best by the rule, found from the figures alone. */
static size_t best_of(const struct train *train) {
  size_t best = 0;
  for (size_t e = 1; e < train->epoch_count; e++) {
    const struct train_epoch *a = &train->epochs[e], *b = &train->epochs[best];
    if (a->validation_accuracy > b->validation_accuracy ||
        (a->validation_accuracy == b->validation_accuracy &&
         a->validation_loss < b->validation_loss))
      best = e;
  }
  return best;
}

/* A rate that is too high makes validation go up and down, so that the best is not the last. */
static void test_best(void **state) {
  (void)state;
  struct error err = {0};
  struct net net = load_net("nets/tiny.yaml");
  struct pictures pictures = pictures_new(200, 23);
  pictures.augment = (struct augment){1, true}; /* not of validation and test */
  struct checkpoint start = start_of(&net, &pictures, 1);
  start.state.rate = 2;
  struct train train = begin(&net, &pictures, &start, NULL);
  run(&train, 10, 0);
  size_t best = best_of(&train);
  assert_true(best < 9);
  assert_int_equal(train.best_epoch, best + 1);
  assert_int_equal(train.best.place.epoch, best + 1);
  assert_int_equal(train.best.place.position, 0);
  assert_int_equal(train.best.state.steps, (best + 1) * 160);
  assert_true(train.epochs[best].best);
  for (size_t e = best + 1; e < 10; e++)
    assert_false(train.epochs[e].best);
  double loss;
  assert_true(measure(&net, &pictures, &train.best, PART_VALIDATION, &loss) ==
              train.epochs[best].validation_accuracy);
  assert_true(loss == train.epochs[best].validation_loss);

  struct checkpoint last = state_of(&train);
  assert_false(same_weights(&last.weights, &train.best.weights));
  struct metrics test;
  assert_int_equal(train_test(&train, &test, NULL, &err), 0);
  assert_true(measure(&net, &pictures, &train.best, PART_TEST, &loss) == metrics_accuracy(&test));
  assert_true(loss == metrics_loss(&test));
  weights_free(&last.weights);
  weights_free(&start.weights);
  end(&train);
  pictures_free(&pictures);
}

/* ---- the learning rate ---- */

/* Halved between two epochs, once for each that is named, whether or not the run stops there; not
 * below the least. */
static void test_halve(void **state) {
  (void)state;
  static const uint32_t halve[] = {1, 3};
  struct net net = load_net("nets/tiny.yaml");
  struct pictures pictures = pictures_new(50, 31); /* 40 to train on */
  struct checkpoint start = start_of(&net, &pictures, 1), whole = {.origin.class_names = ""};
  start.state.rate = NET_RATE_MAX - 1;
  for (int pieces = 0; pieces < 2; pieces++) {
    static const int expected[] = {NET_RATE_MAX - 1, NET_RATE_MAX, NET_RATE_MAX, NET_RATE_MAX};
    struct checkpoint now = start;
    struct train train = begin(&net, &pictures, &start, NULL);
    train.halve = halve;
    train.halve_count = 2;
    for (uint32_t epoch = 0; epoch < 4; epoch++) {
      run(&train, epoch + 1, pieces ? 15 : 0);
      if (pieces) {
        end(&train);
        train = begin(&net, &pictures, &now, NULL);
        train.halve = halve;
        train.halve_count = 2;
        run(&train, epoch + 1, 0);
      }
      struct checkpoint last = state_of(&train);
      assert_int_equal(last.state.rate, expected[epoch]);
      if (epoch > 0)
        weights_free(&now.weights);
      now = last;
    }
    if (pieces) {
      assert_same(&now, &whole);
      weights_free(&now.weights);
    } else {
      whole = now;
    }
    end(&train);
  }
  weights_free(&start.weights);
  weights_free(&whole.weights);
  pictures_free(&pictures);
}

/* ---- stop and go on ---- */

/* Trains in pieces of the given steps, each on a device of its own and through the files. */
static struct checkpoint in_pieces(const struct net *net, const struct pictures *pictures,
                                   const struct checkpoint *start, const uint64_t *steps,
                                   size_t count, uint32_t epochs, const char *path,
                                   struct checkpoint *best) {
  struct error err = {0};
  size_t inexact;
  struct checkpoint now = *start;
  bool has_best = false;
  weights_new(&now.weights, net);
  for (int l = 0; l < net->layer_count; l++)
    memcpy(now.weights.layer[l], start->weights.layer[l], now.weights.count[l] * sizeof(int32_t));
  for (size_t i = 0; i <= count; i++) {
    struct train train = begin(net, pictures, &now, has_best ? best : NULL);
    run(&train, epochs, i < count ? steps[i] : 0);
    weights_free(&now.weights);
    uint32_t before = now.state.steps;
    now = state_of(&train);
    assert_true(i == count || now.state.steps - before == steps[i]);
    keep_save(path, net, &now, train.best_epoch ? &train.best : &now, &err);
    assert_string_equal(err.message, "");
    bool had_best = train.best_epoch > 0;
    end(&train);
    assert_int_equal(checkpoint_load(path, net, &now, &inexact, &err), 0);
    has_best = keep_load_best(path, net, &now, best);
    assert_true(has_best == had_best);
  }
  return now;
}

static void resumes(const char *folder, const struct net *net, uint64_t seed, int rate,
                    uint32_t epochs, const uint64_t *steps, size_t count, struct augment augment,
                    bool balance) {
  struct pictures pictures = pictures_new(100, 29);
  pictures.balance = balance;
  pictures.augment = augment;
  struct checkpoint start = start_of(net, &pictures, seed);
  start.state.rate = rate;
  start.state.freeze = 1;
  struct train train = begin(net, &pictures, &start, NULL);
  run(&train, epochs, 0);
  struct checkpoint whole = state_of(&train), best = {.state = {.rate = 0}};
  weights_new(&best.weights, net);
  char *path = path_join(folder, "w");
  struct checkpoint pieces = in_pieces(net, &pictures, &start, steps, count, epochs, path, &best);
  assert_same(&pieces, &whole);
  assert_string_equal(pieces.origin.class_names, "top,middle,bottom");
  assert_true(same_weights(&best.weights, &train.best.weights));
  assert_int_equal(best.place.epoch, train.best_epoch);
  free(path);
  weights_free(&best.weights);
  weights_free(&pieces.weights);
  weights_free(&whole.weights);
  weights_free(&start.weights);
  end(&train);
  pictures_free(&pictures);
}

/* 80 steps an epoch. */
static void test_resume(void **state) {
  uint64_t seed = scratch_seed();
  struct net nets[] = {load_net("nets/tiny.yaml"), net_of_8_bits()};
  static const struct {
    uint64_t steps[4];
    size_t count;
  } stops[] = {
      {{1}, 1},              /* after the first step */
      {{37}, 1},             /* inside a chunk */
      {{80}, 1},             /* at an epoch's end */
      {{79, 2}, 2},          /* a piece across an epoch's end */
      {{250}, 1},            /* in the last epoch */
      {{33, 64, 100, 1}, 4}, /* several */
  };
  for (size_t n = 0; n < sizeof nets / sizeof nets[0]; n++)
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++)
      resumes(*state, &nets[n], seed, 5, 4, stops[i].steps, stops[i].count,
              i % 2 ? (struct augment){0} : (struct augment){1, true}, i % 3 != 0);
}

/* The best is from before the stop, and no later epoch is better. */
static void test_resume_keeps_best(void **state) {
  (void)state;
  struct net net = load_net("nets/tiny.yaml");
  struct pictures pictures = pictures_new(200, 23);
  struct checkpoint start = start_of(&net, &pictures, 1);
  start.state.rate = 2;
  struct train whole = begin(&net, &pictures, &start, NULL);
  run(&whole, 10, 0);
  assert_true(whole.best_epoch < 10);
  struct train first = begin(&net, &pictures, &start, NULL);
  run(&first, 10, 160 * whole.best_epoch + 1);
  struct checkpoint stop = state_of(&first);
  struct train second = begin(&net, &pictures, &stop, &first.best);
  run(&second, 10, 0);
  assert_int_equal(second.best_epoch, whole.best_epoch);
  assert_true(second.best_accuracy == whole.best_accuracy && second.best_loss == whole.best_loss);
  assert_true(same_weights(&second.best.weights, &whole.best.weights));
  struct train without = begin(&net, &pictures, &stop, NULL);
  run(&without, 10, 0);
  assert_true(without.best_epoch > whole.best_epoch);
  weights_free(&stop.weights);
  weights_free(&start.weights);
  end(&whole);
  end(&first);
  end(&second);
  end(&without);
  pictures_free(&pictures);
}

/* The comparison above notices one step in another order. */
static void test_other_order_is_noticed(void **state) {
  (void)state;
  struct net net = load_net("nets/tiny.yaml");
  struct pictures pictures = pictures_new(100, 29);
  struct checkpoint start = start_of(&net, &pictures, 1);
  struct train train = begin(&net, &pictures, &start, NULL);
  run(&train, 1, 0);
  struct checkpoint a = state_of(&train);
  end(&train);
  start.place.seed = 2;
  train = begin(&net, &pictures, &start, NULL);
  run(&train, 1, 0);
  struct checkpoint b = state_of(&train);
  assert_false(same_weights(&a.weights, &b.weights));
  end(&train);
  weights_free(&a.weights);
  weights_free(&b.weights);
  weights_free(&start.weights);
  pictures_free(&pictures);
}

/* Stops behind the chunk that brings `left` to 0. */
static bool count_down(void *context, const char *what, size_t done, size_t total) {
  int *left = context;
  assert_true(done <= total);
  return strcmp(what, "training") != 0 || --*left > 0;
}

/* 80 pictures are chunks of 32, 32 and 16. */
static void stops_after(int chunks, uint32_t epoch, uint32_t position) {
  struct error err = {0};
  struct net net = load_net("nets/tiny.yaml");
  struct pictures pictures = pictures_new(100, 31);
  struct checkpoint start = start_of(&net, &pictures, 1);
  struct train train = begin(&net, &pictures, &start, NULL);
  train.watch = (struct train_watch){.context = &chunks, .chunk = count_down};
  assert_int_equal(train_run(&train, 5, 0, &err), 0);
  assert_true(train.stopped);
  assert_int_equal(train.place.epoch, epoch);
  assert_int_equal(train.place.position, position);
  assert_int_equal(train.epoch_count, epoch);
  assert_int_equal(train.current.pictures, position);
  end(&train);
  weights_free(&start.weights);
  pictures_free(&pictures);
}

static void test_watch_stops(void **state) {
  (void)state;
  stops_after(2, 0, 64);
  stops_after(3, 1, 0);
  stops_after(4, 1, 32);
}

/* ---- patience ---- */

/* Where a run of at most `epochs` epochs ends by the rule, from the figures of one that does not
 * end early. */
static uint32_t patience_end(const struct train *train, uint32_t patience, uint32_t epochs) {
  uint32_t best = 0;
  for (uint32_t e = 1; e <= epochs; e++) {
    best = train->epochs[e - 1].best ? e : best;
    if (e - best >= patience)
      return e;
  }
  return epochs;
}

/* A run ends by its patience, in one piece and in pieces of `steps` with the same bits; when it is
 * continued there, it does nothing. */
static void test_patience(void **state) {
  (void)state;
  enum { EPOCHS = 14, STEPS = 50 };
  struct error err = {0};
  struct net net = load_net("nets/tiny.yaml");
  struct pictures pictures = pictures_new(100, 33);
  struct checkpoint start = start_of(&net, &pictures, 1);
  struct train endless = begin(&net, &pictures, &start, NULL);
  run(&endless, EPOCHS, 0);
  assert_int_equal(endless.epoch_count, EPOCHS);
  bool early = false;
  for (uint32_t patience = 1; patience < 5; patience++) {
    uint32_t expected = patience_end(&endless, patience, EPOCHS);
    struct train train = begin(&net, &pictures, &start, NULL);
    train.patience = patience;
    run(&train, EPOCHS, 0);
    assert_int_equal(train.place.epoch, expected);
    assert_int_equal(train.place.position, 0);
    assert_true(train_is_spent(&train) || expected == EPOCHS);
    early = early || expected < EPOCHS;

    struct checkpoint piece = start, last = state_of(&train), now;
    struct checkpoint best = {.origin.class_names = ""};
    weights_new(&piece.weights, &net);
    weights_copy(&piece.weights, &start.weights);
    weights_new(&best.weights, &net);
    bool has_best = false;
    for (int i = 0; i < EPOCHS * 2; i++) {
      struct train part = begin(&net, &pictures, &piece, has_best ? &best : NULL);
      part.patience = patience;
      run(&part, EPOCHS, STEPS);
      now = state_of(&part);
      weights_free(&piece.weights);
      piece = now;
      if (part.best_epoch > 0) {
        weights_copy(&best.weights, &part.best.weights);
        best.state = part.best.state;
        best.place = part.best.place;
        has_best = true;
      }
      end(&part);
    }
    assert_same(&piece, &last);
    weights_free(&piece.weights);
    weights_free(&best.weights);
    weights_free(&last.weights);
    end(&train);
  }
  assert_true(early);
  assert_string_equal(err.message, "");
  end(&endless);
  weights_free(&start.weights);
  pictures_free(&pictures);
}

/* ---- counters and replies ---- */

/* A device that loses every update there is, and takes each picture for the next class. */
struct loser {
  struct device device;
  struct counters counters;
};

static int loser_set(struct device *device, const struct weights *weights,
                     const struct device_state *state, struct error *err) {
  (void)device, (void)weights, (void)state, (void)err;
  return 0;
}

static int loser_get(struct device *device, struct weights *weights, struct device_state *state,
                     struct error *err) {
  (void)device, (void)weights, (void)state, (void)err;
  return 0;
}

static int loser_run(struct device *device, const struct job *jobs, size_t count,
                     struct reply *replies, struct error *err) {
  (void)err;
  const struct layer *layer = &device->net->layer[1];
  for (size_t i = 0; i < count; i++) {
    replies[i] = (struct reply){.best = (jobs[i].label + 1) % CLASSES, .probability = {7, 8, 9}};
    if (jobs[i].train)
      ((struct loser *)device)->counters.count[COUNT_LOST][1] += (uint32_t)layer->weight_count;
  }
  return 0;
}

static int loser_counters(struct device *device, struct counters *counters, struct error *err) {
  (void)err;
  *counters = ((struct loser *)device)->counters;
  return 0;
}

static const struct device_kind loser_kind = {
    .set = loser_set, .get = loser_get, .run = loser_run, .counters = loser_counters};

/* More updates in an epoch than a device's counter of 32 bits holds. */
static void test_counts_beyond_32_bits(void **state) {
  (void)state;
  struct error err = {0};
  struct net net = load_net("nets/tiny.yaml");
  net.layer[1].weight_count = 1 << 22;
  struct pictures pictures = pictures_new(2000, 17);
  struct loser loser = {{.kind = &loser_kind, .net = &net},
                        {.count[COUNT_LOST] = {0, UINT32_MAX - 5}}};
  struct checkpoint start = {.place = {.seed = 3}};
  struct train train = {
      .net = &net, .device = &loser.device, .data = &pictures.data, .parts = pictures.parts};
  assert_int_equal(train_begin(&train, &start, NULL, &err), 0);
  run(&train, 2, 0);
  for (int e = 0; e < 2; e++)
    assert_true(train.epochs[e].counters.count[COUNT_LOST][1] == UINT64_C(1600) << 22);
  assert_true(train.epochs[0].counters.count[COUNT_LOST][0] == 0);
  train_end(&train);
  pictures_free(&pictures);
}

/* Replies that were watched, by what for. */
struct watched {
  const struct pictures *pictures;
  size_t validation, test;
};

static void watch_reply(void *context, const char *what, size_t picture,
                        const struct reply *reply) {
  struct watched *watched = context;
  const struct pictures *pictures = watched->pictures;
  bool test = strcmp(what, "test") == 0;
  assert_true(test || strcmp(what, "validation") == 0);
  assert_int_equal(pictures->parts[picture], test ? PART_TEST : PART_VALIDATION);
  assert_int_equal(reply->best, (pictures->data.labels[picture] + 1) % CLASSES);
  assert_int_equal(reply->probability[2], 9);
  watched->validation += !test;
  watched->test += test;
}

static void test_replies_are_watched(void **state) {
  (void)state;
  struct error err = {0};
  struct metrics metrics;
  struct net net = load_net("nets/tiny.yaml");
  struct pictures pictures = pictures_new(400, 19);
  struct loser loser = {{.kind = &loser_kind, .net = &net}, {.pictures = 0}};
  struct checkpoint start = {.place = {.seed = 3}};
  struct watched watched = {&pictures, 0, 0};
  struct train train = {.net = &net,
                        .device = &loser.device,
                        .data = &pictures.data,
                        .parts = pictures.parts,
                        .watch = {.context = &watched, .reply = watch_reply}};
  assert_int_equal(train_begin(&train, &start, NULL, &err), 0);
  run(&train, 2, 0);
  assert_int_equal(train_test(&train, &metrics, NULL, &err), 0);
  assert_int_equal(watched.validation, 2 * 40);
  assert_int_equal(watched.test, 40);
  train_end(&train);
  pictures_free(&pictures);
}

static void test_place_of_other_pictures(void **state) {
  (void)state;
  struct error err = {0};
  struct net net = load_net("nets/tiny.yaml");
  struct pictures pictures = pictures_new(100, 31);
  struct checkpoint start = start_of(&net, &pictures, 1);
  start.place.position = 80;
  struct train train = {.net = &net,
                        .device = device_open("golden", &net, &err),
                        .data = &pictures.data,
                        .parts = pictures.parts};
  assert_int_equal(train_begin(&train, &start, NULL, &err), -1);
  assert_string_equal(err.message, "the run stands at picture 80 of an epoch, which has 80");
  end(&train);
  weights_free(&start.weights);
  pictures_free(&pictures);
}

/* ---- the files ---- */

/* "w.best" is taken when it can be the best of the run, otherwise not. */
static void test_best_of_another_run(void **state) {
  struct error err = {0};
  struct net net = load_net("nets/tiny.yaml");
  char *path = path_join(*state, "w");
  struct checkpoint last = {.state = {{1, 0}, 300, 8, 0}, .place = {4, 5, 3, 60}}, found = last;
  weights_new(&last.weights, &net);
  weights_new(&found.weights, &net);
  const struct {
    struct place place;
    uint32_t steps;
    bool taken;
  } cases[] = {
      {{4, 5, 3, 0}, 240, true},  {{4, 5, 1, 0}, 80, true},   {{4, 5, 4, 0}, 240, false},
      {{9, 5, 3, 0}, 240, false}, {{4, 6, 3, 0}, 240, false}, {{4, 5, 3, 1}, 240, false},
      {{4, 5, 0, 0}, 0, false},   {{4, 5, 3, 0}, 301, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct checkpoint best = last;
    best.place = cases[i].place;
    best.state.steps = cases[i].steps;
    assert_int_equal(keep_save(path, &net, &last, &best, &err), 0);
    assert_true(keep_load_best(path, &net, &last, &found) == cases[i].taken);
  }
  char *missing = path_join(*state, "none");
  assert_false(keep_load_best(missing, &net, &last, &found));
  free(missing);
  free(path);
  weights_free(&last.weights);
  weights_free(&found.weights);
}

static void test_keep_refuses(void **state) {
  struct net net = load_net("nets/tiny.yaml");
  struct checkpoint any = {.state = {{1, 0}, 0, 8, 0}};
  weights_new(&any.weights, &net);
  char *path = path_join(*state, "w2"), *best = path_join(*state, "w2.best");
  char *missing = path_join(*state, "nowhere/w");
  struct error err = {0};
  assert_int_equal(keep_check(path, &net, &any, &err), 0);
  assert_int_equal(access(path, F_OK), -1);
  assert_int_equal(access(best, F_OK), -1);
  assert_int_equal(keep_check(missing, &net, &any, &err), -1);
  assert_non_null(strstr(err.message, "nowhere/w: cannot write: No such file or directory"));
  /* the second file cannot be written: the first is not either */
  err.message[0] = '\0';
  assert_int_equal(folder_make(best, &err), 0);
  assert_int_equal(keep_check(path, &net, &any, &err), -1);
  assert_non_null(strstr(err.message, "w2.best: is a folder"));
  err.message[0] = '\0';
  assert_int_equal(keep_save(path, &net, &any, &any, &err), -1);
  assert_int_equal(access(path, F_OK), -1);
  free(path);
  free(best);
  free(missing);
  weights_free(&any.weights);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

/* ---- inference in threads ---- */

enum { JOBS = 700, THREADS = 7 };

/* The replies and counters of pictures among which a few are wrong or are trained on. */
static struct counters run_jobs(const struct net *net, const char *threads, struct reply *replies) {
  struct pictures pictures = pictures_new(JOBS, 5);
  struct error err = {{0}};
  struct job jobs[JOBS];
  struct counters counters;
  for (size_t i = 0; i < JOBS; i++) {
    jobs[i] = (struct job){pictures.data.pictures + i * PIXELS, PIXELS, pictures.data.labels[i],
                           i % 300 == 299};
    jobs[i].bytes -= i % 50 == 9;
    jobs[i].label += i % 50 == 19 ? CLASSES : 0;
  }
  setenv("ENGRAM_THREADS", threads, 1);
  struct device *device = device_open("golden", net, &err);
  unsetenv("ENGRAM_THREADS");
  struct device_state state = device_state_fresh(net, 3);
  assert_int_equal(device_initialise(device, 3, &state, &err), 0);
  assert_int_equal(device_run(device, jobs, JOBS, replies, &err), 0);
  assert_int_equal(device_counters(device, &counters, &err), 0);
  device_close(device);
  pictures_free(&pictures);
  return counters;
}

static void test_threads(void **state) {
  (void)state;
  static struct reply expected[JOBS], replies[JOBS];
  for (int wide = 0; wide < 2; wide++) {
    struct net net = load_net("nets/tiny.yaml");
    struct error err = {{0}};
    net.layer[1].word.bits += 2 * wide; /* more than the kernels take */
    assert_int_equal(net_derive(&net, &err), 0);
    struct counters one = run_jobs(&net, "1", expected);
    assert_int_equal(one.pictures, JOBS - JOBS / 300 - 2 * (JOBS / 50));
    assert_true(one.correct > 0 && one.correct < JOBS);
    for (int threads = 2; threads <= THREADS; threads++) {
      char text[4];
      snprintf(text, sizeof text, "%d", threads);
      struct counters many = run_jobs(&net, text, replies);
      assert_memory_equal(&many, &one, sizeof one);
      assert_memory_equal(replies, expected, sizeof replies);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_loss),
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_order_is_even),
      cmocka_unit_test(test_balanced_text),
      cmocka_unit_test(test_balanced_is_even),
      cmocka_unit_test(test_balanced_of_equal_classes),
      cmocka_unit_test(test_digest),
      cmocka_unit_test(test_same_as_plain),
      cmocka_unit_test(test_same_as_plain_augmented),
      cmocka_unit_test(test_same_as_plain_balanced),
      cmocka_unit_test(test_learns),
      cmocka_unit_test(test_learns_8_bits),
      cmocka_unit_test(test_only_infers),
      IN_FOLDER(test_twin),
      cmocka_unit_test(test_best),
      cmocka_unit_test(test_halve),
      IN_FOLDER(test_resume),
      cmocka_unit_test(test_resume_keeps_best),
      cmocka_unit_test(test_other_order_is_noticed),
      cmocka_unit_test(test_watch_stops),
      cmocka_unit_test(test_patience),
      cmocka_unit_test(test_counts_beyond_32_bits),
      cmocka_unit_test(test_replies_are_watched),
      cmocka_unit_test(test_threads),
      cmocka_unit_test(test_place_of_other_pictures),
      IN_FOLDER(test_best_of_another_run),
      IN_FOLDER(test_keep_refuses),
  };
  return cmocka_run_group_tests_name("train", tests, NULL, NULL);
}
