/* link_frame.h : frames of the serial link: HDLC's flags and escapes around a CRC-32
 * (docs/link.md).
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_DEVICE_LINK_FRAME_H
#define ENGRAM_DEVICE_LINK_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  LINK_PAYLOAD_MAX = 248,
  LINK_FRAME_HEAD = 3,  /* sequence, code, length */
  LINK_FRAME_CHECK = 4, /* FCS-32, which is zlib's crc32 */
  LINK_FRAME_MAX = LINK_FRAME_HEAD + LINK_PAYLOAD_MAX + LINK_FRAME_CHECK,
  LINK_WIRE_MAX = 2 * LINK_FRAME_MAX + 2 /* every byte escaped, and two flags */
};

struct link_frame {
  uint8_t sequence, code; /* code: the command, or a reply's status */
  uint8_t length;         /* of the payload */
  uint8_t payload[LINK_PAYLOAD_MAX];
};

/* Writes the frame as it goes over the wire; returns its bytes. */
size_t link_frame_encode(const struct link_frame *frame, uint8_t wire[LINK_WIRE_MAX]);

/* What comes in, byte by byte. Zeroed before the first. */
struct link_receiver {
  uint8_t
      bytes[LINK_FRAME_MAX + 1]; /* of the frame under way; one more tells that it is too long */
  size_t count;
  bool escaped;
  unsigned damaged; /* frames that were dropped */
};

/* Takes a byte. True when a whole, sound frame ended with it, which is then in *frame; a damaged
 * one is dropped and counted. */
bool link_receive(struct link_receiver *receiver, uint8_t byte, struct link_frame *frame);

/* Little-endian words of `bytes` bytes (1..4) in payloads; the signed one is sign-extended. */
void link_put(uint8_t *at, uint32_t word, int bytes);
uint32_t link_get(const uint8_t *at, int bytes);
int32_t link_get_signed(const uint8_t *at, int bytes);

#endif
