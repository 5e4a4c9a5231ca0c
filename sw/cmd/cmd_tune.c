/* cmd_tune.c : `engram tune`: binary points for a network and its data.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/cmd.h"
#include "cmd/train_start.h"
#include "train/tune.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_SEED = 0x200, KEY_SEEDS, KEY_EPOCHS, KEY_ROUNDS };
enum { EPOCHS_USUAL = 20, SEEDS_USUAL = 3, ROUNDS_USUAL = 2, ROUNDS_MAX = 100 };

struct options {
  struct net_options net;
  struct data_options data;
  const char *output;
  uint64_t seed;
  uint32_t epochs;
  int seeds, rounds;
  bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    state->child_inputs[1] = &options->data;
    return 0;
  case 'o':
    options->output = arg;
    return 0;
  case KEY_SEED:
    options->seed = option_number(state, "seed", arg, 0, UINT64_MAX - TUNE_SEEDS_MAX);
    return 0;
  case KEY_SEEDS:
    options->seeds = (int)option_number(state, "seeds", arg, 2, TUNE_SEEDS_MAX);
    return 0;
  case KEY_EPOCHS:
    options->epochs = (uint32_t)option_number(state, "epochs", arg, 1, TRAIN_EPOCHS_MAX);
    return 0;
  case KEY_ROUNDS:
    options->rounds = (int)option_number(state, "rounds", arg, 0, ROUNDS_MAX);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"output", 'o', "FILE", 0, "description to write, with the binary points that were found", 2},
    {"seed", KEY_SEED, "N", 0, "of the split and of the first training, 1 by default", 2},
    {"seeds", KEY_SEEDS, "N", 0, "trainings of a proposal: seeds N, N+1, ...; 3 by default", 2},
    {"epochs", KEY_EPOCHS, "N", 0, "of a training, 20 by default", 2},
    {"rounds", KEY_ROUNDS, "N", 0,
     "how often the search goes over all words, 2 by default; 0: the twin's ranges alone", 2},
    {0},
};
static const struct argp_child children[] = {
    {&net_options_argp, 0, "Network:", 1}, {&data_options_argp, 0, "Pictures:", 1}, {0}};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .children = children,
    .doc = "Find binary points for a network and its data."
           "\vBits, init, biases and all else stay as described. First the floating-point twin is "
           "trained, "
           "and each word gets the point with which at most one in a thousand of the twin's "
           "numbers is beyond it; the better of these and the description's own is where the "
           "search begins. It moves one point after the other by a place, trains --seeds nets "
           "anew on the model, and keeps what lowers the validation loss by more than its standard "
           "error. The pictures of the test are not looked at. A proposal costs --seeds trainings; "
           "there are about six proposals a layer and round.",
};

/* ---- what it says ---- */

struct say {
  const struct options *options;
  json_t *trials; /* NULL: text */
};

static void say_training(void *context, int done) {
  (void)context;
  cmd_progress("trainings", (size_t)done, (size_t)done + 1);
}

static void say_trial(void *context, const struct net *best, int l, enum tune_word word, int frac,
                      const struct tune_score *score, const struct tune_difference *difference,
                      bool kept) {
  struct say *say = context;
  const char *layer = best->layer[l].name;
  int from = tune_frac(best, l, word);
  if (say->trials)
    json_array_append_new(say->trials,
                          json_pack("{s:s, s:s, s:i, s:i, s:f, s:f, s:f, s:b}", "layer", layer,
                                    "word", tune_word_names[word], "from", from, "frac", frac,
                                    "loss", score->loss, "difference", difference->mean, "error",
                                    difference->error, "kept", kept));
  else
    printf("%-8s %-12s frac %2d -> %2d   %.4f   %+.4f +- %.4f%s\n", layer, tune_word_names[word],
           from, frac, score->loss, difference->mean, difference->error, kept ? "   kept" : "");
  fflush(stdout);
}

