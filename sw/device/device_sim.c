/* device_sim.c : the emitted core in Verilator as a device.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "device/device_parts.h"
#include "device/sim_bus.h"
#include "net/map.h"

#include <stdlib.h>

struct sim_device {
  struct device device;
  struct sim_bus bus;
};

/* Refuses a core that was made from another description. */
static int check_identity(struct sim_bus *bus, struct error *err) {
  uint32_t id, low, high;
  if (sim_bus_read(bus, MAP_ID, &id, err) || sim_bus_read(bus, MAP_CORE_HASH_LOW, &low, err) ||
      sim_bus_read(bus, MAP_CORE_HASH_HIGH, &high, err))
    return error_set(err, "simulation: the core does not tell what it is");
  uint64_t hash = (uint64_t)high << 32 | low;
  if (id != MAP_ID_VALUE || hash != bus->net->core_hash)
    return error_set(err, "simulation: core %016llx found, %016llx expected",
                     (unsigned long long)hash, (unsigned long long)bus->net->core_hash);
  return 0;
}

static void sim_device_close(struct device *device) {
  struct sim_device *sim = (struct sim_device *)device;
  sim_bus_close(&sim->bus);
  free(sim);
}

static struct device *sim_device_open(const char *name, const struct net *net, struct error *err) {
  (void)name;
  struct sim_device *sim = memory_new(1, sizeof *sim);
  sim->device.kind = &device_sim;
  if (sim_bus_open(&sim->bus, net, SIMULATOR_VERILATOR, NULL, NULL, err) ||
      check_identity(&sim->bus, err)) {
    sim_device_close(&sim->device);
    return NULL;
  }
  return &sim->device;
}

static struct sim_bus *bus_of(struct device *device) {
  return &((struct sim_device *)device)->bus;
}

static int sim_device_set(struct device *device, const struct weights *weights,
                          const struct device_state *state, struct error *err) {
  return sim_bus_set(bus_of(device), weights, state, err);
}

static int sim_device_get(struct device *device, struct weights *weights,
                          struct device_state *state, struct error *err) {
  return sim_bus_get(bus_of(device), weights, state, err);
}

/* The core is paused between runs, so that weights can be reached. */
static int sim_device_run(struct device *device, const struct job *jobs, size_t count,
                          struct reply *replies, struct error *err) {
  struct sim_bus *bus = bus_of(device);
  if (sim_bus_pause(bus, false, err) || sim_bus_run(bus, jobs, count, replies, err))
    return -1;
  return sim_bus_pause(bus, true, err);
}

static int sim_device_counters(struct device *device, struct counters *counters,
                               struct error *err) {
  return sim_bus_counters(bus_of(device), counters, err);
}

const struct device_kind device_sim = {.name = "sim",
                                       .open = sim_device_open,
                                       .close = sim_device_close,
                                       .set = sim_device_set,
                                       .get = sim_device_get,
                                       .run = sim_device_run,
                                       .counters = sim_device_counters};
