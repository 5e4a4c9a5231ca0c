/* device_serial.c : a board at a serial port as a device.
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "device/device_parts.h"
#include "device/link.h"
#include "device/reply.h"
#include "net/map.h"
#include "net/plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { REGISTER_BYTES = 4 };

struct serial_device {
  struct device device;
  struct link link;
  struct plan plan;
  bool running; /* not paused */
};

/* RATE, FREEZE, RANDOM and STEPS stand one behind the other. */
enum { STATE_WORDS = (MAP_STEPS - MAP_RATE) / REGISTER_BYTES + 1, RANDOM_WORDS = 4 };
static const struct link_block state_block = {MAP_RATE, STATE_WORDS, 1, 0};

static struct link *link_of(struct device *device) {
  return &((struct serial_device *)device)->link;
}

/* ---------------------------------------------------------------- registers */

static int read_words(struct link *link, uint32_t address, int count, uint32_t *words,
                      struct error *err) {
  int32_t read[16];
  const struct link_block block = {address, count, 1, 0};
  if (link_read(link, &block, REGISTER_BYTES, read, err))
    return -1;
  for (int i = 0; i < count; i++)
    words[i] = (uint32_t)read[i];
  return 0;
}

static int write_control(struct link *link, int32_t control, struct error *err) {
  const struct link_block block = {MAP_CONTROL, 1, 1, 0};
  return link_write(link, &block, REGISTER_BYTES, &control, err);
}

/* Weights and state can only be reached while paused. */
static int pause_core(struct serial_device *serial, int32_t also, struct error *err) {
  struct link *link = &serial->link;
  const struct plan *plan = &serial->plan;
  int longest = plan->train_cycles > plan->infer_cycles ? plan->train_cycles : plan->infer_cycles;
  if (!serial->running)
    return 0;
  if (write_control(link, MAP_LEARN | MAP_PAUSE | also, err))
    return -1;
  for (int polls = 2 + longest / 1000; polls > 0; polls--) { /* one takes more than 1000 cycles */
    uint32_t status;
    if (read_words(link, MAP_STATUS, 1, &status, err))
      return -1;
    serial->running = !(status & MAP_PAUSED);
    if (!serial->running)
      return 0;
  }
  return error_set(err, "%s: the core does not pause", link->port->name);
}

static int resume(struct serial_device *serial, struct error *err) {
  if (serial->running)
    return 0;
  serial->running = true;
  return write_control(&serial->link, MAP_LEARN, err);
}

/* ---------------------------------------------------------------- identity */

enum identity { ID, VERSION, NET_LOW, NET_HIGH, CORE_LOW, CORE_HIGH, SHAPE, IDENTITY_WORDS };

static int check_identity(struct serial_device *serial, const struct net *net, struct error *err) {
  uint32_t word[IDENTITY_WORDS];
  const char *name = serial->link.port->name;
  if (read_words(&serial->link, MAP_ID, IDENTITY_WORDS, word, err))
    return -1;
  if (word[ID] != MAP_ID_VALUE)
    return error_set(err, "%s: what answers there is not an Engram core (ID 0x%08" PRIx32 ")", name,
                     word[ID]);
  uint64_t net_hash = (uint64_t)word[NET_HIGH] << 32 | word[NET_LOW];
  uint64_t core_hash = (uint64_t)word[CORE_HIGH] << 32 | word[CORE_LOW];
  if (core_hash == net->core_hash)
    return 0;
  return error_set(
      err,
      "%s: the board holds another core than --net and --fold describe: found net %016" PRIx64
      ", core %016" PRIx64 " (pictures of %ux%u, %u classes, Engram %u.%u.%u), asked for net "
      "%016" PRIx64 ", core %016" PRIx64 " (%dx%d, %d classes, Engram %s): %s, or load the board "
      "with a bitstream of this one (make bitstream)",
      name, net_hash, core_hash, word[SHAPE] & 255, word[SHAPE] >> 8 & 255, word[SHAPE] >> 16 & 255,
      word[VERSION] >> 16 & 255, word[VERSION] >> 8 & 255, word[VERSION] & 255, net->net_hash,
      net->core_hash, net->height, net->width, net->classes, ENGRAM_VERSION,
      net_hash == net->net_hash ? "the network is the same, so give the --fold options, name and "
                                  "version that the board's was made with"
                                : "name the description that it was made from");
}

static void serial_close(struct device *device) {
  link_close(link_of(device));
  free(device);
}

