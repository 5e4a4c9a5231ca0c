/* leaf_link.c : engram_link between a host on its line and a core's three buses, against
 * docs/link.md.
 * SPDX-License-Identifier: MIT
 *
 * The core here is a memory that stalls and refuses some addresses, and a stream with room for two
 * pictures that answers each picture in order, when it is let.
 */
#include "bench.h"

#include <stdio.h>
#include <zlib.h>

enum { CLOCK_HZ, BAUD, ADDRESS_BITS }; /* parameters */
enum { IN_RESET, IN_LINE, IN_AWREADY, IN_WREADY, IN_BVALID, IN_ARREADY, IN_RVALID, IN_TREADY };
enum { IN_RESULT = 8, IN_RESULT_LAST, IN_SLVERR, IN_READ_DATA = 32, IN_RESULT_DATA = 64 };
enum { OUT_LINE, OUT_AWVALID, OUT_WVALID, OUT_BREADY, OUT_ARVALID, OUT_RREADY, OUT_TVALID };
enum { OUT_TLAST = 7, OUT_RESULT_READY, OUT_BUSY, OUT_ERROR, OUT_TDATA = 16, OUT_TUSER = 24 };
enum { OUT_WDATA = 32, OUT_ADDRESS = 64 };
enum { GREET, READ, WRITE, FILL, CHECKSUM, PIXELS };
enum { OK, BUS, COMMAND, RESET, GAP };
enum { FLAG = 0x7E, ESCAPE = 0x7D, PAYLOAD_MAX = 248, FRAME_MAX = PAYLOAD_MAX + 7 };
enum { WORDS = 1024, BAD_WORD = 700, PICTURE_MAX = 1000, RESULT_WORDS = 4, SLOTS = 2 };
enum { DAMAGED_MAX = 15 };

struct frame {
  uint8_t number, kind, length, payload[FRAME_MAX];
};

struct board {
  struct bench *bench;
  int c, cycles; /* of a bit */
  uint32_t word[WORDS];
  bool aw_taken, w_taken, ar_taken;
  uint32_t address, data;
  uint8_t pixel[PICTURE_MAX]; /* of the packet that comes, and of the last one that came */
  int pixels, last_pixels, packets;
  uint8_t user, last_user;
  int loaded; /* pictures without an answer */
  bool paused;
  const uint32_t *results; /* RESULT_WORDS, instead of drawn ones */
  uint32_t answered;       /* of all */
  int result_word;
  int rx_wait, rx_bits; /* the host's receiver */
  uint32_t rx_shift;
  uint8_t raw[2 * FRAME_MAX];
  int raw_count;
  struct frame reply;
  int replies;
};

static bool out(const struct board *b, int at) {
  return bench_get(b->bench, b->c, at, 1);
}

static uint32_t result_word(uint32_t picture, int word) {
  return (picture * 4 + (uint32_t)word) * UINT32_C(2654435761);
}

/* ---------------------------------------------------------------- the core */

static void bus_inputs(struct board *b) {
  bool stall = bench_chance(b->bench, 30);
  uint32_t word = b->address / 4 % WORDS;
  bool write = b->aw_taken && b->w_taken && !stall, read = b->ar_taken && !stall;
  bench_set(b->bench, b->c, IN_AWREADY, 1, !b->aw_taken && bench_chance(b->bench, 60));
  bench_set(b->bench, b->c, IN_WREADY, 1, !b->w_taken && bench_chance(b->bench, 60));
  bench_set(b->bench, b->c, IN_ARREADY, 1, !b->ar_taken && bench_chance(b->bench, 60));
  bench_set(b->bench, b->c, IN_BVALID, 1, write);
  bench_set(b->bench, b->c, IN_RVALID, 1, read);
  bench_set(b->bench, b->c, IN_SLVERR, 1, (write || read) && word == BAD_WORD);
  bench_set(b->bench, b->c, IN_READ_DATA, 32, read ? b->word[word] : bench_random(b->bench, 32));
}

