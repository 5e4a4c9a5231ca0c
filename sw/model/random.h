/* random.h : the step's random bits (docs/formats.md, "Random bits") and the host's seeds.
 * SPDX-License-Identifier: MIT
 *
 * State S is a 127-bit LFSR, x^127 + x^63 + 1. One step's stream are its bits, bit 0 first, and
 * behind them, as long as the step wants, bit n = S[n mod 41] ^ S[41 + n mod 42] ^ S[83 + n mod
 * 43]. With R = net.hash_bits and P = net.position_bits, bits [0, R) are the base B of the weights'
 * hash, bits [R, O) its key K of P+R-1 bits, O = 2R+P-1; where R = 0 there is neither, and O = 0.
 * Bits from O on are dropout's, layer by layer: one for each pair of units, or NET_DRAW_BITS for
 * each unit where these are drawn by themselves. A training step leaves S advanced by 130 shifts.
 * This is scheme NET_RANDOM_SCHEME.
 */
#ifndef ENGRAM_MODEL_RANDOM_H
#define ENGRAM_MODEL_RANDOM_H

#include "net/weights.h"

struct random_state {
  uint64_t low;  /* bits 0..63 */
  uint64_t high; /* bits 64..126; bit 127 is 0 */
};

/* What one training step draws, fixed for the step. */
struct random_step {
  uint32_t base; /* R bits */
  uint64_t key;  /* P+R-1 bits */
};

/* Next value of splitmix64; `state` is any number. Used to expand seeds and to shuffle. */
uint64_t random_splitmix(uint64_t *state);

/* Expands a seed to a state that is never zero. */
struct random_state random_from_seed(uint64_t seed);

/* Shifts of the state in a training step. 128 = 2^7 would give each bit of the stream the
 * register's own recurrence of three terms from step to step (docs/formats.md). */
enum { RANDOM_STEP_SHIFTS = 130 };

/* The state `shifts` outputs later. */
struct random_state random_advance(struct random_state state, int shifts);

/* Base and key of the step that starts from `state`. */
struct random_step random_begin_step(const struct net *net, struct random_state state);

/* The step's dropout bits, one byte (0 or 1) each: `bits` has net.dropout_bits entries. */
void random_dropout(const struct net *net, struct random_state state, uint8_t *bits);

/* Whether a unit of a layer with dropout takes part in a step of these bits. Of a pair, 1 keeps the
 * second unit, 0 the first; a unit by itself is kept where its draw, bit 0 first, is at least
 * layer.dropped. */
static inline bool random_keeps(const struct layer *layer, const uint8_t *bits, int unit) {
  bits += layer->first_dropout_bit;
  if (layer->dropped == 0)
    return bits[unit / 2] == unit % 2;
  bits += NET_DRAW_BITS * unit;
  return bits[0] + 2 * bits[1] + 4 * bits[2] + 8 * bits[3] >= layer->dropped;
}

/* The R random bits at one weight: r = B xor (xor over the set bits i of pos) K[i+R-1:i], pos =
 * {tensor, row, column}. */
uint32_t random_at(const struct net *net, const struct random_step *step, int tensor, int row,
                   int column);

/* rows[row] = random_at(net, step, tensor, row, 0) for row < count; 0 when R = 0. */
void random_rows(const struct net *net, const struct random_step *step, int tensor, int count,
                 uint16_t *rows);

/* Marsaglia's xorshift generator of 32 bits: the state after `x`, which is its output as well;
 * never zero when `x` is not (Xorshift RNGs, Journal of Statistical Software 8, 2003). */
uint32_t random_xorshift(uint32_t x);

/* The state from which a seed's initial weights are drawn; never zero. */
uint32_t random_fill_state(uint64_t seed);

/* Initial weights from a seed: uniform in [-2^init, 2^init) on each tensor's grid, in the order
 * tensor, row, column, each the next xorshift output's top bits; of a tensor that begins at 0, 0
 * without a draw. A board fills its memories so by itself (docs/link.md). */
void random_weights(const struct net *net, uint64_t seed, struct weights *weights);

/* A checksum of all weights in that order: for each x = random_xorshift(x ^ weight), from 1 on. A
 * board computes it by itself (docs/link.md). */
enum { RANDOM_CHECKSUM_BEGIN = 1 };
uint32_t random_checksum(const struct weights *weights);

#endif
