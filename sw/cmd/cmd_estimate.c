/* cmd_estimate.c : `engram estimate`: cycles, multipliers, memory and logic before synthesis.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/estimate_show.h"
#include "cmd/net_options.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct options {
  struct net_options net;
  const char *board, *fit; /* names, or NULL */
  bool folds, leaves, json;
};

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    return 0;
  case 'b':
    options->board = arg;
    return 0;
  case 'F':
    options->fit = arg;
    return 0;
  case 'o':
    options->folds = true;
    return 0;
  case 'l':
    options->leaves = true;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"board", 'b', "BOARD", 0, "say whether the layout fits a board (docs/boards.md)", 2},
    {"fit", 'F', "BOARD", 0,
     "search the layouts for the fastest that fits; what --fold sets stays as it is", 2},
    {"folds", 'o', 0, 0, "list layouts with other numbers of lanes and positions", 2},
    {"leaves", 'l', 0, 0, "list what each part of the core takes", 2},
    {0},
};
static const struct argp_child children[] = {{&net_options_argp, 0, "Network:", 1}, {0}};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .children = children,
    .doc = "Say what a network costs in hardware, and which layouts it can have."
           "\vCycles are exact, without stalls: from the step's start to the result (inference) or "
           "to the last weight's write (training), and between two pictures' starts "
           "where inferences follow each other. Multipliers and memory blocks are those that "
           "Yosys makes, logic cells and flip-flops are estimated (docs/estimate.md). With --board "
           "and --fit the exit status is 1 where nothing fits.",
};

/* ---- text ---- */

static void show_layers(const struct net *net, const struct plan *plan) {
  printf("\n%-8s %9s %7s %9s  %-14s %-14s %-14s %8s %11s\n", "layer", "rows", "units", "weights",
         "weight", "activation", "gradient", "sum bits", "multipliers");
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    const struct format *formats[] = {&layer->weight, &layer->activation, &layer->gradient};
    printf("%-20s %9d %7d %9zu ", layer->name, layer->rows, layer->units, layer->weight_count);
    for (int f = 0; f < 3; f++)
      printf(" %2d bits, %2d frac", formats[f]->bits, formats[f]->frac);
    printf(" %8d %11d\n", layer->sum_bits, plan->layer[l].multipliers);
  }
  for (int l = 0; l < net->layer_count; l++)
    if (net->layer[l].decodes)
      printf("%s: a weight is stored with %d bits, %d frac\n", net->layer[l].name,
             net->layer[l].word.bits, net->layer[l].word.frac);
  for (int l = 0; l < net->layer_count; l++)
    if (net->layer[l].bias.there)
      printf("%s: a bias has %d bits, %d frac\n", net->layer[l].name, net->layer[l].bias.word.bits,
             net->layer[l].bias.word.frac);
  for (int l = 0; l < net->layer_count; l++)
    if (net_drops_units(&net->layer[l]))
      printf("%s drops %d/%d of its units (%g), each by itself\n", net->layer[l].name,
             net->layer[l].dropped, NET_DRAWS, (double)net->layer[l].dropped / NET_DRAWS);
}

static void show_memories(const struct plan *plan) {
  printf("\n%-20s %9s %7s %9s\n", "memory", "memories", "words", "bits");
  for (int m = 0; m < plan->memory_count; m++) {
    const struct plan_memory *memory = &plan->memory[m];
    printf("%-20s %9d %7d %9d\n", memory->what, memory->count, memory->words, memory->bits);
  }
}

static void show_folds(const struct net *net) {
  printf("\n%-17s %11s  %s\n", "fold", "value", "legal values");
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++) {
    const char *const *words = net_fold_words(fold);
    char *legal = net_fold_text(net, fold);
    if (words)
      printf("%-17s %11s  %s\n", net_fold_name(fold), words[net->fold[fold]], legal);
    else
      printf("%-17s %11d  %s\n", net_fold_name(fold), net->fold[fold], legal);
    free(legal);
  }
}

static void show_text(const struct net *net, const struct plan *plan, bool leaves) {
  printf("%s: net %016" PRIx64 ", core %016" PRIx64 "\n", net->name, net->net_hash, net->core_hash);
  printf(
      "%d cycles to infer, %d a picture back to back, %d to train, %d multipliers, %zu weights\n",
      plan->infer_cycles, plan_picture_cycles(plan, net), plan->train_cycles, plan->multipliers,
      net->weight_count);
  show_layers(net, plan);
  show_memories(plan);
  show_devices(net, plan, leaves);
  show_folds(net);
}

/* ---- JSON ---- */

static json_t *format_json(const struct format *format) {
  return json_pack("{s:i, s:i}", "bits", format->bits, "frac", format->frac);
}

/* As a description has it. */
static json_t *dropout_json(const struct layer *layer) {
  return net_drops_units(layer) ? json_real((double)layer->dropped / NET_DRAWS)
                                : json_boolean(layer->dropout);
}

static json_t *layers_json(const struct net *net, const struct plan *plan) {
  json_t *layers = json_array();
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    json_t *bias = layer->bias.there ? format_json(&layer->bias.word) : NULL;
    json_array_append_new(
        layers,
        json_pack(
            "{s:s, s:s, s:i, s:i, s:i, s:o, s:I, s:i, s:o, s:o, s:o, s:o, s:o*, s:i, s:i, s:i}",
            "name", layer->name, "kind", net_kind_name(layer), "rows", layer->rows, "units",
            layer->units, "positions", layer->positions, "dropout", dropout_json(layer), "weights",
            (json_int_t)layer->weight_count, "multipliers", plan->layer[l].multipliers, "weight",
            format_json(&layer->weight), "word", format_json(&layer->word), "activation",
            format_json(&layer->activation), "gradient", format_json(&layer->gradient), "bias",
            bias, "sum_bits", layer->sum_bits, "back_bits", layer->back_bits, "update_bits",
            layer->update_bits));
  }
  return layers;
}