struct device *device_serial_new(struct port *port, uint32_t baud, const struct net *net,
                                 struct error *err) {
  struct serial_device *serial = memory_new(1, sizeof *serial);
  serial->device = (struct device){.kind = &device_serial, .net = net};
  serial->running = true; /* it may be */
  plan_make(&serial->plan, net);
  if (link_open(&serial->link, port, baud, err) || check_identity(serial, net, err) ||
      pause_core(serial, MAP_CLEAR, err)) {
    serial_close(&serial->device);
    return NULL;
  }
  return &serial->device;
}

/* "/dev/ttyUSB0", or "/dev/ttyUSB0@115200". */
static struct device *serial_open(const char *name, const struct net *net, struct error *err) {
  char *path = text_copy(name), *at = strrchr(path, '@');
  uint32_t baud = 0;
  if (at && at[1] && strspn(at + 1, "0123456789") == strlen(at + 1)) {
    baud = (uint32_t)strtoul(at + 1, NULL, 10);
    *at = '\0';
  }
  struct port *port = port_open(path, err);
  free(path);
  return port ? device_serial_new(port, baud, net, err) : NULL;
}

/* ---------------------------------------------------------------- weights and state */

/* The net's tensor `i` in the core's memory, and bytes of a number of it. */
static struct link_block tensor_block(const struct net *net, int i) {
  return (struct link_block){map_weight(net, i, 0, 0), net->tensor[i].columns, net->tensor[i].rows,
                             map_weight(net, 0, 1, 0) - map_weight(net, 0, 0, 0)};
}

static int weight_bytes(const struct net *net, int i) {
  return (net->tensor[i].format.bits + 7) / 8;
}

static int write_state(struct serial_device *serial, const struct device_state *state,
                       struct error *err) {
  const struct random_state *random = &state->random;
  const int32_t words[STATE_WORDS] = {state->rate,           (int32_t)state->freeze,
                                      (int32_t)random->low,  (int32_t)(random->low >> 32),
                                      (int32_t)random->high, (int32_t)(random->high >> 32),
                                      (int32_t)state->steps};
  return link_write(&serial->link, &state_block, REGISTER_BYTES, words, err);
}

static int read_state(struct serial_device *serial, struct device_state *state, struct error *err) {
  uint32_t word[STATE_WORDS];
  if (read_words(&serial->link, MAP_RATE, STATE_WORDS, word, err))
    return -1;
  const uint32_t *random = word + 2;
  *state = (struct device_state){
      .random = {random[0] | (uint64_t)random[1] << 32, random[2] | (uint64_t)random[3] << 32},
      .steps = random[RANDOM_WORDS],
      .rate = (int)word[0],
      .freeze = word[1]};
  return 0;
}

static int serial_checksum(struct device *device, uint32_t *checksum, struct error *err) {
  const struct net *net = device->net;
  *checksum = RANDOM_CHECKSUM_BEGIN;
  if (pause_core((struct serial_device *)device, 0, err))
    return -1;
  for (int i = 0; i < net->tensor_count; i++) {
    struct link_block block = tensor_block(net, i);
    if (link_checksum(link_of(device), &block, checksum, err))
      return -1;
  }
  return 0;
}

/* The board's own checksum against that of the weights here. As a board that was reset refuses to
 * compute one, what was read before it is not of a board that was reset meanwhile. */
static int verify(struct device *device, const struct weights *weights, struct error *err) {
  uint32_t found, expected = random_checksum(weights);
  if (serial_checksum(device, &found, err))
    return -1;
  if (found != expected)
    return error_set(err,
                     "%s: the board's weights have checksum %08" PRIx32 ", those here %08" PRIx32,
                     link_of(device)->port->name, found, expected);
  return 0;
}

static int serial_set(struct device *device, const struct weights *weights,
                      const struct device_state *state, struct error *err) {
  struct serial_device *serial = (struct serial_device *)device;
  const struct net *net = device->net;
  if (pause_core(serial, 0, err) || write_state(serial, state, err))
    return -1;
  for (int i = 0; i < net->tensor_count; i++) {
    struct link_block block = tensor_block(net, i);
    if (link_write(&serial->link, &block, weight_bytes(net, i),
                   weights_of(weights, &net->tensor[i]), err))
      return -1;
  }
  return verify(device, weights, err);
}

