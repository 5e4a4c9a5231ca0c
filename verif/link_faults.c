/* link_faults.c : the host's own code and a virtual board in one process, with faults between them.
 * SPDX-License-Identifier: MIT
 *
 * Drops, doubles and changes bytes both ways, lets the line rest in the middle of frames, presses
 * the board's button, and lets the host die and come back. Each run initialises the board, trains
 * and infers some pictures beside the model, and compares each reply and the weights at the end: it
 * must go on with the right bits or end with one message that says what was wrong. Time is the
 * board's cycles, so a run follows from its seed.
 */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/net_options.h"
#include "device/device_parts.h"
#include "device/port.h"
#include "faults.h"
#include "wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DIED "the host dies here"
enum { PICTURES = 4, QUIET_PICTURES = 2, RUN_SECONDS = 30 };
/* Of a million bytes: at how many sent ones the host dies, at how many received ones the button is
 * pressed. Such a run can end there, so that these are rarer than the line's faults. */
enum { DEATHS_A_MILLION = 40, RESETS_A_MILLION = 200 };

struct options {
  struct net_options net;
  const char *library;
  uint32_t clock_hz, baud;
  uint64_t seed;
  unsigned faults;
};

struct bench {
  struct port port;
  const struct options *options;
  struct net net;
  struct wire wire;
  struct faults faults;
  struct device *golden;
  bool quiet;           /* no faults */
  uint64_t run_end;     /* cycle by which the run must be over */
  uint64_t reset_until; /* the button is pressed until this cycle */
  bool was_reset, died; /* in this run */
  unsigned rests, resets, deaths;
  unsigned clean, recovered, reported, given_up; /* runs; the last ones are reported, too */
  uint64_t cycles;                               /* of all runs */
};

/* ---------------------------------------------------------------- the port */

static struct bench *bench_of(struct port *port) {
  return (struct bench *)port;
}

static int bench_set_baud(struct port *port, uint32_t baud, struct error *err) {
  (void)err;
  struct bench *bench = bench_of(port);
  while (wire_receive(&bench->wire) >= 0) {
  }
  wire_set_baud(&bench->wire, baud);
  return 0;
}

static void cycle(struct bench *bench) {
  bench->wire.reset = bench->wire.cycle < bench->reset_until;
  wire_cycle(&bench->wire);
}

static void press(struct bench *bench) {
  bench->resets++;
  bench->was_reset = true;
  bench->reset_until = bench->wire.cycle + 1 + random_splitmix(&bench->faults.random) % 5000;
}

static int bench_send(struct port *port, const uint8_t *bytes, size_t count, struct error *err) {
  struct bench *bench = bench_of(port);
  for (size_t i = 0; i < count; i++) {
    uint8_t passed[2];
    uint32_t rest = 0;
    if (bench->died)
      return error_set(err, DIED);
    if (!bench->quiet && faults_happens(&bench->faults, bench->faults.a_million / 4)) {
      rest = (uint32_t)(random_splitmix(&bench->faults.random) % 4000);
      bench->rests++;
    }
    if (!bench->quiet && faults_happens(&bench->faults, DEATHS_A_MILLION)) {
      bench->died = true; /* the bytes before this one are on their way */
      bench->deaths++;
    }
    for (int n = bench->quiet ? (passed[0] = bytes[i], 1)
                              : faults_pass(&bench->faults, bytes[i], passed),
             k = 0;
         k < n; k++)
      wire_send(&bench->wire, passed[k], k == 0 ? rest : 0);
  }
  return 0;
}

static double bench_now(struct port *port) {
  struct bench *bench = bench_of(port);
  return (double)bench->wire.cycle / bench->wire.clock_hz;
}

static int bench_receive(struct port *port, uint8_t *bytes, size_t most, double seconds,
                         struct error *err) {
  struct bench *bench = bench_of(port);
  uint64_t end = bench->wire.cycle + 1 + (uint64_t)(seconds * bench->wire.clock_hz);
  int count = 0;
  if (bench->died)
    return error_set(err, DIED);
  if (bench->wire.cycle > bench->run_end)
    return error_set(err, "the run hangs");
  if (!bench->quiet && faults_happens(&bench->faults, RESETS_A_MILLION))
    press(bench);
  while (count == 0 && bench->wire.cycle < end) {
    cycle(bench);
    for (int byte; count < (int)most - 1 && (byte = wire_receive(&bench->wire)) >= 0;) {
      uint8_t passed[2] = {(uint8_t)byte};
      int n = bench->quiet ? 1 : faults_pass(&bench->faults, (uint8_t)byte, passed);
      memcpy(bytes + count, passed, (size_t)n);
      count += n;
    }
  }
  return count;
}

