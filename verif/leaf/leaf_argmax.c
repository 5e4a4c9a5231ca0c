/* leaf_argmax.c : engram_argmax: the class as in softmax_probabilities, the packets with the
 * logits, and a picture's logits that gather while the reply before is on its way.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include "model/softmax.h"
#include "net/net.h"

#include <string.h>

enum { CLASSES, CLASS_BITS, LOGIT_BITS }; /* parameters */
enum { IN_VALID, IN_REFUSE, IN_READY = 3, IN_RESET, IN_STATUS, IN_STEPS_VALID = 8, IN_CLASS = 16 };
enum { IN_LOGIT = 32, IN_STEPS = 64 };
enum { OUT_FREE, OUT_VALID, OUT_LAST, OUT_STEPS, OUT_PREDICTED, OUT_BEST = 8, OUT_DATA = 32 };
enum { CYCLES = 60000, CASES_MAX = 8, HEAD_WORDS = 2, WORDS_MAX = HEAD_WORDS + NET_CLASSES_MAX };

struct reply {
  /* the picture whose logits gather */
  int32_t logit[NET_CLASSES_MAX];
  int given;
  bool gathered; /* all, and they wait for their turn */
  /* the packet on its way */
  bool busy;
  int wait; /* cycles until the steps are all there; the low half one earlier */
  uint32_t word[WORDS_MAX];
  int words, sent;
  int eagerness;       /* percent of cycles with tready */
  int packets, beside; /* sent; of them, with the next logits all there by then */
};

static void start_packet(struct bench *bench, struct reply *reply, int words) {
  reply->busy = true;
  reply->words = words;
  reply->sent = 0;
  reply->wait = words > 1 ? 2 + bench_below(bench, 6) : 0;
  reply->eagerness = bench_chance(bench, 30) ? 100 : 5 + bench_below(bench, 60);
}

/* The packet that the gathered logits must become. */
static void make_packet(struct bench *bench, int c, struct reply *reply) {
  int classes = bench_parameter(bench, c, CLASSES);
  uint16_t table[SOFTMAX_ENTRIES];
  int32_t probability[NET_CLASSES_MAX];
  softmax_table(table);
  reply->word[0] = (uint32_t)softmax_probabilities(table, reply->logit, classes, 5, probability);
  reply->word[1] = (uint32_t)bench_random(bench, 32);
  memcpy(reply->word + HEAD_WORDS, reply->logit, (size_t)classes * sizeof *reply->logit);
  start_packet(bench, reply, HEAD_WORDS + classes);
  reply->gathered = false;
}

/* Everything that is not given is noise. */
static void drive_noise(struct bench *bench, int c, bool reset) {
  bench_set(bench, c, IN_STATUS, 2, bench_random(bench, 2));
  bench_set(bench, c, IN_CLASS, 8,
            (uint64_t)bench_below(bench, bench_parameter(bench, c, CLASSES)));
  bench_set(bench, c, IN_LOGIT, 32, bench_random(bench, 32));
  bench_set(bench, c, IN_STEPS, 16, bench_random(bench, 16));
  bench_set(bench, c, IN_VALID, 2, 0);
  bench_set(bench, c, IN_RESET, 1, reset);
}

static void give_logit(struct bench *bench, int c, struct reply *reply) {
  int bits = bench_parameter(bench, c, LOGIT_BITS), class = reply->given++;
  bool near = class > 0 && bench_chance(bench, 50);
  int32_t logit = near ? reply->logit[class - 1] : (int32_t)bench_signed(bench, bits);
  reply->logit[class] = logit;
  bench_set(bench, c, IN_VALID, 1, 1);
  bench_set(bench, c, IN_CLASS, 8, (uint64_t) class);
  bench_set(bench, c, IN_LOGIT, 32, (uint64_t)(uint32_t)logit);
}

