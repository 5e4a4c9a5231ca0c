/* net.h : the description of a network and of its layout, and all that follows from it alone.
 * SPDX-License-Identifier: MIT
 *
 * One struct for the model, the generator and the benches. `net_load` reads a YAML file
 * (docs/description.md) and fills every field; nothing else in Engram derives a width, a shift or a
 * shape.
 *
 * A layer learns the numbers of its tensors, each a matrix [rows][columns] that is stored row by
 * row. Most layers have one, their weights: a convolution's rows are the taps of its kernel (row by
 * row of the kernel) and its columns the filters (K_M of E8); a dense layer's rows are its inputs
 * and its columns its units (W_L, W_OUT). A number is an integer with a binary point: value =
 * integer / 2^frac.
 */
#ifndef ENGRAM_NET_NET_H
#define ENGRAM_NET_NET_H

#include "base/error.h"
#include "net/kinds.h"
#include "net/synapses.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define NET_LAYERS_MAX      5  /* a convolution, three dense layers, the output */
#define NET_NAME_MAX        32 /* characters: a letter, then letters, digits, '_' */
#define NET_SIDE_MAX        64 /* pixels of a picture in height and in width */
#define NET_PIXEL_DEPTH_MAX 8  /* bits of a picture's byte */
#define NET_KERNEL_MAX      8  /* taps of a kernel in height and in width */
#define NET_LAYER_NAME_MAX  16 /* with its end */
#define NET_CLASSES_MAX     16
#define NET_UNITS_MAX       1024 /* of any layer */
#define NET_DIMENSIONS_MAX  4    /* of a tensor */
#define NET_TENSORS_MAX     2    /* of a layer */
#define NET_RATE_MAX        15   /* the learning rate is 2^-rate, 0 <= rate <= 15 */
/* Bits behind the binary point: of softmax's probabilities, so the most of G_S (E10); of the
 * distances that its table has entries for (E9). */
#define NET_PROBABILITY_FRAC 15
#define NET_EXPONENT_FRAC    5

/* Dropout of units one by one: bits of a unit's draw, and how many values that has. */
enum { NET_DRAW_BITS = 4, NET_DRAWS = 1 << NET_DRAW_BITS };

/* Version of the random bits (sw/model/random.h) and of what rounding takes of them. */
enum { NET_RANDOM_SCHEME = 2 };

/* LAYER_ and its name for each kind of kinds.h. */
#define KIND(NAME, name) LAYER_##NAME,
enum layer_kind { LAYER_KINDS(KIND) LAYER_KIND_COUNT };
#undef KIND

/* SYNAPSE_ and its name for each of synapses.h. */
#define SYNAPSE(NAME, name) SYNAPSE_##NAME,
enum synapse_kind { SYNAPSES(SYNAPSE) SYNAPSE_COUNT };
#undef SYNAPSE

/* How an update is rounded to the weight's grid (E16, docs/formats.md). */
enum rounding {
  ROUND_OPEN = -1 /* not chosen yet */,
  ROUND_NEAREST,
  ROUND_STOCHASTIC,
  ROUND_TRUNCATE
};

/* Where a dense layer's weights lie: in RAM with a read and a write port, in registers, or in RAM
 * with one port for both. */
enum storage {
  STORAGE_OPEN = -1 /* not chosen yet */,
  STORAGE_RAM,
  STORAGE_REGISTER,
  STORAGE_SINGLE_PORT
};

/* How the first dense layer trains: a row a cycle, or (fast) two rows a cycle, where one lane
 * serves the kept unit of a pair. */
enum step { STEP_NORMAL, STEP_FAST };

/* Whether a dense lane has a multiplier for the gradient and one for the update, or one for both.
 */
enum multipliers { MULTIPLIERS_SEPARATE, MULTIPLIERS_SHARED };

/* A core that learns, or one that only infers. */
enum mode { MODE_TRAINING, MODE_INFERENCE };

/* What a reply says of each class: its probability, or (in a core that only infers) its logit. */
enum output_kind { OUTPUT_SOFTMAX, OUTPUT_ARGMAX };

/* What can be chosen of a layout: numbers, each with what it is where nothing is said (at most as
 * many as make sense), and words, whose names are net_NAME_names. */
