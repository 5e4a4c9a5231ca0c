/* test_net.c : descriptions are read, derived and refused as docs/description.md says.
 * SPDX-License-Identifier: MIT
 *
 * Runs in the repository's root: reads nets/.
 */
#include "base/file.h"
#include "net/net.h"
#include "net/weights.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "nets.h"

/* A good description; the bad ones each differ from it in one place. */
static const char good[] =
    "name: demo\n"                                                            /* line 1 */
    "input: {height: 10, width: 12, offset: 128, frac: 6}\n"                  /* 2 */
    "layers:\n"                                                               /* 3 */
    "  - conv: {filters: 4, kernel: [3, 5], weights: {bits: 16, frac: 14}}\n" /* 4 */
    "  - dense: {units: 12, relu: true, gradients: {bits: 16, frac: 15}}\n"   /* 5 */
    "  - output: {classes: 3, activations: {bits: 16, frac: 9}}\n"            /* 6 */
    "training: {rate: 8, rounding: nearest}\n"                                /* 7 */
    "layout: {positions: 4, filters: 2, lanes: 6, output_lanes: 3}\n";        /* 8 */

static int setup(void **state) {
  *state = scratch_make();
  return *state ? 0 : -1;
}

static int teardown(void **state) {
  return scratch_remove(*state);
}

/* Loads a text as a file; the message has the folder cut off: "net.yaml:line:column: ...". */
static int load_text(const char *folder, const char *text, size_t size, const char *fold,
                     struct net *net, char message[1024]) {
  struct error err = {0};
  char *path = path_join(folder, "net.yaml");
  assert_int_equal(scratch_write(path, text, size), 0);
  int status = net_load(net, path, &fold, fold != NULL, &err);
  const char *cut = strstr(err.message, folder);
  snprintf(message, 1024, "%s", cut == err.message ? cut + strlen(folder) + 1 : err.message);
  assert_int_equal(status, err.message[0] ? -1 : 0);
  free(path);
  return status;
}

/* `good` with the first `from` replaced by `to`. */
static char *changed(const char *from, const char *to) {
  const char *at = strstr(good, from);
  assert_non_null(at);
  char *text = NULL;
  assert_true(asprintf(&text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from)) > 0);
  return text;
}

static struct net load_changed(const char *folder, const char *from, const char *to) {
  struct net net;
  char message[1024];
  char *text = changed(from, to);
  load_text(folder, text, strlen(text), NULL, &net, message);
  assert_string_equal(message, "");
  free(text);
  return net;
}

static struct net load_file(const char *path) {
  struct net net;
  struct error err = {0};
  net_load(&net, path, NULL, 0, &err);
  assert_string_equal(err.message, "");
  return net;
}

/* ---- good descriptions ---- */

static void assert_format(struct format found, int bits, int frac) {
  assert_int_equal(found.bits, bits);
  assert_int_equal(found.frac, frac);
}

static void test_paper(void **state) {
  (void)state;
  struct net net = load_file("nets/paper.yaml");
  assert_string_equal(net.name, "paper");
  assert_int_equal(net.layer_count, 3);
  assert_int_equal(net.classes, 2);
  assert_int_equal(net.pixel_bits, 8);
  assert_int_equal(net.weight_count, 16 * 3 + 1875 * 64 + 64 * 2);
  assert_int_equal(net.dropout_bits, 32);
  assert_int_equal(net.position_bits, 19);
  assert_int_equal(net.layer_bits, 2);
  assert_int_equal(net.row_bits, 11);
  assert_int_equal(net.column_bits, 6);
  assert_int_equal(net.rate, 8);
  assert_int_equal(net.rounding, ROUND_NEAREST);
  assert_int_equal(net.random_bits, 0);
  const int folds[FOLD_COUNT] = {1, 1, 16, 64, 2};
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++)
    assert_int_equal(net.fold[fold], folds[fold]);

  const struct layer *conv = &net.layer[0], *dense = &net.layer[1], *output = &net.layer[2];
  assert_int_equal(conv->rows, 16);
  assert_int_equal(conv->positions, 625);
  assert_int_equal(conv->conv.out_height, 25);
  assert_int_equal(conv->conv.out_width, 25);
  assert_int_equal(conv->outputs, 1875);
  assert_int_equal(dense->rows, 1875);
  assert_int_equal(dense->outputs, 64);
  assert_int_equal(output->rows, 64);
  assert_int_equal(output->positions, 1);
  assert_format(conv->input, 8, 6);
  assert_format(dense->input, 16, 12);
  assert_format(output->input, 16, 10);

  const int sum_bits[] = {28, 42, 38}, back_bits[] = {0, 38, 33}, update_bits[] = {33, 32, 32};
  const int sum_shift[] = {6 + 14 - 12, 12 + 16 - 10, 10 + 15 - 9};
  const int back_shift[] = {0, 16 + 15 - 16, 15 + 15 - 15};
  const int update_shift[] = {6 + 16 - 14, 12 + 15 - 16, 10 + 15 - 15};
  for (int l = 0; l < 3; l++) {
    assert_int_equal(net.layer[l].sum_bits, sum_bits[l]);
    assert_int_equal(net.layer[l].back_bits, back_bits[l]);
    assert_int_equal(net.layer[l].update_bits, update_bits[l]);
    assert_int_equal(net.layer[l].sum_shift, sum_shift[l]);
    assert_int_equal(net.layer[l].back_shift, back_shift[l]);
    assert_int_equal(net.layer[l].update_shift, update_shift[l]);
  }
}

static void test_paper8(void **state) {
  (void)state;
  struct net net = load_file("nets/paper8.yaml");
  const int sum_bits[] = {20, 26, 22}, back_bits[] = {0, 22, 17}, update_bits[] = {25, 16, 16};
  const int shifts[3][3] = {{7, 0, 8}, {12, 9, 2}, {2, 8, 2}};
  assert_int_equal(net.rounding, ROUND_STOCHASTIC);
  assert_int_equal(net.random_bits, 8);
  assert_int_equal(net.position_bits, 19);
  for (int l = 0; l < 3; l++) {
    assert_int_equal(net.layer[l].sum_bits, sum_bits[l]);
    assert_int_equal(net.layer[l].back_bits, back_bits[l]);
    assert_int_equal(net.layer[l].update_bits, update_bits[l]);
    assert_int_equal(net.layer[l].sum_shift, shifts[l][0]);
    assert_int_equal(net.layer[l].back_shift, shifts[l][1]);
    assert_int_equal(net.layer[l].update_shift, shifts[l][2]);
  }
}

static void test_small_nets(void **state) {
  (void)state;
  struct net tiny = load_file("nets/tiny.yaml"), tiny8 = load_file("nets/tiny8.yaml");
  assert_int_equal(tiny.layer[0].conv.kernel_height, 3); /* one number for both */
  assert_int_equal(tiny.layer[0].conv.kernel_width, 3);
  assert_int_equal(tiny.weight_count, 9 * 2 + 72 * 12 + 12 * 3);
  assert_int_equal(tiny8.layer[0].conv.out_height, 6);
  assert_int_equal(tiny8.layer[0].conv.out_width, 7);
  assert_int_equal(tiny8.layer[0].rows, 6);
  assert_int_equal(tiny8.weight_count, 6 * 3 + 126 * 8 + 8 * 2);
}

static struct net load_layers(const char *folder, const char *layers, const char *rest) {
  struct net net;
  char message[1024], *text = NULL;
  assert_true(asprintf(&text, "name: a\ninput: {height: 28, width: 28}\nlayers: [%s]\n%s", layers,
                       rest) > 0);
  load_text(folder, text, strlen(text), NULL, &net, message);
  assert_string_equal(message, "");
  free(text);
  return net;
}

#define PAPER "conv: {filters: 3, kernel: 4}, dense: {units: 64}, output: {classes: 2}"

static void test_defaults(void **state) {
  struct net net = load_layers(
      *state, "conv: {filters: 1, kernel: 4}, dense: {units: 96}, output: {classes: 10}", "");
  assert_int_equal(net.pixel_offset, 128);
  assert_int_equal(net.pixel_frac, 6);
  assert_int_equal(net.rate, 8);
  assert_int_equal(net.rounding, ROUND_NEAREST);
  const int folds[FOLD_COUNT] = {1, 1, 16, 64, 10}; /* 64 of 96 lanes */
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++)
    assert_int_equal(net.fold[fold], folds[fold]);
  assert_true(net.layer[1].relu);
  assert_true(net.layer[1].dropout);
  for (int l = 0; l < 3; l++) {
    assert_int_equal(net.layer[l].storage, STORAGE_RAM);
    assert_false(net.layer[l].freeze);
  }
  net = load_changed(*state, "rounding: nearest", "rounding: truncate");
  assert_int_equal(net.rounding, ROUND_TRUNCATE);
  net = load_changed(*state, "rounding: nearest", "rounding: stochastic, random_bits: 9");
  assert_format(net.layer[0].word, 16, 14); /* the weight's own */
  assert_int_equal(net.layer[0].update_random_bits, 9);
  assert_int_equal(net.hash_bits, 9);
  net = load_changed(*state, "relu: true", "relu: false, dropout: false");
  assert_false(net.layer[1].relu);
  assert_false(net.layer[1].dropout);
  assert_int_equal(net.dropout_bits, 0);
  net = load_changed(*state, "offset: 128", "offset: 0");
  assert_int_equal(net.pixel_bits, 9);
  net = load_changed(*state, "offset: 128", "offset: 255");
  assert_int_equal(net.pixel_bits, 9);
}

