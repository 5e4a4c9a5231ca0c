/* test_leaf_cost.c : what leaves of the RTL cost, against what Yosys made of each alone.
 * SPDX-License-Identifier: MIT
 *
 * verif/leaf_costs.txt has Yosys' counts; `make leaf-costs` writes it, for the cases that this
 * program lists when it is called with the word `cases`. Runs in the repository's root.
 */
#include "net/bias_cost.h"
#include "net/cost_leaf.h"
#include "net/cost_logic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS_MAX = 7, CASES_MAX = 4, CELLS_FREE = 10, FLIP_FLOPS_FREE = 4 };
/* Percent by which an estimate may be off, beyond so many that are free: of logic cells (whole
 * cores are within 20 %: a leaf alone has no neighbour that evens it out) and of flip-flops. */
enum { CELLS_OFF = 35, FLIP_FLOPS_OFF = 10 };

static struct cost of_multiplier(enum family family, const int *p) {
  return cost_multiplier(family, &(struct cost_multiplier){p[0], p[1], p[2] != 0});
}

static struct cost of_adder_tree(enum family family, const int *p) {
  return cost_adder_tree(family, &(struct cost_adder_tree){p[0], p[1], p[2], p[3]});
}

static struct cost of_event_counter(enum family family, const int *p) {
  return cost_event_counter(family, p[0], p[3]);
}

/* Alone, all that it can do is asked of it. */
static struct cost of_normaliser(enum family family, const int *p) {
  int more_bits = p[6] % 2 ? 4 : p[6] % 4 ? 3 : p[6] % 8 ? 2 : 0; /* of KEPT / 16 */
  return cost_normaliser(
      family, &(struct cost_normaliser){p[0], p[1], p[2], p[3], p[4], more_bits == 0, true,
                                        more_bits, cost_terms(p[6] >> (4 - more_bits)) - 1});
}

static struct cost of_ordinal(enum family family, const int *p) {
  return cost_ordinal(family, p[1]);
}

static struct cost of_select(enum family family, const int *p) {
  return cost_select(family, p[0], p[1], p[3], p[4]);
}

static struct cost of_update(enum family family, const int *p) {
  return cost_update(family, &(struct cost_update){p[0], p[1], p[2], p[3], p[4], p[5] == 1});
}

/* With its update unit; random bits are drawn. */
static struct cost of_bias(enum family family, const int *p) {
  struct cost cost = cost_bias(family, &(struct cost_bias){.units = p[0],
                                                           .bias_bits = p[1],
                                                           .gradient_bits = p[2],
                                                           .sum_bits = p[3],
                                                           .shift = p[4],
                                                           .round_bits = p[5],
                                                           .training = true,
                                                           .hash = true});
  struct cost update =
      cost_update(family, &(struct cost_update){p[1], p[2], 0, RATE_BITS, p[5], true});
  cost_add(&cost, &update, 1);
  return cost;
}

static struct cost of_conv_bias(enum family family, const int *p) {
  struct cost cost = cost_conv_bias(family, &(struct cost_conv_bias){.filters = p[0],
                                                                     .filters_at_once = p[1],
                                                                     .positions = p[2],
                                                                     .tag_bits = 1,
                                                                     .at_once = 1,
                                                                     .bias_bits = p[3],
                                                                     .gradient_bits = 16,
                                                                     .sum_bits = p[4],
                                                                     .shift = p[5],
                                                                     .update_bits = 26,
                                                                     .word_bits = 10,
                                                                     .round_bits = 1,
                                                                     .training = true});
  struct cost update = cost_update(family, &(struct cost_update){p[3], 26, 0, RATE_BITS, 1, false});
  cost_add(&cost, &update, 1);
  return cost;
}

static struct cost of_softmax(enum family family, const int *p) {
  return cost_softmax(family, p[1], p[2], p[3]);
}

