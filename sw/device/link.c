/* link.c : the host's end of the serial link: requests, each answered or repeated.
 * SPDX-License-Identifier: MIT
 */
#include "device/link.h"

#include <inttypes.h>
#include <string.h>

enum { GREET, READ, WRITE, FILL, CHECKSUM, PIXELS };
enum { STATUS_OK, STATUS_BUS, STATUS_COMMAND, STATUS_RESET, STATUS_GAP };
enum {
  LINK_VERSION = 1,
  GREETING_BYTES = 12,
  BLOCK_BYTES = 12,
  WRITE_HEAD = BLOCK_BYTES + 1,
  PIXELS_HEAD = 3,
  PIXELS_MAX = 240,
  PARTS_MAX = 256,
  FRAME_BESIDE = 2 + LINK_FRAME_HEAD + LINK_FRAME_CHECK, /* bytes around a payload */
  BYTE_BITS = 10,                                        /* on the line: start, 8, stop */
  WORD_CYCLES = 400, /* that the board takes for one word of a block, at most */
  TRIES = 8,
  DOUBLINGS = 4, /* of the time to wait */
  GAPS = 50,     /* times that a picture is sent anew because a part was lost */
  ROWS_AT_ONCE = 32768
};

/* ---------------------------------------------------------------- frames and time */

static double line_seconds(const struct link *link, double bytes) {
  return bytes * BYTE_BITS / link->baud;
}

double link_line_seconds(const struct link *link) {
  return line_seconds(link, (double)link->bytes);
}

/* How long to wait from the sending of `sent` bytes on, escapes included, for an answer that line
 * and clock need `answer` seconds for without any, the nth time. */
static double patience(const struct link *link, uint64_t sent, double answer, int try) {
  const struct port *port = link->port;
  return (port->latency_seconds +
          port->slowness * (line_seconds(link, (double)sent) + 2 * answer)) *
         (1 << (try < DOUBLINGS ? try : DOUBLINGS));
}

static int send_frame(struct link *link, const struct link_frame *frame, struct error *err) {
  uint8_t wire[LINK_WIRE_MAX];
  size_t count = link_frame_encode(frame, wire);
  link->bytes += count;
  return link->port->send(link->port, wire, count, err);
}

/* Waits for the answer to the last request. Returns 1, 0 when there was none by `deadline`, or -1.
 */
static int await(struct link *link, double deadline, struct link_frame *reply, struct error *err) {
  struct port *port = link->port;
  for (;;) {
    while (link->arrived_next < link->arrived_count) {
      uint8_t byte = link->arrived[link->arrived_next++];
      if (link_receive(&link->receiver, byte, reply) && reply->sequence == link->sequence)
        return 1;
    }
    double left = deadline - port->now(port);
    if (left <= 0)
      return 0;
    int count = port->receive(port, link->arrived, sizeof link->arrived, left, err);
    if (count < 0)
      return -1;
    link->arrived_next = 0;
    link->arrived_count = (size_t)count;
    link->bytes += (size_t)count;
  }
}

/* ---------------------------------------------------------------- requests */

/* What a refusal means. Always -1. */
static int refused(const struct link *link, const struct link_frame *request,
                   const struct link_frame *reply, struct error *err) {
  const char *name = link->port->name;
  if (reply->code == STATUS_RESET)
    return error_set(err,
                     "%s: the board was reset while at work, and what it has learned since the "
                     "last save is lost (--load goes on from there)",
                     name);
  if (reply->code == STATUS_BUS)
    return error_set(err, "%s: the core refused an access to 0x%x or behind it", name,
                     (unsigned)link_get(request->payload, 4));
  return error_set(err, "%s: the board answered request %d of %d bytes with status %d", name,
                   request->code, request->length, reply->code);
}

static int no_answer(const struct link *link, struct error *err) {
  return error_set(err, "%s: the board does not answer any more", link->port->name);
}

static struct link_frame begin(struct link *link, uint8_t command, int length) {
  return (struct link_frame){++link->sequence, command, (uint8_t)length, {0}};
}

