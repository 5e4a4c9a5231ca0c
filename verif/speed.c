/* speed.c : how fast the golden model trains and infers, beside the same net in plain float C.
 * SPDX-License-Identifier: MIT
 *
 * Usage: speed DATA NET [ENGRAM]
 * One line a measurement, "WHAT NAME NUMBER", NAME being the net's:
 *   train, infer               steps from initial weights on, pictures: a second of CPU time
 *   plain-train, plain-infer   the same of plain float C (rival.h), which first trains beside the
 *                              twin to the same weights
 *   weight                     picoseconds of CPU time that a training step takes for each weight
 *   active                     units of the first dense layer that a step's gradient goes through,
 *                              on average
 *   train-work                 multiply-accumulates that a step took, on average,
 *   train-all, infer-all       and that a step and a picture take where nothing is skipped
 *   peak                       millions of them a second that the core does at most (peak.h)
 * and with the program ENGRAM, in time by the clock:
 *   threads  pictures/s through the device, with all cores
 *   command  steps/s of `engram train`, validation included
 *   memory   MB that `engram train` takes at most, or this program where it takes more
 * Speeds are the best of some short windows, since other programs only ever take time away.
 */
#include "base/file.h"
#include "data/dataset.h"
#include "device/device.h"
#include "model/kernels.h"
#include "model/model.h"
#include "peak.h"
#include "rival.h"
#include "train/train.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
  WINDOWS = 8,
  STEPS = 4000,          /* of a window, from initial weights on */
  PICTURES = 8192,       /* of a window of inference */
  WEIGHTS = 1 << 17,     /* of a net; those that have more take fewer steps and pictures */
  COMMAND_STEPS = 10000, /* of `engram train` */
  CHECKED_STEPS = 200,   /* of plain C beside the twin */
};

static const double peak_seconds = 0.05; /* of a window */
static const double tolerance = 1e-4;    /* of a weight, of plain C */

struct speed {
  const char *folder, *path, *engram;
  struct net net;
  struct dataset data;
};

static double seconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void faster(double *best, double rate) {
  *best = rate > *best ? rate : *best;
}

static void show(const struct speed *speed, const char *what, double number) {
  printf("%s %s %.0f\n", what, speed->net.name, number);
  fflush(stdout);
}

static const uint8_t *picture(const struct speed *speed, size_t i) {
  return speed->data.pictures + i * (size_t)(speed->net.height * speed->net.width);
}

/* ---- the model ---- */

/* Steps or pictures of a window, where a small net takes `count`. */
static size_t fewer(const struct speed *speed, size_t count) {
  size_t weights = speed->net.weight_count;
  return weights <= WEIGHTS ? count : count * WEIGHTS / weights;
}

/* The picture of a window's step, in shuffled epochs. */
static size_t drawn(const struct speed *speed, size_t step, size_t *order) {
  size_t count = speed->data.count;
  if (step % count == 0)
    train_order(1, (uint32_t)(step / count), count, order);
  return order[step % count];
}

