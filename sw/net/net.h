/* net.h : the description of a network and of its layout, and all that follows from it alone.
 * SPDX-License-Identifier: MIT
 *
 * One struct for the model, the generator and the benches. `net_load` reads a YAML file
 * (docs/description.md) and fills every field; nothing else in Engram derives a width, a shift or a
 * shape.
 *
 * Every layer is a matrix of weights [rows][columns], stored row by row: a convolution's rows are
 * the taps of its kernel (row by row of the kernel) and its columns the filters (K_M of E8); a
 * dense layer's rows are its inputs and its columns its units (W_L, W_OUT). A number is an integer
 * with a binary point: value = integer / 2^frac.
 */
#ifndef ENGRAM_NET_NET_H
#define ENGRAM_NET_NET_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NET_LAYERS_MAX  5  /* a convolution, three dense layers, the output */
#define NET_NAME_MAX    32 /* characters: a letter, then letters, digits, '_' */
#define NET_CLASSES_MAX 16
#define NET_UNITS_MAX   1024 /* of any layer */
#define NET_RATE_MAX    15   /* the learning rate is 2^-rate, 0 <= rate <= 15 */

enum layer_kind { LAYER_CONV, LAYER_DENSE, LAYER_OUTPUT };

/* How an update is rounded to the weight's grid (E16, docs/formats.md). */
enum rounding { ROUND_NEAREST, ROUND_STOCHASTIC, ROUND_TRUNCATE };

/* Two's complement of `bits` bits, of which `frac` lie behind the binary point (frac may exceed
 * bits). */
struct format {
  int bits; /* 4..24 */
  int frac; /* 0..31 */
};

struct layer {
  /* described */
  enum layer_kind kind;
  int units;         /* filters, units or classes: the columns of the weight matrix */
  int kernel_height; /* convolution only, else 0 */
  int kernel_width;
  bool relu;    /* dense only */
  bool dropout; /* dense only: training keeps one of each neighbouring pair of units */
  struct format weight;
  struct format activation; /* what the layer puts out: C, D, logits */
  struct format gradient;   /* the error's gradient with respect to that: G_L, G_OUT, G_S */
  int init;                 /* initial weights are uniform in [-2^init, 2^init), init <= 0 */

  /* derived */
  int rows;      /* weight matrix rows: kernel taps or inputs */
  int positions; /* places where the matrix is applied: output pixels of a convolution, else 1 */
  int outputs;   /* positions * units */
  int out_height, out_width; /* convolution only, else 0 */
  struct format input;       /* what enters: pixels or the previous layer's activation */
  int sum_bits;    /* signed width of the exact forward sum; its frac is input.frac + weight.frac */
  int sum_shift;   /* from the sum's binary point to the activation's */
  int back_bits;   /* signed width of the exact sum over units of weight * gradient; 0 for the first
                      layer */
  int back_shift;  /* from that sum's binary point to the previous layer's gradient's */
  int update_bits; /* signed width of the exact u of E16: a product, for a convolution the sum over
                      positions */
  int update_shift; /* s of E16 at a learning rate of 1: s = update_shift + rate */
  int first_pair; /* index of this layer's first dropout pair among the step's random bits' pairs */
};

struct net {
  /* what is learned */
  char name[NET_NAME_MAX + 1];
  int height, width; /* of a picture */
  int pixel_offset;  /* a byte stands for (byte - pixel_offset) / 2^pixel_frac */
  int pixel_frac;
  int layer_count;
  struct layer layer[NET_LAYERS_MAX];
  int rate; /* initial learning rate 2^-rate */
  enum rounding rounding;
  int random_bits; /* R: bits of the stochastic rounding's random number; 0 for the other roundings
                    */

  /* how it is laid out */
  int fold_positions; /* B: convolution positions at a time */
  int fold_filters;   /* convolution filters at a time */
  int fold_lanes;     /* hidden dense lanes */
  int fold_output_lanes;

  /* derived */
  int classes;
  int pixel_bits;      /* signed width of byte - pixel_offset: 8 or 9 */
  size_t weight_count; /* of all layers */
  int pair_count;      /* dropout pairs of all layers */
  int position_bits;   /* P of the rounding hash: layer_bits + row_bits + column_bits */
  int layer_bits, row_bits, column_bits;
  uint64_t net_hash;  /* of what the weights mean: pixels, layers, formats, rounding; not the name,
                         rate or layout */
  uint64_t core_hash; /* of everything, layout, name and generator version included */
};

/* Reads and checks a description. `folds` are "key=value" overrides of the layout section
 * (fold_count of them), applied before the check. Returns 0, or -1 with one message
 * "file:line:column: found, allowed" (for a fold: its legal values). */
int net_load(struct net *net, const char *path, const char *const *folds, size_t fold_count,
             struct error *err);

/* Fills every derived field from the described ones and refuses what cannot be built (a sum of more
 * than 63 bits, a binary point that would need a left shift, ...). net_load calls it; tests build a
 * struct net by hand and call it. */
int net_derive(struct net *net, struct error *err);

/* Legal values of a fold ("positions", "filters", "lanes", "output_lanes"), ascending, at most
 * `capacity`. Returns how many. Needs the derived shapes. */
int net_fold_values(const struct net *net, const char *fold, int *values, int capacity);

/* Writes the description in one normal form (every option spelled out, in a fixed order), a line
 * each; the hashes are of parts of this text. Returns memory that the caller frees. */
char *net_text(const struct net *net);

/* Signed bits that hold every integer of magnitude up to and including `magnitude` (which is <
 * 2^62). */
int net_bits_for(uint64_t magnitude);

/* All weights of a net, each layer's [rows][columns]. */
struct weights {
  int layer_count;
  size_t count[NET_LAYERS_MAX];
  int32_t *layer[NET_LAYERS_MAX];
};

/* Zeroed weights of the net's shapes; release with weights_free. */
void weights_new(struct weights *weights, const struct net *net);
void weights_free(struct weights *weights);

#endif