/* Sends the request until its answer of `expected` bytes has come; the board works on it for
 * `cycles`. */
static int exchange(struct link *link, const struct link_frame *request, size_t expected,
                    double cycles, struct link_frame *reply, struct error *err) {
  double answer = line_seconds(link, FRAME_BESIDE + (double)expected) + cycles / link->clock_hz;
  for (int try = 0; try < TRIES; try++) {
    double start = link->port->now(link->port);
    uint64_t before = link->bytes;
    if (send_frame(link, request, err))
      return -1;
    double deadline = start + patience(link, link->bytes - before, answer, try);
    int got;
    while ((got = await(link, deadline, reply, err)) > 0) {
      if (reply->code != STATUS_OK)
        return refused(link, request, reply, err);
      if (reply->length != expected)
        continue;
      return 0;
    }
    if (got < 0)
      return -1;
    link->repeats++;
  }
  return no_answer(link, err);
}

/* ---------------------------------------------------------------- greeting */

/* One greeting at a baud; returns 1 when the board has answered. */
static int greet(struct link *link, uint32_t baud, int try, struct link_frame *reply,
                 struct error *err) {
  struct port *port = link->port;
  if (port->set_baud(port, baud, err))
    return -1;
  link->baud = baud;
  link->arrived_next = link->arrived_count = 0;
  struct link_frame greeting = begin(link, GREET, 0);
  double start = port->now(port), answer = line_seconds(link, FRAME_BESIDE + GREETING_BYTES);
  uint64_t before = link->bytes;
  if (send_frame(link, &greeting, err))
    return -1;
  double deadline = start + patience(link, link->bytes - before, answer, try);
  int got;
  do
    got = await(link, deadline, reply, err);
  while (got > 0 && (reply->code != STATUS_OK || reply->length != GREETING_BYTES));
  return got;
}

static int take_greeting(struct link *link, const struct link_frame *reply, struct error *err) {
  const uint8_t *at = reply->payload;
  if (at[0] != LINK_VERSION)
    return error_set(err,
                     "%s: the board's link has version %d, this Engram's %d: load a bitstream "
                     "made with this one",
                     link->port->name, at[0], LINK_VERSION);
  link->payload_max = at[1] < LINK_PAYLOAD_MAX ? at[1] : LINK_PAYLOAD_MAX;
  link->clock_hz = link_get(at + 2, 4);
  if (link->payload_max < WRITE_HEAD + 4 || link->clock_hz == 0)
    return error_set(err, "%s: the board's greeting makes no sense", link->port->name);
  return 0;
}

int link_open(struct link *link, struct port *port, uint32_t baud, struct error *err) {
  const uint32_t usual[] = {3000000, 1000000}, *bauds = baud ? &baud : usual;
  int count = baud ? 1 : 2;
  *link = (struct link){.port = port, .clock_hz = 1};
  for (int try = 0; try < count * TRIES; try++) {
    struct link_frame reply;
    int got = greet(link, bauds[try % count], try / count, &reply, err);
    if (got != 0)
      return got < 0 ? -1 : take_greeting(link, &reply, err);
  }
  return error_set(err,
                   "%s: no board answers at %s baud (is the bitstream loaded, is this its port?)",
                   port->name, baud ? "this" : "3,000,000 or 1,000,000");
}

void link_close(struct link *link) {
  if (link->port)
    link->port->close(link->port);
  link->port = NULL;
}

/* ---------------------------------------------------------------- blocks */

static void put_block(struct link_frame *request, const struct link_block *block) {
  uint8_t *at = request->payload;
  link_put(at, block->address, 4);
  link_put(at + 4, (uint32_t)block->columns, 2);
  link_put(at + 6, (uint32_t)block->rows, 2);
  link_put(at + 8, block->pitch - 4 * (uint32_t)block->columns, 4);
}

