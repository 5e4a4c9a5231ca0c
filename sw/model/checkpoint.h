/* checkpoint.h : weights and the whole state of a training run, as a safetensors file.
 * SPDX-License-Identifier: MIT
 *
 * Tensors are float32 (exact: an integer of at most 24 bits over a power of two) in PyTorch's
 * shapes and order, so that PyTorch loads them as they are: "conv.weight"
 * [filters][1][kernel_height][kernel_width], "dense1.weight" [units][inputs] (inputs of a dense
 * layer behind a convolution in PyTorch's flatten order: filter, row, column; Engram's order is
 * position by position, filters innermost), "dense2.weight" ..., "output.weight" [classes][inputs].
 * Everything else stands in the file's string metadata.
 */
#ifndef ENGRAM_MODEL_CHECKPOINT_H
#define ENGRAM_MODEL_CHECKPOINT_H

#include "model/device_state.h"
#include "net/weights.h"

#include <stdio.h>

/* Where in the shuffled epochs the run stands; the host's business. */
struct place {
  uint64_t seed;     /* of the split, the order and what --augment draws */
  uint64_t data;     /* digest of the pictures and their split (train_digest); 0: not known */
  uint32_t epoch;    /* epochs finished */
  uint32_t position; /* pictures of the current epoch already trained on */
};

enum {
  ORIGIN_NAMES_BYTES = 16384,
  ORIGIN_VIEW_BYTES = 16,
  ORIGIN_CHANNEL_BYTES = 64,
  ORIGIN_HOW_BYTES = 256
};

/* What the pictures of the training were, and how it took them; "": not known. */
struct origin {
  char view[ORIGIN_VIEW_BYTES];         /* what pictures of sounds showed */
  char channel[ORIGIN_CHANNEL_BYTES];   /* the sounds' rates and bandwidths (data/channel.h) */
  char how[ORIGIN_HOW_BYTES];           /* "halve=5,8 augment=shift=1 balance", "-": none of them */
  char class_names[ORIGIN_NAMES_BYTES]; /* a list (data/classes.h), label 0 first */
};

struct checkpoint {
  struct weights weights;
  struct device_state state;
  struct place place;
  struct origin origin;
};

/* Writes the whole file to a stream of output_open; output_commit then notices what failed. Returns
 * 0 or -1. */
int checkpoint_write(FILE *file, const struct net *net, const struct checkpoint *checkpoint,
                     struct error *err);

/* Writes the file whole or not at all. */
int checkpoint_save(const char *path, const struct net *net, const struct checkpoint *checkpoint,
                    struct error *err);

/* Reads a file into `checkpoint`, whose weights were made by weights_new for this net. Refuses a
 * file whose random scheme, net hash or shapes are another network's (says which tensor, found and
 * expected shape). Tensors "conv.bias" and so on may be there when they are all 0. A file without
 * Engram's metadata (from PyTorch) is taken: its state, place and class names are left as the
 * caller preset them. Tensors may be F16, BF16, F32 or F64. Values are rounded to the nearest of
 * the layer's grid and saturated; *inexact counts those that were not on it, and where there are
 * any the weights have the file's real numbers beside them (of F64 the nearest float32; the grid
 * takes the number itself). On failure `checkpoint` is unchanged. */
int checkpoint_load(const char *path, const struct net *net, struct checkpoint *checkpoint,
                    size_t *inexact, struct error *err);

/* The same of a file of any formats, rounding and version whose shapes are this net's: weights and
 * origin alone, state and place are left as the caller preset them. */
int checkpoint_load_weights(const char *path, const struct net *net, struct checkpoint *checkpoint,
                            size_t *inexact, struct error *err);

#endif
