/* net_options.c : options that the commands share.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/net_options.h"

#include "base/file.h"
#include "cmd/cmd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct net_options *options = state->input;
  switch (key) {
  case 'n':
    options->path = arg;
    return 0;
  case 'f':
    if (options->fold_count == NET_FOLDS_MAX)
      argp_error(state, "more than %d --fold", NET_FOLDS_MAX);
    options->folds[options->fold_count++] = arg;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"net", 'n', "FILE", 0, "description of the network (docs/description.md)", 1},
    {"fold", 'f', "KEY=VALUE", 0, "override of the layout (docs/description.md); KEY is one of ",
     1},
    {0},
};

/* Adds the keys to what --fold does. */
static char *filter_help(int key, const char *text, void *input) {
  (void)input;
  if (key != 'f')
    return (char *)(uintptr_t)text;
  size_t size = strlen(text) + 1;
  for (int fold = 0; fold < FOLD_COUNT; fold++)
    size += strlen(net_fold_name((enum fold)fold)) + 2;
  char *named = memory_new(size, 1), *end = stpcpy(named, text); /* argp frees it */
  for (int fold = 0; fold < FOLD_COUNT; fold++)
    end = stpcpy(stpcpy(end, fold ? ", " : ""), net_fold_name((enum fold)fold));
  return named;
}

const struct argp net_options_argp = {
    .options = table, .parser = parse, .help_filter = filter_help};

int net_options_load(const struct net_options *options, struct net *net, struct error *err) {
  if (!options->path)
    return error_set(err, "--net FILE is missing");
  return net_load(net, options->path, options->folds, options->fold_count, err);
}

uint64_t option_number(struct argp_state *state, const char *name, const char *text, uint64_t low,
                       uint64_t high) {
  char *end = NULL;
  errno = 0;
  uint64_t value = strtoull(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno || value < low || value > high)
    argp_error(state, "--%s=%s: a whole number from %" PRIu64 " to %" PRIu64 " is expected", name,
               text, low, high);
  return value;
}

void option_view(struct argp_state *state, const char *text, enum features_view *view) {
  if (!features_find_view(text, view))
    argp_error(state, "--view=%s: spectrum or modulation is expected", text);
}

/* A command's own input, and where --json is noted. */
struct command {
  void *input;
  bool *json;
};

static error_t parse_common(int key, char *arg, struct argp_state *state) {
  (void)arg;
  const struct command *command = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = command->input;
    return 0;
  case 'j':
    *command->json = true;
    return 0;
  case 'h':
    argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
    return 0;
  case 'V':
    printf("engram %s\n", ENGRAM_VERSION);
    exit(EXIT_DONE);
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

void option_parse(const struct argp *argp, const char *name, int argc, char **argv, void *input,
                  bool *json) {
  static const struct argp_option common[] = {{"json", 'j', 0, 0, "print the result as JSON", 2},
                                              {0, 'h', 0, 0, "the same as --help", -1},
                                              {"version", 'V', 0, 0, "print the version", -1},
                                              {0}};
  const struct argp_child children[] = {{argp, 0, NULL, 0}, {0}};
  const struct argp whole = {
      .options = json ? common : common + 1, .parser = parse_common, .children = children};
  struct command command = {input, json};
  argp_err_exit_status = EXIT_BAD_INPUT;
  argv[0] = (char *)(uintptr_t)name;
  argp_parse(&whole, argc, argv, 0, NULL, &command);
}
