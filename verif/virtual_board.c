/* virtual_board.c : a virtual board behind a pseudo-terminal, for `engram train --on NAME`.
 * SPDX-License-Identifier: MIT
 *
 * Usage: virtual_board BOARD.so CLOCK_HZ
 * Prints the terminal's name, runs until it is interrupted, and then says how many cycles and bytes
 * there were. The line has the baud that the host gives its terminal, so a wrong one is a wrong one
 * here too. While the line has been at rest for long the board stands nearly still.
 */
#include "base/file.h"
#include "wire.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
  BATCH_CYCLES = 1000, /* at a time */
  REST_MILLISECONDS = 20,
  /* The line is at rest so long after a request (the longest work) and after an answer (a step). */
  REQUEST_CYCLES = 1000000000,
  ANSWER_CYCLES = 5000000
};

struct terminal {
  int master, slave; /* the slave is kept open, so that hosts can come and go */
  uint32_t baud;
  uint64_t rest; /* cycles after which the line is at rest */
};

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
  (void)number;
  interrupted = 1;
}

static int terminal_open(struct terminal *terminal, struct error *err) {
  struct termios2 mode;
  terminal->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  const char *name = terminal->master >= 0 ? ptsname(terminal->master) : NULL;
  if (!name || grantpt(terminal->master) || unlockpt(terminal->master) ||
      (terminal->slave = open(name, O_RDWR | O_NOCTTY)) < 0 ||
      ioctl(terminal->slave, TCGETS2, &mode) != 0)
    return error_set(err, "no pseudo-terminal: %s", strerror(errno));
  mode.c_iflag = mode.c_oflag = mode.c_lflag = 0;
  ioctl(terminal->slave, TCSETS2, &mode);
  printf("%s\n", name);
  fflush(stdout);
  return 0;
}

/* Bytes from and to the host. Returns whether there were any. */
static bool exchange(struct terminal *terminal, struct wire *wire) {
  uint8_t bytes[512];
  struct termios2 mode;
  ssize_t count = 0, sent = 0;
  if (wire->out.count < sizeof bytes)
    count = read(terminal->master, bytes, sizeof bytes);
  if (count > 0 && ioctl(terminal->master, TCGETS2, &mode) == 0 &&
      mode.c_ospeed != terminal->baud) {
    terminal->baud = mode.c_ospeed;
    wire_set_baud(wire, terminal->baud);
  }
  if (count > 0)
    terminal->rest = REQUEST_CYCLES;
  if (wire->in.count > 0)
    terminal->rest = ANSWER_CYCLES;
  for (ssize_t i = 0; i < count; i++)
    wire_send(wire, bytes[i], 0);
  for (int byte; sent < (ssize_t)sizeof bytes && (byte = wire_receive(wire)) >= 0;)
    bytes[sent++] = (uint8_t)byte;
  if (sent > 0 && write(terminal->master, bytes, (size_t)sent) != sent)
    fprintf(stderr, "virtual board: the host does not take what comes\n");
  return count > 0 || sent > 0;
}

static void run(struct terminal *terminal, struct wire *wire) {
  struct pollfd in = {terminal->master, POLLIN, 0};
  while (!interrupted) {
    if (!exchange(terminal, wire) && wire->cycle > wire->last_active + terminal->rest)
      poll(&in, 1, REST_MILLISECONDS);
    for (int i = 0; i < BATCH_CYCLES; i++)
      wire_cycle(wire);
  }
}

int main(int argc, char **argv) {
  struct error err = {""};
  struct wire *wire = memory_new(1, sizeof *wire);
  struct terminal terminal = {-1, -1, 0, 0};
  if (argc != 3) {
    fprintf(stderr, "usage: virtual_board BOARD.so CLOCK_HZ\n");
    return 2;
  }
  struct sigaction action = {.sa_handler = interrupt};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  int result = wire_open(wire, argv[1], (uint32_t)strtoul(argv[2], NULL, 10), &err);
  if (result == 0)
    result = terminal_open(&terminal, &err);
  if (result == 0) {
    run(&terminal, wire);
    printf("%" PRIu64 " cycles, %.6f s of the board's time; %lu bytes came, %lu went, %lu broken\n",
           wire->cycle, (double)wire->cycle / wire->clock_hz, wire->sent, wire->received,
           wire->broken);
  } else
    fprintf(stderr, "virtual_board: %s\n", err.message);
  wire_close(wire);
  free(wire);
  return result ? 2 : 0;
}
