/* leaf_result.c : engram_result: packets, stalls, and what stands still while stalled.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/softmax.h"
#include "net/net.h"

enum { CLASSES, CLASS_BITS }; /* parameters */
enum { IN_VALID, IN_PUSH, IN_TRAIN, IN_READY, IN_RESET, IN_STATUS, IN_CLASS = 8 };
enum { IN_PROBABILITY_CLASS = 16, IN_PROBABILITY = 32, IN_STEPS_VALID = 48, IN_STEPS = 64 };
enum { OUT_FREE, OUT_VALID, OUT_LAST, OUT_STEPS, OUT_DATA = 32 };
enum { CYCLES = 30000, CASES_MAX = 8, HEAD_WORDS = 2, WORDS_MAX = HEAD_WORDS + NET_CLASSES_MAX };

/* A case's reply: probabilities are written, the last one with the push; then words go out. */
struct reply {
  uint32_t probability[NET_CLASSES_MAX];
  int written;
  bool busy; /* a packet is on its way */
  int wait;  /* cycles until the steps are all there; the low half one earlier */
  uint32_t word[WORDS_MAX];
  int words, sent;
  int eagerness; /* percent of cycles with tready */
  int packets;
};

/* What a push makes of the pins: the packet that must follow. */
static void make_packet(struct bench *bench, int c, struct reply *reply, int status) {
  int classes = bench_parameter(bench, c, CLASSES);
  bool train = bench_chance(bench, 50);
  uint32_t class = (uint32_t)bench_below(bench, classes);
  uint32_t steps = (uint32_t)bench_random(bench, 32);
  bench_set(bench, c, IN_STATUS, 2, (uint64_t)status);
  bench_set(bench, c, IN_TRAIN, 1, train);
  bench_set(bench, c, IN_CLASS, 8, class);
  reply->word[0] = (uint32_t)train << 16 | (uint32_t)status << 8 | (status ? 0 : class);
  reply->word[1] = steps;
  for (int i = 0; i < classes; i++)
    reply->word[HEAD_WORDS + i] = reply->probability[i];
  reply->words = status ? 1 : HEAD_WORDS + classes;
  reply->sent = 0;
  reply->wait = status ? 0 : 2 + bench_below(bench, 4);
  reply->eagerness = bench_chance(bench, 30) ? 100 : 5 + bench_below(bench, 60);
}

/* Everything that no push carries is noise. */
static void drive_noise(struct bench *bench, int c, bool reset) {
  bench_set(bench, c, IN_VALID, 8, bench_random(bench, 8));
  bench_set(bench, c, IN_CLASS, 8, bench_random(bench, 8));
  bench_set(bench, c, IN_STEPS, 16, bench_random(bench, 16));
  bench_set(bench, c, IN_PROBABILITY, 16, bench_random(bench, 16));
  bench_set(bench, c, IN_VALID, 1, 0);
  bench_set(bench, c, IN_PUSH, 1, 0);
  bench_set(bench, c, IN_RESET, 1, reset);
}

/* Returns whether a packet is pushed. */
static bool drive(struct bench *bench, int c, struct reply *reply, bool reset) {
  drive_noise(bench, c, reset);
  int half = reply->busy && reply->wait > 0 && reply->wait < 3 ? 2 - reply->wait : -1;
  bench_set(bench, c, IN_STEPS_VALID, 2, half < 0 ? 0 : UINT64_C(1) << half);
  if (half >= 0)
    bench_set(bench, c, IN_STEPS, 16, reply->word[1] >> 16 * half);
  bench_set(bench, c, IN_READY, 1, bench_chance(bench, reply->busy ? reply->eagerness : 50));
  if (reset || reply->busy || bench_chance(bench, 40))
    return false;
  if (reply->written == 0 && bench_chance(bench, 20)) {
    make_packet(bench, c, reply, 1 + bench_below(bench, 3));
    bench_set(bench, c, IN_PUSH, 1, 1);
    return true;
  }
  int class = reply->written++;
  reply->probability[class] = (uint32_t)bench_below(bench, SOFTMAX_ONE + 1);
  bench_set(bench, c, IN_VALID, 1, 1);
  bench_set(bench, c, IN_PROBABILITY_CLASS, 8, (uint64_t) class);
  bench_set(bench, c, IN_PROBABILITY, 16, reply->probability[class]);
  if (reply->written < bench_parameter(bench, c, CLASSES))
    return false;
  reply->written = 0;
  make_packet(bench, c, reply, 0);
  bench_set(bench, c, IN_PUSH, 1, 1);
  return true;
}

/* While a word is not taken the same word is expected: it must stand still. */
static void check(struct bench *bench, int c, struct reply *reply, bool pushed) {
  bench_check(bench, c, "steps wanted", (int64_t)bench_get(bench, c, OUT_STEPS, 1),
              pushed && reply->words > 1);
  bench_check(bench, c, "free", (int64_t)bench_get(bench, c, OUT_FREE, 1), !reply->busy);
  bench_check(bench, c, "tvalid", (int64_t)bench_get(bench, c, OUT_VALID, 1),
              reply->busy && reply->wait == 0);
  if (reply->busy && reply->wait > 0) {
    reply->wait--;
    return;
  }
  if (!reply->busy)
    return;
  bool last = reply->sent == reply->words - 1;
  bench_check(bench, c, "tdata", (int64_t)bench_get(bench, c, OUT_DATA, 32),
              reply->word[reply->sent]);
  bench_check(bench, c, "tlast", (int64_t)bench_get(bench, c, OUT_LAST, 1), last);
  bool ready = bench->in[(size_t)c * bench->shape.in_words / bench->shape.cases] >> IN_READY & 1;
  reply->sent += ready;
  reply->busy = !(ready && last);
  reply->packets += ready && last;
}

static void test_packets(void **state) {
  struct bench *bench = *state;
  struct reply replies[CASES_MAX] = {{.written = 0}};
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    bool reset = cycle == 0 || bench_below(bench, 3000) == 0, pushed[CASES_MAX];
    for (int c = 0; c < bench->cases; c++)
      pushed[c] = drive(bench, c, &replies[c], reset);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      if (cycle > 0)
        check(bench, c, &replies[c], pushed[c]);
      replies[c].busy = !reset && (replies[c].busy || pushed[c]);
      replies[c].written = reset ? 0 : replies[c].written;
    }
    bench_edge(bench);
  }
  for (int c = 0; c < bench->cases; c++)
    bench_check(bench, c, "packets came through", replies[c].packets > CYCLES / 1000, true);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "result");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_packets, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