/* Columns of the tiles of at most `most` words that cut a block into the fewest. */
static int tile_columns(const struct link_block *block, int most) {
  long fewest = 0;
  int best = 1;
  for (int across = 1; across <= block->columns; across++) {
    int columns = (block->columns + across - 1) / across, rows = columns ? most / columns : 0;
    if (rows == 0)
      continue;
    long tiles = (long)across * ((block->rows + rows - 1) / rows);
    if (fewest == 0 || tiles < fewest) {
      fewest = tiles;
      best = columns;
    }
  }
  return best;
}

typedef int tile_function(struct link *link, const struct link_block *tile, int width,
                          int32_t *words, int pitch, struct error *err);

/* Calls `function` for each tile of a block with its first word and the words of a row of all. */
static int each_tile(struct link *link, const struct link_block *block, int width, int most_bytes,
                     int32_t *words, tile_function *function, struct error *err) {
  int columns = tile_columns(block, most_bytes / width), rows = most_bytes / width / columns;
  for (int row = 0; row < block->rows; row += rows)
    for (int column = 0; column < block->columns; column += columns) {
      struct link_block tile = {
          block->address + 4 * (uint32_t)column + block->pitch * (uint32_t)row,
          column + columns < block->columns ? columns : block->columns - column,
          row + rows < block->rows ? rows : block->rows - row, block->pitch};
      if (function(link, &tile, width, words + (long)row * block->columns + column, block->columns,
                   err))
        return -1;
    }
  return 0;
}

static int read_tile(struct link *link, const struct link_block *tile, int width, int32_t *words,
                     int pitch, struct error *err) {
  struct link_frame request = begin(link, READ, BLOCK_BYTES + 1), reply;
  int count = tile->columns * tile->rows;
  put_block(&request, tile);
  request.payload[BLOCK_BYTES] = (uint8_t)width;
  if (exchange(link, &request, (size_t)(count * width), count * WORD_CYCLES, &reply, err))
    return -1;
  for (int i = 0; i < count; i++)
    words[i / tile->columns * pitch + i % tile->columns] =
        link_get_signed(reply.payload + i * width, width);
  return 0;
}

static int write_tile(struct link *link, const struct link_block *tile, int width, int32_t *words,
                      int pitch, struct error *err) {
  int count = tile->columns * tile->rows;
  struct link_frame request = begin(link, WRITE, WRITE_HEAD + count * width), reply;
  put_block(&request, tile);
  request.payload[BLOCK_BYTES] = (uint8_t)width;
  for (int i = 0; i < count; i++)
    link_put(request.payload + WRITE_HEAD + i * width,
             (uint32_t)words[i / tile->columns * pitch + i % tile->columns], width);
  return exchange(link, &request, 0, count * WORD_CYCLES, &reply, err);
}

int link_read(struct link *link, const struct link_block *block, int width, int32_t *words,
              struct error *err) {
  return each_tile(link, block, width, link->payload_max, words, read_tile, err);
}

int link_write(struct link *link, const struct link_block *block, int width, const int32_t *words,
               struct error *err) {
  return each_tile(link, block, width, link->payload_max - WRITE_HEAD, (int32_t *)(uintptr_t)words,
                   write_tile, err);
}

/* FILL and CHECKSUM: x goes through the block, some thousand rows a request. `bits` only if > 0. */
static int chain(struct link *link, uint8_t command, const struct link_block *block, int bits,
                 uint32_t *x, struct error *err) {
  for (int row = 0; row < block->rows; row += ROWS_AT_ONCE) {
    struct link_block part = *block;
    part.address += block->pitch * (uint32_t)row;
    part.rows = block->rows - row < ROWS_AT_ONCE ? block->rows - row : ROWS_AT_ONCE;
    struct link_frame request = begin(link, command, BLOCK_BYTES + 4 + (bits > 0)), reply;
    put_block(&request, &part);
    link_put(request.payload + BLOCK_BYTES, *x, 4);
    if (bits > 0)
      request.payload[BLOCK_BYTES + 4] = (uint8_t)bits;
    double cycles = (double)part.columns * part.rows * WORD_CYCLES;
    if (exchange(link, &request, 4, cycles, &reply, err))
      return -1;
    *x = link_get(reply.payload, 4);
  }
  return 0;
}

