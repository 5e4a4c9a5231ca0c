/* test_augment.c : pictures are moved and mirrored as they should be, evenly, and the same again.
 * SPDX-License-Identifier: MIT
 */
#include "data/augment.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- the option ---- */

static void test_option(void **state) {
  (void)state;
  static const struct {
    const char *text;
    struct augment expected;
  } cases[] = {
      {"mirror", {0, true}},         {"shift=1", {1, false}},       {"shift=4", {4, false}},
      {"shift=2,mirror", {2, true}}, {"mirror,shift=3", {3, true}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct augment augment = {7, true};
    struct error err = {0};
    assert_int_equal(augment_parse(&augment, cases[i].text, 9, 30, &err), 0);
    assert_int_equal(augment.shift, cases[i].expected.shift);
    assert_int_equal(augment.mirror, cases[i].expected.mirror);
    assert_true(augment_changes(&augment));
  }
  assert_false(augment_changes(&(struct augment){0}));
}

static void test_option_refused(void **state) {
  (void)state;
  static const char *const texts[] = {"",
                                      ",",
                                      "mirror,",
                                      "flip",
                                      "mirror=1",
                                      "shift",
                                      "shift=",
                                      "shift=0",
                                      "shift=5",
                                      "shift=-1",
                                      "shift=1.5",
                                      "shift=+1",
                                      "shift 1",
                                      "Mirror",
                                      "mirror,mirror",
                                      "shift=1,shift=2",
                                      "shift=99999999999999999999"};
  struct augment augment;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    struct error err = {0};
    char expected[256];
    snprintf(expected, sizeof expected,
             "--augment: found '%s', allowed mirror, shift=1 to shift=4 (half of the picture), or "
             "one of each as shift=1,mirror",
             texts[i]);
    assert_int_equal(augment_parse(&augment, texts[i], 30, 9, &err), -1);
    assert_string_equal(err.message, expected);
  }
  struct error err = {0};
  assert_int_equal(augment_parse(&augment, "shift=1", 1, 9, &err), -1);
  assert_string_equal(err.message,
                      "--augment: found 'shift=1', allowed mirror: 1x9 pixels are not moved");
}

/* ---- pictures ---- */

static void test_examples(void **state) {
  (void)state;
  static const uint8_t from[] = {1, 2, 3, /**/ 4, 5, 6};
  static const struct {
    struct augment_move move;
    uint8_t expected[6];
  } cases[] = {
      {{0, 0, false}, {1, 2, 3, 4, 5, 6}},  {{0, 0, true}, {3, 2, 1, 6, 5, 4}},
      {{1, 0, false}, {9, 9, 9, 1, 2, 3}},  {{-1, 0, false}, {4, 5, 6, 9, 9, 9}},
      {{0, 1, false}, {9, 1, 2, 9, 4, 5}},  {{0, -1, false}, {2, 3, 9, 5, 6, 9}},
      {{1, -1, false}, {9, 9, 9, 2, 3, 9}}, {{-1, 1, true}, {9, 6, 5, 9, 9, 9}},
      {{0, 3, false}, {9, 9, 9, 9, 9, 9}},  {{2, 0, false}, {9, 9, 9, 9, 9, 9}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    uint8_t to[6];
    augment_picture(from, 2, 3, cases[i].move, 9, to);
    assert_memory_equal(to, cases[i].expected, sizeof to);
  }
}

/* Pixel by pixel, for every move of an odd and of an even width. */
static void test_every_move(void **state) {
  (void)state;
  enum { HEIGHT = 5, MOST = 6, FILL = 255 };
  for (int width = 5; width <= MOST; width++)
    for (int down = -HEIGHT; down <= HEIGHT; down++)
      for (int right = -width; right <= width; right++)
        for (int mirror = 0; mirror < 2; mirror++) {
          uint8_t from[HEIGHT * MOST], to[HEIGHT * MOST];
          for (int i = 0; i < HEIGHT * width; i++)
            from[i] = (uint8_t)i;
          augment_picture(from, HEIGHT, width, (struct augment_move){down, right, mirror}, FILL,
                          to);
          for (int i = 0; i < HEIGHT * width; i++) {
            int row = i / width - down, column = i % width - right;
            bool there = row >= 0 && row < HEIGHT && column >= 0 && column < width;
            int source = row * width + (mirror ? width - 1 - column : column);
            assert_int_equal(to[i], there ? from[source] : FILL);
          }
        }
}

/* ---- draws ---- */

/* Each of the moves comes about as often, over pictures and over epochs. */
static void test_even(void **state) {
  (void)state;
  enum { SIDE = 5, MOVES = SIDE * SIDE * 2, EACH = 1000 };
  struct augment augment = {2, true};
  uint64_t seed = scratch_seed();
  for (int over = 0; over < 2; over++) {
    int seen[MOVES] = {0};
    for (unsigned i = 0; i < MOVES * EACH; i++) {
      struct augment_move move = augment_draw(&augment, seed, over ? i : 3, over ? 3 : i);
      assert_in_range(move.down + 2, 0, SIDE - 1);
      assert_in_range(move.right + 2, 0, SIDE - 1);
      seen[((move.down + 2) * SIDE + move.right + 2) * 2 + move.mirror]++;
    }
    for (int i = 0; i < MOVES; i++)
      assert_in_range(seen[i], EACH - 160, EACH + 160); /* 5 sigma */
  }
}

static bool same_move(struct augment_move a, struct augment_move b) {
  return a.down == b.down && a.right == b.right && a.mirror == b.mirror;
}

/* Of 1000 draws, how many are another seed's, epoch's or picture's as well: about one in 50. */
static void test_pure(void **state) {
  (void)state;
  struct augment augment = {2, true};
  uint64_t seed = scratch_seed();
  int other_seed = 0, other_epoch = 0, other_picture = 0;
  for (uint32_t i = 0; i < 1000; i++) {
    struct augment_move move = augment_draw(&augment, seed, i % 10, i);
    assert_true(same_move(move, augment_draw(&augment, seed, i % 10, i)));
    other_seed += same_move(move, augment_draw(&augment, seed + 1, i % 10, i));
    other_epoch += same_move(move, augment_draw(&augment, seed, i % 10 + 1, i));
    other_picture += same_move(move, augment_draw(&augment, seed, i % 10, i + 1));
  }
  assert_true(other_seed < 60 && other_epoch < 60 && other_picture < 60);
}

static void test_only_what_is_asked(void **state) {
  (void)state;
  for (size_t i = 0; i < 200; i++) {
    struct augment_move none = augment_draw(&(struct augment){0}, 1, 0, i);
    struct augment_move moved = augment_draw(&(struct augment){1, false}, 1, 0, i);
    struct augment_move mirrored = augment_draw(&(struct augment){0, true}, 1, 0, i);
    assert_true(same_move(none, (struct augment_move){0}));
    assert_false(moved.mirror);
    assert_true(mirrored.down == 0 && mirrored.right == 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_option),
      cmocka_unit_test(test_option_refused),
      cmocka_unit_test(test_examples),
      cmocka_unit_test(test_every_move),
      cmocka_unit_test(test_even),
      cmocka_unit_test(test_pure),
      cmocka_unit_test(test_only_what_is_asked),
  };
  return cmocka_run_group_tests_name("augment", tests, NULL, NULL);
}