static void assert_pixels(const struct net *net, int depth, int threshold, int offset, int frac,
                          int bits) {
  assert_int_equal(net->pixel_depth, depth);
  assert_int_equal(net->pixel_threshold, threshold);
  assert_int_equal(net->pixel_offset, offset);
  assert_int_equal(net->pixel_frac, frac);
  assert_int_equal(net->pixel_bits, bits);
  int zero = net_pixel_zero(net), least = net_pixel(net, 0), most = net_pixel(net, 255);
  assert_int_equal(net_pixel(net, zero), 0);
  assert_true(least >= -(1 << (bits - 1)) && most < 1 << (bits - 1));
  for (int byte = 1; byte < 256; byte++)
    assert_in_range(net_pixel(net, byte) - net_pixel(net, byte - 1), 0, 1);
}

/* Bits of a byte and what they stand for; what goes without saying. */
static void test_pixels(void **state) {
  static const char said[] = "offset: 128, frac: 6";
  struct net net = load_changed(*state, said, "frac: 6");
  assert_pixels(&net, 8, 0, 128, 6, 8);
  net = load_changed(*state, said, "bits: 4");
  assert_pixels(&net, 4, 0, 8, 2, 4);
  net = load_changed(*state, said, "bits: 4, offset: 0, frac: 4");
  assert_pixels(&net, 4, 0, 0, 4, 5);
  net = load_changed(*state, said, "bits: 2");
  assert_pixels(&net, 2, 0, 2, 0, 2);
  net = load_changed(*state, said, "bits: 1");
  assert_pixels(&net, 1, 128, 0, 0, 2);
  net = load_changed(*state, said, "threshold: 1");
  assert_pixels(&net, 1, 1, 0, 0, 2);
  assert_int_equal(net_pixel(&net, 0), 0);
  assert_int_equal(net_pixel(&net, 1), 1);
  net = load_changed(*state, said, "bits: 1, threshold: 255, offset: 1, frac: 3");
  assert_pixels(&net, 1, 255, 1, 3, 2);
}

/* A share is the nearest multiple of 1/16; what is kept is a fraction in its lowest terms. Of what
 * it drops one by one there may be an odd number. */
static void test_dropout(void **state) {
  static const struct {
    const char *text;
    bool dropout;
    int dropped, factor, shift, scale_bits, bits;
  } cases[] = {
      {"true", true, 0, 1, 1, 0, 6},
      {"false", false, 0, 1, 0, 0, 0},
      {"0.3", true, 5, 11, 4, 4, 48},
      {"0.5", true, 8, 1, 1, 0, 48},
      {"0.7", true, 11, 5, 4, 4, 48},
      {"0.03125", true, 1, 15, 4, 4, 48},
      {"0.0625", true, 1, 15, 4, 4, 48},
      {"0.125", true, 2, 7, 3, 3, 48},
      {"0.25", true, 4, 3, 2, 2, 48},
      {"0.281", true, 4, 3, 2, 2, 48},
      {".2813", true, 5, 11, 4, 4, 48},
      {"0.75", true, 12, 1, 2, 2, 48},
      {"0.9374999", true, 15, 1, 4, 4, 48},
      {"0.9687", true, 15, 1, 4, 4, 48},
      {"0.30, units: 13", true, 5, 11, 4, 4, 52},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char to[64];
    bool units = strstr(cases[i].text, "units");
    snprintf(to, sizeof to, units ? "dropout: %s" : "units: 12, dropout: %s", cases[i].text);
    struct net net = load_changed(*state, "units: 12", to);
    const struct layer *layer = &net.layer[1];
    assert_int_equal(layer->dropout, cases[i].dropout);
    assert_int_equal(layer->dropped, cases[i].dropped);
    assert_int_equal(layer->keep_factor, cases[i].factor);
    assert_int_equal(layer->keep_shift, cases[i].shift);
    assert_int_equal(layer->scale_bits, cases[i].scale_bits);
    assert_int_equal(net.dropout_bits, cases[i].bits);
    assert_int_equal(net_drops_pairs(layer), !strcmp(cases[i].text, "true"));
    assert_int_equal(net_drops_units(layer), cases[i].dropped > 0);
  }
}

/* docs/description.md, "Formats": the rule, and what is described beside it. */
static void test_default_formats(void **state) {
  static const struct {
    const char *layers;
    int layer;
    int weight, init, activation, gradient;
  } cases[] = {
      /* the paper's binary points */
      {PAPER, 0, 14, -2, 12, 16},
      {PAPER, 1, 16, -3, 10, 15},
      {PAPER, 2, 15, -2, 9, 15},
      /* rows in front and behind */
      {"dense: {units: 16}, output: {classes: 2}", 0, 16, -3, 10, 14},
      {"dense: {units: 16}, output: {classes: 2}", 1, 14, -1, 9, 15},
      {"dense: {units: 1024}, output: {classes: 2}", 0, 16, -3, 10, 16},
      {"dense: {units: 1024}, output: {classes: 2}", 1, 16, -4, 9, 15},
      {"output: {classes: 2}", 0, 16, -4, 9, 15},
      /* dropout in front, and a ReLU of its own */
      {"dense: {units: 64}, dense: {units: 8}, output: {classes: 2}", 1, 15, -1, 10, 14},
      {"dense: {units: 128}, dense: {units: 8}, output: {classes: 2}", 1, 15, -1, 10, 14},
      {"dense: {units: 128, dropout: false}, dense: {units: 8}, output: {classes: 2}", 1, 15, -2,
       10, 14},
      {"dense: {units: 128}, dense: {units: 8, relu: false}, output: {classes: 2}", 1, 15, -2, 10,
       14},
      /* 56, 127, 128 and 8 rows stay */
      {"dense: {units: 128, dropout: 0.56}, dense: {units: 8}, output: {classes: 2}", 1, 15, -1, 10,
       14},
      {"dense: {units: 136, dropout: 0.0625}, dense: {units: 8}, output: {classes: 2}", 1, 15, -1,
       10, 14},
      {"dense: {units: 137, dropout: 0.0625}, dense: {units: 8}, output: {classes: 2}", 1, 15, -2,
       10, 14},
      {"dense: {units: 128, dropout: 0.9375}, dense: {units: 8}, output: {classes: 2}", 1, 14, 0,
       10, 14},
      /* one row: never above 2^0 */
      {"dense: {units: 1, dropout: false}, output: {classes: 2}", 1, 13, 0, 9, 15},
      /* few bits and many, as far as probabilities have them */
      {"dense: {units: 64, weights: {bits: 8}, activations: {bits: 8}, gradients: {bits: 8}}, "
       "output: {classes: 2}",
       0, 9, -3, 3, 7},
      {"dense: {units: 64, weights: {bits: 11}}, output: {classes: 2}", 0, 12, -3, 10, 15},
      {"dense: {units: 64, weights: {bits: 12}}, output: {classes: 2}", 0, 12, -3, 10, 15},
      {"dense: {units: 64, weights: {bits: 4}}, output: {classes: 2}", 0, 5, -3, 10, 15},
      {"dense: {units: 64}, output: {classes: 2, gradients: {bits: 24}}", 1, 15, -2, 9, 15},
      /* with few bits used the values' point is that of as few bits, the word's lies behind it */
      {"dense: {units: 64, weights: {bits: 16, used: 8}}, output: {classes: 2}", 0, 9, -3, 10, 15},
      {"dense: {units: 64, weights: {bits: 24, used: 4}}, output: {classes: 2}", 0, 1, -3, 7, 15},
      /* no further than what is described beside it allows */
      {"dense: {units: 64, weights: {frac: 2}}, output: {classes: 2}", 0, 2, -2, 8, 15},
      {"dense: {units: 64, gradients: {frac: 1}}, output: {classes: 2}", 0, 7, -3, 10, 1},
      {"dense: {units: 64, weights: {frac: 21}}, output: {classes: 2}", 0, 21, -6, 10, 15},
      {"dense: {units: 64, weights: {init: 0}}, output: {classes: 2}", 0, 14, 0, 10, 15},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct net net = load_layers(*state, cases[i].layers, "");
    const struct layer *layer = &net.layer[cases[i].layer];
    assert_int_equal(layer->weight.frac, cases[i].weight);
    assert_int_equal(layer->init, cases[i].init);
    assert_int_equal(layer->activation.frac, cases[i].activation);
    assert_int_equal(layer->gradient.frac, cases[i].gradient);
  }
}

/* Biases: as fine as the gradients that change them, or the sums where these are coarser, and as
 * far as activations reach. */
