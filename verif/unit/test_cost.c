/* test_cost.c : what a core takes of a device.
 * SPDX-License-Identifier: MIT
 *
 * Memories and multipliers against what Yosys 0.23 made of engram_weights and engram_multiplier of
 * these sizes; whole cores are compared by `make estimate-check`. Runs in the repository's root:
 * reads nets/.
 */
#include "net/cost.h"
#include "net/cost_leaf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* As synth_ecp5 and synth_ice40 -spram mapped them. */
static const struct {
  struct memory memory;
  enum memory_kind kind[FAMILY_COUNT];
  int count[FAMILY_COUNT];
} memories[] = {
    {{PORTS_TWO, 1875, 1, 16}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {2, 8}},
    {{PORTS_TWO, 1875, 1, 8}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {1, 4}},
    {{PORTS_TWO, 64, 1, 16}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {16, 1}},
    {{PORTS_TWO, 128, 1, 9}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {1, 1}},
    {{PORTS_TWO, 16, 1, 12}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {3, 1}},
    {{PORTS_TWO, 17, 1, 12}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {6, 1}},
    {{PORTS_TWO, 40, 1, 16}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {12, 1}},
    {{PORTS_TWO, 64, 1, 224}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {7, 14}},
    {{PORTS_TWO, 625, 1, 48}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {3, 9}},
    {{PORTS_UNCLOCKED, 2, 1, 17}, {MEMORY_LOGIC_RAM, MEMORY_FLIP_FLOPS}, {5, 0}},
    {{PORTS_UNCLOCKED, 8, 1, 9}, {MEMORY_LOGIC_RAM, MEMORY_FLIP_FLOPS}, {3, 0}},
    {{PORTS_UNCLOCKED, 16, 1, 17}, {MEMORY_LOGIC_RAM, MEMORY_FLIP_FLOPS}, {5, 0}},
    {{PORTS_UNCLOCKED, 32, 1, 9}, {MEMORY_LOGIC_RAM, MEMORY_FLIP_FLOPS}, {6, 0}},
    {{PORTS_ONE, 15000, 2, 8}, {MEMORY_BLOCKS, MEMORY_SPRAM}, {15, 1}},
    {{PORTS_ONE, 15000, 1, 16}, {MEMORY_BLOCKS, MEMORY_SPRAM}, {15, 1}},
    {{PORTS_ONE, 600, 2, 8}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {1, 3}},
    {{PORTS_ONE, 64, 4, 4}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {16, 1}},
    {{PORTS_ONE, 20000, 2, 8}, {MEMORY_BLOCKS, MEMORY_SPRAM}, {20, 2}},
    {{PORTS_ONE, 1875, 1, 24}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {3, 12}},
    {{PORTS_REGISTERS, 20, 1, 8}, {MEMORY_FLIP_FLOPS, MEMORY_FLIP_FLOPS}, {0, 0}},
    {{PORTS_ONE, 30, 2, 8}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {8, 1}},
    {{PORTS_ONE, 4000, 4, 4}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {4, 16}},
    {{PORTS_ONE, 9000, 1, 9}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {5, 21}},
    {{PORTS_ONE, 70, 2, 8}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {20, 1}},
    {{PORTS_UNCLOCKED, 2, 1, 72}, {MEMORY_LOGIC_RAM, MEMORY_FLIP_FLOPS}, {18, 0}},
    {{PORTS_ONE, 48, 1, 100}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {3, 7}},
    {{PORTS_TWO, 9, 1, 13}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {4, 1}},
    {{PORTS_ONE, 48, 3, 8}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {18, 2}},
    {{PORTS_TWO, 5000, 1, 9}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {3, 12}},
    {{PORTS_TWO, 33, 1, 16}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {12, 1}},
    {{PORTS_TWO, 20, 1, 100}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {50, 7}},
    {{PORTS_ONE, 20, 1, 8}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {4, 1}},
    {{PORTS_ONE, 1100, 1, 8}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {1, 3}},
    {{PORTS_TWO, 1, 1, 9}, {MEMORY_FLIP_FLOPS, MEMORY_FLIP_FLOPS}, {0, 0}},
    {{PORTS_TWO, 20, 1, 72}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {36, 5}},
    {{PORTS_TWO, 100, 1, 13}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {1, 1}},
    {{PORTS_TWO, 3000, 1, 100}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {18, 75}},
    {{PORTS_UNCLOCKED, 4, 1, 36}, {MEMORY_LOGIC_RAM, MEMORY_FLIP_FLOPS}, {9, 0}},
    {{PORTS_TWO, 520, 1, 12}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {1, 3}},
    {{PORTS_TWO, 300, 1, 16}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {1, 2}},
    {{PORTS_TWO, 14, 1, 12}, {MEMORY_LOGIC_RAM, MEMORY_BLOCKS}, {3, 1}},
    {{PORTS_TWO, 200, 1, 12}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {1, 1}},
    {{PORTS_ONE, 5000, 1, 20}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {8, 25}},
    {{PORTS_UNCLOCKED, 2, 1, 12}, {MEMORY_LOGIC_RAM, MEMORY_FLIP_FLOPS}, {3, 0}},
    {{PORTS_TWO, 100, 1, 17}, {MEMORY_BLOCKS, MEMORY_BLOCKS}, {1, 2}},
    {{PORTS_UNCLOCKED, 4, 1, 17}, {MEMORY_LOGIC_RAM, MEMORY_FLIP_FLOPS}, {5, 0}},
};

