/* device_twin.c : the double-precision twin as a device: what training without rounding gives.
 * SPDX-License-Identifier: MIT
 *
 * Not the chip's bits: nothing is rounded, saturated or lost. Weights leave it in single precision
 * beside the integers nearest to them.
 */
#include "base/file.h"
#include "device/device_parts.h"
#include "model/softmax.h"
#include "model/twin.h"

#include <math.h>
#include <stdlib.h>

struct twin_device {
  struct device device;
  struct twin twin;
  struct counters counters; /* what saturates or is lost stays 0 */
};

static struct device *twin_open(const char *name, const struct net *net, struct error *err) {
  (void)name, (void)err;
  struct twin_device *twin = memory_new(1, sizeof *twin);
  twin->device.kind = &device_twin;
  twin_new(&twin->twin, net, 0);
  return &twin->device;
}

static void twin_close(struct device *device) {
  struct twin_device *twin = (struct twin_device *)device;
  twin_free(&twin->twin);
  free(twin);
}

static int twin_set(struct device *device, const struct weights *weights,
                    const struct device_state *state, struct error *err) {
  (void)err;
  struct twin *twin = &((struct twin_device *)device)->twin;
  twin_set_weights(twin, weights);
  twin->state = *state;
  return 0;
}

static int twin_get(struct device *device, struct weights *weights, struct device_state *state,
                    struct error *err) {
  (void)err;
  const struct twin *twin = &((struct twin_device *)device)->twin;
  twin_get_weights(twin, weights);
  *state = twin->state;
  return 0;
}

static void run_job(struct twin_device *device, const struct job *job, struct reply *reply) {
  struct twin *twin = &device->twin;
  *reply = (struct reply){.status = job_check(twin->net, job)};
  if (reply->status != REPLY_GOOD)
    return;
  reply->train = job_trains(twin->net, job);
  twin_forward(twin, job->picture, reply->train);
  reply->best = twin->best;
  reply->steps = twin->state.steps;
  for (int c = 0; c < twin->net->classes; c++)
    reply->probability[c] = (int32_t)lrint(twin->probability[c] * SOFTMAX_ONE);
  device->counters.correct += twin->best == job->label;
  device->counters.pictures += !reply->train;
  if (reply->train)
    twin_learn(twin, job->label);
}

static int twin_run(struct device *device, const struct job *jobs, size_t count,
                    struct reply *replies, struct error *err) {
  (void)err;
  for (size_t i = 0; i < count; i++)
    run_job((struct twin_device *)device, &jobs[i], &replies[i]);
  return 0;
}

static int twin_counters(struct device *device, struct counters *counters, struct error *err) {
  (void)err;
  *counters = ((struct twin_device *)device)->counters;
  return 0;
}

const struct device_kind device_twin = {.name = "twin",
                                        .open = twin_open,
                                        .close = twin_close,
                                        .set = twin_set,
                                        .get = twin_get,
                                        .run = twin_run,
                                        .counters = twin_counters};
