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

enum { FOLDS_MAX = 3 };

/* The plan of a description with these folds, ended by NULL. */
static struct plan plan_of(const char *path, const char *const folds[FOLDS_MAX], struct net *net) {
  struct error err = {{0}};
  struct plan plan;
  size_t count = 0;
  while (count < FOLDS_MAX && folds[count])
    count++;
  if (net_load(net, path, folds, count, &err) != 0)
    fail_msg("%s", err.message);
  plan_make(&plan, net);
  return plan;
}

static struct plan plan_folded(const char *path, const char *fold, int value) {
  struct net net;
  char text[64];
  snprintf(text, sizeof text, "%s=%d", fold, value);
  return plan_of(path, (const char *const[FOLDS_MAX]){text}, &net);
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
  for (int levels = 0; levels < 13; levels++) {
    assert_int_equal(plan_tree_levels(1 << levels), levels);
    assert_int_equal(plan_tree_levels((1 << levels) + 1), levels + 1);
  }
}

/* The marks of the paper's net at 64 lanes: 16 taps, 64 lanes with gradients, 2 classes with
 * gradients. */
static void test_paper(void **state) {
  (void)state;
  struct net net;
  struct plan plan = plan_of("nets/paper.yaml", (const char *const[FOLDS_MAX]){NULL}, &net);
  assert_int_equal(plan.layer[0].multipliers, 16);
  assert_int_equal(plan.layer[1].multipliers, 96);
  assert_int_equal(plan.layer[2].multipliers, 4);
  assert_int_equal(plan.multipliers, 116);

  assert_string_equal(net.layer[0].name, "conv");
  assert_string_equal(net.layer[1].name, "dense1");
  assert_string_equal(net.layer[2].name, "output");
  assert_int_equal(plan.edge[1].order.words, 1875);
  assert_int_equal(plan.edge[1].order.word_bits, 11);
  assert_int_equal(plan.layer[1].crossbar.lanes, 64);
  assert_int_equal(plan.layer[1].crossbar.groups, 1);
  assert_int_equal(plan.layer[1].crossbar.address_bits, 11);
  assert_int_equal(plan.layer[2].crossbar.address_bits, 6);
  assert_int_equal(plan.layer[0].conv.forward_levels, 4);  /* 16 taps */
  assert_int_equal(plan.layer[1].crossbar.back_levels, 5); /* 64 lanes in pairs */
  assert_int_equal(plan.layer[2].crossbar.back_levels, 1); /* 2 classes */
}

/* Layouts whose cycles the simulated cores have as well (cores.sh, folds.sh), and what they cost.
 */
static void test_layouts(void **state) {
  (void)state;
  static const struct {
    const char *net, *folds[FOLDS_MAX];
    int infer, train, multipliers, interval;
  } cases[] = {
      {"paper", {NULL}, 2010, 4023, 116, 2010},
      {"paper", {"lanes=1"}, 120449, 240582, 22, 120449},
      {"paper", {"lanes=4"}, 30254, 60388, 26, 30254},
      {"paper", {"lanes=32"}, 3922, 7809, 68, 3922},
      {"paper", {"positions=5"}, 2010, 4026, 180, 2010},
      {"paper", {"step=fast", "positions=2"}, 2124, 2225, 164, 2124},
      {"paper", {"mode=inference"}, 2010, 0, 82, 1945},
      {"../verif/nets/mlp", {NULL}, 122, 0, 42, 102},
      {"../verif/nets/mlp", {"output=softmax"}, 314, 0, 42, 203},
      {"../verif/nets/quick", {NULL}, 114, 0, 24, 89},
      {"paper", {"multipliers=shared"}, 2010, 5962, 82, 2010},
      {"paper", {"lanes=24", "positions=4"}, 5818, 11582, 104, 5818},
      {"paper8", {"step=fast", "filters=3"}, 2674, 2774, 180, 2674},
      {"../verif/nets/share", {NULL}, 151, 259, 59, 151},
      {"../verif/nets/share", {"lanes=4"}, 247, 415, 39, 247},
      {"../verif/nets/share", {"mode=inference", "lanes=3"}, 259, 0, 21, 136},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char path[64];
    struct net net;
    snprintf(path, sizeof path, "nets/%s.yaml", cases[i].net);
    struct plan plan = plan_of(path, cases[i].folds, &net);
    assert_int_equal(plan.infer_cycles, cases[i].infer);
    assert_int_equal(plan.train_cycles, cases[i].train);
    assert_int_equal(plan.multipliers, cases[i].multipliers);
    assert_int_equal(plan.interval, cases[i].interval);
  }
}

/* The convolution's words: five positions of one filter, the rest of a line by itself; and all
 * filters of whole rows. */
static void test_orders(void **state) {
  (void)state;
  struct net net;
  struct plan plan =
      plan_of("nets/paper.yaml", (const char *const[FOLDS_MAX]){"positions=8"}, &net);
  const struct plan_order *order = &plan.edge[1].order;
  assert_int_equal(order->values, 8);
  assert_int_equal(order->line, 25);
  assert_int_equal(order->words, 25 * 4 * 3); /* 8 + 8 + 8 + 1 positions a line */
  assert_int_equal(plan.layer[0].conv.rest, 1);
  assert_int_equal(plan.layer[1].crossbar.issues, 1875);
  plan = plan_of("nets/paper.yaml",
                 (const char *const[FOLDS_MAX]){"positions=125", "filters=3", "step=fast"}, &net);
  assert_int_equal(plan.layer[0].conv.across, 25);
  assert_int_equal(plan.layer[0].conv.down, 5);
  assert_int_equal(order->values, 375);
  assert_int_equal(order->line, 125);
  assert_int_equal(order->words, 5);
  assert_int_equal(plan.layer[0].conv.rest, 125);
  assert_int_equal(plan.layer[1].crossbar.issues, 5 * 188); /* the last of a word's 375 alone */
  assert_int_equal(plan.layer[1].crossbar.rows_at_once, 2);
  assert_true(plan.layer[1].crossbar.paired);
  assert_int_equal(plan.layer[1].crossbar.lanes, 32);
  assert_int_equal(plan.layer[1].crossbar.groups, 2);
  assert_int_equal(plan.layer[1].crossbar.weight_words, 938 * 2);
  assert_int_equal(plan.layer[2].crossbar.rows_at_once, 1);
}