static json_t *memories_json(const struct plan *plan) {
  json_t *memories = json_array();
  for (int m = 0; m < plan->memory_count; m++) {
    const struct plan_memory *memory = &plan->memory[m];
    json_array_append_new(memories,
                          json_pack("{s:s, s:i, s:i, s:i}", "what", memory->what, "count",
                                    memory->count, "words", memory->words, "bits", memory->bits));
  }
  return memories;
}

static json_t *fold_value(enum fold fold, int value) {
  const char *const *words = net_fold_words(fold);
  return words ? json_string(words[value]) : json_integer(value);
}

/* Of multipliers in logic no more are listed than there are. */
static json_t *folds_json(const struct net *net, const struct plan *plan) {
  json_t *json = json_object();
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++) {
    json_t *legal = json_array();
    int most = fold == FOLD_LOGIC_MULTIPLIERS ? plan->multipliers : net_fold_most(net, fold);
    for (int value = 0; value <= most; value++)
      if (net_fold_legal(net, fold, value))
        json_array_append_new(legal, fold_value(fold, value));
    json_object_set_new(
        json, net_fold_name(fold),
        json_pack("{s:o, s:o}", "value", fold_value(fold, net->fold[fold]), "legal", legal));
  }
  return json;
}

static void show_json(const struct net *net, const struct plan *plan, bool leaves) {
  json_show(json_pack("{s:s, s:o, s:o, s:i, s:i, s:i, s:i, s:I, s:I, s:o, s:o, s:o, s:o}", "net",
                      net->name, "net_hash", json_hash(net->net_hash), "core_hash",
                      json_hash(net->core_hash), "infer_cycles", plan->infer_cycles,
                      "picture_cycles", plan_picture_cycles(plan, net), "train_cycles",
                      plan->train_cycles, "multipliers", plan->multipliers, "weights",
                      (json_int_t)net->weight_count, "memory_bits", (json_int_t)plan->memory_bits,
                      "devices", devices_json(net, plan, leaves), "memories", memories_json(plan),
                      "folds", folds_json(net, plan), "layers", layers_json(net, plan)));
}

/* ---- boards ---- */

static int check_board(const struct options *options, const struct net *net,
                       const struct plan *plan) {
  struct error err = {""};
  struct board board;
  if (board_find(&board, options->board, &err) != 0)
    return cmd_fail(&err);
  struct cost cost;
  cost_estimate(&cost, net, plan, board.family);
  if (options->json)
    json_show(board_json(&board, &cost));
  else
    show_board(&board, &cost);
  return board_fits(&board, &cost) ? EXIT_DONE : EXIT_MISMATCH;
}

/* The folds that --fold sets. */
static void fixed_folds(const struct net_options *options, bool fixed[FOLD_COUNT]) {
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++)
    for (size_t i = 0; i < options->fold_count; i++)
      if (strncmp(options->folds[i], net_fold_name(fold), strlen(net_fold_name(fold))) == 0 &&
          options->folds[i][strlen(net_fold_name(fold))] == '=')
        fixed[fold] = true;
}

/* The description at each storage that it can have; returns how many, 0 with a message. */
static int load_starts(const struct options *options, const bool fixed[FOLD_COUNT],
                       struct net starts[3], struct error *err) {
  static const char *const more[][2] = {
      {"storage=ram", NULL}, {"storage=register", NULL}, {"storage=single_port", NULL}};
  int count = 0;
  for (int i = 0; i < (fixed[FOLD_STORAGE] ? 1 : 3); i++) {
    struct net_options with = options->net;
    if (!fixed[FOLD_STORAGE] && with.fold_count < NET_FOLDS_MAX)
      with.folds[with.fold_count++] = more[i][0];
    /* One port wants shared multipliers, which the search finds again. */
    if (i == 2 && !fixed[FOLD_MULTIPLIERS] && with.fold_count < NET_FOLDS_MAX)
      with.folds[with.fold_count++] = "multipliers=shared";
    struct error ignored = {""};
    if (net_options_load(&with, &starts[count], count ? &ignored : err) == 0)
      count++;
    else if (count == 0)
      return 0;
  }
  return count;
}

static int search_fit(const struct options *options) {
  struct error err = {""};
  struct board board;
  bool fixed[FOLD_COUNT] = {false};
  struct net starts[3];
  fixed_folds(&options->net, fixed);
  int count =
      board_find(&board, options->fit, &err) == 0 ? load_starts(options, fixed, starts, &err) : 0;
  if (count == 0)
    return cmd_fail(&err);
  struct fit fit;
  fit_search(&fit, starts, count, &board, fixed);
  if (options->json)
    json_show(fit_json(&board, &fit));
  else
    show_fit(&board, &fit);
  return fit.found ? EXIT_DONE : EXIT_MISMATCH;
}

int cmd_estimate(int argc, char **argv) {
  struct options options = {.json = false};
  option_parse(&argp, "engram estimate", argc, argv, &options, &options.json);
  struct error err = {""};
  struct net net;
  struct plan plan;
  if (options.fit)
    return search_fit(&options);
  if (net_options_load(&options.net, &net, &err) != 0)
    return cmd_fail(&err);
  plan_make(&plan, &net);
  if (options.board)
    return check_board(&options, &net, &plan);
  if (options.folds && options.json)
    json_show(choice_json(&net));
  else if (options.folds)
    show_choice(&net);
  else if (options.json)
    show_json(&net, &plan, options.leaves);
  else
    show_text(&net, &plan, options.leaves);
  return EXIT_DONE;
}
