/* leaf_link_crc.c : engram_link_crc against zlib's crc32.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include <zlib.h>

enum { IN_START, IN_ENABLE, IN_BIT, OUT_CRC = 0, OUT_GOOD = 32 };
enum { TRIES = 200, BYTES_MAX = 256 };

static void edge(struct bench *bench) {
  bench_settle(bench);
  bench_edge(bench);
}

/* Bits are held back now and then. */
static void feed(struct bench *bench, uint8_t byte) {
  for (int i = 0; i < 8;) {
    bool enable = bench_chance(bench, 80);
    bench_set(bench, 0, IN_ENABLE, 1, enable);
    bench_set(bench, 0, IN_BIT, 1, enable ? byte >> i & 1 : bench_random(bench, 1));
    edge(bench);
    i += enable;
  }
  bench_set(bench, 0, IN_ENABLE, 1, 0);
}

static void try_message(struct bench *bench) {
  uint8_t bytes[BYTES_MAX];
  int count = bench_below(bench, BYTES_MAX);
  bench_set(bench, 0, IN_START, 1, 1);
  edge(bench);
  bench_set(bench, 0, IN_START, 1, 0);
  for (int i = 0; i < count; i++)
    feed(bench, bytes[i] = (uint8_t)bench_random(bench, 8));
  uint32_t crc = (uint32_t)crc32(0, bytes, (uInt)count);
  bench_settle(bench);
  bench_check(bench, 0, "crc", (int64_t)bench_get(bench, 0, OUT_CRC, 32), ~crc);
  bool spoilt = bench_chance(bench, 30);
  for (int i = 0; i < 4; i++)
    feed(bench, (uint8_t)(crc >> 8 * i ^ (spoilt && i == 3 ? 1u << bench_below(bench, 8) : 0)));
  bench_settle(bench);
  bench_check(bench, 0, "good", (int64_t)bench_get(bench, 0, OUT_GOOD, 1), !spoilt);
}

static void test_crc(void **state) {
  struct bench *bench = *state;
  for (int i = 0; i < TRIES; i++)
    try_message(bench);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "link_crc");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_crc, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
