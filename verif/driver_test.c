/* driver_test.c : the driver of driver/ on the simulated core, beside the golden model.
 * SPDX-License-Identifier: MIT
 *
 * Usage: driver_test NET STALL [FOLD...], compiled with the engram_core.h of NET at these folds.
 * Compares all that the driver writes, reads and receives with the model, and provokes each of its
 * errors. Ends with one line `driver: PASS ...` or `driver: FAIL ...`.
 */
#include "base/file.h"
#include "device/sim_bus.h"
#include "engram_driver.h"
#include "model/model.h"
#include "net/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEED = 7, TRAIN = 30, INFER = 10, HALF = TRAIN / 2 };

int engram_example(const struct engram *core); /* driver/example.c */

struct test {
  struct net net;
  struct sim_bus bus;
  struct model model;
  struct engram core;
  struct error err;
  bool lie;         /* STATUS says that the core is paused */
  uint32_t refused; /* accesses answered with SLVERR */
  uint64_t noise;   /* of the pictures */
  uint8_t picture[ENGRAM_PICTURE_BYTES + 1];
  unsigned compared, mismatches;
};

/* ---------------------------------------------------------------- the board, simulated */

static int bus_read(void *context, uint32_t address, uint32_t *value) {
  struct test *test = context;
  int answer = sim_bus_read(&test->bus, address, value, &test->err);
  test->refused += answer == 1;
  if (test->lie && address == ENGRAM_STATUS)
    *value |= ENGRAM_PAUSED;
  return answer;
}

static int bus_write(void *context, uint32_t address, uint32_t value) {
  struct test *test = context;
  int answer = sim_bus_write(&test->bus, address, value, 15, &test->err);
  test->refused += answer == 1;
  return answer;
}

static int bus_send(void *context, uint8_t byte, bool last, uint8_t user) {
  struct test *test = context;
  return sim_bus_send(&test->bus, byte, last, user, &test->err);
}

static int bus_receive(void *context, uint32_t *word, bool *last) {
  struct test *test = context;
  return sim_bus_receive(&test->bus, word, last, &test->err);
}

/* ---------------------------------------------------------------- comparing */

static void expect(struct test *test, const char *what, long index, int64_t expected,
                   int64_t found) {
  test->compared++;
  if (expected != found && test->mismatches++ == 0)
    printf("first difference: %s[%ld] expected %" PRId64 " got %" PRId64 "\n", what, index,
           expected, found);
}

/* A call of the driver that must return `expected`. */
#define CALL(expected, call) expect(test, #call, -1, expected, call)

/* All weights and the state, read by the driver, are the model's. */
static void expect_model(struct test *test) {
  for (uint32_t l = 0; l < ENGRAM_LAYERS; l++) {
    const struct weights *model = model_weights(&test->model);
    size_t count = model->count[l];
    int32_t *weights = memory_new(count, sizeof *weights);
    CALL(ENGRAM_OK, engram_read_layer(&test->core, l, weights));
    for (size_t i = 0; i < count; i++)
      expect(test, "weight", (long)i, model->layer[l][i], weights[i]);
    free(weights);
  }
  struct engram_state found = {.steps = 0};
  const struct device_state *state = &test->model.state;
  CALL(ENGRAM_OK, engram_get_state(&test->core, &found));
  expect(test, "random", 0, (int64_t)state->random.low,
         (int64_t)(found.random[0] | (uint64_t)found.random[1] << 32));
  expect(test, "random", 1, (int64_t)state->random.high,
         (int64_t)(found.random[2] | (uint64_t)found.random[3] << 32));
  expect(test, "steps", -1, state->steps, found.steps);
  expect(test, "rate", -1, state->rate, found.rate);
  expect(test, "freeze", -1, state->freeze, found.freeze);
}

