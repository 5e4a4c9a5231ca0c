/* net_options.c : options that the commands share.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/net_options.h"

#include "cmd/cmd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

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
    {"fold", 'f', "KEY=VALUE", 0,
     "override of the layout: positions, filters, lanes or output_lanes", 1},
    {0},
};

const struct argp net_options_argp = {.options = table, .parser = parse};

int net_options_load(const struct net_options *options, struct net *net, struct error *err) {
  if (!options->path)
    return error_set(err, "--net FILE is missing");
  return net_load(net, options->path, options->folds, options->fold_count, err);
}

void option_version(void) {
  printf("engram %s\n", ENGRAM_VERSION);
  exit(EXIT_DONE);
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

void option_parse(const struct argp *argp, const char *name, int argc, char **argv, void *input) {
  argp_err_exit_status = EXIT_BAD_INPUT;
  argv[0] = (char *)(uintptr_t)name;
  argp_parse(argp, argc, argv, 0, NULL, input);
}
