/* link.h : the host's end of the serial link (docs/link.md): requests, each answered or repeated.
 * SPDX-License-Identifier: MIT
 *
 * One request at a time. A request without an answer is sent again after a time that follows from
 * the bytes and words it concerns and from how long answers have taken; all requests may be
 * executed twice. Each function returns 0 or -1 with one message; after -1 the board may have done
 * a part of it.
 */
#ifndef ENGRAM_DEVICE_LINK_H
#define ENGRAM_DEVICE_LINK_H

#include "device/link_frame.h"
#include "device/port.h"

struct link {
  struct port *port; /* owned */
  struct link_receiver receiver;
  uint8_t arrived[512]; /* bytes that have come and are not looked at yet */
  size_t arrived_count, arrived_next;
  uint32_t clock_hz, baud; /* the board's */
  int payload_max;         /* the board's */
  uint8_t sequence;        /* of the last request */
  uint64_t bytes;          /* over the line, both ways */
  unsigned repeats;        /* requests that were sent again */
};

/* Words at address + 4 * column + pitch * row, columns first. */
struct link_block {
  uint32_t address;
  int columns, rows; /* 1.. */
  uint32_t pitch;    /* bytes */
};

/* Takes the port over, finds the board's baud (0: 3,000,000 and 1,000,000 are tried in turn) and
 * greets the board. link_close also after an error. */
int link_open(struct link *link, struct port *port, uint32_t baud, struct error *err);
void link_close(struct link *link);

/* Reads or writes words [rows][columns], of which the lowest `width` bytes (1..4) travel; they are
 * sign-extended. A block of any size goes in as many requests as it needs. */
int link_read(struct link *link, const struct link_block *block, int width, int32_t *words,
              struct error *err);
int link_write(struct link *link, const struct link_block *block, int width, const int32_t *words,
               struct error *err);

/* For each word x = xorshift32(x), and the top `bits` bits of x become the word, sign-extended. */
int link_fill(struct link *link, const struct link_block *block, int bits, uint32_t *x,
              struct error *err);

/* For each word x = xorshift32(x ^ word). */
int link_checksum(struct link *link, const struct link_block *block, uint32_t *x,
                  struct error *err);

/* Sends a picture of `bytes` bytes (at least 1) beside the stream's `user`, and takes the result's
 * words, `most` at most. `seconds` is how long the core works on it. */
int link_picture(struct link *link, const uint8_t *pixels, size_t bytes, uint8_t user,
                 double seconds, size_t most, uint32_t *words, size_t *count, struct error *err);

/* Seconds that the line was taken since link_open. */
double link_line_seconds(const struct link *link);

#endif
