/* cmd_estimate.c : `engram estimate`: cycles, multipliers and memory before synthesis.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/net_options.h"
#include "net/plan.h"

#include <inttypes.h>
#include <stdlib.h>

struct options {
  struct net_options net;
  bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  (void)arg;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    return 0;
  case 'j':
    options->json = true;
    return 0;
  case 'V':
    option_version();
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"json", 'j', 0, 0, "print the result as JSON", 2},
    OPTION_VERSION,
    {0},
};
static const struct argp_child children[] = {{&net_options_argp, 0, "Network:", 1}, {0}};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .children = children,
    .doc = "Say what a network costs in hardware, and which layouts it can have."
           "\vCycles are exact, without stalls: from the step's start to the result (inference) or "
           "to the last weight's write (training). Memory blocks count what is stored in RAM: "
           "DP16KD of the ECP5, SB_RAM40_4K of the iCE40.",
};

static int blocks(const struct plan *plan, int (*of_memory)(const struct plan_memory *)) {
  int sum = 0;
  for (int m = 0; m < plan->memory_count; m++)
    sum += of_memory(&plan->memory[m]);
  return sum;
}

static size_t weights_of(const struct layer *layer) {
  return (size_t)layer->rows * (size_t)layer->units;
}

/* ---- text ---- */

static void show_layers(const struct net *net, const struct plan *plan) {
  printf("\n%-8s %9s %7s %9s  %-14s %-14s %-14s %8s %11s\n", "layer", "rows", "units", "weights",
         "weight", "activation", "gradient", "sum bits", "multipliers");
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    const struct format *formats[] = {&layer->weight, &layer->activation, &layer->gradient};
    printf("%-20s %9d %7d %9zu ", plan->layer[l].name, layer->rows, layer->units,
           weights_of(layer));
    for (int f = 0; f < 3; f++)
      printf(" %2d bits, %2d frac", formats[f]->bits, formats[f]->frac);
    printf(" %8d %11d\n", layer->sum_bits, plan->layer[l].multipliers);
  }
}

static void show_memories(const struct plan *plan) {
  printf("\n%-8s %9s %7s %9s %9s %9s\n", "memory", "memories", "words", "bits", "ECP5", "iCE40");
  for (int m = 0; m < plan->memory_count; m++) {
    const struct plan_memory *memory = &plan->memory[m];
    printf("%-20s %9d %7d %9d %9d %9d\n", memory->what, memory->count, memory->words, memory->bits,
           plan_blocks_ecp5(memory), plan_blocks_ice40(memory));
  }
  printf("%-8s %27ld %9d %9d\n", "all", plan->memory_bits, blocks(plan, plan_blocks_ecp5),
         blocks(plan, plan_blocks_ice40));
}

static void show_folds(const struct net *net) {
  printf("\n%-12s %9s  %s\n", "fold", "value", "legal values");
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++) {
    const char *const *words = net_fold_words(fold);
    char *legal = net_fold_text(net, fold);
    if (words)
      printf("%-12s %9s  %s\n", net_fold_name(fold), words[net->fold[fold]], legal);
    else
      printf("%-12s %9d  %s\n", net_fold_name(fold), net->fold[fold], legal);
    free(legal);
  }
}

static void show_text(const struct net *net, const struct plan *plan) {
  printf("%s: net %016" PRIx64 ", core %016" PRIx64 "\n", net->name, net->net_hash, net->core_hash);
  printf("%d cycles to infer, %d to train, %d multipliers, %zu weights\n", plan->infer_cycles,
         plan->train_cycles, plan->multipliers, net->weight_count);
  show_layers(net, plan);
  show_memories(plan);
  show_folds(net);
}

/* ---- JSON ---- */

static json_t *format_json(const struct format *format) {
  return json_pack("{s:i, s:i}", "bits", format->bits, "frac", format->frac);
}

static json_t *layers_json(const struct net *net, const struct plan *plan) {
  static const char *const kinds[] = {
      [LAYER_CONV] = "conv", [LAYER_DENSE] = "dense", [LAYER_OUTPUT] = "output"};
  json_t *layers = json_array();
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    json_array_append_new(
        layers, json_pack("{s:s, s:s, s:i, s:i, s:i, s:I, s:i, s:o, s:o, s:o, s:i, s:i, s:i}",
                          "name", plan->layer[l].name, "kind", kinds[layer->kind], "rows",
                          layer->rows, "units", layer->units, "positions", layer->positions,
                          "weights", (json_int_t)weights_of(layer), "multipliers",
                          plan->layer[l].multipliers, "weight", format_json(&layer->weight),
                          "activation", format_json(&layer->activation), "gradient",
                          format_json(&layer->gradient), "sum_bits", layer->sum_bits, "back_bits",
                          layer->back_bits, "update_bits", layer->update_bits));
  }
  return layers;
}

static json_t *memories_json(const struct plan *plan) {
  json_t *memories = json_array();
  for (int m = 0; m < plan->memory_count; m++) {
    const struct plan_memory *memory = &plan->memory[m];
    json_array_append_new(
        memories, json_pack("{s:s, s:i, s:i, s:i, s:i, s:i}", "what", memory->what, "count",
                            memory->count, "words", memory->words, "bits", memory->bits, "ecp5",
                            plan_blocks_ecp5(memory), "ice40", plan_blocks_ice40(memory)));
  }
  return memories;
}

static json_t *fold_value(enum fold fold, int value) {
  const char *const *words = net_fold_words(fold);
  return words ? json_string(words[value]) : json_integer(value);
}

static json_t *folds_json(const struct net *net) {
  json_t *json = json_object();
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++) {
    json_t *legal = json_array();
    for (int value = 0; value <= net_fold_most(net, fold); value++)
      if (net_fold_legal(net, fold, value))
        json_array_append_new(legal, fold_value(fold, value));
    json_object_set_new(
        json, net_fold_name(fold),
        json_pack("{s:o, s:o}", "value", fold_value(fold, net->fold[fold]), "legal", legal));
  }
  return json;
}

static void show_json(const struct net *net, const struct plan *plan) {
  json_show(json_pack(
      "{s:s, s:o, s:o, s:i, s:i, s:i, s:I, s:I, s:{s:i, s:i}, s:o, s:o, s:o}", "net", net->name,
      "net_hash", json_hash(net->net_hash), "core_hash", json_hash(net->core_hash), "infer_cycles",
      plan->infer_cycles, "train_cycles", plan->train_cycles, "multipliers", plan->multipliers,
      "weights", (json_int_t)net->weight_count, "memory_bits", (json_int_t)plan->memory_bits,
      "blocks", "ecp5", blocks(plan, plan_blocks_ecp5), "ice40", blocks(plan, plan_blocks_ice40),
      "memories", memories_json(plan), "folds", folds_json(net), "layers", layers_json(net, plan)));
}

int cmd_estimate(int argc, char **argv) {
  struct options options = {.json = false};
  option_parse(&argp, "engram estimate", argc, argv, &options);
  struct error err = {""};
  struct net net;
  struct plan plan;
  if (net_options_load(&options.net, &net, &err) != 0)
    return cmd_fail(&err);
  plan_make(&plan, &net);
  if (options.json)
    show_json(&net, &plan);
  else
    show_text(&net, &plan);
  return EXIT_DONE;
}
