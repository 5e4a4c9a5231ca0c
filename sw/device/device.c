/* device.c : picks the kind of device by its name.
 * SPDX-License-Identifier: MIT
 */
#include "device/device.h"

#include "device/device_parts.h"

#include <string.h>

struct device *device_open(const char *name, const struct net *net, struct error *err) {
  static const struct device_kind *const kinds[] = {&device_golden, &device_sim};
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (!strcmp(name, kinds[i]->name))
      return kinds[i]->open(net, err);
  error_set(err, "no device '%s' (golden, sim)", name);
  return NULL;
}

void device_close(struct device *device) {
  if (device)
    device->kind->close(device);
}

int device_set(struct device *device, const struct weights *weights,
               const struct device_state *state, struct error *err) {
  return device->kind->set(device, weights, state, err);
}

int device_get(struct device *device, struct weights *weights, struct device_state *state,
               struct error *err) {
  return device->kind->get(device, weights, state, err);
}

int device_run(struct device *device, const struct job *jobs, size_t count, struct reply *replies,
               struct error *err) {
  return device->kind->run(device, jobs, count, replies, err);
}

int device_counters(struct device *device, struct counters *counters, struct error *err) {
  return device->kind->counters(device, counters, err);
}
