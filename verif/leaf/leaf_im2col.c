/* leaf_im2col.c : engram_im2col against direct indexing of the picture, and its exact timing.
 * SPDX-License-Identifier: MIT
 *
 * With ROWS = KERNEL_HEIGHT + DOWN - 1 the first windows stand ROWS + 2 cycles after the start;
 * within a row of windows the next ones stand a cycle after those before were taken, in the next
 * row DOWN cycles after. A row's last windows may be fewer than ACROSS; what stands beyond the row
 * is anything.
 */
#include "bench.h"

enum { HEIGHT, WIDTH, ROW_BITS, PIXEL_BITS, KERNEL_HEIGHT, KERNEL_WIDTH, ACROSS, DOWN };
enum { IN_START, IN_NEXT, IN_RESET, IN_ROW = 64 };
enum { OUT_VALID, OUT_LAST, OUT_READ, OUT_REST, OUT_READ_ROW = 8, OUT_TAPS = 32 };
enum { CYCLES = 2000, CASES_MAX = 64, SIDE_MAX = 64, START_LATENCY = 2 };

struct shape {
  int height, width, pixel_bits, kernel_height, kernel_width, across, down;
  int out_width, steps_across, steps;
};

/* A picture that is being read, window by window. */
struct scan {
  struct shape shape;
  uint32_t pixel[SIDE_MAX][SIDE_MAX];
  bool active;
  int step;                    /* windows taken, in steps */
  unsigned long long valid_at; /* first cycle in which the next windows stand */
  int rows_read, row;          /* row on the pins, -1 for none yet */
  int eagerness;               /* percent of cycles with next_i */
  int runs;                    /* pictures finished */
};

static struct shape shape_of(const struct bench *bench, int c) {
  struct shape shape = {
      .height = bench_parameter(bench, c, HEIGHT),
      .width = bench_parameter(bench, c, WIDTH),
      .pixel_bits = bench_parameter(bench, c, PIXEL_BITS),
      .kernel_height = bench_parameter(bench, c, KERNEL_HEIGHT),
      .kernel_width = bench_parameter(bench, c, KERNEL_WIDTH),
      .across = bench_parameter(bench, c, ACROSS),
      .down = bench_parameter(bench, c, DOWN),
  };
  shape.out_width = shape.width - shape.kernel_width + 1;
  shape.steps_across = (shape.out_width + shape.across - 1) / shape.across;
  shape.steps = shape.steps_across * (shape.height - shape.kernel_height + 1) / shape.down;
  return shape;
}

static void start(struct bench *bench, struct scan *scan) {
  static const int eagerness[] = {100, 100, 60, 10};
  const struct shape *shape = &scan->shape;
  for (int y = 0; y < shape->height; y++)
    for (int x = 0; x < shape->width; x++)
      scan->pixel[y][x] = (uint32_t)bench_random(bench, shape->pixel_bits);
  scan->active = true;
  scan->step = scan->rows_read = 0;
  scan->row = -1;
  scan->valid_at =
      bench->cycle + (unsigned)(START_LATENCY + shape->kernel_height + shape->down - 1);
  scan->eagerness = eagerness[bench_below(bench, 4)];
}

static void drive_row(struct bench *bench, int c, const struct scan *scan) {
  for (int x = 0; x < scan->shape.width; x++) {
    uint32_t pixel = scan->row >= 0 ? scan->pixel[scan->row][x]
                                    : (uint32_t)bench_random(bench, scan->shape.pixel_bits);
    bench_set(bench, c, IN_ROW + scan->shape.pixel_bits * x, scan->shape.pixel_bits, pixel);
  }
}

/* Tap (i, j) of window (down, across) is the picture's pixel (y + i, x + j). */
static void check_taps(struct bench *bench, int c, const struct scan *scan) {
  const struct shape *shape = &scan->shape;
  int at = OUT_TAPS;
  for (int window = 0; window < shape->down * shape->across; window++) {
    int y = scan->step / shape->steps_across * shape->down + window / shape->across;
    int x = scan->step % shape->steps_across * shape->across + window % shape->across;
    for (int tap = 0; tap < shape->kernel_height * shape->kernel_width; tap++) {
      if (x < shape->out_width)
        bench_check(bench, c, "tap", (int64_t)bench_get(bench, c, at, shape->pixel_bits),
                    scan->pixel[y + tap / shape->kernel_width][x + tap % shape->kernel_width]);
      at += shape->pixel_bits;
    }
  }
}

/* The row that a read asks for is on the pins from the next cycle until the next read. */
static int check_read(struct bench *bench, int c, struct scan *scan) {
  if (!bench_get(bench, c, OUT_READ, 1))
    return scan->row;
  int row = (int)bench_get(bench, c, OUT_READ_ROW, bench_parameter(bench, c, ROW_BITS));
  bench_check(bench, c, "row read", row, scan->rows_read);
  bench_check(bench, c, "row read inside", scan->active && row < scan->shape.height, true);
  scan->rows_read++;
  return row < scan->shape.height ? row : -1;
}