/* Returns the status of a picture that is refused, or 0. */
static int drive(struct bench *bench, int c, struct reply *reply, bool reset) {
  drive_noise(bench, c, reset);
  int half = reply->busy && reply->wait > 0 && reply->wait < 3 ? 2 - reply->wait : -1;
  bench_set(bench, c, IN_STEPS_VALID, 2, half < 0 ? 0 : UINT64_C(1) << half);
  if (half >= 0)
    bench_set(bench, c, IN_STEPS, 16, reply->word[1] >> 16 * half);
  bench_set(bench, c, IN_READY, 1, bench_chance(bench, reply->busy ? reply->eagerness : 50));
  if (reset || reply->gathered)
    return 0;
  if (!reply->busy && reply->given == 0 && bench_chance(bench, 10)) {
    int status = 1 + bench_below(bench, 3);
    bench_set(bench, c, IN_STATUS, 2, (uint64_t)status);
    bench_set(bench, c, IN_REFUSE, 1, 1);
    return status;
  }
  if (bench_chance(bench, 60))
    give_logit(bench, c, reply);
  return 0;
}

/* While a word is not taken the same word is expected: it must stand still. */
static void check_packet(struct bench *bench, int c, struct reply *reply) {
  bench_check(bench, c, "tvalid", (int64_t)bench_get(bench, c, OUT_VALID, 1),
              reply->busy && reply->wait == 0);
  if (!reply->busy)
    return;
  if (reply->wait > 0) {
    reply->wait--;
    return;
  }
  bool last = reply->sent == reply->words - 1;
  bench_check(bench, c, "tdata", (int64_t)bench_get(bench, c, OUT_DATA, 32),
              reply->word[reply->sent]);
  bench_check(bench, c, "tlast", (int64_t)bench_get(bench, c, OUT_LAST, 1), last);
  bool ready = bench->in[(size_t)c * bench->shape.in_words / bench->shape.cases] >> IN_READY & 1;
  reply->sent += ready;
  reply->busy = !(ready && last);
  reply->packets += ready && last;
  reply->beside += ready && last && reply->gathered;
}

static void check(struct bench *bench, int c, struct reply *reply, int refused) {
  bool predicted = reply->gathered && !reply->busy;
  bench_check(bench, c, "free", (int64_t)bench_get(bench, c, OUT_FREE, 1), !reply->busy);
  bench_check(bench, c, "predicted", (int64_t)bench_get(bench, c, OUT_PREDICTED, 1), predicted);
  bench_check(bench, c, "steps wanted", (int64_t)bench_get(bench, c, OUT_STEPS, 1), predicted);
  check_packet(bench, c, reply);
  if (predicted) {
    make_packet(bench, c, reply);
    bench_check(bench, c, "best", (int64_t)bench_get(bench, c, OUT_BEST, 8), reply->word[0]);
  } else if (refused) {
    reply->word[0] = (uint32_t)refused << 8;
    start_packet(bench, reply, 1);
  }
  if (reply->given == bench_parameter(bench, c, CLASSES)) {
    reply->given = 0;
    reply->gathered = true;
  }
}

static void test_packets(void **state) {
  struct bench *bench = *state;
  struct reply replies[CASES_MAX] = {{.given = 0}};
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    bool reset = cycle == 0 || bench_below(bench, 3000) == 0;
    int refused[CASES_MAX];
    for (int c = 0; c < bench->cases; c++)
      refused[c] = drive(bench, c, &replies[c], reset);
    bench_settle(bench);
    for (int c = 0; c < bench->cases; c++) {
      struct reply *reply = &replies[c];
      if (!reset)
        check(bench, c, reply, refused[c]);
      else
        *reply = (struct reply){.packets = reply->packets, .beside = reply->beside};
    }
    bench_edge(bench);
  }
  for (int c = 0; c < bench->cases; c++) {
    bench_check(bench, c, "packets came through", replies[c].packets > CYCLES / 1000, true);
    bench_check(bench, c, "logits gathered beside packets", replies[c].beside > CYCLES / 5000,
                true);
  }
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "argmax");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_packets, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
