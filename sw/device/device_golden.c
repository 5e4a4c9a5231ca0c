/* device_golden.c : the model as a device.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "device/device_parts.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum {
  THREADS_MAX = 256,
  SHARE_LEAST = 16, /* pictures that are worth a thread */
  SHARE_USUAL = 256,
};

struct golden {
  struct device device;
  struct model model;
  size_t threads; /* to infer with */
};

/* ENGRAM_THREADS, else the processors that this process may use. */
static size_t thread_count(void) {
  const char *text = getenv("ENGRAM_THREADS");
  cpu_set_t set;
  long count = text                                          ? strtol(text, NULL, 10)
               : sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set)
                                                             : 1;
  return count < 1 ? 1 : count > THREADS_MAX ? THREADS_MAX : (size_t)count;
}

static struct device *golden_open(const char *name, const struct net *net, struct error *err) {
  (void)name, (void)err;
  struct golden *golden = memory_new(1, sizeof *golden);
  golden->device.kind = &device_golden;
  model_new(&golden->model, net, 0);
  golden->threads = thread_count();
  golden->device.chunk = golden->threads > 1 ? golden->threads * SHARE_USUAL : DEVICE_CHUNK;
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

static void run_job(struct model *model, const struct job *job, struct reply *reply) {
  *reply = (struct reply){.status = check(model->net, job)};
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

/* One thread's share. */
struct share {
  pthread_t thread;
  bool started;
  struct model model; /* a view */
  const struct job *jobs;
  struct reply *replies;
  size_t count;
};

static void *run_share(void *argument) {
  struct share *share = argument;
  for (size_t i = 0; i < share->count; i++)
    run_job(&share->model, &share->jobs[i], &share->replies[i]);
  return NULL;
}

static void add_counters(struct counters *to, const struct counters *from) {
  to->pictures += from->pictures;
  to->correct += from->correct;
  for (int l = 0; l < NET_LAYERS_MAX; l++)
    to->cut_activations[l] += from->cut_activations[l];
}

static void infer_in_threads(struct golden *golden, const struct job *jobs, size_t count,
                             struct reply *replies) {
  size_t threads = golden->threads;
  struct share *shares = memory_new(threads, sizeof *shares);
  for (size_t t = 0; t < threads; t++) {
    struct share *share = &shares[t];
    size_t begin = count * t / threads;
    share->jobs = jobs + begin;
    share->replies = replies + begin;
    share->count = count * (t + 1) / threads - begin;
    model_view(&share->model, &golden->model);
    share->started = t > 0 && pthread_create(&share->thread, NULL, run_share, share) == 0;
  }
  for (size_t t = 0; t < threads; t++)
    if (!shares[t].started)
      run_share(&shares[t]);
  for (size_t t = 0; t < threads; t++) {
    if (shares[t].started)
      pthread_join(shares[t].thread, NULL);
    add_counters(&golden->model.counters, &shares[t].model.counters);
    model_free(&shares[t].model);
  }
  free(shares);
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
    if (golden->threads > 1 && some >= golden->threads * SHARE_LEAST) {
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
