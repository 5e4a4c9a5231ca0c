/* random.c : the step's random bits and the host's seeds.
 * SPDX-License-Identifier: MIT
 */
#include "model/random.h"

#include "model/fixed.h"

typedef unsigned __int128 wide;

enum { STATE_BITS = 127, TAP = 63 };

uint64_t random_splitmix(uint64_t *state) {
  uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}

static wide to_wide(struct random_state state) {
  return (wide)state.high << 64 | state.low;
}

static struct random_state from_wide(wide bits) {
  return (struct random_state){(uint64_t)bits, (uint64_t)(bits >> 64)};
}

/* Bit n+127 of the sequence is bit n+63 xor bit n: up to 64 new bits at once. */
static wide shift_up_to_64(wide s, int shifts) {
  wide fresh = (s ^ (s >> TAP)) & (((wide)1 << shifts) - 1);
  return s >> shifts | fresh << (STATE_BITS - shifts);
}

static wide shift(wide s, int shifts) {
  for (; shifts > 64; shifts -= 64)
    s = shift_up_to_64(s, 64);
  return shift_up_to_64(s, shifts);
}

struct random_state random_from_seed(uint64_t seed) {
  uint64_t low = random_splitmix(&seed);
  struct random_state state = {low, random_splitmix(&seed) >> 1};
  if (state.low == 0 && state.high == 0)
    state.low = 1;
  return state;
}

struct random_state random_advance(struct random_state state, int shifts) {
  return from_wide(shift(to_wide(state), shifts));
}

struct random_step random_begin_step(const struct net *net, struct random_state state) {
  struct random_step step = {0, 0};
  if (net->hash_bits == 0)
    return step;
  wide s = to_wide(state);
  int key_bits = net->position_bits + net->hash_bits - 1;
  step.base = (uint32_t)s & ((UINT32_C(1) << net->hash_bits) - 1);
  step.key = (uint64_t)(s >> net->hash_bits) & ((UINT64_C(1) << key_bits) - 1);
  return step;
}

static int next_of(int index, int count) {
  return index + 1 < count ? index + 1 : 0;
}

void random_dropout(const struct net *net, struct random_state state, uint8_t *bits) {
  uint8_t s[STATE_BITS];
  for (int i = 0; i < STATE_BITS; i++)
    s[i] = (uint8_t)((i < 64 ? state.low >> i : state.high >> (i - 64)) & 1);
  int n = net_drawn_bits(net), end = n + net->dropout_bits;
  int a = n % 41, b = n % 42, c = n % 43;
  for (; n < end; n++, a = next_of(a, 41), b = next_of(b, 42), c = next_of(c, 43))
    *bits++ = n < STATE_BITS ? s[n] : s[a] ^ s[41 + b] ^ s[83 + c];
}

uint32_t random_at(const struct net *net, const struct random_step *step, int tensor, int row,
                   int column) {
  uint64_t position = (uint64_t)tensor << (net->row_bits + net->column_bits) |
                      (uint64_t)row << net->column_bits | (uint64_t)column;
  uint64_t hash = step->base;
  for (uint64_t key = step->key; position != 0; position >>= 1, key >>= 1)
    hash ^= key & -(position & 1);
  return (uint32_t)hash & ((UINT32_C(1) << net->hash_bits) - 1);
}

void random_rows(const struct net *net, const struct random_step *step, int tensor, int count,
                 uint16_t *rows) {
  uint32_t mask = (UINT32_C(1) << net->hash_bits) - 1;
  rows[0] = (uint16_t)random_at(net, step, tensor, 0, 0);
  for (int bit = 0; 1 << bit < count; bit++) { /* the rows that this bit of their number adds */
    uint16_t part = (uint16_t)(step->key >> (net->column_bits + bit) & mask);
    int first = 1 << bit, some = count - first < first ? count - first : first;
    for (int i = 0; i < some; i++)
      rows[first + i] = rows[i] ^ part;
  }
}

uint32_t random_xorshift(uint32_t x) {
  x ^= x << 13;
  x ^= x >> 17;
  return x ^ x << 5;
}

uint32_t random_fill_state(uint64_t seed) {
  seed = ~seed;
  uint32_t x = (uint32_t)random_splitmix(&seed);
  return x ? x : 1;
}

void random_weights(const struct net *net, uint64_t seed, struct weights *weights) {
  uint32_t x = random_fill_state(seed);
  for (const struct tensor *t = net->tensor; t < net->tensor + net->tensor_count; t++)
    for (size_t i = 0; i < net_tensor_size(t); i++) {
      if (t->initial_bits == 0) {
        weights_of(weights, t)[i] = 0;
        continue;
      }
      x = random_xorshift(x);
      weights_of(weights, t)[i] = (int32_t)x >> (32 - t->initial_bits);
    }
}

uint32_t random_checksum(const struct weights *weights) {
  uint32_t x = RANDOM_CHECKSUM_BEGIN;
  for (int l = 0; l < weights->layer_count; l++)
    for (size_t i = 0; i < weights->count[l]; i++)
      x = random_xorshift(x ^ (uint32_t)weights->layer[l][i]);
  return x;
}
