/* sim_bus.c : the simulated core's pins, cycle by cycle.
 * SPDX-License-Identifier: MIT
 */
#include "device/sim_bus.h"

#include "model/random.h"
#include "net/map.h"
#include "net/plan.h"

#include <inttypes.h>
#include <string.h>

enum { RESET_CYCLES = 4, ACCESS_LIMIT = 10000 };

/* Whether something is held back that is in `stall` of 256 cycles. */
static bool stalls_by(struct sim_bus *bus, unsigned stall) {
  return stall > 0 && (random_splitmix(&bus->stall_seed) & 255) < stall;
}

static bool stalls(struct sim_bus *bus) {
  return stalls_by(bus, bus->stall);
}

static unsigned most_stall(const struct sim_bus *bus) {
  return bus->reply_stall > bus->stall ? bus->reply_stall : bus->stall;
}

/* ---- AXI4-Stream in: a picture's next byte. Once up, valid stays until it was taken. */
static void drive_pixels(struct sim_bus *bus) {
  if (bus->in.s_tvalid || bus->sent == bus->job_count || stalls(bus))
    return;
  const struct job *job = &bus->jobs[bus->sent];
  bus->in.s_tvalid = 1;
  bus->in.s_tdata = job->picture[bus->beat];
  bus->in.s_tlast = bus->beat + 1 == job->bytes;
  bus->in.s_tuser = (uint8_t)(job->train << 7 | (job->label & 127));
}

static void take_pixels(struct sim_bus *bus) {
  if (bus->sent == bus->job_count || !bus->in.s_tvalid || !bus->out.s_tready)
    return;
  bus->in.s_tvalid = 0;
  bus->beat++;
  if (bus->in.s_tlast) {
    bus->beat = 0;
    bus->sent++;
  }
}

/* ---- AXI4-Stream out: a reply's next word. */
static void take_reply(struct sim_bus *bus) {
  if (!bus->out.m_tvalid || !bus->in.m_tready || bus->received == bus->job_count)
    return;
  if (bus->words < REPLY_WORDS_MAX)
    bus->word[bus->words] = bus->out.m_tdata;
  bus->words++;
  if (bus->out.m_tlast) {
    if (reply_read(&bus->replies[bus->received], bus->net, bus->word, bus->words))
      bus->bad_replies++;
    bus->words = 0;
    bus->received++;
  }
}

/* One cycle with the AXI4-Lite pins as the caller has set them. */
static void cycle(struct sim_bus *bus) {
  drive_pixels(bus);
  bus->in.m_tready =
      !stalls_by(bus, most_stall(bus)) && (bus->receiving || bus->received < bus->job_count);
  bus->library.settle(bus->sim, &bus->in, &bus->out);
  if (bus->on_cycle)
    bus->on_cycle(bus->context, bus);
  take_pixels(bus);
  take_reply(bus);
  bus->library.edge(bus->sim);
  bus->cycle++;
}

/* The simulation's own failure is the cause of everything that comes after it. */
static int has_failed(const struct sim_bus *bus, struct error *err) {
  return bus->out.failure ? error_set(err, "simulation: %s", bus->out.failure) : 0;
}

int sim_bus_open(struct sim_bus *bus, const struct net *net, enum simulator simulator,
                 const char *wave_path, const char *rtl, struct error *err) {
  *bus = (struct sim_bus){.net = net};
  if (sim_library_open(&bus->library, net, simulator, wave_path != NULL, rtl, err))
    return -1;
  bus->sim = bus->library.open(wave_path);
  if (!bus->sim) {
    sim_library_close(&bus->library);
    return error_set(err, "%s: the wave file cannot be written",
                     wave_path ? wave_path : "simulation");
  }
  bus->in.rst = 1;
  sim_bus_idle(bus, RESET_CYCLES);
  bus->in.rst = 0;
  if (has_failed(bus, err)) {
    sim_bus_close(bus);
    return -1;
  }
  return 0;
}

void sim_bus_close(struct sim_bus *bus) {
  if (bus->sim)
    bus->library.close(bus->sim);
  bus->sim = NULL;
  sim_library_close(&bus->library);
}

void sim_bus_idle(struct sim_bus *bus, int count) {
  for (int i = 0; i < count; i++)
    cycle(bus);
}

static int no_answer(struct sim_bus *bus, const char *what, uint32_t address, struct error *err) {
  if (has_failed(bus, err))
    return -1;
  return error_set(err, "simulation: %s 0x%x had no answer by cycle %" PRIu64, what,
                   (unsigned)address, bus->cycle);
}

