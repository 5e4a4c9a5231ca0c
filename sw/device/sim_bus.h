/* sim_bus.h : the simulated core's pins, cycle by cycle: AXI4-Lite accesses and both AXI4-Streams.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DEVICE_SIM_BUS_H
#define ENGRAM_DEVICE_SIM_BUS_H

#include "device/reply.h"
#include "device/sim_library.h"

struct sim_bus {
  const struct net *net;
  struct sim_library library;
  struct sim *sim;
  struct sim_inputs in;
  struct sim_outputs out; /* of the cycle that is being settled */
  uint64_t cycle;         /* since reset */

  /* Random stalls: in a cycle each valid that is not up yet is held back, and each ready is low,
   * with this probability of 256. */
  unsigned stall;
  unsigned reply_stall; /* the same, of the replies' ready alone; the larger of both counts there */
  uint64_t stall_seed;

  /* Called in each cycle after its signals have settled, before the clock's edge; NULL for none. */
  void (*on_cycle)(void *context, const struct sim_bus *bus);
  void *context;

  /* Progress of sim_bus_run. */
  const struct job *jobs;
  struct reply *replies;
  size_t job_count, sent, beat, received;
  uint32_t word[REPLY_WORDS_MAX]; /* of the reply that is coming in */
  size_t words;
  int bad_replies; /* of another number of words */

  bool receiving; /* sim_bus_receive waits for a word */
};

/* Opens the library, the core and resets it. `wave_path` may be NULL. Returns 0 or -1. */
int sim_bus_open(struct sim_bus *bus, const struct net *net, enum simulator simulator,
                 const char *wave_path, const char *rtl, struct error *err);
void sim_bus_close(struct sim_bus *bus);

/* Lets `count` cycles pass. */
void sim_bus_idle(struct sim_bus *bus, int count);

/* One AXI4-Lite access. Returns 0 for OKAY, 1 for SLVERR, -1 when there was no answer. */
int sim_bus_write(struct sim_bus *bus, uint32_t address, uint32_t data, uint8_t strobe,
                  struct error *err);
int sim_bus_read(struct sim_bus *bus, uint32_t address, uint32_t *data, struct error *err);

/* Sends the jobs' pictures back to back and takes their replies. Fails when the core stops
 * answering. */
int sim_bus_run(struct sim_bus *bus, const struct job *jobs, size_t count, struct reply *replies,
                struct error *err);

/* One beat of a stream, for hosts that do not use sim_bus_run: sends a picture's next byte, takes
 * the next word of a reply. Between these calls nothing is taken. Return 0 or -1 (no answer). */
int sim_bus_send(struct sim_bus *bus, uint8_t byte, bool last, uint8_t user, struct error *err);
int sim_bus_receive(struct sim_bus *bus, uint32_t *word, bool *last, struct error *err);

/* Sets or clears PAUSE, and waits until the core is paused. */
int sim_bus_pause(struct sim_bus *bus, bool pause, struct error *err);

/* Registers and weights as a host sees them. The core must be paused. */
int sim_bus_set(struct sim_bus *bus, const struct weights *weights,
                const struct device_state *state, struct error *err);
int sim_bus_get(struct sim_bus *bus, struct weights *weights, struct device_state *state,
                struct error *err);
int sim_bus_counters(struct sim_bus *bus, struct counters *counters, struct error *err);

#endif
