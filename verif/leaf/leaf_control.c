/* leaf_control.c : engram_control with engram_counters and engram_random against the address map of
 * sw/net/map.h.
 * SPDX-License-Identifier: MIT
 *
 * One case after the other. A write and a read may wait at the port at the same time; what an
 * access must answer and do follows from the model's registers in the cycle that takes it. Steps
 * come and go beside the accesses, but what an access reads or writes stands still.
 */
#include "bench.h"

#include "model/fixed.h"
#include "model/random.h"
#include "net/map.h"

enum { LAYERS, LAYER_BITS, ROW_BITS, COLUMN_BITS, RATE_BITS, INITIAL_RATE, ADDRESS_BITS, VERSION };
enum {
  SHAPE = 8,
  INITIAL_FREEZE,
  TRAINING,
  ROWS,
  COLUMNS = 16,
  WEIGHT_BITS = 21, /* of tensor 0; the others follow */
  TENSORS = 26,
  COUNTERS
};
enum { IN_AW_VALID, IN_W_VALID, IN_B_READY, IN_AR_VALID, IN_R_READY, IN_IDLE, IN_REFUSED };
enum { IN_RESET = 9, IN_STROBE = 12, IN_AW_ADDRESS = 32, IN_AR_ADDRESS = 64, IN_W_DATA = 96 };
enum { IN_PICTURE = 128, IN_CORRECT, IN_TRAINED, IN_ACTIVE, IN_STEP_DONE, IN_STEPS };
enum { IN_WEIGHT = 160, IN_FLAGS = 320 };
enum { OUT_AW_READY, OUT_W_READY, OUT_B_VALID, OUT_B_RESPONSE, OUT_AR_READY = 5, OUT_R_VALID };
enum {
  OUT_R_RESPONSE = 7,
  OUT_PAUSE = 9,
  OUT_LEARN,
  OUT_PULSES,
  OUT_STEPS_VALID = 21,
  OUT_HOLD = 23
};
enum { OUT_R_DATA = 32, OUT_VALUE = 112 };
enum { OUT_WRITE_DATA = 64, OUT_RATE = 96, OUT_FREEZE = 104, OUT_ROW = 128, OUT_COLUMN = 144 };
enum { WORD = 32, LAYERS_MAX = NET_LAYERS_MAX, COUNTERS_MAX = 8, OKAY = 0, SLAVE_ERROR = 2 };
enum {
  READ_CYCLES = 4,
  ROUND = 2 * 0x40 + 6, /* of up to 64 words, two cycles each */
  ANSWER_CYCLES = 2 * ROUND + 10,
  ACCESSES = 1500,
  CYCLES_MAX = 1000 /* of an access, far above what it takes */,
  STEP_CYCLES_MIN = 51,
  REPLY_CYCLES = 7, /* until a reply has the step count */
  REGISTER_BYTES = 1 << (MAP_BITS - 1),
  RESET_CYCLES = 4
};

/* Pulses, from OUT_PULSES on. */
enum {
  PULSE_WEIGHT_READ = 1 << 0,  /* times 2^tensor */
  PULSE_WEIGHT_WRITE = 1 << 5, /* times 2^tensor */
  PULSE_BITS = 10,
};

struct settings {
  uint32_t pause, learn, rate, freeze;
};

/* What the model says that an access answers and does. */
struct effect {
  uint32_t response, value;
  uint32_t pulses, row, column;
};

struct access {
  bool write;
  uint32_t address, data, strobe;
  int address_delay, data_delay, stall; /* cycles */
  bool asked, address_taken, data_taken;
  bool at_work, shown; /* taken; its answer stands */
  bool pulsed;
  int age;
  uint32_t value; /* first shown */
  struct effect effect;
};