int sim_bus_write(struct sim_bus *bus, uint32_t address, uint32_t data, uint8_t strobe,
                  struct error *err) {
  bool address_taken = false, data_taken = false;
  for (int i = 0; i < ACCESS_LIMIT; i++) {
    if (!address_taken && !bus->in.awvalid && !stalls(bus)) {
      bus->in.awvalid = 1;
      bus->in.awaddr = address;
    }
    if (!data_taken && !bus->in.wvalid && !stalls(bus)) {
      bus->in.wvalid = 1;
      bus->in.wdata = data;
      bus->in.wstrb = strobe;
    }
    bus->in.bready = !stalls(bus);
    cycle(bus);
    if (bus->in.awvalid && bus->out.awready) {
      address_taken = true;
      bus->in.awvalid = 0;
    }
    if (bus->in.wvalid && bus->out.wready) {
      data_taken = true;
      bus->in.wvalid = 0;
    }
    if (bus->in.bready && bus->out.bvalid) {
      bus->in.bready = 0;
      return bus->out.bresp != 0;
    }
  }
  return no_answer(bus, "write", address, err);
}

int sim_bus_read(struct sim_bus *bus, uint32_t address, uint32_t *data, struct error *err) {
  bool taken = false;
  for (int i = 0; i < ACCESS_LIMIT; i++) {
    if (!taken && !bus->in.arvalid && !stalls(bus)) {
      bus->in.arvalid = 1;
      bus->in.araddr = address;
    }
    bus->in.rready = !stalls(bus);
    cycle(bus);
    if (bus->in.arvalid && bus->out.arready) {
      taken = true;
      bus->in.arvalid = 0;
    }
    if (bus->in.rready && bus->out.rvalid) {
      bus->in.rready = 0;
      *data = bus->out.rdata;
      return bus->out.rresp != 0;
    }
  }
  return no_answer(bus, "read", address, err);
}

/* The longest step without stalls. */
static int step_cycles(const struct net *net) {
  struct plan plan;
  plan_make(&plan, net);
  return plan.train_cycles > plan.infer_cycles ? plan.train_cycles : plan.infer_cycles;
}

int sim_bus_run(struct sim_bus *bus, const struct job *jobs, size_t count, struct reply *replies,
                struct error *err) {
  bus->jobs = jobs;
  bus->replies = replies;
  bus->job_count = count;
  bus->sent = bus->beat = bus->received = 0;
  /* Generous: the longest step and the loading of the longest picture, at the given share of
   * stalls. */
  uint64_t patience = 0;
  for (size_t i = 0; i < count; i++)
    patience = jobs[i].bytes > patience ? jobs[i].bytes : patience;
  patience = (patience + (uint64_t)step_cycles(bus->net) + 1000) * 4 * 256 /
             (256 - (most_stall(bus) < 255 ? most_stall(bus) : 255));
  uint64_t last_cycle = bus->cycle;
  size_t progress = 0;
  while (bus->received < count) {
    cycle(bus);
    if (has_failed(bus, err))
      return -1;
    if (bus->bad_replies > 0)
      return error_set(err, "simulation: the reply of picture %zu has another number of words",
                       bus->received - 1);
    if (progress != bus->received + bus->sent + bus->beat) {
      progress = bus->received + bus->sent + bus->beat;
      last_cycle = bus->cycle;
    }
    if (bus->cycle - last_cycle > patience)
      return error_set(err, "simulation: picture %zu had no reply by cycle %" PRIu64, bus->received,
                       bus->cycle);
  }
  return 0;
}

int sim_bus_send(struct sim_bus *bus, uint8_t byte, bool last, uint8_t user, struct error *err) {
  for (int i = 0; i < ACCESS_LIMIT; i++) {
    if (!bus->in.s_tvalid && !stalls(bus)) {
      bus->in.s_tvalid = 1;
      bus->in.s_tdata = byte;
      bus->in.s_tlast = last;
      bus->in.s_tuser = user;
    }
    cycle(bus);
    if (bus->in.s_tvalid && bus->out.s_tready) {
      bus->in.s_tvalid = 0;
      return 0;
    }
  }
  return error_set(err, "simulation: no pixel was taken by cycle %" PRIu64, bus->cycle);
}

