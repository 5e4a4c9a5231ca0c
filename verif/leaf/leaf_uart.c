/* leaf_uart.c : engram_uart_rx and engram_uart_tx against the bits of 8N1, at several divisors.
 * SPDX-License-Identifier: MIT
 *
 * The line into the receiver runs up to 3 % too fast or too slow, rests for any time, has glitches
 * while it rests, and some bytes without a stop bit. The line out of the sender is looked at in
 * each cycle.
 */
#include "bench.h"

enum { CYCLES }; /* parameter */
enum { IN_RESET, IN_LINE, IN_VALID, IN_BYTE = 8 };
enum { OUT_VALID, OUT_ERROR, OUT_READY, OUT_LINE, OUT_BYTE = 8 };
enum { BYTES = 300, BITS = 10 };

struct line {
  struct bench *bench;
  int c, received, errors, sent, bit_cycle; /* of the byte that goes out; -1: none */
  uint8_t byte, sending;
};

static bool pin(const struct line *l, int at) {
  return bench_get(l->bench, l->c, at, 1);
}

static void check_sender(struct line *l, bool offered, uint8_t byte) {
  int cycles = bench_parameter(l->bench, l->c, CYCLES), bit = l->bit_cycle / cycles;
  int expected = l->bit_cycle < 0 || bit == BITS - 1 ? 1
                 : bit == 0                          ? 0
                                                     : l->sending >> (bit - 1) & 1;
  bench_check(l->bench, l->c, "line", pin(l, OUT_LINE), expected);
  if (l->bit_cycle >= 0 && ++l->bit_cycle == BITS * cycles)
    l->bit_cycle = -1;
  if (offered && pin(l, OUT_READY)) {
    bench_check(l->bench, l->c, "ready behind a whole byte", l->bit_cycle, -1);
    l->bit_cycle = 0;
    l->sending = byte;
    l->sent++;
  }
}

static void cycle(struct line *l, bool level) {
  bool offered = bench_chance(l->bench, 50);
  uint8_t byte = (uint8_t)bench_random(l->bench, 8);
  bench_set(l->bench, l->c, IN_VALID, 1, offered);
  bench_set(l->bench, l->c, IN_BYTE, 8, byte);
  bench_set(l->bench, l->c, IN_LINE, 1, level);
  bench_settle(l->bench);
  if (pin(l, OUT_VALID)) {
    l->received++;
    l->byte = (uint8_t)bench_get(l->bench, l->c, OUT_BYTE, 8);
  }
  l->errors += pin(l, OUT_ERROR);
  check_sender(l, offered, byte);
  bench_edge(l->bench);
}

static void rest(struct line *l, int cycles) {
  for (int i = 0; i < cycles; i++)
    cycle(l, true);
}

/* A byte whose bits are permille/1000 of a bit long; its stop bit is `stop`. */
static void send(struct line *l, uint8_t byte, int permille, bool stop) {
  int cycles = bench_parameter(l->bench, l->c, CYCLES), at = 0;
  uint32_t bits = (uint32_t)stop << 9 | (uint32_t)byte << 1;
  for (int bit = 0; bit < BITS; bit++)
    for (int end = ((bit + 1) * cycles * permille + 500) / 1000; at < end; at++)
      cycle(l, bits >> bit & 1);
}

static void try_byte(struct line *l) {
  int cycles = bench_parameter(l->bench, l->c, CYCLES);
  uint8_t byte = (uint8_t)bench_random(l->bench, 8);
  bool stop = bench_chance(l->bench, 90);
  int received = l->received, errors = l->errors;
  if (bench_chance(l->bench, 20)) {
    for (int i = 0; i < cycles / 2 - 2; i++)
      cycle(l, false);
    rest(l, cycles);
  }
  send(l, byte, 970 + bench_below(l->bench, 61), stop);
  rest(l, stop ? bench_below(l->bench, 3) * bench_below(l->bench, cycles) : 12 * cycles);
  if (!stop) { /* the low stop bit looks like a start bit as well */
    bench_check(l->bench, l->c, "errors", l->errors, errors + 1);
    return;
  }
  bench_check(l->bench, l->c, "bytes", l->received, received + 1);
  bench_check(l->bench, l->c, "byte", l->byte, byte);
  bench_check(l->bench, l->c, "errors", l->errors, errors);
}

static void test_uart(void **state) {
  struct bench *bench = *state;
  for (int c = 0; c < bench->cases; c++) {
    struct line l = {.bench = bench, .c = c, .bit_cycle = -1};
    bench_set(bench, c, IN_LINE, 1, 1);
    bench_set(bench, c, IN_RESET, 1, 1);
    bench_settle(bench);
    bench_edge(bench);
    bench_set(bench, c, IN_RESET, 1, 0);
    rest(&l, 5);
    for (int i = 0; i < BYTES; i++)
      try_byte(&l);
    bench_check(bench, c, "bytes out", l.sent > BYTES / 2, true);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "uart");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_uart, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