static void test_memories(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof memories / sizeof memories[0]; i++)
    for (enum family family = 0; family < FAMILY_COUNT; family++) {
      struct memory_map map = cost_memory(&memories[i].memory, family);
      if (map.kind != memories[i].kind[family] || map.count != memories[i].count[family])
        fail_msg("memory %zu, family %d: %d cells of kind %d, expected %d of %d", i, (int)family,
                 map.count, (int)map.kind, memories[i].count[family],
                 (int)memories[i].kind[family]);
    }
}

/* Bits of both operands, MULT18X18D of ECP5, SB_MAC16 of iCE40. */
static void test_multipliers(void **state) {
  (void)state;
  static const int blocks[][4] = {{4, 4, 1, 0},   {4, 8, 1, 1},   {5, 6, 1, 1},   {5, 5, 1, 0},
                                  {9, 4, 1, 1},   {8, 8, 1, 1},   {9, 9, 1, 1},   {8, 16, 1, 1},
                                  {12, 12, 1, 1}, {16, 16, 1, 1}, {9, 16, 1, 1},  {17, 16, 1, 1},
                                  {18, 18, 1, 3}, {19, 18, 1, 3}, {19, 19, 1, 3}, {20, 20, 4, 3},
                                  {24, 24, 4, 4}, {24, 8, 2, 2},  {24, 17, 2, 2}, {21, 16, 2, 2},
                                  {22, 12, 2, 2}, {20, 17, 2, 2}};
  for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
    for (enum family family = 0; family < FAMILY_COUNT; family++) {
      int a = blocks[i][0], b = blocks[i][1];
      assert_int_equal(cost_multiplier_blocks(a, b, family), blocks[i][2 + family]);
      assert_int_equal(cost_multiplier_blocks(b, a, family), blocks[i][2 + family]);
    }
}

static struct cost cost_of(const char *path, const char *fold, enum family family,
                           struct cost_parts *parts) {
  struct error err = {{0}};
  struct net net;
  struct plan plan;
  struct cost cost;
  if (net_load(&net, path, &fold, fold != NULL, &err) != 0)
    fail_msg("%s", err.message);
  plan_make(&plan, &net);
  cost_estimate(&cost, &net, &plan, family);
  if (parts)
    cost_estimate_parts(parts, &net, &plan, family);
  return cost;
}

/* The leaves' parts make the whole; cells are LUTs, and on the iCE40 flip-flops without one too. */
static void test_parts(void **state) {
  (void)state;
  static const char *const nets[] = {"nets/paper.yaml", "nets/tiny8.yaml", "verif/nets/dense.yaml"};
  for (int n = 0; n < 3; n++)
    for (enum family family = 0; family < FAMILY_COUNT; family++) {
      struct cost_parts parts;
      struct cost cost = cost_of(nets[n], NULL, family, &parts), sum = {0};
      for (int i = 0; i < parts.count; i++)
        cost_add(&sum, &parts.part[i].cost, 1);
      assert_memory_equal(&sum, &cost, sizeof cost);
      if (family == FAMILY_ECP5)
        assert_int_equal(cost.cells, cost.luts);
      else
        assert_in_range(cost.cells, cost.luts, cost.luts + cost.flip_flops);
    }
}

/* The paper's net: 16 + 64 + 32 + 2 * 2 multipliers; with none but the convolution's in blocks. */
static void test_logic_multipliers(void **state) {
  (void)state;
  struct cost blocks = cost_of("nets/paper.yaml", NULL, FAMILY_ECP5, NULL);
  struct cost some = cost_of("nets/paper.yaml", "logic_multipliers=10", FAMILY_ECP5, NULL);
  struct cost all = cost_of("nets/paper.yaml", "logic_multipliers=9999", FAMILY_ECP5, NULL);
  assert_int_equal(blocks.multipliers, 16 + 64 + 32 + 2 * 2);
  assert_int_equal(some.multipliers, blocks.multipliers - 10);
  assert_int_equal(all.multipliers, 0);
  assert_true(blocks.cells < some.cells && some.cells < all.cells);
  assert_int_equal(blocks.blocks, all.blocks);
}

/* More lanes take more of everything but memory; 8-bit products may find room in an iCE40's block.
 */
static void test_lanes(void **state) {
  (void)state;
  for (enum family family = 0; family < FAMILY_COUNT; family++) {
    struct cost before = cost_of("nets/paper8.yaml", "lanes=2", family, NULL);
    for (int lanes = 4; lanes <= 64; lanes *= 2) {
      char fold[16];
      snprintf(fold, sizeof fold, "lanes=%d", lanes);
      struct cost cost = cost_of("nets/paper8.yaml", fold, family, NULL);
      assert_true(cost.multipliers >= before.multipliers && cost.cells > before.cells);
      assert_true(cost.flip_flops > before.flip_flops);
      before = cost;
    }
  }
}

/* The paper's 120,000 weights of 8 bits lie in the four SPRAMs of an iCE40UP5K. */
static void test_spram(void **state) {
  (void)state;
  struct error err = {{0}};
  struct net net;
  struct plan plan;
  struct cost cost;
  const char *const folds[] = {"lanes=8", "multipliers=shared", "storage=single_port"};
  assert_int_equal(net_load(&net, "nets/paper8.yaml", folds, 3, &err), 0);
  plan_make(&plan, &net);
  cost_estimate(&cost, &net, &plan, FAMILY_ICE40);
  assert_int_equal(cost.spram, 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_memories), cmocka_unit_test(test_multipliers),
      cmocka_unit_test(test_parts),    cmocka_unit_test(test_logic_multipliers),
      cmocka_unit_test(test_lanes),    cmocka_unit_test(test_spram),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