int sim_bus_receive(struct sim_bus *bus, uint32_t *word, bool *last, struct error *err) {
  bus->receiving = true;
  bool taken = false;
  for (int i = 0; i < ACCESS_LIMIT && !taken; i++) {
    cycle(bus);
    taken = bus->in.m_tready && bus->out.m_tvalid;
  }
  bus->receiving = false;
  *word = bus->out.m_tdata;
  *last = bus->out.m_tlast;
  return taken ? 0 : error_set(err, "simulation: no word of a reply by cycle %" PRIu64, bus->cycle);
}

static int must_write(struct sim_bus *bus, uint32_t address, uint32_t data, struct error *err) {
  int answer = sim_bus_write(bus, address, data, 15, err);
  return answer > 0 ? error_set(err, "simulation: write of 0x%x to 0x%x was refused",
                                (unsigned)data, (unsigned)address)
                    : answer;
}

static int must_read(struct sim_bus *bus, uint32_t address, uint32_t *data, struct error *err) {
  int answer = sim_bus_read(bus, address, data, err);
  return answer > 0 ? error_set(err, "simulation: read of 0x%x was refused", (unsigned)address)
                    : answer;
}

int sim_bus_pause(struct sim_bus *bus, bool pause, struct error *err) {
  if (must_write(bus, MAP_CONTROL, MAP_LEARN | (pause ? MAP_PAUSE : 0), err))
    return -1;
  for (int i = 0, most = step_cycles(bus->net); pause && i <= most; i++) {
    uint32_t status;
    if (must_read(bus, MAP_STATUS, &status, err))
      return -1;
    if (status & MAP_PAUSED)
      return 0;
  }
  return pause ? error_set(err, "simulation: does not pause") : 0;
}

int sim_bus_set(struct sim_bus *bus, const struct weights *weights,
                const struct device_state *state, struct error *err) {
  const struct net *net = bus->net;
  uint32_t random[4] = {(uint32_t)state->random.low, (uint32_t)(state->random.low >> 32),
                        (uint32_t)state->random.high, (uint32_t)(state->random.high >> 32)};
  for (int i = 0; i < 4; i++)
    if (must_write(bus, MAP_RANDOM0 + MAP_WORD * (uint32_t)i, random[i], err))
      return -1;
  if (must_write(bus, MAP_STEPS, state->steps, err) ||
      must_write(bus, MAP_RATE, (uint32_t)state->rate, err) ||
      must_write(bus, MAP_FREEZE, state->freeze, err))
    return -1;
  for (int i = 0; i < net->tensor_count; i++) {
    const struct tensor *tensor = &net->tensor[i];
    const int32_t *weight = weights_of(weights, tensor);
    for (int row = 0; row < tensor->rows; row++)
      for (int column = 0; column < tensor->columns; column++)
        if (must_write(bus, map_weight(net, i, row, column), (uint32_t)*weight++, err))
          return -1;
  }
  return 0;
}

int sim_bus_get(struct sim_bus *bus, struct weights *weights, struct device_state *state,
                struct error *err) {
  const struct net *net = bus->net;
  uint32_t random[4], rate;
  for (int i = 0; i < 4; i++)
    if (must_read(bus, MAP_RANDOM0 + MAP_WORD * (uint32_t)i, &random[i], err))
      return -1;
  if (must_read(bus, MAP_STEPS, &state->steps, err) || must_read(bus, MAP_RATE, &rate, err) ||
      must_read(bus, MAP_FREEZE, &state->freeze, err))
    return -1;
  state->random = (struct random_state){random[0] | (uint64_t)random[1] << 32,
                                        random[2] | (uint64_t)random[3] << 32};
  state->rate = (int)rate;
  for (int i = 0; i < net->tensor_count; i++) {
    const struct tensor *tensor = &net->tensor[i];
    int32_t *to = weights_of(weights, tensor);
    for (int row = 0; row < tensor->rows; row++)
      for (int column = 0; column < tensor->columns; column++) {
        uint32_t weight;
        if (must_read(bus, map_weight(net, i, row, column), &weight, err))
          return -1;
        *to++ = (int32_t)weight;
      }
  }
  return 0;
}

int sim_bus_counters(struct sim_bus *bus, struct counters *counters, struct error *err) {
  *counters = (struct counters){.pictures = 0};
  if (must_read(bus, MAP_PICTURES, &counters->pictures, err) ||
      must_read(bus, MAP_CORRECT, &counters->correct, err))
    return -1;
  for (int l = 0; l < bus->net->layer_count; l++)
    for (int which = 0; which < bus->net->counters; which++)
      if (must_read(bus, map_counter(bus->net, l, which), &counters->count[which][l], err))
        return -1;
  return 0;
}