static void test_biases(void **state) {
  static const struct {
    const char *bias;
    int bits, frac, initial_bits, sum_shift, update_shift;
  } cases[] = {
      {"true", 21, 15, 0, 5, 0}, /* activations of 16 bits with 10 behind the point: 2^5 */
      {"{}", 21, 15, 0, 5, 0},        {"{init: -3}", 21, 15, 13, 5, 0},
      {"{bits: 8}", 8, 2, 0, 18, 13}, {"{bits: 24}", 24, 15, 0, 5, 0},
      {"{frac: 6}", 12, 6, 0, 14, 9}, {"{bits: 4, frac: 0, init: 0}", 4, 0, 1, 20, 15},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char layers[160];
    snprintf(layers, sizeof layers,
             "dense: {units: 4, weights: {frac: 14}, gradients: {frac: 15}, bias: %s}, "
             "output: {classes: 2}",
             cases[i].bias);
    struct net net = load_layers(*state, layers, "");
    const struct layer *layer = &net.layer[0];
    const struct tensor *tensor = net_bias(&net, 0);
    assert_true(layer->bias.there && tensor == &net.tensor[1] && !net_bias(&net, 1));
    assert_int_equal(net.tensor_count, 3);
    assert_string_equal(tensor->name, "bias");
    assert_true(tensor->rows == 1 && tensor->columns == 4 && !tensor->inputs);
    assert_true(tensor->dimension_count == 1 && tensor->dimension[0] == 4);
    assert_true(tensor->first == (size_t)(layer->rows * 4));
    assert_int_equal(tensor->format.bits, cases[i].bits);
    assert_int_equal(tensor->format.frac, cases[i].frac);
    assert_int_equal(tensor->initial_bits, cases[i].initial_bits);
    assert_int_equal(layer->bias.sum_shift, cases[i].sum_shift);
    assert_int_equal(tensor->update_shift, cases[i].update_shift);
    assert_int_equal(net.tensor[0].update_shift, layer->update_shift);
    int64_t products = INT64_C(128) * 32768 * layer->rows;
    int64_t bias = INT64_C(1) << (cases[i].bits - 1 + cases[i].sum_shift);
    assert_int_equal(layer->product_bits, net_bits_for((uint64_t)products));
    assert_int_equal(layer->sum_bits, net_bits_for((uint64_t)(products + bias)));
    assert_int_equal(layer->bias.update_bits, layer->gradient.bits + 1);
  }
  struct net with = load_layers(*state,
                                "conv: {filters: 3, kernel: 2, bias: true}, output: "
                                "{classes: 2, bias: {frac: 5}}",
                                "");
  assert_int_equal(with.layer[0].bias.update_bits,
                   net_bits_for(UINT64_C(32768) * (uint64_t)with.layer[0].positions));
  struct net without =
      load_layers(*state, "conv: {filters: 3, kernel: 2, bias: false}, output: {classes: 2}", "");
  assert_true(with.net_hash != without.net_hash && without.tensor_count == 2);
}

/* Nearest where all weights have 16 bits or more. */
static void test_default_rounding(void **state) {
  static const char some[] = "dense: {units: 4, weights: {bits: 15}}, output: {classes: 2}";
  struct net net = load_layers(*state, some, "");
  assert_int_equal(net.rounding, ROUND_STOCHASTIC);
  assert_int_equal(net.random_bits, 10);
  net = load_layers(*state, some, "training: {random_bits: 7}\n");
  assert_int_equal(net.random_bits, 7);
  net = load_layers(*state, some, "training: {rounding: nearest}\n");
  assert_int_equal(net.rounding, ROUND_NEAREST);
  net = load_layers(*state, "dense: {units: 4, activations: {bits: 8}}, output: {classes: 2}", "");
  assert_int_equal(net.rounding, ROUND_NEAREST);
  assert_int_equal(net.random_bits, 0);
  net = load_layers(*state, PAPER, "training: {rounding: stochastic}\n");
  assert_int_equal(net.random_bits, 10);
}

/* A net of words of one length, from 6 bits on, can be built where nothing else is said. */
static void test_default_limits(void **state) {
  static const int kernels[] = {1, 2, 4, 8}, units[] = {2, 16, 64, 1024};
  for (int bits = 6; bits <= 24; bits++)
    for (int i = 0; i < 16; i++) {
      char *layers = NULL, words[96];
      snprintf(words, sizeof words,
               "weights: {bits: %d}, activations: {bits: %d}, gradients: {bits: %d}", bits, bits,
               bits);
      assert_true(asprintf(&layers,
                           "conv: {filters: 2, kernel: %d, %s}, dense: {units: %d, %s}, dense: "
                           "{units: %d, %s}, output: {classes: 16, %s}",
                           kernels[i / 4], words, units[i % 4], words, units[(i + i / 4) % 4],
                           words, words) > 0);
      load_layers(*state, layers, "");
      free(layers);
    }
}