#define NET_FOLDS(NUMBER, WORD)                                                                    \
  NUMBER(POSITIONS, positions, 1)                                                                  \
  NUMBER(FILTERS, filters, 1)                                                                      \
  NUMBER(TAPS, taps, INT_MAX)                                                                      \
  NUMBER(LANES, lanes, 64)                                                                         \
  NUMBER(OUTPUT_LANES, output_lanes, INT_MAX)                                                      \
  NUMBER(LOGIC_MULTIPLIERS, logic_multipliers, 0)                                                  \
  WORD(STEP, step)                                                                                 \
  WORD(MULTIPLIERS, multipliers)                                                                   \
  WORD(STORAGE, storage)                                                                           \
  WORD(MODE, mode)                                                                                 \
  WORD(OUTPUT, output)

#define NUMBER(NAME, name, usual) FOLD_##NAME,
#define WORD(NAME, name)          FOLD_##NAME,
enum fold { NET_FOLDS(NUMBER, WORD) FOLD_COUNT };
#undef NUMBER
#undef WORD

/* Two's complement of `bits` bits, of which `frac` lie behind the binary point (frac may exceed
 * bits). */
struct format {
  int bits; /* 4..24 */
  int frac; /* 0..31 */
};

/* What a layer learns, or a part of it: a matrix. */
struct tensor {
  /* stated by the layer's kind */
  const char *name; /* "weight": that of dense1 is "dense1.weight" in a file */
  int rows, columns;
  bool inputs; /* a row is of a value in front; else rows are the kind's own */
  struct format format;
  int initial_bits; /* initial numbers are uniform over this signed width on the format's grid; 0:
                       they are 0, and nothing is drawn for them */
  int dimension_count, dimension[NET_DIMENSIONS_MAX]; /* in a file, as PyTorch has it: columns
                                                         first */
  /* derived */
  int layer;        /* whose it is */
  size_t first;     /* where it begins among the numbers of that layer */
  int update_shift; /* s of E16 at a learning rate of 1, to its grid: s = update_shift + rate */
};

/* Events in a layer that a register of its own counts, modulo 2^32. */
struct counter {
  const char *name;            /* of the register, in lower case */
  const char *wires;           /* in a core: dense1_cuts */
  const char *key;             /* in JSON */
  const char *before, *behind; /* what is counted, around the layer's name */
  bool trains;                 /* in training only */
};

/* The counters that every layer has; behind them stand those that its kind states. */
enum net_count { COUNT_CUT_ACTIVATIONS, COUNT_CUT_GRADIENTS, COUNT_LOST, NET_COUNTERS_SHARED };
enum { NET_COUNTERS_MAX = 8 /* of a layer */ };

/* A number for each unit that is added to its sums, where a layer has such numbers. */
struct bias {
  /* described */
  bool there;
  struct format word; /* of such a number */
  int init;           /* they begin uniform in [-2^init, 2^init), init <= 0; NET_INIT_ZERO: at 0 */

  /* derived */
  int sum_shift;    /* from its binary point to the sum's, to the left */
  int update_shift; /* s of E16 at a learning rate of 1 */
  int update_bits;  /* signed width of the exact u of E16: the sum of its unit's gradients */
};

enum { NET_INIT_ZERO = 1 };

/* What is a convolution's own. */
struct layer_conv {
  int kernel_height, kernel_width; /* described */
  int out_height, out_width;       /* derived: of C */
};

struct layer {
  /* described */
  enum layer_kind kind;
  int units;    /* filters, units or classes: the columns of the weight matrix */
  bool relu;    /* false where the kind has none */
  bool dropout; /* likewise; training keeps one of each neighbouring pair of units, */
  int dropped;  /* or each unit by itself, with a chance of 1 - dropped / NET_DRAWS; 0: pairs */
  enum synapse_kind synapse;
  struct format word;       /* of a weight, as it is stored */
  int used;                 /* bits of the word that a sum takes, 0: all */
  struct format activation; /* what the layer puts out: C, D, logits */
  struct format gradient;   /* the error's gradient with respect to that: G_L, G_OUT, G_S */
  int init;                 /* initial weights are uniform in [-2^init, 2^init), init <= 0 */
  struct bias bias;
  bool freeze;          /* the layer starts frozen: its weights are not updated */
  enum storage storage; /* of the weights, where the kind has a choice */

