/* device_golden.c : the model as a device.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "device/device_parts.h"

#include <stdlib.h>
#include <string.h>

struct golden {
  struct device device;
  struct model model;
};

static struct device *golden_open(const char *name, const struct net *net, struct error *err) {
  (void)name, (void)err;
  struct golden *golden = memory_new(1, sizeof *golden);
  golden->device.kind = &device_golden;
  model_new(&golden->model, net, 0);
  return &golden->device;
}

static void golden_close(struct device *device) {
  struct golden *golden = (struct golden *)device;
  model_free(&golden->model);
  free(golden);
}

static int golden_set(struct device *device, const struct weights *weights,
                      const struct device_state *state, struct error *err) {
  (void)err;
  struct model *model = &((struct golden *)device)->model;
  weights_copy(model_edit(model), weights);
  model->state = *state;
  return 0;
}

static int golden_get(struct device *device, struct weights *weights, struct device_state *state,
                      struct error *err) {
  (void)err;
  struct model *model = &((struct golden *)device)->model;
  weights_copy(weights, model_weights(model));
  *state = model->state;
  return 0;
}

static enum reply_status check(const struct net *net, const struct job *job) {
  size_t whole = (size_t)(net->height * net->width);
  return job->bytes < whole           ? REPLY_SHORT
         : job->bytes > whole         ? REPLY_LONG
         : job->label >= net->classes ? REPLY_LABEL
                                      : REPLY_GOOD;
}

static int golden_run(struct device *device, const struct job *jobs, size_t count,
                      struct reply *replies, struct error *err) {
  (void)err;
  struct model *model = &((struct golden *)device)->model;
  for (size_t i = 0; i < count; i++) {
    const struct job *job = &jobs[i];
    replies[i] = (struct reply){.status = check(model->net, job)};
    if (replies[i].status != REPLY_GOOD)
      continue;
    replies[i].train = job_trains(model->net, job);
    model_forward(model, job->picture, job->label, replies[i].train);
    replies[i].best = model->best;
    replies[i].steps = model->state.steps;
    memcpy(replies[i].probability, model->probability, sizeof model->probability);
    if (replies[i].train)
      model_backward(model, job->label);
  }
  return 0;
}

static int golden_counters(struct device *device, struct counters *counters, struct error *err) {
  (void)err;
  *counters = ((struct golden *)device)->model.counters;
  return 0;
}

const struct device_kind device_golden = {.name = "golden",
                                          .open = golden_open,
                                          .close = golden_close,
                                          .set = golden_set,
                                          .get = golden_get,
                                          .run = golden_run,
                                          .counters = golden_counters};