/* Windows that are taken make room for the next. */
static void take(struct bench *bench, struct scan *scan) {
  const struct shape *shape = &scan->shape;
  scan->step++;
  bool row_ends = scan->step % shape->steps_across == 0;
  scan->valid_at = bench->cycle + (unsigned)(row_ends ? shape->down : 1);
  if (scan->step < shape->steps)
    return;
  scan->active = false;
  scan->runs++;
}

/* One cycle of a case before the clock's edge. */
static void check_cycle(struct bench *bench, int c, struct scan *scan, bool begin, bool next) {
  bool valid = scan->active && bench->cycle >= scan->valid_at;
  bench_check(bench, c, "valid", (int64_t)bench_get(bench, c, OUT_VALID, 1), valid);
  if (valid) {
    check_taps(bench, c, scan);
    bench_check(bench, c, "last", (int64_t)bench_get(bench, c, OUT_LAST, 1),
                scan->step == scan->shape.steps - 1);
    bench_check(bench, c, "rest", (int64_t)bench_get(bench, c, OUT_REST, 1),
                scan->step % scan->shape.steps_across == scan->shape.steps_across - 1);
  }
  scan->row = check_read(bench, c, scan);
  if (valid && next)
    take(bench, scan);
  if (begin)
    start(bench, scan);
}

/* A start may come while idle, with the last windows taken, or (seldom) in the middle. */
static bool choose_start(struct bench *bench, const struct scan *scan, bool next) {
  if (!scan->active)
    return bench_chance(bench, 40);
  bool ends = scan->step == scan->shape.steps - 1 && bench->cycle >= scan->valid_at && next;
  return ends ? bench_chance(bench, 50) : bench_below(bench, 700) == 0;
}

static void scan_cycle(struct bench *bench, struct scan *scans, bool reset) {
  bool begin[CASES_MAX], next[CASES_MAX];
  for (int c = 0; c < bench->cases; c++) {
    next[c] = bench_chance(bench, scans[c].active ? scans[c].eagerness : 50);
    begin[c] = !reset && choose_start(bench, &scans[c], next[c]);
    bench_set(bench, c, IN_RESET, 1, reset);
    bench_set(bench, c, IN_START, 1, begin[c]);
    bench_set(bench, c, IN_NEXT, 1, next[c]);
    drive_row(bench, c, &scans[c]);
  }
  bench_settle(bench);
  for (int c = 0; c < bench->cases; c++)
    if (reset)
      scans[c].active = false;
    else
      check_cycle(bench, c, &scans[c], begin[c], next[c]);
  bench_edge(bench);
}

static void test_windows(void **state) {
  struct bench *bench = *state;
  struct scan *scans = calloc(CASES_MAX, sizeof *scans);
  assert_non_null(scans);
  for (int c = 0; c < bench->cases; c++)
    scans[c].shape = shape_of(bench, c);
  for (int cycle = 0; cycle < CYCLES; cycle++)
    scan_cycle(bench, scans, cycle == 0 || bench_below(bench, 2000) == 0);
  /* The larger cases may be started anew too often to get through; test_whole sees their ends. */
  for (int c = 0; c < bench->cases; c++)
    bench_check(bench, c, "pictures came through", scans[c].shape.steps > 500 || scans[c].runs > 0,
                true);
  free(scans);
  assert_int_equal(bench->mismatches, 0);
}

/* One picture of every case from its first to its last windows, without a stall. */
static void test_whole(void **state) {
  struct bench *bench = *state;
  struct scan *scans = calloc(CASES_MAX, sizeof *scans);
  assert_non_null(scans);
  int longest = 0;
  for (int c = 0; c < bench->cases; c++) {
    scans[c].shape = shape_of(bench, c);
    longest = scans[c].shape.steps > longest ? scans[c].shape.steps : longest;
  }
  for (int cycle = 0; cycle < longest + SIDE_MAX; cycle++) {
    for (int c = 0; c < bench->cases; c++) {
      bench_set(bench, c, IN_RESET, 1, cycle == 0);
      bench_set(bench, c, IN_START, 1, cycle == 1);
      bench_set(bench, c, IN_NEXT, 1, 1);
      drive_row(bench, c, &scans[c]);
    }
    bench_settle(bench);
    for (int c = 0; cycle > 0 && c < bench->cases; c++)
      check_cycle(bench, c, &scans[c], cycle == 1, true);
    bench_edge(bench);
  }
  for (int c = 0; c < bench->cases; c++)
    bench_check(bench, c, "the picture came through", scans[c].runs, 1);
  free(scans);
  assert_int_equal(bench->mismatches, 0);
}

int main(void) {
  struct bench bench;
  bench_open(&bench, "im2col");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_prestate(test_windows, &bench),
      cmocka_unit_test_prestate(test_whole, &bench),
  };
  return bench_close(&bench, cmocka_run_group_tests(tests, NULL, NULL));
}