  /* derived */
  char name[NET_LAYER_NAME_MAX]; /* "conv", "dense1", ..., "output" */
  int number;                    /* among the layers of its kind, from 1 on */
  int rows;                      /* weight matrix rows: kernel taps or inputs */
  int positions; /* places where the matrix is applied: output pixels of a convolution, else 1 */
  int outputs;   /* positions * units */
  struct format input;    /* what enters: pixels or the previous layer's activation */
  struct format weight;   /* as a sum takes it: the synapse's */
  bool decodes;           /* that is not the word itself: the synapse's */
  int update_random_bits; /* random bits that the update of a weight takes, 0..31: the synapse's */
  int sum_bits;           /* signed width of the exact forward sum, its bias included; its frac is
                             input.frac + weight.frac */
  int product_bits;       /* of that sum without the bias */
  int sum_shift;          /* from the sum's binary point to the activation's */
  int back_bits;   /* signed width of the exact sum over units of weight * gradient; 0 for the first
                      layer */
  int back_shift;  /* from that sum's binary point to the previous layer's gradient's */
  int update_bits; /* signed width of the exact u of E16: a product, for a convolution the sum over
                      positions */
  int update_shift; /* s of E16 at a learning rate of 1, to the word's grid: s = update_shift +
                       rate */
  int keep_factor, keep_shift; /* inference takes activations times keep_factor / 2^keep_shift, the
                                  share of the units that training keeps; the factor is odd */
  int scale_bits; /* bits that this adds to the sum in front of the normaliser: keep_shift, or 0
                     where one more shift of the normaliser is all of it */
  int first_dropout_bit;          /* index of the layer's first one among the step's dropout bits */
  int first_tensor, tensor_count; /* among the net's */
  size_t weight_count;            /* numbers of all its tensors */

  union { /* by kind, where a kind has fields of its own */
    struct layer_conv conv;
  };
};

struct net {
  /* what is learned */
  char name[NET_NAME_MAX + 1];
  int height, width;   /* of a picture */
  int pixel_depth;     /* bits of a byte that are taken, from the highest: 1..8 */
  int pixel_threshold; /* where that is one bit: the least byte that counts as 1, not as 0; else 0
                        */
  int pixel_offset;    /* what is taken stands for (taken - pixel_offset) / 2^pixel_frac */
  int pixel_frac;
  int layer_count;
  struct layer layer[NET_LAYERS_MAX];
  int rate; /* initial learning rate 2^-rate */
  enum rounding rounding;
  int random_bits; /* R: bits of the stochastic rounding's random number; 0 for the other roundings
                    */

  /* how it is laid out */
  int fold[FOLD_COUNT]; /* by enum fold: positions (B), filters and kernel taps of the convolution
                           at a time, hidden dense lanes, output lanes, multipliers made of logic;
                           enum step, enum multipliers, enum storage (of layers that do not say),
                           enum mode, enum output_kind */

