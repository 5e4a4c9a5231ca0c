/* device_golden.c : the model as a device.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "base/threads.h"
#include "device/device_parts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
  SHARE = 8,        /* pictures that a thread takes at a time */
  SHARES_LEAST = 4, /* that are worth a thread */
  SHARES_USUAL = 64,
};

struct golden {
  struct device device;
  struct model model;
  size_t threads; /* to infer with */
};

static struct device *golden_open(const char *name, const struct net *net, struct error *err) {
  (void)name, (void)err;
  struct golden *golden = memory_new(1, sizeof *golden);
  golden->device.kind = &device_golden;
  model_new(&golden->model, net, 0);
  golden->threads = threads_count();
  golden->device.chunk =
      golden->threads > 1 ? golden->threads * SHARE * SHARES_USUAL : DEVICE_CHUNK;
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

static void run_job(struct model *model, const struct job *job, struct reply *reply) {
  *reply = (struct reply){.status = job_check(model->net, job)};
  if (reply->status != REPLY_GOOD)
    return;
  reply->train = job_trains(model->net, job);
  model_forward(model, job->picture, job->label, reply->train);
  reply->best = model->best;
  reply->steps = model->state.steps;
  memcpy(reply->probability, model->probability, sizeof model->probability);
  if (reply->train)
    model_backward(model, job->label);
}

/* ---- inference in threads: each picture's reply depends on the weights alone ---- */

/* What the threads work through together. */
struct work {
  const struct job *jobs;
  struct reply *replies;
  size_t count;
  atomic_size_t next; /* job that no thread has taken yet */
};

struct worker {
  pthread_t thread;
  bool started;
  struct model model; /* a view */
  struct work *work;
};

/* Takes a few jobs at a time, so that a thread that gets less of its processor does less. */
static void *run_worker(void *argument) {
  struct worker *worker = argument;
  struct work *work = worker->work;
  for (size_t first; (first = atomic_fetch_add(&work->next, SHARE)) < work->count;)
    for (size_t i = first; i < work->count && i < first + SHARE; i++)
      run_job(&worker->model, &work->jobs[i], &work->replies[i]);
  return NULL;
}

static void add_counters(struct counters *to, const struct counters *from) {
  to->pictures += from->pictures;
  to->correct += from->correct;
  for (int which = 0; which < NET_COUNTERS_MAX; which++)
    for (int l = 0; l < NET_LAYERS_MAX; l++)
      to->count[which][l] += from->count[which][l];
}

static void infer_in_threads(struct golden *golden, const struct job *jobs, size_t count,
                             struct reply *replies) {
  size_t threads = golden->threads;
  struct work work = {.jobs = jobs, .replies = replies, .count = count};
  struct worker *workers = memory_new(threads, sizeof *workers);
  for (size_t t = 0; t < threads; t++) {
    struct worker *worker = &workers[t];
    worker->work = &work;
    model_view(&worker->model, &golden->model);
    worker->started = t > 0 && pthread_create(&worker->thread, NULL, run_worker, worker) == 0;
  }
  run_worker(&workers[0]);
  for (size_t t = 0; t < threads; t++) {
    if (workers[t].started)
      pthread_join(workers[t].thread, NULL);
    add_counters(&golden->model.counters, &workers[t].model.counters);
    model_free(&workers[t].model);
  }
  free(workers);
}

/* How many of the jobs, from the first on, are inferences. */
static size_t inferences(const struct net *net, const struct job *jobs, size_t count) {
  size_t some = 0;
  while (some < count && !job_trains(net, &jobs[some]))
    some++;
  return some;
}

static int golden_run(struct device *device, const struct job *jobs, size_t count,
                      struct reply *replies, struct error *err) {
  (void)err;
  struct golden *golden = (struct golden *)device;
  for (size_t done = 0, some; done < count; done += some) {
    some = inferences(golden->model.net, jobs + done, count - done);
    if (golden->threads > 1 && some >= golden->threads * SHARE * SHARES_LEAST) {
      infer_in_threads(golden, jobs + done, some, replies + done);
      continue;
    }
    some += some == 0;
    for (size_t i = done; i < done + some; i++)
      run_job(&golden->model, &jobs[i], &replies[i]);
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