static bool in(const struct board *b, int at) {
  return b->bench->in[(size_t)b->c * (b->bench->shape.in_words / b->bench->shape.cases)] >> at & 1;
}

static void bus_edge(struct board *b) {
  if ((in(b, IN_BVALID) && out(b, OUT_BREADY)) || (in(b, IN_RVALID) && out(b, OUT_RREADY))) {
    if (b->aw_taken && b->address / 4 % WORDS != BAD_WORD)
      b->word[b->address / 4 % WORDS] = b->data;
    b->aw_taken = b->w_taken = b->ar_taken = false;
    return;
  }
  bool aw = in(b, IN_AWREADY) && out(b, OUT_AWVALID), ar = in(b, IN_ARREADY) && out(b, OUT_ARVALID);
  if (aw || ar)
    b->address = (uint32_t)bench_get(b->bench, b->c, OUT_ADDRESS, 32);
  b->aw_taken |= aw;
  b->ar_taken |= ar;
  if (in(b, IN_WREADY) && out(b, OUT_WVALID)) {
    b->data = (uint32_t)bench_get(b->bench, b->c, OUT_WDATA, 32);
    b->w_taken = true;
  }
}

static void streams_inputs(struct board *b) {
  bool result = b->loaded > 0 && !b->paused;
  bench_set(b->bench, b->c, IN_TREADY, 1, b->pixels > 0 || b->loaded < SLOTS);
  bench_set(b->bench, b->c, IN_RESULT, 1, result);
  bench_set(b->bench, b->c, IN_RESULT_LAST, 1, b->result_word == RESULT_WORDS - 1);
  bench_set(b->bench, b->c, IN_RESULT_DATA, 32,
            !result      ? bench_random(b->bench, 32)
            : b->results ? b->results[b->result_word]
                         : result_word(b->answered, b->result_word));
}

static void streams_edge(struct board *b) {
  if (in(b, IN_RESULT) && out(b, OUT_RESULT_READY) && ++b->result_word == RESULT_WORDS) {
    b->result_word = 0;
    b->answered++;
    b->loaded--;
  }
  if (!(in(b, IN_TREADY) && out(b, OUT_TVALID)))
    return;
  if (b->pixels == 0)
    b->user = (uint8_t)bench_get(b->bench, b->c, OUT_TUSER, 8);
  if (b->pixels < PICTURE_MAX)
    b->pixel[b->pixels++] = (uint8_t)bench_get(b->bench, b->c, OUT_TDATA, 8);
  if (out(b, OUT_TLAST)) {
    b->last_pixels = b->pixels;
    b->last_user = b->user;
    b->pixels = 0;
    b->packets++;
    b->loaded++;
  }
}

/* ---------------------------------------------------------------- the line */

static void take_frame(struct board *b) {
  int count = 0;
  uint8_t bytes[2 * FRAME_MAX];
  for (int i = 0; i < b->raw_count; i++)
    bytes[count++] = b->raw[i] == ESCAPE ? b->raw[++i] ^ 0x20 : b->raw[i];
  if (b->raw_count == 0)
    return;
  bench_check(b->bench, b->c, "reply's length", count, count < 7 ? 7 : bytes[2] + 7);
  uint32_t crc = (uint32_t)crc32(0, bytes, (uInt)count - 4), sent = 0;
  for (int i = 4; i > 0; i--)
    sent = sent << 8 | bytes[count - 5 + i];
  bench_check(b->bench, b->c, "reply's CRC", sent, crc);
  memcpy(&b->reply, bytes, (size_t)count - 4);
  b->replies++;
}

static void take_byte(struct board *b, uint8_t byte) {
  if (byte == FLAG) {
    take_frame(b);
    b->raw_count = 0;
  } else if (b->raw_count < 2 * FRAME_MAX)
    b->raw[b->raw_count++] = byte;
}