static void test_bits_for(void **state) {
  (void)state;
  const struct {
    uint64_t magnitude;
    int bits;
  } cases[] = {{0, 1},
               {1, 2},
               {2, 3},
               {3, 3},
               {4, 4},
               {127, 8},
               {128, 9},
               {255, 9},
               {256, 10},
               {1 << 26, 28},
               {(1 << 26) - 1, 27},
               {(UINT64_C(1) << 62) - 1, 63}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_int_equal(net_bits_for(cases[i].magnitude), cases[i].bits);
}

/* Lanes: the largest hidden layer's units, 64 at most; one without a hidden layer. */
static void test_default_lanes(void **state) {
  static const struct {
    const char *layers;
    int lanes;
  } cases[] = {
      {"output: {classes: 3}", 1},
      {"dense: {units: 1, dropout: false}, output: {classes: 3}", 1},
      {"dense: {units: 10}, dense: {units: 38}, dense: {units: 6}, output: {classes: 3}", 38},
      {"dense: {units: 10}, dense: {units: 1000}, output: {classes: 3}", 64},
      {"conv: {filters: 1, kernel: 4}, dense: {units: 63, dropout: false}, output: {classes: 2}",
       63},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct net net;
    char message[1024], *text = NULL;
    assert_true(asprintf(&text, "name: a\ninput: {height: 4, width: 5}\nlayers: [%s]\n",
                         cases[i].layers) > 0);
    load_text(*state, text, strlen(text), NULL, &net, message);
    assert_string_equal(message, "");
    assert_int_equal(net.fold[FOLD_LANES], cases[i].lanes);
    assert_int_equal(net.fold[FOLD_OUTPUT_LANES], net.classes);
    free(text);
  }
}

/* The layout's storage is that of the layers that name none; the convolution has registers. */
static void test_storage(void **state) {
  struct net net =
      load_changed(*state, "units: 12,", "units: 12, weights: {storage: register}, freeze: true,");
  assert_int_equal(net.layer[1].storage, STORAGE_REGISTER);
  assert_int_equal(net.layer[2].storage, STORAGE_RAM);
  assert_true(net.layer[1].freeze && !net.layer[0].freeze && !net.layer[2].freeze);
  char *text = changed("units: 12,", "units: 12, weights: {storage: ram},"), message[1024];
  load_text(*state, text, strlen(text), "storage=register", &net, message);
  assert_string_equal(message, "");
  assert_int_equal(net.layer[1].storage, STORAGE_RAM);
  assert_int_equal(net.layer[2].storage, STORAGE_REGISTER);
  free(text);
}

static void test_derive_by_hand(void **state) {
  (void)state;
  struct net net = {.name = "deep",
                    .height = 6,
                    .width = 5,
                    .pixel_depth = NET_PIXEL_DEPTH_MAX,
                    .pixel_offset = 0,
                    .pixel_frac = 8,
                    .layer_count = 4,
                    .rate = 8};
  const struct format word = {16, 12};
  for (int l = 0; l < 4; l++)
    net.layer[l] = (struct layer){.kind = nets_kind(l < 3 ? "dense" : "output"),
                                  .units = l < 3 ? 24 - 4 * l : 3,
                                  .relu = l < 3,
                                  .dropout = l < 2,
                                  .word = word,
                                  .activation = word,
                                  .gradient = word};
  struct error err = {0};
  net_derive(&net, &err);
  assert_string_equal(err.message, "");
  const int rows[] = {30, 24, 20, 16}, first_bit[] = {0, 12, 22, 22};
  for (int l = 0; l < 4; l++) {
    assert_int_equal(net.layer[l].rows, rows[l]);
    assert_int_equal(net.layer[l].first_dropout_bit, first_bit[l]);
    assert_int_equal(net.layer[l].positions, 1);
  }
  assert_int_equal(net.layer[0].sum_bits, net_bits_for(255u * 32768u * 30u));
  assert_int_equal(net.layer[0].update_bits, 9 + 16); /* a product's word, one bit more */
  assert_int_equal(net.dropout_bits, 22);
  assert_int_equal(net.layer_bits, 2);
  assert_int_equal(net.row_bits, 5);
  assert_int_equal(net.column_bits, 5);
  assert_int_equal(net.weight_count, 30 * 24 + 24 * 20 + 20 * 16 + 16 * 3);
  assert_int_equal(net.fold[FOLD_LANES], 24);
  assert_int_equal(net.fold[FOLD_POSITIONS], 1);
  assert_int_equal(net.fold[FOLD_TAPS], 1);

  net.layer[1].gradient.frac = 25;
  assert_int_equal(net_derive(&net, &err), -1);
  assert_string_equal(err.message,
                      "layers[1].dense.gradients.frac: found 25, allowed 0..24: the next "
                      "layer's product of weight and gradient has 24 fraction bits");
  net.layer[1].gradient.frac = 12;
  net.layer[1].kind = nets_kind("output");
  struct error order = {0};
  assert_int_equal(net_derive(&net, &order), -1);
  assert_non_null(strstr(order.message, "layers[1].output.classes: found output as layer 2 of 4"));
}

static void test_weights(void **state) {
  (void)state;
  struct net net = load_file("nets/tiny.yaml");
  struct weights weights;
  weights_new(&weights, &net);
  const size_t count[] = {18, 864, 36};
  assert_int_equal(weights.layer_count, 3);
  for (int l = 0; l < 3; l++) {
    assert_int_equal(weights.count[l], count[l]);
    for (size_t i = 0; i < count[l]; i++)
      assert_int_equal(weights.layer[l][i], 0);
  }
  weights_free(&weights);
  assert_int_equal(weights.layer_count, 0);
}

/* ---- bad descriptions ---- */

static const struct {
  const char *from, *to, *message;
} bad[] = {
    /* keys */
    {"filters: 4", "filtres: 4",
     "net.yaml:4:12: conv: found the key filtres, allowed filters, kernel, weights, freeze, "
     "activations, gradients, bias"},
    {"name: demo", "nam: demo",
     "net.yaml:1:1: description: found the key nam, allowed name, input, layers, training, layout"},
    {"height: 10,", "height: 10, height: 10,",
     "net.yaml:2:21: input: found the key height twice, allowed once"},
    {"name: demo\n", "", "net.yaml:1:1: description: found no key name, which is required"},
    {"units: 12, ", "", "net.yaml:5:12: dense: found no key units, which is required"},
    {"height: 10", "[1]: 10",
     "net.yaml:2:9: input: found the key a list, allowed height, width, bits, threshold, offset, "
     "frac"},
    {"rate: 8", "<<: {rate: 8}",
     "net.yaml:7:12: training: found the key <<, allowed rate, rounding, random_bits"},
    /* integers */
    {"filters: 4", "filters: 17", "net.yaml:4:21: filters: found 17, allowed an integer 1..16"},
    {"filters: 4", "filters: 0", "net.yaml:4:21: filters: found 0, allowed an integer 1..16"},
    {"filters: 4", "filters: 3.7", "net.yaml:4:21: filters: found 3.7, allowed an integer 1..16"},
    {"filters: 4", "filters: 010", "net.yaml:4:21: filters: found 010, allowed an integer 1..16"},
    {"filters: 4", "filters: 3 4", "net.yaml:4:21: filters: found 3 4, allowed an integer 1..16"},
    {"filters: 4", "filters: 1e1", "net.yaml:4:21: filters: found 1e1, allowed an integer 1..16"},
    {"filters: 4", "filters: 0x4", "net.yaml:4:21: filters: found 0x4, allowed an integer 1..16"},
    {"filters: 4", "filters: +4", "net.yaml:4:21: filters: found +4, allowed an integer 1..16"},
    {"filters: 4", "filters: -4", "net.yaml:4:21: filters: found -4, allowed an integer 1..16"},
    {"filters: 4", "filters: '4'",
     "net.yaml:4:21: filters: found the text \"4\", allowed an integer 1..16"},
    {"filters: 4", "filters: 4294967300",
     "net.yaml:4:21: filters: found 4294967300, allowed an integer 1..16"},
    {"filters: 4", "filters: ", "net.yaml:4:21: filters: found nothing, allowed an integer 1..16"},
    {"filters: 4", "filters: [4]",
     "net.yaml:4:21: filters: found a list, allowed an integer 1..16"},
    {"offset: 128", "offset: 256", "net.yaml:2:40: offset: found 256, allowed an integer 0..255"},
    {"offset: 128", "bits: 9", "net.yaml:2:38: bits: found 9, allowed an integer 1..8"},
    {"offset: 128", "threshold: 0", "net.yaml:2:43: threshold: found 0, allowed an integer 1..255"},
    {"offset: 128", "bits: 5, offset: 32",
     "net.yaml:2:49: input.offset: found 32, allowed 0..31 in 5 bits"},
    {"offset: 128", "threshold: 9, offset: 2",
     "net.yaml:2:54: input.offset: found 2, allowed 0..1 in 1 bit"},
    {"offset: 128", "bits: 2, threshold: 9",
     "net.yaml:2:52: input.threshold: found 9, allowed with bits: 1 only, or without bits"},
    {"offset: 128", "offset: -0", "net.yaml:2:40: offset: found -0, allowed an integer 0..255"},
    {"bits: 16", "bits: 25", "net.yaml:4:56: bits: found 25, allowed an integer 4..24"},
    {"bits: 16", "bits: 3", "net.yaml:4:56: bits: found 3, allowed an integer 4..24"},
    {"frac: 14", "frac: 32", "net.yaml:4:66: frac: found 32, allowed an integer 0..31"},
    {"units: 12", "units: 1025", "net.yaml:5:20: units: found 1025, allowed an integer 1..1024"},
    {"classes: 3", "classes: 1", "net.yaml:6:23: classes: found 1, allowed an integer 2..16"},
    {"frac: 14", "frac: 14, used: 3", "net.yaml:4:76: used: found 3, allowed an integer 4..24"},
    {"frac: 14", "frac: 14, used: 17",
     "net.yaml:4:76: layers[0].conv.weights.used: found 17, allowed 4..16: a word has 16 bits"},
    {"bits: 16, frac: 14}", "bits: 16, frac: 3, used: 12}",
     "net.yaml:4:66: layers[0].conv.weights.frac: found 3, allowed 4..31 with 12 of 16 bits used"},
    {"relu: true", "relu: true, bias: 3",
     "net.yaml:5:42: bias: found 3, allowed true, false or a mapping with bits, frac, init"},
    {"relu: true", "relu: true, bias: [1]",
     "net.yaml:5:42: bias: found a list, allowed true, false or a mapping with bits, frac, init"},
    {"relu: true", "relu: true, bias: {bit: 8}",
     "net.yaml:5:43: bias: found the key bit, allowed bits, frac, init"},
    {"relu: true", "relu: true, bias: {bits: 3}",
     "net.yaml:5:49: bits: found 3, allowed an integer 4..24"},
    {"relu: true", "relu: true, bias: {frac: 16}",
     "net.yaml:5:49: layers[1].dense.bias.frac: found 16, allowed 0..15: the update, the gradient, "
     "has 15 fraction bits"},
    {"relu: true", "relu: true, weights: {frac: 2}, activations: {frac: 3}, bias: {frac: 15}",
     "net.yaml:5:93: layers[1].dense.bias.frac: found 15, allowed 0..14: the product of input and "
     "weight has 14 fraction bits"},
    {"relu: true", "relu: true, bias: {bits: 8, frac: 4, init: -5}",
     "net.yaml:5:67: layers[1].dense.bias.init: found -5, allowed -4..0 with 8 bits, 4 of them "
     "fraction"},
    {"relu: true",
     "relu: true, activations: {frac: 0}, weights: {frac: 27}, bias: {bits: 24, frac: 0}",
     "net.yaml:5:94: layers[1].dense.bias.bits: found 24, which makes a sum of more than 62 bits "
     "with 0 fraction bits of 39, allowed 63: use fewer bits or more fraction bits"},
    {"rate: 8", "rate: 16", "net.yaml:7:18: rate: found 16, allowed an integer 0..15"},
    {"rounding: nearest", "rounding: stochastic, random_bits: 17",
     "net.yaml:7:56: random_bits: found 17, allowed an integer 1..16"},
    /* other types */
    {"relu: true", "relu: yes", "net.yaml:5:30: relu: found yes, allowed true or false"},
    {"relu: true", "relu: 1", "net.yaml:5:30: relu: found 1, allowed true or false"},
    {"nearest", "nearst",
     "net.yaml:7:31: rounding: found nearst, allowed one of nearest, stochastic, truncate"},
    {"[3, 5]", "[3, 5, 1]",
     "net.yaml:4:32: kernel: found a list, allowed an integer 1..8 or a list of 2 of them"},
    {"[3, 5]", "[3, 9]",
     "net.yaml:4:32: kernel: found a list, allowed an integer 1..8 or a list of 2 of them"},
    {"[3, 5]", "9",
     "net.yaml:4:32: kernel: found 9, allowed an integer 1..8 or a list of 2 of them"},
    {"{bits: 16, frac: 14}", "16",
     "net.yaml:4:49: weights: found 16, allowed a mapping with bits, frac, used, init, "
     "synapse"},
    {"name: demo", "name: [demo]",
     "net.yaml:1:7: name: found a list, allowed a text of 1..32 characters"},
    {"name: demo", "name: abcdefghijklmnopqrstuvwxyz0123456",
     "net.yaml:1:7: name: found abcdefghijklmnopqrstuvwxyz0123456, allowed a text of 1..32 "
     "characters"},
    {"name: demo", "name: ''",
     "net.yaml:1:7: name: found the text \"\", allowed a text of 1..32 characters"},
    {"name: demo", "name: 2nd",
     "net.yaml:1:7: name: found 2nd, allowed a letter, then letters, digits and '_'"},
    {"name: demo", "name: a-b",
     "net.yaml:1:7: name: found a-b, allowed a letter, then letters, digits and '_'"},
    /* layers */
    {"- conv:", "- pool:",
     "net.yaml:4:5: layers: found pool, allowed a mapping whose one key is one of conv, dense, "
     "output"},
    {"  - output: {classes: 3, activations: {bits: 16, frac: 9}}\n", "",
     "net.yaml:5:20: layers[1].dense.units: found dense as layer 2 of 2, allowed one output, as "
     "the "
     "last layer"},
    {"  - output:", "  - output: {classes: 4}\n  - output:",
     "net.yaml:6:23: layers[2].output.classes: found output as layer 3 of 4, allowed one output, "
     "as "
     "the last layer"},
    {"  - dense:", "  - conv: {filters: 1, kernel: 1}\n  - dense:",
     "net.yaml:5:21: layers[1].conv.filters: found behind another layer, allowed first only"},
    {"  - conv: {filters: 4, kernel: [3, 5], weights: {bits: 16, frac: 14}}\n",
     "  - dense: {units: 4}\n  - dense: {units: 4}\n  - dense: {units: 4}\n",
     "net.yaml:7:20: layers[3].dense.units: found a dense layer too many, allowed 0..3"},
    {"  - output:",
     "  - dense: {units: 4}\n  - dense: {units: 4}\n  - dense: {units: 4}\n  - output:",
     "net.yaml:4:3: layers: found 6 items, allowed 1..5"},
    {"  - dense: {", "  - dense: {units: 4}\n    conv: {",
     "net.yaml:5:5: layers: found a mapping of not one key, allowed a mapping whose one key is one "
     "of "
     "conv, dense, output"},
    /* shapes */
    {"height: 10", "height: 2",
     "net.yaml:4:32: layers[0].conv.kernel: found 3x5, allowed at most the picture's 2x12"},
    {"units: 12", "units: 13",
     "net.yaml:5:20: layers[1].dense.units: found 13, allowed an even number, because dropout "
     "keeps one of "
     "each pair"},
/* dropout */
#define DROPOUT(what)                                                                              \
  {                                                                                                \
    "relu: true", "dropout: " what,                                                                \
        "net.yaml:5:33: dropout: found " what                                                      \
        ", allowed true, false or a share whose nearest multiple "                                 \
        "of 1/16 is 1/16..15/16"                                                                   \
  }
    DROPOUT("0"),
    DROPOUT("1"),
    DROPOUT("1.5"),
    DROPOUT("-0.1"),
    DROPOUT("abc"),
    DROPOUT("0.01"),
    DROPOUT("0.03"),
    DROPOUT("0.96875"),
    DROPOUT("."),
    DROPOUT("nan"),
    DROPOUT("0.3.1"),
    DROPOUT("0.3x"),
    DROPOUT("3e-1"),
    DROPOUT("0x.8"),
    DROPOUT("99999999999999999999"),
#undef DROPOUT
    {"relu: true", "dropout: \"0.3\"",
     "net.yaml:5:33: dropout: found the text \"0.3\", allowed true, false or a share whose nearest "
     "multiple of 1/16 is 1/16..15/16"},
    /* binary points */
    {"frac: 9}", "frac: 26}",
     "net.yaml:6:56: layers[2].output.activations.frac: found 26, allowed 0..24: the product of "
     "input and "
     "weight has 24 fraction bits"},
    {"gradients: {bits: 16, frac: 15}", "weights: {frac: 16}, gradients: {bits: 16, frac: 3}",
     "net.yaml:5:52: layers[1].dense.weights.frac: found 16, allowed 0..15: the update, the "
     "product of "
     "input and gradient, has 15 fraction bits"},
    {"gradients: {bits: 16, frac: 15}", "gradients: {bits: 16, frac: 31}",
     "net.yaml:5:64: layers[1].dense.gradients.frac: found 31, allowed 0..29: the next layer's "
     "product of "
     "weight and gradient has 29 fraction bits"},
    {"activations: {bits: 16, frac: 9}", "gradients: {bits: 16, frac: 16}",
     "net.yaml:6:54: layers[2].output.gradients.frac: found 16, allowed 0..15: softmax's "
     "probabilities have "
     "15 fraction bits"},
    {"frac: 14}", "frac: 14, init: 1}", "net.yaml:4:76: init: found 1, allowed an integer -31..0"},
    {"frac: 14}", "frac: 14, init: -15}",
     "net.yaml:4:76: layers[0].conv.weights.init: found -15, allowed -14..0 with 16 bits, 14 of "
     "them "
     "fraction"},
    {"frac: 14}", "frac: 18, init: -2}",
     "net.yaml:4:76: layers[0].conv.weights.init: found -2, allowed -18..-3 with 16 bits, 18 of "
     "them "
     "fraction"},
    /* sums */
    {"{height: 10, width: 12, offset: 128, frac: 6}\nlayers:\n  - conv: {filters: 4, kernel: [3, "
     "5], "
     "weights: {bits: 16, frac: 14}}\n  - dense: {units: 12,",
     "{height: 64, width: 64}\nlayers:\n  - conv: {filters: 16, kernel: 1, activations: {bits: "
     "24}}\n"
     "  - dense: {units: 12, weights: {bits: 24},",
     "net.yaml:5:40: layers[1].dense.weights.bits: found 24, which makes the output a sum of 65536 "
     "products "
     "that needs 64 bits, allowed 63: use fewer bits or a smaller layer"},
    {"{height: 10, width: 12, offset: 128, frac: 6}\nlayers:\n  - conv: {filters: 4, kernel: [3, "
     "5], weights: {bits: 16, frac: 14}}\n  - dense: {units: 12,",
     "{height: 64, width: 64}\nlayers:\n  - conv: {filters: 3, kernel: 1, activations: {bits: "
     "24}}\n"
     "  - dense: {units: 12, dropout: 0.3, weights: {bits: 24},",
     "net.yaml:5:33: layers[1].dense.dropout: found 5/16, which scales a sum of 61 bits by 11/16, "
     "allowed 59 bits: use fewer bits or a smaller layer"},
    /* training */
    {"rounding: nearest", "rounding: nearest, random_bits: 8",
     "net.yaml:7:53: training.random_bits: found 8, allowed with rounding: stochastic only, and "
     "needed "
     "there"},
    /* layout */
    {"lanes: 6", "lanes: 13", "net.yaml:8:43: layout.lanes: found 13, allowed 1..12"},
    {"lanes: 6", "lanes: 0", "net.yaml:8:43: layout.lanes: found 0, allowed 1..12"},
    {"positions: 4", "positions: 9",
     "net.yaml:8:21: layout.positions: found 9, allowed 1..8, 16, 32, 64"},
    {"positions: 4", "positions: 24",
     "net.yaml:8:21: layout.positions: found 24, allowed 1..8, 16, 32, 64"},
    {"filters: 2", "filters: 3", "net.yaml:8:33: layout.filters: found 3, allowed 1, 2, 4"},
    {"filters: 2", "taps: 2", "net.yaml:8:30: layout.taps: found 2, allowed 1, 3, 5, 15"},
    {"output_lanes: 3", "output_lanes: 4",
     "net.yaml:8:60: layout.output_lanes: found 4, allowed 1..3"},
    {"lanes: 6", "step: slow", "net.yaml:8:42: step: found slow, allowed one of normal, fast"},
    {"lanes: 6", "mode: 1", "net.yaml:8:42: mode: found 1, allowed one of training, inference"},
    {"weights: {bits: 16, frac: 14}", "weights: {synapse: memristor}",
     "net.yaml:4:59: synapse: found memristor, allowed one of fixed_point"},
    {"units: 12,", "units: 12, weights: {storage: flash},",
     "net.yaml:5:43: storage: found flash, allowed one of ram, register, single_port"},
    {"filters: 4,", "filters: 4, freeze: 1,",
     "net.yaml:4:32: freeze: found 1, allowed true or false"},
    {"weights: {bits: 16, frac: 14}", "weights: {storage: ram}",
     "net.yaml:4:50: weights: found the key storage, allowed bits, frac, used, init, "
     "synapse"},
    /* YAML itself */
    {"layout:", "---\nlayout:", "net.yaml:8:1: found a second document, allowed one"},
    {"layout:", "\tlayout:",
     "net.yaml:8:1: found character that cannot start any token, allowed YAML"},
    {"offset: 128", "offset: *none", "net.yaml:2:40: found undefined alias, allowed YAML"},
};

static void test_bad(void **state) {
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    struct net net;
    char message[1024];
    char *text = changed(bad[i].from, bad[i].to);
    load_text(*state, text, strlen(text), NULL, &net, message);
    assert_string_equal(message, bad[i].message);
    free(text);
  }
}

