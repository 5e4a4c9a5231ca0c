/* map.h : the core's AXI4-Lite address map, in bytes; but for counters and weights the same for
 * every net and every layout.
 * SPDX-License-Identifier: MIT
 *
 * All registers are 32 bits wide, and only whole, aligned words are read or written.
 * docs/interface.md explains each.
 */
#ifndef ENGRAM_NET_MAP_H
#define ENGRAM_NET_MAP_H

#include "net/net.h"

/* The registers in their order, each followed by its fields:
 *   R(name, byte address, access, reset, meaning)
 *   F(register, name, lowest bit, bits, meaning)   0 bits: one for each layer
 *   B(register, name, bit, meaning)                a field of one bit, MAP_<name> is its mask
 * A register without fields is one of 32 bits. Access is R, RW, "RW paused" (SLVERR in a core that
 * is not paused) or "R, W paused" (only writes do that). Reset is the whole register's, a number or
 * marks of the templates (gen/template.h). C's constants, the emitted header, page and SystemRDL
 * and the table of docs/interface.md come from here; engram_control and engram_counters are held
 * against it by verif/unit/test_map.c and verif/leaf/leaf_control.c. */
/* clang-format off */
#define MAP_REGISTERS(R, F, B)                                                                    \
  R(ID, 0x000, "R", "0x@id_value@", "\"ENGR\"")                                                   \
  R(VERSION, 0x004, "R", "0x@version_word@", "generator's major, minor, patch, 8 bits each")       \
    F(VERSION, PATCH, 0, 8, "")                                                                   \
    F(VERSION, MINOR, 8, 8, "")                                                                   \
    F(VERSION, MAJOR, 16, 8, "")                                                                  \
  R(NET_HASH_LOW, 0x008, "R", "0x@net_hash_low@", "hash of what the weights mean")                \
  R(NET_HASH_HIGH, 0x00C, "R", "0x@net_hash_high@", "")                                           \
  R(CORE_HASH_LOW, 0x010, "R", "0x@core_hash_low@", "hash of net and layout")                     \
  R(CORE_HASH_HIGH, 0x014, "R", "0x@core_hash_high@", "")                                         \
  R(SHAPE, 0x018, "R", "0x@shape@", "layers, classes, width, height, 8 bits each, height lowest")  \
    F(SHAPE, HEIGHT, 0, 8, "")                                                                    \
    F(SHAPE, WIDTH, 8, 8, "")                                                                     \
    F(SHAPE, CLASSES, 16, 8, "")                                                                  \
    F(SHAPE, LAYERS, 24, 8, "")                                                                   \
  R(FEATURES, 0x01C, "R", "@features@",                                                           \
    "bit 0 the core trains, bit 1 replies carry logits, not probabilities, "                      \
    "bit 2 it has weights from its start, bit 3 which cannot be written")                         \
    B(FEATURES, TRAINS, 0, "the core trains")                                                     \
    B(FEATURES, LOGITS, 1, "replies carry logits, not probabilities")                             \
    B(FEATURES, LOADED, 2, "it has weights from its start")                                       \
    B(FEATURES, FIXED, 3, "weights cannot be written")                                            \
  R(CONTROL, 0x020, "RW", "3",                                                                    \
    "bit 0 PAUSE (set by reset), bit 1 LEARN (set by reset), bit 2 CLEAR counters")               \
    B(CONTROL, PAUSE, 0, "no further step starts")                                                \
    B(CONTROL, LEARN, 1, "0: every picture is inferred")                                          \
    B(CONTROL, CLEAR, 2, "counters become 0; reads as 0")                                         \
  R(STATUS, 0x024, "R", "1", "bit 0 paused, bit 1 a step is at work")                             \
    B(STATUS, PAUSED, 0, "weights are reachable")                                                 \
    B(STATUS, BUSY, 1, "a step is at work")                                                       \
  R(RATE, 0x028, "RW", "@rate@", "learning rate 2^-RATE, 0..15, from the next step on")           \
    F(RATE, RATE, 0, 4, "")                                                                       \
  R(FREEZE, 0x02C, "RW", "@initial_freeze@",                                                      \
    "bit l: layer l is not updated, from the next step on")                                       \
    F(FREEZE, LAYERS, 0, 0, "")                                                                   \
  R(RANDOM0, 0x030, "RW paused", "1", "random state, bits 31:0; never all zero")                  \
  R(RANDOM1, 0x034, "RW paused", "0", "bits 63:32")                                               \
  R(RANDOM2, 0x038, "RW paused", "0", "bits 95:64")                                               \
  R(RANDOM3, 0x03C, "RW paused", "0", "bits 126:96")                                              \
    F(RANDOM3, BITS, 0, 31, "")                                                                   \
  R(STEPS, 0x040, "R, W paused", "0", "training steps")                                           \
  R(PICTURES, 0x044, "R", "0", "inferences")                                                      \
  R(CORRECT, 0x048, "R", "0", "pictures of either kind whose class was their label")              \
  R(CYCLES_LOW, 0x04C, "R", "0", "cycles at work")                                                \
  R(CYCLES_HIGH, 0x050, "R", "0", "")                                                             \
  R(STEP_CYCLES, 0x054, "R", "0", "cycles of the last step")                                      \
  R(SHORT, 0x058, "R", "0", "pictures refused: too short")                                        \
  R(LONG, 0x05C, "R", "0", "pictures refused: too long")                                          \
  R(LABEL, 0x060, "R", "0", "pictures refused: label out of range")                               \
  R(ACCESS, 0x064, "R", "0", "accesses answered with SLVERR")
/* clang-format on */

#define MAP_NOTHING(...)
#define MAP_ADDRESS(name, address, ...) MAP_##name = address,
#define MAP_MASK(of, name, bit, ...)    MAP_##name = 1 << bit,
enum map_register { MAP_REGISTERS(MAP_ADDRESS, MAP_NOTHING, MAP_NOTHING) };
enum map_bit { MAP_REGISTERS(MAP_NOTHING, MAP_NOTHING, MAP_MASK) };
#undef MAP_ADDRESS
#undef MAP_MASK

enum {
  MAP_WORD = 4, /* bytes */
  MAP_ID_VALUE = 0x454E4752,
  MAP_LAYERS = 0x080, /* the layers' counters: map_counter */
  MAP_BITS = 10,      /* of a byte address, at least: weights begin at 2^9 */
};

/* Bytes of a layer's counters, and where counter `which` (net_counter) stands. */
static inline uint32_t map_layer_size(const struct net *net) {
  return MAP_WORD * (uint32_t)net_counter_words(net);
}
static inline uint32_t map_counter(const struct net *net, int layer, int which) {
  return MAP_LAYERS + map_layer_size(net) * (uint32_t)layer + MAP_WORD * (uint32_t)which;
}

/* Bits of a byte address: a place, two bits below it and one above; at least MAP_BITS. */
static inline int map_address_bits(const struct net *net) {
  return net->position_bits + 3 > MAP_BITS ? net->position_bits + 3 : MAP_BITS;
}

/* Byte address of weight (row, column) of a tensor: a one above the place {tensor, row, column}
 * that the rounding hash takes as well. */
static inline uint32_t map_weight(const struct net *net, int tensor, int row, int column) {
  uint32_t place = (uint32_t)tensor << (net->row_bits + net->column_bits) |
                   (uint32_t)row << net->column_bits | (uint32_t)column;
  return (UINT32_C(1) << (map_address_bits(net) - 1)) | place << 2;
}

#endif
