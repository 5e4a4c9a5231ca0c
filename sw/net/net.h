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
#include "net/kinds.h"
#include "net/synapses.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define NET_LAYERS_MAX     5  /* a convolution, three dense layers, the output */
#define NET_NAME_MAX       32 /* characters: a letter, then letters, digits, '_' */
#define NET_SIDE_MAX       64 /* pixels of a picture in height and in width */
#define NET_KERNEL_MAX     8  /* taps of a kernel in height and in width */
#define NET_LAYER_NAME_MAX 16 /* with its end */
#define NET_CLASSES_MAX    16
#define NET_UNITS_MAX      1024 /* of any layer */
#define NET_DIMENSIONS_MAX 4    /* of a tensor */
#define NET_RATE_MAX       15   /* the learning rate is 2^-rate, 0 <= rate <= 15 */

/* LAYER_ and its name for each kind of kinds.h. */
#define KIND(NAME, name) LAYER_##NAME,
enum layer_kind { LAYER_KINDS(KIND) LAYER_KIND_COUNT };
#undef KIND

/* SYNAPSE_ and its name for each of synapses.h. */
#define SYNAPSE(NAME, name) SYNAPSE_##NAME,
enum synapse_kind { SYNAPSES(SYNAPSE) SYNAPSE_COUNT };
#undef SYNAPSE

/* How an update is rounded to the weight's grid (E16, docs/formats.md). */
enum rounding { ROUND_NEAREST, ROUND_STOCHASTIC, ROUND_TRUNCATE };

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
  bool dropout; /* likewise; training keeps one of each neighbouring pair of units */
  enum synapse_kind synapse;
  struct format weight;     /* as a sum takes it */
  struct format activation; /* what the layer puts out: C, D, logits */
  struct format gradient;   /* the error's gradient with respect to that: G_L, G_OUT, G_S */
  int init;                 /* initial weights are uniform in [-2^init, 2^init), init <= 0 */
  bool freeze;              /* the layer starts frozen: its weights are not updated */
  enum storage storage;     /* of the weights, where the kind has a choice */

  /* derived */
  char name[NET_LAYER_NAME_MAX]; /* "conv", "dense1", ..., "output" */
  int number;                    /* among the layers of its kind, from 1 on */
  int rows;                      /* weight matrix rows: kernel taps or inputs */
  int positions; /* places where the matrix is applied: output pixels of a convolution, else 1 */
  int outputs;   /* positions * units */
  struct format input;    /* what enters: pixels or the previous layer's activation */
  struct format word;     /* of a weight, as it is stored: the synapse's */
  int update_random_bits; /* random bits that the update of a weight takes, 0..31: the synapse's */
  int sum_bits;    /* signed width of the exact forward sum; its frac is input.frac + weight.frac */
  int sum_shift;   /* from the sum's binary point to the activation's */
  int back_bits;   /* signed width of the exact sum over units of weight * gradient; 0 for the first
                      layer */
  int back_shift;  /* from that sum's binary point to the previous layer's gradient's */
  int update_bits; /* signed width of the exact u of E16: a product, for a convolution the sum over
                      positions */
  int update_shift; /* s of E16 at a learning rate of 1, to the word's grid: s = update_shift +
                       rate */
  int initial_bits; /* of an initial weight: init as a signed width on the word's grid */
  int first_pair; /* index of this layer's first dropout pair among the step's random bits' pairs */

  union { /* by kind, where a kind has fields of its own */
    struct layer_conv conv;
  };
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
  int fold[FOLD_COUNT]; /* by enum fold: positions (B), filters and kernel taps of the convolution
                           at a time, hidden dense lanes, output lanes, multipliers made of logic;
                           enum step, enum multipliers, enum storage (of layers that do not say),
                           enum mode, enum output_kind */

  /* derived */
  int classes;
  int pixel_bits;      /* signed width of byte - pixel_offset: 8 or 9 */
  size_t weight_count; /* of all layers */
  int pair_count;      /* dropout pairs of all layers */
  int hash_bits;       /* of a weight's random number: as many as any layer's update takes */
  int position_bits;   /* P of their hash: layer_bits + row_bits + column_bits */
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

/* A layer's tensor as PyTorch has it, columns of the weight matrix first; returns how many
 * dimensions it has. */
int net_tensor_shape(const struct layer *layer, int dimension[NET_DIMENSIONS_MAX]);

/* Whether each column of the layer's weights is a picture, such as a filter, and of what shape. */
bool net_column_shape(const struct layer *layer, int *height, int *width);

/* Writes the description in one normal form (every option spelled out, in a fixed order), a line
 * each; the hashes are of parts of this text. Returns memory that the caller frees. */
char *net_text(const struct net *net);

/* Random bits of a step (sw/model/random.h): those that updates take at the head of its stream, and
 * the shifts from one step's to the next one's. */
static inline int net_drawn_bits(const struct net *net) {
  return net->hash_bits > 0 ? 2 * net->hash_bits + net->position_bits - 1 : 0;
}

static inline int net_step_shifts(const struct net *net) {
  int bits = net_drawn_bits(net) + net->pair_count;
  return bits <= 128 ? 128 : (bits + 127) / 128 * 128;
}

/* Signed bits that hold every integer of magnitude up to and including `magnitude` (which is <
 * 2^62). */
int net_bits_for(uint64_t magnitude);

#endif
