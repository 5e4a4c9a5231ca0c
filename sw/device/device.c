/* device.c : picks the kind of device by its name.
 * SPDX-License-Identifier: MIT
 */
#include "device/device.h"

#include "device/device_parts.h"

#include <string.h>

struct device *device_open(const char *name, const struct net *net, struct error *err) {
  static const struct device_kind *const kinds[] = {&device_golden, &device_twin, &device_sim};
  const struct device_kind *kind = strchr(name, '/') ? &device_serial : NULL;
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (!strcmp(name, kinds[i]->name))
      kind = kinds[i];
  struct device *device = kind ? kind->open(name, net, err) : NULL;
  if (!kind)
    error_set(err, "no device '%s' (golden, twin, sim, or a serial port such as /dev/ttyUSB0)",
              name);
  if (device) {
    device->kind = kind;
    device->net = net;
  }
  return device;
}

void device_close(struct device *device) {
  if (device)
    device->kind->close(device);
}

bool device_failed(const struct device *device) {
  return device && device->failed;
}

/* Keeps in mind that a call has failed. */
static int note(struct device *device, int result) {
  device->failed = device->failed || result != 0;
  return result;
}

int device_set(struct device *device, const struct weights *weights,
               const struct device_state *state, struct error *err) {
  return note(device, device->kind->set(device, weights, state, err));
}

int device_get(struct device *device, struct weights *weights, struct device_state *state,
               struct error *err) {
  weights_drop_real(weights); /* only the twin fills them in */
  return note(device, device->kind->get(device, weights, state, err));
}

int device_initialise(struct device *device, uint64_t seed, const struct device_state *state,
                      struct error *err) {
  if (device->kind->initialise)
    return note(device, device->kind->initialise(device, seed, state, err));
  struct weights weights;
  weights_new(&weights, device->net);
  random_weights(device->net, seed, &weights);
  int result = device_set(device, &weights, state, err);
  weights_free(&weights);
  return result;
}

int device_checksum(struct device *device, uint32_t *checksum, struct error *err) {
  if (device->kind->checksum)
    return note(device, device->kind->checksum(device, checksum, err));
  struct weights weights;
  struct device_state state;
  weights_new(&weights, device->net);
  int result = device_get(device, &weights, &state, err);
  *checksum = random_checksum(&weights);
  weights_free(&weights);
  return result;
}

int device_run(struct device *device, const struct job *jobs, size_t count, struct reply *replies,
               struct error *err) {
  return note(device, device->kind->run(device, jobs, count, replies, err));
}

size_t device_chunk(const struct device *device) {
  return device->chunk > 0 ? device->chunk : DEVICE_CHUNK;
}

int device_counters(struct device *device, struct counters *counters, struct error *err) {
  return note(device, device->kind->counters(device, counters, err));
}

double device_line_seconds(const struct device *device) {
  return device->kind->line_seconds ? device->kind->line_seconds(device) : 0;
}