static void bench_close(struct port *port) {
  (void)port; /* the board stays */
}

/* ---------------------------------------------------------------- a run */

static int run_pictures(struct bench *bench, struct device *device, struct error *err) {
  const struct net *net = &bench->net;
  size_t pixels = (size_t)(net->height * net->width);
  uint64_t draw = bench->faults.random;
  uint8_t *picture = memory_new(pixels + 1, 1);
  int result = 0;
  for (int i = 0; i < (bench->quiet ? QUIET_PICTURES : PICTURES) && result == 0; i++) {
    struct reply found, expected;
    struct job job = {picture, pixels, (int)(random_splitmix(&draw) % (unsigned)net->classes),
                      random_splitmix(&draw) % 4 != 0};
    for (size_t p = 0; p <= pixels; p++)
      picture[p] = (uint8_t)random_splitmix(&draw);
    if (random_splitmix(&draw) % 8 == 0)
      job.bytes = random_splitmix(&draw) % pixels + 2;
    device_run(bench->golden, &job, 1, &expected, err);
    result = device_run(device, &job, 1, &found, err);
    if (result == 0 && memcmp(&found, &expected, sizeof found) != 0) {
      fprintf(stderr, "WRONG reply to picture %d\n", i);
      result = -2;
    }
  }
  free(picture);
  return result;
}

/* All weights and the state read back: 0, -1 (failed), -2 (wrong). */
static int compare_all(struct bench *bench, struct device *device, struct error *err) {
  struct weights found, expected;
  struct device_state state, expected_state;
  weights_new(&found, &bench->net);
  weights_new(&expected, &bench->net);
  device_get(bench->golden, &expected, &expected_state, err);
  int result = device_get(device, &found, &state, err);
  if (result == 0 &&
      (state.steps != expected_state.steps || state.random.low != expected_state.random.low ||
       state.random.high != expected_state.random.high))
    result = -2;
  for (int l = 0; l < bench->net.layer_count && result == 0; l++)
    if (memcmp(found.layer[l], expected.layer[l], found.count[l] * sizeof *found.layer[l]) != 0)
      result = -2;
  weights_free(&found);
  weights_free(&expected);
  return result;
}

static int compare_checksums(struct bench *bench, struct device *device, struct error *err) {
  uint32_t found, expected;
  device_checksum(bench->golden, &expected, err);
  int result = device_checksum(device, &found, err);
  return result == 0 && found != expected ? -2 : result;
}

static int run_device(struct bench *bench, uint64_t seed, struct error *err) {
  struct device_state begin = device_state_fresh(&bench->net, seed);
  device_initialise(bench->golden, seed, &begin, err);
  struct device *device = device_serial_new(&bench->port, bench->options->baud, &bench->net, err);
  if (!device)
    return -1;
  int result = device_initialise(device, seed, &begin, err);
  if (result == 0)
    result = run_pictures(bench, device, err);
  if (result == 0)
    result =
        seed % 4 == 0 ? compare_all(bench, device, err) : compare_checksums(bench, device, err);
  device_close(device);
  return result;
}

static bool has_given_up(const char *message) {
  return strstr(message, "does not answer any more") || strstr(message, "no board answers");
}

/* Whether the message says what has happened. To give up takes a very bad line. */
static bool is_true(const struct bench *bench, const char *message) {
  return strstr(message, DIED)          ? bench->died
         : strstr(message, "was reset") ? bench->was_reset
                                        : has_given_up(message) && bench->faults.a_million >= 1600;
}

static unsigned fault_count(const struct bench *bench) {
  const struct faults *faults = &bench->faults;
  return faults->dropped + faults->doubled + faults->flipped + bench->rests + bench->resets +
         bench->deaths;
}

