/* engram_driver.c : bare-metal driver of the core whose engram_core.h stands beside it.
 * SPDX-License-Identifier: 0BSD
 */
#include "engram_driver.h"

/* ---------------------------------------------------------------- registers */

/* Accesses of a sequence: once *error is set, nothing more is accessed, and 0 is read. */
static uint32_t get(const struct engram *core, uint32_t address, int *error) {
  uint32_t value = 0;
  if (*error)
    return 0;
  if (core->base)
    value = core->base[address / 4];
  else if (core->read(core->context, address, &value))
    *error = ENGRAM_ERROR_BUS;
  return *error ? 0 : value;
}

static void put(const struct engram *core, uint32_t address, uint32_t value, int *error) {
  if (*error)
    return;
  if (core->base)
    core->base[address / 4] = value;
  else if (core->write(core->context, address, value))
    *error = ENGRAM_ERROR_BUS;
}

static uint64_t get_wide(const struct engram *core, uint32_t address, int *error) {
  uint64_t low = get(core, address, error);
  return low | (uint64_t)get(core, address + 4, error) << 32;
}

static int must_be_paused(const struct engram *core) {
  int error = ENGRAM_OK;
  uint32_t status = get(core, ENGRAM_STATUS, &error);
  return error ? error : status & ENGRAM_PAUSED ? ENGRAM_OK : ENGRAM_ERROR_RUNNING;
}

/* ---------------------------------------------------------------- identity */

int engram_identify(const struct engram *core, struct engram_identity *identity) {
  int error = ENGRAM_OK;
  identity->id = get(core, ENGRAM_ID, &error);
  identity->version = get(core, ENGRAM_VERSION, &error);
  identity->net_hash = get_wide(core, ENGRAM_NET_HASH_LOW, &error);
  identity->core_hash = get_wide(core, ENGRAM_CORE_HASH_LOW, &error);
  identity->shape = get(core, ENGRAM_SHAPE, &error);
  return error;
}

int engram_check(const struct engram *core) {
  struct engram_identity found;
  int error = engram_identify(core, &found);
  if (error)
    return error;
  bool same = found.id == ENGRAM_ID_VALUE && found.version == ENGRAM_VERSION_VALUE &&
              found.net_hash == ENGRAM_NET_HASH && found.core_hash == ENGRAM_CORE_HASH &&
              found.shape == ENGRAM_SHAPE_VALUE;
  return same ? ENGRAM_OK : ENGRAM_ERROR_CORE;
}

/* ---------------------------------------------------------------- control */

/* Clears and sets bits of CONTROL; the others stay. */
static int change_control(const struct engram *core, uint32_t clear, uint32_t set) {
  int error = ENGRAM_OK;
  uint32_t control = get(core, ENGRAM_CONTROL, &error);
  put(core, ENGRAM_CONTROL, (control & ~clear) | set, &error);
  return error;
}

int engram_pause(const struct engram *core, uint32_t polls) {
  int error = change_control(core, 0, ENGRAM_PAUSE);
  for (; !error && polls > 0; polls--) {
    error = must_be_paused(core);
    if (error != ENGRAM_ERROR_RUNNING)
      return error;
    error = ENGRAM_OK;
  }
  return error ? error : ENGRAM_ERROR_TIMEOUT;
}

int engram_resume(const struct engram *core) {
  return change_control(core, ENGRAM_PAUSE, 0);
}

int engram_set_learn(const struct engram *core, bool learn) {
  return change_control(core, ENGRAM_LEARN, learn ? ENGRAM_LEARN : 0);
}

int engram_set_rate(const struct engram *core, uint32_t rate) {
  int error = rate > ENGRAM_RATE_MAX ? ENGRAM_ERROR_RANGE : ENGRAM_OK;
  put(core, ENGRAM_RATE, rate, &error);
  return error;
}

int engram_set_freeze(const struct engram *core, uint32_t layers) {
  int error = layers >> ENGRAM_LAYERS ? ENGRAM_ERROR_RANGE : ENGRAM_OK;
  put(core, ENGRAM_FREEZE, layers, &error);
  return error;
}

/* ---------------------------------------------------------------- weights */

const struct engram_layer *engram_shape(uint32_t layer) {
#define ENGRAM_DRIVER_LAYER(layer, rows, columns, bits, frac, initial_bits)                        \
  {rows, columns, bits, frac, initial_bits},
  static const struct engram_layer layers[] = {ENGRAM_LAYER_LIST(ENGRAM_DRIVER_LAYER)};
#undef ENGRAM_DRIVER_LAYER
  return layer < sizeof layers / sizeof layers[0] ? &layers[layer] : NULL;
}

/* Two's complement of a word's lowest `bits` bits. */
static int32_t sign_extend(uint32_t word, uint32_t bits) {
  uint32_t sign = UINT32_C(1) << (bits - 1);
  uint32_t low = word & (sign - 1);
  return word & sign ? -(int32_t)(sign - low) : (int32_t)low;
}