static void test_bad_files(void **state) {
  const struct {
    const char *text;
    size_t size;
    const char *message;
  } cases[] = {
      {"", 0, "net.yaml:1:1: found nothing, allowed a description in YAML"},
      {"# only a comment\n", 17, "net.yaml:1:1: found nothing, allowed a description in YAML"},
      {"- 1\n", 4,
       "net.yaml:1:1: description: found a list, allowed a mapping with name, input, layers, "
       "training, layout"},
      {"&a [*a]", 7,
       "net.yaml:1:1: description: found a list, allowed a mapping with name, input, layers, "
       "training, layout"},
  };
  struct net net;
  char message[1024];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_int_equal(load_text(*state, cases[i].text, cases[i].size, NULL, &net, message), -1);
    assert_string_equal(message, cases[i].message);
  }
  assert_int_equal(load_text(*state, "name: a\0b\n", 10, NULL, &net, message), -1);
  char *large = calloc(70000, 1);
  memset(large, '#', 70000);
  assert_int_equal(load_text(*state, large, 70000, NULL, &net, message), -1);
  assert_string_equal(message, "net.yaml: has 70000 bytes, at most 65536 are allowed");
  free(large);
  struct error err = {0};
  assert_int_equal(net_load(&net, "nets/none.yaml", NULL, 0, &err), -1);
  assert_string_equal(err.message, "nets/none.yaml: cannot read: No such file or directory");
}