/* The leaf, its parameters in Verilog, and their values in each case. */
static const struct leaf {
  const char *name, *parameters[PARAMETERS_MAX];
  struct cost (*cost)(enum family family, const int *p);
  int cases[CASES_MAX][PARAMETERS_MAX]; /* the first parameter 0: no case */
} leaves[] = {
    {"multiplier",
     {"A_BITS", "B_BITS", "LOGIC"},
     of_multiplier,
     {{16, 16, 0}, {8, 8, 1}, {16, 9, 1}, {24, 20, 0}}},
    {"adder_tree",
     {"TERMS", "TERM_BITS", "SUM_BITS", "LEVELS"},
     of_adder_tree,
     {{16, 32, 36, 4}, {9, 16, 20, 4}, {3, 12, 14, 2}}},
    {"event_counter",
     {"FLAGS", "LEVELS", "SUM_BITS", "COUNT_BITS", "OUT_BITS"},
     of_event_counter,
     {{1, 0, 2, 7, 7}, {4, 2, 4, 9, 9}, {64, 6, 8, 13, 13}}},
    {"normaliser",
     {"VALUES", "TAG_BITS", "SUM_BITS", "SHIFT", "VALUE_BITS", "RELU", "KEPT"},
     of_normaliser,
     {{1, 6, 38, 17, 16, 1, 8},
      {4, 8, 24, 8, 8, 1, 8},
      {1, 4, 28, 0, 16, 0, 8},
      {1, 6, 38, 17, 16, 1, 11}}},
    {"ordinal", {"COUNT", "BITS"}, of_ordinal, {{64, 6}, {1875, 11}, {12, 4}}},
    {"select",
     {"VALUE_BITS", "VALUES", "SLOT_BITS", "SELECTED", "COPIES"},
     of_select,
     {{16, 6, 3, 1, 1}, {16, 25, 5, 1, 1}, {8, 4, 2, 2, 1}}},
    {"bias",
     {"UNITS", "BIAS_BITS", "GRADIENT_BITS", "SUM_BITS", "SHIFT", "ROUND_BITS", "ROUNDING"},
     of_bias,
     {{64, 21, 16, 38, 10, 10, 1}, {10, 14, 8, 26, 6, 10, 1}}},
    {"conv_bias",
     {"FILTERS", "FILTERS_AT_ONCE", "POSITIONS", "BIAS_BITS", "SUM_BITS", "SHIFT", "ROUNDING"},
     of_conv_bias,
     {{3, 1, 1, 16, 28, 8, 0}, {4, 2, 3, 12, 26, 6, 0}}},
    {"update",
     {"WEIGHT_BITS", "U_BITS", "SHIFT", "RATE_BITS", "ROUND_BITS", "ROUNDING"},
     of_update,
     {{16, 32, 11, 4, 1, 0}, {8, 16, 10, 4, 12, 1}, {24, 48, 20, 4, 8, 1}}},
    {"softmax",
     {"CLASSES", "CLASS_BITS", "LOGIT_BITS", "INDEX_SHIFT"},
     of_softmax,
     {{3, 2, 16, 4}, {10, 4, 12, 2}, {16, 4, 24, 8}}},
};
enum { LEAVES = sizeof leaves / sizeof *leaves };

/* "multiplier A_BITS=16 B_BITS=16 LOGIC=0" */
static void case_text(char *text, size_t size, const struct leaf *leaf, const int *p) {
  int length = snprintf(text, size, "%s", leaf->name);
  for (int i = 0; i < PARAMETERS_MAX && leaf->parameters[i]; i++)
    length += snprintf(text + length, size - (size_t)length, " %s=%d", leaf->parameters[i], p[i]);
}

/* What is known to be farther off, and why: a line that has come near fails too, and goes. */
static const struct {
  const char *text;
  enum family family;
} known_far[] = {
    /* Alone, they are the longest path, for which Yosys takes wide LUTs (docs/estimate.md). */
    {"normaliser VALUES=1 TAG_BITS=6 SUM_BITS=38 SHIFT=17 VALUE_BITS=16 RELU=1 KEPT=8",
     FAMILY_ECP5},
    {"normaliser VALUES=1 TAG_BITS=4 SUM_BITS=28 SHIFT=0 VALUE_BITS=16 RELU=0 KEPT=8", FAMILY_ECP5},
    {"select VALUE_BITS=16 VALUES=25 SLOT_BITS=5 SELECTED=1 COPIES=1", FAMILY_ECP5},
};