static int32_t get_weight(const struct engram *core, uint32_t layer, uint32_t row, uint32_t column,
                          int *error) {
  uint32_t word = get(core, ENGRAM_WEIGHT(layer, row, column), error);
  return sign_extend(word, engram_shape(layer)->bits);
}

static void put_weight(const struct engram *core, uint32_t layer, uint32_t row, uint32_t column,
                       int32_t weight, int *error) {
  if (!*error && weight != sign_extend((uint32_t)weight, engram_shape(layer)->bits))
    *error = ENGRAM_ERROR_RANGE;
  put(core, ENGRAM_WEIGHT(layer, row, column), (uint32_t)weight, error);
}

/* A weight that is there, in a core that is paused. */
static int must_be_there(const struct engram *core, uint32_t layer, uint32_t row, uint32_t column) {
  const struct engram_layer *shape = engram_shape(layer);
  if (!shape || row >= shape->rows || column >= shape->columns)
    return ENGRAM_ERROR_RANGE;
  return must_be_paused(core);
}

int engram_read_weight(const struct engram *core, uint32_t layer, uint32_t row, uint32_t column,
                       int32_t *weight) {
  int error = must_be_there(core, layer, row, column);
  if (!error)
    *weight = get_weight(core, layer, row, column, &error);
  return error;
}

int engram_write_weight(const struct engram *core, uint32_t layer, uint32_t row, uint32_t column,
                        int32_t weight) {
  int error = must_be_there(core, layer, row, column);
  if (!error)
    put_weight(core, layer, row, column, weight, &error);
  return error;
}

int engram_read_row(const struct engram *core, uint32_t layer, uint32_t row, int32_t *weights) {
  int error = must_be_there(core, layer, row, 0);
  for (uint32_t column = 0; !error && column < engram_shape(layer)->columns; column++)
    weights[column] = get_weight(core, layer, row, column, &error);
  return error;
}

int engram_write_row(const struct engram *core, uint32_t layer, uint32_t row,
                     const int32_t *weights) {
  int error = must_be_there(core, layer, row, 0);
  for (uint32_t column = 0; !error && column < engram_shape(layer)->columns; column++)
    put_weight(core, layer, row, column, weights[column], &error);
  return error;
}

int engram_read_layer(const struct engram *core, uint32_t layer, int32_t *weights) {
  const struct engram_layer *shape = engram_shape(layer);
  int error = shape ? ENGRAM_OK : ENGRAM_ERROR_RANGE;
  for (uint32_t row = 0; !error && row < shape->rows; row++, weights += shape->columns)
    error = engram_read_row(core, layer, row, weights);
  return error;
}

int engram_write_layer(const struct engram *core, uint32_t layer, const int32_t *weights) {
  const struct engram_layer *shape = engram_shape(layer);
  int error = shape ? ENGRAM_OK : ENGRAM_ERROR_RANGE;
  for (uint32_t row = 0; !error && row < shape->rows; row++, weights += shape->columns)
    error = engram_write_row(core, layer, row, weights);
  return error;
}

/* ---------------------------------------------------------------- state */

int engram_get_state(const struct engram *core, struct engram_state *state) {
  int error = must_be_paused(core);
  for (uint32_t word = 0; word < 4; word++)
    state->random[word] = get(core, ENGRAM_RANDOM0 + 4 * word, &error);
  state->steps = get(core, ENGRAM_STEPS, &error);
  state->rate = get(core, ENGRAM_RATE, &error);
  state->freeze = get(core, ENGRAM_FREEZE, &error);
  return error;
}

int engram_set_state(const struct engram *core, const struct engram_state *state) {
  const uint32_t *random = state->random;
  if (!(random[0] | random[1] | random[2] | random[3]) || random[3] >> 31 ||
      state->rate > ENGRAM_RATE_MAX || state->freeze >> ENGRAM_LAYERS)
    return ENGRAM_ERROR_RANGE;
  int error = must_be_paused(core);
  for (uint32_t word = 0; word < 4; word++)
    put(core, ENGRAM_RANDOM0 + 4 * word, random[word], &error);
  put(core, ENGRAM_STEPS, state->steps, &error);
  put(core, ENGRAM_RATE, state->rate, &error);
  put(core, ENGRAM_FREEZE, state->freeze, &error);
  return error;
}

/* The next value of splitmix64. */
static uint64_t splitmix(uint64_t *state) {
  uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}

void engram_random_from_seed(uint64_t seed, uint32_t random[4]) {
  uint64_t low = splitmix(&seed), high = splitmix(&seed) >> 1;
  if (!(low | high))
    low = 1;
  random[0] = (uint32_t)low;
  random[1] = (uint32_t)(low >> 32);
  random[2] = (uint32_t)high;
  random[3] = (uint32_t)(high >> 32);
}

/* The next output of Marsaglia's xorshift generator. */
static uint32_t xorshift(uint32_t x) {
  x ^= x << 13;
  x ^= x >> 17;
  return x ^ x << 5;
}

