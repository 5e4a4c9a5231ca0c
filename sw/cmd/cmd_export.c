/* cmd_export.c : `engram export`: weights as C arrays and as hexadecimal words, for other people's
 * tools. SPDX-License-Identifier: MIT
 */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/net_options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct options {
  struct net_options net;
  struct weights_options weights;
  const char *folder;
};

enum { KEY_LOAD = 0x200 };

static error_t parse(int key, char *arg, struct argp_state *state) {
  struct options *options = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &options->net;
    return 0;
  case KEY_LOAD:
    options->weights.path = arg;
    return 0;
  case 'o':
    options->folder = arg;
    return 0;
  case 'V':
    option_version();
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option table[] = {
    {"load", KEY_LOAD, "FILE", 0, "weights, of `engram train` or `engram import`", 1},
    {"output", 'o', "DIR", 0, "folder for the files, made when missing", 1},
    OPTION_VERSION,
    {0},
};
static const struct argp_child children[] = {{&net_options_argp, 0, "Network:", 1}, {0}};
static const struct argp argp = {
    .options = table,
    .parser = parse,
    .children = children,
    .doc = "Write weights as C arrays and as hexadecimal words."
           "\vweights.h has an array NAME_layerL[rows][columns] for each layer, of the smallest "
           "integers that hold them, and conv.hex, dense1.hex, ..., output.hex have a word a line "
           "for $readmemh, row by row (docs/formats.md).",
};

/* The net's name as a C identifier. */
static char *identifier(const char *name) {
  char *text = NULL;
  if (asprintf(&text, "%s%s", isdigit((unsigned char)name[0]) ? "_" : "", name) < 0)
    abort();
  for (char *c = text; *c; c++)
    if (!isascii((unsigned char)*c) || !isalnum((unsigned char)*c))
      *c = '_';
  return text;
}

static void write_array(FILE *f, const struct net *net, const struct weights *weights,
                        const char *name, int l) {
  const struct layer *layer = &net->layer[l];
  int bits = layer->word.bits;
  fprintf(f, "\n/* %s: %d inputs x %d units, %d bits: a weight is the integer over 2^%d. */\n",
          layer->name, layer->rows, layer->units, bits, layer->word.frac);
  fprintf(f, "static const int%d_t %s_layer%d[%d][%d] = {\n",
          bits <= 8    ? 8
          : bits <= 16 ? 16
                       : 32,
          name, l, layer->rows, layer->units);
  const int32_t *weight = weights->layer[l];
  for (int row = 0; row < layer->rows; row++) {
    fprintf(f, "  {");
    for (int unit = 0; unit < layer->units; unit++)
      fprintf(f, "%s%d", unit ? ", " : "", (int)*weight++);
    fprintf(f, "},\n");
  }
  fprintf(f, "};\n");
}

static void write_header(FILE *f, const struct net *net, const struct weights *weights) {
  char *name = identifier(net->name);
  fprintf(
      f,
      "/* Weights of a net %016llX, by `engram export` %s: row by row as docs/interface.md has\n"
      " * them. Rows of a convolution are taps, its columns filters; rows of a dense layer are\n"
      " * inputs (behind a convolution position by position, filters innermost), columns units.\n"
      " */\n#include <stdint.h>\n",
      (unsigned long long)net->net_hash, ENGRAM_VERSION);
  for (int l = 0; l < net->layer_count; l++)
    write_array(f, net, weights, name, l);
  free(name);
}

static void write_words(FILE *f, const struct net *net, const struct weights *weights, int l) {
  const struct layer *layer = &net->layer[l];
  int bits = layer->word.bits;
  uint32_t mask = UINT32_MAX >> (32 - bits);
  fprintf(f,
          "// %s of a net %016llX: %d rows of %d words, row by row. Two's complement of %d bits:\n"
          "// a weight is the integer over 2^%d.\n",
          layer->name, (unsigned long long)net->net_hash, layer->rows, layer->units, bits,
          layer->word.frac);
  for (size_t i = 0; i < weights->count[l]; i++)
    fprintf(f, "%0*x\n", (bits + 3) / 4, (unsigned)((uint32_t)weights->layer[l][i] & mask));
}

/* One file of the folder: the header (layer -1) or a layer's words. */
static int write_file(const char *folder, const struct net *net, const struct weights *weights,
                      int l, struct error *err) {
  char name[sizeof net->layer[0].name + sizeof ".hex"] = "weights.h";
  if (l >= 0)
    snprintf(name, sizeof name, "%s.hex", net->layer[l].name);
  char *path = path_join(folder, name);
  struct output out;
  FILE *f = output_open(&out, path, err);
  free(path);
  if (!f)
    return -1;
  if (l < 0)
    write_header(f, net, weights);
  else
    write_words(f, net, weights, l);
  return output_commit(&out, err);
}

static int export_weights(const struct options *options, const struct net *net,
                          const struct weights *weights, struct error *err) {
  struct staging staging;
  if (staging_open(&staging, options->folder, err) != 0)
    return -1;
  for (int l = -1; l < net->layer_count; l++)
    if (write_file(staging.path, net, weights, l, err) != 0) {
      staging_abort(&staging);
      return -1;
    }
  return staging_commit(&staging, err);
}

int cmd_export(int argc, char **argv) {
  struct options options = {.folder = NULL};
  option_parse(&argp, "engram export", argc, argv, &options);
  struct error err = {""};
  struct net net;
  struct checkpoint checkpoint = {.place = {.seed = 0}};
  int result = net_options_load(&options.net, &net, &err);
  if (result == 0 && !options.folder)
    result = error_set(&err, "--output DIR is missing");
  if (result == 0) {
    weights_new(&checkpoint.weights, &net);
    result = weights_options_load(&options.weights, &net, &checkpoint, &err);
    if (result == 0)
      result = export_weights(&options, &net, &checkpoint.weights, &err);
    weights_free(&checkpoint.weights);
  }
  if (result != 0)
    return cmd_fail(&err);
  printf("%s: %zu weights of %d layers\n", options.folder, net.weight_count, net.layer_count);
  return EXIT_DONE;
}