static void host_receiver(struct board *b) {
  bool line = out(b, OUT_LINE);
  if (b->rx_bits == 0 && !line) {
    b->rx_bits = 10;
    b->rx_wait = b->cycles / 2;
  }
  if (b->rx_bits == 0 || --b->rx_wait > 0)
    return;
  b->rx_wait = b->cycles;
  b->rx_shift = b->rx_shift >> 1 | (uint32_t)line << 9;
  if (--b->rx_bits == 0) {
    bench_check(b->bench, b->c, "start and stop bit", b->rx_shift & 0x201, 0x200);
    take_byte(b, (uint8_t)(b->rx_shift >> 1));
  }
}

static void run(struct board *b, int cycles) {
  for (int i = 0; i < cycles; i++) {
    bus_inputs(b);
    streams_inputs(b);
    bench_settle(b->bench);
    bus_edge(b);
    streams_edge(b);
    host_receiver(b);
    bench_edge(b->bench);
  }
}

static void send_byte(struct board *b, uint8_t byte) {
  uint32_t bits = 0x200u | (uint32_t)byte << 1;
  for (int i = 0; i < 10; i++) {
    bench_set(b->bench, b->c, IN_LINE, 1, bits >> i & 1);
    run(b, b->cycles);
  }
}

/* What stands between the flags; returns its bytes. */
static int encode(const struct frame *f, uint8_t *to) {
  uint8_t bytes[FRAME_MAX];
  memcpy(bytes, f, f->length + 3u);
  uint32_t crc = (uint32_t)crc32(0, bytes, f->length + 3u);
  for (int i = 0; i < 4; i++)
    bytes[f->length + 3 + i] = (uint8_t)(crc >> 8 * i);
  int count = 0;
  for (int i = 0; i < f->length + 7; i++) {
    bool escape = bytes[i] == FLAG || bytes[i] == ESCAPE;
    if (escape)
      to[count++] = ESCAPE;
    to[count++] = escape ? bytes[i] ^ 0x20 : bytes[i];
  }
  return count;
}

static void send_raw(struct board *b, const uint8_t *bytes, int count) {
  send_byte(b, FLAG);
  for (int i = 0; i < count; i++)
    send_byte(b, bytes[i]);
  send_byte(b, FLAG);
}

static void send(struct board *b, const struct frame *f) {
  uint8_t bytes[2 * FRAME_MAX];
  send_raw(b, bytes, encode(f, bytes));
}

/* Whether a reply comes to the frame, which has `patience` bytes' time to be worked on. */
static bool ask(struct board *b, const struct frame *f, int patience) {
  int before = b->replies;
  send(b, f);
  for (int i = 0; i < patience && b->replies == before; i++)
    run(b, 10 * b->cycles);
  return b->replies != before;
}

static void check_status(struct board *b, const struct frame *f, int status, int length) {
  bool came = ask(b, f, 5000);
  bench_check(b->bench, b->c, "a reply", came, true);
  bench_check(b->bench, b->c, "number", b->reply.number, f->number);
  bench_check(b->bench, b->c, "status", b->reply.kind, status);
  bench_check(b->bench, b->c, "payload's length", b->reply.length, length);
}

static uint32_t get(const uint8_t *at, int bytes) {
  uint32_t value = 0;
  for (int i = bytes; i > 0; i--)
    value = value << 8 | at[i - 1];
  return value;
}

static void put(struct frame *f, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; i++)
    f->payload[f->length++] = (uint8_t)(value >> 8 * i);
}

