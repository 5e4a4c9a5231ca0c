/* link_frame.c : frames of the serial link (RFC 1662's flags, escapes and FCS-32).
 * SPDX-License-Identifier: MIT
 */
#include "device/link_frame.h"

#include <string.h>
#include <zlib.h>

enum { FLAG = 0x7E, ESCAPE = 0x7D, ESCAPED = 0x20 };

void link_put(uint8_t *at, uint32_t word, int bytes) {
  for (int i = 0; i < bytes; i++)
    at[i] = (uint8_t)(word >> 8 * i);
}

uint32_t link_get(const uint8_t *at, int bytes) {
  uint32_t word = 0;
  for (int i = 0; i < bytes; i++)
    word |= (uint32_t)at[i] << 8 * i;
  return word;
}

int32_t link_get_signed(const uint8_t *at, int bytes) {
  int above = 32 - 8 * bytes;
  return (int32_t)(link_get(at, bytes) << above) >> above;
}

size_t link_frame_encode(const struct link_frame *frame, uint8_t wire[LINK_WIRE_MAX]) {
  uint8_t bytes[LINK_FRAME_MAX] = {frame->sequence, frame->code, frame->length};
  size_t count = LINK_FRAME_HEAD + (size_t)frame->length, sent = 0;
  memcpy(bytes + LINK_FRAME_HEAD, frame->payload, frame->length);
  link_put(bytes + count, (uint32_t)crc32(0, bytes, (uInt)count), LINK_FRAME_CHECK);
  wire[sent++] = FLAG;
  for (size_t i = 0; i < count + LINK_FRAME_CHECK; i++) {
    bool escape = bytes[i] == FLAG || bytes[i] == ESCAPE;
    if (escape)
      wire[sent++] = ESCAPE;
    wire[sent++] = escape ? bytes[i] ^ ESCAPED : bytes[i];
  }
  wire[sent++] = FLAG;
  return sent;
}

/* A frame's end: sound when the check and the length are right and nothing is half escaped. */
static bool is_sound(const struct link_receiver *receiver) {
  const uint8_t *bytes = receiver->bytes;
  size_t count = receiver->count;
  if (receiver->escaped || count < LINK_FRAME_HEAD + LINK_FRAME_CHECK || count > LINK_FRAME_MAX ||
      bytes[2] != count - LINK_FRAME_HEAD - LINK_FRAME_CHECK)
    return false;
  count -= LINK_FRAME_CHECK;
  return link_get(bytes + count, LINK_FRAME_CHECK) == crc32(0, bytes, (uInt)count);
}

bool link_receive(struct link_receiver *receiver, uint8_t byte, struct link_frame *frame) {
  if (byte == FLAG) {
    bool sound = is_sound(receiver);
    if (sound) {
      const uint8_t *bytes = receiver->bytes;
      *frame = (struct link_frame){bytes[0], bytes[1], bytes[2], {0}};
      memcpy(frame->payload, bytes + LINK_FRAME_HEAD, frame->length);
    } else if (receiver->count > 0 || receiver->escaped)
      receiver->damaged++;
    receiver->count = 0;
    receiver->escaped = false;
    return sound;
  }
  if (byte == ESCAPE && !receiver->escaped) {
    receiver->escaped = true;
    return false;
  }
  if (receiver->count < sizeof receiver->bytes)
    receiver->bytes[receiver->count++] = receiver->escaped ? byte ^ ESCAPED : byte;
  receiver->escaped = false;
  return false;
}