/* ---- folds ---- */

/* What is told of a fold is what is legal. */
static void assert_values(const struct net *net, enum fold fold, const char *expected) {
  char *text = net_fold_text(net, fold), *listed = calloc(1, 100000);
  assert_string_equal(text, expected);
  assert_non_null(listed);
  for (const char *at = text; *at; at += strspn(at, ", ")) {
    int low = (int)strtol(at, (char **)&at, 10), high = low;
    if (*at == '.')
      high = (int)strtol(at + 2, (char **)&at, 10);
    memset(listed + low, 1, (size_t)(high - low + 1));
  }
  int most = net_fold_most(net, fold);
  assert_true(listed[most]);
  for (int value = -2; value < most + 3; value++)
    assert_int_equal(net_fold_legal(net, fold, value), value >= 0 && listed[value]);
  free(listed);
  free(text);
}

static void test_fold_values(void **state) {
  struct net net = load_file("nets/paper.yaml");
  assert_values(&net, FOLD_POSITIONS, "1..25, 125, 625");
  assert_values(&net, FOLD_FILTERS, "1, 3");
  assert_values(&net, FOLD_TAPS, "1, 2, 4, 8, 16");
  assert_values(&net, FOLD_LANES, "1..64");
  assert_values(&net, FOLD_OUTPUT_LANES, "1, 2");
  net = load_file("nets/tiny8.yaml");
  assert_values(&net, FOLD_POSITIONS, "1..7, 14, 21, 42");
  assert_values(&net, FOLD_TAPS, "1..3, 6");
  net = load_changed(*state, "positions: 4, ", "");
  assert_values(&net, FOLD_POSITIONS, "1..8, 16, 32, 64"); /* 8 rows of 8 */
  assert_values(&net, FOLD_OUTPUT_LANES, "1..3");
}

static void test_fold_words(void **state) {
  static const struct {
    enum fold fold;
    const char *name, *words;
  } cases[] = {
      {FOLD_STEP, "step", "normal, fast"},
      {FOLD_MULTIPLIERS, "multipliers", "separate, shared"},
      {FOLD_STORAGE, "storage", "ram, register, single_port"},
      {FOLD_MODE, "mode", "training, inference"},
      {FOLD_OUTPUT, "output", "softmax, argmax"},
  };
  (void)state;
  struct net net = load_file("nets/tiny.yaml");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    enum fold fold = cases[i].fold;
    char *text = net_fold_text(&net, fold);
    assert_string_equal(net_fold_name(fold), cases[i].name);
    assert_string_equal(text, cases[i].words);
    int most = net_fold_most(&net, fold);
    assert_string_equal(strrchr(text, ' ') + 1, net_fold_words(fold)[most]);
    assert_null(net_fold_words(fold)[most + 1]);
    assert_true(net_fold_legal(&net, fold, 0) && net_fold_legal(&net, fold, most));
    assert_false(net_fold_legal(&net, fold, -1) || net_fold_legal(&net, fold, most + 1));
    free(text);
  }
  assert_null(net_fold_words(FOLD_LANES));
}

/* One column of positions: as many at a time as divide its height. */
static void test_fold_of_one_column(void **state) {
  static const char text[] =
      "name: a\ninput: {height: 8, width: 3}\nlayers: [conv: {filters: 2, kernel: "
      "3}, dense: {units: 6}, output: {classes: 2}]\n";
  struct net net;
  char message[1024];
  load_text(*state, text, strlen(text), NULL, &net, message);
  assert_string_equal(message, "");
  assert_values(&net, FOLD_POSITIONS, "1..3, 6");
}

/* Without a convolution its folds are 1. */
static void test_fold_without_conv(void **state) {
  static const char text[] =
      "name: a\ninput: {height: 8, width: 3}\nlayers: [dense: {units: 6}, dense: {units: 11, "
      "dropout: false}, output: {classes: 2}]\n";
  struct net net;
  char message[1024];
  load_text(*state, text, strlen(text), NULL, &net, message);
  assert_string_equal(message, "");
  assert_values(&net, FOLD_POSITIONS, "1");
  assert_values(&net, FOLD_FILTERS, "1");
  assert_values(&net, FOLD_TAPS, "1");
  assert_values(&net, FOLD_LANES, "1..11");
}

