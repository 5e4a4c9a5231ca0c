/* leaf_picture_buffer.c : engram_picture_buffer: two slots, their order, their words, what is
 * refused.
 * SPDX-License-Identifier: MIT
 *
 * A picture takes a slot from its last beat to its release; pixels are taken while a slot is free.
 */
#include "bench.h"
#include "net/net.h"

enum { HEIGHT, WIDTH, ROW_BITS, COLUMN_BITS, PIXEL_BITS, PIXEL_OFFSET, CLASSES };
enum { WORD_PIXELS = CLASSES + 1, WORD_BITS, PIXEL_DEPTH, THRESHOLD };
enum {
  IN_VALID,
  IN_LAST,
  IN_RELEASE,
  IN_READ,
  IN_RESET,
  IN_HOLD,
  IN_DATA = 8,
  IN_USER = 16,
  IN_WORD = 32
};
enum { OUT_READY, OUT_VALID, OUT_STATUS, OUT_TRAIN = 4, OUT_LABEL = 8, OUT_REFUSED = 17 };
enum { OUT_WORD = 32, SLOTS = 2, CASES_MAX = 32, PIXELS_MAX = 1024, CYCLES = 60000 };
enum status { GOOD, TOO_SHORT, TOO_LONG, BAD_LABEL };

struct picture {
  uint8_t byte[PIXELS_MAX]; /* as far as the picture reaches */
  int beats;                /* with the last one */
  uint8_t user;
  enum status status;
};

struct model {
  struct picture incoming;
  int sent;                   /* of its beats */
  int kind;                   /* every kind has its turn */
  struct picture slot[SLOTS]; /* oldest first */
  int filled;
  int word;   /* that the pins show, until the next is read; -1 for none */
  int source; /* percent of cycles with tvalid */
  int sink;   /* percent of cycles with a release */
  bool offered;
  bool held;                   /* no beat is taken */
  bool reset;                  /* in the last cycle: no beat either */
  int pictures[BAD_LABEL + 1]; /* released, by status */
};

static int pixels_of(const struct bench *bench, int c) {
  return bench_parameter(bench, c, HEIGHT) * bench_parameter(bench, c, WIDTH);
}

/* Beats of a picture that is meant to be good, too short or too long. */
static int choose_beats(struct bench *bench, int pixels, enum status meant) {
  int wrong = 1 + (bench_chance(bench, 60) ? 0 : bench_below(bench, 2 * pixels + 3));
  if (meant == TOO_SHORT)
    return wrong < pixels ? pixels - wrong : 1;
  if (meant == TOO_LONG) /* a whole number of pictures leaves the counters where they began */
    return bench_chance(bench, 70) ? pixels + wrong : pixels * (2 + bench_below(bench, 2));
  return pixels;
}

static int choose_label(struct bench *bench, int classes, enum status meant) {
  if (meant == GOOD || (meant != BAD_LABEL && bench_chance(bench, 70)))
    return bench_below(bench, classes);
  return bench_chance(bench, 50) ? classes : classes + bench_below(bench, 128 - classes);
}

static void choose_picture(struct bench *bench, int c, struct picture *picture, enum status meant) {
  int pixels = pixels_of(bench, c), classes = bench_parameter(bench, c, CLASSES);
  int label = choose_label(bench, classes, meant);
  picture->beats = choose_beats(bench, pixels, meant);
  picture->user = (uint8_t)(label | (bench_chance(bench, 50) ? 128 : 0));
  for (int i = 0; i < pixels; i++)
    picture->byte[i] = (uint8_t)bench_random(bench, 8);
  picture->status = picture->beats < pixels   ? TOO_SHORT
                    : picture->beats > pixels ? TOO_LONG
                    : label >= classes        ? BAD_LABEL
                                              : GOOD;
}

static void restart(struct bench *bench, int c, struct model *model) {
  static const int paces[] = {100, 100, 50, 20};
  int meant =
      bench_chance(bench, 50) ? bench_below(bench, BAD_LABEL + 1) : model->kind++ % (BAD_LABEL + 1);
  choose_picture(bench, c, &model->incoming, (enum status)meant);
  model->sent = 0;
  model->source = paces[bench_below(bench, 4)];
  model->sink = bench_chance(bench, 50) ? 1 + bench_below(bench, 5) : 30;
  model->offered = false;
}

/* A beat, once offered, is offered until it is taken; tuser counts with the first only. */
static void drive_beat(struct bench *bench, int c, struct model *model) {
  if (model->offered)
    return;
  const struct picture *picture = &model->incoming;
  model->offered = bench_chance(bench, model->source);
  bool inside = model->sent < pixels_of(bench, c);
  uint64_t data = inside ? picture->byte[model->sent] : bench_random(bench, 8);
  bench_set(bench, c, IN_VALID, 1, model->offered);
  bench_set(bench, c, IN_DATA, 8, data);
  bench_set(bench, c, IN_LAST, 1,
            model->offered ? model->sent == picture->beats - 1 : bench_chance(bench, 50));
  bench_set(bench, c, IN_USER, 8,
            model->offered && model->sent == 0 ? picture->user : bench_random(bench, 8));
}

/* Words of a row, the last of which may hold fewer pixels. */
static int words_across(const struct bench *bench, int c) {
  int pixels = bench_parameter(bench, c, WORD_PIXELS);
  return (bench_parameter(bench, c, WIDTH) + pixels - 1) / pixels;
}

