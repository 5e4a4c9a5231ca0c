/* estimate_show.c : what `engram estimate` says of devices, boards and layouts.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/estimate_show.h"

#include "net/net_parts.h"

#include <stdio.h>

static const char *const family_names[FAMILY_COUNT] = {"ecp5", "ice40"};
static const char *const family_titles[FAMILY_COUNT] = {"ECP5", "iCE40"};

/* ---- devices ---- */

void show_devices(const struct net *net, const struct plan *plan, bool parts) {
  printf("\n%-8s %11s %7s %11s %12s %7s %6s\n", "device", "logic cells", "LUTs", "flip-flops",
         "multipliers", "blocks", "SPRAM");
  for (enum family family = 0; family < FAMILY_COUNT; family++) {
    struct cost cost;
    cost_estimate(&cost, net, plan, family);
    printf("%-8s %11d %7d %11d %12d %7d %6d\n", family_titles[family], cost.cells, cost.luts,
           cost.flip_flops, cost.multipliers, cost.blocks, cost.spram);
  }
  for (enum family family = 0; parts && family < FAMILY_COUNT; family++) {
    struct cost_parts all;
    cost_estimate_parts(&all, net, plan, family);
    printf("\n%-8s %-30s %9s %11s %7s %11s %12s %7s %6s\n", family_titles[family], "leaf",
           "instances", "logic cells", "LUTs", "flip-flops", "multipliers", "blocks", "SPRAM");
    for (int i = 0; i < all.count; i++) {
      const struct cost *cost = &all.part[i].cost;
      printf("%-8s %-30s %9d %11d %7d %11d %12d %7d %6d\n", family_titles[family], all.part[i].name,
             all.part[i].count, cost->cells, cost->luts, cost->flip_flops, cost->multipliers,
             cost->blocks, cost->spram);
    }
  }
}

static json_t *cost_json(const struct cost *cost) {
  return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "cells", cost->cells, "luts", cost->luts,
                   "flip_flops", cost->flip_flops, "multipliers", cost->multipliers, "blocks",
                   cost->blocks, "spram", cost->spram);
}

json_t *devices_json(const struct net *net, const struct plan *plan, bool parts) {
  json_t *devices = json_object();
  for (enum family family = 0; family < FAMILY_COUNT; family++) {
    struct cost cost;
    struct cost_parts all;
    cost_estimate(&cost, net, plan, family);
    cost_estimate_parts(&all, net, plan, family);
    json_t *device = cost_json(&cost), *leaves = json_object();
    for (int i = 0; parts && i < all.count; i++)
      json_object_set_new(leaves, all.part[i].name, cost_json(&all.part[i].cost));
    if (parts)
      json_object_set(device, "leaves", leaves);
    json_decref(leaves);
    json_object_set_new(devices, family_names[family], device);
  }
  return devices;
}

/* ---- boards ---- */

void show_board(const struct board *board, const struct cost *cost) {
  printf("%-24s %9s %9s %9s\n", board->device, "needed", "usable", "there");
  for (enum resource r = 0; r < RESOURCE_COUNT; r++) {
    const char *name = board_resource_name(board->family, r);
    if (!name)
      continue;
    int needs = board_needs(board, cost, r), lends = board_lends(board, r);
    printf("%-24s %9d %9d %9d%s\n", name, needs, lends, board_count(&board->has, r),
           needs > lends ? "  too many" : "");
  }
  printf("%s on %s\n", board_fits(board, cost) ? "fits" : "does not fit", board->name);
}

json_t *board_json(const struct board *board, const struct cost *cost) {
  json_t *resources = json_object();
  for (enum resource r = 0; r < RESOURCE_COUNT; r++)
    if (board_resource_name(board->family, r))
      json_object_set_new(resources, board_resource_name(board->family, r),
                          json_pack("{s:i, s:i, s:i}", "needed", board_needs(board, cost, r),
                                    "usable", board_lends(board, r), "there",
                                    board_count(&board->has, r)));
  return json_pack("{s:s, s:s, s:b, s:o}", "name", board->name, "device", board->device, "fits",
                   board_fits(board, cost), "resources", resources);
}

/* ---- the fastest that fits ---- */

/* Prints "key=value" or "key: value" of every fold, `before` each and `between` them. */
static void print_folds(FILE *f, const struct net *net, const char *before, const char *equals,
                        const char *between) {
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++) {
    const char *const *words = net_fold_words(fold);
    fprintf(f, "%s%s%s%s", fold ? between : "", before, net_fold_name(fold), equals);
    if (words)
      fprintf(f, "%s", words[net->fold[fold]]);
    else
      fprintf(f, "%d", net->fold[fold]);
  }
}

