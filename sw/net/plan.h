/* plan.h : what a layout costs: cycles (exact), multipliers and memories.
 * SPDX-License-Identifier: MIT
 *
 * The widths, depths and latencies that the emitted RTL is made with come from here, so that the
 * cycle count and the hardware cannot part.
 */
#ifndef ENGRAM_NET_PLAN_H
#define ENGRAM_NET_PLAN_H

#include "net/net.h"

/* One layer's layout. */
struct plan_layer {
  char name[16];                  /* "conv", "dense1", ..., "output" */
  int lanes, groups;              /* dense: units = lanes * groups */
  int address_bits;               /* dense: of rows * groups words */
  int filters_at_once, positions; /* convolution: values of a word */
  int values;                     /* positions * filters_at_once: what is written at a time */
  int words;                      /* of the activation memory behind the layer */
  int word_bits, slot_bits;       /* of an address in it */
  int forward_levels;             /* adder tree levels: convolution, over the taps */
  int back_levels; /* dense: over the lanes; convolution: over the positions at a time */
  int multipliers;
};

struct plan_memory {
  char what[32]; /* such as "dense1 weights" */
  int count;     /* of equal memories */
  int words, bits;
};

enum { PLAN_MEMORIES_MAX = 2 * NET_LAYERS_MAX + 1 };

struct plan {
  struct plan_layer layer[NET_LAYERS_MAX];
  int across, down; /* convolution windows at a time */
  int infer_cycles; /* from the step's start to the result, both counted, without stalls */
  int train_cycles; /* from the step's start to the last weight write */
  int multipliers;
  int memory_count;
  struct plan_memory memory[PLAN_MEMORIES_MAX];
  long memory_bits;
};

/* Lays the net out. The net was derived before. */
void plan_make(struct plan *plan, const struct net *net);

/* Bits of an address among `count` things, at least 1. */
int plan_index_bits(int count);

/* Levels of an adder tree of four terms a node: smallest L with 4^L >= terms. */
int plan_tree_levels(int terms);

/* Memory blocks of a family that one memory takes, by the widths its blocks have: ECP5 DP16KD
 * (16,384 bits, or 18,432 with 9, 18 or 36 bits) and iCE40 SB_RAM40_4K (4,096 bits). */
int plan_blocks_ecp5(const struct plan_memory *memory);
int plan_blocks_ice40(const struct plan_memory *memory);

#endif