struct port {
  struct bench *bench;
  int c;
  struct net net;
  struct settings now, before; /* behind and in front of the last write */
  bool idle;
  struct random_state random;
  uint32_t steps, pictures, correct, step_cycles;
  uint64_t cycles;
  uint32_t counts[LAYERS_MAX][COUNTERS_MAX];
  uint32_t refused[3], errors;
  int quiet;          /* cycles without a step */
  int step, step_end; /* cycles of the one at work, 0: none */
  uint32_t reply;     /* step count that it asked for */
  int reply_age, reply_halves;
  bool hold;                   /* no picture may be refused */
  int pace;                    /* percent of cycles in which an access begins */
  const struct access *passed; /* the one last taken, if the other waited then */
  struct access write, read;
  int weight_due; /* cycles until the weight that was asked for stands, -1 for none */
  int32_t weight;
};

/* ---- the model */

static bool paused(const struct port *port) {
  return port->now.pause && port->idle;
}

static bool trains(const struct port *port) {
  return bench_parameter(port->bench, port->c, TRAINING) != 0;
}

static uint32_t counters_of(const struct port *port) {
  return (uint32_t)bench_parameter(port->bench, port->c, COUNTERS);
}

static struct net net_of(const struct bench *bench, int c) {
  struct net net = {
      .layer_count = bench_parameter(bench, c, LAYERS),
      .layer_bits = bench_parameter(bench, c, LAYER_BITS),
      .row_bits = bench_parameter(bench, c, ROW_BITS),
      .column_bits = bench_parameter(bench, c, COLUMN_BITS),
  };
  net.position_bits = net.layer_bits + net.row_bits + net.column_bits;
  net.tensor_count = bench_parameter(bench, c, TENSORS);
  for (int i = 0; i < net.tensor_count; i++) {
    net.tensor[i].rows = bench_parameter(bench, c, ROWS + i);
    net.tensor[i].columns = bench_parameter(bench, c, COLUMNS + i);
    net.tensor[i].format.bits = bench_parameter(bench, c, WEIGHT_BITS + i);
  }
  return net;
}

/* The weight that the bench keeps at a place. */
static int32_t weight_at(const struct net *net, int tensor, uint32_t row, uint32_t column) {
  uint32_t mixed = ((uint32_t)tensor + 1) * 0x9E3779B9u + row * 0x85EBCA6Bu + column * 0xC2B2AE35u;
  mixed = (mixed ^ mixed >> 15) * 0x2C1B3C6Du;
  int unused = 32 - net->tensor[tensor].format.bits;
  return (int32_t)(mixed << unused) >> unused;
}

static bool model_weight(const struct port *port, const struct access *access,
                         struct effect *effect) {
  const struct net *net = &port->net;
  uint32_t place = access->address / MAP_WORD;
  int low_bits = net->row_bits + net->column_bits, place_bits = map_address_bits(net) - 3;
  uint32_t tensor = place >> low_bits & (uint32_t)bench_mask(place_bits - low_bits);
  effect->column = place & (uint32_t)bench_mask(net->column_bits);
  effect->row = place >> net->column_bits & (uint32_t)bench_mask(net->row_bits);
  if (!paused(port) || tensor >= (uint32_t)net->tensor_count ||
      effect->row >= (uint32_t)net->tensor[tensor].rows ||
      effect->column >= (uint32_t)net->tensor[tensor].columns)
    return false;
  effect->value = (uint32_t)weight_at(net, (int)tensor, effect->row, effect->column);
  effect->pulses = (uint32_t)(access->write ? PULSE_WEIGHT_WRITE : PULSE_WEIGHT_READ) << tensor;
  int32_t data = (int32_t)access->data;
  return !access->write || fixed_saturate(data, net->tensor[tensor].format.bits) == data;
}

#define REGISTER(name, address, access, reset, meaning) {address, access, reset},
static const struct {
  uint32_t address;
  const char *access, *reset;
} map[] = {MAP_REGISTERS(REGISTER, MAP_NOTHING, MAP_NOTHING)};
enum { REGISTER_COUNT = sizeof map / sizeof *map };