static int serial_get(struct device *device, struct weights *weights, struct device_state *state,
                      struct error *err) {
  struct serial_device *serial = (struct serial_device *)device;
  const struct net *net = device->net;
  if (pause_core(serial, 0, err) || read_state(serial, state, err))
    return -1;
  for (int i = 0; i < net->tensor_count; i++) {
    struct link_block block = tensor_block(net, i);
    if (link_read(&serial->link, &block, weight_bytes(net, i), weights_of(weights, &net->tensor[i]),
                  err))
      return -1;
  }
  return verify(device, weights, err);
}

/* The board draws the weights by itself, but for those that begin at 0; what it has then is
 * compared with the model's. */
static int initialise(struct serial_device *serial, const struct weights *weights, uint64_t seed,
                      struct error *err) {
  const struct net *net = serial->device.net;
  uint32_t x = random_fill_state(seed);
  for (int i = 0; i < net->tensor_count; i++) {
    const struct tensor *tensor = &net->tensor[i];
    struct link_block block = tensor_block(net, i);
    int status = tensor->initial_bits > 0
                     ? link_fill(&serial->link, &block, tensor->initial_bits, &x, err)
                     : link_write(&serial->link, &block, weight_bytes(net, i),
                                  weights_of(weights, tensor), err);
    if (status)
      return -1;
  }
  return 0;
}

static int serial_initialise(struct device *device, uint64_t seed, const struct device_state *state,
                             struct error *err) {
  struct serial_device *serial = (struct serial_device *)device;
  if (pause_core(serial, 0, err) || write_state(serial, state, err))
    return -1;
  struct weights weights;
  weights_new(&weights, device->net);
  random_weights(device->net, seed, &weights);
  int result = initialise(serial, &weights, seed, err) || verify(device, &weights, err) ? -1 : 0;
  weights_free(&weights);
  return result;
}

/* ---------------------------------------------------------------- pictures and counters */

static int run_job(struct serial_device *serial, const struct job *job, struct reply *reply,
                   struct error *err) {
  struct link *link = &serial->link;
  uint32_t word[REPLY_WORDS_MAX];
  size_t count, classes = (size_t)serial->device.net->classes;
  /* The step before it may still be learning. */
  double seconds = (double)(serial->plan.train_cycles + serial->plan.infer_cycles) / link->clock_hz;
  uint8_t user = (uint8_t)((job->train ? 128 : 0) | (job->label & 127));
  if (link_picture(link, job->picture, job->bytes, user, seconds, REPLY_HEAD_WORDS + classes, word,
                   &count, err))
    return -1;
  return reply_read(reply, serial->device.net, word, count)
             ? error_set(err, "%s: a result of %zu words came", link->port->name, count)
             : 0;
}

static int serial_run(struct device *device, const struct job *jobs, size_t count,
                      struct reply *replies, struct error *err) {
  struct serial_device *serial = (struct serial_device *)device;
  if (resume(serial, err))
    return -1;
  for (size_t i = 0; i < count; i++)
    if (run_job(serial, &jobs[i], &replies[i], err))
      return -1;
  return 0;
}

static int serial_counters(struct device *device, struct counters *counters, struct error *err) {
  const struct net *net = device->net;
  struct link *link = link_of(device);
  const struct link_block block = {MAP_LAYERS, net->counters, net->layer_count,
                                   map_layer_size(net)};
  int32_t layer[NET_LAYERS_MAX * NET_COUNTERS_MAX];
  uint32_t word[2]; /* PICTURES, CORRECT */
  if (pause_core((struct serial_device *)device, 0, err) ||
      read_words(link, MAP_PICTURES, 2, word, err) ||
      link_read(link, &block, REGISTER_BYTES, layer, err))
    return -1;
  *counters = (struct counters){.pictures = word[0], .correct = word[1]};
  for (int l = 0; l < net->layer_count; l++)
    for (int which = 0; which < net->counters; which++)
      counters->count[which][l] = (uint32_t)layer[l * net->counters + which];
  return 0;
}

static double serial_line_seconds(const struct device *device) {
  return link_line_seconds(&((const struct serial_device *)device)->link);
}

const struct device_kind device_serial = {.name = "serial",
                                          .open = serial_open,
                                          .close = serial_close,
                                          .set = serial_set,
                                          .get = serial_get,
                                          .run = serial_run,
                                          .counters = serial_counters,
                                          .initialise = serial_initialise,
                                          .checksum = serial_checksum,
                                          .line_seconds = serial_line_seconds};