static void test_logic_multipliers(void **state) {
  (void)state;
  static const struct {
    int made, layer[3];
  } cases[] = {
      {0, {0, 0, 0}}, {15, {15, 0, 0}}, {18, {16, 0, 2}}, {21, {16, 1, 4}}, {9999, {16, 96, 4}}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct plan plan = plan_folded("nets/paper.yaml", "logic_multipliers", cases[i].made);
    for (int l = 0; l < 3; l++)
      assert_int_equal(plan.layer[l].logic_multipliers, cases[i].layer[l]);
    assert_int_equal(plan.multipliers, 116);
  }
}

/* Every weight of a dense layer has its place, at each number of lanes; only lanes that the last
 * group does not have are left over. */
static void test_memories(void **state) {
  (void)state;
  for (int lanes = 1; lanes <= 64; lanes++) {
    struct plan plan = plan_folded("nets/paper.yaml", "lanes", lanes);
    long bits = 0, weights = 0;
    for (int m = 0; m < plan.memory_count; m++) {
      const struct plan_memory *memory = &plan.memory[m];
      bits += (long)memory->count * memory->words * memory->bits;
      if (!strcmp(memory->what, "dense1 weights"))
        weights += (long)memory->count * memory->words;
    }
    assert_int_equal(bits, plan.memory_bits);
    int groups = (64 + lanes - 1) / lanes;
    assert_int_equal(weights, 1875 * groups * lanes);
    assert_int_equal(plan.layer[1].crossbar.groups, groups);
    assert_int_equal((groups - 1) * lanes + plan.layer[1].crossbar.last_lanes, 64);
  }
}

/* Each weight has bits of its own. */
static void check_places(const struct plan *plan, const struct net *net, int l) {
  enum { MEMORIES = 16, WORDS = 1024, WORD_BITS = 512 };
  static bool taken[MEMORIES][WORDS][WORD_BITS];
  const struct layer *layer = &net->layer[l];
  memset(taken, 0, sizeof taken);
  for (int row = 0; row < layer->rows; row++)
    for (int unit = 0; unit < layer->units; unit++) {
      const struct tensor *tensor = &net->tensor[layer->first_tensor];
      struct plan_place place = plan_weight_place(plan, net, tensor, row, unit);
      assert_in_range(place.memory, 0, MEMORIES - 1);
      assert_in_range(place.word, 0, WORDS - 1);
      assert_in_range(place.bit, 0, WORD_BITS - layer->weight.bits);
      bool *bits = &taken[place.memory][place.word][place.bit];
      for (int b = 0; b < layer->weight.bits; b++) {
        assert_false(bits[b]);
        bits[b] = true;
      }
    }
}

static void test_places(void **state) {
  (void)state;
  static const char *const folds[][FOLDS_MAX] = {{NULL},
                                                 {"lanes=5"},
                                                 {"multipliers=shared", "storage=single_port"},
                                                 {"positions=1", "filters=1", "taps=3"}};
  for (size_t f = 0; f < sizeof folds / sizeof folds[0]; f++) {
    struct net net;
    struct plan plan = plan_of("nets/tiny.yaml", folds[f], &net);
    for (int l = 0; l < net.layer_count; l++)
      check_places(&plan, &net, l);
  }
}

/* Fewer passes never take longer, and two lanes more (an odd one has no other for a pair) never
 * take fewer multipliers. */
static void test_monotone(void **state) {
  (void)state;
  static const char *const nets[] = {"nets/paper.yaml", "nets/paper8.yaml", "nets/tiny.yaml",
                                     "nets/tiny8.yaml"};
  static const enum fold folds[] = {FOLD_LANES, FOLD_OUTPUT_LANES};
  for (int n = 0; n < 4; n++)
    for (int f = 0; f < 2; f++) {
      struct net net;
      struct plan before = plan_of(nets[n], (const char *const[FOLDS_MAX]){NULL}, &net);
      int multipliers[2] = {0, 0};
      for (int lanes = 1; lanes <= net_fold_most(&net, folds[f]); lanes++) {
        struct plan plan = plan_folded(nets[n], net_fold_name(folds[f]), lanes);
        if (lanes > 1 && plan.layer[1 + f].crossbar.groups < before.layer[1 + f].crossbar.groups) {
          assert_true(plan.infer_cycles < before.infer_cycles);
          assert_true(plan.train_cycles < before.train_cycles);
        }
        if (lanes > 2)
          assert_true(plan.multipliers > multipliers[lanes % 2]);
        multipliers[lanes % 2] = plan.multipliers;
        assert_true(plan.train_cycles > plan.infer_cycles);
        before = plan;
      }
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_index_bits), cmocka_unit_test(test_tree_levels),
      cmocka_unit_test(test_paper),      cmocka_unit_test(test_layouts),
      cmocka_unit_test(test_orders),     cmocka_unit_test(test_logic_multipliers),
      cmocka_unit_test(test_memories),   cmocka_unit_test(test_places),
      cmocka_unit_test(test_monotone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