static void greet(struct board *b, int damaged) {
  struct frame f = {.number = (uint8_t)bench_random(b->bench, 8), .kind = GREET};
  check_status(b, &f, OK, 12);
  bench_check(b->bench, b->c, "version", b->reply.payload[0], 1);
  bench_check(b->bench, b->c, "biggest payload", b->reply.payload[1], PAYLOAD_MAX);
  bench_check(b->bench, b->c, "clock", get(b->reply.payload + 2, 4),
              bench_parameter(b->bench, b->c, CLOCK_HZ));
  bench_check(b->bench, b->c, "baud", get(b->reply.payload + 6, 4),
              bench_parameter(b->bench, b->c, BAUD));
  bench_check(b->bench, b->c, "damaged frames", get(b->reply.payload + 10, 2), damaged);
  bench_check(b->bench, b->c, "error lamp", out(b, OUT_ERROR), 0);
}

/* ---------------------------------------------------------------- blocks */

struct block {
  int first, columns, rows, pitch; /* in words */
};

static struct block new_block(struct board *b, int words) {
  int columns = 1 + bench_below(b->bench, words), rows = 1 + bench_below(b->bench, words / columns);
  int pitch = columns + bench_below(b->bench, 5);
  return (struct block){bench_below(b->bench, BAD_WORD - rows * pitch), columns, rows, pitch};
}

static struct frame block_frame(struct board *b, int kind, const struct block *block) {
  struct frame f = {.number = (uint8_t)bench_random(b->bench, 8), .kind = (uint8_t)kind};
  put(&f, (uint32_t)block->first * 4, 4);
  put(&f, (uint32_t)block->columns, 2);
  put(&f, (uint32_t)block->rows, 2);
  put(&f, (uint32_t)(block->pitch - block->columns) * 4, 4);
  return f;
}

static uint32_t xorshift32(uint32_t x) {
  x ^= x << 13;
  x ^= x >> 17;
  return x ^ x << 5;
}

static uint32_t extend(uint32_t value, int bits) {
  return bits < 32 ? (uint32_t)((int32_t)(value << (32 - bits)) >> (32 - bits)) : value;
}

/* One random command on a random block, and what memory and reply must be then. */
static void try_block(struct board *b) {
  int kind = READ + bench_below(b->bench, 4), width = 1 + bench_below(b->bench, 4);
  struct block k = new_block(b, kind <= WRITE ? (PAYLOAD_MAX - 13) / width : 40);
  struct frame f = block_frame(b, kind, &k);
  uint32_t x = (uint32_t)bench_random(b->bench, 32), expected[WORDS];
  uint8_t read[PAYLOAD_MAX];
  int bits = 1 + bench_below(b->bench, 31), count = 0;
  if (kind >= FILL)
    put(&f, x, 4);
  if (kind != CHECKSUM)
    put(&f, (uint32_t)(kind == FILL ? bits : width), 1);
  memcpy(expected, b->word, sizeof expected);
  for (int row = 0; row < k.rows; row++)
    for (int column = 0; column < k.columns; column++) {
      int at = k.first + row * k.pitch + column;
      uint32_t data = (uint32_t)bench_random(b->bench, 32);
      if (kind == WRITE) {
        put(&f, data, width);
        expected[at] = extend(data, 8 * width);
      } else if (kind == READ)
        for (int i = 0; i < width; i++)
          read[count++] = (uint8_t)(b->word[at] >> 8 * i);
      else {
        x = xorshift32(kind == FILL ? x : x ^ b->word[at]);
        if (kind == FILL)
          expected[at] = (uint32_t)((int32_t)x >> (32 - bits));
      }
    }
  check_status(b, &f, OK, kind == READ ? count : kind == WRITE ? 0 : 4);
  bench_check(b->bench, b->c, "memory", memcmp(expected, b->word, sizeof expected), 0);
  if (kind == READ)
    bench_check(b->bench, b->c, "words read", memcmp(read, b->reply.payload, (size_t)count), 0);
  if (kind >= FILL)
    bench_check(b->bench, b->c, "x", get(b->reply.payload, 4), x);
}

