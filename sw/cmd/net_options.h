/* net_options.h : the options --net and --fold, which most commands share, as an argp child.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_CMD_NET_OPTIONS_H
#define ENGRAM_CMD_NET_OPTIONS_H

#include "net/net.h"
#include "sound/features.h"

#include <argp.h>

enum { NET_FOLDS_MAX = 16 };

struct net_options {
  const char *path; /* NULL: not given */
  const char *folds[NET_FOLDS_MAX];
  size_t fold_count;
};

/* The child's input is a `struct net_options`, zeroed. */
extern const struct argp net_options_argp;

/* Loads the net that the options name; --net is required. Returns 0 or -1. */
int net_options_load(const struct net_options *options, struct net *net, struct error *err);

/* Parses a number in [low, high]; anything else ends the program through argp with what is allowed.
 */
uint64_t option_number(struct argp_state *state, const char *name, const char *text, uint64_t low,
                       uint64_t high);

/* "spectrum" or "modulation"; anything else ends the program through argp with what is allowed. */
void option_view(struct argp_state *state, const char *text, enum features_view *view);

/* argp_parse of a command's own options and of those that all commands have: -h, --version and,
 * unless `json` is NULL, --json, which is noted there. The exit status for a wrong option is
 * EXIT_BAD_INPUT. `name` is "engram train", `input` what `argp` takes; a command's own options are
 * of group 2 at least. */
void option_parse(const struct argp *argp, const char *name, int argc, char **argv, void *input,
                  bool *json);

#endif
