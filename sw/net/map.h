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

enum map_register {
  MAP_ID = 0x000,      /* "ENGR" */
  MAP_VERSION = 0x004, /* major, minor, patch: 8 bits each */
  MAP_NET_HASH_LOW = 0x008,
  MAP_NET_HASH_HIGH = 0x00C,
  MAP_CORE_HASH_LOW = 0x010,
  MAP_CORE_HASH_HIGH = 0x014,
  MAP_SHAPE = 0x018,    /* layers, classes, width, height: 8 bits each, height lowest */
  MAP_FEATURES = 0x01C, /* bits: enum map_feature */
  MAP_CONTROL = 0x020,
  MAP_STATUS = 0x024,
  MAP_RATE = 0x028,   /* learning rate 2^-RATE */
  MAP_FREEZE = 0x02C, /* bit l: layer l is not updated */
  MAP_RANDOM = 0x030, /* four words, lowest first; only while paused */
  MAP_STEPS = 0x040,  /* training steps; written only while paused */
  MAP_PICTURES = 0x044,
  MAP_CORRECT = 0x048,
  MAP_CYCLES_LOW = 0x04C,
  MAP_CYCLES_HIGH = 0x050,
  MAP_STEP_CYCLES = 0x054,
  MAP_SHORT = 0x058,  /* pictures refused: too short */
  MAP_LONG = 0x05C,   /* too long */
  MAP_LABEL = 0x060,  /* label out of range */
  MAP_ACCESS = 0x064, /* accesses that were answered with SLVERR */
  MAP_LAYERS = 0x080, /* the layers' counters: map_counter */
};

enum { MAP_ID_VALUE = 0x454E4752 };
enum map_feature {
  MAP_TRAINS = 1,
  MAP_LOGITS = 2, /* words of a reply, not probabilities */
  MAP_LOADED = 4, /* has weights from its start */
  MAP_FIXED = 8   /* which cannot be written */
};
enum map_control { MAP_PAUSE = 1, MAP_LEARN = 2, MAP_CLEAR = 4 };
enum map_status { MAP_PAUSED = 1, MAP_BUSY = 2 };

/* Bytes of a layer's counters, and where counter `which` (net_counter) stands. */
static inline uint32_t map_layer_size(const struct net *net) {
  return 4 * (uint32_t)net_counter_words(net);
}
static inline uint32_t map_counter(const struct net *net, int layer, int which) {
  return MAP_LAYERS + map_layer_size(net) * (uint32_t)layer + 4 * (uint32_t)which;
}

/* Bits of a byte address: a place, two bits below it and one above; the registers need ten. */
static inline int map_address_bits(const struct net *net) {
  return net->position_bits + 3 > 10 ? net->position_bits + 3 : 10;
}

/* Byte address of weight (row, column) of a tensor: a one above the place {tensor, row, column}
 * that the rounding hash takes as well. */
static inline uint32_t map_weight(const struct net *net, int tensor, int row, int column) {
  uint32_t place = (uint32_t)tensor << (net->row_bits + net->column_bits) |
                   (uint32_t)row << net->column_bits | (uint32_t)column;
  return (UINT32_C(1) << (map_address_bits(net) - 1)) | place << 2;
}

#endif