int link_fill(struct link *link, const struct link_block *block, int bits, uint32_t *x,
              struct error *err) {
  return chain(link, FILL, block, bits, x, err);
}

int link_checksum(struct link *link, const struct link_block *block, uint32_t *x,
                  struct error *err) {
  return chain(link, CHECKSUM, block, 0, x, err);
}

/* ---------------------------------------------------------------- pictures */

struct picture {
  const uint8_t *pixels;
  size_t bytes, part; /* bytes of a part, all but the last */
  uint8_t user;
};

/* Parts as large as may be; a last one behind others has two bytes or more. */
static size_t part_bytes(const struct link *link, size_t bytes) {
  size_t most = (size_t)link->payload_max - PIXELS_HEAD;
  size_t part = most < PIXELS_MAX ? most : PIXELS_MAX;
  while (bytes > part && bytes % part == 1)
    part--;
  return part;
}

/* Sends the parts from the nth on, one behind the other. */
static int send_parts(struct link *link, const struct picture *picture, size_t n,
                      struct error *err) {
  for (; n * picture->part < picture->bytes; n++) {
    size_t left = picture->bytes - n * picture->part;
    size_t count = left < picture->part ? left : picture->part;
    struct link_frame part = {link->sequence, PIXELS, (uint8_t)(PIXELS_HEAD + count), {0}};
    part.payload[0] = (uint8_t)n;
    part.payload[1] = count == left;
    part.payload[2] = picture->user;
    memcpy(part.payload + PIXELS_HEAD, picture->pixels + n * picture->part, count);
    if (send_frame(link, &part, err))
      return -1;
  }
  return 0;
}

/* Sends the picture under a new number, or when there was no answer its last part again, until the
 * result is there: a board that has the whole picture answers a repeated last part with the same
 * result, one that misses a part with GAP and has done nothing then. After a GAP others may follow,
 * and what comes while one goes out is lost: the picture is sent anew when they are over. */
static int exchange_picture(struct link *link, const struct picture *picture, double answer,
                            struct link_frame *reply, struct error *err) {
  size_t last = (picture->bytes - 1) / picture->part, from = 0;
  link->sequence++;
  for (int try = 0, gaps = 0; try < TRIES && gaps < GAPS;) {
    double start = link->port->now(link->port);
    uint64_t before = link->bytes;
    bool gap = false;
    int got;
    if (send_parts(link, picture, from, err))
      return -1;
    uint64_t sent = link->bytes - before;
    double deadline = start + patience(link, sent, answer, try);
    while ((got = await(link, deadline, reply, err)) > 0 && reply->code == STATUS_GAP) {
      gap = true;
      deadline = start + patience(link, sent, line_seconds(link, FRAME_BESIDE), 0);
    }
    if (got != 0)
      return got < 0 ? -1 : 0;
    link->repeats++;
    link->sequence += gap;
    from = gap ? 0 : last;
    gaps += gap;
    try += !gap;
  }
  return no_answer(link, err);
}

int link_picture(struct link *link, const uint8_t *pixels, size_t bytes, uint8_t user,
                 double seconds, size_t most, uint32_t *words, size_t *count, struct error *err) {
  struct picture picture = {pixels, bytes, part_bytes(link, bytes), user};
  size_t parts = (bytes + picture.part - 1) / picture.part;
  if (parts == 0 || parts > PARTS_MAX)
    return error_set(err, "%s: a picture of %zu bytes cannot be sent", link->port->name, bytes);
  double answer = seconds + line_seconds(link, FRAME_BESIDE + 4 * (double)most);
  struct link_frame reply;
  if (exchange_picture(link, &picture, answer, &reply, err))
    return -1;
  if (reply.code != STATUS_OK || reply.length == 0 || reply.length % 4 != 0 ||
      reply.length > 4 * most) {
    const struct link_frame request = {link->sequence, PIXELS, 0, {0}};
    return refused(link, &request, &reply, err);
  }
  *count = reply.length / 4u;
  for (size_t i = 0; i < *count; i++)
    words[i] = link_get(reply.payload + 4 * i, 4);
  return 0;
}