static bool is_known_far(const char *text, enum family family) {
  for (size_t i = 0; i < sizeof known_far / sizeof *known_far; i++)
    if (known_far[i].family == family && !strcmp(known_far[i].text, text))
      return true;
  return false;
}

static bool is_near(int estimated, int made, int percent, int free_of) {
  int off = abs(estimated - made);
  return off <= free_of || 100 * (off - free_of) <= percent * made;
}

/* A line of the table behind its case: family, logic cells, flip-flops, multipliers, blocks. */
static int check_line(const struct leaf *leaf, const int *p, const char *text, const char *rest) {
  char family_name[8];
  int cells, flip_flops, multipliers, blocks;
  assert_int_equal(
      sscanf(rest, " : %7s %d %d %d %d", family_name, &cells, &flip_flops, &multipliers, &blocks),
      5);
  enum family family = strcmp(family_name, "ecp5") ? FAMILY_ICE40 : FAMILY_ECP5;
  struct cost cost = leaf->cost(family, p);
  bool near = is_near(cost.cells, cells, CELLS_OFF, CELLS_FREE) &&
              is_near(cost.flip_flops, flip_flops, FLIP_FLOPS_OFF, FLIP_FLOPS_FREE) &&
              cost.multipliers == multipliers && cost.blocks == blocks;
  bool wrong = near == is_known_far(text, family);
  if (wrong)
    print_error(
        "%s, %s: %s: estimated %d cells, %d flip-flops, %d multipliers, %d blocks; made %d, %d, "
        "%d, %d\n",
        text, family_name, near ? "near now" : "far", cost.cells, cost.flip_flops, cost.multipliers,
        cost.blocks, cells, flip_flops, multipliers, blocks);
  return wrong;
}

/* Each case has a line for each family, and no line is of anything else. */
static void leaves_cost_what_they_are_said_to(void **state) {
  (void)state;
  char line[256], text[192];
  int lines = 0, found = 0, far = 0;
  FILE *table = fopen("verif/leaf_costs.txt", "r");
  assert_non_null(table);
  while (fgets(line, sizeof line, table)) {
    if (*line == '#')
      continue;
    lines++;
    for (int l = 0; l < LEAVES; l++)
      for (int c = 0; c < CASES_MAX && leaves[l].cases[c][0]; c++) {
        case_text(text, sizeof text, &leaves[l], leaves[l].cases[c]);
        size_t length = strlen(text);
        if (strncmp(line, text, length) != 0 || line[length] != ' ' || line[length + 1] != ':')
          continue;
        found++;
        far += check_line(&leaves[l], leaves[l].cases[c], text, line + length);
      }
  }
  fclose(table);
  int cases = 0;
  for (int l = 0; l < LEAVES; l++)
    for (int c = 0; c < CASES_MAX && leaves[l].cases[c][0]; c++)
      cases++;
  assert_int_equal(found, FAMILY_COUNT * cases);
  assert_int_equal(lines, found);
  assert_int_equal(far, 0);
}

static void what_is_far_is_seen(void **state) {
  (void)state;
  assert_true(is_near(100, 100, CELLS_OFF, CELLS_FREE));
  assert_true(is_near(145, 100, CELLS_OFF, CELLS_FREE));
  assert_false(is_near(146, 100, CELLS_OFF, CELLS_FREE));
  assert_false(is_near(54, 100, CELLS_OFF, CELLS_FREE));
}

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "cases")) {
    for (int l = 0; l < LEAVES; l++)
      for (int c = 0; c < CASES_MAX && leaves[l].cases[c][0]; c++) {
        char text[192];
        case_text(text, sizeof text, &leaves[l], leaves[l].cases[c]);
        printf("%s\n", text);
      }
    return 0;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(leaves_cost_what_they_are_said_to),
      cmocka_unit_test(what_is_far_is_seen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