/* Whether the map's table has a register that can be read, or written, as the core stands. */
static bool map_allows(const struct port *port, uint32_t address, bool write) {
  for (int i = 0; i < REGISTER_COUNT; i++)
    if (map[i].address == address) {
      const char *pause = strstr(map[i].access, "paused"), *comma = strchr(map[i].access, ',');
      return strchr(map[i].access, write ? 'W' : 'R') &&
             (paused(port) || !pause || (comma && !write));
    }
  return false;
}

/* Whether a register that can be written takes this value. */
static bool model_write(const struct port *port, const struct access *access) {
  uint32_t data = access->data;
  switch (access->address) {
  case MAP_CONTROL:
    return data <= (MAP_PAUSE | MAP_LEARN | MAP_CLEAR);
  case MAP_RATE:
    return data <= NET_RATE_MAX;
  case MAP_FREEZE:
    return data < UINT32_C(1) << port->net.layer_count;
  case MAP_RANDOM3:
    return !(data >> 31);
  default:
    return true;
  }
}

static bool model_read_layer(const struct port *port, uint32_t offset, uint32_t *value) {
  uint32_t counters = counters_of(port), words = counters > 4 ? 8 : 4, word = offset / 4;
  uint32_t layer = word / words, which = word % words;
  if (layer >= (uint32_t)port->net.layer_count || which >= counters)
    return false;
  *value = port->counts[layer][which];
  return true;
}

static bool model_read(const struct port *port, uint32_t address, uint32_t *value) {
  const struct bench *bench = port->bench;
  const struct {
    uint32_t address, value;
  } registers[] = {
      {MAP_ID, MAP_ID_VALUE},
      {MAP_VERSION, (uint32_t)bench_parameter(bench, port->c, VERSION)},
      {MAP_NET_HASH_LOW, 0x89ABCDEF},
      {MAP_NET_HASH_HIGH, 0x01234567},
      {MAP_CORE_HASH_LOW, 0x76543210},
      {MAP_CORE_HASH_HIGH, 0xFEDCBA98},
      {MAP_SHAPE, (uint32_t)bench_parameter(bench, port->c, SHAPE)},
      {MAP_FEATURES, trains(port)},
      {MAP_CONTROL, port->now.pause * MAP_PAUSE | port->now.learn * MAP_LEARN},
      {MAP_STATUS, (uint32_t)(paused(port) * MAP_PAUSED | !port->idle * MAP_BUSY)},
      {MAP_RATE, port->now.rate},
      {MAP_FREEZE, port->now.freeze},
      {MAP_STEPS, port->steps},
      {MAP_PICTURES, port->pictures},
      {MAP_CORRECT, port->correct},
      {MAP_CYCLES_LOW, (uint32_t)port->cycles},
      {MAP_CYCLES_HIGH, (uint32_t)(port->cycles >> 32)},
      {MAP_STEP_CYCLES, port->step_cycles},
      {MAP_SHORT, port->refused[0]},
      {MAP_LONG, port->refused[1]},
      {MAP_LABEL, port->refused[2]},
      {MAP_ACCESS, port->errors},
  };
  for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
    if (registers[i].address == address) {
      *value = registers[i].value;
      return true;
    }
  if (address >= MAP_RANDOM0 && address <= MAP_RANDOM3) {
    uint32_t word = (address - MAP_RANDOM0) / MAP_WORD;
    *value = (uint32_t)((word < 2 ? port->random.low : port->random.high) >> word % 2 * WORD);
    return true;
  }
  return address >= MAP_LAYERS && model_read_layer(port, address - MAP_LAYERS, value);
}

static void clear(struct port *port) {
  port->errors = port->refused[0] = port->refused[1] = port->refused[2] = 0;
  port->pictures = port->correct = 0;
  port->cycles = 0;
  memset(port->counts, 0, sizeof port->counts);
}

