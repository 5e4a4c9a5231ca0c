/* wire.h : a virtual board at the end of a serial line, cycle by cycle of its clock.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_VERIF_WIRE_H
#define ENGRAM_VERIF_WIRE_H

#include "base/error.h"
#include "board_sim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WIRE_BYTES = 1 << 16 }; /* a power of two */

/* Bytes on their way; `pause` bit times pass before a byte starts. */
struct wire_queue {
  uint8_t byte[WIRE_BYTES];
  uint32_t pause[WIRE_BYTES];
  size_t first, count;
};

struct wire {
  void *handle;
  struct board_sim *sim;
  struct board_sim *(*open)(void);
  void (*close)(struct board_sim *sim);
  int (*step)(struct board_sim *sim, int rst, int rx);

  uint32_t clock_hz;
  double bit_cycles; /* of the host's end */
  uint64_t cycle;
  bool reset;                /* the button is pressed */
  uint64_t last_active;      /* cycle in which the line was last at work */
  struct wire_queue out, in; /* to the board, from it */
  unsigned out_frame, in_byte;
  int out_bits, in_bits;    /* left of the byte under way; in: 0 none */
  double out_next, in_next; /* cycle in which the bit ends; in which the next is looked at */
  unsigned long sent, received, broken; /* bytes; broken: without a stop bit */
};

/* Opens a library of board_library.sh, switches the board on. 0 or -1. wire_close also then. */
int wire_open(struct wire *wire, const char *library, uint32_t clock_hz, struct error *err);
void wire_close(struct wire *wire);

/* The host's baud. */
void wire_set_baud(struct wire *wire, uint32_t baud);

/* Puts a byte on its way to the board, and takes the next that came from it: -1 when none is there.
 * False when there is no room. */
bool wire_send(struct wire *wire, uint8_t byte, uint32_t pause_bits);
int wire_receive(struct wire *wire);

/* One cycle of the board's clock. */
void wire_cycle(struct wire *wire);

#endif