/* What does not go together: a layout for `from`, and what is said of it. */
static void test_layouts(void **state) {
  static const struct {
    const char *from, *to, *fold, *message;
  } cases[] = {
      {"lanes: 6", "lanes: 5", "step=normal", ""},
      {"lanes: 6", "step: fast", NULL, ""},
      {"lanes: 6", "lanes: 5, step: fast", NULL,
       "net.yaml:8:43: layout.lanes: found 5, allowed an even number with step: fast"},
      {"lanes: 6", "mode: inference", "step=fast",
       "fold step=fast: found fast, allowed normal with mode: inference"},
      {"relu: true", "dropout: false", "step=fast",
       "fold step=fast: found fast, allowed normal: the first dense layer has no dropout"},
      {"relu: true", "dropout: 0.5", "step=fast",
       "fold step=fast: found fast, allowed normal: the first dense layer drops units one by one, "
       "which takes dropout: true (pairs)"},
      {"positions: 4, filters: 2", "positions: 1, filters: 1, step: fast", NULL,
       "net.yaml:8:42: layout.step: found fast, allowed normal with one position and one filter at "
       "a "
       "time: two rows a cycle need two"},
      {"filters: 2", "filters: 1, step: fast", NULL,
       "net.yaml:8:42: layout.step: found fast, allowed normal with 1 of 4 filters at a time: an "
       "even number of filters needs an even number at a time, or one position"},
      {"positions: 4, filters: 2", "positions: 1, filters: 2", "step=fast", ""},
      {"filters: 2", "filters: 4", "step=fast", ""},
      {"filters: 2", "taps: 5", NULL,
       "net.yaml:8:30: layout.taps: found 5, allowed 15 (all) with more than one position or "
       "filter "
       "at a time"},
      {"positions: 4, filters: 2", "taps: 5", NULL, ""},
      {"lanes: 6", "storage: single_port", NULL,
       "net.yaml:5:12: layers[1].dense.weights.storage: found single_port, allowed ram, register "
       "with multipliers: separate"},
      {"units: 12,", "units: 12, weights: {storage: single_port},", NULL,
       "net.yaml:5:43: layers[1].dense.weights.storage: found single_port, allowed ram, register "
       "with multipliers: separate"},
      {"classes: 3,", "classes: 3, weights: {storage: single_port},", "multipliers=shared", ""},
      {"lanes: 6", "mode: inference", "storage=single_port", ""},
      {"lanes: 6", "lanes: 6", "storage=single_port",
       "net.yaml:5:12: layers[1].dense.weights.storage: found single_port, allowed ram, register "
       "with multipliers: separate"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct net net;
    char message[1024];
    char *text = changed(cases[i].from, cases[i].to);
    load_text(*state, text, strlen(text), cases[i].fold, &net, message);
    assert_string_equal(message, cases[i].message);
    free(text);
  }
}

/* Two rows a cycle: each pair of a word's neighbours must be an even and an odd row. */
static void test_fast_filters(void **state) {
  static const struct {
    int filters, at_once, positions;
    bool legal;
  } cases[] = {
      {3, 1, 1, false}, {3, 1, 2, true},  {3, 3, 1, true},  {3, 3, 5, true},  {4, 1, 2, false},
      {4, 2, 1, true},  {4, 2, 3, true},  {6, 3, 1, true},  {6, 3, 2, false}, {1, 1, 1, false},
      {1, 1, 2, true},  {2, 2, 64, true}, {2, 1, 1, false}, {9, 3, 64, true}, {10, 5, 64, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct net net;
    char message[1024], to[64], *text;
    snprintf(to, sizeof to, "filters: %d,", cases[i].filters);
    char *with_filters = changed("filters: 4,", to);
    char *cut = strstr(with_filters, "layout:");
    assert_true(asprintf(&text, "%.*slayout: {positions: %d, filters: %d, step: fast}\n",
                         (int)(cut - with_filters), with_filters, cases[i].positions,
                         cases[i].at_once) > 0);
    assert_int_equal(load_text(*state, text, strlen(text), NULL, &net, message) == 0,
                     cases[i].legal);
    free(with_filters);
    free(text);
  }
}

static void test_overrides(void **state) {
  const struct {
    const char *fold, *message;
  } cases[] = {
      {"lanes=12", ""},
      {"lanes=7", ""},
      {"positions=16", ""},
      {"positions=7", ""},
      {"filters=4", ""},
      {"output_lanes=2", ""},
      {"step=fast", ""},
      {"multipliers=shared", ""},
      {"storage=register", ""},
      {"mode=inference", ""},
      {"lanes=13", "fold lanes=13: found 13, allowed 1..12"},
      {"lanes=0", "fold lanes=0: found 0, allowed 1..12"},
      {"lanes=-1", "fold lanes=-1: found -1, allowed 1..12"},
      {"lanes=", "fold lanes=: found , allowed an integer"},
      {"lanes=4x", "fold lanes=4x: found 4x, allowed an integer"},
      {"step=", "fold step=: found , allowed normal, fast"},
      {"step=1", "fold step=1: found 1, allowed normal, fast"},
      {"output=softmax", ""},
      {"output=argmax", "fold output=argmax: found argmax, allowed softmax with mode: training, "
                        "which learns from the probabilities"},
      {"output=logits", "fold output=logits: found logits, allowed softmax, argmax"},
      {"mode=train", "fold mode=train: found train, allowed training, inference"},
      {"lane=4", "fold lane=4: found no fold, allowed FOLD=VALUE with one of positions, filters, "
                 "taps, lanes, output_lanes, logic_multipliers, step, multipliers, storage, mode, "
                 "output"},
      {"lanes", "fold lanes: found no fold, allowed FOLD=VALUE with one of positions, filters, "
                "taps, lanes, output_lanes, logic_multipliers, step, multipliers, storage, mode, "
                "output"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct net net;
    char message[1024];
    load_text(*state, good, strlen(good), cases[i].fold, &net, message);
    assert_string_equal(message, cases[i].message);
  }
  struct net net;
  char message[1024];
  load_text(*state, good, strlen(good), "lanes=12", &net, message);
  assert_int_equal(net.fold[FOLD_LANES], 12);
  assert_int_equal(net.fold[FOLD_POSITIONS], 4);
  /* An override takes the place of an illegal value; one of another fold leaves it illegal at its
   * line. */
  char *text = changed("lanes: 6", "lanes: 13");
  assert_int_equal(load_text(*state, text, strlen(text), "lanes=12", &net, message), 0);
  assert_int_equal(load_text(*state, text, strlen(text), "filters=1", &net, message), -1);
  assert_string_equal(message, "net.yaml:8:43: layout.lanes: found 13, allowed 1..12");
  free(text);
}

/* ---- hashes and the normal form ---- */

static uint64_t fnv1a(const char *text) {
  uint64_t hash = 14695981039346656037u;
  for (; *text; text++)
    hash = (hash ^ (unsigned char)*text) * 1099511628211u;
  return hash;
}

#define CONV_TAIL   "activations: {bits: 16, frac: 12}, gradients: {bits: 16, frac: 16}"
#define DENSE_TAIL  "activations: {bits: 16, frac: 10}, gradients: {bits: 16, frac: 15}"
#define OUTPUT_TAIL "activations: {bits: 16, frac: 9}, gradients: {bits: 16, frac: 15}"
#define LEARNS      ", freeze: false}\n"

static const char paper_text[] =
    "name: paper\ninput: {height: 28, width: 28, offset: 128, frac: 6}\nlayers:\n"
    "  - conv: {filters: 3, kernel: [4, 4], weights: {bits: 16, frac: 14, init: -2}, " CONV_TAIL
        LEARNS
    "  - dense: {units: 64, relu: true, dropout: true, weights: {bits: 16, frac: 16, init: "
    "-5, storage: ram}, " DENSE_TAIL LEARNS
    "  - output: {classes: 2, weights: {bits: 16, frac: 15, init: -3, storage: ram}, " OUTPUT_TAIL
        LEARNS "training: {rate: 8, rounding: nearest}\n"
    "layout: {positions: 1, filters: 1, taps: 16, lanes: 64, output_lanes: 2, logic_multipliers: "
    "0, "
    "step: normal, multipliers: separate, storage: ram, mode: training, output: softmax}\n";

static const char paper_meaning[] =
    "input: {height: 28, width: 28, offset: 128, frac: 6}\nlayers:\n"
    "  - conv: {filters: 3, kernel: [4, 4], weights: {bits: 16, frac: 14}, " CONV_TAIL "}\n"
    "  - dense: {units: 64, relu: true, dropout: true, weights: {bits: 16, frac: 16}, " DENSE_TAIL
    "}\n"
    "  - output: {classes: 2, weights: {bits: 16, frac: 15}, " OUTPUT_TAIL "}\n"
    "training: {rounding: nearest}\nrandom: 2\n";

static void test_text_and_hashes(void **state) {
  (void)state;
  struct net net = load_file("nets/paper.yaml");
  char *text = net_text(&net), *with_version = NULL;
  assert_string_equal(text, paper_text);
  assert_true(asprintf(&with_version, "%sengram: %s\n", paper_text, ENGRAM_VERSION) > 0);
  assert_int_equal(fnv1a("a"), 0xaf63dc4c8601ec8c); /* the function's published test value */
  assert_true(net.net_hash == fnv1a(paper_meaning));
  assert_true(net.core_hash == fnv1a(with_version));
  free(with_version);
  free(text);
}

static void test_what_hashes_cover(void **state) {
  const struct {
    const char *from, *to;
    bool other_net;
  } cases[] = {
      {"name: demo", "name: other", false},
      {"rate: 8", "rate: 7", false},
      {"lanes: 6", "lanes: 12", false},
      {"positions: 4", "positions: 8", false},
      {"frac: 14}", "frac: 14, init: -3}", false},
      {"filters: 4,", "filters: 4, freeze: true,", false},
      {"units: 12,", "units: 12, weights: {storage: register},", false},
      {"lanes: 6", "lanes: 6, storage: register", false},
      {"lanes: 6", "lanes: 6, step: fast", false},
      {"lanes: 6", "lanes: 6, multipliers: shared", false},
      {"lanes: 6", "lanes: 6, mode: inference", false},
      {"lanes: 6", "lanes: 6, mode: inference, output: argmax", false},
      {"positions: 4, filters: 2", "positions: 1, filters: 1, taps: 3", false},
      {"offset: 128", "offset: 127", true},
      {"frac: 6}", "frac: 7}", true},
      {"width: 12", "width: 20", true},
      {"[3, 5]", "[5, 5]", true},
      {"bits: 16, frac: 14", "bits: 15, frac: 14", true},
      {"frac: 14", "frac: 13", true},
      {"relu: true", "relu: false", true},
      {"relu: true", "dropout: false", true},
      {"relu: true", "dropout: 0.5", true},
      {"relu: true", "dropout: 0.25", true},
      {"classes: 3", "classes: 6", true},
      {"nearest", "truncate", true},
      {"nearest", "stochastic", true},
  };
  struct net base = load_changed(*state, "demo", "demo");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct net net = load_changed(*state, cases[i].from, cases[i].to);
    assert_int_equal(net.net_hash != base.net_hash, cases[i].other_net);
    assert_true(net.core_hash != base.core_hash);
  }
  /* What is said is what counts, not how it is written. */
  struct net same = load_changed(*state, "rate: 8, rounding: nearest", "# default\n");
  assert_true(same.net_hash == base.net_hash && same.core_hash == base.core_hash);
  same = load_changed(*state, "relu: true", "dropout: true, activations: {frac: 10}");
  assert_true(same.net_hash == base.net_hash && same.core_hash == base.core_hash);
  same = load_changed(*state, "relu: true", "dropout: 0.3");
  struct net nearest = load_changed(*state, "relu: true", "dropout: 0.3125");
  assert_true(same.net_hash == nearest.net_hash && same.core_hash == nearest.core_hash);
  same = load_changed(*state, "weights: {bits: 16, frac: 14}",
                      "weights: {bits: 16, frac: 14, synapse: fixed_point}");
  assert_true(same.net_hash == base.net_hash && same.core_hash == base.core_hash);
  struct net ten = load_changed(*state, "nearest", "stochastic");
  struct net nine = load_changed(*state, "nearest", "stochastic, random_bits: 9");
  assert_true(ten.net_hash != nine.net_hash);
}

/* ---- random descriptions ---- */

static int pick(uint64_t *random, int low, int high) {
  return low + (int)(scratch_random(random) % (uint64_t)(high - low + 1));
}

static const char *one_of(uint64_t *random, const char *const *words) {
  int count = 0;
  while (words[count])
    count++;
  return words[pick(random, 0, count - 1)];
}

/* Formats of a layer and what is said of it, with the brace that ends it. */
static void describe_layer(FILE *f, uint64_t *random, bool conv) {
  static const char *const storages[] = {"", ", storage: ram", ", storage: register",
                                         ", storage: single_port", NULL};
  static const char *const freezes[] = {"", ", freeze: true", ", freeze: false", NULL};
  fprintf(f, "weights: {bits: %d%s}, activations: {bits: %d}, gradients: {bits: %d}%s}\n",
          pick(random, 4, 24), conv ? "" : one_of(random, storages), pick(random, 4, 24),
          pick(random, 4, 24), one_of(random, freezes));
}

/* Any family member, laid out anyhow. Returns memory that the caller frees. */
static char *random_description(uint64_t *random) {
  char *text = NULL;
  size_t size;
  FILE *f = open_memstream(&text, &size);
  assert_non_null(f);
  int height = pick(random, 1, 64), width = pick(random, 1, 64), hidden = pick(random, 0, 3);
  fprintf(f, "name: r\ninput: {height: %d, width: %d, offset: %d}\nlayers:\n", height, width,
          pick(random, 0, 255));
  bool conv = pick(random, 0, 1);
  if (conv) {
    fprintf(f, "- conv: {filters: %d, kernel: [%d, %d], ", pick(random, 1, 16),
            pick(random, 1, height < 8 ? height : 8), pick(random, 1, width < 8 ? width : 8));
    describe_layer(f, random, true);
  }
  while (hidden-- > 0) {
    static const char *const dropouts[] = {"true", "false", "0.1", "0.25", "0.9", NULL};
    fprintf(f, "- dense: {units: %d, dropout: %s, ", 2 * pick(random, 1, 512),
            one_of(random, dropouts));
    describe_layer(f, random, false);
  }
  fprintf(f, "- output: {classes: %d, ", pick(random, 2, 16));
  describe_layer(f, random, false);
  fprintf(f, "training: {rounding: stochastic, random_bits: %d}\nlayout: {positions: %d",
          pick(random, 1, 16), conv ? pick(random, 1, 4) : 1);
  for (enum fold fold = 0; fold < FOLD_COUNT; fold++)
    if (net_fold_words(fold))
      fprintf(f, ", %s: %s", net_fold_name(fold), one_of(random, net_fold_words(fold)));
  fputs("}\n", f);
  fclose(f);
  return text;
}

/* The smallest width whose largest and most negative number hold terms * left * right, counted in
 * 128 bits; at least `least`, that of a product. */
static int width_of(long left, long right, long terms, int least) {
  __int128 most = (__int128)left * right * terms;
  int bits = 1;
  for (__int128 largest = 0; largest < most; largest = 2 * largest + 1)
    bits++;
  return bits < least ? least : bits;
}

static void check_derived(const struct net *net) {
  int inputs = net->height * net->width;
  for (int l = 0; l < net->layer_count; l++) {
    const struct layer *layer = &net->layer[l];
    long pixel = net->pixel_offset > 127 ? net->pixel_offset : 255 - net->pixel_offset;
    long input = l == 0 ? pixel : 1L << (net->layer[l - 1].activation.bits - 1);
    long weight = 1L << (layer->weight.bits - 1), gradient = 1L << (layer->gradient.bits - 1);
    int input_bits = l == 0 ? net->pixel_bits : net->layer[l - 1].activation.bits;
    int weight_bits = layer->weight.bits, gradient_bits = layer->gradient.bits;
    if (nets_is(layer, "conv"))
      inputs = layer->conv.kernel_height * layer->conv.kernel_width;
    assert_int_equal(layer->rows, inputs);
    assert_int_equal(layer->sum_bits, width_of(input, weight, inputs, input_bits + weight_bits));
    assert_int_equal(layer->update_bits,
                     width_of(input, gradient, layer->positions, input_bits + gradient_bits));
    assert_int_equal(layer->back_bits,
                     l ? width_of(weight, gradient, layer->units, weight_bits + gradient_bits) : 0);
    assert_in_range(layer->sum_bits + layer->scale_bits, 1, 63);
    assert_in_range(layer->sum_shift, 0, 47);
    assert_in_range(layer->back_shift, 0, 47);
    assert_in_range(layer->update_shift, 0, 47);
    assert_true((layer->rows - 1) >> net->row_bits == 0);
    assert_true((layer->units - 1) >> net->column_bits == 0);
    inputs = layer->outputs;
  }
}

/* The normal form is read back to the same net. */
static void check_round_trip(const char *folder, const struct net *net) {
  struct net again;
  char message[1024], *normal = net_text(net);
  load_text(folder, normal, strlen(normal), NULL, &again, message);
  assert_string_equal(message, "");
  char *twice = net_text(&again);
  assert_string_equal(twice, normal);
  assert_true(again.core_hash == net->core_hash && again.net_hash == net->net_hash);
  assert_memory_equal(again.fold, net->fold, sizeof net->fold);
  for (int l = 0; l < net->layer_count; l++) {
    assert_int_equal(again.layer[l].freeze, net->layer[l].freeze);
    assert_int_equal(again.layer[l].dropped, net->layer[l].dropped);
    assert_int_equal(again.layer[l].storage, net->layer[l].storage);
  }
  free(twice);
  free(normal);
}

static void test_random_descriptions(void **state) {
  uint64_t random = scratch_seed() | 1;
  int accepted = 0;
  for (int i = 0; i < 3000; i++) {
    struct net net;
    char message[1024], *text = random_description(&random);
    if (load_text(*state, text, strlen(text), NULL, &net, message) == 0) {
      accepted++;
      check_derived(&net);
      check_round_trip(*state, &net);
    }
    free(text);
  }
  assert_true(accepted > 200);
}

/* Bytes exchanged, cut off or doubled: a message or a network, never a crash. */
static void test_damaged_text(void **state) {
  uint64_t random = scratch_seed() | 1;
  static const char likely[] = "{}[]:,-?&*!|>'\"%@`# \n\t0123456789-.\xff";
  int refused = 0;
  for (int i = 0; i < 3000; i++) {
    struct net net;
    char message[1024], text[sizeof good];
    memcpy(text, good, sizeof good);
    for (int n = pick(&random, 1, 4); n > 0; n--)
      text[pick(&random, 0, sizeof good - 2)] = likely[pick(&random, 0, sizeof likely - 2)];
    size_t size = pick(&random, 0, 9) ? sizeof good - 1 : (size_t)pick(&random, 0, sizeof good - 1);
    refused += load_text(*state, text, size, NULL, &net, message) != 0;
  }
  assert_true(refused > 1000);
}

/* docs/description.md has a row of each fold, with exactly its words: "| `layout.step` | `normal`,
 * `fast` | ...". */
static void test_documented_folds(void **state) {
  (void)state;
  char line[512];
  int rows = 0;
  FILE *page = fopen("docs/description.md", "r");
  assert_non_null(page);
  while (fgets(line, sizeof line, page)) {
    if (strncmp(line, "| `layout.", 10) != 0)
      continue;
    char expected[256];
    enum fold fold = (enum fold)rows++;
    assert_true(fold < FOLD_COUNT);
    int length = snprintf(expected, sizeof expected, "| `layout.%s` |", net_fold_name(fold));
    const char *const *words = net_fold_words(fold);
    for (int i = 0; words && words[i]; i++)
      length += snprintf(expected + length, sizeof expected - (size_t)length, "%s `%s`",
                         i ? "," : "", words[i]);
    snprintf(expected + length, sizeof expected - (size_t)length, words ? " |" : "");
    line[strlen(expected)] = '\0';
    assert_string_equal(line, expected);
  }
  fclose(page);
  assert_int_equal(rows, FOLD_COUNT);
}

#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_paper),
      cmocka_unit_test(test_paper8),
      cmocka_unit_test(test_small_nets),
      IN_FOLDER(test_pixels),
      IN_FOLDER(test_defaults),
      IN_FOLDER(test_dropout),
      IN_FOLDER(test_default_formats),
      IN_FOLDER(test_biases),
      IN_FOLDER(test_default_rounding),
      IN_FOLDER(test_default_limits),
      IN_FOLDER(test_default_lanes),
      IN_FOLDER(test_storage),
      cmocka_unit_test(test_bits_for),
      cmocka_unit_test(test_derive_by_hand),
      cmocka_unit_test(test_weights),
      IN_FOLDER(test_bad),
      IN_FOLDER(test_bad_files),
      IN_FOLDER(test_fold_values),
      cmocka_unit_test(test_fold_words),
      cmocka_unit_test(test_documented_folds),
      IN_FOLDER(test_fold_of_one_column),
      IN_FOLDER(test_fold_without_conv),
      IN_FOLDER(test_layouts),
      IN_FOLDER(test_fast_filters),
      IN_FOLDER(test_overrides),
      cmocka_unit_test(test_text_and_hashes),
      IN_FOLDER(test_what_hashes_cover),
      IN_FOLDER(test_random_descriptions),
      IN_FOLDER(test_damaged_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