/* What a good write to a register does. */
static void model_set(struct port *port, uint32_t address, uint32_t data) {
  if (address == MAP_CONTROL) {
    port->now.pause = (data & MAP_PAUSE) != 0;
    port->now.learn = (data & MAP_LEARN) != 0;
    if (data & MAP_CLEAR)
      clear(port);
  } else if (address == MAP_RATE) {
    port->now.rate = data;
  } else if (address == MAP_FREEZE) {
    port->now.freeze = data;
  } else if (address == MAP_STEPS) {
    port->steps = data;
  } else {
    uint32_t word = (address - MAP_RANDOM0) / MAP_WORD;
    uint64_t *half = word < 2 ? &port->random.low : &port->random.high;
    int at = (int)(word % 2 * WORD);
    *half = (*half & ~(bench_mask(WORD) << at)) | (uint64_t)data << at;
  }
}

/* What an access answers; the model's registers follow it. */
static void model_access(struct port *port, struct access *access) {
  struct effect effect = {OKAY, 0, 0, 0, 0};
  bool weights = access->address >> (map_address_bits(&port->net) - 1);
  bool whole = access->address % MAP_WORD == 0 && (!access->write || access->strobe == 15);
  bool there = weights || map_allows(port, access->address, access->write) ||
               (!access->write && access->address >= MAP_LAYERS);
  bool allowed = whole && there &&
                 (weights         ? model_weight(port, access, &effect)
                  : access->write ? model_write(port, access)
                                  : model_read(port, access->address, &effect.value));
  if (!allowed)
    effect = (struct effect){.response = SLAVE_ERROR};
  access->effect = effect;
  port->before = port->now;
  port->errors += !allowed;
  if (allowed && !weights && access->write)
    model_set(port, access->address, access->data);
}

/* ---- pins */

static bool busy(const struct port *port) {
  return port->write.at_work || port->read.at_work;
}

static void drive_requests(const struct port *port) {
  struct bench *bench = port->bench;
  const struct access *write = &port->write, *read = &port->read;
  int c = port->c;
  bench_set(bench, c, IN_AW_VALID, 1,
            write->asked && !write->address_taken && write->age >= write->address_delay);
  bench_set(bench, c, IN_W_VALID, 1,
            write->asked && !write->data_taken && write->age >= write->data_delay);
  bench_set(bench, c, IN_AR_VALID, 1,
            read->asked && !read->address_taken && read->age >= read->address_delay);
  bench_set(bench, c, IN_B_READY, 1, write->stall == 0);
  bench_set(bench, c, IN_R_READY, 1, read->stall == 0);
  bench_set(bench, c, IN_AW_ADDRESS, WORD, write->address);
  bench_set(bench, c, IN_AR_ADDRESS, WORD, read->address);
  bench_set(bench, c, IN_W_DATA, WORD, write->data);
  bench_set(bench, c, IN_STROBE, 4, write->strobe);
}

/* What an access reads or writes stands still while it waits and works. */
static bool frozen(const struct port *port) {
  const struct access *read = &port->read, *write = &port->write;
  return (read->asked && read->address >= MAP_RANDOM0 && read->address < REGISTER_BYTES) ||
         (write->asked && write->address >= MAP_CONTROL && write->address <= MAP_STEPS);
}

/* A cycle of the step at work. A reply asks for the step count well before the end. */
static void drive_step(struct port *port) {
  struct bench *bench = port->bench;
  int c = port->c;
  port->step++;
  port->cycles++;
  bool end = port->step == port->step_end, train = end && bench_chance(bench, 50);
  bool reply = port->step == port->step_end - 10, correct = reply && bench_chance(bench, 50);
  bench_set(bench, c, IN_ACTIVE, 1, 1);
  bench_set(bench, c, IN_STEP_DONE, 1, end);
  bench_set(bench, c, IN_TRAINED, 1, train);
  bench_set(bench, c, IN_PICTURE, 1, end && !train);
  bench_set(bench, c, IN_CORRECT, 1, correct);
  bench_set(bench, c, IN_STEPS, 1, reply);
  if (reply) {
    port->reply = port->steps;
    port->reply_age = port->reply_halves = 0;
  }
  port->correct += correct;
  port->pictures += end && !train;
  port->steps += train;
  if (train)
    port->random = random_advance(port->random, RANDOM_STEP_SHIFTS);
  if (!end)
    return;
  port->step_cycles = (uint32_t)port->step;
  port->step = 0;
  port->step_end = STEP_CYCLES_MIN + bench_below(bench, bench_chance(bench, 20) ? 1000 : 20);
}