/* A window; returns steps a second. */
static double train(const struct speed *speed, struct model *model, size_t *order) {
  size_t steps = fewer(speed, STEPS);
  double begin = seconds(CLOCK_PROCESS_CPUTIME_ID);
  for (size_t i = 0; i < steps; i++) {
    size_t p = drawn(speed, i, order);
    model_forward(model, picture(speed, p), speed->data.labels[p], true);
    model_backward(model, speed->data.labels[p]);
  }
  return (double)steps / (seconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
}

static double infer(const struct speed *speed, struct model *model) {
  size_t pictures = fewer(speed, PICTURES);
  double begin = seconds(CLOCK_PROCESS_CPUTIME_ID);
  for (size_t i = 0; i < pictures; i++) {
    size_t p = i % speed->data.count;
    model_forward(model, picture(speed, p), speed->data.labels[p], false);
  }
  return (double)pictures / (seconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
}

/* ---- the same in plain float C ---- */

static double rival_train(const struct speed *speed, struct rival *rival, size_t *order) {
  size_t steps = fewer(speed, STEPS);
  double begin = seconds(CLOCK_PROCESS_CPUTIME_ID);
  for (size_t i = 0; i < steps; i++) {
    size_t p = drawn(speed, i, order);
    rival_forward(rival, picture(speed, p), true);
    rival_learn(rival, speed->data.labels[p]);
  }
  return (double)steps / (seconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
}

static double rival_infer(const struct speed *speed, struct rival *rival) {
  size_t pictures = fewer(speed, PICTURES);
  double begin = seconds(CLOCK_PROCESS_CPUTIME_ID);
  for (size_t i = 0; i < pictures; i++)
    rival_forward(rival, picture(speed, i % speed->data.count), false);
  return (double)pictures / (seconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
}

/* How far its weights are from the twin's behind some steps, of which it leaves out one: -1 none.
 */
static double rival_off(const struct speed *speed, size_t *order, int left_out) {
  struct twin twin;
  struct rival rival;
  twin_new(&twin, &speed->net, 1);
  rival_new(&rival, &twin);
  for (int i = 0; i < CHECKED_STEPS; i++) {
    size_t p = drawn(speed, (size_t)i, order);
    twin_forward(&twin, picture(speed, p), true);
    twin_learn(&twin, speed->data.labels[p]);
    rival_forward(&rival, picture(speed, p), true);
    if (i != left_out)
      rival_learn(&rival, speed->data.labels[p]);
  }
  double off = rival_difference(&rival, &twin);
  rival_free(&rival);
  twin_free(&twin);
  return off;
}

/* It learns what the twin learns; that a step less would be seen is checked as well. */
static int check_rival(const struct speed *speed, size_t *order, struct error *err) {
  double off = rival_off(speed, order, -1), far = rival_off(speed, order, CHECKED_STEPS - 1);
  if (off < tolerance && far > tolerance)
    return 0;
  return error_set(
      err, "plain C's weights are %.2g off the twin's, and %.2g without a step; %.2g is between",
      off, far, tolerance);
}

/* ---- multiply-accumulates ---- */

/* Sums over a window's steps. */
struct work {
  double train, train_all, infer_all; /* multiply-accumulates */
  double active;                      /* units of the first dense layer */
};

/* Of a layer in the step that the model has just made: forward, on the way back, and for the
 * update. A convolution skips nothing. */
static void add_layer(struct work *work, const struct model *model, int l) {
  const struct layer *layer = &model->net->layer[l];
  const struct layer_tensors *t = &model->layer[l];
  bool conv = layer->positions > 1, first_dense = !conv && (l == 0 || layer[-1].positions > 1);
  double kept = 0, active = 0, rows = layer->rows;
  for (int o = 0; o < layer->outputs; o++) {
    kept += t->kept[o];
    active += conv || t->gradient[o] != 0;
  }
  work->train += rows * (kept + active * (l > 0 ? 2 : 1));
  work->train_all += rows * layer->outputs * (l > 0 ? 3 : 2);
  work->infer_all += rows * layer->outputs;
  work->active += first_dense ? active : 0;
}

static void show_work(const struct speed *speed, size_t *order) {
  struct work work = {0};
  struct model model;
  size_t steps = fewer(speed, STEPS);
  model_new(&model, &speed->net, 1);
  for (size_t i = 0; i < steps; i++) {
    size_t p = drawn(speed, i, order);
    model_forward(&model, picture(speed, p), speed->data.labels[p], true);
    model_backward(&model, speed->data.labels[p]);
    for (int l = 0; l < speed->net.layer_count; l++)
      add_layer(&work, &model, l);
  }
  model_free(&model);
  show(speed, "active", work.active / (double)steps);
  show(speed, "train-work", work.train / (double)steps);
  show(speed, "train-all", work.train_all / (double)steps);
  show(speed, "infer-all", work.infer_all / (double)steps);
}

/* ---- one core, in turns ---- */

static int measure_core(const struct speed *speed, struct error *err) {
  size_t *order = memory_new(speed->data.count, sizeof *order);
  const struct kernels *kernels = kernels_choose();
  double training = 0, inference = 0, rival_training = 0, rival_inference = 0, peak = 0;
  int result = check_rival(speed, order, err);
  struct twin twin;
  twin_new(&twin, &speed->net, 1);
  for (int window = 0; window < WINDOWS && result == 0; window++) {
    struct model model;
    struct rival rival;
    model_new(&model, &speed->net, 1);
    rival_new(&rival, &twin);
    faster(&training, train(speed, &model, order));
    faster(&rival_training, rival_train(speed, &rival, order));
    faster(&inference, infer(speed, &model));
    faster(&rival_inference, rival_infer(speed, &rival));
    faster(&peak, kernels ? peak_rate(kernels, peak_seconds) : 0);
    model_free(&model);
    rival_free(&rival);
  }
  twin_free(&twin);
  if (result == 0) {
    show(speed, "train", training);
    show(speed, "infer", inference);
    show(speed, "plain-train", rival_training);
    show(speed, "plain-infer", rival_inference);
    show(speed, "peak", peak / 1e6);
    show(speed, "weight", 1e12 / training / (double)speed->net.weight_count);
    show_work(speed, order);
  }
  free(order);
  return result;
}

/* ---- all cores ---- */

static int measure_device(const struct speed *speed, struct error *err) {
  struct device *device = device_open("golden", &speed->net, err);
  struct job *jobs = memory_new(PICTURES, sizeof *jobs);
  struct reply *replies = memory_new(PICTURES, sizeof *replies);
  for (size_t i = 0; i < PICTURES; i++) {
    size_t p = i % speed->data.count;
    jobs[i] = (struct job){picture(speed, p), (size_t)(speed->net.height * speed->net.width),
                           speed->data.labels[p], false};
  }
  double best = 0;
  int result = 0;
  for (int window = 0; window < WINDOWS && result == 0; window++) {
    double begin = seconds(CLOCK_MONOTONIC);
    result = device_run(device, jobs, PICTURES, replies, err);
    faster(&best, PICTURES / (seconds(CLOCK_MONOTONIC) - begin));
  }
  show(speed, "threads", best);
  device_close(device);
  free(jobs);
  free(replies);
  return result;
}

/* ---- the command ---- */

static int measure_command(const struct speed *speed, struct error *err) {
  double best = 0;
  for (int window = 0; window < WINDOWS; window++) {
    char *line;
    if (asprintf(&line, "%s train --net %s --data %s --epochs 100000 --steps %d --json",
                 speed->engram, speed->path, speed->folder, COMMAND_STEPS) < 0)
      return error_set(err, "memory exhausted");
    FILE *pipe = popen(line, "r");
    free(line);
    json_t *result = pipe ? json_loadf(pipe, 0, NULL) : NULL;
    double took = json_number_value(json_object_get(result, "seconds"));
    json_decref(result);
    if (!pipe || pclose(pipe) != 0 || took <= 0)
      return error_set(err, "%s train failed", speed->engram);
    faster(&best, COMMAND_STEPS / took);
  }
  show(speed, "command", best);
  return 0;
}

static void show_memory(const struct speed *speed) {
  struct rusage self, children;
  getrusage(RUSAGE_SELF, &self);
  getrusage(RUSAGE_CHILDREN, &children);
  long most = self.ru_maxrss > children.ru_maxrss ? self.ru_maxrss : children.ru_maxrss;
  show(speed, "memory", (double)most / 1024);
}

int main(int argc, char **argv) {
  struct error err = {{0}};
  if (argc != 3 && argc != 4) {
    fprintf(stderr, "usage: speed DATA NET [ENGRAM]\n");
    return 2;
  }
  struct speed speed = {.folder = argv[1], .path = argv[2], .engram = argc == 4 ? argv[3] : NULL};
  int result =
      net_load(&speed.net, argv[2], NULL, 0, &err) || dataset_load(&speed.data, argv[1], NULL, &err)
          ? -1
          : 0;
  if (result == 0)
    result = measure_core(&speed, &err);
  if (result == 0 && speed.engram) {
    result = measure_device(&speed, &err) || measure_command(&speed, &err) ? -1 : 0;
    show_memory(&speed);
  }
  dataset_free(&speed.data);
  if (result != 0)
    fprintf(stderr, "speed: %s\n", err.message);
  return result != 0;
}
