/* cmd_import.c : `engram import`: weights from PyTorch, rounded to a network's formats.
 * SPDX-License-Identifier: MIT
 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/net_options.h"
#include "model/fixed.h"

#include <math.h>

enum { KEY_FROM = 0x200, KEY_SEED };

struct options {
  struct net_options net;
  const char *from, *output;
  uint64_t seed;
  bool json;
};

/* What became of a tensor. */
struct quantised {
  size_t weights, rounded, saturated; /* rounded: also those that were saturated */
  double largest_error;
  double largest, most; /* magnitude in the file; what the format ends at */
};

struct import {
  const struct options *options;
  struct net net;
  struct checkpoint checkpoint;
  struct quantised tensor[NET_LAYERS_MAX * NET_TENSORS_MAX];
};

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    return 0;
  case KEY_FROM:
    options->from = arg;
    return 0;
  case 'o':
    options->output = arg;
    return 0;
  case KEY_SEED:
    options->seed = option_number(state, "seed", arg, 0, UINT64_MAX);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"from", KEY_FROM, "FILE", 0,
     "safetensors of PyTorch, or of `engram train` on any device and in any formats", 2},
    {"output", 'o', "FILE", 0, "weights to write, for --load", 2},
    {"seed", KEY_SEED, "N", 0, "of the training that begins with these weights, 1 by default", 2},
    {0},
};
static const struct argp_child children[] = {{&net_options_argp, 0, "Network:", 3}, {0}};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .children = children,
    .doc = "Round weights from PyTorch to a network's formats, and say what that changes."
           "\vThe file has the tensors conv.weight, dense1.weight, dense2.weight, ..., "
           "output.weight of "
           "the network's layers (docs/pytorch.md) in float32, float64, float16 or bfloat16. What "
           "`engram train` saves "
           "needs no export: PyTorch reads it as it is. A file of Engram's, also one of another "
           "version or "
           "other formats, gives its weights and classes' names; the training begins anew.",
};

static struct quantised quantise_error(const struct tensor *tensor, const struct weights *weights) {
  struct format format = tensor->format;
  const int32_t *weight = weights_of(weights, tensor);
  const float *reals = weights_real(weights, tensor);
  int32_t low = (int32_t)fixed_low(format.bits), high = (int32_t)fixed_high(format.bits);
  struct quantised r = {.weights = net_tensor_size(tensor), .most = ldexp(high, -format.frac)};
  for (size_t i = 0; i < r.weights; i++) {
    int32_t integer = weight[i];
    double value = ldexp(integer, -format.frac);
    double real = reals ? (double)reals[i] : value;
    double error = fabs(real - value);
    r.rounded += error > 0;
    /* the nearest integer is at most half a unit away, but for those beyond the ends */
    r.saturated += (integer == low || integer == high) && error > ldexp(0.5, -format.frac);
    r.largest_error = fmax(r.largest_error, error);
    r.largest = fmax(r.largest, fabs(real));
  }
  return r;
}

static int import_weights(struct import *import, struct error *err) {
  const struct options *options = import->options;
  struct net *net = &import->net;
  struct checkpoint *checkpoint = &import->checkpoint;
  size_t inexact;
  if (net_options_load(&options->net, net, err) != 0)
    return -1;
  if (!options->from)
    return error_set(err, "--from FILE is missing");
  if (!options->output)
    return error_set(err, "--output FILE is missing");
  weights_new(&checkpoint->weights, net);
  if (checkpoint_load_weights(options->from, net, checkpoint, &inexact, err) != 0)
    return -1;
  for (int i = 0; i < net->tensor_count; i++)
    import->tensor[i] = quantise_error(&net->tensor[i], &checkpoint->weights);
  weights_drop_real(&checkpoint->weights);
  checkpoint->state = device_state_fresh(net, options->seed);
  checkpoint->place = (struct place){.seed = options->seed};
  return checkpoint_save(options->output, net, checkpoint, err);
}

static void show_json(const struct import *import) {
  json_t *layers = json_object();
  for (int i = 0; i < import->net.tensor_count; i++) {
    const struct quantised *r = &import->tensor[i];
    char title[NET_TENSOR_NAME_MAX];
    net_tensor_title(&import->net, &import->net.tensor[i], title);
    json_object_set_new(layers, title,
                        json_pack("{s:I, s:I, s:I, s:f, s:f, s:f}", "weights",
                                  (json_int_t)r->weights, "rounded", (json_int_t)r->rounded,
                                  "saturated", (json_int_t)r->saturated, "largest_error",
                                  r->largest_error, "largest", r->largest, "most", r->most));
  }
  json_show(json_pack("{s:s, s:o, s:s, s:s, s:o}", "net", import->net.name, "net_hash",
                      json_hash(import->net.net_hash), "from", import->options->from, "saved",
                      import->options->output, "layers", layers));
}

static void show(const struct import *import) {
  if (import->options->json) {
    show_json(import);
    return;
  }
  printf("layer       weights   rounded  saturated  largest error  largest weight     allowed\n");
  for (int i = 0; i < import->net.tensor_count; i++) {
    const struct quantised *r = &import->tensor[i];
    char title[NET_TENSOR_NAME_MAX];
    net_tensor_title(&import->net, &import->net.tensor[i], title);
    printf("%-8s %10zu %9zu %10zu %14.6f %15.6f %11.6f\n", title, r->weights, r->rounded,
           r->saturated, r->largest_error, r->largest, r->most);
  }
  printf("saved %s\n", import->options->output);
}

int cmd_import(int argc, char **argv) {
  struct options options = {.seed = 1};
  struct import import = {.options = &options};
  struct error err = {""};
  option_parse(&argp, "engram import", argc, argv, &options, &options.json);
  int result = import_weights(&import, &err);
  if (result == 0)
    show(&import);
  weights_free(&import.checkpoint.weights);
  return result == 0 ? EXIT_DONE : cmd_fail(&err);
}
