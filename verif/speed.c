/* speed.c : how fast the golden model trains and infers.
 * SPDX-License-Identifier: MIT
 *
 * Usage: speed DATA NET [ENGRAM]
 * One line a measurement, "WHAT NAME NUMBER", NAME being the net's:
 *   train    steps of the model alone a second of CPU time, from initial weights
 *   infer    pictures a second of CPU time, on one core
 *   weight   picoseconds of CPU time that a training step takes for each weight
 *   active   units of the first dense layer that a step's gradient goes through, on average
 * and with the program ENGRAM, in time by the clock:
 *   threads  pictures/s through the device, with all cores
 *   command  steps/s of `engram train`, validation included
 *   memory   MB that `engram train` takes at most, or this program where it takes more
 * Numbers are the best of some short windows, since other programs only ever take time away.
 */
#include "base/file.h"
#include "data/dataset.h"
#include "device/device.h"
#include "model/kernels.h"
#include "model/model.h"
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
};

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

/* A window's steps, in shuffled epochs; returns steps a second. */
static double train(const struct speed *speed, struct model *model, size_t *order) {
  size_t count = speed->data.count, steps = fewer(speed, STEPS);
  double begin = seconds(CLOCK_PROCESS_CPUTIME_ID);
  for (size_t i = 0; i < steps; i++) {
    if (i % count == 0)
      train_order(1, (uint32_t)(i / count), count, order);
    size_t p = order[i % count];
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

/* Gradients that are not zero, over an epoch of training, of the first layer that is no
 * convolution.
 */
static double active_units(const struct speed *speed, struct model *model) {
  int l = 0;
  while (speed->net.layer[l].positions > 1)
    l++;
  size_t active = 0;
  for (size_t p = 0; p < speed->data.count; p++) {
    model_forward(model, picture(speed, p), speed->data.labels[p], true);
    model_backward(model, speed->data.labels[p]);
    for (int u = 0; u < speed->net.layer[l].units; u++)
      active += model->layer[l].gradient[u] != 0;
  }
  return (double)active / (double)speed->data.count;
}

static void measure_model(const struct speed *speed) {
  size_t *order = memory_new(speed->data.count, sizeof *order);
  double training = 0, inference = 0;
  struct model model;
  for (int window = 0; window < WINDOWS; window++) {
    model_new(&model, &speed->net, 1);
    faster(&training, train(speed, &model, order));
    faster(&inference, infer(speed, &model));
    model_free(&model);
  }
  show(speed, "train", training);
  show(speed, "infer", inference);
  show(speed, "weight", 1e12 / training / (double)speed->net.weight_count);
  model_new(&model, &speed->net, 1);
  show(speed, "active", active_units(speed, &model));
  model_free(&model);
  free(order);
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
  if (result == 0) {
    measure_model(&speed);
    if (speed.engram) {
      result = measure_device(&speed, &err) || measure_command(&speed, &err) ? -1 : 0;
      show_memory(&speed);
    }
  }
  dataset_free(&speed.data);
  if (result != 0)
    fprintf(stderr, "speed: %s\n", err.message);
  return result != 0;
}
