/* net_fold.c : which layouts a network can have.
 * SPDX-License-Identifier: MIT
 */
#include "net/describe_parts.h"

#include <stdio.h>
#include <stdlib.h>

enum { LOGIC_MULTIPLIERS_MOST = 9999 /* more than a net has are all */ };

#define NUMBER(NAME, name, usual) {#name, NULL, usual},
#define WORD(NAME, name)          {#name, net_##name##_names, 0},
static const struct {
  const char *name;
  const char *const *words;
  int usual;
} folds[FOLD_COUNT] = {NET_FOLDS(NUMBER, WORD)};
#undef NUMBER
#undef WORD

const char *net_fold_name(enum fold fold) {
  return folds[fold].name;
}

const char *const *net_fold_words(enum fold fold) {
  return folds[fold].words;
}

int net_fold_most(const struct net *net, enum fold fold) {
  const char *const *words = net_fold_words(fold);
  int most = words ? 0 : 1;
  if (fold == FOLD_LOGIC_MULTIPLIERS)
    return LOGIC_MULTIPLIERS_MOST;
  for (int l = 0; l < net->layer_count && !words; l++) {
    const struct describe_kind *kind = describe_kind(&net->layer[l]);
    int layer_most = kind->fold_most ? kind->fold_most(&net->layer[l], fold) : 0;
    most = layer_most > most ? layer_most : most;
  }
  while (words && words[most + 1])
    most++;
  return most;
}

bool net_fold_legal(const struct net *net, enum fold fold, int value) {
  if (net_fold_words(fold) || fold == FOLD_LOGIC_MULTIPLIERS)
    return value >= 0 && value <= net_fold_most(net, fold);
  if (value < 1 || value > net_fold_most(net, fold))
    return false;
  for (int l = 0; l < net->layer_count; l++) {
    const struct describe_kind *kind = describe_kind(&net->layer[l]);
    if (kind->fold_legal && !kind->fold_legal(&net->layer[l], fold, value))
      return false;
  }
  return true;
}

bool net_fold_worth(const struct net *net, enum fold fold, int value) {
  bool worth = value == 1;
  for (int l = 0; l < net->layer_count && !worth; l++) {
    const struct describe_kind *kind = describe_kind(&net->layer[l]);
    worth = kind->fold_worth && kind->fold_worth(&net->layer[l], fold, value);
  }
  return worth;
}

bool net_steps_fast(const struct net *net, int l) {
  const struct describe_kind *kind = describe_kind(&net->layer[l]);
  return kind->steps_fast && kind->steps_fast(net, l);
}

bool describe_is_smallest(int things, int value, int by) {
  int all = (things + by - 1) / by, part = value / by;
  if (value % by != 0 || part > all)
    return false;
  return part == 1 || (all + part - 1) / part < (all + part - 2) / (part - 1);
}

char *net_fold_text(const struct net *net, enum fold fold) {
  char *text = NULL;
  size_t size;
  FILE *f = open_memstream(&text, &size);
  if (!f)
    abort();
  const char *const *words = net_fold_words(fold);
  int most = net_fold_most(net, fold);
  for (int value = 0, first = 1; value <= most; value++) {
    if (!net_fold_legal(net, fold, value))
      continue;
    int last = value;
    while (!words && net_fold_legal(net, fold, last + 1))
      last++;
    fputs(first ? "" : ", ", f);
    first = 0;
    if (words)
      fputs(words[value], f);
    else if (last > value + 1)
      fprintf(f, "%d..%d", value, last);
    else
      fprintf(f, "%d", last = value);
    value = last;
  }
  fclose(f);
  return text;
}

static int usual(const struct net *net, enum fold fold) {
  int most = net_fold_most(net, fold);
  return folds[fold].usual < most ? folds[fold].usual : most;
}

static int check_fold(struct net *net, enum fold fold, struct problem *problem) {
  if (net->fold[fold] == FOLD_CHOOSE)
    net->fold[fold] = usual(net, fold);
  if (net_fold_legal(net, fold, net->fold[fold]))
    return 0;
  char where[32];
  snprintf(where, sizeof where, "layout.%s", net_fold_name(fold));
  char *legal = net_fold_text(net, fold);
  problem_set(problem, net, -1, where, "found %d, allowed %s", net->fold[fold], legal);
  free(legal);
  return -1;
}

static int check_fast(const struct net *net, struct problem *problem) {
  static const char where[] = "layout.step", found[] = "found fast, allowed normal";
  if (net->fold[FOLD_STEP] != STEP_FAST)
    return 0;
  if (net->fold[FOLD_MODE] != MODE_TRAINING)
    return problem_set(problem, net, -1, where, "%s with mode: inference", found);
  bool units = false; /* the first dense layer's dropout is not of pairs */
  for (int l = 0; l < net->layer_count; l++) {
    if (net_steps_fast(net, l))
      return 0;
    units |= net->layer[l].number == 1 && net_drops_units(&net->layer[l]);
  }
  return problem_set(problem, net, -1, where, "%s: the first dense layer %s", found,
                     units ? "drops units one by one, which takes dropout: true (pairs)"
                           : "has no dropout");
}

int describe_check_storage(const struct net *net, int l, struct problem *problem) {
  if (net->layer[l].storage == STORAGE_SINGLE_PORT && net->fold[FOLD_MODE] == MODE_TRAINING &&
      net->fold[FOLD_MULTIPLIERS] != MULTIPLIERS_SHARED)
    return problem_set(problem, net, l, "weights.storage",
                       "found single_port, allowed ram, register with multipliers: separate");
  return 0;
}

static int check_output(const struct net *net, struct problem *problem) {
  if (net->fold[FOLD_OUTPUT] == OUTPUT_SOFTMAX || net->fold[FOLD_MODE] == MODE_INFERENCE)
    return 0;
  return problem_set(problem, net, -1, "layout.output",
                     "found argmax, allowed softmax with mode: training, which learns from the "
                     "probabilities");
}

int net_check_layout(struct net *net, struct problem *problem) {
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++)
    if (check_fold(net, fold, problem) != 0)
      return -1;
  if (check_output(net, problem) != 0 || check_fast(net, problem) != 0)
    return -1;
  for (int l = 0; l < net->layer_count; l++) {
    const struct describe_kind *kind = describe_kind(&net->layer[l]);
    if (kind->check_layout && kind->check_layout(net, l, problem) != 0)
      return -1;
  }
  return 0;
}
