/* wire.c : a virtual board at the end of a serial line: bytes to bits and back, 8N1.
 * SPDX-License-Identifier: MIT
 */
#include "wire.h"

#include <dlfcn.h>
#include <stdlib.h>

enum { BITS = 10, RESET_CYCLES = 16 };

int wire_open(struct wire *wire, const char *library, uint32_t clock_hz, struct error *err) {
  *wire = (struct wire){.clock_hz = clock_hz};
  char *path = realpath(library, NULL);
  wire->handle = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  free(path);
  if (!wire->handle)
    return error_set(err, "%s: %s", library, path ? dlerror() : "is not there");
  *(void **)&wire->open = dlsym(wire->handle, "board_sim_open");
  *(void **)&wire->close = dlsym(wire->handle, "board_sim_close");
  *(void **)&wire->step = dlsym(wire->handle, "board_sim_cycle");
  if (!wire->open || !wire->close || !wire->step)
    return error_set(err, "%s: is no virtual board", library);
  wire->sim = wire->open();
  wire_set_baud(wire, clock_hz / 16);
  wire->reset = true;
  for (int i = 0; i < RESET_CYCLES; i++)
    wire_cycle(wire);
  wire->reset = false;
  return 0;
}

void wire_close(struct wire *wire) {
  if (wire->sim)
    wire->close(wire->sim);
  if (wire->handle)
    dlclose(wire->handle);
  *wire = (struct wire){.handle = NULL};
}

void wire_set_baud(struct wire *wire, uint32_t baud) {
  wire->bit_cycles = (double)wire->clock_hz / baud;
}

static bool push(struct wire_queue *queue, uint8_t byte, uint32_t pause) {
  if (queue->count == WIRE_BYTES)
    return false;
  size_t at = (queue->first + queue->count++) % WIRE_BYTES;
  queue->byte[at] = byte;
  queue->pause[at] = pause;
  return true;
}

static uint8_t pop(struct wire_queue *queue) {
  uint8_t byte = queue->byte[queue->first];
  queue->first = (queue->first + 1) % WIRE_BYTES;
  queue->count--;
  return byte;
}

bool wire_send(struct wire *wire, uint8_t byte, uint32_t pause_bits) {
  return push(&wire->out, byte, pause_bits);
}

int wire_receive(struct wire *wire) {
  return wire->in.count > 0 ? pop(&wire->in) : -1;
}

/* The level towards the board: start bit 0, eight bits from the lowest, stop bit 1. */
static int drive(struct wire *wire) {
  double now = (double)wire->cycle;
  if (wire->out_bits > 0 && now >= wire->out_next && --wire->out_bits > 0) {
    wire->out_frame >>= 1;
    wire->out_next += wire->bit_cycles;
  }
  if (wire->out_bits == 0 && wire->out.count > 0) {
    uint32_t *pause = &wire->out.pause[wire->out.first];
    if (*pause > 0) { /* the line rests for as long */
      wire->out_frame = 1;
      wire->out_bits = 1;
      wire->out_next = now + *pause * wire->bit_cycles;
      *pause = 0;
    } else {
      wire->out_frame = 1u << (BITS - 1) | (unsigned)pop(&wire->out) << 1;
      wire->out_bits = BITS;
      wire->out_next = (now < wire->out_next + 1 ? wire->out_next : now) + wire->bit_cycles;
      wire->sent++;
    }
  }
  if (wire->out_bits > 0)
    wire->last_active = wire->cycle;
  return wire->out_bits > 0 ? (int)(wire->out_frame & 1) : 1;
}

/* Looks at each bit in its middle. */
static void sample(struct wire *wire, int level) {
  double now = (double)wire->cycle;
  if (wire->in_bits == 0) {
    if (level)
      return;
    wire->in_bits = BITS - 1;
    wire->in_next = now + 1.5 * wire->bit_cycles;
  }
  wire->last_active = wire->cycle;
  if (now < wire->in_next)
    return;
  wire->in_next += wire->bit_cycles;
  if (--wire->in_bits > 0)
    wire->in_byte = wire->in_byte >> 1 | (unsigned)level << 7;
  else if (level) {
    push(&wire->in, (uint8_t)wire->in_byte, 0);
    wire->received++;
  } else
    wire->broken++;
}

void wire_cycle(struct wire *wire) {
  int rx = drive(wire);
  sample(wire, wire->step(wire->sim, wire->reset, rx));
  wire->cycle++;
}
