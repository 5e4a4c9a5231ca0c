/* device.h : what can train and infer: the model, the simulated core, and later a board; one
 * interface. SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DEVICE_H
#define ENGRAM_DEVICE_H

#include "base/error.h"
#include "model/model.h"
#include "net/net.h"

enum reply_status { REPLY_GOOD, REPLY_SHORT, REPLY_LONG, REPLY_LABEL };

/* One picture to train on or to infer. */
struct job {
  const uint8_t *picture; /* `bytes` of them; a good picture has height * width */
  size_t bytes;
  int label;  /* 0..127; out of range when not below the net's classes */
  bool train; /* a core that only infers infers it all the same */
};

/* Whether a device trains on the job. */
static inline bool job_trains(const struct net *net, const struct job *job) {
  return job->train && net->fold[FOLD_MODE] == MODE_TRAINING;
}

struct reply {
  enum reply_status status;
  bool train;
  int best;                             /* class of the largest logit */
  uint32_t steps;                       /* training steps done before this picture */
  int32_t probability[NET_CLASSES_MAX]; /* 15 fraction bits; the last two are not there unless
                                           status is good */
};

struct device;

/* Opens "golden" (the model) or "sim" (the emitted core in Verilator, built into build/sim when it
 * is not there yet). `net` must outlive the device, whose weights and state are unset until
 * device_set. NULL on error. */
struct device *device_open(const char *name, const struct net *net, struct error *err);
void device_close(struct device *device);

/* Puts weights and state into the device, or copies them out (`weights` made by weights_new).
 * Return 0 or -1. */
int device_set(struct device *device, const struct weights *weights,
               const struct device_state *state, struct error *err);
int device_get(struct device *device, struct weights *weights, struct device_state *state,
               struct error *err);

/* Works through `count` jobs in their order, back to back; `replies` has room for as many. Returns
 * 0 or -1 (the device failed; what it had done by then stays done). */
int device_run(struct device *device, const struct job *jobs, size_t count, struct reply *replies,
               struct error *err);

/* Counters since the device was opened. */
int device_counters(struct device *device, struct counters *counters, struct error *err);

#endif
