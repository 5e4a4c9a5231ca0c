/* device_parts.h : what a kind of device implements.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DEVICE_PARTS_H
#define ENGRAM_DEVICE_PARTS_H

#include "device/device.h"

/* As the functions of the same names in device.h. */
struct device_kind {
  const char *name;
  struct device *(*open)(const struct net *net, struct error *err);
  void (*close)(struct device *device);
  int (*set)(struct device *device, const struct weights *weights, const struct device_state *state,
             struct error *err);
  int (*get)(struct device *device, struct weights *weights, struct device_state *state,
             struct error *err);
  int (*run)(struct device *device, const struct job *jobs, size_t count, struct reply *replies,
             struct error *err);
  int (*counters)(struct device *device, struct counters *counters, struct error *err);
};

/* Stands first in each kind's own struct. */
struct device {
  const struct device_kind *kind;
};

extern const struct device_kind device_golden, device_sim;

#endif
