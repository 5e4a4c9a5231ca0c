/* port.h : bytes out and bytes in: what the link stands on, a serial port or a simulated one.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DEVICE_PORT_H
#define ENGRAM_DEVICE_PORT_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* Stands first in each port's own struct. */
struct port {
  const char *name;       /* for messages; owned by the port */
  double latency_seconds; /* the most that an answer takes beside the time on the line: USB, the
                             operating system */
  double slowness; /* how many times longer than the line and the board's clock tell it may take: 1;
                      more for a simulated board */

  /* Bits a second, on both sides of the host's end; what has come so far is dropped. 0 or -1. */
  int (*set_baud)(struct port *port, uint32_t baud, struct error *err);
  /* Sends them all. 0 or -1. */
  int (*send)(struct port *port, const uint8_t *bytes, size_t count, struct error *err);
  /* What has come, `most` bytes of it at most; waits up to `seconds` for the first. Returns how
   * many, 0 when none came, -1 when the port is gone. */
  int (*receive)(struct port *port, uint8_t *bytes, size_t most, double seconds, struct error *err);
  double (*now)(struct port *port); /* seconds, from any beginning */
  void (*close)(struct port *port);
};

/* Opens a terminal device ("/dev/ttyUSB0") for this program alone. NULL on error. */
struct port *port_open(const char *name, struct error *err);

#endif
