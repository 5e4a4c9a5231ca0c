/* engram_driver.h : bare-metal driver of the core whose engram_core.h stands beside it.
 * SPDX-License-Identifier: 0BSD
 *
 * C99 without allocation, operating system, library or variables of its own. All that it knows of
 * the core comes from engram_core.h, so a program with two cores has two (engram gen --prefix). Not
 * for several threads at once.
 *
 *   struct engram core = {.base = (volatile uint32_t *)0x43C00000, .send = ..., .receive = ...};
 *   if (engram_check(&core) || engram_initialise(&core, seed) || engram_resume(&core)) ...
 *   engram_send(&core, picture, ENGRAM_PICTURE_BYTES, label, true);
 *   engram_receive(&core, &reply);
 */
#ifndef ENGRAM_DRIVER_H
#define ENGRAM_DRIVER_H

#include "engram_core.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  ENGRAM_PICTURE_BYTES = ENGRAM_HEIGHT * ENGRAM_WIDTH,
  ENGRAM_REPLY_WORDS = 2 + ENGRAM_CLASSES, /* of a good picture's reply; 1 of a refused one's */
  ENGRAM_PROBABILITY_ONE = 32768,          /* probabilities have 15 bits behind the point */
  ENGRAM_LABEL_MAX = 127,                  /* of the seven bits beside a picture */
  ENGRAM_RATE_MAX = 15,
  /* Readings of STATUS after which the longest step is over: a reading takes a cycle or more. */
  ENGRAM_PAUSE_POLLS = ENGRAM_INFER_CYCLES + ENGRAM_TRAIN_CYCLES
};

/* What every function with an int result returns. After a BUS error some of what the call was to
 * write may be written. */
enum engram_result {
  ENGRAM_OK = 0,
  ENGRAM_ERROR_BUS = -1,     /* a register callback failed: SLVERR, or no answer */
  ENGRAM_ERROR_RUNNING = -2, /* the core is not paused */
  ENGRAM_ERROR_RANGE = -3,   /* an argument is out of range */
  ENGRAM_ERROR_CORE = -4,    /* another core than the one of engram_core.h */
  ENGRAM_ERROR_TIMEOUT = -5, /* not paused within the given readings */
  ENGRAM_ERROR_STREAM = -6,  /* a stream callback failed */
  ENGRAM_ERROR_REPLY = -7    /* words that are no reply: some were lost */
};

/* How the core is reached. Registers: through `base` where it is not NULL, else through `read` and
 * `write`. `base` may stand for a bus that turns SLVERR into a fault or into nothing: the driver
 * asks STATUS before it touches what is there only while paused. */
struct engram {
  volatile uint32_t *base; /* address 0 of the core's map, or NULL */

  /* One 32-bit access at a byte address. Return 0, or anything else for SLVERR or no answer. */
  int (*read)(void *context, uint32_t address, uint32_t *value);
  int (*write)(void *context, uint32_t address, uint32_t value);

  /* One beat of a stream, waiting until it is taken or there. Return 0, or anything else to give
   * up. NULL where a DMA moves pictures and replies (engram_user, engram_decode). */
  int (*send)(void *context, uint8_t byte, bool last, uint8_t user);
  int (*receive)(void *context, uint32_t *word, bool *last);

  void *context; /* handed to the callbacks */
};

/* ---------------------------------------------------------------- identity */

struct engram_identity {
  uint32_t id;      /* ENGRAM_ID_VALUE */
  uint32_t version; /* of the generator: major << 16 | minor << 8 | patch */
  uint64_t net_hash, core_hash;
  uint32_t shape; /* layers << 24 | classes << 16 | width << 8 | height, in pixels */
};

/* Reads what the core says about itself. Errors: BUS. */
int engram_identify(const struct engram *core, struct engram_identity *identity);

/* Compares all of it with engram_core.h. Errors: BUS, CORE. */
int engram_check(const struct engram *core);

/* ---------------------------------------------------------------- control */

/* Sets PAUSE and reads STATUS at most `polls` times (ENGRAM_PAUSE_POLLS) until the step at work is
 * over. A step does not end while a reply in front of its own waits to be received. PAUSE stays set
 * after a TIMEOUT. Errors: BUS, TIMEOUT. */
int engram_pause(const struct engram *core, uint32_t polls);

/* Clears PAUSE: the core works on pictures. Errors: BUS. */
int engram_resume(const struct engram *core);

/* false: every picture is inferred, whatever it was sent for; from the next step on. Errors: BUS.
 */
int engram_set_learn(const struct engram *core, bool learn);

/* Learning rate 2^-rate, rate 0..ENGRAM_RATE_MAX, from the next step on. Errors: BUS, RANGE. */
int engram_set_rate(const struct engram *core, uint32_t rate);

/* Bit l set: layer l is not updated; from the next step on. Errors: BUS, RANGE (no such layer). */
int engram_set_freeze(const struct engram *core, uint32_t layers);

/* ---------------------------------------------------------------- weights and state, paused */

struct engram_layer {
  uint32_t rows, columns; /* of the weights: taps x filters, or inputs x units */
  uint8_t bits;           /* of a weight, two's complement, 4..24 */
  uint8_t frac;           /* a weight stands for weight / 2^frac; may exceed bits */
  uint8_t initial_bits;   /* initial weights are uniform over this many bits; 0: they are 0 */
};