static void expect_counters(struct test *test, uint32_t refused_pictures) {
  struct engram_counters found;
  const struct counters *counters = &test->model.counters;
  CALL(ENGRAM_OK, engram_read_counters(&test->core, &found));
  expect(test, "pictures", -1, counters->pictures, found.pictures);
  expect(test, "correct", -1, counters->correct, found.correct);
  expect(test, "access", -1, test->refused, found.access);
  expect(test, "too_short", -1, refused_pictures, found.too_short);
  expect(test, "too_long", -1, refused_pictures, found.too_long);
  expect(test, "bad_label", -1, refused_pictures, found.bad_label);
  for (int l = 0; l < ENGRAM_LAYERS; l++) {
    expect(test, "cut_activations", l, counters->count[COUNT_CUT_ACTIVATIONS][l],
           found.cut_activations[l]);
    expect(test, "cut_gradients", l, counters->count[COUNT_CUT_GRADIENTS][l],
           found.cut_gradients[l]);
    expect(test, "lost", l, counters->count[COUNT_LOST][l], found.lost[l]);
  }
  struct plan plan;
  plan_make(&plan, &test->net);
  uint64_t cycles = (uint64_t)plan.train_cycles * test->model.state.steps +
                    (uint64_t)plan.infer_cycles * counters->pictures;
  if (test->bus.stall == 0)
    expect(test, "cycles", -1, (int64_t)cycles, (int64_t)found.cycles);
}

/* ---------------------------------------------------------------- pictures */

/* A picture of a random class, with noise: {picture, label}. */
static int draw(struct test *test) {
  int label = (int)(random_splitmix(&test->noise) % ENGRAM_CLASSES);
  for (int i = 0; i < ENGRAM_PICTURE_BYTES; i++) {
    bool bright = i / ENGRAM_WIDTH * ENGRAM_CLASSES / ENGRAM_HEIGHT == label;
    test->picture[i] = (uint8_t)(random_splitmix(&test->noise) % 160 + (bright ? 95 : 0));
  }
  return label;
}

static bool trains(const struct test *test) {
  return test->net.fold[FOLD_MODE] == MODE_TRAINING;
}

/* Shows pictures to the core and to the model, which learn from them if the core can. */
static void run(struct test *test, int count, bool train, bool learn) {
  learn = learn && trains(test);
  for (int i = 0; i < count; i++) {
    int label = draw(test);
    struct engram_reply reply = {.steps = 0};
    CALL(ENGRAM_OK,
         engram_send(&test->core, test->picture, ENGRAM_PICTURE_BYTES, (uint32_t)label, train));
    CALL(ENGRAM_OK, engram_receive(&test->core, &reply));
    model_forward(&test->model, test->picture, label, learn);
    expect(test, "reply.status", i, ENGRAM_GOOD, reply.status);
    expect(test, "reply.train", i, learn, reply.train);
    expect(test, "reply.best", i, test->model.best, reply.best);
    expect(test, "reply.steps", i, test->model.state.steps, reply.steps);
    for (int c = 0; c < ENGRAM_CLASSES; c++)
#if ENGRAM_REPLY_LOGITS
      expect(test, "reply.logit", c, test->model.layer[test->net.layer_count - 1].activation[c],
             reply.logit[c]);
#else
      expect(test, "reply.probability", c, test->model.probability[c], reply.probability[c]);
#endif
    if (learn)
      model_backward(&test->model, label);
  }
}

/* ---------------------------------------------------------------- tests */

/* Seed, weights and state of the driver are the model's; a wrong core is noticed. */
static void test_start(struct test *test) {
  for (uint64_t seed = 0; seed < 100; seed++) {
    uint32_t random[4];
    engram_random_from_seed(seed, random);
    struct random_state state = random_from_seed(seed);
    expect(test, "random_from_seed", 0, (int64_t)state.low,
           (int64_t)(random[0] | (uint64_t)random[1] << 32));
    expect(test, "random_from_seed", 1, (int64_t)state.high,
           (int64_t)(random[2] | (uint64_t)random[3] << 32));
  }
  CALL(ENGRAM_OK, engram_check(&test->core));
  CALL(ENGRAM_OK, engram_pause(&test->core, ENGRAM_PAUSE_POLLS));
  CALL(ENGRAM_OK, engram_initialise(&test->core, SEED));
  CALL(ENGRAM_OK, engram_clear_counters(&test->core));
  expect_model(test);
}