/* Refused pictures, one at a time. */
static void drive_refused(struct port *port) {
  int which = bench_below(port->bench, 3);
  bool refused = !frozen(port) && !port->hold && bench_chance(port->bench, 10);
  bench_set(port->bench, port->c, IN_REFUSED, 3, (uint64_t)refused << which);
  port->refused[which] += refused;
}

/* The rest of the core. */
static void drive_core(struct port *port) {
  struct bench *bench = port->bench;
  int c = port->c;
  if (!busy(port)) {
    port->idle = port->step == 0 && bench_chance(bench, 90);
    bench_set(bench, c, IN_IDLE, 1, port->idle);
  }
  bench_set(bench, c, IN_PICTURE, 6, 0);
  bench_set(bench, c, IN_FLAGS, 32, 0);
  port->quiet -= port->quiet > 0;
  if (frozen(port) || port->quiet > 0)
    return;
  if (port->step > 0 || bench_chance(bench, 50))
    drive_step(port);
  int counters = (int)counters_of(port);
  for (int i = 0; i < counters * port->net.layer_count; i++) {
    bool flag = bench_chance(bench, 7 * i % 105);
    bench_set(bench, c, IN_FLAGS + i, 1, flag);
    port->counts[i / counters][i % counters] += flag;
  }
}

/* The weight stands a few cycles after it was asked for, beside numbers that mean nothing. */
static void drive_weights(struct port *port) {
  int tensor = 0;
  while (port->read.effect.pulses >> tensor &&
         !(port->read.effect.pulses >> tensor & PULSE_WEIGHT_READ))
    tensor++;
  for (int l = 0; l < LAYERS_MAX; l++) {
    uint32_t value = (uint32_t)bench_random(port->bench, 32);
    if (l == tensor && port->weight_due == 0)
      value = (uint32_t)port->weight;
    bench_set(port->bench, port->c, IN_WEIGHT + WORD * l, WORD, value);
  }
  port->weight_due -= port->weight_due > 0;
}

/* ---- checks of one cycle */

static uint32_t get(const struct port *port, int at, int bits) {
  return (uint32_t)bench_get(port->bench, port->c, at, bits);
}

static void check(struct port *port, const char *what, uint32_t found, uint32_t expected) {
  bench_check(port->bench, port->c, what, found, expected);
}

/* Settings change between a write's taking and its answer. A core that only infers never learns,
 * whatever LEARN says. */
static void check_settings(struct port *port) {
  const struct settings found = {get(port, OUT_PAUSE, 1), get(port, OUT_LEARN, 1),
                                 get(port, OUT_RATE, 8), get(port, OUT_FREEZE, 8)};
  bool open = port->write.at_work && !port->write.shown && !get(port, OUT_B_VALID, 1);
  struct settings expected = port->now, before = port->before;
  expected.learn &= trains(port);
  before.learn &= trains(port);
  if (open && memcmp(&found, &before, sizeof found) == 0)
    expected = before;
  check(port, "pause", found.pause, expected.pause);
  check(port, "learn", found.learn, expected.learn);
  check(port, "rate", found.rate, expected.rate);
  check(port, "freeze", found.freeze, expected.freeze);
}

/* A pulse comes once for the access it belongs to, with its payload, and never else. */
static void check_pulses(struct port *port) {
  uint32_t pulses = get(port, OUT_PULSES, PULSE_BITS);
  struct access *access = port->write.at_work ? &port->write : &port->read;
  if (pulses == 0)
    return;
  bool due = access->at_work && !access->shown && !access->pulsed;
  check(port, "pulses", pulses, due ? access->effect.pulses : 0);
  access->pulsed = true;
  if (access->write)
    check(port, "data", get(port, OUT_WRITE_DATA, WORD), access->data);
  check(port, "row", get(port, OUT_ROW, 16), access->effect.row);
  check(port, "column", get(port, OUT_COLUMN, 16), access->effect.column);
  if (!access->write) {
    port->weight = (int32_t)access->effect.value;
    port->weight_due = bench_below(port->bench, READ_CYCLES);
  }
}