  /* derived */
  int classes;
  int pixel_bits;   /* signed width of a pixel, net_pixel: pixel_depth, or one more */
  int tensor_count; /* of all layers, in their order */
  struct tensor tensor[NET_LAYERS_MAX * NET_TENSORS_MAX];
  size_t weight_count; /* of all layers */
  int counters;        /* of a layer, at most */
  int dropout_bits;  /* of a step: of all layers with dropout one a pair or NET_DRAW_BITS a unit */
  int hash_bits;     /* of a weight's random number: as many as any layer's update takes */
  int position_bits; /* P of their hash: layer_bits + row_bits + column_bits */
  int layer_bits; /* of a tensor's number, which is its layer's where each layer has one tensor */
  int row_bits, column_bits;
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

/* A fold's name, and the words that its values 0, 1, ... stand for, ended by NULL (NULL for a
 * number). */
const char *net_fold_name(enum fold fold);
const char *const *net_fold_words(enum fold fold);

/* Whether a fold can have this value, as far as that depends on it alone, and the largest such
 * value. Need the derived shapes. */
bool net_fold_legal(const struct net *net, enum fold fold, int value);
int net_fold_most(const struct net *net, enum fold fold);

/* A fold's legal values as people read them ("1..25, 50, 125", "normal, fast"). Returns memory that
 * the caller frees. */
char *net_fold_text(const struct net *net, enum fold fold);

/* Whether a search for a layout may leave a legal value out, as no better than another one; whether
 * layer `l` takes two rows a cycle with step: fast. Need the derived shapes. */
bool net_fold_worth(const struct net *net, enum fold fold, int value);
bool net_steps_fast(const struct net *net, int l);

/* A layer's kind as the description has it ("conv"), and the layer as people read it ("3 filters of
 * 5x5"). */
const char *net_kind_name(const struct layer *layer);
void net_show_layer(FILE *to, const struct layer *layer);

/* Whether a description may say where the layer's weights lie. */
bool net_has_storage(const struct layer *layer);

/* A byte of a picture as the first layer takes it: an integer of `pixel_bits` bits, of which
 * `pixel_frac` lie behind the binary point. */
static inline int net_pixel(const struct net *net, int byte) {
  int taken = net->pixel_threshold > 0 ? byte >= net->pixel_threshold
                                       : byte >> (NET_PIXEL_DEPTH_MAX - net->pixel_depth);
  return taken - net->pixel_offset;
}

/* A byte that stands for 0. */
static inline int net_pixel_zero(const struct net *net) {
  if (net->pixel_threshold > 0)
    return net->pixel_offset > 0 ? net->pixel_threshold : 0;
  return net->pixel_offset << (NET_PIXEL_DEPTH_MAX - net->pixel_depth);
}

/* How many numbers a tensor has. */
static inline size_t net_tensor_size(const struct tensor *tensor) {
  return (size_t)tensor->rows * (size_t)tensor->columns;
}

/* A tensor's name in a file, "dense1.weight"; and as people read it: its layer's alone, where that
 * has no other. */
enum { NET_TENSOR_NAME_MAX = 32 };
void net_tensor_name(const struct net *net, const struct tensor *tensor,
                     char name[NET_TENSOR_NAME_MAX]);
void net_tensor_title(const struct net *net, const struct tensor *tensor,
                      char title[NET_TENSOR_NAME_MAX]);

/* A layer's first tensor, its only one where it is a matrix; and a tensor's number in the net. */
static inline const struct tensor *net_matrix(const struct net *net, int l) {
  return &net->tensor[net->layer[l].first_tensor];
}
/* The tensor of a layer's biases, "bias" [1][units], behind its others; NULL: it has none. */
static inline const struct tensor *net_bias(const struct net *net, int l) {
  const struct layer *layer = &net->layer[l];
  return layer->bias.there ? &net->tensor[layer->first_tensor + layer->tensor_count - 1] : NULL;
}
static inline int net_tensor_number(const struct net *net, const struct tensor *tensor) {
  return (int)(tensor - net->tensor);
}

/* Words of a layer's counters in the address map. */
static inline int net_counter_words(const struct net *net) {
  return net->counters > 4 ? 8 : 4;
}

/* A layer's counter `which`; NULL: it has not so many. */
const struct counter *net_counter(const struct layer *layer, int which);

/* One of those that every layer has, which < NET_COUNTERS_SHARED. */
const struct counter *net_counter_shared(int which);

/* Whether each column of the layer's first tensor is a picture, such as a filter, and of what
 * shape. */
bool net_column_shape(const struct layer *layer, int *height, int *width);

/* Writes the description in one normal form (every option spelled out, in a fixed order), a line
 * each; the hashes are of parts of this text. Returns memory that the caller frees. */
char *net_text(const struct net *net);

/* Whether dropout keeps one of each pair of the layer's units, or draws for each by itself. */
static inline bool net_drops_pairs(const struct layer *layer) {
  return layer->dropout && layer->dropped == 0;
}
static inline bool net_drops_units(const struct layer *layer) {
  return layer->dropout && layer->dropped > 0;
}

/* Bits that updates take at the head of a step's random bits (sw/model/random.h). */
static inline int net_drawn_bits(const struct net *net) {
  return net->hash_bits > 0 ? 2 * net->hash_bits + net->position_bits - 1 : 0;
}

/* Signed bits that hold every integer of magnitude up to and including `magnitude` (which is <
 * 2^62). */
int net_bits_for(uint64_t magnitude);

#endif