/* Half of the training, then all that there is out of the core, rubbish in, and all back. */
static void test_resume(struct test *test) {
  struct engram_state state = {.steps = 0};
  struct weights kept;
  weights_new(&kept, &test->net);
  CALL(ENGRAM_OK, engram_get_state(&test->core, &state));
  for (uint32_t l = 0; l < ENGRAM_LAYERS; l++)
    CALL(ENGRAM_OK, engram_read_layer(&test->core, l, kept.layer[l]));
  CALL(ENGRAM_OK, engram_initialise(&test->core, SEED + 1));
  CALL(ENGRAM_OK, engram_set_state(&test->core, &state));
  for (uint32_t l = 0; l < ENGRAM_LAYERS; l++)
    CALL(ENGRAM_OK, engram_write_layer(&test->core, l, kept.layer[l]));
  weights_free(&kept);
  expect_model(test);
}

/* Rate and frozen layers as a host changes them. */
static void test_settings(struct test *test) {
  CALL(ENGRAM_ERROR_RANGE, engram_set_rate(&test->core, ENGRAM_RATE_MAX + 1));
  CALL(ENGRAM_ERROR_RANGE, engram_set_freeze(&test->core, 1u << ENGRAM_LAYERS));
  test->model.state.rate = 3;
  test->model.state.freeze = 1;
  CALL(ENGRAM_OK, engram_set_rate(&test->core, 3));
  CALL(ENGRAM_OK, engram_set_freeze(&test->core, 1));
}

/* What is reached only while paused, asked for while running: by the driver's own look at STATUS,
 * and by the core where that look lies. */
static void test_running(struct test *test) {
  int32_t weight = 0;
  struct engram_state state = {.random = {1, 0, 0, 0}};
  uint32_t refused = test->refused;
  CALL(ENGRAM_ERROR_RUNNING, engram_write_weight(&test->core, 0, 0, 0, 1));
  CALL(ENGRAM_ERROR_RUNNING, engram_read_weight(&test->core, 0, 0, 0, &weight));
  CALL(ENGRAM_ERROR_RUNNING, engram_set_state(&test->core, &state));
  CALL(ENGRAM_ERROR_RUNNING, engram_get_state(&test->core, &state));
  CALL(ENGRAM_ERROR_RUNNING, engram_initialise(&test->core, SEED));
  expect(test, "accesses refused", -1, refused, test->refused);
  test->lie = true;
  CALL(ENGRAM_ERROR_BUS, engram_write_weight(&test->core, 0, 0, 0, 1));
  CALL(ENGRAM_ERROR_BUS, engram_read_weight(&test->core, 0, 0, 0, &weight));
  CALL(ENGRAM_ERROR_BUS, engram_get_state(&test->core, &state));
  test->lie = false;
  expect(test, "accesses refused", -1, refused + 3, test->refused);
}

/* Pictures that the core refuses: a reply each, and nothing changes. */
static void test_refused(struct test *test) {
  const struct {
    size_t bytes;
    uint32_t label;
    enum engram_status status;
  } cases[] = {{ENGRAM_PICTURE_BYTES - 1, 0, ENGRAM_TOO_SHORT},
               {ENGRAM_PICTURE_BYTES + 1, 0, ENGRAM_TOO_LONG},
               {ENGRAM_PICTURE_BYTES, ENGRAM_CLASSES, ENGRAM_BAD_LABEL}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct engram_reply reply = {.status = ENGRAM_GOOD};
    CALL(ENGRAM_OK, engram_send(&test->core, test->picture, cases[i].bytes, cases[i].label, true));
    CALL(ENGRAM_OK, engram_receive(&test->core, &reply));
    expect(test, "reply.status of a refused picture", (long)i, cases[i].status, reply.status);
  }
  CALL(ENGRAM_ERROR_RANGE, engram_send(&test->core, test->picture, 0, 0, true));
  CALL(ENGRAM_ERROR_RANGE,
       engram_send(&test->core, test->picture, ENGRAM_PICTURE_BYTES, 128, true));
  uint32_t words[ENGRAM_REPLY_WORDS + 1] = {0};
  struct engram_reply reply;
  CALL(ENGRAM_ERROR_REPLY, engram_decode(words, 0, &reply));
  CALL(ENGRAM_ERROR_REPLY, engram_decode(words, ENGRAM_REPLY_WORDS - 1, &reply));
  CALL(ENGRAM_ERROR_REPLY, engram_decode(words, ENGRAM_REPLY_WORDS + 1, &reply));
}