/* A reply's payload fills it to the last byte, and one word more is refused. */
static void try_longest(struct board *b) {
  for (int width = 1; width <= 4; width++) {
    int words = PAYLOAD_MAX / width;
    struct block fits = {0, 1, words, 2}, over = {0, words + 1, 1, words + 1};
    struct frame f = block_frame(b, READ, &fits);
    put(&f, (uint32_t)width, 1);
    check_status(b, &f, OK, words * width);
    for (int i = 0; i < words; i++)
      bench_check(b->bench, b->c, "word read", get(b->reply.payload + i * width, width),
                  b->word[2 * i] & UINT32_MAX >> (32 - 8 * width));
    f = block_frame(b, READ, &over);
    put(&f, (uint32_t)width, 1);
    check_status(b, &f, COMMAND, 0);
  }
}

static void try_refusals(struct board *b) {
  for (int kind = READ; kind <= CHECKSUM; kind++) {
    struct block k = {BAD_WORD - 2, 2, 2, 2};
    struct frame f = block_frame(b, kind, &k);
    if (kind >= FILL)
      put(&f, 1, 4);
    if (kind != CHECKSUM)
      put(&f, 1, 1);
    if (kind == WRITE)
      put(&f, 0, 4);
    check_status(b, &f, BUS, 0);
    bench_check(b->bench, b->c, "error lamp", out(b, OUT_ERROR), 1);
    put(&f, 0, 1);
    k.first = 0;
    check_status(b, &f, kind == WRITE ? BUS : COMMAND, 0);
    f.length = 5;
    check_status(b, &f, COMMAND, 0);
  }
  struct frame f = {.number = 1, .kind = 6};
  check_status(b, &f, COMMAND, 0);
  f.kind = 0xFF;
  check_status(b, &f, COMMAND, 0);
  struct block k = {0, 3, 1, 3};
  f = block_frame(b, WRITE, &k);
  put(&f, 1, 1);
  put(&f, 0, 2); /* too few */
  check_status(b, &f, COMMAND, 0);
  put(&f, 0, 2); /* too many */
  check_status(b, &f, COMMAND, 0);
}

/* ---------------------------------------------------------------- pictures */

enum { PART = 240, PICTURE = 2 * PART + 50 };

static struct frame part_frame(int number, int part, uint8_t user, const uint8_t *pixel) {
  int first = part * PART, last = first + PART >= PICTURE;
  struct frame f = {.number = (uint8_t)number, .kind = PIXELS};
  put(&f, (uint32_t)part, 1);
  put(&f, (uint32_t)last, 1);
  put(&f, user, 1);
  for (int i = first; i < (last ? PICTURE : first + PART); i++)
    put(&f, pixel[i], 1);
  return f;
}

static void check_result(struct board *b, const struct frame *f, uint32_t picture) {
  check_status(b, f, OK, 4 * RESULT_WORDS);
  for (int i = 0; i < RESULT_WORDS; i++)
    bench_check(b->bench, b->c, "result", get(b->reply.payload + 4 * i, 4),
                result_word(picture, i));
}

static void try_picture(struct board *b, int number) {
  uint8_t pixel[PICTURE], user = (uint8_t)bench_random(b->bench, 8);
  for (int i = 0; i < PICTURE; i++)
    pixel[i] = (uint8_t)(bench_chance(b->bench, 10) ? FLAG : bench_random(b->bench, 8));
  struct frame part[3];
  int packets = b->packets + (b->pixels > 0), replies = b->replies; /* one under way is closed */
  for (int i = 0; i < 3; i++)
    part[i] = part_frame(number, i, user, pixel);
  send(b, &part[0]);
  if (bench_chance(b->bench, 30))
    send(b, &part[0]);
  send(b, &part[1]);
  bench_check(b->bench, b->c, "replies to parts", b->replies, replies);
  check_result(b, &part[2], (uint32_t)packets);
  bench_check(b->bench, b->c, "packets", b->packets, packets + 1);
  bench_check(b->bench, b->c, "pixels", b->last_pixels, PICTURE);
  bench_check(b->bench, b->c, "user", b->last_user, user);
  bench_check(b->bench, b->c, "picture", memcmp(b->pixel, pixel, PICTURE), 0);
  if (bench_chance(b->bench, 50)) { /* again: the same, and nothing is done */
    send(b, &part[1]);
    check_result(b, &part[2], (uint32_t)packets);
    bench_check(b->bench, b->c, "packets", b->packets, packets + 1);
  }
}