/* Shape and number format of layer 0..ENGRAM_LAYERS-1, NULL beyond. Where a layer holds several
 * matrices, `layer` here and in all that reads and writes weights is a matrix's number among those
 * of all layers (ENGRAM_LAYER_LIST). */
const struct engram_layer *engram_shape(uint32_t layer);

/* One weight, -2^(bits-1) .. 2^(bits-1)-1. Errors: BUS, RUNNING, RANGE (place or value). */
int engram_read_weight(const struct engram *core, uint32_t layer, uint32_t row, uint32_t column,
                       int32_t *weight);
int engram_write_weight(const struct engram *core, uint32_t layer, uint32_t row, uint32_t column,
                        int32_t weight);

/* A row: `weights` [columns]. Errors: BUS, RUNNING, RANGE (a value's: those before it in the row
 * are written). */
int engram_read_row(const struct engram *core, uint32_t layer, uint32_t row, int32_t *weights);
int engram_write_row(const struct engram *core, uint32_t layer, uint32_t row,
                     const int32_t *weights);

/* A layer: `weights` [rows][columns]. Errors: as for a row. */
int engram_read_layer(const struct engram *core, uint32_t layer, int32_t *weights);
int engram_write_layer(const struct engram *core, uint32_t layer, const int32_t *weights);

/* What training goes on from, beside the weights. */
struct engram_state {
  uint32_t random[4]; /* 127 bits, lowest word first; not all zero */
  uint32_t steps;     /* training steps done */
  uint32_t rate;      /* learning rate 2^-rate */
  uint32_t freeze;    /* bit l: layer l is not updated */
};

/* Errors: BUS, RUNNING; of set also RANGE (random all zero or with bit 127, rate, freeze). */
int engram_get_state(const struct engram *core, struct engram_state *state);
int engram_set_state(const struct engram *core, const struct engram_state *state);

/* Expands a seed to a random state that is never all zero, as the golden model does. */
void engram_random_from_seed(uint64_t seed, uint32_t random[4]);

/* Writes a seed's initial weights and state, the golden model's, with the description's rate and
 * frozen layers and no steps. Errors: BUS (as for weights that are fixed), RUNNING. */
int engram_initialise(const struct engram *core, uint64_t seed);

/* ---------------------------------------------------------------- counters */

/* Counters of 32 bits wrap. */
struct engram_counters {
  uint32_t pictures;                       /* inferred */
  uint32_t correct;                        /* of either kind, whose class was their label */
  uint64_t cycles;                         /* at work */
  uint32_t step_cycles;                    /* of the last step */
  uint32_t too_short, too_long, bad_label; /* pictures refused */
  uint32_t access;                         /* accesses answered with SLVERR */
  uint32_t cut_activations[ENGRAM_LAYERS]; /* values that saturated */
  uint32_t cut_gradients[ENGRAM_LAYERS];
  uint32_t lost[ENGRAM_LAYERS]; /* updates that were not zero and changed nothing */
};

/* Reads all counters, one after the other; both words of `cycles` belong together, while running
 * too. Errors: BUS. */
int engram_read_counters(const struct engram *core, struct engram_counters *counters);

/* Zeroes all of them but step_cycles. Errors: BUS. */
int engram_clear_counters(const struct engram *core);

/* ---------------------------------------------------------------- pictures and replies */

enum engram_status {
  ENGRAM_GOOD = 0,
  ENGRAM_TOO_SHORT = 1,
  ENGRAM_TOO_LONG = 2,
  ENGRAM_BAD_LABEL = 3 /* not below ENGRAM_CLASSES */
};

struct engram_reply {
  enum engram_status status; /* where it is not good, what follows is 0 */
  bool train;                /* the picture is being trained on */
  uint32_t best;             /* class of the largest logit */
  uint32_t steps;            /* training steps done before this picture */
#if ENGRAM_REPLY_LOGITS
  int32_t logit[ENGRAM_CLASSES]; /* ENGRAM_LOGIT_FRAC bits behind the point */
#else
  uint32_t probability[ENGRAM_CLASSES]; /* of ENGRAM_PROBABILITY_ONE */
#endif
};

/* The user signal of a picture's first beat; label 0..ENGRAM_LABEL_MAX. */
uint8_t engram_user(uint32_t label, bool train);

/* Sends a picture, row by row a byte a pixel, to be trained on or to be inferred (its label then
 * only counts for `correct`). A core refuses a picture whose `bytes` are not ENGRAM_PICTURE_BYTES
 * or whose label is no class: it changes nothing, and the reply says so. Replies come in the order
 * of the pictures. Two pictures may be sent ahead of their replies; a third waits for the first.
 * Errors: STREAM, RANGE (no bytes, label above ENGRAM_LABEL_MAX). */
int engram_send(const struct engram *core, const uint8_t *picture, size_t bytes, uint32_t label,
                bool train);

/* Receives and decodes the next reply. A reply to a training picture says what the network knew
 * before it learned from it, and comes before the step ends. Errors: STREAM, REPLY. */
int engram_receive(const struct engram *core, struct engram_reply *reply);

/* Decodes a reply of `count` words that came otherwise. Errors: REPLY. */
int engram_decode(const uint32_t *words, size_t count, struct engram_reply *reply);

#ifdef __cplusplus
}
#endif

#endif