/* A training step is still at work when its reply has come: one reading of STATUS is too few. */
static void test_pause(struct test *test) {
  run(test, 1, true, true);
  CALL(trains(test) ? ENGRAM_ERROR_TIMEOUT : ENGRAM_OK, engram_pause(&test->core, 1));
  CALL(ENGRAM_OK, engram_pause(&test->core, ENGRAM_PAUSE_POLLS));
}

/* Places and values that are not there; a weight and a row written alone. */
static void test_weights(struct test *test) {
  uint32_t last = ENGRAM_LAYERS - 1;
  const struct engram_layer *shape = engram_shape(last);
  int32_t top = (1 << (shape->bits - 1)) - 1, found = 0;
  CALL(1, engram_shape(ENGRAM_LAYERS) == NULL);
  CALL(ENGRAM_ERROR_RANGE, engram_read_weight(&test->core, ENGRAM_LAYERS, 0, 0, &found));
  CALL(ENGRAM_ERROR_RANGE, engram_read_weight(&test->core, last, shape->rows, 0, &found));
  CALL(ENGRAM_ERROR_RANGE, engram_write_weight(&test->core, last, 0, shape->columns, 0));
  CALL(ENGRAM_ERROR_RANGE, engram_write_weight(&test->core, last, 0, 0, top + 1));
  CALL(ENGRAM_ERROR_RANGE, engram_write_weight(&test->core, last, 0, 0, -top - 2));
  CALL(ENGRAM_ERROR_RANGE, engram_write_layer(&test->core, ENGRAM_LAYERS, &found));
  int32_t *model = model_edit(&test->model)->layer[last] + (shape->rows - 1) * shape->columns;
  for (uint32_t column = 0; column < shape->columns; column++)
    model[column] = column % 2 ? top : -top - 1;
  CALL(ENGRAM_OK, engram_write_row(&test->core, last, shape->rows - 1, model));
  model[0] = -1;
  CALL(ENGRAM_OK, engram_write_weight(&test->core, last, shape->rows - 1, 0, -1));
  CALL(ENGRAM_OK, engram_read_weight(&test->core, last, shape->rows - 1, 0, &found));
  expect(test, "weight written alone", -1, -1, found);
  struct engram_state zero = {.random = {0, 0, 0, 0}}, bit_127 = {.random = {1, 0, 0, 1u << 31}};
  CALL(ENGRAM_ERROR_RANGE, engram_set_state(&test->core, &zero));
  CALL(ENGRAM_ERROR_RANGE, engram_set_state(&test->core, &bit_127));
  expect_model(test);
}

/* ---------------------------------------------------------------- without a core */

/* Registers in memory: accesses through `base`, and each register that differs. */
static void test_base(struct test *test) {
  uint32_t *map = memory_new((1u << ENGRAM_ADDRESS_BITS) / 4, sizeof *map);
  struct engram core = {.base = map};
  const uint32_t identity[] = {ENGRAM_ID_VALUE,
                               ENGRAM_VERSION_VALUE,
                               (uint32_t)ENGRAM_NET_HASH,
                               (uint32_t)(ENGRAM_NET_HASH >> 32),
                               (uint32_t)ENGRAM_CORE_HASH,
                               (uint32_t)(ENGRAM_CORE_HASH >> 32),
                               ENGRAM_SHAPE_VALUE};
  for (size_t i = 0; i < sizeof identity / 4; i++)
    map[i] = identity[i];
  CALL(ENGRAM_OK, engram_check(&core));
  for (size_t i = 0; i < sizeof identity / 4; i++) {
    map[i] ^= 1;
    CALL(ENGRAM_ERROR_CORE, engram_check(&core));
    map[i] ^= 1;
  }
  CALL(ENGRAM_ERROR_RUNNING, engram_write_weight(&core, 0, 0, 0, -1));
  map[ENGRAM_STATUS / 4] = ENGRAM_PAUSED;
  CALL(ENGRAM_OK, engram_write_weight(&core, 0, 0, 0, -1));
  expect(test, "weight in memory", -1, UINT32_MAX, map[ENGRAM_WEIGHT(0, 0, 0) / 4]);
  free(map);
}