void show_fit(const struct board *board, const struct fit *fit) {
  printf("%s: %ld layouts tried, ", fit->net.name, fit->tried);
  printf(fit->found ? "the fastest that fits:" : "none fits; the one that comes closest:");
  printf(" %d cycles to infer, %d a picture back to back", fit->plan.infer_cycles,
         plan_picture_cycles(&fit->plan, &fit->net));
  if (fit->plan.train_cycles > 0)
    printf(", %d to train", fit->plan.train_cycles);
  printf("\n\n");
  print_folds(stdout, &fit->net, "--fold ", "=", " ");
  printf("\n\nlayout: {");
  print_folds(stdout, &fit->net, "", ": ", ", ");
  printf("}\n\n");
  show_board(board, &fit->cost);
}

json_t *fit_json(const struct board *board, const struct fit *fit) {
  json_t *layout = json_object();
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++) {
    const char *const *words = net_fold_words(fold);
    int value = fit->net.fold[fold];
    json_object_set_new(layout, net_fold_name(fold),
                        words ? json_string(words[value]) : json_integer(value));
  }
  return json_pack(
      "{s:s, s:b, s:I, s:i, s:i, s:i, s:o, s:o}", "net", fit->net.name, "fits", fit->found, "tried",
      (json_int_t)fit->tried, "infer_cycles", fit->plan.infer_cycles, "picture_cycles",
      plan_picture_cycles(&fit->plan, &fit->net), "train_cycles", fit->plan.train_cycles, "layout",
      layout, "board", board_json(board, &fit->cost));
}

/* ---- layouts to choose from ---- */

/* The next value of a fold to show: powers of two, then the most there is; 0 behind it. */
static int next_value(const struct net *net, enum fold fold, int value) {
  int most = net_fold_most(net, fold);
  if (value == most)
    return 0;
  for (value = value ? 2 * value : 1; value < most; value *= 2)
    if (net_fold_legal(net, fold, value))
      return value;
  return most;
}

/* Calls `show` with each layout of the table that can be built. */
static void choose(const struct net *net, void (*show)(const struct net *, enum fold, void *),
                   void *context) {
  static const enum fold folds[] = {FOLD_LANES, FOLD_POSITIONS};
  for (int f = 0; f < 2; f++)
    for (int value = 0; (value = next_value(net, folds[f], value));) {
      struct net other = *net;
      struct problem problem = {{0}, {{0}}};
      other.fold[folds[f]] = value;
      if (net_check_layout(&other, &problem) == 0)
        show(&other, folds[f], context);
    }
}

static void show_choice_line(const struct net *net, enum fold fold, void *context) {
  (void)context;
  struct plan plan;
  plan_make(&plan, net);
  printf("%-9s %5d %9d %9d %9d", net_fold_name(fold), net->fold[fold], plan.infer_cycles,
         plan_picture_cycles(&plan, net), plan.train_cycles);
  for (enum family family = 0; family < FAMILY_COUNT; family++) {
    struct cost cost;
    cost_estimate(&cost, net, &plan, family);
    printf(" %11d %11d %7d", cost.cells, cost.multipliers, cost.blocks);
    if (family == FAMILY_ICE40)
      printf(" %6d\n", cost.spram);
  }
}

void show_choice(const struct net *net) {
  printf("%-15s %9s %9s %9s %31s %38s\n", net->name, "cycles", "", "", "ECP5", "iCE40");
  printf("%-15s %9s %9s %9s %11s %11s %7s %11s %11s %7s %6s\n", "fold", "to infer", "a picture",
         "to train", "cells", "multipliers", "blocks", "cells", "multipliers", "blocks", "SPRAM");
  choose(net, show_choice_line, NULL);
}

static void add_choice(const struct net *net, enum fold fold, void *context) {
  struct plan plan;
  plan_make(&plan, net);
  json_array_append_new((json_t *)context,
                        json_pack("{s:s, s:i, s:i, s:i, s:i, s:o}", "fold", net_fold_name(fold),
                                  "value", net->fold[fold], "infer_cycles", plan.infer_cycles,
                                  "picture_cycles", plan_picture_cycles(&plan, net), "train_cycles",
                                  plan.train_cycles, "devices", devices_json(net, &plan, false)));
}

json_t *choice_json(const struct net *net) {
  json_t *choice = json_array();
  choose(net, add_choice, choice);
  return choice;
}
