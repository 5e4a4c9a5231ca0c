/* driver_memory.c : driver and example on a core made of memory, for processors that have no
 * simulated core: registers and weights are words, replies are made up.
 * SPDX-License-Identifier: MIT
 *
 * Prints a digest of all that the driver left in the memory: the same on every processor.
 */
#include "engram_driver.h"

#include <inttypes.h>
#include <stdio.h>

int engram_example(const struct engram *core); /* driver/example.c */

static uint32_t map[(1u << ENGRAM_ADDRESS_BITS) / 4];

static uint32_t digest(uint32_t value, uint32_t word) {
  return (value << 1 | value >> 31) ^ word;
}

static int take_pixel(void *context, uint8_t byte, bool last, uint8_t user) {
  uint32_t *taken = context;
  *taken = digest(*taken, (uint32_t)byte | (uint32_t)last << 8 | (uint32_t)user << 9);
  return 0;
}

/* Always class 0, with all of the probability. */
static int give_word(void *context, uint32_t *word, bool *last) {
  static uint32_t words;
  (void)context;
  *word = words == 2 ? ENGRAM_PROBABILITY_ONE : 0;
  *last = words == ENGRAM_REPLY_WORDS - 1;
  words = *last ? 0 : words + 1;
  return 0;
}

int main(void) {
  uint32_t taken = 0, left = 0;
  struct engram core = {.base = map, .send = take_pixel, .receive = give_word, .context = &taken};
  map[ENGRAM_ID / 4] = ENGRAM_ID_VALUE;
  map[ENGRAM_VERSION / 4] = ENGRAM_VERSION_VALUE;
  map[ENGRAM_NET_HASH_LOW / 4] = (uint32_t)ENGRAM_NET_HASH;
  map[ENGRAM_NET_HASH_LOW / 4 + 1] = (uint32_t)(ENGRAM_NET_HASH >> 32);
  map[ENGRAM_CORE_HASH_LOW / 4] = (uint32_t)ENGRAM_CORE_HASH;
  map[ENGRAM_CORE_HASH_LOW / 4 + 1] = (uint32_t)(ENGRAM_CORE_HASH >> 32);
  map[ENGRAM_SHAPE / 4] = ENGRAM_SHAPE_VALUE;
  map[ENGRAM_STATUS / 4] = ENGRAM_PAUSED;
  int error = engram_example(&core);
  for (size_t i = 0; i < sizeof map / sizeof *map; i++)
    left = digest(left, map[i]);
  printf("example %d, pixels %08" PRIX32 ", memory %08" PRIX32 "\n", error, taken, left);
  return error != 0;
}