/* A reply's step count comes soon, both halves of it, and none unasked. */
static void check_reply(struct port *port) {
  uint32_t halves = get(port, OUT_STEPS_VALID, 2);
  bool due = port->reply_age >= 0;
  if (halves)
    check(port, "half of a reply's steps", halves, due ? 1u << port->reply_halves : 0);
  if (halves && due) {
    check(port, "reply's steps", get(port, OUT_VALUE, 16),
          port->reply >> 16 * port->reply_halves & 0xFFFF);
    port->reply_halves++;
  }
  if (due && port->reply_age++ == REPLY_CYCLES) {
    check(port, "halves of a reply's steps", (uint32_t)port->reply_halves, 2);
    port->reply_age = -1;
  }
}

/* An answer comes in time, stands still until it is taken, and never comes unasked. */
static void check_answer(struct port *port, struct access *access, int valid_at, int response_at) {
  bool valid = get(port, valid_at, 1) != 0;
  if (!access->at_work || (access->shown && !valid)) {
    check(port, "answer", valid, access->at_work);
    return;
  }
  check(port, "answer in time", valid || access->age < ANSWER_CYCLES, true);
  if (!valid)
    return;
  uint32_t value = get(port, OUT_R_DATA, WORD);
  check(port, "response", get(port, response_at, 2), access->effect.response);
  if (!access->write)
    check(port, "value", value, access->effect.value);
  if (!access->write && access->shown)
    check(port, "value while stalled", value, access->value);
  if (!access->shown)
    check(port, "pulsed", access->pulsed, access->effect.pulses != 0);
  access->value = value;
  access->shown = true;
  if (access->stall-- > 0)
    return;
  *access = (struct access){.write = access->write};
  port->weight_due = -1;
}

/* Takes what is accepted in this cycle; an access is at work from the next one on. One that waits
 * is passed by the other at most once. */
static void accept(struct port *port, struct access *access, bool address, bool data,
                   bool other_waits) {
  if (!access->asked || access->at_work)
    return;
  access->address_taken |= address;
  access->data_taken |= data;
  if (!access->address_taken || !access->data_taken)
    return;
  check(port, "one at a time", busy(port), false);
  check(port, "in turn", other_waits && port->passed == access, false);
  port->passed = other_waits ? access : NULL;
  access->at_work = true;
  access->age = 0;
  model_access(port, access);
}

static void one_cycle(struct port *port) {
  struct bench *bench = port->bench;
  const uint32_t *pins = bench->in + (size_t)port->c * bench->shape.in_words / bench->shape.cases;
  drive_requests(port);
  drive_core(port);
  drive_refused(port);
  drive_weights(port);
  bench_settle(bench);
  check_settings(port);
  check_pulses(port);
  check_reply(port);
  port->hold = get(port, OUT_HOLD, 1) || *pins >> IN_REFUSED & 7;
  bool ready = get(port, OUT_AW_READY, 1);
  bool address = ready && *pins >> IN_AW_VALID & 1;
  bool data = get(port, OUT_W_READY, 1) && *pins >> IN_W_VALID & 1;
  bool read = get(port, OUT_AR_READY, 1) && *pins >> IN_AR_VALID & 1;
  check_answer(port, &port->write, OUT_B_VALID, OUT_B_RESPONSE);
  check_answer(port, &port->read, OUT_R_VALID, OUT_R_RESPONSE);
  bool write_waits = *pins >> IN_AW_VALID & *pins >> IN_W_VALID & 1;
  accept(port, &port->write, address, data, *pins >> IN_AR_VALID & 1);
  accept(port, &port->read, read, true, write_waits);
  port->write.age++;
  port->read.age++;
  bench_edge(bench);
}