/* A picture with a part missing, one given up on the way, and one by the next number. */
static void try_given_up(struct board *b, int damaged) {
  uint8_t pixel[PICTURE] = {0};
  struct frame part[3];
  for (int i = 0; i < 3; i++)
    part[i] = part_frame(201, i, 3, pixel);
  check_status(b, &part[1], GAP, 0);
  int packets = b->packets;
  send(b, &part[0]);
  check_status(b, &part[2], GAP, 0);
  bench_check(b->bench, b->c, "packets", b->packets, packets);
  try_picture(b, 202);
  send(b, &part[0]);
  send(b, &part[1]);
  greet(b, damaged);
  bench_check(b->bench, b->c, "closed short", b->last_pixels, 2 * PART + 1);
}

/* A core that is paused takes two pictures and no third; a greeting ends each wait. */
static void try_paused(struct board *b, int damaged) {
  uint8_t pixel[PICTURE] = {0};
  b->paused = true;
  for (int number = 10; number < 14; number++) {
    for (int i = 0; i < 3; i++) {
      struct frame part = part_frame(number, i, 1, pixel);
      bench_check(b->bench, b->c, "a reply", ask(b, &part, 100), i > 0 && number >= 10 + SLOTS);
    }
    greet(b, damaged);
  }
  b->paused = false;
  try_picture(b, 10);
}

/* ---------------------------------------------------------------- faults */

/* A frame with a byte lost, doubled or changed, or cut off: no answer and no deed. Returns how many
 * damaged frames that makes: a changed byte may be a flag. */
static int try_fault(struct board *b) {
  struct block k = new_block(b, 20);
  struct frame f = block_frame(b, WRITE, &k);
  uint8_t bytes[2 * FRAME_MAX];
  put(&f, 1, 1);
  for (int i = 0; i < k.rows * k.columns; i++)
    put(&f, (uint32_t)bench_random(b->bench, 8), 1);
  int count = encode(&f, bytes), at = bench_below(b->bench, count);
  switch (bench_below(b->bench, 4)) {
  case 0:
    bytes[at] ^= (uint8_t)(1 << bench_below(b->bench, 8));
    break;
  case 1:
    memmove(bytes + at, bytes + at + 1, (size_t)(--count - at));
    break;
  case 2:
    memmove(bytes + at + 1, bytes + at, (size_t)(count++ - at));
    break;
  default:
    count = 1 + at * (count - 1) / count;
  }
  uint32_t before[WORDS];
  int replies = b->replies;
  memcpy(before, b->word, sizeof before);
  send_raw(b, bytes, count);
  run(b, 400 * b->cycles);
  bench_check(b->bench, b->c, "replies to a damaged frame", b->replies, replies);
  bench_check(b->bench, b->c, "memory", memcmp(before, b->word, sizeof before), 0);
  int frames = bytes[count - 1] != FLAG;
  for (int i = 1; i < count; i++)
    frames += bytes[i] == FLAG && bytes[i - 1] != FLAG;
  return frames;
}