/* Only the words of a good picture are asked for. Returns the word that is read, or -1. */
static int drive_read(struct bench *bench, int c, const struct model *model) {
  int word = bench_below(bench, bench_parameter(bench, c, HEIGHT) * words_across(bench, c));
  bool read = model->filled > 0 && model->slot[0].status == GOOD && bench_chance(bench, 60);
  bench_set(bench, c, IN_READ, 1, read);
  bench_set(bench, c, IN_WORD, 16, (uint64_t)word);
  return read ? word : -1;
}

static void check_word(struct bench *bench, int c, const struct picture *picture, int word) {
  int bits = bench_parameter(bench, c, PIXEL_BITS), width = bench_parameter(bench, c, WIDTH);
  int pixels = bench_parameter(bench, c, WORD_PIXELS), across = words_across(bench, c);
  int row = word / across, first = word % across * pixels;
  struct net net = {.pixel_depth = bench_parameter(bench, c, PIXEL_DEPTH),
                    .pixel_threshold = bench_parameter(bench, c, THRESHOLD),
                    .pixel_offset = bench_parameter(bench, c, PIXEL_OFFSET)};
  for (int x = first; x < first + pixels && x < width; x++)
    bench_check(bench, c, "pixel", bench_get_signed(bench, c, OUT_WORD + bits * (x - first), bits),
                net_pixel(&net, picture->byte[row * width + x]));
}

static bool ready(const struct model *model) {
  return model->filled < SLOTS && !model->held && !model->reset;
}

static void check_pins(struct bench *bench, int c, const struct model *model, bool last_beat) {
  bench_check(bench, c, "tready", (int64_t)bench_get(bench, c, OUT_READY, 1), ready(model));
  bench_check(bench, c, "picture valid", (int64_t)bench_get(bench, c, OUT_VALID, 1),
              model->filled > 0);
  enum status incoming = last_beat ? model->incoming.status : GOOD;
  bench_check(bench, c, "refused", (int64_t)bench_get(bench, c, OUT_REFUSED, 3),
              incoming == GOOD ? 0 : 1 << (incoming - 1));
  if (model->filled == 0)
    return;
  const struct picture *oldest = &model->slot[0];
  bench_check(bench, c, "status", (int64_t)bench_get(bench, c, OUT_STATUS, 2), oldest->status);
  bench_check(bench, c, "train", (int64_t)bench_get(bench, c, OUT_TRAIN, 1), oldest->user >> 7);
  bench_check(bench, c, "label", (int64_t)bench_get(bench, c, OUT_LABEL, 7), oldest->user & 127);
}

/* What the edge does to the slots. */
static void advance(struct bench *bench, int c, struct model *model, bool release, bool taken) {
  bool last = taken && model->sent == model->incoming.beats - 1;
  if (release) {
    model->pictures[model->slot[0].status]++;
    model->slot[0] = model->slot[1];
    model->filled--;
  }
  model->sent += taken;
  model->offered &= !taken;
  if (!last)
    return;
  model->slot[model->filled++] = model->incoming;
  restart(bench, c, model);
}

static void one_cycle(struct bench *bench, struct model *models, bool reset) {
  bool release[CASES_MAX];
  int word[CASES_MAX];
  for (int c = 0; c < bench->cases; c++) {
    drive_beat(bench, c, &models[c]);
    word[c] = drive_read(bench, c, &models[c]);
    release[c] = models[c].filled > 0 && bench_chance(bench, models[c].sink);
    bench_set(bench, c, IN_RELEASE, 1, release[c]);
    bench_set(bench, c, IN_RESET, 1, reset);
    models[c].held = bench_chance(bench, 10);
    bench_set(bench, c, IN_HOLD, 1, models[c].held);
  }
  bench_settle(bench);
  for (int c = 0; c < bench->cases; c++) {
    struct model *model = &models[c];
    if (reset) {
      if (model->reset)
        bench_check(bench, c, "tready in reset", (int64_t)bench_get(bench, c, OUT_READY, 1), 0);
      model->reset = true;
      model->filled = 0;
      model->word = -1;
      restart(bench, c, model);
      continue;
    }
    bool taken = model->offered && ready(model);
    check_pins(bench, c, model, taken && model->sent == model->incoming.beats - 1);
    if (model->word >= 0)
      check_word(bench, c, &model->slot[0], model->word);
    model->word = release[c] ? -1 : word[c] >= 0 ? word[c] : model->word;
    advance(bench, c, model, release[c], taken);
    model->reset = false;
  }
  bench_edge(bench);
}

static void test_pictures(void **state) {
  struct bench *bench = *state;
  struct model *models = calloc(CASES_MAX, sizeof *models);
  assert_non_null(models);
  bool reset = true;
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    one_cycle(bench, models, reset);
    reset = bench_below(bench, reset ? 3 : 20000) == 0;
  }
  for (int c = 0; c < bench->cases; c++)
    for (int status = GOOD; status <= BAD_LABEL; status++) {
      bool possible = status != TOO_SHORT || pixels_of(bench, c) > 1;
      bench_check(bench, c, "every kind of picture came", models[c].pictures[status] > 0, possible);
    }
  free(models);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "picture_buffer");
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_pictures, &bench)};
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
