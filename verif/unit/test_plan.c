/* test_plan.c : what a layout costs.
 * SPDX-License-Identifier: MIT
 *
 * Runs in the repository's root: reads nets/.
 */
#include "net/plan.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { VALUES = 64 };

static struct plan plan_of(const char *path, const char *fold, struct net *net) {
  struct error err = {{0}};
  struct plan plan;
  if (net_load(net, path, &fold, fold != NULL, &err) != 0)
    fail_msg("%s", err.message);
  plan_make(&plan, net);
  return plan;
}

static struct plan plan_folded(const char *path, const char *fold, int value) {
  struct net net;
  char text[64];
  snprintf(text, sizeof text, "%s=%d", fold, value);
  return plan_of(path, text, &net);
}

static void test_index_bits(void **state) {
  (void)state;
  assert_int_equal(plan_index_bits(1), 1);
  for (int bits = 1; bits <= 20; bits++) {
    assert_int_equal(plan_index_bits(1 << bits), bits);
    assert_int_equal(plan_index_bits((1 << bits) + 1), bits + 1);
  }
}

static void test_tree_levels(void **state) {
  (void)state;
  static const int last[] = {1, 4, 16, 64, 256, 1024, 4096}; /* the most terms of so many levels */
  for (int levels = 0; levels < 7; levels++) {
    assert_int_equal(plan_tree_levels(last[levels]), levels);
    assert_int_equal(plan_tree_levels(last[levels] + 1), levels + 1);
  }
}

/* The marks of the paper's net at 64 lanes: 16 taps, 64 lanes with gradients, 2 classes with
 * gradients. */
static void test_paper(void **state) {
  (void)state;
  struct net net;
  struct plan plan = plan_of("nets/paper.yaml", NULL, &net);
  assert_int_equal(plan.layer[0].multipliers, 16);
  assert_int_equal(plan.layer[1].multipliers, 128);
  assert_int_equal(plan.layer[2].multipliers, 4);
  assert_int_equal(plan.multipliers, 148);
  assert_in_range(plan.infer_cycles, 1875, 2050);
  assert_in_range(plan.train_cycles, 2 * 1875, 4100);

  assert_string_equal(plan.layer[0].name, "conv");
  assert_string_equal(plan.layer[1].name, "dense1");
  assert_string_equal(plan.layer[2].name, "output");
  assert_int_equal(plan.layer[0].words, 1875);
  assert_int_equal(plan.layer[0].word_bits, 11);
  assert_int_equal(plan.layer[1].lanes, 64);
  assert_int_equal(plan.layer[1].groups, 1);
  assert_int_equal(plan.layer[1].address_bits, 11);
  assert_int_equal(plan.layer[2].address_bits, 6);
  assert_int_equal(plan.layer[0].forward_levels, 2); /* 16 taps */
  assert_int_equal(plan.layer[1].back_levels, 3);    /* 64 lanes */
  assert_int_equal(plan.layer[2].back_levels, 1);    /* 2 classes */
}

/* Every weight of a dense layer has its place, at each number of lanes. */
static void test_memories(void **state) {
  (void)state;
  static const int lanes[] = {1, 2, 4, 8, 16, 32, 64};
  for (int i = 0; i < 7; i++) {
    struct plan plan = plan_folded("nets/paper.yaml", "lanes", lanes[i]);
    long bits = 0, weights = 0;
    for (int m = 0; m < plan.memory_count; m++) {
      const struct plan_memory *memory = &plan.memory[m];
      bits += (long)memory->count * memory->words * memory->bits;
      if (!strcmp(memory->what, "dense1 weights"))
        weights += (long)memory->count * memory->words;
    }
    assert_int_equal(bits, plan.memory_bits);
    assert_int_equal(weights, 1875 * 64);
  }
}

/* More at a time never takes longer and never takes fewer multipliers. */
static void test_monotone(void **state) {
  (void)state;
  static const char *const nets[] = {"nets/paper.yaml", "nets/paper8.yaml", "nets/tiny.yaml",
                                     "nets/tiny8.yaml"};
  static const char *const folds[] = {"lanes", "output_lanes"};
  for (int n = 0; n < 4; n++)
    for (int f = 0; f < 2; f++) {
      struct net net;
      int values[VALUES];
      struct plan before = plan_of(nets[n], NULL, &net);
      int count = net_fold_values(&net, folds[f], values, VALUES);
      assert_true(count >= 2);
      for (int i = 0; i < count; i++) {
        struct plan plan = plan_folded(nets[n], folds[f], values[i]);
        if (i > 0) {
          assert_true(plan.infer_cycles < before.infer_cycles);
          assert_true(plan.train_cycles < before.train_cycles);
          assert_true(plan.multipliers > before.multipliers);
        }
        assert_true(plan.train_cycles > plan.infer_cycles);
        before = plan;
      }
    }
}

static void check_blocks(int count, int words, int bits, int ecp5, int ice40) {
  const struct plan_memory memory = {"", count, words, bits};
  assert_int_equal(plan_blocks_ecp5(&memory), ecp5);
  assert_int_equal(plan_blocks_ice40(&memory), ice40);
}

/* Shapes of a DP16KD: 512x36, 1024x18, 2048x9, 4096x4, 8192x2, 16384x1; of an SB_RAM40_4K: 256x16,
 * 512x8, 1024x4, 2048x2. */
static void test_blocks(void **state) {
  (void)state;
  check_blocks(1, 1, 1, 1, 1);
  check_blocks(1, 512, 36, 1, 5);
  check_blocks(1, 513, 36, 2, 9);
  check_blocks(1, 2048, 9, 1, 5);
  check_blocks(64, 1875, 16, 2 * 64, 8 * 64);
  check_blocks(3, 16384, 1, 3, 8 * 3);
  check_blocks(1, 16384, 3, 3, 16);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_index_bits), cmocka_unit_test(test_tree_levels),
      cmocka_unit_test(test_paper),      cmocka_unit_test(test_memories),
      cmocka_unit_test(test_monotone),   cmocka_unit_test(test_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
