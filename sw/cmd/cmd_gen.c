/* cmd_gen.c : `engram gen`: the network and its training as Verilog.
 * SPDX-License-Identifier: MIT
 */
#include "beside.h"
#include "cmd/cmd.h"
#include "cmd/net_options.h"
#include "emit.h"
#include "model/checkpoint.h"

#include <jansson.h>

enum { KEY_LOAD = 0x200 };

struct options {
  struct net_options net;
  const char *folder, *prefix, *load; /* NULL without */
  bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    return 0;
  case 'o':
    options->folder = arg;
    return 0;
  case 'p':
    options->prefix = arg;
    return 0;
  case KEY_LOAD:
    options->load = arg;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"output", 'o', "DIR", 0, "folder for the core, made when missing", 2},
    {"prefix", 'p', "NAME", 0,
     "begin every name (files, modules, C symbols, FuseSoC's) with NAME instead of engram, so that "
     "several cores stand in one design",
     2},
    {"load", KEY_LOAD, "FILE", 0,
     "weights (of `engram train --save` or `engram import`) that the core has from its start; with "
     "mode: inference they cannot be written",
     2},
    {0},
};
static const struct argp_child children[] = {{&net_options_argp, 0, "Network:", 3}, {0}};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .children = children,
    .doc = "Emit a network and its training as synthesizable Verilog, with a C header of the "
           "address map, a page about "
           "the core and a file list.",
};

/* Reads --load's weights, and emits. */
static int emit(const struct options *options, const struct net *net, struct error *err) {
  if (!options->load)
    return emit_core(net, options->folder, options->prefix, NULL, err);
  struct checkpoint checkpoint = {.state = device_state_fresh(net, 1)};
  size_t inexact;
  weights_new(&checkpoint.weights, net);
  int result = checkpoint_load(options->load, net, &checkpoint, &inexact, err);
  if (result == 0 && inexact > 0)
    result = error_set(err,
                       "%s: %zu weights are not in the network's formats: `engram import` rounds "
                       "them and says what that changes",
                       options->load, inexact);
  if (result == 0)
    result = emit_core(net, options->folder, options->prefix, &checkpoint.weights, err);
  weights_free(&checkpoint.weights);
  return result;
}

int cmd_gen(int argc, char **argv) {
  struct options options = {.json = false};
  option_parse(&argp, "engram gen", argc, argv, &options, &options.json);
  struct error err = {""};
  struct net net;
  if (!options.folder)
    error_set(&err, "--output DIR is missing");
  if (err.message[0] || net_options_load(&options.net, &net, &err) || emit(&options, &net, &err))
    return cmd_fail(&err);
  if (options.json) {
    char hash[17], fusesoc[BESIDE_FUSESOC_MAX];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)net.core_hash);
    beside_fusesoc_name(fusesoc, &net, options.prefix);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s}", "net", net.name, "folder", options.folder,
                             "core_hash", hash, "prefix",
                             options.prefix ? options.prefix : "engram", "fusesoc", fusesoc);
    json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(json);
  } else
    printf("%s: core %016llx\n", options.folder, (unsigned long long)net.core_hash);
  return EXIT_DONE;
}