/* One run, and where it failed another one without faults, which must succeed. 0 or -1. */
static int run_twice(struct bench *bench, uint64_t seed) {
  for (bench->quiet = false;; bench->quiet = true) {
    struct error err = {""};
    unsigned faults = fault_count(bench);
    bench->was_reset = bench->wire.cycle < bench->reset_until;
    bench->died = false;
    bench->run_end = bench->wire.cycle + (uint64_t)RUN_SECONDS * bench->wire.clock_hz;
    int result = run_device(bench, seed, &err);
    if (result == -2 || (result == -1 && (bench->quiet || !is_true(bench, err.message)))) {
      printf("FAILED: seed %" PRIu64 "%s: %s\n", seed, bench->quiet ? ", without faults" : "",
             result == -2 ? "WRONG weights or replies" : err.message);
      return -1;
    }
    if (bench->quiet)
      return 0;
    bench->clean += result == 0 && fault_count(bench) == faults;
    bench->recovered += result == 0 && fault_count(bench) > faults;
    bench->reported += result == -1;
    bench->given_up += result == -1 && has_given_up(err.message);
    if (result == 0)
      return 0;
  }
}

/* A run on a board that was just switched on. */
static int run(struct bench *bench, uint64_t seed) {
  struct error err = {""};
  bench->faults.random = seed;
  bench->faults.a_million = 800u << seed % 3; /* to 3200 */
  bench->reset_until = 0;
  int result = wire_open(&bench->wire, bench->options->library, bench->options->clock_hz, &err);
  if (result)
    cmd_fail(&err);
  else
    result = run_twice(bench, seed);
  bench->cycles += bench->wire.cycle;
  wire_close(&bench->wire);
  return result;
}

/* ---------------------------------------------------------------- options */

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    return 0;
  case 'n':
    options->faults = (unsigned)option_number(state, "faults", arg, 1, 100000000);
    return 0;
  case 'S':
    options->seed = option_number(state, "seed", arg, 0, UINT64_MAX);
    return 0;
  case 'c':
    options->clock_hz = (uint32_t)option_number(state, "clock", arg, 1, UINT32_MAX);
    return 0;
  case 'b':
    options->baud = (uint32_t)option_number(state, "baud", arg, 1, UINT32_MAX);
    return 0;
  case ARGP_KEY_ARG:
    options->library = arg;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"faults", 'n', "N", 0, "go on until N faults have happened, 300 by default", 0},
    {"seed", 'S', "N", 0, "of the first run; the next ones have the next numbers", 0},
    {"clock", 'c', "HZ", 0, "of the board", 0},
    {"baud", 'b', "BAUD", 0, "of the board", 0},
    {0},
};
static const struct argp_child children[] = {{&net_options_argp, 0, "Network:", 1}, {0}};
static const struct argp argp = {.options = table,
                                 .parser = parse,
                                 .children = children,
                                 .args_doc = "BOARD.so",
                                 .doc = "Faults between the host's code and a virtual board."};

static int open_bench(struct bench *bench, struct error *err) {
  const struct options *options = bench->options;
  bench->port = (struct port){"board",    2e-4,          1,         bench_set_baud,
                              bench_send, bench_receive, bench_now, bench_close};
  if (!options->library)
    return error_set(err, "no BOARD.so is given");
  if (net_options_load(&options->net, &bench->net, err))
    return -1;
  bench->golden = device_open("golden", &bench->net, err);
  return bench->golden ? 0 : -1;
}

static void show(const struct bench *bench, int result, unsigned runs) {
  const struct faults *faults = &bench->faults;
  printf("%u faults: %u bytes dropped, %u doubled, %u changed, %u rests, %u resets, %u hosts died\n"
         "link_faults: %s runs=%u clean=%u recovered=%u reported=%u given_up=%u cycles=%" PRIu64
         "\n",
         fault_count(bench), faults->dropped, faults->doubled, faults->flipped, bench->rests,
         bench->resets, bench->deaths, result ? "FAIL" : "PASS", runs, bench->clean,
         bench->recovered, bench->reported, bench->given_up, bench->cycles);
}

int main(int argc, char **argv) {
  struct options options = {.clock_hz = 60000000, .baud = 3000000, .seed = 1, .faults = 300};
  struct bench *bench = memory_new(1, sizeof *bench);
  struct error err = {""};
  option_parse(&argp, "link_faults", argc, argv, &options, NULL);
  bench->options = &options;
  int result = open_bench(bench, &err);
  if (result)
    return cmd_fail(&err);
  unsigned runs = 0;
  for (uint64_t seed = options.seed; result == 0 && fault_count(bench) < options.faults; seed++) {
    result = run(bench, seed);
    runs++;
  }
  show(bench, result, runs);
  device_close(bench->golden);
  free(bench);
  return result ? EXIT_MISMATCH : EXIT_DONE;
}