/* A cycle counter that is about to leave its low word, and moves on with each reading. */
static int ticking_read(void *context, uint32_t address, uint32_t *value) {
  uint64_t *cycles = context;
  *value = address == ENGRAM_CYCLES_LOW    ? (uint32_t)*cycles
           : address == ENGRAM_CYCLES_HIGH ? (uint32_t)(*cycles >> 32)
                                           : 0;
  ++*cycles;
  return 0;
}

static void test_cycles(struct test *test) {
  for (uint64_t before = UINT64_C(0x1FFFFFFF0); before < UINT64_C(0x200000010); before++) {
    uint64_t now = before;
    struct engram core = {.read = ticking_read, .context = &now};
    struct engram_counters counters = {.cycles = 0};
    CALL(ENGRAM_OK, engram_read_counters(&core, &counters));
    expect(test, "cycles between", (long)(before & 255), 1,
           counters.cycles >= before && counters.cycles <= now);
  }
}

/* ---------------------------------------------------------------- all */

static void test_all(struct test *test) {
  test_base(test);
  test_cycles(test);
  test_start(test);
  CALL(ENGRAM_OK, engram_resume(&test->core));
  run(test, HALF, true, true);
  CALL(ENGRAM_OK, engram_pause(&test->core, ENGRAM_PAUSE_POLLS));
  expect_model(test);
  test_resume(test);
  CALL(ENGRAM_OK, engram_resume(&test->core));
  test_settings(test);
  test_running(test);
  run(test, TRAIN - HALF - 1, true, true);
  test_refused(test);
  test_pause(test);
  expect_model(test);
  CALL(ENGRAM_OK, engram_resume(&test->core));
  run(test, INFER - 2, false, false);
  CALL(ENGRAM_OK, engram_set_learn(&test->core, false));
  run(test, 2, true, false);
  CALL(ENGRAM_OK, engram_set_learn(&test->core, true));
  CALL(ENGRAM_OK, engram_pause(&test->core, ENGRAM_PAUSE_POLLS));
  expect_model(test);
  expect_counters(test, 1);
  test_weights(test);
  CALL(ENGRAM_OK, engram_example(&test->core));
}

int main(int argc, char **argv) {
  struct test test = {.noise = SEED};
  if (argc < 3) {
    fprintf(stderr, "usage: driver_test NET STALL [FOLD...]\n");
    return 2;
  }
  if (net_load(&test.net, argv[1], (const char *const *)argv + 3, (size_t)argc - 3, &test.err) ||
      sim_bus_open(&test.bus, &test.net, SIMULATOR_VERILATOR, NULL, NULL, &test.err)) {
    fprintf(stderr, "driver: %s\n", test.err.message);
    return 2;
  }
  test.bus.stall = (unsigned)atoi(argv[2]);
  test.core = (struct engram){.read = bus_read,
                              .write = bus_write,
                              .send = bus_send,
                              .receive = bus_receive,
                              .context = &test};
  model_new(&test.model, &test.net, SEED);
  test_all(&test);
  printf("driver: %s net=%s stall=%u compared=%u mismatches=%u\n",
         test.mismatches ? "FAIL" : "PASS", test.net.name, test.bus.stall, test.compared,
         test.mismatches);
  model_free(&test.model);
  sim_bus_close(&test.bus);
  return test.mismatches ? 1 : 0;
}
