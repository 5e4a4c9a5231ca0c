/* device_parts.h : what a kind of device implements.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DEVICE_PARTS_H
#define ENGRAM_DEVICE_PARTS_H

#include "device/device.h"

enum { DEVICE_CHUNK = 32 };

/* As the functions of the same names in device.h. */
struct device_kind {
  const char *name;
  struct device *(*open)(const char *name, const struct net *net, struct error *err);
  void (*close)(struct device *device);
  int (*set)(struct device *device, const struct weights *weights, const struct device_state *state,
             struct error *err);
  int (*get)(struct device *device, struct weights *weights, struct device_state *state,
             struct error *err);
  int (*run)(struct device *device, const struct job *jobs, size_t count, struct reply *replies,
             struct error *err);
  int (*counters)(struct device *device, struct counters *counters, struct error *err);
  /* These may be NULL: the weights then travel, and there is no line. */
  int (*initialise)(struct device *device, uint64_t seed, const struct device_state *state,
                    struct error *err);
  int (*checksum)(struct device *device, uint32_t *checksum, struct error *err);
  double (*line_seconds)(const struct device *device);
};

/* Stands first in each kind's own struct. */
struct device {
  const struct device_kind *kind;
  const struct net *net;
  size_t chunk; /* device_chunk; 0: DEVICE_CHUNK */
  bool failed;
};

extern const struct device_kind device_golden, device_twin, device_sim, device_serial;

/* What a device says of a job before it works on it. */
static inline enum reply_status job_check(const struct net *net, const struct job *job) {
  size_t whole = (size_t)(net->height * net->width);
  return job->bytes < whole           ? REPLY_SHORT
         : job->bytes > whole         ? REPLY_LONG
         : job->label >= net->classes ? REPLY_LABEL
                                      : REPLY_GOOD;
}

/* A board behind any port, which it takes over, also when it fails; baud 0: to be found. */
struct port;
struct device *device_serial_new(struct port *port, uint32_t baud, const struct net *net,
                                 struct error *err);

#endif
