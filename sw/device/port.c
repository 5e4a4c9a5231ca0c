/* port.c : a serial port of the operating system: raw bytes, 8N1, no flow control.
 * SPDX-License-Identifier: MIT
 */
#include "device/port.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/major.h>
#include <linux/serial.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* USB adapters wait up to 16 ms before they pass on a short answer. */
#define LATENCY_SECONDS 0.25
/* What is behind a pseudo-terminal is simulated; it loses no bytes, and is gone when its program
 * is.
 */
#define SIMULATION_SLOWNESS 1000
enum { SEND_MILLISECONDS = 30000 };

struct terminal {
  struct port port;
  int file;
};

static int terminal_set_baud(struct port *port, uint32_t baud, struct error *err) {
  int file = ((struct terminal *)port)->file;
  struct termios mode;
  if (tcgetattr(file, &mode) != 0)
    return error_set(err, "%s: is not a serial port", port->name);
  cfmakeraw(&mode);
  mode.c_cflag = (mode.c_cflag & ~(tcflag_t)(CSTOPB | CRTSCTS)) | CLOCAL | CREAD;
  mode.c_cc[VMIN] = mode.c_cc[VTIME] = 0;
  if (cfsetspeed(&mode, baud) != 0 || tcsetattr(file, TCSANOW, &mode) != 0)
    return error_set(err, "%s: cannot do %" PRIu32 " baud", port->name, baud);
  tcflush(file, TCIOFLUSH);
  return 0;
}

static int is_gone(const struct port *port, struct error *err) {
  return error_set(err, "%s: the port is gone (was the board unplugged?)", port->name);
}

static int terminal_send(struct port *port, const uint8_t *bytes, size_t count, struct error *err) {
  struct pollfd out = {((struct terminal *)port)->file, POLLOUT, 0};
  while (count > 0) {
    int ready = poll(&out, 1, SEND_MILLISECONDS);
    if (ready == 0)
      return error_set(err, "%s: takes no more bytes", port->name);
    ssize_t sent = ready > 0 ? write(out.fd, bytes, count) : -1;
    if (sent < 0 && errno != EINTR && errno != EAGAIN)
      return is_gone(port, err);
    bytes += sent > 0 ? sent : 0;
    count -= sent > 0 ? (size_t)sent : 0;
  }
  return 0;
}

static int terminal_receive(struct port *port, uint8_t *bytes, size_t most, double seconds,
                            struct error *err) {
  struct pollfd in = {((struct terminal *)port)->file, POLLIN, 0};
  int ready = poll(&in, 1, seconds > 0 ? (int)(seconds * 1000) + 1 : 0);
  if (ready == 0 || (ready < 0 && errno == EINTR))
    return 0;
  ssize_t count = ready > 0 ? read(in.fd, bytes, most) : -1;
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return 0;
  return count > 0 ? (int)count : is_gone(port, err);
}

static double terminal_now(struct port *port) {
  (void)port;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void terminal_close(struct port *port) {
  struct terminal *terminal = (struct terminal *)port;
  close(terminal->file);
  free((char *)(uintptr_t)port->name);
  free(terminal);
}

/* Asks the adapter's driver to pass on short answers at once (FTDI: after 1 ms instead of 16).
 * Where it cannot, answers only come later. */
static void ask_low_latency(int file) {
  struct serial_struct serial;
  if (ioctl(file, TIOCGSERIAL, &serial) != 0)
    return;
  serial.flags |= (int)ASYNC_LOW_LATENCY;
  (void)ioctl(file, TIOCSSERIAL, &serial);
}

/* Whether it is a pseudo-terminal. */
static bool is_simulated(int file) {
  struct stat status;
  return fstat(file, &status) == 0 && major(status.st_rdev) >= UNIX98_PTY_SLAVE_MAJOR &&
         major(status.st_rdev) < UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT;
}

struct port *port_open(const char *name, struct error *err) {
  int file = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) {
    error_set(err, "%s: %s%s", name, strerror(errno),
              errno == EACCES ? " (is this user in the group dialout?)" : "");
    return NULL;
  }
  const char *wrong = !isatty(file)                    ? "is not a serial port"
                      : flock(file, LOCK_EX | LOCK_NB) ? "another program is using it"
                                                       : NULL;
  if (wrong) {
    error_set(err, "%s: %s", name, wrong);
    close(file);
    return NULL;
  }
  ask_low_latency(file);
  double slowness = is_simulated(file) ? SIMULATION_SLOWNESS : 1;
  struct terminal *terminal = memory_new(1, sizeof *terminal);
  *terminal = (struct terminal){{text_copy(name), LATENCY_SECONDS, slowness, terminal_set_baud,
                                 terminal_send, terminal_receive, terminal_now, terminal_close},
                                file};
  return &terminal->port;
}
