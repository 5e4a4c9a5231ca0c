/* train_options.c : the command line of `engram train`.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/train_options.h"

#include <stdlib.h>
#include <string.h>

enum {
  KEY_EPOCHS = 0x200,
  KEY_STEPS,
  KEY_SEED,
  KEY_RATE,
  KEY_FREEZE,
  KEY_PARTS,
  KEY_RESTART,
  KEY_HALVE,
  KEY_AUGMENT,
  KEY_PATIENCE,
  KEY_LOG,
  KEY_BALANCE
};

/* "5,8" */
static void parse_halve(struct train_options *options, const char *text, struct argp_state *state) {
  uint32_t before = 0;
  char *list = strdup(text), *rest = list;
  options->halve_count = 0;
  for (char *name; (name = strsep(&rest, ",")); options->halve_count++) {
    if (options->halve_count == TRAIN_HALVES_MAX)
      argp_error(state, "--halve=%s: at most %d epochs are expected", text, TRAIN_HALVES_MAX);
    before = (uint32_t)option_number(state, "halve", name, before + 1, TRAIN_EPOCHS_MAX);
    options->halve[options->halve_count] = before;
  }
  free(list);
}

static error_t parse_number(int key, char *arg, struct argp_state *state) {
  struct train_options *options = state->input;
  switch (key) {
  case KEY_EPOCHS:
    options->epochs = (uint32_t)option_number(state, "epochs", arg, 0, TRAIN_EPOCHS_MAX);
    return 0;
  case KEY_STEPS:
    options->steps = option_number(state, "steps", arg, 0, UINT32_MAX);
    options->untrained = options->steps == 0;
    return 0;
  case KEY_SEED:
    options->seed = option_number(state, "seed", arg, 0, UINT64_MAX);
    options->seed_given = true;
    return 0;
  case KEY_RATE:
    options->rate = (int)option_number(state, "rate", arg, 0, NET_RATE_MAX);
    return 0;
  case KEY_PATIENCE:
    options->patience = (uint32_t)option_number(state, "patience", arg, 1, TRAIN_EPOCHS_MAX);
    return 0;
  case KEY_HALVE:
    parse_halve(options, arg, state);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct train_options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    state->child_inputs[1] = &options->data;
    state->child_inputs[2] = &options->weights;
    state->child_inputs[3] = &options->report;
    return 0;
  case ARGP_KEY_END:
    if (options->untrained)
      options->epochs = 0;
    return 0;
  case 's':
    options->save = arg;
    return 0;
  case KEY_FREEZE:
    options->freeze = arg;
    return 0;
  case KEY_PARTS:
    options->parts = arg;
    return 0;
  case KEY_AUGMENT:
    options->augment = arg;
    return 0;
  case KEY_LOG:
    options->log = arg;
    return 0;
  case KEY_BALANCE:
    options->balance = true;
    return 0;
  case KEY_RESTART:
    options->restart = true;
    return 0;
  default:
    return parse_number(key, arg, state);
  }
}

static const struct argp_option table[] = {
    {"save", 's', "FILE", 0,
     "keep the last state there, and the weights that were best on validation in FILE.best; both "
     "are written after each epoch (on sim and on a board, after one that is not the best only "
     "where reading the weights costs less than a tenth of the time) and at the end",
     2},
    {"log", KEY_LOG, "FILE.csv", 0,
     "write a line for each epoch as it ends; with --load go on in that file behind its line of "
     "the weights' epoch",
     2},
    {"patience", KEY_PATIENCE, "N", 0,
     "end when N epochs in a row were not better on validation than the best before them", 2},
    {"restart", KEY_RESTART, 0, 0, "of --load take the weights only and begin with epoch 1", 2},
    {"epochs", KEY_EPOCHS, "N", 0, "train until N epochs are finished in all, 30 by default", 2},
    {"steps", KEY_STEPS, "N", 0,
     "stop after N training steps at the latest; 0 keeps what a training begins with", 2},
    {"seed", KEY_SEED, "N", 0,
     "of all that is drawn: initial weights, split, order, dropout, --augment; 1 by default", 2},
    {"rate", KEY_RATE, "R", 0,
     "learning rate 2^-R, the description's by default; with --load in place of the file's", 2},
    {"halve", KEY_HALVE, "EPOCHS", 0,
     "halve the learning rate when these epochs are finished, as 5,8; not below 2^-15", 2},
    {"augment", KEY_AUGMENT, "HOW", 0,
     "train on pictures that are changed anew in each epoch: shift=N moves them by up to N pixels "
     "up, down, left and right, mirror flips one of two left to right; both as shift=1,mirror",
     2},
    {"balance", KEY_BALANCE, 0, 0,
     "draw each class equally often: an epoch has as many steps as without, pictures of small "
     "classes several times, of large ones a part in turn",
     2},
    {"freeze", KEY_FREEZE, "LAYERS", 0,
     "layers that do not learn: conv, dense1, output; or none; the description's by default; with "
     "--load in place of the file's",
     2},
    {"parts", KEY_PARTS, "FILE", 0,
     "write which picture is in which part, as CSV (of the first split)", 2},
    {0},
};
static const struct argp_child children[] = {{&net_options_argp, 0, "Network:", 1},
                                             {&data_options_argp, 0, "Pictures:", 1},
                                             {&weights_options_argp, 0, "Weights:", 1},
                                             {&report_options_argp, 0, "Report:", 1},
                                             {0}};
const struct argp train_options_argp = {
    .options = table,
    .parser = parse,
    .children = children,
    .doc = "Train a network. Shows loss and accuracy by epoch, and at the end those of the test "
           "pictures with the weights that were best on validation."
           "\v80 % of the pictures are trained on, 10 % choose the epoch, 10 % are the test; where "
           "--test or t10k-... files name the test, 90 % of the others are trained on. A "
           "training that was stopped (Ctrl-C, --steps) and saved goes on with --load, on any "
           "device, with the same bits as if it had not been stopped: seed, split, learning rate "
           "and frozen layers are the file's (--rate and --freeze change the last two), --halve, "
           "--augment, --balance, --patience, --test and --rotation are named again.",
};

bool train_options_both(const struct train_options *options) {
  return options->data.split.by && strcmp(options->data.split.by, "both") == 0;
}

const char *train_options_device(const struct train_options *options) {
  return options->weights.device ? options->weights.device : "golden";
}