static void reset(struct board *b) {
  bench_set(b->bench, b->c, IN_LINE, 1, 1);
  bench_set(b->bench, b->c, IN_RESET, 1, 1);
  run(b, 2);
  bench_set(b->bench, b->c, IN_RESET, 1, 0);
  b->rx_bits = b->raw_count = 0;
  b->aw_taken = b->w_taken = b->ar_taken = false;
  b->pixels = b->packets = b->loaded = b->result_word = 0;
  b->answered = 0;
  struct block k = {3, 1, 1, 1};
  struct frame f = block_frame(b, WRITE, &k);
  put(&f, 1, 2);
  check_status(b, &f, RESET, 0);
  f = block_frame(b, READ, &k);
  put(&f, 4, 1);
  check_status(b, &f, OK, 4);
  bench_check(b->bench, b->c, "word", get(b->reply.payload, 4), b->word[3]);
}

/* ---------------------------------------------------------------- docs/link.md */

static int hex_bytes(const char *line, uint8_t *bytes) {
  int count = 0, used = 0;
  unsigned byte;
  for (; sscanf(line, "%2x%n", &byte, &used) == 1 && count < FRAME_MAX; line += used)
    bytes[count++] = (uint8_t)byte;
  return count;
}

/* The page's examples in their order: each frame of the host goes to the link as it stands, and
 * each frame of the chip must be what came. */
static void try_page(struct board *b) {
  static const uint32_t results[RESULT_WORDS] = {0x10001, 0, 0x2000, 0x6000};
  char path[4096], line[1024];
  int frames = 0;
  snprintf(path, sizeof path, "%s/docs/link.md", getenv("ENGRAM_ROOT"));
  FILE *page = fopen(path, "r");
  assert_non_null(page);
  b->results = results;
  b->word[0] = 0x454E4752;
  while (fgets(line, sizeof line, page)) {
    uint8_t bytes[FRAME_MAX], came[2 * FRAME_MAX] = {FLAG};
    int count = line[0] == '>' || line[0] == '<' ? hex_bytes(line + 1, bytes) : 0;
    if (line[0] == '>')
      for (int i = 0; i < count; i++)
        send_byte(b, bytes[i]);
    else if (count > 0) {
      run(b, 2000 * b->cycles);
      int length = 1 + encode(&b->reply, came + 1);
      came[length++] = FLAG;
      bench_check(b->bench, b->c, "example's length", length, count);
      bench_check(b->bench, b->c, "example", memcmp(came, bytes, (size_t)count), 0);
      frames++;
    }
  }
  fclose(page);
  bench_check(b->bench, b->c, "examples", frames, 8);
  b->results = NULL;
}

static void test_page(void **state) {
  struct board b = {.bench = *state, .c = 1, .cycles = 20};
  reset(&b);
  try_page(&b);
  assert_int_equal(b.bench->mismatches, 0);
}

static void test_link(void **state) {
  struct bench *bench = *state;
  for (int c = 0; c < bench->cases; c++) {
    struct board b = {.bench = bench, .c = c};
    b.cycles = (bench_parameter(bench, c, CLOCK_HZ) + bench_parameter(bench, c, BAUD) / 2) /
               bench_parameter(bench, c, BAUD);
    for (int i = 0; i < WORDS; i++)
      b.word[i] = (uint32_t)bench_random(bench, 32);
    reset(&b);
    greet(&b, 0);
    for (int i = 0; i < 40; i++)
      try_block(&b);
    try_longest(&b);
    try_refusals(&b);
    for (int i = 0; i < 5; i++)
      try_picture(&b, i);
    try_given_up(&b, 0);
    try_paused(&b, 0);
    uint8_t pixel[PICTURE] = {0};
    struct frame part = part_frame(77, 0, 1, pixel);
    send(&b, &part);
    reset(&b);
    greet(&b, 0);
    int damaged = 0;
    for (int i = 0; i < 10; i++)
      damaged += try_fault(&b);
    greet(&b, damaged < DAMAGED_MAX ? damaged : DAMAGED_MAX);
    for (int i = 0; i < 40; i++)
      try_fault(&b);
    greet(&b, DAMAGED_MAX);
    try_picture(&b, 77);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "link");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_page, &bench),
                                     cmocka_unit_test_prestate(test_link, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
