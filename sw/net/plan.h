/* plan.h : what a layout costs: cycles (exact), multipliers and memories.
 * SPDX-License-Identifier: MIT
 *
 * The widths, depths and latencies that the emitted RTL is made with come from here, so that the
 * cycle count and the hardware cannot part.
 */
#ifndef ENGRAM_NET_PLAN_H
#define ENGRAM_NET_PLAN_H

#include "net/net.h"

#include <stdbool.h>

/* How values lie in a memory (engram_row_order): value n = filters * position + filter in words of
 * positions x filters_at_once; the last word of a line holds what is left of it. */
struct plan_order {
  int filters, filters_at_once;
  int positions;            /* of a word */
  int line;                 /* positions of a line; a multiple of them makes the picture or C */
  int values;               /* positions * filters_at_once: slots of a word */
  int words;                /* of the memory */
  int word_bits, slot_bits; /* of an address in it, and of a place in a word */
};

/* What lies between a layer and the one in front of it, or the picture: values in a memory, which
 * the layer reads and to whose writer it sends gradients back in the same order. */
struct plan_edge {
  struct plan_order order;
  int at_once;  /* values that are read, and gradients that come back, in a cycle: 1 or 2 of a word
                 */
  int copies;   /* engram_copies of what is read */
  bool placed;  /* gradients come back with their places in a word, else one by one in the order */
  int tag_bits; /* what comes beside them: rows, places, whether they are their word's last */
};

/* A counter of events (engram_event_counter). */
struct plan_count {
  int flags;            /* events that one cycle can bring */
  int levels, sum_bits; /* of the tree that adds them */
  int bits;             /* of the count */
};

/* A convolution's layout. */
struct plan_conv {
  int across, down;   /* windows at a time */
  int forward_levels; /* adder tree levels, over the taps at a time */
  int back_levels;    /* over the positions at a time */
  int rest;           /* positions of a line's last word */
  bool serial;        /* one value at a time, `taps` of its taps a cycle (engram_conv_serial) */
  int taps;
  int ready_word;                /* serial: the value with which the layer behind may start */
  int filter_bits, chunk_bits;   /* serial: of a kernel's address */
  int kernel_words, kernel_bits; /* of the weights' memory */
  int shared_bits;               /* serial: of what its memory holds, an activation or a gradient */
  int busy_cycles; /* in which the multipliers take a window's values, forward and again backward;
                      0 where it is serial */
};

/* A crossbar's: of a dense layer and of the output. */
struct plan_crossbar {
  int lanes;        /* a lane serves a unit, or (paired) a pair of units, of each group */
  int rows_at_once; /* 1, or 2 from two banks */
  int copies;       /* engram_copies of what goes to all lanes */
  bool paired;      /* training passes over the kept units of the pairs only */
  bool shared;      /* one multiplier a lane and row for gradient and update */
  bool coupled;     /* two lanes train the kept one of a pair */
  int trained;      /* lanes while it trains */
  int early;        /* of them, with an update unit; the others take turns with these */
  int groups;       /* units that share a lane */
  int group_bits;
  int last_lanes;   /* lanes of the last group */
  int issues;       /* cycles of a pass over the rows */
  int weight_words; /* of a bank */
  int address_bits; /* of them */
  int bank_lanes;   /* lanes whose weights lie side by side */
  int banks;        /* of a row at a time */
  int back_levels;  /* over the lanes that train */
  int dropout_bits; /* of dropout's choice; a layer without has such a port as well */
  int scaled;       /* cycles in which dropout's share multiplies a sum: 1 or 0 */
};

/* One layer's layout. */
struct plan_layer {
  int multipliers;
  int logic_multipliers;   /* of them, made of logic */
  int row_bits, unit_bits; /* of an address among rows and among units */
  int back_bits;  /* of a sum for the layer in front; the first layer's lead nowhere and are as wide
                     as their terms */
  int updates;    /* weights that are updated in a cycle; a bias beside them */
  int biased;     /* cycles in which biases are added to sums: 1 or 0 */
  int round_bits; /* random bits of an update as the RTL has them; at least 1 */
  struct plan_count count[NET_COUNTERS_MAX]; /* by net_counter */
  union {                                    /* by the layer's kind */
    struct plan_conv conv;
    struct plan_crossbar crossbar;
  };
};

struct plan_memory {
  char what[32]; /* such as "dense1 weights" */
  int count;     /* of equal memories */
  int words, bits;
};

enum { PLAN_MEMORIES_MAX = 3 * NET_LAYERS_MAX + 1 };

/* Random bits of a step as the core takes them (engram_random). */
struct plan_random {
  int drawn_bits; /* of updates, at the head; at least 1 */
  int round_bits; /* of a weight's random number; at least 1 */
  int key_bits;
  int dropout_offset, dropout_bits; /* dropout's behind them; at least 1 */
};

struct plan {
  struct plan_layer layer[NET_LAYERS_MAX];
  struct plan_edge edge[NET_LAYERS_MAX + 1]; /* in front of each layer, and behind the last */
  int picture_row_bits, picture_column_bits, class_bits;
  int index_shift;      /* from the logits' grid to that of softmax's table, to the right */
  int probability_bits; /* two's complement */
  int difference_shift; /* from P - F to G_S (E10), to the right */
  struct plan_random random;
  int infer_cycles; /* from the step's start to the result, both counted, without stalls */
  int interval; /* from an inference's start to the next one's, back to back; where a core trains,
                   the next one starts behind the end */
  int train_cycles; /* from the step's start to the last weight write */
  int multipliers;
  int step_bits;  /* of the counts of steps and pictures, between two visits of engram_counters */
  int count_bits; /* of the widest count of events, between two visits of engram_counters */
  int memory_count;
  struct plan_memory memory[PLAN_MEMORIES_MAX];
  long memory_bits;
};

/* Lays the net out. The net was derived before. */
void plan_make(struct plan *plan, const struct net *net);

/* Where a weight lies among the memories of its layer. */
struct plan_place {
  int memory; /* a crossbar: row at a time by row at a time, each its banks; biases behind them */
  int word, bit;
};

/* The place of number [row][column] of one of the net's tensors. */
struct plan_place plan_weight_place(const struct plan *plan, const struct net *net,
                                    const struct tensor *tensor, int row, int column);

/* Cycles that a picture to infer takes back to back: the interval, or as many as it has pixels,
 * which come one a cycle. */
int plan_picture_cycles(const struct plan *plan, const struct net *net);

/* Bits of an address among `count` things, at least 1. */
int plan_index_bits(int count);

/* Levels of an adder tree of two terms a node: smallest L with 2^L >= terms. */
int plan_tree_levels(int terms);

#endif