static void show_score(const char *what, const struct tune_score *score) {
  printf("%-24s loss %.4f, accuracy %.1f %%\n", what, score->loss, score->accuracy * 100);
  fflush(stdout);
}

static json_t *score_json(const struct tune_score *score) {
  return json_pack("{s:f, s:f}", "loss", score->loss, "accuracy", score->accuracy);
}

/* ---- the work ---- */

struct found {
  struct net net;
  struct tune_score given, ranges, twin, tuned;
};

static int tune_all(struct tune *tune, const struct options *options, const struct net *net,
                    struct found *found, struct error *err) {
  struct net ranges = *net;
  if (tune_measure(tune, net, "twin", &found->twin, err) != 0)
    return -1;
  if (!options->json)
    show_score("twin", &found->twin);
  if (tune_measure(tune, net, "golden", &found->given, err) != 0)
    return -1;
  if (!options->json)
    show_score("as described", &found->given);
  if (tune_from_ranges(tune, &ranges, err) != 0 ||
      tune_measure(tune, &ranges, "golden", &found->ranges, err) != 0)
    return -1;
  if (!options->json)
    show_score("from the twin's ranges", &found->ranges);
  bool given = found->given.loss <= found->ranges.loss;
  found->net = given ? *net : ranges;
  found->tuned = given ? found->given : found->ranges;
  if (tune_search(tune, &found->net, &found->tuned, err) != 0)
    return -1;
  if (!options->json)
    show_score("tuned", &found->tuned);
  return 0;
}

/* Before long work. */
static int check_output(const char *path, struct error *err) {
  struct output output;
  if (!path)
    return error_set(err, "--output FILE is missing");
  if (!output_open(&output, path, err))
    return -1;
  output_abort(&output);
  return 0;
}

static int write_description(const char *path, const struct net *net, struct error *err) {
  struct output output;
  FILE *file = output_open(&output, path, err);
  if (!file)
    return -1;
  char *text = net_text(net);
  fputs(text, file);
  free(text);
  return output_commit(&output, err);
}

static int run(const struct options *options, struct training *training, struct error *err) {
  if (train_options_both(training->options))
    return error_set(err, "--split: found both, allowed one of them");
  if (training_prepare(training, err) != 0 || check_output(options->output, err) != 0)
    return -1;
  data_options_say(&training->classes, &training->data);
  struct say say = {options, options->json ? json_array() : NULL};
  struct tune tune = {.data = &training->data,
                      .parts = training->parts[0],
                      .seed = options->seed,
                      .seeds = options->seeds,
                      .epochs = options->epochs,
                      .rounds = options->rounds,
                      .watch = {&say, say_training, say_trial}};
  struct found found;
  int status = tune_all(&tune, options, &training->net, &found, err);
  if (status == 0)
    status = write_description(options->output, &found.net, err);
  if (status == 0 && options->json)
    json_show(json_pack("{s:s, s:i, s:o, s:o, s:o, s:o, s:O}", "output", options->output,
                        "trainings", tune.trainings, "twin", score_json(&found.twin), "described",
                        score_json(&found.given), "ranges", score_json(&found.ranges), "tuned",
                        score_json(&found.tuned), "trials", say.trials));
  else if (status == 0)
    printf("%d trainings; wrote %s\n", tune.trainings, options->output);
  json_decref(say.trials);
  return status;
}

int cmd_tune(int argc, char **argv) {
  struct options options = {
      .seed = 1, .epochs = EPOCHS_USUAL, .seeds = SEEDS_USUAL, .rounds = ROUNDS_USUAL};
  struct error err = {""};
  option_parse(&argp, "engram tune", argc, argv, &options, &options.json);
  struct train_options train = {.net = options.net,
                                .data = options.data,
                                .epochs = options.epochs,
                                .seed = options.seed,
                                .rate = -1};
  struct training training = {.options = &train};
  int status = run(&options, &training, &err) == 0 ? EXIT_DONE : cmd_fail(&err);
  training_free(&training);
  return status;
}