int engram_initialise(const struct engram *core, uint64_t seed) {
  struct engram_state state;
  engram_random_from_seed(seed, state.random);
  state.steps = 0;
  state.rate = ENGRAM_INITIAL_RATE;
  state.freeze = ENGRAM_INITIAL_FREEZE;
  int error = engram_set_state(core, &state);
  uint64_t second = ~seed;
  uint32_t x = (uint32_t)splitmix(&second);
  x = x ? x : 1;
  const struct engram_layer *shape;
  for (uint32_t layer = 0; (shape = engram_shape(layer)) != NULL; layer++)
    for (uint32_t row = 0; row < shape->rows; row++)
      for (uint32_t column = 0; !error && column < shape->columns; column++) {
        int32_t weight = 0;
        if (shape->initial_bits > 0) {
          x = xorshift(x);
          weight = sign_extend(x >> (32 - shape->initial_bits), shape->initial_bits);
        }
        put_weight(core, layer, row, column, weight, &error);
      }
  return error;
}

/* ---------------------------------------------------------------- counters */

/* A high word that has moved on between its two readings has just done so: the low word after it
 * belongs to it. */
static uint64_t get_cycles(const struct engram *core, int *error) {
  uint32_t before = get(core, ENGRAM_CYCLES_HIGH, error);
  uint32_t low = get(core, ENGRAM_CYCLES_LOW, error);
  uint32_t high = get(core, ENGRAM_CYCLES_HIGH, error);
  if (high != before)
    low = get(core, ENGRAM_CYCLES_LOW, error);
  return (uint64_t)high << 32 | low;
}

int engram_read_counters(const struct engram *core, struct engram_counters *counters) {
  int error = ENGRAM_OK;
  counters->pictures = get(core, ENGRAM_PICTURES, &error);
  counters->correct = get(core, ENGRAM_CORRECT, &error);
  counters->cycles = get_cycles(core, &error);
  counters->step_cycles = get(core, ENGRAM_STEP_CYCLES, &error);
  counters->too_short = get(core, ENGRAM_SHORT, &error);
  counters->too_long = get(core, ENGRAM_LONG, &error);
  counters->bad_label = get(core, ENGRAM_LABEL, &error);
  counters->access = get(core, ENGRAM_ACCESS, &error);
  for (uint32_t layer = 0; layer < ENGRAM_LAYERS; layer++) {
    uint32_t at = ENGRAM_LAYER(layer);
    counters->cut_activations[layer] = get(core, at + ENGRAM_CUT_ACTIVATIONS, &error);
    counters->cut_gradients[layer] = get(core, at + ENGRAM_CUT_GRADIENTS, &error);
    counters->lost[layer] = get(core, at + ENGRAM_LOST, &error);
  }
  return error;
}

int engram_clear_counters(const struct engram *core) {
  return change_control(core, 0, ENGRAM_CLEAR);
}

/* ---------------------------------------------------------------- pictures and replies */

uint8_t engram_user(uint32_t label, bool train) {
  return (uint8_t)((label & ENGRAM_LABEL_MAX) | (train ? 128u : 0u));
}

int engram_send(const struct engram *core, const uint8_t *picture, size_t bytes, uint32_t label,
                bool train) {
  if (bytes == 0 || label > ENGRAM_LABEL_MAX)
    return ENGRAM_ERROR_RANGE;
  for (size_t i = 0; i < bytes; i++)
    if (core->send(core->context, picture[i], i + 1 == bytes, engram_user(label, train)))
      return ENGRAM_ERROR_STREAM;
  return ENGRAM_OK;
}

int engram_receive(const struct engram *core, struct engram_reply *reply) {
  uint32_t words[ENGRAM_REPLY_WORDS];
  size_t count = 0;
  for (bool last = false; !last; count++) {
    if (count == ENGRAM_REPLY_WORDS)
      return ENGRAM_ERROR_REPLY;
    if (core->receive(core->context, &words[count], &last))
      return ENGRAM_ERROR_STREAM;
  }
  return engram_decode(words, count, reply);
}

int engram_decode(const uint32_t *words, size_t count, struct engram_reply *reply) {
  if (count == 0)
    return ENGRAM_ERROR_REPLY;
  reply->status = (enum engram_status)(words[0] >> 8 & 3);
  bool good = reply->status == ENGRAM_GOOD;
  if (count != (good ? (size_t)ENGRAM_REPLY_WORDS : 1))
    return ENGRAM_ERROR_REPLY;
  reply->train = good && (words[0] >> 16 & 1);
  reply->best = good ? words[0] & 255 : 0;
  reply->steps = good ? words[1] : 0;
  for (size_t c = 0; c < ENGRAM_CLASSES; c++)
#if ENGRAM_REPLY_LOGITS
    reply->logit[c] = good ? (int32_t)words[2 + c] : 0;
#else
    reply->probability[c] = good ? words[2 + c] : 0;
#endif
  return ENGRAM_OK;
}