/* ---- accesses */

static struct access new_access(struct bench *bench, bool write, uint32_t address, uint32_t data) {
  struct access access = {
      .write = write, .asked = true, .address = address, .data = data, .strobe = 15};
  bool eager = bench_chance(bench, 40);
  access.address_delay = eager ? 0 : bench_below(bench, 6);
  access.data_delay = eager ? 0 : bench_below(bench, 6);
  access.stall = eager ? 0 : bench_below(bench, 6);
  return access;
}

static void finish(struct port *port) {
  for (int i = 0; i < CYCLES_MAX && (port->write.asked || port->read.asked); i++)
    one_cycle(port);
  check(port, "accesses finished", port->write.asked || port->read.asked, false);
  port->write = (struct access){.write = true};
  port->read = (struct access){.write = false};
}

static void write_register(struct port *port, uint32_t address, uint32_t data) {
  port->write = new_access(port->bench, true, address, data);
  finish(port);
}

static void read_register(struct port *port, uint32_t address) {
  port->read = new_access(port->bench, false, address, 0);
  finish(port);
}

/* A weight's address: mostly inside its tensor, at times just outside. */
static uint32_t choose_weight(struct port *port, int *tensor) {
  struct bench *bench = port->bench;
  const struct net *net = &port->net;
  *tensor = bench_below(bench, net->tensor_count);
  int row = bench_below(bench, net->tensor[*tensor].rows);
  int column = bench_below(bench, net->tensor[*tensor].columns);
  int place_tensor = *tensor;
  switch (bench_below(bench, 8)) {
  case 0:
    row = net->tensor[*tensor].rows & (int)bench_mask(net->row_bits);
    break;
  case 1:
    column = net->tensor[*tensor].columns & (int)bench_mask(net->column_bits);
    break;
  case 2:
    place_tensor = bench_below(bench, 1 << net->layer_bits);
    break;
  case 3:
    row = net->tensor[*tensor].rows - 1;
    column = net->tensor[*tensor].columns - 1;
    break;
  default:
    break;
  }
  return map_weight(net, place_tensor, row, column);
}

static struct access choose_access(struct port *port, bool write) {
  static const uint32_t writable[] = {MAP_CONTROL, MAP_CONTROL, MAP_RATE,    MAP_FREEZE,
                                      MAP_RANDOM0, MAP_STEPS,   MAP_RANDOM3, MAP_RANDOM1,
                                      MAP_STATUS,  MAP_ACCESS};
  struct bench *bench = port->bench;
  int tensor = bench_below(bench, port->net.tensor_count), choice = bench_below(bench, 10);
  uint32_t address = choice < 3   ? choose_weight(port, &tensor)
                     : choice < 6 ? writable[bench_below(bench, sizeof writable / sizeof *writable)]
                     : choice < 9
                         ? (uint32_t)bench_below(bench, REGISTER_BYTES / MAP_WORD) * MAP_WORD
                         : (uint32_t)bench_random(bench, map_address_bits(&port->net));
  int bits = port->net.tensor[tensor].format.bits;
  uint32_t data = (uint32_t)bench_random(bench, 32);
  if (bench_chance(bench, 80))
    data = choice < 3 ? (uint32_t)bench_signed(bench, bench_chance(bench, 80) ? bits : bits + 1)
                      : (uint32_t)bench_random(bench, bench_below(bench, 6));
  struct access access = new_access(bench, write, address, data);
  if (bench_chance(bench, 5))
    access.address += (uint32_t)(1 + bench_below(bench, 3));
  if (bench_chance(bench, 5))
    access.strobe = (uint32_t)bench_below(bench, 16);
  return access;
}

