/* device.h : what can train and infer: the model, its twin, the simulated core and a board; one
 * interface.
 * SPDX-License-Identifier: MIT
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
  int32_t logit[NET_CLASSES_MAX];       /* as a core gave them that gives logits, else 0 */
};

struct device;

/* Opens "golden" (the model; it infers with as many threads as there are processors, or as
 * ENGRAM_THREADS says), "twin" (the same equations in double precision, not the chip's bits), "sim"
 * (the emitted core in Verilator, built into build/sim when it is not there yet), or the board at a
 * serial port: any name with a '/' in it, as "/dev/ttyUSB0", or
 * "/dev/ttyUSB0@115200" for a board with an unusual baud. `net` must outlive the device, whose
 * weights and state are unset until device_set or device_initialise. NULL on error. */
struct device *device_open(const char *name, const struct net *net, struct error *err);
void device_close(struct device *device);

/* Whether something has failed on an open device: not the input is to blame then. */
bool device_failed(const struct device *device);

/* Puts weights and state into the device, or copies them out (`weights` made by weights_new).
 * Return 0 or -1. */
int device_set(struct device *device, const struct weights *weights,
               const struct device_state *state, struct error *err);
int device_get(struct device *device, struct weights *weights, struct device_state *state,
               struct error *err);

/* Puts the seed's initial weights (random_weights) and `state` into the device; a board makes the
 * weights by itself. Returns 0 or -1. */
int device_initialise(struct device *device, uint64_t seed, const struct device_state *state,
                      struct error *err);

/* random_checksum of the weights in the device, which a board computes by itself. Returns 0 or -1.
 */
int device_checksum(struct device *device, uint32_t *checksum, struct error *err);

/* Works through `count` jobs in their order, back to back; `replies` has room for as many. Returns
 * 0 or -1 (the device failed; what it had done by then stays done). */
int device_run(struct device *device, const struct job *jobs, size_t count, struct reply *replies,
               struct error *err);

/* How many pictures to infer at once are worth giving it, so that its parts are all at work. */
size_t device_chunk(const struct device *device);

/* Counters since the device was opened. */
int device_counters(struct device *device, struct counters *counters, struct error *err);

/* Seconds for which the line to the device was taken since it was opened; 0 where there is none. */
double device_line_seconds(const struct device *device);

#endif