/* A write, a read, or both at the port; nothing in flight is waited for in between. */
static void random_accesses(struct port *port) {
  int done = 0;
  port->pace = 20;
  for (int cycle = 0; done < ACCESSES && cycle < ACCESSES * CYCLES_MAX; cycle++) {
    if (!port->write.asked && bench_chance(port->bench, port->pace)) {
      port->write = choose_access(port, true);
      done++;
    }
    if (!port->read.asked && bench_chance(port->bench, port->pace)) {
      port->read = choose_access(port, false);
      done++;
    }
    if (bench_chance(port->bench, 1))
      port->pace = bench_chance(port->bench, 50) ? 20 : 1;
    one_cycle(port);
  }
  check(port, "accesses done", done >= ACCESSES, true);
  finish(port);
}

/* Those of the map's reset values that are numbers are the model's, which a sweep holds against the
 * core. */
static void check_reset_values(struct port *port) {
  for (int i = 0; i < REGISTER_COUNT; i++) {
    uint32_t value = 0;
    char *end;
    uint32_t expected = (uint32_t)strtoul(map[i].reset, &end, 0);
    if (*end)
      continue;
    check(port, "register of the map", model_read(port, map[i].address, &value), true);
    check(port, "reset value of the map", value, expected);
  }
}

/* Every word of the registers' space, read and written. */
static void sweep_registers(struct port *port) {
  for (uint32_t address = 0; address < REGISTER_BYTES; address += MAP_WORD) {
    read_register(port, address);
    write_register(port, address, 0);
    write_register(port, address, UINT32_MAX);
    write_register(port, address, MAP_PAUSE | MAP_LEARN);
    read_register(port, address);
  }
}

/* Behind the first cycle of a reset nothing is taken and nothing answered, whatever waits. */
static void check_reset(struct port *port) {
  struct bench *bench = port->bench;
  static const int valids[] = {IN_AW_VALID, IN_W_VALID, IN_AR_VALID};
  for (int cycle = 0; cycle < RESET_CYCLES; cycle++) {
    for (int i = 0; i < 3; i++)
      bench_set(bench, port->c, valids[i], 1, cycle + 1 < RESET_CYCLES);
    bench_settle(bench);
    check(port, "ready in reset", get(port, OUT_AW_READY, 2) | get(port, OUT_AR_READY, 1), 0);
    check(port, "answer in reset", get(port, OUT_B_VALID, 1) | get(port, OUT_R_VALID, 1), 0);
    bench_edge(bench);
  }
}

static void reset(struct port *port) {
  struct bench *bench = port->bench;
  port->now = port->before =
      (struct settings){1, 1, (uint32_t)bench_parameter(bench, port->c, INITIAL_RATE),
                        (uint32_t)bench_parameter(bench, port->c, INITIAL_FREEZE)};
  clear(port);
  port->steps = port->step_cycles = 0;
  port->random = (struct random_state){1, 0};
  port->quiet = ROUND;
  port->step = 0;
  port->step_end = STEP_CYCLES_MIN;
  port->reply_age = -1;
  port->hold = false;
  port->passed = NULL;
  port->write = (struct access){.write = true};
  port->read = (struct access){.write = false};
  port->weight_due = -1;
  port->idle = true;
  drive_requests(port);
  bench_set(bench, port->c, IN_REFUSED, 3, 0);
  bench_set(bench, port->c, IN_PICTURE, 6, 0);
  bench_set(bench, port->c, IN_FLAGS, 32, 0);
  bench_set(bench, port->c, IN_IDLE, 1, 1);
  bench_set(bench, port->c, IN_RESET, 1, 1);
  bench_settle(bench);
  bench_edge(bench);
  check_reset(port);
  bench_set(bench, port->c, IN_RESET, 1, 0);
}

static void test_port(void **state) {
  struct bench *bench = *state;
  for (int c = 0; c < bench->cases; c++) {
    struct port port = {.bench = bench, .c = c, .net = net_of(bench, c)};
    bench_check(bench, c, "address bits", map_address_bits(&port.net),
                bench_parameter(bench, c, ADDRESS_BITS));
    reset(&port);
    check_reset_values(&port);
    sweep_registers(&port);
    random_accesses(&port);
    reset(&port);
    random_accesses(&port);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "control");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_port, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
